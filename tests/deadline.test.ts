import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  AbortError,
  AerospikeError,
  AerospikeTimeoutError,
  type Client,
  type CommandOptions,
  Key,
  type NodeConnections,
  op,
} from "../mod.ts";
import { type OwnEmulator, testOnEmulator } from "./support/own-emulator.ts";
import { pause, until, untilBusy } from "./support/wait.ts";

const set = "deadline";
const key = new Key("test", set, 1);
/** What a bound may be exceeded by on a busy machine. */
const SLACK_MS = 5_000;
/** More than a test waits for. */
const LONG_MS = 60_000;
const SLOW = { delayMs: 400, dataOnly: true };
const SILENT = { silence: true, dataOnly: true };

const onEmulator = testOnEmulator();

type Call = (options: CommandOptions & { totalTimeout?: number }) => Promise<unknown>;
const reads = (client: Client): Call[] => [
  (options) => client.get(key, options),
  (options) => client.header(key, options),
  (options) => client.exists(key, options),
  (options) => client.operate(key, [op.read("a")], options),
  (options) => client.batchRead([key], options),
];
const writes = (client: Client): Call[] => [
  (options) => client.put(key, { a: 1 }, options),
  (options) => client.add(key, { a: 1 }, options),
  (options) => client.append(key, { s: "x" }, options),
  (options) => client.prepend(key, { s: "x" }, options),
  (options) => client.touch(key, options),
  (options) => client.remove(key, options),
  (options) => client.operate(key, [op.write("a", 1)], options),
  (options) => client.batchWrite([{ key, bins: { a: 1 } }], options),
  (options) => client.batchRemove([key], options),
];

onEmulator("aborted before the call: the reason, and nothing is sent", async ({ emulator, client }) => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const before = client.counters().accepted;
  for (const call of [...reads(client), ...writes(client)]) {
    assertStrictEquals(await assertRejects(() => call({ signal })), reason);
  }
  assertStrictEquals(await assertRejects(() => client.nodes({ signal })), reason);
  assertStrictEquals(await assertRejects(() => client.batchRead([], { signal })), reason);
  assertStrictEquals(client.counters().accepted, before);
  assertStrictEquals(emulator.stats().commands, 0);
});

onEmulator("aborted in the turn of the call: the reason, and nothing is sent", async ({ emulator, client }) => {
  const reason = new Error("enough");
  for (const call of [...reads(client), ...writes(client)]) {
    const controller = new AbortController();
    const pending = call({ signal: controller.signal });
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => pending), reason);
  }
  await client.get(key);
  assertStrictEquals(emulator.stats().commands, 1);
  assertStrictEquals(emulator.stats().batches, 0);
});

onEmulator("aborted by a getter of its own bins: the reason, and nothing is sent", async ({ emulator, client }) => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const before = client.counters().accepted;
  const bins = {
    get a() {
      controller.abort(reason);
      return 1;
    },
  };
  assertStrictEquals(await assertRejects(() => client.put(key, bins, { signal: controller.signal })), reason);
  assertStrictEquals(client.counters().accepted, before);
  assertStrictEquals(await client.get(key), null);
  assertStrictEquals(emulator.stats().commands, 1);
});

onEmulator("a read aborted while it runs: the reason, at once", async ({ emulator, client }) => {
  emulator.fault(SILENT);
  const reason = new Error("enough");
  for (const call of reads(client)) {
    const controller = new AbortController();
    const { commands } = emulator.stats();
    const pending = call({ signal: controller.signal, totalTimeout: LONG_MS });
    pending.catch(() => {});
    await until("it is there", () => emulator.stats().commands > commands);
    const start = performance.now();
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => pending), reason);
    assertLess(performance.now() - start, SLACK_MS);
  }
});

onEmulator(
  "a write aborted while it runs: an AbortError, in doubt, with the reason as its cause",
  async ({ emulator, client }) => {
    emulator.fault(SILENT);
    const reason = new Error("enough");
    for (const call of writes(client)) {
      const controller = new AbortController();
      const { commands } = emulator.stats();
      const pending = call({ signal: controller.signal, totalTimeout: LONG_MS });
      pending.catch(() => {});
      await until("it is there", () => emulator.stats().commands > commands);
      controller.abort(reason);
      const error = await assertRejects(() => pending, AbortError) as AbortError;
      assertStrictEquals(error.name, "AbortError");
      assertStrictEquals(error.inDoubt, true);
      assertStrictEquals(error.sent, true);
      assertStrictEquals(error.cause, reason);
      assert(AerospikeError.is(error));
    }
  },
);

onEmulator("aborted after the answer: the answer stands, and the signal has no listener left", async ({ client }) => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  for (let i = 0; i < 100; i++) await client.put(key, { a: i }, { signal });
  assertStrictEquals(listeners, 0);
  controller.abort(new Error("too late"));
  assertEquals({ ...(await client.get(key))?.bins }, { a: 99 });
});

onEmulator("one signal ends many commands, each once", async ({ emulator, client }) => {
  emulator.fault(SILENT);
  const controller = new AbortController();
  const options = { signal: controller.signal, totalTimeout: LONG_MS };
  let settled = 0;
  const all = Promise.allSettled(
    Array.from(
      { length: 300 },
      (_, i) => (i % 2 === 0 ? client.get(key, options) : client.put(key, { a: i }, options)).finally(() => settled++),
    ),
  );
  await until("many are there", () => emulator.stats().commands >= 50);
  controller.abort(new Error("all"));
  for (const outcome of await all) assertStrictEquals(outcome.status, "rejected");
  emulator.fault();
  await client.get(key, { totalTimeout: LONG_MS });
  assertStrictEquals(settled, 300);
});

onEmulator("AbortSignal.timeout is a reason like another", async ({ emulator, client }) => {
  emulator.fault(SILENT);
  const error = await assertRejects(() => client.get(key, { signal: AbortSignal.timeout(50), totalTimeout: LONG_MS }));
  assertStrictEquals(error.name, "TimeoutError");
});

onEmulator(
  "totalTimeout is a hard deadline: also for one slow answer, and whatever the retries",
  async ({ emulator, client }) => {
    emulator.fault(SILENT);
    for (const call of [...reads(client), ...writes(client)]) {
      const start = performance.now();
      const error = await assertRejects(() => call({ totalTimeout: 150 }), AerospikeTimeoutError);
      assertLess(performance.now() - start, 150 + SLACK_MS);
      assertStrictEquals(error.codeName, "TIMEOUT");
    }
    const options = { totalTimeout: 150, socketTimeout: 10, maxRetries: 1000, sleepBetweenRetries: 1 };
    await assertRejects(() => client.get(key, options), AerospikeTimeoutError);
  },
);

onEmulator(
  "a read on connections that rested ends at its own deadline, before one through core with a later one",
  async ({ emulator, client }) => {
    await client.put(key, { a: 1 });
    await until("the direct path is ready", async () => (await client.stats()).direct.ready);
    for (let i = 0; i < 8; i++) await client.get(key);
    // Longer than the connections look for late replies after the last one.
    await pause(700);
    emulator.fault(SILENT);
    const order: string[] = [];
    const ends = (name: string, read: Promise<unknown>) =>
      assertRejects(() => read, AerospikeTimeoutError).then(() => order.push(name));
    const alone = ends("alone", client.get(key, { totalTimeout: 100 }));
    await pause(0);
    await Promise.all([
      alone,
      ends("together", client.get(key, { totalTimeout: 1_000 })),
      ends("together", client.exists(key, { totalTimeout: 1_000 })),
      ends("core", client.get(key, { readPath: "core", totalTimeout: 3_000 })),
    ]);
    assertEquals(order, ["alone", "together", "together", "core"]);
  },
);

onEmulator("an answer within the deadline is not timed out, however slow", async ({ emulator, client }) => {
  await client.put(key, { a: 1 });
  emulator.fault(SLOW);
  assertEquals({ ...(await client.get(key, { totalTimeout: LONG_MS }))?.bins }, { a: 1 });
  // No deadline at all.
  assertEquals({ ...(await client.get(key, { totalTimeout: 0 }))?.bins }, { a: 1 });
});

onEmulator("a write that timed out after it was sent is in doubt, a read is not", async ({ emulator, client }) => {
  emulator.fault(SILENT);
  const options = { totalTimeout: 200 };
  for (const call of writes(client).slice(0, 7)) {
    const error = await assertRejects(() => call(options), AerospikeTimeoutError) as AerospikeTimeoutError;
    assertStrictEquals(error.inDoubt, true, error.message);
    assertStrictEquals(error.sent, true, error.message);
    assertStrictEquals(error.phase, "command", error.message);
  }
  for (const call of reads(client).slice(0, 4)) {
    const error = await assertRejects(() => call(options), AerospikeTimeoutError) as AerospikeTimeoutError;
    assertStrictEquals(error.inDoubt, false, error.message);
  }
});

onEmulator(
  "a write is not retried by default: a server that answers late was sent it once",
  async ({ emulator, client }) => {
    await client.put(key, { n: 0 });
    emulator.fault({ delayMs: 2_000, dataOnly: true });
    const options = { totalTimeout: 120, socketTimeout: 20 };
    await assertRejects(() => client.add(key, { n: 1 }, options), AerospikeError);
    await until("it took place", () => emulator.stats().commands >= 2);
    emulator.fault();
    await pause(300);
    assertEquals({ ...(await client.get(key))?.bins }, { n: 1 });
  },
);

onEmulator("the error of a deadline says where the time went: in the queue", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ maxConcurrentCommands: 1 });
  emulator.fault(SILENT);
  const first = client.get(key, { totalTimeout: 1_500 });
  first.catch(() => {});
  await untilBusy(client, 1);
  const error = await assertRejects(
    () => client.put(key, { a: 1 }, { totalTimeout: 100 }),
    AerospikeTimeoutError,
  ) as AerospikeTimeoutError;
  assertStrictEquals(error.phase, "queue", error.message);
  assertStrictEquals(error.inDoubt, false);
  assertStrictEquals(error.sent, false);
  await assertRejects(() => first, AerospikeTimeoutError);
});

onEmulator("1,000 aborts open no more than a few connections anew", async (own) => {
  await manyEndedEarly(own, async (options) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 5);
    await own.client.get(key, { ...options, signal: controller.signal });
  });
});

onEmulator("1,000 time-outs open no more than a few connections anew", async (own) => {
  await manyEndedEarly(own, async () => {
    await own.client.get(key, { totalTimeout: 8, maxRetries: 0 });
  });
});

/** Runs 1,000 commands that end before their answer comes. */
async function manyEndedEarly(
  { client, emulator }: OwnEmulator,
  command: (options: { totalTimeout: number }) => Promise<unknown>,
): Promise<void> {
  await client.warmUp(64);
  await client.put(key, { a: 1 });
  emulator.fault({ delayMs: 25, dataOnly: true });
  const before = emulator.stats().connectionsOpened;
  let ended = 0;
  for (let round = 0; round < 20; round++) {
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => command({ totalTimeout: LONG_MS })));
    ended += all.filter(({ status }) => status === "rejected").length;
    // Their replies still come, and the connections are read to their ends in the background.
    await until("the replies were read", async () => {
      const pools = await client.connections() as (NodeConnections & { recovering?: number })[];
      return pools.every((pool) => pool.inUse + (pool.recovering ?? 0) === 0);
    });
  }
  emulator.fault();
  const opened = emulator.stats().connectionsOpened - before;
  assert(ended > 900, `${ended} of 1,000 ended early`);
  assertLessOrEqual(opened, 20, `${opened} connections were opened`);
  assertEquals({ ...(await client.get(key))?.bins }, { a: 1 });
}

onEmulator("maxConcurrentCommands: no more than that run at a time, the rest waits and none is lost", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ maxConcurrentCommands: 3 });
  emulator.fault({ delayMs: 300, dataOnly: true });
  const pending = Array.from(
    { length: 9 },
    (_, i) => client.put(new Key("test", set, i), { i }, { totalTimeout: LONG_MS }),
  );
  await untilBusy(client, 3);
  const busy = async () => (await client.connections()).reduce((sum, pool) => sum + pool.inUse, 0);
  for (let done = 0; done < 9; done = emulator.stats().commands) {
    assertLessOrEqual(await busy(), 3);
    await pause(10);
  }
  await Promise.all(pending);
  assertStrictEquals(emulator.stats().commands, 9);
});

onEmulator("commands that wait go in the order in which they came", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ maxConcurrentCommands: 1 });
  emulator.recordCommands(200);
  emulator.fault({ delayMs: 5, dataOnly: true });
  const keys = Array.from({ length: 60 }, (_, i) => new Key("test", set, `fifo-${i}`));
  const order: number[] = [];
  await Promise.all(
    keys.map((key, i) => client.put(key, { i }, { totalTimeout: LONG_MS }).then(() => order.push(i))),
  );
  const digests = emulator.commands().filter(({ kind }) => kind === "write").map(({ digest }) => digest);
  const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  assertEquals(digests, keys.map((key) => hex(key.digest)));
  // Each has its answer once; in which order they come is not said.
  assertEquals(order.sort((a, b) => a - b), keys.map((_, i) => i));
});

onEmulator("commandQueueTimeout ends what waits too long for its turn", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ maxConcurrentCommands: 1, commandQueueTimeout: 100 });
  emulator.fault(SILENT);
  const first = client.get(key, { totalTimeout: 2_000 });
  first.catch(() => {});
  await untilBusy(client, 1);
  const error = await assertRejects(() => client.put(key, { a: 1 }, { totalTimeout: LONG_MS }), AerospikeError);
  assertStrictEquals(error.codeName, "QUEUE_TIMEOUT", error.message);
  assertInstanceOf(error, AerospikeTimeoutError);
  assertStrictEquals(error.phase, "queue");
  assertStrictEquals(error.inDoubt, false);
  await assertRejects(() => first, AerospikeTimeoutError);
});

onEmulator("an abort while it waits for its turn: the write was not sent and does not take place", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ maxConcurrentCommands: 1 });
  emulator.recordCommands();
  emulator.fault(SILENT);
  const holds = new AbortController();
  const first = client.put(new Key("test", set, "first"), { a: 1 }, { totalTimeout: LONG_MS, signal: holds.signal });
  first.catch(() => {});
  await until("it has the turn", () => emulator.stats().commands > 0);
  const { accepted } = client.counters();
  const controller = new AbortController();
  const waiting = client.put(new Key("test", set, "aborted"), { a: 1 }, {
    totalTimeout: LONG_MS,
    signal: controller.signal,
  });
  waiting.catch(() => {});
  await until("the other is accepted", () => client.counters().accepted > accepted);
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting);
  emulator.fault();
  // Now the turn would be the aborted one's.
  holds.abort();
  await assertRejects(() => first);
  assertStrictEquals(await client.exists(new Key("test", set, "aborted"), { totalTimeout: LONG_MS }), false);
  assertStrictEquals(emulator.commands().filter(({ kind }) => kind === "write").length, 1);
});

onEmulator("commands that were aborted hold no place for long where others wait for one", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ maxConcurrentCommands: 2 });
  emulator.fault(SILENT);
  const controller = new AbortController();
  const options = { totalTimeout: LONG_MS, signal: controller.signal };
  const aborted = Promise.allSettled([client.put(key, { a: 1 }, options), client.put(key, { a: 1 }, options)]);
  await untilBusy(client, 2);
  controller.abort(new Error("enough"));
  await aborted;
  emulator.fault();
  // Their replies, which never come, would be waited for longer than that.
  await client.put(key, { a: 2 }, { totalTimeout: 2_000 });
  assertEquals({ ...(await client.get(key, { totalTimeout: LONG_MS }))?.bins }, { a: 2 });
});

onEmulator("a full queue makes commands wait, never loses one", async (own) => {
  const client = await own.reconnect({ queueCapacity: 16 });
  const keys = Array.from({ length: 2_000 }, (_, i) => new Key("test", set, `full-${i}`));
  await Promise.all(keys.map((key, i) => client.put(key, { i }, { totalTimeout: LONG_MS })));
  const records = await Promise.all(keys.map((key) => client.get(key, { totalTimeout: LONG_MS })));
  assertEquals(records.map((record) => record?.bins["i"]), keys.map((_, i) => i));
});

onEmulator("policies of the client are the defaults of its calls, and a call's options win", async (own) => {
  const { emulator } = own;
  const client = await own.reconnect({ policies: { read: { totalTimeout: 100 }, write: { ttl: 500 } } });
  await client.put(key, { a: 1 });
  assert(typeof (await client.header(key, { totalTimeout: LONG_MS }))?.ttl === "number");
  await client.put(key, { a: 1 }, { ttl: "never" });
  assertStrictEquals((await client.header(key, { totalTimeout: LONG_MS }))?.ttl, "never");
  emulator.fault(SILENT);
  await assertRejects(() => client.get(key), AerospikeTimeoutError);
  emulator.fault(SLOW);
  assertEquals({ ...(await client.get(key, { totalTimeout: LONG_MS }))?.bins }, { a: 1 });
});
