import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import { AerospikeError, AerospikeTimeoutError, type Client, connect, Key } from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { testOnEmulator } from "./support/own-emulator.ts";
import { pause, until } from "./support/wait.ts";

const set = "outage";
const LONG_MS = 60_000;
const SLACK_MS = 5_000;

// Core's own breaker would refuse what a fault breaks often.
const onEmulator = testOnEmulator({ tendInterval: 250, maxErrorRate: 0 });

const keys = Array.from({ length: 200 }, (_, i) => new Key("test", set, i));
/** Waits until the client works again, which shows that it recovered by itself. */
async function untilItWorks(client: Client): Promise<void> {
  let last: unknown;
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    try {
      await client.put(keys[0] as Key, { works: true }, { totalTimeout: 500 });
      return;
    } catch (error) {
      last = error;
    }
    await pause(20);
  }
  throw new Error("it did not recover", { cause: last });
}

onEmulator(
  "the server goes away in the middle of 200 commands: each settles once, writes in doubt",
  async ({ emulator, client }) => {
    for (const key of keys) emulator.load([{ key, bins: { a: 0 } }]);
    await client.warmUp(keys.length);
    emulator.recordCommands(keys.length);
    emulator.fault({ silence: true, dataOnly: true });
    const settled = new Array<number>(keys.length).fill(0);
    const options = { totalTimeout: 2_000 };
    const isWrite = (i: number) => i % 2 === 1;
    const all = Promise.allSettled(
      keys.map((key, i) =>
        (isWrite(i)
          ? client.put(key, { a: 1 }, options)
          // Through core, so that every command has a connection to be counted by.
          : client.get(key, { ...options, readPath: "core" })).finally(() => {
            settled[i] = (settled[i] ?? 0) + 1;
          })
      ),
    );
    await until("200 commands have arrived", () => emulator.commands().length === keys.length);
    emulator.pause();
    const start = performance.now();
    const outcomes = await all;
    assertLess(performance.now() - start, 2_000 + SLACK_MS);
    for (const [i, outcome] of outcomes.entries()) {
      assertStrictEquals(outcome.status, "rejected");
      const error = (outcome as PromiseRejectedResult).reason;
      assertInstanceOf(error, AerospikeError, `${error}`);
      assertStrictEquals(error.inDoubt, isWrite(i), `${i}: ${error.message}`);
    }
    await pause(100);
    assert(settled.every((times) => times === 1), "one settled twice");

    emulator.fault();
    emulator.resume();
    await untilItWorks(client);
    const records = await Promise.all(keys.slice(1).map((key) => client.get(key, { totalTimeout: LONG_MS })));
    assert(records.every((record) => record !== null));
  },
);

onEmulator("200 commands while the server is away: none hangs, no read is in doubt", async ({ emulator, client }) => {
  emulator.pause();
  await pause(600);
  const start = performance.now();
  const outcomes = await Promise.allSettled(
    keys.map((key, i) =>
      i % 2 === 0 ? client.get(key, { totalTimeout: 300 }) : client.put(key, { a: 1 }, { totalTimeout: 300 })
    ),
  );
  assertLess(performance.now() - start, 300 + SLACK_MS);
  for (const [i, outcome] of outcomes.entries()) {
    const error = (outcome as PromiseRejectedResult).reason;
    assertInstanceOf(error, AerospikeError, `${error}`);
    if (i % 2 === 0 || !error.sent) assertStrictEquals(error.inDoubt, false, error.message);
  }
  emulator.resume();
  await untilItWorks(client);
  assert(client.isConnected());
});

onEmulator(
  "a batch while the server is away: an error, and rows again when it is back",
  async ({ emulator, client }) => {
    for (const key of keys) emulator.load([{ key, bins: { a: 1 } }]);
    emulator.pause();
    await until("its connections are closed", () => emulator.stats().connectionsOpen === 0);
    const error = await assertRejects(() => client.batchRead(keys, { totalTimeout: 500 }), AerospikeError);
    assertStrictEquals(error.inDoubt, false);
    emulator.resume();
    await untilItWorks(client);
    assertStrictEquals((await client.batchRead(keys, { totalTimeout: LONG_MS })).foundCount, keys.length);
  },
);

onEmulator("a batch of writes that is cut off is in doubt", async ({ emulator, client }) => {
  emulator.fault({ silence: true, dataOnly: true });
  const rows = keys.map((key) => ({ key, bins: { a: 1 } }));
  let inDoubt: boolean;
  try {
    const result = await client.batchWrite(rows, { totalTimeout: 400 });
    inDoubt = result.toArray().every((row) => row.status === "failed" && row.inDoubt);
  } catch (error) {
    assertInstanceOf(error, AerospikeError);
    ({ inDoubt } = error);
  }
  assert(inDoubt);
});

onEmulator("dropped connections: reads go on, and writes that were not sent do too", async ({ emulator, client }) => {
  for (const key of keys) emulator.load([{ key, bins: { a: 1 } }]);
  await Promise.all(keys.map((key) => client.get(key, { totalTimeout: LONG_MS })));
  for (let round = 0; round < 5; round++) {
    emulator.fault({ dropConnections: true });
    const records = await Promise.all(keys.map((key) => client.get(key, { totalTimeout: LONG_MS, maxRetries: 10 })));
    assert(records.every((record) => record?.bins["a"] === 1), `round ${round}`);
  }
  await untilItWorks(client);
});

onEmulator("connections dropped in the middle of commands: each settles once", async ({ emulator, client }) => {
  for (const key of keys) emulator.load([{ key, bins: { a: 1 } }]);
  for (let round = 0; round < 3; round++) {
    emulator.fault({ silence: true, dataOnly: true });
    const { commands } = emulator.stats();
    const options = { totalTimeout: 5_000, maxRetries: 0 };
    const all = Promise.allSettled(
      keys.map((key, i) => i % 2 === 0 ? client.get(key, options) : client.put(key, { a: 1 }, options)),
    );
    await until("many are there", () => emulator.stats().commands >= commands + 50);
    // Ends the silence too.
    emulator.fault({ dropConnections: true });
    for (const [i, outcome] of (await all).entries()) {
      if (outcome.status === "fulfilled") continue;
      assertInstanceOf(outcome.reason, AerospikeError, `${outcome.reason}`);
      if (i % 2 === 0) assertStrictEquals(outcome.reason.inDoubt, false);
      else if (outcome.reason.sent) assertStrictEquals(outcome.reason.inDoubt, true, outcome.reason.message);
    }
  }
  await untilItWorks(client);
});

onEmulator("truncated replies: an error or a retried answer, never a wrong one", async ({ emulator, client }) => {
  for (const [i, key] of keys.entries()) emulator.load([{ key, bins: { i, s: "x".repeat(300) } }]);
  for (let round = 0; round < 5; round++) {
    emulator.fault({ truncate: 40, dataOnly: true });
    const outcomes = await Promise.allSettled(keys.map((key) => client.get(key, { totalTimeout: 5_000 })));
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") {
        assertEquals({ ...outcome.value?.bins }, { i, s: "x".repeat(300) });
      } else {
        assertInstanceOf(outcome.reason, AerospikeError, `${outcome.reason}`);
      }
    }
    emulator.fault({ truncate: 2, dataOnly: true });
    const batch = await client.batchRead(keys, { totalTimeout: 5_000 }).catch((error) => error);
    if (batch instanceof Error) {
      assertInstanceOf(batch, AerospikeError);
    } else {
      for (const [i, row] of batch.toArray().entries()) {
        if (row.status === "ok") assertEquals({ ...row.record?.bins }, { i, s: "x".repeat(300) });
        else assertStrictEquals(row.status, "failed");
      }
    }
  }
  emulator.fault({ truncate: 1, dataOnly: true });
  const error = await assertRejects(
    () => client.put(keys[0] as Key, { a: 1 }, { totalTimeout: 2_000 }),
    AerospikeError,
  );
  assertStrictEquals(error.inDoubt, true, error.message);
  emulator.fault();
  await untilItWorks(client);
});

onEmulator("a silent server: time-outs, and answers again when it speaks", async ({ emulator, client }) => {
  emulator.fault({ silence: true });
  const outcomes = await Promise.allSettled(keys.map((key) => client.get(key, { totalTimeout: 300 })));
  for (const outcome of outcomes) {
    assertInstanceOf((outcome as PromiseRejectedResult).reason, AerospikeTimeoutError);
  }
  emulator.fault();
  await untilItWorks(client);
});

onEmulator("a retry of a read outlives one dropped connection", async ({ emulator, client }) => {
  const key = keys[0] as Key;
  emulator.load([{ key, bins: { a: 1 } }]);
  emulator.fault({ truncate: 1, dataOnly: true });
  assertEquals({ ...(await client.get(key, { totalTimeout: 5_000, maxRetries: 3 }))?.bins }, { a: 1 });
});

onEmulator("the server comes back empty on the same port: misses, not errors", async ({ emulator, client }) => {
  await client.put(keys[0] as Key, { a: 1 });
  emulator.pause();
  emulator.reset();
  emulator.resume();
  await untilItWorks(client);
  assertStrictEquals(await client.get(keys[1] as Key), null);
});

test("a write that was sent stays in doubt when its node is given up meanwhile", async () => {
  await using server = await Emulator.start();
  await using own = await connect({ hosts: server.hosts, tendInterval: 250, tendTimeout: 300 });
  const key = new Key("test", set, "doubt");
  await own.put(key, { a: 0 });
  server.recordCommands(1);
  server.fault({ silence: true });
  let settled = false;
  const put = assertRejects(() => own.put(key, { a: 1 }, { totalTimeout: 9_000 }), AerospikeTimeoutError);
  put.finally(() => settled = true);
  await until("the write has arrived", () => server.commands().length === 1);
  await until("the node is given up", () => !own.isConnected());
  assert(!settled, "the node was given up too late for this test");
  const error = await put;
  assertEquals([error.sent, error.inDoubt, error.phase], [true, true, "command"], error.message);
  assert(error.message.includes("the client is connected to no node now"), error.message);
});
