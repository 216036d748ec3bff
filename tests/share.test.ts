/**
 * Clients in several Workers on one cluster: what they have in common, and what becomes of it when one of them goes.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  attach,
  type Client,
  ClientClosedError,
  type ClusterToken,
  connect,
  type ConnectOptions,
  InvalidArgumentError,
  Key,
} from "../mod.ts";
import { Emulator, type EmulatorOptions } from "../emulator/mod.ts";
import { byStalls, during } from "./support/both-paths.ts";
import { ClientWorker, WorkerError } from "./support/client-worker.ts";
import { held } from "./support/rounds.ts";
import { runScript } from "./support/runtime.ts";
import { freshSet, startServer, type TestServer } from "./support/server.ts";
import { range } from "./support/stored.ts";
import { suite } from "./support/suite.ts";
import { until } from "./support/wait.ts";

const { test, before, after } = suite();

const LONG = { totalTimeout: 60_000 };

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.close());

/** A test with an emulator of its own, and a client that is closed at the end, with all that is left of others. */
function onEmulator(
  name: string,
  body: (emulator: Emulator, client: Client) => Promise<void>,
  options: ConnectOptions & { emulator?: EmulatorOptions } = {},
): void {
  test(name, async () => {
    const { emulator: ofEmulator, ...ofClient } = options;
    const before = held();
    await using emulator = await Emulator.start(ofEmulator);
    const client = await connect({ hosts: emulator.hosts, ...ofClient });
    try {
      await body(emulator, client);
    } finally {
      emulator.fault();
      await client.close({ drain: 0 });
    }
    await untilHeld(before);
    await until("the server has no connections", () => emulator.stats().connectionsOpen === 0);
  });
}

/** Waits until the native library holds as much as it did. */
async function untilHeld(wanted: Record<string, number>): Promise<void> {
  const text = JSON.stringify(wanted);
  try {
    await until(`the native library holds ${text}`, () => JSON.stringify(held()) === text);
  } catch (error) {
    throw new Error(`it holds ${JSON.stringify(held())}`, { cause: error });
  }
}

/** What is held by so many users more than `before`. */
function withUsers(before: Record<string, number>, users: number): Record<string, number> {
  return { ...before, users: (before["users"] as number) + users };
}

async function fill(client: Client, set: string, count: number): Promise<void> {
  const rows = range(count).map((n) => ({ key: new Key("test", set, n), bins: { n } }));
  (await client.batchWrite(rows, LONG)).throwIfFailed();
}

test("a Worker does all that a client does, on the cluster of another thread", async () => {
  const before = held();
  const set = freshSet();
  const worker = await ClientWorker.attached(server.client.share(), { autoBatch: true, policies: { read: LONG } });
  assertEquals(held()["clusters"], before["clusters"]);
  assertEquals(await worker.ask("everything", { set }), {
    joined: [{ n: 1, text: "one" }, { n: 2, text: "two" }],
    batch: [{ n: 2, text: "two" }, { n: 1, text: "one" }],
    columns: [[1, 2], ["one", "two"]],
    exists: true,
    added: { n: 11 },
  });
  assertEquals((await server.client.get(new Key("test", set, 0)))?.bins, { n: 11, text: "one" });
  await worker.ask("close", {});
  worker.terminate();
  await untilHeld(before);
});

test("a token is plain data, which outlives a copy and JSON", async () => {
  const token = server.client.share();
  assert(Object.isFrozen(token));
  assertEquals(server.client.share(), token);
  for (const copy of [structuredClone(token), JSON.parse(JSON.stringify(token)) as ClusterToken]) {
    await using client = await attach(copy);
    assertStrictEquals(client.isConnected(), true);
    assertEquals(client.share(), token);
  }
});

onEmulator(
  "clients have the connections, the partitions and the counts of their reads in common",
  async (emulator, client) => {
    const set = freshSet();
    await fill(client, set, 50);
    await until("the direct path is ready", async () => (await client.stats()).direct.ready);
    await client.warmUp(16, { timeout: 10_000 });
    const { connectionsOpened } = emulator.stats();
    const worker = await ClientWorker.attached(client.share());
    const done = await during(client, async () => {
      assertEquals(await worker.ask("get", { set, count: 50 }), range(50));
      await worker.ask("everything", { set });
    });
    // On the direct path from the first read on, because the partitions are known: 50, and those of `everything`.
    const { rows, others } = byStalls(done);
    assertStrictEquals(done.direct.answered + rows, 50 + 7);
    assertEquals(others, {});
    assertEquals(await worker.ask("stats", {}), await client.stats());
    assertStrictEquals(emulator.stats().connectionsOpened, connectionsOpened);
    worker.terminate();
  },
  { maxConnsPerNode: 16 },
);

onEmulator("who attached closes first: the other goes on", async (_, client) => {
  const set = freshSet();
  const before = held();
  const worker = await ClientWorker.attached(client.share());
  await worker.ask("close", {});
  await untilHeld(before);
  await fill(client, set, 3);
  assertStrictEquals((await client.get(new Key("test", set, 2)))?.bins["n"], 2);
  await assertRejects(() => worker.ask("get", { set, count: 1 }), WorkerError, "closed");
  worker.terminate();
});

onEmulator(
  "who connected closes first: the other goes on, and the last one closes the connections",
  async (emulator, client) => {
    const set = freshSet();
    await fill(client, set, 20);
    const worker = await ClientWorker.attached(client.share());
    await client.close();
    await assertRejects(() => client.get(new Key("test", set, 0)), ClientClosedError);
    assertEquals(await worker.ask("get", { set, count: 20 }), range(20));
    assert(emulator.stats().connectionsOpen > 0);
    await worker.ask("close", {});
    await until("the last one has closed them", () => emulator.stats().connectionsOpen === 0);
    worker.terminate();
  },
);

onEmulator("a close stops the commands of its own client only", async (emulator, client) => {
  const set = freshSet();
  await fill(client, set, 10);
  const other = await attach(client.share());
  emulator.fault({ delayMs: 2_000, dataOnly: true });
  const read = (by: Client) => Promise.allSettled(range(10).map((n) => by.get(new Key("test", set, n), LONG)));
  const { accepted } = client.counters();
  const [stopped, stays] = [read(other), read(client)];
  await until("all are on their way", () => client.counters().accepted >= accepted + 20);
  await other.close({ drain: 0 });
  for (const one of await stopped) {
    assert(one.status === "rejected" && one.reason instanceof ClientClosedError, JSON.stringify(one));
  }
  for (const one of await stays) assert(one.status === "fulfilled" && one.value !== null, JSON.stringify(one));
});

onEmulator("a close waits for its own commands, and not for those of others", async (emulator, client) => {
  const set = freshSet();
  const other = await attach(client.share());
  emulator.fault({ silence: true, dataOnly: true });
  const abort = new AbortController();
  const stays = client.put(new Key("test", set, 0), { n: 0 }, { ...LONG, signal: abort.signal });
  const error = assertRejects(() => stays, Error);
  await other.close({ drain: 60_000 });
  abort.abort();
  await error;
});

onEmulator(
  "Workers that are terminated in the middle of commands leave nothing, 20 times",
  async (emulator, client) => {
    const set = freshSet();
    const before = held();
    for (const round of range(20)) {
      const worker = await ClientWorker.attached(client.share());
      await worker.ask("busy", { set, count: 8 });
      const { commands } = emulator.stats();
      await until("it is in the middle", () => emulator.stats().commands > commands + 5 * (round % 4));
      worker.terminate();
      await untilHeld(before);
      await client.put(new Key("test", set, "main"), { round });
      assertEquals((await client.get(new Key("test", set, "main")))?.bins, { round });
    }
  },
);

onEmulator("Workers that are terminated while the server is silent leave nothing", async (emulator, client) => {
  const set = freshSet();
  const before = held();
  emulator.fault({ silence: true, dataOnly: true });
  const workers = await Promise.all(range(3).map(() => ClientWorker.attached(client.share())));
  assertEquals(held(), { ...withUsers(before, 3), queues: (before["queues"] as number) + 3 });
  await Promise.all(workers.map((worker) => worker.ask("beginPuts", { set, count: 10 })));
  workers.forEach((worker) => worker.terminate());
  await untilHeld(before);
});

test("a Worker that is terminated takes along the cluster that it has opened", async () => {
  const before = held();
  await using emulator = await Emulator.start();
  for (const round of range(5)) {
    const worker = await ClientWorker.start();
    await worker.ask("connect", { options: { hosts: emulator.hosts, wake: undefined } });
    await worker.ask("busy", { set: freshSet(), count: 4 });
    const { commands } = emulator.stats();
    await until("it is in the middle", () => emulator.stats().commands > commands + round);
    worker.terminate();
    await untilHeld(before);
    await until("the server has no connections", () => emulator.stats().connectionsOpen === 0);
  }
});

test("a Worker that is terminated while it connects leaves nothing", async () => {
  const before = held();
  await using emulator = await Emulator.start();
  emulator.fault({ silence: true });
  const worker = await ClientWorker.start();
  worker.ask("connect", { options: { hosts: emulator.hosts, connectTimeout: 60_000 } });
  await until("it asks the server", () => emulator.stats().connectionsOpen > 0);
  worker.terminate();
  await untilHeld(before);
  await until("the server has no connections", () => emulator.stats().connectionsOpen === 0);
});

test("a Worker that ends by itself leaves nothing", async () => {
  const before = held();
  await using emulator = await Emulator.start();
  const worker = await ClientWorker.start();
  await worker.ask("connect", { options: { hosts: emulator.hosts } });
  worker.ask("end", {});
  await untilHeld(before);
  await until("the server has no connections", () => emulator.stats().connectionsOpen === 0);
});

test("the Worker that connected is terminated: who attached goes on", async () => {
  const before = held();
  await using emulator = await Emulator.start();
  const set = freshSet();
  const worker = await ClientWorker.start();
  const token = await worker.ask("connect", { options: { hosts: emulator.hosts } }) as ClusterToken;
  const client = await attach(token);
  await worker.ask("busy", { set, count: 4 });
  worker.terminate();
  await until("the Worker's use is given back", () => held()["users"] === (before["users"] as number) + 1);
  await fill(client, set, 10);
  assertEquals((await client.batchRead(range(10).map((n) => new Key("test", set, n)))).foundCount, 10);
  await client.close();
  await untilHeld(before);
  await until("the server has no connections", () => emulator.stats().connectionsOpen === 0);
});

test("a token is stale once the last client has closed", async () => {
  const client = await connect({ hosts: server.hosts });
  const token = client.share();
  const other = await attach(token);
  await client.close();
  assertThrows(() => client.share(), ClientClosedError);
  // The other one is there still.
  const third = await attach(token);
  await Promise.all([other.close(), third.close()]);
  const error = await assertRejects(() => attach(token), ClientClosedError, "its last client has left");
  assertStrictEquals(error.codeName, "CLOSED");
  const worker = await ClientWorker.start();
  const inWorker = await assertRejects(() => worker.ask("attach", { token }), WorkerError, "its last client has left");
  assertStrictEquals(inWorker.kind, "ClientClosedError");
  worker.terminate();
});

test("what is no token is an error that says what is wrong with it", async () => {
  const token = server.client.share();
  const before = held();
  const cases: [unknown, string][] = [
    [undefined, "token is undefined"],
    [null, "token is null"],
    ["aerospike", "client.share()"],
    [7, "token is 7"],
    [[], "token is an array"],
    [{}, "token.kind"],
    [{ ...token, kind: "cluster" }, "token.kind"],
    [{ ...token, process: "00" }, "token.process"],
    [{ ...token, process: token.process.replace(/^./, "g") }, "token.process"],
    [{ ...token, cluster: 5 }, "token.cluster"],
    [{ ...token, cluster: undefined }, "token.cluster"],
    [{ ...token, secret: "" }, "token.secret"],
  ];
  for (const [bad, says] of cases) {
    await assertRejects(() => attach(bad as ClusterToken), InvalidArgumentError, says);
  }
  // Well-formed, but of no cluster of this process.
  const unknown = { ...token, cluster: "0".repeat(32) };
  await assertRejects(() => attach(unknown), ClientClosedError);
  await untilHeld(before);
});

test("a token of another process is refused", async () => {
  const ended = await runScript("attach.ts", JSON.stringify(server.client.share()));
  const { name, message } = JSON.parse(ended.stdout || JSON.stringify({ name: ended.stderr })) as Error;
  assertStrictEquals(name, "InvalidArgumentError");
  assertStringIncludes(message, "another process");
});

test("attach takes the options of a client, and none of a cluster", async () => {
  const token = server.client.share();
  const refused = async (options: object, ...says: string[]) => {
    const error = await assertRejects(() => attach(token, options as never), InvalidArgumentError);
    for (const part of says) assertStringIncludes(error.message, part);
  };
  await refused({ hosts: "127.0.0.1" }, "options.hosts", "connect");
  await refused({ maxConcurrentCommands: 5 }, "options.maxConcurrentCommands", "connect");
  await refused({ polices: {} }, "options.polices", "policies?");
  await refused({ policies: { read: { totalTimeout: -1 } } }, "options.policies.read.totalTimeout");
  await refused({ wake: "bell" }, "options.wake");
  await refused([], "options is an array");
  const reason = new Error("given up");
  assertStrictEquals(
    await assertRejects(() => attach(token, { signal: AbortSignal.abort(reason) })),
    reason,
  );
  const set = freshSet();
  const key = new Key("test", set, "options");
  await using client = await attach(token, { integers: "bigint", policies: { write: { sendKey: true } } });
  await client.put(key, { n: 1 });
  assertEquals((await client.get(key))?.bins, { n: 1n });
  assertEquals((await server.client.get(key))?.bins, { n: 1 });
});

onEmulator("an abort in a Worker ends its command", async (emulator, client) => {
  const worker = await ClientWorker.attached(client.share());
  emulator.fault({ silence: true, dataOnly: true });
  assertStrictEquals(await worker.ask("abort", { set: freshSet() }), "AbortError");
  await worker.ask("close", { drain: 0 });
  worker.terminate();
});

onEmulator("many clients attach and close, in any order and on many threads", async (_, client) => {
  const before = held();
  const token = client.share();
  const set = freshSet();
  await fill(client, set, 10);
  const many = await Promise.all(range(100).map(() => attach(token)));
  assertEquals(held(), withUsers(before, 100));
  const reads = many.map((one, n) => one.get(new Key("test", set, n % 10)));
  assertEquals((await Promise.all(reads)).map((record) => record?.bins["n"]), range(100).map((n) => n % 10));
  const workers = await Promise.all(range(6).map(() => ClientWorker.attached(token)));
  const [odd, even] = [1, 0].map((rest) => many.filter((_, n) => n % 2 === rest)) as [Client[], Client[]];
  await Promise.all(odd.map((one) => one.close()));
  const values = await Promise.all(workers.map((worker) => worker.ask("get", { set, count: 10 })));
  for (const value of values) assertEquals(value, range(10));
  await Promise.all([...even.map((one) => one.close()), ...workers.map((worker) => worker.ask("close", {}))]);
  workers.forEach((worker) => worker.terminate());
  await untilHeld(before);
});

onEmulator("maxConcurrentCommands holds for all Workers together", async (emulator, client) => {
  const set = freshSet();
  const LIMIT = 3;
  const workers = await Promise.all(range(3).map(() => ClientWorker.attached(client.share())));
  emulator.fault({ silence: true, dataOnly: true });
  const { commands } = emulator.stats();
  await Promise.all(workers.map((worker) => worker.ask("beginPuts", { set, count: 20 })));
  await until("the limit is reached", () => emulator.stats().commands - commands >= LIMIT);
  // What asks the cluster itself needs no turn: what could run has run by the time that it has gone there and back.
  for (const worker of workers) await worker.ask("stats", {});
  await client.info("build");
  assertStrictEquals(emulator.stats().commands - commands, LIMIT);
  workers.forEach((worker) => worker.terminate());
  // Their turns are given back: the limit is free for others.
  emulator.fault();
  await Promise.all(range(10).map((n) => client.put(new Key("test", set, n), { n }, LONG)));
}, { maxConcurrentCommands: 3 });

onEmulator("a client with few commands does not wait behind the thousands of another", async (emulator, client) => {
  const [many, few] = [freshSet(), freshSet()];
  const FEW = 20;
  const worker = await ClientWorker.attached(client.share());
  emulator.fault({ delayMs: 5, dataOnly: true });
  await worker.ask("beginPuts", { set: many, count: 2000 });
  await Promise.all(range(FEW).map((n) => client.put(new Key("test", few, n), { n }, LONG)));
  const seen = emulator.commands().map(({ set }) => set);
  const last = seen.lastIndexOf(few);
  assertStrictEquals(seen.filter((set) => set === few).length, FEW);
  const between = seen.slice(seen.indexOf(few), last).filter((set) => set === many).length;
  // They take turns: about one of the many to each of the few.
  assertGreaterOrEqual(between, FEW / 2);
  assertLess(between, 3 * FEW);
  assertLess(last, 2000, "in one line it would be behind 2000");
  worker.terminate();
}, { maxConcurrentCommands: 2, emulator: { recordCommands: 10_000 } });
