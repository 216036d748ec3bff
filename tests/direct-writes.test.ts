/**
 * Writes and operations on the direct path: the same bytes as core sends, sent once, and what is said of them when their
 * answer is none.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { Buffer } from "node:buffer";
import {
  AerospikeError,
  AerospikeTimeoutError,
  type Client,
  connect,
  ctx,
  Double,
  exp,
  GeoJSON,
  Key,
  list,
  map,
  op,
  type Operation,
  type WriteOptions,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { ready } from "./support/both-paths.ts";
import { RefusingServer } from "./support/refusing-server.ts";
import { suite } from "./support/suite.ts";
import { until } from "./support/wait.ts";

const { test, before, after } = suite();
const PARAMETER = 4;
const DEVICE_OVERLOAD = 18;
const TIMEOUT_AT = 22;
const key = new Key("test", "s", "user key");

let emulator: Emulator;
before(async () => void (emulator = await Emulator.start()));
after(() => emulator.close());

type Call = (client: Client) => Promise<unknown>;

/** What two clients send first for each call, one on the direct path, one through core; time-outs are left out. */
async function assertSameBytes(calls: Iterable<readonly [what: string, call: Call]>): Promise<void> {
  using server = await RefusingServer.open(emulator, PARAMETER);
  const options = { hosts: server.host, seedOnlyCluster: true, maxErrorRate: 0 } as const;
  await using direct = await ready(options);
  await using core = await connect({ ...options, readPath: "core" });
  const sent = async (client: Client, call: Call) => {
    const from = server.refused;
    await assertRejects(() => call(client), AerospikeError);
    const message = server.messages[from] as Buffer;
    message.fill(0, TIMEOUT_AT, TIMEOUT_AT + 4);
    return message.toString("hex");
  };
  const count = async () => {
    const stats = await direct.stats();
    return stats.direct.writes + stats.direct.attempts;
  };
  for (const [what, call] of calls) {
    const before = await count();
    const ours = await sent(direct, call);
    assertStrictEquals(await count(), before + 1, `${what} did not take the direct path`);
    assertStrictEquals(ours, await sent(core, call), what);
  }
}

const operates = (operations: Operation[], options?: WriteOptions): [string, Call] => [
  operations.map(({ kind }) => kind).join(" "),
  (client) => client.operate(key, operations, options),
];

const VALUES = [
  1,
  -1,
  2n ** 63n - 1n,
  new Double(0.5),
  true,
  "text",
  "é".repeat(300),
  Uint8Array.of(1, 2),
  [1, ["x"]],
  {
    b: 1,
    a: [null],
  },
  new GeoJSON({ type: "Point", coordinates: [1, 2] }),
];
const RANGES = [{}, { index: 2 }, { index: -3, count: 2 }];

test("a write is the same bytes as core's, with every option", async () => {
  const bins = Object.fromEntries(VALUES.map((value, i) => [`bin${i}`, value]));
  const options: WriteOptions[] = [
    {},
    { ttl: 60 },
    { ttl: "never" },
    { ttl: "keep" },
    { generation: 7 },
    { generation: 7, generationPolicy: "greater" },
    { recordExists: "update-only" },
    { recordExists: "replace" },
    { recordExists: "replace-only" },
    { recordExists: "create-only" },
    { commitLevel: "master" },
    { durableDelete: true },
    { sendKey: true },
    { filter: exp.eq(exp.intBin("a"), 1) },
    { ttl: 9, generation: 1, recordExists: "replace", commitLevel: "master", sendKey: true },
  ];
  const keys = [
    key,
    new Key("test", "", 5),
    new Key("bar", "s", Uint8Array.of(1, 2, 3)),
    Key.fromDigest("test", "s", key.digest),
  ];
  await assertSameBytes([
    ...options.map((option): [string, Call] => [
      `put ${JSON.stringify(Object.keys(option))}`,
      (client) => client.put(key, bins, option),
    ]),
    ...options.map((option) => operates([op.write("a", 1), op.read("a")], option)),
    ...keys.map((key): [string, Call] => ["put", (client) => client.put(key, { a: null, b: 1 }, { sendKey: true })]),
    ["add", (client) => client.add(key, { a: 1, b: new Double(0.5) })],
    ["append", (client) => client.append(key, { a: "x", b: Uint8Array.of(1) })],
    ["prepend", (client) => client.prepend(key, { a: "x" })],
    ["touch", (client) => client.touch(key, { ttl: 60, sendKey: true })],
    ["remove", (client) => client.remove(key, { generation: 3 })],
  ]);
});

test("operations are the same bytes as core's", async () => {
  const nested = [ctx.mapKey("a"), ctx.listIndex(-1), ctx.listRank(0), ctx.listValue("x"), ctx.mapIndex(1)];
  const deep = [ctx.mapRank(-1), ctx.mapValue([1])];
  await assertSameBytes([
    operates([op.read("a"), op.read("a"), op.read("b")]),
    operates([op.read("a"), op.header()]),
    operates([op.write("a", null), op.add("b", 1), op.append("c", "x"), op.prepend("d", "x"), op.read("a")]),
    ...VALUES.map((value) => operates([op.write("a", value)])),
    ...VALUES.map((value) => operates([list.append("b", value), list.getByValue("b", value)])),
    ...VALUES.map((value) => operates([map.put("b", "k", value), map.getByValue("b", value, { return: "rank" })])),
    operates([list.size("b", { ctx: nested }), map.size("b", { ctx: deep })]),
    operates([list.append("b", 1, { ctx: nested }), map.put("b", 1, 2, { ctx: deep })]),
  ]);
});

test("functions of lists are the same bytes as core's", async () => {
  const returns = ["none", "values", "index", "reverse-index", "rank", "reverse-rank", "count", "exists"] as const;
  await assertSameBytes([
    operates([list.append("b", null, { order: "ordered", addUnique: true, noFail: true })]),
    operates([list.appendItems("b", [1, "x", null], { order: "ordered", addUnique: true, partial: true })]),
    operates([list.insert("b", 1, "x"), list.insert("b", -1, null, { insertBounded: true })]),
    operates([list.insertItems("b", 1, [1, [2]], { addUnique: true })]),
    operates([list.set("b", 0, "x"), list.set("b", 0, "x", { insertBounded: true })]),
    operates([list.pop("b", -1), list.remove("b", 3), list.trim("b", -2, 2), list.clear("b")]),
    operates([list.sort("b"), list.sort("b", { descending: true, dropDuplicates: true })]),
    ...RANGES.map((range) => operates([list.popRange("b", range), list.removeRange("b", range)])),
    ...RANGES.map((range) => operates([list.getRange("b", range), list.getByIndexRange("b", range)])),
    operates([list.size("b"), list.get("b", -1)]),
    ...returns.map((what) => operates([list.getByIndex("b", 1, { return: what })])),
    operates([list.getByRank("b", -1), list.getByRankRange("b", { rank: 1 }), list.getByRankRange("b", { count: 2 })]),
    operates([list.getByValueList("b", [1, "x", null], { inverted: true }), list.getByValueList("b", [])]),
    operates([list.getByValueRange("b", {}), list.getByValueRange("b", { begin: 1 })]),
    operates([list.getByValueRange("b", { begin: "a", end: "b" }), list.getByValueRange("b", { end: [1] })]),
    operates([
      list.getByValueRelRankRange("b", { value: 1, rank: 2 }),
      list.getByValueRelRankRange("b", { value: "x", rank: -1, count: 3 }),
    ]),
    operates([list.removeByIndex("b", 1), list.removeByIndexRange("b", { index: 1, count: 2 }, { return: "values" })]),
    operates([list.removeByRank("b", 1), list.removeByRankRange("b", { rank: 1 }, { inverted: true })]),
    operates([list.removeByValue("b", null), list.removeByValueList("b", [1], { return: "count" })]),
    operates([list.removeByValueRange("b", { begin: 1, end: 2 }), list.removeByValueRange("b", {})]),
    operates([list.removeByValueRelRankRange("b", { value: 1, rank: 2, count: 1 })]),
  ]);
});

test("functions of maps are the same bytes as core's", async () => {
  const returns = [
    ...["none", "index", "reverse-index", "rank", "reverse-rank", "count", "keys", "values", "key-values", "exists"],
    ...["unordered-map", "ordered-map"],
  ] as const;
  await assertSameBytes([
    operates([map.put("b", "k", 1), map.put("b", 5, "x", { order: "key-ordered", createOnly: true, noFail: true })]),
    operates([map.put("b", Uint8Array.of(1), 1, { order: "key-value-ordered", persistIndex: true })]),
    operates([map.put("b", "k", [1], { updateOnly: true })]),
    operates([map.increment("b", "k", 2), map.decrement("b", "k", new Double(0.5), { order: "key-ordered" })]),
    operates([map.clear("b"), map.size("b")]),
    ...returns.map((what) => operates([map.getByKey("b", "k", { return: what })])),
    operates([map.getByKeyList("b", ["a", 1]), map.getByKeyRange("b", {}), map.getByKeyRange("b", { begin: "a" })]),
    operates([map.getByKeyRange("b", { begin: 1, end: 2 }), map.getByKeyRange("b", { end: "z" }, { inverted: true })]),
    operates([
      map.getByKeyRelIndexRange("b", { key: "a", index: 1 }),
      map.getByKeyRelIndexRange("b", { key: 1, count: 2 }),
    ]),
    ...RANGES.map((range) => operates([map.getByIndexRange("b", range), map.removeByIndexRange("b", range)])),
    operates([map.getByIndex("b", 0), map.getByRank("b", -1), map.getByRankRange("b", { rank: 1, count: 1 })]),
    operates([map.getByValueList("b", [1, 2]), map.getByValueRange("b", { begin: 1, end: 2 })]),
    operates([
      map.getByValueRelRankRange("b", { value: 1, rank: 2 }),
      map.getByValueRelRankRange("b", { value: 1, count: 2 }),
    ]),
    operates([map.removeByKey("b", "k"), map.removeByKeyList("b", ["k"]), map.removeByKeyRange("b", { begin: "a" })]),
    operates([map.removeByKeyRelIndexRange("b", { key: "a", index: 1, count: 1 }), map.removeByIndex("b", 0)]),
    operates([map.removeByRank("b", 0), map.removeByRankRange("b", { rank: 0 }), map.removeByValue("b", 1)]),
    operates([map.removeByValueList("b", [1]), map.removeByValueRange("b", { end: 2 }, { return: "keys" })]),
    operates([map.removeByValueRelRankRange("b", { value: 1, rank: 2 })]),
  ]);
});

/** What is rejected, and how often the server was sent something for it. */
async function failure(server: RefusingServer, call: () => Promise<unknown>): Promise<[AerospikeError, number]> {
  const { refused } = server;
  const error = await assertRejects(call, AerospikeError);
  return [error, server.refused - refused];
}

const write = (client: Client, options: WriteOptions = {}) => client.operate(key, [op.add("a", 1)], options);

test("the server is told the time-out that core tells it", async () => {
  using server = await RefusingServer.open(emulator, PARAMETER);
  const options = { hosts: server.host, seedOnlyCluster: true, maxErrorRate: 0 } as const;
  await using direct = await ready(options);
  await using core = await connect({ ...options, readPath: "core" });
  const timeouts: [WriteOptions, number][] = [
    [{ totalTimeout: 0 }, 0],
    [{ totalTimeout: 0, socketTimeout: 700 }, 0],
    [{ totalTimeout: 5_000, socketTimeout: 700 }, 700],
  ];
  for (const [timeout, expected] of timeouts) {
    for (const client of [direct, core]) {
      const from = server.refused;
      await assertRejects(() => client.put(key, { a: 1 }, timeout), AerospikeError);
      assertStrictEquals((server.messages[from] as Buffer).readUInt32BE(TIMEOUT_AT), expected);
    }
  }
  assertStrictEquals((await direct.stats()).direct.writes, timeouts.length);
});

test("a refused write is sent once, and its error is core's", async () => {
  for (const code of [PARAMETER, 9, 12, 14, 18, 22]) {
    using server = await RefusingServer.open(emulator, code);
    const options = { hosts: server.host, seedOnlyCluster: true, maxErrorRate: 0 } as const;
    await using direct = await ready(options);
    await using core = await connect({ ...options, readPath: "core" });
    for (const call of [write, (client: Client) => client.put(key, { a: 1 })]) {
      const [ours, sent] = await failure(server, () => call(direct));
      const [cores] = await failure(server, () => call(core));
      assertStrictEquals(sent, 1);
      const seen = ({ message, code, node, inDoubt, sent, iteration }: AerospikeError) =>
        ({ message, code, node, inDoubt, sent, iteration }) as const;
      assertEquals(seen(ours), seen(cores));
    }
    assertStrictEquals((await direct.stats()).direct.writes, 2);
  }
});

test("a write whose reply makes no sense or does not come is in doubt, and is not sent again", async () => {
  const replies: [string, () => Uint8Array][] = [
    ["no message", () => Uint8Array.of(1, 2, 3)],
    ["too few results", () => new Uint8Array(22).fill(22, 0, 1)],
    ["a cut operation", () => new Uint8Array(24).fill(22, 0, 1).fill(1, 21, 22)],
  ];
  for (const [what, reply] of replies) {
    using server = await RefusingServer.saying(emulator, reply);
    await using client = await ready({ hosts: server.host, seedOnlyCluster: true, maxErrorRate: 0 });
    const [error, sent] = await failure(server, () => write(client));
    assertEquals(
      [error.inDoubt, error.sent, error.phase, sent],
      [true, true, "command", 1],
      `${what}: ${error.message}`,
    );
  }
  await using client = await ready({ hosts: emulator.hosts, tendInterval: 250 });
  emulator.load([{ key, bins: { a: 1 } }]);
  emulator.fault({ truncate: 1, dataOnly: true });
  const cut = await assertRejects(() => write(client), AerospikeError);
  emulator.fault();
  assertEquals([cut.codeName, cut.inDoubt, cut.sent], ["CONNECTION", true, true], cut.message);
  emulator.fault({ silence: true, dataOnly: true });
  const late = await assertRejects(() => write(client, { socketTimeout: 50, totalTimeout: 5_000 }), AerospikeError);
  emulator.fault();
  assertEquals([late.codeName, late.inDoubt, late.sent, late.phase], ["TIMEOUT", true, true, "command"], late.message);
  assert(late.node?.includes(emulator.hosts), late.node);
  assertStrictEquals((await write(client, { totalTimeout: 5_000 }))?.results.length, 1);
});

test("what may be sent twice, and what the direct path cannot pack, goes through core", async () => {
  await using client = await ready({ hosts: emulator.hosts });
  const calls: [string, 0 | 1, () => Promise<unknown>][] = [
    ["put", 1, () => client.put(key, { b: [1, 2], m: { k: 1 } })],
    ["put with retries", 0, () => client.put(key, { a: 1 }, { maxRetries: 1 })],
    ["put whose late reply is awaited", 0, () => client.put(key, { a: 1 }, { socketTimeout: 500, timeoutDelay: 9 })],
    ["put with compression", 0, () => client.put(key, { a: 1 }, { compress: true })],
    ["touch", 1, () => client.touch(key)],
    ["an expression", 0, () => client.operate(key, [op.write("a", 1), op.readExp("x", exp.add(exp.intBin("a"), 1))])],
    ["reading all", 0, () => client.operate(key, [op.write("a", 1), op.readAll()])],
    ["touching in an operate", 0, () => client.operate(key, [op.touch(), op.read("a")])],
    ["a list's order", 0, () => client.operate(key, [list.setOrder("b", "ordered")])],
    ["nil in a map", 0, () => client.operate(key, [map.put("m", "x", null)])],
    ["a step that creates", 0, () => client.operate(key, [list.append("m", 1, { ctx: [ctx.mapKeyCreate("y")] })])],
    ["remove", 1, () => client.remove(key)],
  ];
  for (const [what, expected, call] of calls) {
    const { writes } = (await client.stats()).direct;
    await call();
    assertStrictEquals((await client.stats()).direct.writes - writes, expected, what);
  }
});

test("what overloads a node breaks its circuit on this path too", async () => {
  // In one window, however long the test takes.
  await using client = await ready({ hosts: emulator.hosts, maxErrorRate: 5, errorRateWindow: 1_000 });
  emulator.fault({ code: DEVICE_OVERLOAD, dataOnly: true });
  const codes: string[] = [];
  for (let i = 0; i < 7; i++) codes.push((await assertRejects(() => write(client), AerospikeError)).codeName);
  emulator.fault();
  assertEquals(codes, [...Array<string>(6).fill("DEVICE_OVERLOAD"), "MAX_ERROR_RATE"]);
  assertStrictEquals((await client.stats()).direct.writes, 6);
});

test("more writes than connections: each takes place once, whichever way it goes", async () => {
  await using client = await ready({ hosts: emulator.hosts, maxConnsPerNode: 8 });
  await client.put(key, { n: 0 });
  const all = Array.from({ length: 500 }, () => client.operate(key, [op.add("n", 1), op.read("n")]));
  const seen = (await Promise.all(all)).map((record) => record?.results[1] as number);
  assertEquals(seen.toSorted((a, b) => a - b), Array.from({ length: 500 }, (_, i) => i + 1));
  const { direct } = await client.stats();
  assert(direct.writes > 0 && direct.writes <= 501, `${direct.writes} of them were direct`);
});

test("a write that times out in line for a connection was not sent", async () => {
  // After a tenth of a second it goes through core and may be sent: a machine that stood still for so long spoils a round.
  for (let round = 0; round < 10; round++) {
    // Two connections for writes, and turns for four.
    await using client = await ready({ hosts: emulator.hosts, maxConnsPerNode: 8 });
    for (let i = 0; i < 20; i++) await client.put(key, { a: 1 });
    // Now it is known how quick the node is; and that it is not any more.
    emulator.fault({ delayMs: 10, dataOnly: true });
    for (let i = 0; i < 20; i++) await client.put(key, { a: 1 });
    emulator.fault({ silence: true, dataOnly: true });
    const before = emulator.stats().commands;
    const stopAll = new AbortController();
    const first = [1, 2].map((a) => assertRejects(() => client.put(key, { a }, { signal: stopAll.signal })));
    await until("two are sent", () => emulator.stats().commands === before + 2);
    const error = await assertRejects(() => client.put(key, { a: 3 }, { totalTimeout: 30 }), AerospikeTimeoutError);
    stopAll.abort();
    await Promise.all(first);
    emulator.fault();
    if (error.phase === "command") continue;
    assertEquals([error.phase, error.inDoubt, error.sent], ["queue", false, false], error.message);
    return;
  }
  throw new Error("it was never in line");
});
