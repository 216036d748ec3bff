import { assertEquals, assertRejects } from "@std/assert";
import { ctx, exp, InvalidArgumentError, list, map, op, type ServerError } from "../mod.ts";
import { operationTests } from "./support/operations.ts";

const { run, server, test } = operationTests();

const NOT_APPLICABLE = 26;

const nested = { b: { lists: [[3, 1], [9, 8]], maps: { x: { n: 1 }, y: { n: 2 } } } };

test("each step leads on: by index, rank, value and key", async () => {
  const { results } = await run(nested, [
    list.get("b", 0, { ctx: [ctx.mapKey("lists"), ctx.listIndex(-1)] }),
    list.get("b", 0, { ctx: [ctx.mapKey("lists"), ctx.listRank(0)] }),
    list.get("b", 1, { ctx: [ctx.mapKey("lists"), ctx.listValue([9, 8])] }),
    map.getByKey("b", "n", { ctx: [ctx.mapKey("maps"), ctx.mapIndex(1)] }),
    map.getByKey("b", "n", { ctx: [ctx.mapKey("maps"), ctx.mapRank(-2)] }),
    map.getByKey("b", "n", { ctx: [ctx.mapIndex(1), ctx.mapValue({ n: 2 })] }),
  ]);
  assertEquals(results, [9, 3, 8, 2, 1, 2]);
});

test("steps that create: lists, padded lists and maps of every order", async () => {
  const { bins } = await run({ b: {} }, [
    list.create("b", {
      ctx: [ctx.mapKeyCreate("a"), ctx.mapKeyCreate("b", { order: "key-ordered" }), ctx.mapKey("l")],
    }),
    list.append("b", 1, { ctx: [ctx.mapKey("a"), ctx.mapKey("b"), ctx.mapKey("l")] }),
    map.put("b", "k", 1, { ctx: [ctx.mapKeyCreate("m", { order: "key-value-ordered" })] }),
    list.create("b", { ctx: [ctx.mapKey("grid")] }),
    list.append("b", 5, { ctx: [ctx.mapKey("grid"), ctx.listIndexCreate(0, { order: "ordered" })], order: "ordered" }),
    list.append("b", 3, { ctx: [ctx.mapKey("grid"), ctx.listIndex(0)] }),
    list.append("b", 7, { ctx: [ctx.mapKey("grid"), ctx.listIndexCreate(2, { pad: true })] }),
    list.append("b", 8, { ctx: [ctx.mapKey("grid"), ctx.listIndexCreate(3)] }),
  ]);
  assertEquals(bins, { b: { a: { b: { l: [1] } }, grid: [[3, 5], null, [7], [8]], m: { k: 1 } } });
});

test("a step that leads nowhere is refused, and nothing is applied", async () => {
  const refused = await run({ b: [[1]] }, [op.write("c", 1), list.append("b", 1, { ctx: [ctx.listIndex(5)] })])
    .then(() => undefined, (error: ServerError) => error);
  assertEquals(refused?.code, NOT_APPLICABLE);
  assertEquals(refused?.message.includes("operations[1], list.append"), true);
});

test("steps for paths are sent, and refused by operations that take none", async () => {
  const filter = exp.eq(exp.intLoopVar("index"), 0);
  for (
    const steps of [
      [ctx.allChildren()],
      [ctx.allChildrenWithFilter(filter)],
      [ctx.mapKeysIn(["lists"])],
      [ctx.mapKey("lists"), ctx.andFilter(filter)],
    ]
  ) {
    const refused = await run(nested, [list.size("b", { ctx: steps })]).then(
      () => undefined,
      (error: ServerError) => error,
    );
    assertEquals(refused?.code, NOT_APPLICABLE, steps.at(-1)?.kind);
  }
});

test("what is wrong with a step is said with its place, before anything is sent", async () => {
  const wrong: [unknown, string][] = [
    [ctx.mapKey("a"), "operations[1].ctx is not an array"],
    [["a"], "operations[1].ctx[0] is no step"],
    [[ctx.listIndex(1.5)], "operations[1].ctx[0].index is 1.5: ctx.listIndex takes an integer"],
    [[ctx.mapKey("a"), ctx.mapKey(null as never)], "operations[1].ctx[1].key is null"],
    [[ctx.mapKey(0.5 as never)], "operations[1].ctx[0].key"],
    [[ctx.listValue(undefined)], "operations[1].ctx[0].value is undefined"],
    [[ctx.listIndexCreate(1, { order: "sorted" as never })], 'operations[1].ctx[0].order is "sorted"'],
    [[ctx.listIndexCreate(1, { order: "ordered", pad: true })], "operations[1].ctx[0].pad has no use"],
    [
      [ctx.listIndexCreate(1, { padd: true } as never)],
      "operations[1].ctx[0].padd is not an option: did you mean pad?",
    ],
    [[ctx.mapKeyCreate("a", { order: "ordered" as never })], 'operations[1].ctx[0].order is "ordered"'],
    [[ctx.mapKeyCreate("a", { order: null as never })], "operations[1].ctx[0].order is null"],
    [[ctx.mapKeysIn("a" as never)], "operations[1].ctx[0].keys"],
    [[ctx.mapKeysIn([null as never])], "operations[1].ctx[0].keys[0] is null"],
    [[ctx.allChildrenWithFilter({} as never)], "operations[1].ctx[0].filter"],
    [Array.from({ length: 256 }, () => ctx.listIndex(0)), "operations[1].ctx has 256 steps"],
  ];
  for (const [steps, message] of wrong) {
    await assertRejects(
      () => run(nested, [op.read("b"), list.size("b", { ctx: steps as never })]),
      InvalidArgumentError,
      message,
    );
  }
  assertEquals(server().client.counters().inFlight, 0);
});
