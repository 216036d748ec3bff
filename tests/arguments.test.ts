import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import {
  type BinInput,
  connect,
  Double,
  GeoJSON,
  HyperLogLog,
  InvalidArgumentError,
  Key,
  op,
  type Operation,
  Unparsed,
  vector,
  type WriteOptions,
} from "../mod.ts";
import { freshSet, startServer } from "./support/server.ts";

const set = freshSet();
const key = new Key("test", set, "arguments");
const server = await startServer();
const { client } = server;

/** Commands that the native library was given, and those that the server was sent. */
function sent(): [number, number | undefined] {
  const stats = server.emulator?.stats();
  return [client.counters().accepted, stats === undefined ? undefined : stats.commands + stats.batches];
}

/** Each call is refused with all of these words, and nothing is sent. */
async function assertRefused(calls: readonly [() => Promise<unknown>, ...string[]][]): Promise<void> {
  const before = sent();
  for (const [call, ...words] of calls) {
    const error = await assertRejects(call, InvalidArgumentError) as InvalidArgumentError;
    for (const word of words) assert(error.message.includes(word), `no ${JSON.stringify(word)}: ${error.message}`);
    assertStrictEquals(error.codeName, "PARAM");
    assertStrictEquals(error.sent, false);
    assertStrictEquals(error.inDoubt, false);
  }
  assertEquals(sent(), before, "something was sent");
  await client.put(key, { fine: true });
  assertEquals({ ...(await client.get(key))?.bins }, { fine: true }, "the client does not go on");
  await client.remove(key);
}

const put = (bins: Record<string, unknown>, options?: object) => () =>
  client.put(key, bins as Record<string, BinInput>, options as WriteOptions);

test("a value that cannot be stored: the path to it and the cure", async () => {
  class Point {
    x = 1;
  }
  await assertRefused([
    [put({ a: undefined }), "bins.a", "undefined", "null"],
    [put({ a: Symbol("s") }), "bins.a", "symbol"],
    [put({ a: () => 1 }), "bins.a", "function"],
    [put({ a: new Date() }), "bins.a", "Date"],
    [put({ a: /x/ }), "bins.a", "RegExp"],
    [put({ a: new Set([1]) }), "bins.a", "Set"],
    [put({ a: new Float32Array(2) }), "bins.a", "Float32Array"],
    [put({ a: new ArrayBuffer(2) }), "bins.a", "ArrayBuffer"],
    [put({ a: new DataView(new ArrayBuffer(2)) }), "bins.a", "DataView"],
    [put({ a: new Point() }), "bins.a", "Point"],
    [put({ a: Promise.resolve(1) }), "bins.a", "Promise"],
    [put({ profile: { tags: ["a", "b", "c", new Date()] } }), "bins.profile.tags[3]", "Date"],
    [put({ l: [[0, [undefined]]] }), "bins.l[0][1][0]", "undefined"],
    [put({ m: { "a b": [Symbol()] } }), 'bins.m["a b"][0]', "symbol"],
    [put({ m: new Map([["k", () => 1]]) }), "bins.m", "function"],
  ]);
});

test("a value out of range: the words for it", async () => {
  await assertRefused([
    [put({ a: 2n ** 63n }), "bins.a"],
    [put({ a: -(2n ** 63n) - 1n }), "bins.a"],
    [put({ a: [2n ** 64n] }), "bins.a[0]"],
    [put({ a: 2 ** 53 }), "bins.a", "bigint", "Double"],
    [put({ a: -(2 ** 60) }), "bins.a", "bigint", "Double"],
    [put({ a: { b: 2 ** 62 } }), "bins.a.b", "bigint", "Double"],
    [put({ a: "\ud800" }), "bins.a"],
    [put({ a: { b: ["\udc00"] } }), "bins.a.b[0]"],
  ]);
});

test("keys of maps that Aerospike has not", async () => {
  const map = (mapKey: unknown) => put({ m: new Map([[mapKey, 1]]) });
  await assertRefused([
    [map(1.5), "bins.m"],
    [map(NaN), "bins.m"],
    [map(2 ** 53), "bins.m"],
    [map(2n ** 63n), "bins.m"],
    [map(true), "bins.m"],
    [map(null), "bins.m"],
    [map(undefined), "bins.m"],
    [map({}), "bins.m"],
    [map([1]), "bins.m"],
    [map(Symbol()), "bins.m"],
    [map(new Date()), "bins.m"],
    [map("\ud800"), "bins.m"],
  ]);
});

test("what contains itself is called cyclic", async () => {
  const list: unknown[] = [1];
  list.push(list);
  const object: Record<string, unknown> = { inner: {} };
  (object["inner"] as Record<string, unknown>)["back"] = object;
  const map = new Map<string, unknown>();
  map.set("self", map);
  await assertRefused([
    [put({ a: list }), "bins.a", "cyclic"],
    [put({ a: object }), "bins.a", "cyclic"],
    [put({ a: map }), "bins.a", "cyclic"],
    [put({ deep: [0, { list }] }), "bins.deep", "cyclic"],
  ]);
  // The same value twice is not one that contains itself.
  const shared = [1];
  await client.put(key, { a: [shared, shared, { shared }] });
  assertEquals({ ...(await client.get(key))?.bins }, { a: [[1], [1], { shared: [1] }] });
  await client.remove(key);
});

test("what is more than 64 deep is too deep, however deep it is", async () => {
  const nested = (depth: number) => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { v: value };
    return value;
  };
  await assertRefused([
    [put({ a: nested(65) }), "bins.a", "64"],
    [put({ a: nested(100_000) }), "bins.a", "64"],
  ]);
});

test("names of bins: 1 to 15 bytes", async () => {
  await assertRefused([
    [put({ "a23456789012345x": 1 }), "15", "a23456789012345x"],
    [put({ "äääääääx": 1, "ääääääää": 1 }), "15", "ääääääää"],
    [put({ "": 1 }), "15"],
    [put({ ["y".repeat(10_000)]: 1 }), "15"],
    [put({ "\ud800": 1 }), "bins"],
    [() => client.get(key, { bins: ["a23456789012345x"] }), "15"],
    [() => client.get(key, { bins: [5 as unknown as string] }), "bins[0]"],
    [() => client.get(key, { bins: "a" as unknown as string[] }), "bins"],
    [() => client.operate(key, [op.read("a23456789012345x")]), "15", "operations[0]"],
    [() => client.batchRead([key], { bins: ["a23456789012345x"] }), "15"],
  ]);
});

test("bins that are no bins", async () => {
  const bad = (bins: unknown) => () => client.put(key, bins as Record<string, BinInput>);
  await assertRefused([
    [bad({}), "bins"],
    [bad(null), "bins"],
    [bad(undefined), "bins"],
    [bad([1]), "bins"],
    [bad("a"), "bins"],
    [bad(5), "bins"],
    [bad(new Map([["a", 1]])), "Map", "Object.fromEntries"],
  ]);
});

test("what add, append and prepend cannot do", async () => {
  await assertRefused([
    [() => client.add(key, { a: "1" }), "bins.a"],
    [() => client.add(key, { a: true }), "bins.a"],
    [() => client.add(key, { a: null }), "bins.a"],
    [() => client.add(key, {}), "bins"],
    [() => client.append(key, { a: 1 }), "bins.a"],
    [() => client.append(key, { a: ["x"] }), "bins.a"],
    [() => client.prepend(key, { a: null }), "bins.a"],
    [() => client.operate(key, [op.write("b", 1), op.add("a", "x" as unknown as number)]), "operations[1]"],
    [() => client.operate(key, [op.append("a", 5 as unknown as string)]), "operations[0]"],
  ]);
});

test("operations that are none", async () => {
  const bad = (operations: unknown) => () => client.operate(key, operations as Operation[]);
  await assertRefused([
    [bad([]), "operations"],
    [bad(null), "operations"],
    [bad("read"), "operations"],
    [bad([null]), "operations[0]"],
    [bad([op.read("a"), {}]), "operations[1]"],
    [bad([{ kind: "explode", bin: "a" }]), "operations[0]"],
    [bad([op.write("a", new Date())]), "operations[0]", "Date"],
    [bad([op.write("a", undefined)]), "operations[0]"],
  ]);
});

test("keys of a wrong type", async () => {
  const bad = (value: unknown) => () => client.get(value as Key);
  await assertRefused([
    [bad(undefined), "Key"],
    [bad(null), "Key"],
    [bad("alice"), "Key"],
    [bad({ namespace: "test", set, userKey: "a" }), "Key"],
    [() => client.put("alice" as unknown as Key, { a: 1 }), "Key"],
    [() => client.remove(5 as unknown as Key), "Key"],
    [() => client.operate([] as unknown as Key, [op.read("a")]), "Key"],
  ]);
  const wrong: unknown[] = [
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    2n ** 63n,
    true,
    null,
    undefined,
    {},
    [],
    Symbol(),
    new Date(),
  ];
  for (const userKey of [...wrong, "\ud800", new Float32Array(1)]) {
    assertThrows(() => new Key("test", set, userKey as string), InvalidArgumentError);
  }
  for (const namespace of ["", "n".repeat(32), 5, null, undefined]) {
    assertThrows(() => new Key(namespace as string, set, 1), InvalidArgumentError, "namespace");
  }
  for (const name of ["s".repeat(64), 5, null, undefined]) {
    assertThrows(() => new Key("test", name as string, 1), InvalidArgumentError, "set");
  }
  for (const digest of [new Uint8Array(19), new Uint8Array(21), "d".repeat(20), null, undefined]) {
    assertThrows(() => Key.fromDigest("test", set, digest as Uint8Array), InvalidArgumentError, "20 bytes");
  }
});

test("unknown options and options of a wrong type", async () => {
  const get = (options: unknown) => () => client.get(key, options as object);
  const bins = { a: 1 };
  await assertRefused([
    [get({ totalTimout: 5 }), "totalTimout", "did you mean totalTimeout"],
    [get({ nonsense: 5 }), "nonsense"],
    [get({ ttl: 5 }), "ttl"],
    [get({ toString: 5 }), "toString"],
    [get(5), "options"],
    [get([]), "options"],
    [get(null), "options"],
    [get({ totalTimeout: "5" }), "totalTimeout"],
    [get({ totalTimeout: -1 }), "totalTimeout"],
    [get({ totalTimeout: 1.5 }), "totalTimeout"],
    [get({ totalTimeout: NaN }), "totalTimeout"],
    [get({ totalTimeout: null }), "totalTimeout", "null"],
    [get({ socketTimeout: Infinity }), "socketTimeout"],
    [get({ maxRetries: -1 }), "maxRetries"],
    [get({ sleepBetweenRetries: "1" }), "sleepBetweenRetries"],
    [get({ sleepMultiplier: "2" }), "sleepMultiplier"],
    [get({ replica: "slave" }), "replica", "master"],
    [get({ readModeAP: "two" }), "readModeAP"],
    [get({ readModeSC: 1 }), "readModeSC"],
    [get({ readTouchTtlPercent: 101 }), "readTouchTtlPercent"],
    [get({ compress: 1 }), "compress"],
    [get({ signal: {} }), "signal"],
    [put(bins, { recordExists: "create" }), "recordExists", "create-only"],
    [put(bins, { generation: -1 }), "generation"],
    [put(bins, { generation: 1.5 }), "generation"],
    [put(bins, { generationPolicy: "equal" }), "generation"],
    [put(bins, { generation: 1, generationPolicy: "less" }), "generationPolicy"],
    [put(bins, { commitLevel: 1 }), "commitLevel"],
    [put(bins, { sendKey: "yes" }), "sendKey"],
    [put(bins, { durableDelete: 1 }), "durableDelete"],
    [put(bins, { ttl: 0 }), "ttl", "never", "keep", "default"],
    [put(bins, { bins: ["a"] }), "bins"],
    [() => client.batchRead([key], { header: 1 } as object), "header"],
    [() => client.batchRead([key], { ttl: 5 } as object), "ttl"],
    [() => client.batchRead([key], { concurrent: "yes" } as object), "concurrent"],
    [() => client.batchWrite([{ key, bins }], { generation: 1 } as object), "generation"],
    [() => client.batchRemove([key], { respondAllKeys: "no" } as object), "respondAllKeys"],
  ]);
  await assertRejects(() => client.warmUp(0), InvalidArgumentError);
  await assertRejects(() => client.ping({ timeout: "1" } as object), InvalidArgumentError);
  await assertRejects(() => client.close({ drian: 1 } as object), InvalidArgumentError, "drain");
  assert(client.isConnected(), "a refused close closed");
});

test("undefined options count as not given", async () => {
  await client.put(key, { a: 1 }, { ttl: undefined, generation: undefined, recordExists: undefined });
  assertEquals({ ...(await client.get(key, { bins: undefined, totalTimeout: undefined }))?.bins }, { a: 1 });
  await client.remove(key, undefined);
});

test('undefinedBins: "skip" leaves out bins that are undefined, and only bins', async () => {
  await using skipping = await connect({ hosts: server.hosts, undefinedBins: "skip" });
  await skipping.put(key, { a: 1, b: undefined });
  assertEquals({ ...(await skipping.get(key))?.bins }, { a: 1 });
  await assertRejects(() => skipping.put(key, { a: undefined }), InvalidArgumentError, "bins");
  await assertRejects(() => skipping.put(key, { a: [undefined] }), InvalidArgumentError, "bins.a[0]");
  await skipping.remove(key);
});

test("values that are made of wrong things are refused where they are made", () => {
  for (
    const make of [
      () => new Double("1" as unknown as number),
      () => new Double(1n as unknown as number),
      () => new GeoJSON(5 as unknown as string),
      () => new GeoJSON(null as unknown as string),
      () => new HyperLogLog([1] as unknown as Uint8Array),
      () => vector([1] as unknown as Float32Array),
    ]
  ) assertThrows(make, InvalidArgumentError);
});

test("a refused command does not hold up those beside it", async () => {
  const keys = Array.from({ length: 20 }, (_, i) => new Key("test", set, i));
  const outcomes = await Promise.allSettled(
    keys.map((key, i) => client.put(key, { a: i % 2 === 0 ? i : [undefined] } as { a: BinInput })),
  );
  assertEquals(outcomes.map(({ status }) => status === "fulfilled"), keys.map((_, i) => i % 2 === 0));
  const rows = await client.batchRead(keys);
  assertEquals(rows.toArray().map((row) => row.record?.bins["a"] ?? null), keys.map((_, i) => i % 2 === 0 ? i : null));
});

test("kinds of operations are those of op, and nothing that an object has by itself", async () => {
  const operate = (...operations: unknown[]) => () => client.operate(key, operations as Operation[]);
  await assertRefused([
    [operate({ kind: "valueOf", bin: "a", value: 1 }), "operations[0].kind", "valueOf", "prepend"],
    [operate(op.read("a"), { kind: "__proto__", bin: "a" }), "operations[1].kind"],
    [operate({ kind: "constructor", bin: "a" }), "operations[0].kind"],
    [operate({ kind: 1, bin: "a" }), "operations[0]"],
    [operate({ kind: "write", bin: "a", valeu: 1 }), "operations[0].valeu", "did you mean value"],
    [operate({ kind: "touch", bin: "a", value: 1 }), "operations[0].value", "touch"],
    [operate({ kind: "read", bin: "a", value: 1 }), "operations[0].value", "read"],
    [operate({ kind: "delete", bin: "a" }), "operations[0].bin", "delete"],
    [
      () => client.batchWrite([{ key, operations: [{ kind: "toString", bin: "a" } as never] }]),
      "rows[0].operations[0]",
    ],
    [
      () => client.batchRead([{ key, operations: [{ kind: "hasOwnProperty", bin: "a" } as never] }]),
      "requests[0].operations",
    ],
  ]);
});

test("an Unparsed whose bytes do not fit its type is refused with its path, beside commands that are fine", async () => {
  const unparsed = (type: number, ...bytes: number[]) => new Unparsed(type, new Uint8Array(bytes));
  await assertRefused([
    [put({ a: unparsed(1, 1, 2, 3) }), "bins.a", "8"],
    [put({ a: unparsed(2, 1) }), "bins.a", "8"],
    [put({ a: unparsed(17) }), "bins.a", "type has 1"],
    [put({ a: unparsed(23, 0xff, 0xfe) }), "bins.a", "UTF-8"],
    [put({ a: unparsed(20, 0x92, 1) }), "bins.a", "one collection"],
    [put({ a: unparsed(20, 0x91, 1, 1) }), "bins.a", "one collection"],
    [put({ a: unparsed(20, 0x81, 1, 1) }), "bins.a", "one collection"],
    [put({ a: unparsed(19, 0xdf, 0xff, 0xff, 0xff, 0xff) }), "bins.a", "one collection"],
    [put({ a: [1, { b: unparsed(20) }] }), "bins.a[1].b", "one collection"],
    [put({ a: [unparsed(19, 0x01)] }), "bins.a[0]", "one collection"],
    [() => client.operate(key, [op.write("a", unparsed(1, 1))]), "operations[0].value"],
    [() => client.batchWrite([{ key, bins: { a: unparsed(2, 1) } }]), "rows[0].bins.a"],
  ]);
  const other = new Key("test", set, "beside");
  const outcomes = await Promise.allSettled([
    client.put(other, { a: 1 }),
    client.put(key, { a: unparsed(1, 1, 2, 3) }),
    client.put(key, { a: [unparsed(20, 0x93, 1, 0xa2, 3, 0x78, 0xc0), unparsed(19, 0x80)], b: unparsed(7, 1) }),
  ]);
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals((await client.get(key))?.bins["a"], [[1, "x", null], {}]);
  await client.remove(key);
});

test("a NUL is in no name, and a lone surrogate in no text", async () => {
  await assertRefused([
    [put({ "a\0b": 1 }), '"a\\u0000b"', "NUL"],
    [put({ "bin\ud800": 1 }), '"bin\\ud800"', "lone surrogate"],
    [() => client.get(key, { bins: ["a\0b"] }), "options.bins[0]", "NUL"],
    [() => client.operate(key, [op.read("a\0")]), "operations[0].bin", "NUL"],
    [() => client.batchRead([{ key, bins: ["a", "b"] }, { key, bins: ["a\0b"] }]), "requests[1].bins[0]", "NUL"],
    [() => client.batchRead([{ key, bins: ["1"] }, { key, bins: [1 as never] }]), "requests[1].bins[0]", "string"],
    [() => client.batchRead([{ key, bins: ["a"] }, { key, bins: "a" as never }]), "requests[1].bins", "list"],
    [() => client.batchRead([{ key, bins: null as never }]), "requests[0].bins", "list"],
    [() => client.info("\ud800"), "commands[0] is no valid text", "lone surrogate"],
    [() => client.info("build", { node: "\ud800" }), "options.node is no valid text"],
    [() => client.apply(key, "\ud800", "f"), "module is no valid text"],
    [() => client.apply(key, "m", "\ud800"), "function is no valid text"],
    [() => client.batchApply([key], "m", "\ud800"), "function is no valid text"],
    [() => client.registerUdf({ name: "\ud800.lua", source: "x = 1" }), "module.name is no valid text"],
    [() => client.registerUdf({ name: "x.lua", source: "\ud800" }), "module.source is no valid text"],
    [() => client.removeUdf("\ud800.lua"), "name is no valid text"],
    [() => connect({ auth: { user: "u", password: "\ud800" } }), "options.auth.password is no valid text"],
    [() => client.info("nodes\0build"), "commands[0]", "NUL"],
  ]);
  assertThrows(() => new Key("te\0st", set, 1), InvalidArgumentError, "namespace has a NUL");
  assertThrows(() => new Key("test", "s\0", 1), InvalidArgumentError, "set has a NUL");
});

test("options that would have no effect are refused with the reason", async () => {
  const remove = (options: object) => () => client.remove(key, options);
  const touch = (options: object) => () => client.touch(key, options);
  const read = (options: WriteOptions) => () => client.operate(key, [op.read("a"), op.header()], options);
  const words = "no effect";
  await assertRefused([
    [remove({ ttl: 5 }), "options.ttl", words],
    [remove({ recordExists: "create-only" }), "options.recordExists", words],
    [remove({ sendKey: true }), "options.sendKey", words],
    [touch({ recordExists: "replace" }), "options.recordExists", words],
    [touch({ durableDelete: true }), "options.durableDelete", words],
    [() => client.batchRemove([key], { ttl: 5 } as object), "options.ttl", words],
    [() => client.batchRemove([key], { recordExists: "update" } as object), "options.recordExists", words],
    [() => client.batchRemove([], { recordExists: "update" } as object), "options.recordExists", words],
    [read({ ttl: 5 }), "options.ttl", words],
    [read({ recordExists: "update-only" }), "options.recordExists", words],
    [read({ generation: 77 }), "options.generation", words],
    [read({ generation: 77, generationPolicy: "greater" }), words],
    [read({ sendKey: true }), "options.sendKey", words],
    [read({ durableDelete: true }), "options.durableDelete", words],
    [read({ commitLevel: "master" }), "options.commitLevel", words],
    [remove({ ttls: 5 }), "options.ttls"],
  ]);
  await client.put(key, { a: 1 });
  assertEquals(await client.touch(key, { ttl: 500, sendKey: false, commitLevel: "all" }), true);
  assertEquals((await client.operate(key, [op.read("a")], { ttl: undefined, maxRetries: 1 }))?.results, [1]);
  assertEquals(await client.remove(key, { generation: 2, commitLevel: "all" }), true);
});

test("fields of a wrong type: rows, options that are no plain objects, signals, sparse lists", async () => {
  const row = (fields: object) => () => client.batchRead([{ key, ...fields }]);
  const get = (options: unknown) => () => client.get(key, options as object);
  const signal = { aborted: false, addEventListener() {}, removeEventListener() {} };
  // deno-lint-ignore no-sparse-arrays -- what it is about
  const sparse = [, "127.0.0.1:3000"] as string[];
  await assertRefused([
    [row({ header: 1 }), "requests[0].header", "true or false"],
    [row({ header: "yes", bins: ["a"] }), "requests[0].header"],
    [row({ header: null }), "requests[0].header"],
    [row({ operations: null }), "requests[0].operations", "not an array"],
    [row({ operations: "read" }), "requests[0].operations", "not an array"],
    [() => client.batchWrite([new Map() as never]), "rows[0]", "a Map"],
    [get(new Map([["totalTimeout", 5]])), "options is a Map", "plain object"],
    [get(new Date()), "options is a Date"],
    [get(new Set()), "options is a Set"],
    [get(new Uint8Array(1)), "options is"],
    [() => client.ping(new Map() as object), "options is a Map"],
    [() => client.batchRead([], new Map() as object), "options is a Map"],
    [get({ signal: { ...signal, removeEventListener: undefined } }), "options.signal", "AbortSignal"],
    [get({ signal: { ...signal, addEventListener: 1 } }), "options.signal", "AbortSignal"],
    [get({ signal: { aborted: true } }), "options.signal", "AbortSignal"],
    [() => client.nodes({ signal: { aborted: true } as never }), "options.signal", "AbortSignal"],
    [() => connect({ hosts: sparse }), "options.hosts[0]"],
    [() => connect(new Map([["hosts", "127.0.0.1:1"]]) as object), "options is a Map"],
    [() => connect({ policies: new Map() as object }), "options.policies is a Map"],
  ]);
  assertEquals(await client.exists(key, { signal: signal as unknown as AbortSignal }), false);
});

test("a row that is wrong does not pass for one that is right, and came before it", async () => {
  const pairs: [right: object, wrong: object][] = [
    [{}, { operations: null }],
    [{ header: true }, { operations: true }],
    [{ bins: ["s"] }, { operations: "s" }],
    [{ readModeAP: "all" }, { filter: "1,0,0" }],
  ];
  for (const [right, wrong] of pairs) {
    const rows = [right, wrong].map((fields) => ({ key, ...fields }));
    const problem = `[1].${Object.keys(wrong)[0]} is not an `;
    await assertRefused([
      [() => client.batchRead(rows), `requests${problem}`],
      [() => client.batch(rows.map((row) => ({ kind: "read", ...row }))), `rows${problem}`],
    ]);
  }
});

test("what cannot be read is refused with its path: Proxies of bytes and Maps, detached buffers", async () => {
  const detached = new Uint8Array(8);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const bytes = new Proxy(new Uint8Array(1), {});
  const map = new Proxy(new Map([["a", 1]]), {});
  await assertRefused([
    [put({ a: bytes }), "bins.a", "Proxy"],
    [put({ a: [bytes] }), "bins.a[0]", "Proxy"],
    [put({ a: map }), "bins.a", "Proxy"],
    [put({ a: { b: map } }), "bins.a.b", "Proxy"],
    [put({ a: new Map([[bytes, 1]]) }), "bins.a", "Proxy"],
    [put({ a: detached }), "bins.a", "detached"],
    [put({ a: [0, detached] }), "bins.a[1]", "detached"],
    [put({ a: new HyperLogLog(detached) }), "bins.a", "detached"],
    [put({ a: new Unparsed(7, detached) }), "bins.a", "detached"],
    [put({ a: new Number(1) }), "bins.a", "primitive value"],
  ]);
  for (const userKey of [bytes, detached]) assertThrows(() => new Key("test", set, userKey), InvalidArgumentError);
  const floats = new Float32Array(2);
  structuredClone(floats.buffer, { transfer: [floats.buffer] });
  assertThrows(() => vector(floats), InvalidArgumentError, "detached");
  // A Proxy of a plain object or a list, and empty bytes, are what they look like.
  await client.put(key, { a: new Proxy({ x: 1 }, {}), b: new Proxy([1], {}), c: new Uint8Array(0) });
  assertEquals({ ...(await client.get(key))?.bins }, { a: { x: 1 }, b: [1], c: new Uint8Array(0) });
  await client.remove(key);
});

test("GeoJSON that has no JSON form is refused where it is made", () => {
  const circular: Record<string, unknown> = { type: "Point" };
  circular["self"] = circular;
  for (const geometry of [circular, { toJSON: () => undefined }, { coordinates: [1n] }]) {
    assertThrows(() => new GeoJSON(geometry), InvalidArgumentError, "JSON form");
  }
});

test("an async method never throws: what a getter throws, it rejects with", async () => {
  const thrown = new Error("the caller's own");
  const trap = <T extends object>(name: string): T =>
    Object.defineProperty({} as T, name, {
      enumerable: true,
      get() {
        throw thrown;
      },
    });
  const { proxy, revoke } = Proxy.revocable<Key[]>([], {});
  revoke();
  const calls: (() => Promise<unknown>)[] = [
    () => client.get(key, trap("totalTimeout")),
    () => client.get(key, trap("signal")),
    () => client.put(key, { a: 1 }, trap("ttl")),
    () => client.operate(key, [trap<Operation>("kind")]),
    () => client.batchRead([trap<{ key: Key }>("key")]),
    () => client.batchRead([], trap("header")),
    () => client.info("build", trap("node")),
    () => client.ping(trap("timeout")),
    () => client.close(trap("drain")),
  ];
  for (const call of calls) {
    let promise: Promise<unknown> | undefined;
    try {
      promise = call();
    } catch (error) {
      assert(false, `${call} threw ${error}`);
    }
    assertStrictEquals(await promise.then(() => undefined, (error: unknown) => error), thrown, String(call));
  }
  await assertRejects(() => client.batchRead(proxy), TypeError);
  assert(client.isConnected());
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => server.close());
