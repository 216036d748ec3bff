// What every client builds through its own operations, and asks of what every other one has built.
//
// An operation is [kind, arguments, options]: our names; arguments by name, in our order. Numbers are positions and sizes,
// all else is a canonical value. Each operation goes in a command of its own, so that each has an answer or a code.
import { Buffer } from "node:buffer";

/** The canonical form of what a case says in short. */
function value(of) {
  if (typeof of === "number" || typeof of === "bigint") return { integer: String(of) };
  if (typeof of === "string") return { string: of };
  if (typeof of === "boolean") return { boolean: of };
  if (of === null) return { nil: true };
  if (Array.isArray(of)) return { list: of.map(value) };
  if (of instanceof Map) return { map: [...of].map((entry) => entry.map(value)) };
  return of; // canonical already
}

const double = (number) => ({ double: String(number) });
const bytes = (...content) => ({ bytes: Buffer.from(content).toString("base64") });
const POSITIONS = new Set(["index", "rank", "count", "offset", "size", "shift", "indexBits", "minHashBits", "order"]);
const operation = (kind, args = {}, options = {}) => [
  kind,
  Object.fromEntries(Object.entries(args).map(([name, arg]) => [name, POSITIONS.has(name) ? arg : value(arg)])),
  options,
];
const family = (name) => (method, args, options) => operation(`${name}.${method}`, args, options);
const [list, map, bit, hll] = ["list", "map", "bit", "hll"].map(family);
const put = (content) => ["put", { value: value(content) }, {}];

const key = (of) => ["mapKey", value(of)];
const index = (of) => ["listIndex", of];

const mixed = [3, "b", 1, double(2.5), true, null, bytes(7, 0), [1, 2], 3];
const numbers = [4, 9, 2, 7, 4];
const scores = new Map([["c", 5], ["a", 9], ["b", 5], [7, 1], [bytes(1), 3]]);
const people = new Map([["ann", [30, 1]], ["bob", [25, 3]], ["eve", [30, 2]]]);
const LIST_RETURNS = ["index", "reverse-index", "rank", "reverse-rank", "count", "values", "exists", "none"];
const MAP_RETURNS = [...LIST_RETURNS, "keys", "key-values", "unordered-map", "ordered-map"];

const listReads = [
  list("size"),
  list("get", { index: -1 }),
  list("get", { index: 99 }),
  list("getRange", { index: 1, count: 2 }),
  ...LIST_RETURNS.map((returns) => list("getByIndex", { index: 1 }, { return: returns })),
  ...LIST_RETURNS.map((returns) => list("getByRank", { rank: 0 }, { return: returns })),
  ...LIST_RETURNS.map((returns) => list("getByValueRange", { begin: 2, end: 5 }, { return: returns })),
  list("getByIndexRange", { index: -3, count: 2 }, { return: "values" }),
  list("getByIndexRange", { index: 1, count: 2 }, { return: "values", inverted: true }),
  list("getByRankRange", { rank: -2, count: 2 }, { return: "index" }),
  list("getByValue", { value: 4 }, { return: "index" }),
  list("getByValue", { value: 4 }, { return: "count", inverted: true }),
  list("getByValueList", { values: [9, 4, "absent"] }, { return: "reverse-index" }),
  list("getByValueList", { values: [9, 4] }, { return: "values", inverted: true }),
  list("getByValueRange", { begin: 3, end: 8 }, { return: "count", inverted: true }),
  list("getByValueRelRankRange", { value: 4, rank: 0, count: 2 }, { return: "values" }),
  list("getByValueRelRankRange", { value: 5, rank: -1, count: 1 }, { return: "index", inverted: true }),
];

const mapReads = [
  map("size"),
  map("getByKey", { key: "a" }, { return: "values" }),
  map("getByKey", { key: "absent" }, { return: "values" }),
  ...MAP_RETURNS.map((returns) => map("getByKey", { key: "b" }, { return: returns })),
  ...MAP_RETURNS.map((returns) => map("getByKeyRange", { begin: "a", end: "c" }, { return: returns })),
  ...MAP_RETURNS.map((returns) => map("getByIndex", { index: 0 }, { return: returns })),
  map("getByKeyList", { keys: ["c", 7, "absent"] }, { return: "key-values" }),
  map("getByKeyList", { keys: ["c", 7] }, { return: "keys", inverted: true }),
  map("getByKeyRelIndexRange", { key: "aa", index: 0, count: 2 }, { return: "keys" }),
  map("getByIndexRange", { index: 1, count: 2 }, { return: "keys" }),
  map("getByIndexRange", { index: 1, count: 2 }, { return: "count", inverted: true }),
  map("getByRank", { rank: -1 }, { return: "key-values" }),
  map("getByRankRange", { rank: 0, count: 2 }, { return: "values" }),
  map("getByValue", { value: 5 }, { return: "keys" }),
  map("getByValueList", { values: [9, 1] }, { return: "keys" }),
  map("getByValueRange", { begin: 3, end: 9 }, { return: "count" }),
  map("getByValueRange", { begin: 3, end: 9 }, { return: "keys", inverted: true }),
  map("getByValueRelRankRange", { value: 5, rank: 0, count: 3 }, { return: "count" }),
];

const nested = (ctx, reads) => reads.map(([kind, args, options]) => [kind, args, { ...options, ctx }]);

/** A sketch of a, b, c with 4 bits for the index. */
const sketch = { hll: "AAQAAAAAAAAAAAAAAAAAQIAAMAAAAAA=" };
const hllReads = [
  hll("getCount"),
  hll("describe"),
  hll("getUnion", { sketches: [sketch] }),
  hll("getUnionCount", { sketches: [sketch] }),
  hll("getIntersectCount", { sketches: [sketch] }),
  hll("getSimilarity", { sketches: [sketch] }),
];

const bitReads = [
  bit("get", { offset: 4, size: 12 }),
  bit("count", { offset: 0, size: 32 }),
  bit("lscan", { offset: 0, size: 32, value: true }),
  bit("rscan", { offset: 0, size: 32, value: false }),
  bit("getInt", { offset: 0, size: 16 }, { signed: false }),
  bit("getInt", { offset: 0, size: 16 }, { signed: true }),
  bit("get", { offset: 900, size: 1 }),
];
const four = put(bytes(0xf0, 0x0f, 0xaa, 0x55));
const each = (name, reads, ...writes) => ({ name, writes, reads });

export const cases = [
  each("unordered list", listReads, list("appendItems", { values: numbers }), list("append", { value: 9 })),
  each("unordered list of every kind", listReads, list("appendItems", { values: mixed })),
  each("ordered list", listReads, list("appendItems", { values: numbers }, { order: "ordered" })),
  each("ordered list of every kind", listReads, list("appendItems", { values: mixed }, { order: "ordered" })),
  each(
    "list that is sorted for good",
    listReads,
    list("appendItems", { values: numbers }),
    list("setOrder", { order: "ordered" }),
    list("append", { value: 3 }),
  ),
  each(
    "ordered list with a persisted index",
    listReads,
    list("create", { order: "ordered" }, { pad: false, persistIndex: true }),
    list("appendItems", { values: numbers }, { order: "ordered" }),
  ),
  each(
    "list that changes",
    listReads,
    list("appendItems", { values: [5, 1, 4] }),
    list("insert", { index: 1, value: "x" }),
    list("insertItems", { index: 0, values: [8, [9]] }),
    list("set", { index: 2, value: double(1.25) }),
    list("increment", { index: 0, value: 3 }),
    list("append", { value: 4 }, { addUnique: true }),
    list("append", { value: 4 }, { addUnique: true, noFail: true }),
    list("pop", { index: 1 }),
    list("popRange", { index: 0, count: 1 }),
    list("sort"),
    list("remove", { index: 99 }),
    list("trim", { index: 0, count: 3 }),
  ),
  each(
    "list that loses items",
    listReads,
    list("appendItems", { values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 2] }),
    list("removeByIndex", { index: 0 }, { return: "values" }),
    list("removeByIndexRange", { index: -1, count: 1 }, { return: "rank" }),
    list("removeByRank", { rank: -1 }, { return: "index" }),
    list("removeByRankRange", { rank: 0, count: 1 }, { return: "values" }),
    list("removeByValue", { value: 4 }, { return: "count" }),
    list("removeByValueList", { values: [5, 6] }, { return: "index" }),
    list("removeByValueRange", { begin: 2, end: 8 }, { return: "values", inverted: true }),
    list("removeByValueRelRankRange", { value: 3, rank: 1, count: 1 }, { return: "values" }),
    list("removeRange", { index: 0, count: 1 }),
    list("append", { value: 2 }),
  ),
  each("list that is empty again", listReads, list("append", { value: 1 }), list("clear")),

  each("unordered map", mapReads, map("putItems", { items: scores }, { order: "unordered" })),
  each("key-ordered map", mapReads, map("putItems", { items: scores }, { order: "key-ordered" })),
  each("key-value-ordered map", mapReads, map("putItems", { items: scores }, { order: "key-value-ordered" })),
  ...["unordered", "key-ordered", "key-value-ordered"].map((order) =>
    each(
      `${order} map that is created`,
      mapReads,
      map("create", { order }, { persistIndex: false }),
      map("put", { key: "b", value: 2 }, { order }),
      map("put", { key: "a", value: [1] }, { order }),
    )
  ),
  ...["key-ordered", "key-value-ordered"].map((order) =>
    each(
      `${order} map with a persisted index`,
      mapReads,
      map("create", { order }, { persistIndex: true }),
      map("putItems", { items: scores }, { order }),
    )
  ),
  each(
    "map that gets an order",
    mapReads,
    map("putItems", { items: scores }, { order: "unordered" }),
    map("setPolicy", {}, { order: "key-value-ordered" }),
  ),
  each(
    "map that gets an order alone",
    mapReads,
    map("putItems", { items: scores }, { order: "unordered" }),
    map("setOrder", { order: "key-ordered" }),
  ),
  each(
    "map that changes",
    mapReads,
    map("put", { key: "a", value: 1 }, { order: "key-ordered" }),
    map("put", { key: "b", value: double(0.5) }, { order: "key-ordered" }),
    map("increment", { key: "a", value: 5 }, { order: "key-ordered" }),
    map("decrement", { key: "a", value: 2 }, { order: "key-ordered" }),
    map("put", { key: "a", value: 0 }, { order: "key-ordered", createOnly: true }),
    map("put", { key: "z", value: 0 }, { order: "key-ordered", updateOnly: true }),
    map("increment", { key: "b", value: 1 }, { order: "key-ordered" }),
  ),
  each(
    "map that loses items",
    mapReads,
    map("putItems", { items: new Map([..."abcdefghijkl"].map((name, i) => [name, i])) }, { order: "key-ordered" }),
    map("removeByKey", { key: "a" }, { return: "values" }),
    map("removeByKeyList", { keys: ["b", "absent"] }, { return: "count" }),
    map("removeByKeyRange", { begin: "c", end: "d" }, { return: "keys" }),
    map("removeByKeyRelIndexRange", { key: "d", index: 0, count: 1 }, { return: "keys" }),
    map("removeByIndex", { index: 0 }, { return: "key-values" }),
    map("removeByIndexRange", { index: 0, count: 1 }, { return: "rank" }),
    map("removeByRank", { rank: -1 }, { return: "keys" }),
    map("removeByRankRange", { rank: 0, count: 1 }, { return: "index" }),
    map("removeByValue", { value: 8 }, { return: "keys" }),
    map("removeByValueList", { values: [9] }, { return: "reverse-index" }),
    map("removeByValueRange", { begin: 100, end: 200 }, { return: "count" }),
    map("put", { key: "b", value: 5 }, { order: "key-ordered" }),
  ),
  each("map of lists", mapReads, map("putItems", { items: people }, { order: "key-ordered" })),

  each(
    "nested list, by a key and an index",
    nested([key("l"), index(1)], listReads),
    put(new Map([["l", [0, [4, 9, 2]]]])),
    list("append", { value: 4 }, { ctx: [key("l"), index(1)] }),
  ),
  each(
    "nested list, by ranks and values",
    nested([["mapRank", -1], ["listValue", value([4, 2])]], listReads),
    put(new Map([["l", [0, [4, 2]]], ["n", 1]])),
    list("append", { value: 7 }, { ctx: [["mapRank", -1], ["listRank", -1]] }),
    list("remove", { index: 2 }, { ctx: [key("l"), ["listRank", -1]] }),
  ),
  each(
    "nested map, by an index and a value",
    nested([["mapIndex", 0], ["mapIndex", 1]], mapReads),
    put(new Map([["m", new Map([["x", 1], ["y", new Map([["a", 1], ["b", 2]])]])]])),
    map("put", { key: "c", value: 5 }, { order: "key-ordered", ctx: [["mapIndex", 0], key("y")] }),
    map("put", { key: "d", value: 0 }, { order: "key-ordered", ctx: [key("m"), ["mapRank", -1]] }),
  ),
  each(
    "nested collections that are created on the way",
    nested([key("new"), index(2)], mapReads),
    put(new Map([["old", 1]])),
    list("append", { value: 1 }, { ctx: [["mapKeyCreate", value("l"), "key-ordered"]] }),
    list("append", { value: 2 }, { ctx: [key("new"), index(0)] }),
    map("put", { key: "m", value: 1 }, {
      order: "key-ordered",
      ctx: [["mapKeyCreate", value("map"), "unordered"]],
    }),
  ),
  each(
    "a list within a list that is created",
    nested([index(2)], listReads),
    list("appendItems", { values: [1, 2] }),
    list("append", { value: 4 }, { ctx: [["listIndexCreate", 2, "ordered", false]] }),
    list("append", { value: 3 }, { ctx: [index(2)] }),
    list("append", { value: 1 }, { ctx: [["listIndexCreate", 5, "unordered", true]] }),
  ),

  each(
    "sketch",
    hllReads,
    hll("init", { indexBits: 8 }),
    hll("add", { values: ["a", "b", 3, double(4.5), bytes(5)] }),
    hll("add", { values: ["a", "c"] }),
    hll("refreshCount"),
  ),
  each(
    "sketch with min hashes",
    hllReads,
    hll("add", { values: ["a", "b"], indexBits: 6, minHashBits: 8 }),
    hll("add", { values: ["b", "d"], indexBits: 6, minHashBits: 8 }),
  ),
  each(
    "sketch that is folded",
    hllReads,
    hll("add", { values: ["a", "q"], indexBits: 8 }),
    hll("fold", { indexBits: 4 }),
  ),
  each("sketch of a union", hllReads, hll("init", { indexBits: 4 }), hll("setUnion", { sketches: [sketch] })),

  each(
    "bits that are set",
    bitReads,
    four,
    bit("set", { offset: 2, size: 6, value: bytes(0x54) }),
    bit("or", { offset: 8, size: 8, value: bytes(0x81) }),
    bit("xor", { offset: 16, size: 8, value: bytes(0xff) }),
    bit("and", { offset: 0, size: 8, value: bytes(0x7e) }),
    bit("not", { offset: 24, size: 4 }),
  ),
  each(
    "bits that move",
    bitReads,
    four,
    bit("lshift", { offset: 0, size: 16, shift: 3 }),
    bit("rshift", { offset: 8, size: 16, shift: 2 }),
    bit("insert", { offset: 1, value: bytes(1, 2) }),
    bit("remove", { offset: 0, size: 1 }),
    bit("resize", { size: 7 }),
    bit("resize", { size: 9 }, { fromFront: true }),
  ),
  each(
    "bits that are counted with",
    bitReads,
    four,
    bit("add", { offset: 0, size: 8, value: 9 }, { signed: false, overflow: "fail" }),
    bit("add", { offset: 0, size: 8, value: 99 }, { signed: false, overflow: "wrap" }),
    bit("add", { offset: 8, size: 8, value: 120 }, { signed: true, overflow: "saturate" }),
    bit("subtract", { offset: 16, size: 8, value: 200 }, { signed: false, overflow: "fail" }),
    bit("subtract", { offset: 16, size: 8, value: 3 }, { signed: false, overflow: "fail" }),
    bit("setInt", { offset: 24, size: 8, value: 77 }),
  ),
];
