import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { AerospikeConnectionError, attach, ClientClosedError, connect, Key } from "../mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";
import { SilentPort } from "./support/silent-port.ts";
import { pause } from "./support/wait.ts";

const LONG = { totalTimeout: 60_000 };
const SILENT = { silence: true, dataOnly: true };
const FULL = { queueCapacity: 2 };

const key = (i: number) => new Key("test", "closing", i);
const onEmulator = testOnEmulator(FULL);

onEmulator("a close stops what runs and refuses what waits for room, when its drain is over", async (own) => {
  const { emulator, client: other } = own;
  const client = await connect({ hosts: emulator.hosts, ...FULL });
  emulator.fault(SILENT);
  const before = other.counters().accepted;
  const commands = Array.from({ length: 5 }, (_, i) => client.put(key(i), { i }, LONG));
  const outcomes = Promise.allSettled(commands);
  await client.close({ drain: 100 });
  const errors = (await outcomes).map((outcome) => (outcome as PromiseRejectedResult).reason);
  for (const error of errors) assertInstanceOf(error, ClientClosedError);
  const unsent = errors.slice(2).map(({ phase, sent, inDoubt }) => ({ phase, sent, inDoubt }));
  assertEquals(unsent, Array(3).fill({ phase: "queue", sent: false, inDoubt: false }));
  // Others go on, and what was refused never goes over: two puts and the CLOSE are all, and what looks now.
  emulator.fault();
  assertStrictEquals(await other.get(key(4), LONG), null);
  assertStrictEquals(other.counters().accepted - before, 4);
});

onEmulator("what was called before a close is sent before it, as far as there is room", async ({ emulator }) => {
  const client = await connect({ hosts: emulator.hosts, ...FULL });
  emulator.fault({ delayMs: 20, dataOnly: true });
  const commands = Array.from({ length: 10 }, (_, i) => client.put(key(i), { i }, LONG));
  let more: Promise<unknown> | undefined;
  let closing: Promise<void> | undefined;
  // Called by the caller's own code, in the middle of a frame.
  const last = client.put(key(10), {
    get i() {
      more = client.put(key(11), { i: 11 }, LONG);
      closing = client.close({ drain: 60_000 });
      return 10;
    },
  }, LONG);
  await Promise.all([...commands, last, more, closing]);
  assert(closing !== undefined && more !== undefined);
  assertStrictEquals(emulator.stats().commands, 12);
});

onEmulator("a drain of 0 lets go over what there is room for", async ({ emulator, client: other }) => {
  const client = await connect({ hosts: emulator.hosts, ...FULL });
  const before = other.counters().accepted;
  const outcomes = Promise.allSettled([client.put(key(1), { i: 1 }, LONG), client.put(key(2), { i: 2 }, LONG)]);
  await client.close({ drain: 0 });
  await outcomes;
  assertStrictEquals(other.counters().accepted - before, 3);
});

onEmulator("who comes and goes does not wait for a queue that is full of another's commands", async (own) => {
  const { emulator, client: busy } = own;
  const idle = await connect({ hosts: emulator.hosts, ...FULL });
  emulator.fault(SILENT);
  let settled = 0;
  const stuck = Array.from({ length: 5 }, (_, i) => busy.get(key(i), LONG).finally(() => settled++));
  const outcomes = Promise.allSettled(stuck);
  await pause(0);
  await idle.close();
  const connected = await connect({ hosts: emulator.hosts, ...FULL });
  const attached = await attach(busy.share(), FULL);
  await Promise.all([connected.close(), attached.close()]);
  using silent = await SilentPort.open();
  // connectTimeout is the bound on this as a whole.
  await assertRejects(
    () => connect({ hosts: silent.host, connectTimeout: 200, ...FULL }),
    AerospikeConnectionError,
  );
  const aborted = new AbortController();
  const connecting = connect({ hosts: silent.host, connectTimeout: 60_000, signal: aborted.signal, ...FULL });
  const reason = new Error("enough");
  aborted.abort(reason);
  assertStrictEquals(await assertRejects(() => connecting), reason);
  assertStrictEquals(settled, 0);
  await busy.close({ drain: 0 });
  for (const { status } of await outcomes) assertStrictEquals(status, "rejected");
});
