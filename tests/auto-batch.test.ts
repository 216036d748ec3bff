/**
 * `autoBatch`: the reads of one turn of the event loop go as batches, and nobody can tell by their answers.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  AbortError,
  type AerospikeError,
  AerospikeTimeoutError,
  type Client,
  ClientClosedError,
  connect,
  type ConnectOptions,
  InvalidArgumentError,
  Key,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { readConnectOptions } from "../src/connect-options.ts";
import { assertWithin, byStalls, during } from "./support/both-paths.ts";
import { canonical, RandomValues } from "./support/random.ts";
import { externalHosts, freshSet } from "./support/server.ts";
import { suite } from "./support/suite.ts";
import { until } from "./support/wait.ts";

const { test, before, after, beforeEach } = suite();
const SEED = 41_004;
const LONG_MS = 30_000;
const range = (length: number) => Array.from({ length }, (_, i) => i);

let emulator: Emulator | undefined;
let hosts: string;
let client: Client;
let plain: Client;

before(async () => {
  emulator = externalHosts === undefined ? await Emulator.start() : undefined;
  hosts = emulator?.hosts ?? externalHosts ?? "";
  client = await ready({ hosts, autoBatch: true });
  plain = await ready({ hosts });
});
beforeEach(() => emulator?.fault({}));
after(async () => {
  await client.close();
  await plain.close();
  await emulator?.close();
});

async function ready(options: ConnectOptions): Promise<Client> {
  const client = await connect(options);
  await until("the direct path is ready", async () => (await client.stats()).direct.ready);
  return client;
}

/** Declares a test that needs the emulator's faults and counters, and a client of its own. */
function onEmulator(name: string, body: (server: Emulator, client: Client) => Promise<void>): void {
  if (externalHosts !== undefined) return;
  test(name, async () => {
    await using server = await Emulator.start();
    await using own = await ready({ hosts: server.hosts, autoBatch: true });
    await body(server, own);
  });
}

/** What one read came to, in words that can be compared. */
async function outcome(read: Promise<unknown>): Promise<string> {
  try {
    const found = await read;
    if (found === null || typeof found === "boolean") return String(found);
    const { bins, generation, ttl } = found as { bins: object; generation: number; ttl: number | "never" };
    const values = Object.entries(bins).map(([name, value]) => `${name}=${canonical(value)}`);
    return `${generation} ${ttl === "never"} ${values.sort().join(" ")}`;
  } catch (error) {
    const { name, codeName, message } = error as AerospikeError;
    return `${name} ${codeName} ${message}`;
  }
}

test(`the same answers as without, whatever is read together (seed ${SEED})`, async () => {
  const random = new RandomValues(SEED);
  const sets = [freshSet(), freshSet(), ""];
  const keys: Key[] = [];
  for (const i of range(300)) {
    const user = [`${freshSet()}-${i}`, random.bytes(12), i][i % 3] as string;
    const set = sets[random.below(i % 3 === 0 ? 3 : 2)] as string;
    const key = new Key(i % 5 === 0 ? "bar" : "test", set, user);
    keys.push(key);
    if (i % 4 !== 0) await plain.put(key, { a: random.value(2), b: i, c: `text ${i}` } as never, { ttl: "never" });
  }
  keys.push(new Key("nowhere", "s", 1), new Key("test", "x".repeat(63), 1));
  const reads = (client: Client) =>
    keys.map((key, i) => {
      if (i % 5 === 1) return client.exists(key);
      if (i % 5 === 2) return client.header(key);
      if (i % 5 === 3) return client.get(key, { bins: ["b", "missing"] });
      return client.get(key, i % 2 === 0 ? undefined : { maxRetries: 1 });
    });
  const joined = await Promise.all(reads(client).map(outcome));
  const apart = await Promise.all(reads(plain).map(outcome));
  assertEquals(joined, apart);
  assert(joined.includes("null"));
  assert(joined[300]?.includes("NAMESPACE"), joined[300]);
});

test("autoBatch is a boolean, and needs the direct path", () => {
  const read = (options: object) => readConnectOptions(options as ConnectOptions, () => undefined);
  assertThrows(() => read({ autoBatch: 1 }), InvalidArgumentError, "options.autoBatch");
  assertThrows(() => read({ autoBatch: true, readPath: "core" }), InvalidArgumentError, "options.readPath");
  read({ autoBatch: false, readPath: "core" });
});

test("without a direct path, reads go one by one and are answered", async () => {
  await using small = await connect({ hosts, maxConnsPerNode: 2, autoBatch: true });
  const keys = range(20).map((i) => new Key("test", freshSet(), i));
  for (const key of keys) await small.put(key, { i: 1 });
  const records = await Promise.all(keys.map((key) => small.get(key)));
  assert(records.every((record) => record?.bins.i === 1));
  assertStrictEquals((await small.stats()).core.rows, 20);
});

onEmulator("the reads of a turn are one batch; one alone is none", async (server, client) => {
  const keys = range(50).map((i) => new Key("test", "s", i));
  for (const key of keys) await client.put(key, { i: 1 });
  const before = server.stats();
  await Promise.all(keys.map((key) => client.get(key)));
  const joined = server.stats();
  assertEquals([joined.batches - before.batches, joined.batchRows - before.batchRows], [1, 50]);
  assertStrictEquals(joined.commands, before.commands);
  await client.get(keys[0] as Key);
  const alone = server.stats();
  assertEquals([alone.batches - joined.batches, alone.commands - joined.commands], [0, 1]);
});

onEmulator("without the option, and without its word for it, each read is its own", async (server) => {
  const before = server.stats();
  let [reads, twice] = [0, 0];
  for (const options of [{}, { autoBatch: false }]) {
    await using own = await ready({ hosts: server.hosts, ...options });
    const done = await during(own, () => Promise.all(range(50).map((i) => own.get(new Key("test", "s", i)))));
    reads += 50;
    twice += byStalls(done).twice;
    const { batches, commands } = server.stats();
    assertStrictEquals(batches, before.batches);
    assertWithin(commands - before.commands, reads, reads + twice);
  }
});

onEmulator("from 64 reads on they go in parts, at most four", async (server, client) => {
  for (const [count, parts] of [[63, 1], [64, 2], [100, 3], [1_000, 4]] as const) {
    const before = server.stats();
    await Promise.all(range(count).map((i) => client.exists(new Key("test", "s", i))));
    const { batches, batchRows } = server.stats();
    assertEquals([batches - before.batches, batchRows - before.batchRows], [parts, count]);
  }
});

onEmulator("what has another policy is another batch, and what is core's stays its own", async (server, client) => {
  const keys = range(30).map((i) => new Key("test", "s", i));
  const before = server.stats();
  await Promise.all(keys.map((key, i) => client.get(key, i % 2 === 0 ? {} : { totalTimeout: 2_000 })));
  assertStrictEquals(server.stats().batches - before.batches, 2);
  const joined = server.stats();
  await Promise.all(keys.map((key) => client.get(key, { readPath: "core" })));
  await Promise.all(keys.map((key) => client.get(key, { replica: "any" })));
  const apart = server.stats();
  assertEquals([apart.batches - joined.batches, apart.commands - joined.commands], [0, 60]);
});

onEmulator(
  "what asks for what only core can do goes there, with all its retries, and the others are joined",
  async (server, client) => {
    const key = new Key("test", "s", 1);
    await client.put(key, { a: 1, b: 2 });
    const before = server.stats();
    const [twice, again, once, all] = await Promise.all([
      client.get(key, { bins: ["a", "a"] }),
      client.get(key, { bins: ["a", "a"] }),
      client.get(key, { bins: ["a"] }),
      client.get(key),
    ]);
    assertEquals([twice, again, once, all].map((record): object | undefined => record?.bins), [{ a: 1 }, { a: 1 }, {
      a: 1,
    }, {
      a: 1,
      b: 2,
    }]);
    const { batches, batchRows, commands } = server.stats();
    assertEquals([batches - before.batches, batchRows - before.batchRows, commands - before.commands], [1, 2, 2]);
    assertEquals((await client.stats()).direct.fallbacks, { options: 2 });
  },
);

onEmulator("more than one request may hold are several", async (server, client) => {
  const before = server.stats();
  const found = await Promise.all(range(5_000).map((i) => client.exists(new Key("test", "s", i))));
  assertEquals(found.filter((there) => there), []);
  const batches = server.stats().batches - before.batches;
  assert(batches >= 3 && batches <= 20, `${batches} batches`);
});

onEmulator("a deadline ends its own reads, also among others", async (server, client) => {
  const key = new Key("test", "s", 1);
  await client.put(key, { a: 1 });
  server.fault({ delayMs: 2_000, dataOnly: true });
  const late = range(10).map(() => client.get(key, { totalTimeout: 100 }));
  const patient = range(10).map(() => client.get(key, { totalTimeout: LONG_MS }));
  for (const read of late) {
    const error = await assertRejects(() => read, AerospikeTimeoutError) as AerospikeTimeoutError;
    assertEquals([error.phase, error.sent, error.inDoubt], ["command", true, false]);
  }
  for (const read of patient) assertStrictEquals((await read)?.bins.a, 1);
});

onEmulator("an abort ends its own read", async (server, client) => {
  const key = new Key("test", "s", 1);
  await client.put(key, { a: 1 });
  server.fault({ delayMs: 2_000, dataOnly: true });
  const controller = new AbortController();
  const reason = new Error("enough");
  const { accepted } = client.counters();
  const options = { totalTimeout: LONG_MS };
  const reads = range(10).map((i) => client.get(key, i === 4 ? { ...options, signal: controller.signal } : options));
  await until("they are accepted", () => client.counters().accepted >= accepted + 10);
  controller.abort(reason);
  const settled = await Promise.allSettled(reads);
  assertEquals(settled.map((result) => result.status), range(10).map((i) => i === 4 ? "rejected" : "fulfilled"));
  assertStrictEquals((settled[4] as PromiseRejectedResult).reason, reason);
});

onEmulator("an answer that is cut, or a connection that is lost: each goes on through core", async (server, client) => {
  const keys = range(40).map((i) => new Key("test", "s", i));
  for (const key of keys) await client.put(key, { i: 1 });
  server.fault({ truncate: 1 });
  const records = await Promise.all(keys.map((key) => client.get(key)));
  assert(records.every((record) => record?.bins.i === 1));
  const { fallbacks } = (await client.stats()).direct;
  assertStrictEquals(Object.values(fallbacks).reduce((sum, count) => sum + count, 0) > 0, true);
});

onEmulator("they take one turn together, and wait for it", async (server, client) => {
  const key = new Key("test", "s", 1);
  await client.put(key, { a: 1 });
  await using narrow = await ready({ hosts: server.hosts, autoBatch: true, maxConcurrentCommands: 1 });
  server.fault({ delayMs: 150, dataOnly: true });
  const options = { totalTimeout: LONG_MS };
  const first = narrow.put(key, { a: 2 }, options);
  const records = await Promise.all(range(100).map(() => narrow.get(key, options)));
  await first;
  assert(records.every((record) => record?.bins.a === 2), "after the write, in the order of the calls");
  server.fault({ silence: true, dataOnly: true });
  const { commands } = server.stats();
  const stop = new AbortController();
  const holds = assertRejects(() => narrow.put(key, { a: 3 }, { ...options, signal: stop.signal }), AbortError);
  await until("a write has the turn", () => server.stats().commands > commands);
  const late = await Promise.allSettled(range(5).map(() => narrow.get(key, { totalTimeout: 50 })));
  stop.abort();
  await holds;
  for (const result of late) {
    const { reason } = result as PromiseRejectedResult;
    assertInstanceOf(reason, AerospikeTimeoutError);
    assertEquals([reason.phase, reason.sent], ["queue", false]);
  }
});

onEmulator("a close ends each of them once", async (server) => {
  const closing = await ready({ hosts: server.hosts, autoBatch: true });
  const key = new Key("test", "s", 1);
  server.fault({ silence: true, dataOnly: true });
  const reads = range(50).map(() => closing.get(key, { totalTimeout: LONG_MS }));
  const settled = Promise.allSettled(reads);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await closing.close({ drain: 0 });
  for (const result of await settled) assertInstanceOf((result as PromiseRejectedResult).reason, ClientClosedError);
});
