// What the server makes of expressions: each is read by `op.readExp` from one record, and compared with a value.
import { assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import {
  type BinValue,
  ctx,
  Double,
  exp,
  type Expression,
  GeoJSON,
  hll,
  type HyperLogLog,
  INFINITY,
  Key,
  op,
  ServerError,
  type ValueType,
} from "../mod.ts";
import { leftOut } from "./support/left-out.ts";
import { freshSet, startServer } from "./support/server.ts";

const set = freshSet();
const server = await startServer();
const client = server.client;
const key = new Key("test", set, "user");

await client.put(key, {
  a: 7,
  b: -3,
  big: 2n ** 62n,
  f: new Double(2.5),
  g: new Double(4),
  s: "prefix and Suffix",
  t: true,
  u: false,
  x: new Uint8Array([0b1010_0000, 0xff, 1]),
  l: [1, 4, 9, "z", [2, 3]],
  n: [5, 3, 9, 3],
  m: { a: 1, b: [7, 8], c: { d: 2.5 } },
  k: { x: 3, y: 1, z: 2 },
  p: GeoJSON.point(8.5, 47.3),
}, { sendKey: true });

const a = exp.intBin("a");
const b = exp.intBin("b");
const f = exp.floatBin("f");
const g = exp.floatBin("g");
const s = exp.stringBin("s");
const t = exp.boolBin("t");
const u = exp.boolBin("u");
const x = exp.blobBin("x");
const l = exp.listBin("l");
const n = exp.listBin("n");
const m = exp.mapBin("m");
const k = exp.mapBin("k");
const p = exp.geoBin("p");

type Case = readonly [name: string, expression: Expression<ValueType>, value: BinValue];

/** Reads each by an operation of its own, all in one command. */
async function evaluate(cases: readonly Case[]): Promise<void> {
  const operations = cases.map(([, expression], at) => op.readExp(`r${at}`, expression));
  const result = await client.operate(key, operations);
  cases.forEach(([name, , value], at) => assertEquals(result?.results[at], value, name));
}

/** Reads each alone, where one that fails must not fail the others. */
async function failing(cases: readonly (readonly [name: string, expression: Expression<ValueType>, code: string])[]) {
  for (const [name, expression, codeName] of cases) {
    const error = await assertRejects(() => client.operate(key, [op.readExp("r", expression)]), ServerError);
    assertStrictEquals((error as ServerError).codeName, codeName, name);
  }
}

test("constants of every type come back as they are", () =>
  evaluate([
    ["int", exp.intVal(-129), -129],
    ["bigint", exp.intVal(2n ** 63n - 1n), 2n ** 63n - 1n],
    ["float", exp.floatVal(3), 3],
    ["string", exp.stringVal("grün 😀"), "grün 😀"],
    ["bool", exp.boolVal(true), true],
    ["blob", exp.blobVal(new Uint8Array([1, 2])), new Uint8Array([1, 2])],
    ["list", exp.listVal([1, "a", [null, true]]), [1, "a", [null, true]]],
    ["map", exp.mapVal({ b: 1, a: [2] }), { a: [2], b: 1 }],
    ["geo", exp.geoVal(GeoJSON.point(1, 2)), GeoJSON.point(1, 2)],
    ["nil", exp.nil(), null],
  ]));

test("bins", () =>
  evaluate([
    ["int", a, 7],
    ["bigint", exp.intBin("big"), 2n ** 62n],
    ["float", f, 2.5],
    ["string", s, "prefix and Suffix"],
    ["bool", t, true],
    ["blob", x, new Uint8Array([0b1010_0000, 0xff, 1])],
    ["list", l, [1, 4, 9, "z", [2, 3]]],
    ["map", m, { a: 1, b: [7, 8], c: { d: 2.5 } }],
    ["geo", p, GeoJSON.point(8.5, 47.3)],
    ["of a type", exp.bin("a", "int"), 7],
    ["type", exp.binType("m"), 19],
    ["no type", exp.binType("none"), 0],
    ["exists", exp.binExists("a"), true],
    ["does not exist", exp.binExists("none"), false],
  ]));

test("a bin that is not there, or of another type, has no value", () =>
  failing([
    ["none", exp.intBin("none"), "OP_NOT_APPLICABLE"],
    ["another type", exp.intBin("s"), "OP_NOT_APPLICABLE"],
    ["within", exp.add(a, exp.intBin("none")), "OP_NOT_APPLICABLE"],
    ["unknown", exp.unknown(), "OP_NOT_APPLICABLE"],
    ["by zero", exp.mod(a, 0), "OP_NOT_APPLICABLE"],
  ]));

test("metadata", async () => {
  await evaluate([
    ["key", exp.key("string"), "user"],
    ["key exists", exp.keyExists(), true],
    ["set", exp.setName(), set],
    ["never expires", exp.ttl(), -1],
    ["never", exp.voidTime(), -1],
    ["tombstone", exp.isTombstone(), false],
    ["size", exp.gt(exp.recordSize(), 100), true],
    ["updated", exp.gt(exp.lastUpdate(), BigInt(Date.now() - 3_600_000) * 1_000_000n), true],
    ["since", exp.lt(exp.sinceUpdate(), 3_600_000), true],
    ["modulo", exp.lt(exp.digestModulo(3), 3), true],
  ]);
  const shares = await Promise.all(
    [0, 1, 2].map((share) => client.exists(key, { filter: exp.eq(exp.digestModulo(3), share) })),
  );
  assertStrictEquals(shares.filter(Boolean).length, 1);
});

test("comparisons", () =>
  evaluate([
    ["eq", exp.eq(a, 7), true],
    ["eq bigint", exp.eq(exp.intBin("big"), 2n ** 62n), true],
    ["ne", exp.ne(a, b), true],
    ["gt", exp.gt(f, 2), true],
    ["ge", exp.ge(f, 2.5), true],
    ["lt", exp.lt(s, "q"), true],
    ["le", exp.le(t, true), true],
    ["blob", exp.eq(x, new Uint8Array([0xa0, 0xff, 1])), true],
    ["list", exp.eq(l, [1, 4, 9, "z", [2, 3]]), true],
    ["list less", exp.lt(l, [1, 5]), true],
    ["regex", exp.regexCompare(s, "prefix.*Suffix"), true],
    ["regex by case", exp.regexCompare(s, "PREFIX", ["icase"]), true],
    ["regex without", exp.regexCompare(s, "PREFIX"), false],
    ["regex extended", exp.regexCompare(s, "^(prefix|x)", ["extended", "nosub"]), true],
    ["geo", exp.geoCompare(p, new GeoJSON({ type: "AeroCircle", coordinates: [[8.5, 47.3], 1000] })), true],
    ["geo without", exp.geoCompare(p, new GeoJSON({ type: "AeroCircle", coordinates: [[0, 0], 1000] })), false],
  ]));

test("logic", () =>
  evaluate([
    ["and", exp.and(t, exp.gt(a, 5)), true],
    ["and one", exp.and(t), true],
    ["and false", exp.and(t, u, t), false],
    ["or", exp.or(u, exp.eq(a, 7)), true],
    ["or false", exp.or(u, false), false],
    ["not", exp.not(u), true],
    ["exclusive", exp.exclusive(t, u), true],
    ["exclusive of two", exp.exclusive(t, true), false],
    ["or of one", exp.or(u), false],
    ["exclusive of one", exp.exclusive(t), true],
  ]));

test("arithmetic", () =>
  evaluate([
    ["add", exp.add(a, b, 10), 14],
    ["add floats", exp.add(f, 1), 3.5],
    ["sub", exp.sub(a, 1, 2), 4],
    ["negated", exp.sub(a), -7],
    ["mul", exp.mul(a, b), -21],
    ["div", exp.div(a, 2), 3],
    ["div floats", exp.div(f, 2), 1.25],
    ["reciprocal", exp.div(g), 0.25],
    ["pow", exp.pow(f, 2), 6.25],
    ["log", exp.log(g, 2), 2],
    ["mod", exp.mod(a, 4), 3],
    ["abs", exp.abs(b), 3],
    ["floor", exp.floor(f), 2],
    ["ceil", exp.ceil(f), 3],
    ["to int", exp.toInt(f), 2],
    ["to float", exp.toFloat(a), 7],
    ["min", exp.min(a, b, 0), -3],
    ["max", exp.max(f, exp.toFloat(a)), 7],
  ]));

test("bits of integers", () =>
  evaluate([
    ["and", exp.intAnd(a, 5), 5],
    ["or", exp.intOr(a, 8), 15],
    ["xor", exp.intXor(a, 1), 6],
    ["not", exp.intNot(a), -8],
    ["lshift", exp.intLshift(a, 2), 28],
    ["rshift", exp.intRshift(b, 60), 15],
    ["arshift", exp.intArshift(b, 1), -2],
    ["count", exp.intCount(a), 3],
    ["lscan", exp.intLscan(a, true), 61],
    ["rscan", exp.intRscan(a, false), 60],
  ]));

test("conditions and variables", () =>
  evaluate([
    [
      "first",
      exp.cond([[exp.gt(a, 5), exp.stringVal("high")], [t, exp.stringVal("never")]], exp.stringVal("low")),
      "high",
    ],
    ["otherwise", exp.cond([[u, exp.intVal(1)]], a), 7],
    ["unknown is not reached", exp.cond([[t, a]], exp.unknown()), 7],
    ["let", exp.let({ y: exp.mul(a, 2), z: exp.add(exp.var("y", "int"), 1) }, ({ y, z }) => exp.mul(y, z)), 210],
    ["let within let", exp.let({ y: a }, ({ y }) => exp.let({ z: exp.add(y, 1) }, ({ z }) => exp.add(y, z))), 15],
  ]));

test("lists: what is read", () =>
  evaluate([
    ["size", exp.list.size(l), 5],
    ["size within", exp.list.size(m, { ctx: [ctx.mapKey("b")] }), 2],
    ["size within a list", exp.list.size(l, { ctx: [ctx.listIndex(-1)] }), 2],
    ["by index", exp.list.getByIndex(l, 1, "int"), 4],
    ["by index, its rank", exp.list.getByIndex(n, 0, "int", { return: "rank" }), 2],
    ["by index, a text", exp.list.getByIndex(l, 3, "string"), "z"],
    ["by indexes", exp.list.getByIndexRange(n, { index: 1, count: 2 }), [3, 9]],
    ["from an index", exp.list.getByIndexRange(n, { index: -2 }), [9, 3]],
    ["by rank", exp.list.getByRank(n, -1, "int"), 9],
    ["by ranks", exp.list.getByRankRange(n, { count: 2 }), [3, 3]],
    ["by value", exp.list.getByValue(n, 3, { return: "index" }), [1, 3]],
    ["by value, how many", exp.list.getByValue(n, 3, { return: "count" }), 2],
    ["by value, others", exp.list.getByValue(n, 3, { inverted: true }), [5, 9]],
    ["by value, whether", exp.list.getByValue(n, 4, { return: "exists" }), false],
    ["by values", exp.list.getByValueList(n, [3, 5], { return: "count" }), 3],
    ["by a range", exp.list.getByValueRange(n, { begin: 4, end: 9 }), [5]],
    ["up to", exp.list.getByValueRange(n, { end: 5 }), [3, 3]],
    ["from", exp.list.getByValueRange(n, { begin: 5 }), [5, 9]],
    ["to infinity", exp.list.getByValueRange(n, { begin: 5, end: INFINITY }, { return: "count" }), 2],
    ["by relative ranks", exp.list.getByValueRelRankRange(n, { value: 4, rank: 0, count: 1 }), [5]],
    ["by an expression", exp.list.getByIndex(n, exp.sub(a, 5), "int"), 9],
  ]));

test("lists: what is changed", () =>
  evaluate([
    ["append", exp.list.append(n, 1), [5, 3, 9, 3, 1]],
    ["append within", exp.list.append(m, 9, { ctx: [ctx.mapKey("b")] }), { a: 1, b: [7, 8, 9], c: { d: 2.5 } }],
    ["append unique", exp.list.append(n, 3, { addUnique: true, noFail: true }), [5, 3, 9, 3]],
    ["append items", exp.list.appendItems(n, [1, 2]), [5, 3, 9, 3, 1, 2]],
    ["insert", exp.list.insert(n, 1, "x"), [5, "x", 3, 9, 3]],
    ["insert items", exp.list.insertItems(n, 0, [0, 0]), [0, 0, 5, 3, 9, 3]],
    ["increment", exp.list.increment(n, 2, 10), [5, 3, 19, 3]],
    ["set", exp.list.set(n, -1, null), [5, 3, 9, null]],
    ["clear", exp.list.clear(n), []],
    ["sort", exp.list.sort(n), [3, 3, 5, 9]],
    ["sort down", exp.list.sort(n, { descending: true }), [9, 5, 3, 3]],
    ["sort without duplicates", exp.list.sort(n, { dropDuplicates: true }), [3, 5, 9]],
    ["append to what is created", exp.list.append(exp.mapVal({}), 1, { ctx: [ctx.mapKeyCreate("k")] }), { k: [1] }],
    ["append beyond the end", exp.list.append(exp.listVal([]), 1, { ctx: [ctx.listIndexCreate(1, { pad: true })] }), [
      null,
      [1],
    ]],
    ["without a value", exp.list.removeByValue(n, 3), [5, 9]],
    ["with only a value", exp.list.removeByValue(n, 3, { inverted: true }), [3, 3]],
    ["without values", exp.list.removeByValueList(n, [3, 5]), [9]],
    ["without a range", exp.list.removeByValueRange(n, { end: 5 }), [5, 9]],
    ["without relative ranks", exp.list.removeByValueRelRankRange(n, { value: 5 }), [3, 3]],
    ["without an index", exp.list.removeByIndex(n, 0), [3, 9, 3]],
    ["without indexes", exp.list.removeByIndexRange(n, { index: 1, count: 2 }), [5, 3]],
    ["without a rank", exp.list.removeByRank(n, -1), [5, 3, 3]],
    ["without ranks", exp.list.removeByRankRange(n, { rank: 2 }), [3, 3]],
  ]));

test("maps: what is read", () =>
  evaluate([
    ["size", exp.map.size(k), 3],
    ["size within", exp.map.size(m, { ctx: [ctx.mapKey("c")] }), 1],
    ["by key", exp.map.getByKey(k, "x", "int"), 3],
    ["by key within", exp.map.getByKey(m, "d", "float", { ctx: [ctx.mapKey("c")] }), 2.5],
    ["by key, whether", exp.map.getByKey(k, "none", "bool", { return: "exists" }), false],
    ["by keys", exp.map.getByKeyList(k, ["x", "z"]), [3, 2]],
    ["by a range of keys", exp.map.getByKeyRange(k, { begin: "y" }, { return: "keys" }), ["y", "z"]],
    ["by relative indexes", exp.map.getByKeyRelIndexRange(k, { key: "x", index: 1, count: 1 }, { return: "keys" }), [
      "y",
    ]],
    ["by index", exp.map.getByIndex(k, 0, "string", { return: "keys" }), "x"],
    ["by indexes", exp.map.getByIndexRange(k, { index: 1 }), [1, 2]],
    ["by rank", exp.map.getByRank(k, 0, "int"), 1],
    ["by ranks", exp.map.getByRankRange(k, { rank: -2 }, { return: "ordered-map" }), { x: 3, z: 2 }],
    ["by value", exp.map.getByValue(k, 2, { return: "keys" }), ["z"]],
    ["by values", exp.map.getByValueList(k, [1, 2], { return: "count" }), 2],
    ["by a range of values", exp.map.getByValueRange(k, { begin: 2 }, { return: "count" }), 2],
    ["by relative ranks", exp.map.getByValueRelRankRange(k, { value: 2, rank: 1 }, { return: "keys" }), ["x"]],
  ]));

test("maps: what is changed", () =>
  evaluate([
    ["put", exp.map.put(k, "w", 0), { w: 0, x: 3, y: 1, z: 2 }],
    [
      "put into what is created",
      exp.map.put(exp.mapVal({}), "x", 1, { ctx: [ctx.mapKeyCreate("k", { order: "key-ordered" })] }),
      {
        k: { x: 1 },
      },
    ],
    ["put within", exp.map.put(m, "e", 1, { ctx: [ctx.mapKey("c")] }), { a: 1, b: [7, 8], c: { d: 2.5, e: 1 } }],
    ["put where there is one", exp.map.put(k, "x", 0, { createOnly: true, noFail: true }), { x: 3, y: 1, z: 2 }],
    ["put items", exp.map.putItems(k, { x: 9, w: 8 }), { w: 8, x: 9, y: 1, z: 2 }],
    ["increment", exp.map.increment(k, "x", 4), { x: 7, y: 1, z: 2 }],
    ["clear", exp.map.clear(k), {}],
    ["without a key", exp.map.removeByKey(k, "x"), { y: 1, z: 2 }],
    ["without keys", exp.map.removeByKeyList(k, ["x", "y"]), { z: 2 }],
    ["without a range of keys", exp.map.removeByKeyRange(k, { end: "z" }), { z: 2 }],
    ["without relative indexes", exp.map.removeByKeyRelIndexRange(k, { key: "y" }), { x: 3 }],
    ["without a value", exp.map.removeByValue(k, 3), { y: 1, z: 2 }],
    ["with only values", exp.map.removeByValueList(k, [3], { inverted: true }), { x: 3 }],
    ["without a range of values", exp.map.removeByValueRange(k, { begin: 2 }), { y: 1 }],
    ["without relative ranks", exp.map.removeByValueRelRankRange(k, { value: 2, count: 1 }), { x: 3, y: 1 }],
    ["without an index", exp.map.removeByIndex(k, -1), { x: 3, y: 1 }],
    ["without indexes", exp.map.removeByIndexRange(k, { index: 1 }), { x: 3 }],
    ["without a rank", exp.map.removeByRank(k, 0), { x: 3, z: 2 }],
    ["without ranks", exp.map.removeByRankRange(k, { rank: 1, count: 2 }), { y: 1 }],
  ]));

test("bits of bytes", () =>
  evaluate([
    ["get", exp.bit.get(x, 0, 4), new Uint8Array([0xa0])],
    ["count", exp.bit.count(x, 0, 24), 11],
    ["lscan", exp.bit.lscan(x, 0, 24, false), 1],
    ["rscan", exp.bit.rscan(x, 0, 8, true), 2],
    ["get int", exp.bit.getInt(x, 8, 8), 255],
    ["get signed", exp.bit.getInt(x, 8, 8, { signed: true }), -1],
    ["resize", exp.bit.resize(x, 4), new Uint8Array([0xa0, 0xff, 1, 0])],
    ["insert", exp.bit.insert(x, 1, new Uint8Array([7])), new Uint8Array([0xa0, 7, 0xff, 1])],
    ["remove", exp.bit.remove(x, 0, 2), new Uint8Array([1])],
    ["set", exp.bit.set(x, 0, 8, new Uint8Array([0x0f])), new Uint8Array([0x0f, 0xff, 1])],
    ["or", exp.bit.or(x, 0, 8, new Uint8Array([0x0f])), new Uint8Array([0xaf, 0xff, 1])],
    ["xor", exp.bit.xor(x, 0, 8, new Uint8Array([0xff])), new Uint8Array([0x5f, 0xff, 1])],
    ["and", exp.bit.and(x, 0, 8, new Uint8Array([0x80])), new Uint8Array([0x80, 0xff, 1])],
    ["not", exp.bit.not(x, 8, 8), new Uint8Array([0xa0, 0, 1])],
    ["lshift", exp.bit.lshift(x, 0, 8, 1), new Uint8Array([0x40, 0xff, 1])],
    ["rshift", exp.bit.rshift(x, 0, 8, 1), new Uint8Array([0x50, 0xff, 1])],
    ["add", exp.bit.add(x, 16, 8, 4), new Uint8Array([0xa0, 0xff, 5])],
    ["add beyond", exp.bit.add(x, 8, 8, 2, { overflow: "wrap" }), new Uint8Array([0xa0, 1, 1])],
    ["subtract", exp.bit.subtract(x, 16, 8, 2, { overflow: "saturate" }), new Uint8Array([0xa0, 0xff, 0])],
    ["set int", exp.bit.setInt(x, 8, 16, 258), new Uint8Array([0xa0, 1, 2])],
  ]));

test("sketches", async () => {
  const made = exp.hllBin("h");
  await client.operate(key, [hll.add("h", ["a", "b", "c"], { indexBits: 12 })]);
  const stored = (await client.get(key, { bins: ["h"] }))?.bins["h"] as HyperLogLog;
  await evaluate([
    ["count", exp.hll.getCount(made), 3],
    ["add", exp.hll.getCount(exp.hll.add(made, ["c", "d"])), 4],
    ["describe", exp.hll.describe(made), [12, 0]],
    ["may contain", exp.hll.mayContain(made, ["a"]), 1],
    ["does not contain", exp.hll.mayContain(made, ["other"]), 0],
    ["union", exp.hll.getCount(exp.hll.getUnion(made, [stored])), 3],
    ["union count", exp.hll.getUnionCount(made, [stored]), 3],
    ["intersect count", exp.hll.getIntersectCount(made, [stored]), 3],
    ["similarity", exp.hll.getSimilarity(made, [stored]), 1],
    ["a constant", exp.hll.getCount(exp.hllVal(stored)), 3],
    ["init", exp.hll.getCount(exp.hll.init(made, 10)), 0],
  ]);
});

/** Whether the server has expressions along paths, which came with 8.1.1. */
async function hasPaths(): Promise<boolean> {
  const [node] = await client.nodes();
  const [major = 0, minor = 0, patch = 0] = (node?.version ?? "").split(".").map(Number);
  return major * 1e6 + minor * 1e3 + patch >= 8_001_001;
}

test("paths, loop variables, parts of maps and membership", async () => {
  if (!await hasPaths()) return leftOut("paths", "server 8.1.1");
  const dear = exp.gt(exp.intLoopVar("value"), 1);
  await evaluate([
    ["values", exp.selectByPath(k, [ctx.allChildren()], "list"), [3, 1, 2]],
    ["filtered", exp.selectByPath(k, [ctx.allChildrenWithFilter(dear)], "list", { select: "map-keys" }), ["x", "z"]],
    ["tree", exp.selectMatchingTree(k, [ctx.allChildrenWithFilter(dear)], "map"), { x: 3, z: 2 }],
    ["modified", exp.modifyByPath(k, [ctx.allChildren()], exp.mul(exp.intLoopVar("value"), 2)), { x: 6, y: 2, z: 4 }],
    ["removed", exp.removeByPath(k, [ctx.allChildrenWithFilter(dear)]), { y: 1 }],
  ]);
});

test("what server 8.1.2 and 8.2 have: by their answers, or a typed refusal", async () => {
  const cases: readonly Case[] = [
    ["in list", exp.inList(a, [1, 7]), true],
    ["map keys", exp.mapKeys(k), ["x", "y", "z"]],
    ["map values", exp.mapValues(k), [3, 1, 2]],
    ["upper", exp.string.upper(s), "PREFIX AND SUFFIX"],
    ["length", exp.string.strlen(s), 17],
    ["join", exp.list.join(exp.listVal(["a", "b"]), { separator: "-" }), "a-b"],
    ["base64", exp.bit.b64Encode(x), "oP8B"],
    ["to string", exp.string.toString(a), "7"],
  ];
  for (const [name, expression, value] of cases) {
    try {
      const result = await client.operate(key, [op.readExp("r", expression)]);
      assertEquals(result?.results[0], value, name);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      assertMatch(error.codeName, /^(REQUEST_INVALID|OP_NOT_APPLICABLE)$/, `${name}: ${error.message}`);
      leftOut(`exp: ${name}`, "a newer server");
    }
  }
  const filter = exp.fromAel("$.a == 7");
  try {
    assertStrictEquals((await client.get(key, { filter }))?.bins["a"], 7);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    assertStrictEquals(error.codeName, "REQUEST_INVALID", error.message);
    leftOut("filters in AEL", "server 8.2");
  }
});

test("close", () => server.close());
