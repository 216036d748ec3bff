import { assertEquals } from "@std/assert";
import { ctx, Double, INFINITY, map, type MapReturn, WILDCARD } from "../mod.ts";
import { type Case, fails, NOTHING, operationTests } from "./support/operations.ts";

const { covers, run, test } = operationTests();

const PARAMETER = 4;
const WRONG_TYPE = 12;
const NOT_FOUND = 23;
const EXISTS = 24;
const NOT_APPLICABLE = 26;

// By key: a, b, c, d; by value: c, a, d, b.
const four = { a: 4, b: 9, c: 2, d: 7 };
const numbers = new Map([[0, 17], [4, 2], [5, 15], [9, 10]]);
const entries = (...pairs: [number, number][]): Map<number, number> => new Map(pairs);

covers("map.create", "creates a map, or sets the order of one", [
  [NOTHING, map.create("b"), null, {}],
  [NOTHING, map.create("b", { order: "key-ordered" }), null, {}],
  [NOTHING, map.create("b", { order: "key-ordered", persistIndex: true }), null, {}],
  [NOTHING, map.create("b", { order: "key-value-ordered" }), null, {}],
  [{}, map.create("b", { ctx: [ctx.mapKey("x")], order: "key-ordered" }), null, { x: {} }],
  [[{}], map.create("b", { ctx: [ctx.listIndex(0), ctx.mapKey("x")] }), null, [{ x: {} }]],
]);

covers("map.setPolicy", "sets how a map is kept", [
  [four, map.setPolicy("b", { order: "key-value-ordered" }), null],
  [four, map.setPolicy("b", { order: "key-ordered", persistIndex: true }), null],
  [{ x: four }, map.setPolicy("b", { order: "unordered", ctx: [ctx.mapKey("x")] }), null],
]);

covers("map.setOrder", "sets how a map is kept", [
  [four, map.setOrder("b", "key-value-ordered"), null],
  [four, map.setOrder("b", "unordered"), null],
  [{ x: four }, map.setOrder("b", "key-ordered", { ctx: [ctx.mapKey("x")] }), null],
]);

covers("map.put", "writes an entry", [
  [NOTHING, map.put("b", "a", 1), 1, { a: 1 }],
  [NOTHING, map.put("b", "a", 1, { order: "key-value-ordered", persistIndex: true }), 1, { a: 1 }],
  [four, map.put("b", "a", "x"), 4, { ...four, a: "x" }],
  [four, map.put("b", "e", null), 5, { ...four, e: null }],
  [four, map.put("b", "e", null, { createOnly: true }), 5, { ...four, e: null }],
  [four, map.put("b", "e", [1, { y: 2 }]), 5, { ...four, e: [1, { y: 2 }] }],
  [numbers, map.put("b", 7, 1), 5, new Map([[0, 17], [4, 2], [5, 15], [7, 1], [9, 10]])],
  [four, map.put("b", "a", 1, { createOnly: true }), fails(EXISTS)],
  [four, map.put("b", "a", 1, { createOnly: true, noFail: true }), 4],
  [four, map.put("b", "e", 1, { updateOnly: true }), fails(NOT_FOUND)],
  [four, map.put("b", "e", 1, { updateOnly: true, noFail: true }), 4],
  [four, map.put("b", "a", 1, { updateOnly: true }), 4, { ...four, a: 1 }],
  [[1], map.put("b", "a", 1), fails(WRONG_TYPE)],
]);

covers("map.putItems", "writes entries", [
  [NOTHING, map.putItems("b", four), 4, four],
  [NOTHING, map.putItems("b", numbers, { order: "key-ordered" }), 4, numbers],
  [four, map.putItems("b", { a: 0, e: 1 }), 5, { ...four, a: 0, e: 1 }],
  [four, map.putItems("b", { a: 0, e: 1 }, { createOnly: true }), fails(EXISTS)],
  [four, map.putItems("b", { a: 0, e: 1 }, { createOnly: true, noFail: true }), 4],
  [four, map.putItems("b", { a: 0, e: 1 }, { createOnly: true, noFail: true, partial: true }), 5, { ...four, e: 1 }],
]);

covers("map.increment", "adds to a number", [
  [four, map.increment("b", "a"), 5, { ...four, a: 5 }],
  [four, map.increment("b", "a", 10n), 14, { ...four, a: 14 }],
  [{ a: 0.5 }, map.increment("b", "a", 0.25), 0.75, { a: 0.75 }],
  [{ a: 0.5 }, map.increment("b", "a", new Double(2)), 2.5, { a: 2.5 }],
  [NOTHING, map.increment("b", "a", 3, { order: "key-ordered" }), 3, { a: 3 }],
  [{ a: "x" }, map.increment("b", "a"), fails(PARAMETER)],
]);

covers("map.decrement", "subtracts from a number", [
  [four, map.decrement("b", "a"), 3, { ...four, a: 3 }],
  [four, map.decrement("b", "a", 10), -6, { ...four, a: -6 }],
  [four, map.decrement("b", "e", 2), -2, { ...four, e: -2 }],
]);

covers("map.clear", "removes everything", [
  [four, map.clear("b"), null, {}],
  [{ x: four, y: 1 }, map.clear("b", { ctx: [ctx.mapKey("x")] }), null, { x: {}, y: 1 }],
]);

covers("map.size", "counts", [
  [four, map.size("b"), 4],
  [[four], map.size("b", { ctx: [ctx.listIndex(-1)] }), 4],
  [NOTHING, map.size("b"), null],
  [[1], map.size("b"), fails(WRONG_TYPE)],
]);

/** What the entry of "b" answers, by what is asked for. */
const one = (get: (options: { return: MapReturn }) => Case[1]): Case[] => [
  [four, get({ return: "none" }), null],
  [four, get({ return: "index" }), 1],
  [four, get({ return: "reverse-index" }), 2],
  [four, get({ return: "rank" }), 3],
  [four, get({ return: "reverse-rank" }), 0],
  [four, get({ return: "count" }), 1],
  [four, get({ return: "keys" }), "b"],
  [four, get({ return: "values" }), 9],
  [four, get({ return: "key-values" }), new Map([["b", 9]])],
  [four, get({ return: "exists" }), true],
  [four, get({ return: "unordered-map" }), { b: 9 }],
  [four, get({ return: "ordered-map" }), { b: 9 }],
];

covers("map.getByKey", "reads an entry in every form", [
  [four, map.getByKey("b", "b"), 9],
  ...one((options) => map.getByKey("b", "b", options)),
  [four, map.getByKey("b", "x"), null],
  [four, map.getByKey("b", "x", { return: "exists" }), false],
  [four, map.getByKey("b", "x", { return: "count" }), 0],
  [four, map.getByKey("b", "x", { return: "index" }), -1],
]);

covers("map.getByIndex", "reads an entry in every form", [
  ...one((options) => map.getByIndex("b", 1, options)),
  [four, map.getByIndex("b", -1), 7],
  [four, map.getByIndex("b", 4), fails(NOT_APPLICABLE)],
]);

covers("map.getByRank", "reads an entry in every form", [
  ...one((options) => map.getByRank("b", -1, options)),
  [four, map.getByRank("b", 0, { return: "keys" }), "c"],
]);

/** What the entries of "b" and "c" answer, by what is asked for. */
const two = (get: (options: { return?: MapReturn; inverted?: boolean }) => Case[1]): Case[] => [
  [four, get({ return: "none" }), null],
  [four, get({ return: "index" }), [1, 2]],
  [four, get({ return: "count" }), 2],
  [four, get({ return: "keys" }), ["b", "c"]],
  [four, get({ return: "values" }), [9, 2]],
  [four, get({ return: "key-values" }), new Map([["b", 9], ["c", 2]])],
  [four, get({ return: "exists" }), true],
  [four, get({ return: "unordered-map" }), { b: 9, c: 2 }],
  [four, get({ return: "ordered-map" }), { b: 9, c: 2 }],
  [four, get({ return: "keys", inverted: true }), ["a", "d"]],
  [four, get({ return: "count", inverted: true }), 2],
  [four, get({}), [9, 2]],
];

/** What only ranges answer, or answer in this way. */
const rangeOfTwo = (get: (options: { return?: MapReturn; inverted?: boolean }) => Case[1]): Case[] => [
  ...two(get),
  [four, get({ return: "reverse-index" }), [1, 2]],
  [four, get({ return: "rank" }), [3, 0]],
  [four, get({ return: "reverse-rank" }), [0, 3]],
];

covers("map.getByKeyList", "reads entries in every form that it has", [
  ...two((options) => map.getByKeyList("b", ["b", "c"], options)),
  [four, map.getByKeyList("b", ["b", "c"], { return: "reverse-index" }), [2, 1]],
  [four, map.getByKeyList("b", ["b", "c"], { return: "rank" }), fails(NOT_APPLICABLE)],
  [four, map.getByKeyList("b", ["x"]), []],
]);

covers("map.getByKeyRange", "reads the entries of a range in every form, whose ends can be open", [
  ...rangeOfTwo((options) => map.getByKeyRange("b", { begin: "b", end: "d" }, options)),
  [four, map.getByKeyRange("b", { begin: "c" }), [2, 7]],
  [four, map.getByKeyRange("b", { begin: "c", end: null }), [2, 7]],
  [four, map.getByKeyRange("b", { end: "b" }), [4]],
  [four, map.getByKeyRange("b", { begin: null, end: "b" }), [4]],
  [four, map.getByKeyRange("b", {}, { return: "count" }), 4],
]);

covers("map.getByIndexRange", "reads the entries of a range in every form", [
  ...rangeOfTwo((options) => map.getByIndexRange("b", { index: 1, count: 2 }, options)),
  [four, map.getByIndexRange("b", { index: -2 }), [2, 7]],
  [four, map.getByIndexRange("b", { count: 1 }), [4]],
]);

covers("map.getByKeyRelIndexRange", "reads from a key's position on", [
  [numbers, map.getByKeyRelIndexRange("b", { key: 5 }, { return: "keys" }), [5, 9]],
  [numbers, map.getByKeyRelIndexRange("b", { key: 5, index: 1 }, { return: "keys" }), [9]],
  [numbers, map.getByKeyRelIndexRange("b", { key: 5, index: -1, count: 1 }, { return: "keys" }), [4]],
  [
    numbers,
    map.getByKeyRelIndexRange("b", { key: 3, index: -2, count: 2 }, { return: "key-values" }),
    entries([0, 17]),
  ],
]);

covers("map.getByRankRange", "reads from a rank on", [
  [four, map.getByRankRange("b", { rank: 1, count: 2 }, { return: "keys" }), ["a", "d"]],
  [four, map.getByRankRange("b", { rank: -2 }, { return: "values" }), [7, 9]],
  [four, map.getByRankRange("b", { rank: -2 }, { return: "key-values" }), new Map([["d", 7], ["b", 9]])],
]);

covers("map.getByValue", "reads what has a value", [
  [{ x: 1, y: 2, z: 1 }, map.getByValue("b", 1, { return: "keys" }), ["x", "z"]],
  [four, map.getByValue("b", 5), []],
  [{ x: null }, map.getByValue("b", null, { return: "keys" }), ["x"]],
  [{ x: [1, 2], y: [2] }, map.getByValue("b", [1, WILDCARD], { return: "keys" }), ["x"]],
]);

covers("map.getByValueList", "reads what has one of several values", [
  [four, map.getByValueList("b", [9, 2], { return: "count" }), 2],
  [four, map.getByValueList("b", [9, 2], { return: "keys", inverted: true }), ["a", "d"]],
]);

covers("map.getByValueRange", "reads what has a value in a range, whose ends can be open", [
  [four, map.getByValueRange("b", { begin: 4, end: 9 }, { return: "keys" }), ["a", "d"]],
  [four, map.getByValueRange("b", { begin: 7 }, { return: "count" }), 2],
  [four, map.getByValueRange("b", { begin: 7, end: INFINITY }, { return: "count" }), 2],
  [four, map.getByValueRange("b", { end: 7 }, { return: "count" }), 2],
  [{ x: null, y: 3 }, map.getByValueRange("b", { begin: null, end: 3 }, { return: "keys" }), ["x"]],
  [{ x: [7, 1], y: [8, 0] }, map.getByValueRange("b", { begin: [7], end: [7, INFINITY] }, { return: "keys" }), ["x"]],
]);

covers("map.getByValueRelRankRange", "reads from a value's rank on", [
  [numbers, map.getByValueRelRankRange("b", { value: 11, rank: 1 }, { return: "keys" }), [0]],
  [numbers, map.getByValueRelRankRange("b", { value: 11, rank: -1 }, { return: "count" }), 3],
  [numbers, map.getByValueRelRankRange("b", { value: 11, rank: -1, count: 1 }, { return: "keys" }), [9]],
]);

const without = (...keys: (keyof typeof four)[]): Record<string, number> =>
  Object.fromEntries(Object.entries(four).filter(([key]) => !keys.includes(key as keyof typeof four)));

covers("map.removeByKey", "removes an entry, and says nothing of it but where it is asked", [
  [four, map.removeByKey("b", "b"), null, without("b")],
  [four, map.removeByKey("b", "b", { return: "values" }), 9, without("b")],
  [four, map.removeByKey("b", "x", { return: "count" }), 0],
]);

covers("map.removeByKeyList", "removes entries", [
  [four, map.removeByKeyList("b", ["a", "c", "x"], { return: "count" }), 2, without("a", "c")],
  [four, map.removeByKeyList("b", ["a"], { return: "count", inverted: true }), 3, { a: 4 }],
]);

covers("map.removeByKeyRange", "removes the entries of a range", [
  [four, map.removeByKeyRange("b", { begin: "b", end: "d" }, { return: "keys" }), ["b", "c"], without("b", "c")],
  [four, map.removeByKeyRange("b", { end: "c" }), null, without("a", "b")],
  [four, map.removeByKeyRange("b", { begin: "c" }, { return: "count" }), 2, without("c", "d")],
]);

covers("map.removeByKeyRelIndexRange", "removes from a key's position on", [
  [
    numbers,
    map.removeByKeyRelIndexRange("b", { key: 5, index: 1 }, { return: "count" }),
    1,
    entries([0, 17], [4, 2], [5, 15]),
  ],
  [numbers, map.removeByKeyRelIndexRange("b", { key: 5, count: 1 }), null, entries([0, 17], [4, 2], [9, 10])],
]);

covers("map.removeByIndex", "removes an entry", [
  [four, map.removeByIndex("b", 0, { return: "keys" }), "a", without("a")],
  [four, map.removeByIndex("b", -1), null, without("d")],
]);

covers("map.removeByIndexRange", "removes entries", [
  [four, map.removeByIndexRange("b", { index: 1, count: 2 }, { return: "keys" }), ["b", "c"], without("b", "c")],
  [four, map.removeByIndexRange("b", { index: 2 }, { return: "count" }), 2, without("c", "d")],
]);

covers("map.removeByRank", "removes an entry", [
  [four, map.removeByRank("b", -1, { return: "key-values" }), new Map([["b", 9]]), without("b")],
  [four, map.removeByRank("b", 0), null, without("c")],
]);

covers("map.removeByRankRange", "removes from a rank on", [
  [four, map.removeByRankRange("b", { rank: 2 }, { return: "count" }), 2, without("d", "b")],
  [four, map.removeByRankRange("b", { count: 1 }, { return: "keys" }), ["c"], without("c")],
]);

covers("map.removeByValue", "removes what has a value", [
  [{ x: 1, y: 2, z: 1 }, map.removeByValue("b", 1, { return: "keys" }), ["x", "z"], { y: 2 }],
  [four, map.removeByValue("b", 5, { return: "count" }), 0],
]);

covers("map.removeByValueList", "removes what has one of several values", [
  [four, map.removeByValueList("b", [9, 2], { return: "count" }), 2, without("b", "c")],
]);

covers("map.removeByValueRange", "removes what has a value in a range", [
  [four, map.removeByValueRange("b", { begin: 4, end: 9 }, { return: "count" }), 2, without("a", "d")],
  [four, map.removeByValueRange("b", { begin: 7 }), null, without("d", "b")],
  [four, map.removeByValueRange("b", { end: 4 }, { return: "keys" }), ["c"], without("c")],
]);

covers("map.removeByValueRelRankRange", "removes from a value's rank on", [
  [
    numbers,
    map.removeByValueRelRankRange("b", { value: 11, rank: 1 }, { return: "count" }),
    1,
    entries([4, 2], [5, 15], [9, 10]),
  ],
  [
    numbers,
    map.removeByValueRelRankRange("b", { value: 11, rank: -1, count: 1 }),
    null,
    entries([0, 17], [4, 2], [5, 15]),
  ],
]);

test("maps with keys of every type", async () => {
  const bytes = new Uint8Array([1, 2]);
  const { results } = await run({}, [
    map.put("b", 1, "one"),
    map.put("b", 2n ** 60n, "big"),
    map.put("b", "text", "two"),
    map.put("b", bytes, "three"),
    map.getByKey("b", bytes),
    map.getByKey("b", 2n ** 60n),
    map.getByKeyList("b", [1, "text"]),
    map.getByIndexRange("b", {}, { return: "keys" }),
  ]);
  assertEquals(results, [1, 2, 3, 4, "three", "big", ["one", "two"], [1, 2n ** 60n, "text", bytes]]);
});
