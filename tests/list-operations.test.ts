import { assertEquals, assertRejects } from "@std/assert";
import { ctx, Double, INFINITY, InvalidArgumentError, list, WILDCARD } from "../mod.ts";
import { anyOrder, type Case, fails, NOTHING, operationTests } from "./support/operations.ts";

const { covers, isAtLeast, run, test } = operationTests();

const PARAMETER = 4;
const WRONG_TYPE = 12;
const EXISTS = 24;
const NOT_APPLICABLE = 26;

const four = [4, 9, 2, 7];
const scores = [0, 4, 5, 9, 11, 15];

covers("list.create", "creates a list, or sets the order of one", [
  [NOTHING, list.create("b"), null, []],
  [[3, 1], list.create("b", { order: "ordered" }), null, [1, 3]],
  [NOTHING, list.create("b", { order: "ordered", persistIndex: true }), null, []],
  [{}, list.create("b", { ctx: [ctx.mapKey("a")] }), null, { a: [] }],
  [[[1]], list.create("b", { ctx: [ctx.listIndex(2)], pad: true }), null, [[1], null, []]],
  [{}, list.create("b", { ctx: [ctx.mapKey("a")], order: "ordered", pad: true }), null, { a: [] }],
]);

covers("list.setOrder", "sorts a list for good", [
  [[3, 1, 2], list.setOrder("b", "ordered"), null, [1, 2, 3]],
  [[3, 1, 2], list.setOrder("b", "ordered", { persistIndex: true }), null, [1, 2, 3]],
  [[[3, 1], 0], list.setOrder("b", "ordered", { ctx: [ctx.listIndex(0)] }), null, [[1, 3], 0]],
  [[3, 1], list.setOrder("b", "unordered"), null],
]);

covers("list.append", "appends an item", [
  [NOTHING, list.append("b", 5), 1, [5]],
  [[3, 1], list.append("b", "x"), 3, [3, 1, "x"]],
  [[1], list.append("b", null), 2, [1, null]],
  [[1], list.append("b", { a: [true, 0.5] }), 2, [1, { a: [true, 0.5] }]],
  [[1], list.append("b", 1, { addUnique: true }), fails(EXISTS)],
  [[1], list.append("b", 1, { addUnique: true, noFail: true }), 1],
  [[1], list.append("b", 2, { addUnique: true }), 2, [1, 2]],
  ["text", list.append("b", 1), fails(WRONG_TYPE)],
]);

covers("list.appendItems", "appends items", [
  [NOTHING, list.appendItems("b", [3, 1]), 2, [3, 1]],
  [NOTHING, list.appendItems("b", [3, 1, 2], { order: "ordered" }), 3, [1, 2, 3]],
  [[1, 2], list.appendItems("b", [2, 3], { addUnique: true }), fails(EXISTS)],
  [[1, 2], list.appendItems("b", [2, 3], { addUnique: true, noFail: true }), 2],
  [[1, 2], list.appendItems("b", [2, 3], { addUnique: true, noFail: true, partial: true }), 3, [1, 2, 3]],
]);

covers("list.insert", "inserts an item", [
  [[1, 2], list.insert("b", 1, 9), 3, [1, 9, 2]],
  [[1, 2], list.insert("b", -1, 9), 3, [1, 9, 2]],
  [[1], list.insert("b", 3, 9), 4, [1, null, null, 9]],
  [[1], list.insert("b", 3, 9, { insertBounded: true }), fails(NOT_APPLICABLE)],
  [[1], list.insert("b", 0, 1, { addUnique: true }), fails(EXISTS)],
  [[1], list.insert("b", -3, 9), fails(NOT_APPLICABLE)],
]);

covers("list.insertItems", "inserts items", [
  [[1, 2], list.insertItems("b", 1, [8, 9]), 4, [1, 8, 9, 2]],
  [[1], list.insertItems("b", 3, [8, 9], { insertBounded: true, noFail: true }), 1],
]);

covers("list.pop", "gives an item and removes it", [
  [four, list.pop("b", 1), 9, [4, 2, 7]],
  [four, list.pop("b", -1), 7, [4, 9, 2]],
  [four, list.pop("b", 4), fails(NOT_APPLICABLE)],
]);

covers("list.popRange", "gives items and removes them", [
  [four, list.popRange("b", { index: 1, count: 2 }), [9, 2], [4, 7]],
  [four, list.popRange("b", { index: -2 }), [2, 7], [4, 9]],
  [four, list.popRange("b", { count: 1 }), [4], [9, 2, 7]],
]);

covers("list.remove", "removes an item", [
  [four, list.remove("b", 2), 1, [4, 9, 7]],
  [four, list.remove("b", -4), 1, [9, 2, 7]],
]);

covers("list.removeRange", "removes items", [
  [four, list.removeRange("b", { index: 1, count: 2 }), 2, [4, 7]],
  [four, list.removeRange("b", { index: 1 }), 3, [4]],
  [four, list.removeRange("b", {}), 4, []],
]);

covers("list.set", "replaces an item", [
  [four, list.set("b", 1, "x"), null, [4, "x", 2, 7]],
  [four, list.set("b", 5, 1), null, [4, 9, 2, 7, null, 1]],
  [four, list.set("b", 5, 1, { insertBounded: true }), fails(NOT_APPLICABLE)],
  [four, list.set("b", 0, 7, { addUnique: true }), fails(EXISTS)],
  [four, list.set("b", 0, 7, { addUnique: true, noFail: true }), null],
]);

covers("list.trim", "leaves a range", [
  [four, list.trim("b", 1, 2), 2, [9, 2]],
  [four, list.trim("b", -1, 1), 3, [7]],
]);

covers("list.clear", "removes everything", [
  [four, list.clear("b"), null, []],
  [[[1, 2], 3], list.clear("b", { ctx: [ctx.listIndex(0)] }), null, [[], 3]],
]);

covers("list.increment", "adds to a number", [
  [four, list.increment("b", 1), 10, [4, 10, 2, 7]],
  [four, list.increment("b", 1, -5), 4, [4, 4, 2, 7]],
  [[0.5], list.increment("b", 0, 2), 2.5, [2.5]],
  [four, list.increment("b", 0, 5n), 9, [9, 9, 2, 7]],
  [four, list.increment("b", 0, 1, { noFail: true }), 5, [5, 9, 2, 7]],
  [[1, 2], list.increment("b", 0, 1, { addUnique: true }), fails(EXISTS)],
  [[1], list.increment("b", 2), 1, [1, null, 1]],
  [[1], list.increment("b", 2, 1, { insertBounded: true }), fails(NOT_APPLICABLE)],
  [["x"], list.increment("b", 0), fails(PARAMETER)],
]);

covers("list.sort", "sorts once", [
  [[3, 1, 2, 1], list.sort("b"), null, [1, 1, 2, 3]],
  [[3, 1, 2, 1], list.sort("b", { descending: true }), null, [3, 2, 1, 1]],
  [[3, 1, 2, 1], list.sort("b", { dropDuplicates: true }), null, [1, 2, 3]],
  [["b", 2, null, [1], 0.5, true], list.sort("b"), null, [null, true, 2, "b", [1], 0.5]],
]);

covers("list.size", "counts", [
  [four, list.size("b"), 4],
  [[], list.size("b"), 0],
  [{ a: [1, 2] }, list.size("b", { ctx: [ctx.mapKey("a")] }), 2],
  [NOTHING, list.size("b"), null],
  [{ a: 1 }, list.size("b"), fails(WRONG_TYPE)],
]);

covers("list.get", "reads an item", [
  [four, list.get("b", 1), 9],
  [four, list.get("b", -1), 7],
  [four, list.get("b", 4), fails(NOT_APPLICABLE)],
]);

covers("list.getRange", "reads items", [
  [four, list.getRange("b", { index: 1, count: 2 }), [9, 2]],
  [four, list.getRange("b", { index: 2 }), [2, 7]],
  [four, list.getRange("b", { index: 3, count: 9 }), [7]],
  [four, list.getRange("b", {}), four],
]);

test("list.join: joins texts, where the server can", async () => {
  const texts = { b: ["a", "b", "c"] };
  const joins = [list.join("b"), list.join("b", { separator: ", " })];
  if (await isAtLeast(8, 2)) {
    assertEquals((await run(texts, joins)).results, ["abc", "a, b, c"]);
    return;
  }
  for (const join of joins) {
    const refused = await run(texts, [join]).then(() => undefined, (error: { code: number }) => error);
    assertEquals(refused?.code, PARAMETER);
  }
});

/** What one item answers, by what is asked for. */
const one = (
  get: (
    options: { return: "none" | "index" | "reverse-index" | "rank" | "reverse-rank" | "count" | "values" | "exists" },
  ) => Case[1],
): Case[] => [
  [four, get({ return: "none" }), null],
  [four, get({ return: "index" }), 1],
  [four, get({ return: "reverse-index" }), 2],
  [four, get({ return: "rank" }), 3],
  [four, get({ return: "reverse-rank" }), 0],
  [four, get({ return: "count" }), 1],
  [four, get({ return: "values" }), 9],
  [four, get({ return: "exists" }), true],
];

covers("list.getByIndex", "reads an item in every form", [
  [four, list.getByIndex("b", 0), 4],
  ...one((options) => list.getByIndex("b", 1, options)),
  [four, list.getByIndex("b", 7), fails(NOT_APPLICABLE)],
  [four, list.getByIndex("b", 7, { return: "exists" }), fails(NOT_APPLICABLE)],
]);

covers("list.getByRank", "reads an item in every form", [
  [four, list.getByRank("b", 0), 2],
  ...one((options) => list.getByRank("b", -1, options)),
]);

covers("list.getByIndexRange", "reads items in every form", [
  [four, list.getByIndexRange("b", { index: 1, count: 2 }), [9, 2]],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "none" }), null],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "index" }), [1, 2]],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "reverse-index" }), [1, 2]],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "rank" }), [3, 0]],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "reverse-rank" }), [0, 3]],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "count" }), 2],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "exists" }), true],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { inverted: true }), [4, 7]],
  [four, list.getByIndexRange("b", { index: 1, count: 2 }, { return: "index", inverted: true }), [0, 3]],
  [four, list.getByIndexRange("b", { index: -2 }), [2, 7]],
  [four, list.getByIndexRange("b", {}), four],
]);

covers("list.getByRankRange", "reads items from a rank on", [
  [four, list.getByRankRange("b", { rank: 1, count: 2 }), anyOrder(4, 7)],
  [four, list.getByRankRange("b", { rank: 1, count: 2 }, { return: "rank" }), [1, 2]],
  [four, list.getByRankRange("b", { rank: -2 }, { return: "count" }), 2],
  [four, list.getByRankRange("b", { rank: -2 }, { return: "count", inverted: true }), 2],
  [four, list.getByRankRange("b", { count: 1 }), anyOrder(2)],
]);

covers("list.getByValue", "reads what equals a value", [
  [[1, 2, 1], list.getByValue("b", 1), [1, 1]],
  [[1, 2, 1], list.getByValue("b", 1, { return: "index" }), [0, 2]],
  [[1, 2, 1], list.getByValue("b", 5), []],
  [[1, 2, 1], list.getByValue("b", 5, { return: "exists" }), false],
  [[1, null], list.getByValue("b", null, { return: "count" }), 1],
  [[1, 0.5, "1", new Uint8Array([1])], list.getByValue("b", new Uint8Array([1]), { return: "index" }), [3]],
  [[1, new Double(1)], list.getByValue("b", new Double(1), { return: "index" }), [1], [1, 1]],
  [[[7, "a"], [8, "b"], [7]], list.getByValue("b", [7, WILDCARD]), [[7, "a"]]],
  [[1, 2, 1], list.getByValue("b", WILDCARD, { return: "count" }), 3],
]);

covers("list.getByValueList", "reads what equals one of several values", [
  [[1, 2, 3, 1], list.getByValueList("b", [1, 3], { return: "count" }), 3],
  [[1, 2, 3, 1], list.getByValueList("b", [1, 3], { return: "values", inverted: true }), [2]],
  [[[1, "a"], [2, "b"]], list.getByValueList("b", [[2, WILDCARD]]), [[2, "b"]]],
]);

covers("list.getByValueRange", "reads what is in a range, whose ends can be open", [
  [scores, list.getByValueRange("b", { begin: 4, end: 11 }), [4, 5, 9]],
  [scores, list.getByValueRange("b", { begin: 9 }), [9, 11, 15]],
  [scores, list.getByValueRange("b", { begin: 9, end: null }), [9, 11, 15]],
  [scores, list.getByValueRange("b", { begin: 9, end: INFINITY }), [9, 11, 15]],
  [scores, list.getByValueRange("b", { end: 5 }), [0, 4]],
  [scores, list.getByValueRange("b", { begin: null, end: 5 }), [0, 4]],
  [scores, list.getByValueRange("b", {}, { return: "count" }), 6],
  [[null, 1, "x"], list.getByValueRange("b", { end: "a" }), [null, 1]],
  [scores, list.getByValueRange("b", { begin: 5, end: 11 }, { inverted: true, return: "count" }), 4],
  [[[7, 1], [7, 2], [8, 0]], list.getByValueRange("b", { begin: [7, null], end: [7, INFINITY] }), [[7, 1], [7, 2]]],
  [[[7, 1], [7, 2], [8, 0]], list.getByValueRange("b", { begin: [7, 2] }, { return: "count" }), 2],
]);

covers("list.getByValueRelRankRange", "reads from a value's rank on", [
  [scores, list.getByValueRelRankRange("b", { value: 5, rank: 1 }), anyOrder(9, 11, 15)],
  [scores, list.getByValueRelRankRange("b", { value: 5 }), anyOrder(5, 9, 11, 15)],
  [scores, list.getByValueRelRankRange("b", { value: 5, rank: -1, count: 2 }), anyOrder(4, 5)],
  [scores, list.getByValueRelRankRange("b", { value: 3, rank: 3, count: 7 }), anyOrder(11, 15)],
  [scores, list.getByValueRelRankRange("b", { value: 3, rank: -3, count: 2 }), []],
]);

covers("list.removeByIndex", "removes an item, and says nothing of it but where it is asked", [
  [four, list.removeByIndex("b", 1), null, [4, 2, 7]],
  [four, list.removeByIndex("b", 1, { return: "values" }), 9, [4, 2, 7]],
  [four, list.removeByIndex("b", 1, { return: "rank" }), 3, [4, 2, 7]],
]);

covers("list.removeByIndexRange", "removes items", [
  [four, list.removeByIndexRange("b", { index: 1, count: 2 }, { return: "values" }), [9, 2], [4, 7]],
  [four, list.removeByIndexRange("b", { index: 1 }, { return: "count" }), 3, [4]],
  [four, list.removeByIndexRange("b", { index: 1, count: 2 }, { return: "count", inverted: true }), 2, [9, 2]],
]);

covers("list.removeByRank", "removes an item", [
  [four, list.removeByRank("b", 0, { return: "values" }), 2, [4, 9, 7]],
  [four, list.removeByRank("b", -1), null, [4, 2, 7]],
]);

covers("list.removeByRankRange", "removes items", [
  [four, list.removeByRankRange("b", { rank: 2 }, { return: "count" }), 2, [4, 2]],
  [four, list.removeByRankRange("b", { rank: 0, count: 1 }, { return: "values" }), [2], [4, 9, 7]],
]);

covers("list.removeByValue", "removes what equals a value", [
  [[1, 2, 1], list.removeByValue("b", 1, { return: "count" }), 2, [2]],
  [[1, 2, 1], list.removeByValue("b", 2, { return: "index" }), [1], [1, 1]],
  [[1, 2, 1], list.removeByValue("b", 1, { return: "count", inverted: true }), 1, [1, 1]],
]);

covers("list.removeByValueList", "removes what equals one of several values", [
  [[1, 2, 3], list.removeByValueList("b", [1, 3], { return: "count" }), 2, [2]],
  [[1, 2, 3], list.removeByValueList("b", [9]), null],
]);

covers("list.removeByValueRange", "removes what is in a range", [
  [scores, list.removeByValueRange("b", { begin: 4, end: 11 }, { return: "values" }), [4, 5, 9], [0, 11, 15]],
  [scores, list.removeByValueRange("b", { end: 9 }, { return: "count" }), 3, [9, 11, 15]],
  [scores, list.removeByValueRange("b", { begin: 9 }), null, [0, 4, 5]],
]);

covers("list.removeByValueRelRankRange", "removes from a value's rank on", [
  [scores, list.removeByValueRelRankRange("b", { value: 5, rank: 1 }, { return: "count" }), 3, [0, 4, 5]],
  [scores, list.removeByValueRelRankRange("b", { value: 5, rank: -1, count: 2 }), null, [0, 9, 11, 15]],
]);

test("list.increment: goes with an order or flags by one only, and says so", async () => {
  for (const options of [{ order: "ordered" }, { noFail: true }] as const) {
    await assertRejects(
      () => run({ b: [1] }, [list.size("b"), list.increment("b", 0, 2, options)]),
      InvalidArgumentError,
      `operations[1].${Object.keys(options)[0]} goes with a delta of 1 only, in list.increment`,
    );
  }
});

test("list.set: refuses nil, which core cannot send", async () => {
  await assertRejects(
    () => run({ b: [1] }, [list.set("b", 0, null)]),
    InvalidArgumentError,
    "operations[0].value is null",
  );
});

test("an ordered list keeps its order, and takes no insertion", async () => {
  const ordered = await run({}, [
    list.create("b", { order: "ordered" }),
    list.appendItems("b", [5, 1, 3]),
    list.append("b", 2),
    list.getRange("b", {}),
  ]);
  assertEquals(ordered.results, [null, 3, 4, [1, 2, 3, 5]]);
  const refused = await run({}, [list.create("b", { order: "ordered" }), list.insert("b", 0, 1)])
    .then(() => undefined, (error: { code: number }) => error);
  assertEquals(refused?.code, NOT_APPLICABLE);
});
