import { assert, assertEquals, assertRejects } from "@std/assert";
import { ctx, exp, InvalidArgumentError, Key, list, map, op, type Operation, path, ServerError } from "../mod.ts";
import { fails, NOTHING, operationTests } from "./support/operations.ts";
import { freshSet } from "./support/server.ts";

const { covers, run, server, test } = operationTests();

const SERVER = 1;
const PARAMETER = 4;
const WRONG_TYPE = 12;

const value = exp.intLoopVar("value");
const books = [{ title: "A", price: 8 }, { title: "B", price: 30 }];
const sizes = { a: { x: 1, y: 2 }, b: { x: 3 } };
const cheap = ctx.allChildrenWithFilter(exp.lt(exp.map.getByKey(exp.mapLoopVar("value"), "price", "int"), 10));
const prices = [ctx.allChildren(), ctx.mapKey("price")];

covers("path.select", "gives what the path leads to", [
  [books, path.select("b", prices), [8, 30]],
  [books, path.select("b", [cheap, ctx.mapKey("title")]), ["A"]],
  [books, path.select("b", [cheap, ctx.mapKey("title")], { select: "matching-tree" }), [{ title: "A" }]],
  [sizes, path.select("b", [ctx.allChildren(), ctx.allChildren()], { select: "map-keys" }), ["x", "y", "x"]],
  [sizes, path.select("b", [ctx.allChildren(), ctx.mapKey("x")], { select: "map-entries" }), ["x", 1, "x", 3]],
  [sizes, path.select("b", [ctx.mapKeysIn(["b", "c"])]), [{ x: 3 }]],
  [
    sizes,
    path.select("b", [ctx.mapKeysIn(["a", "b"]), ctx.andFilter(exp.gt(exp.map.size(exp.mapLoopVar("value")), 1))]),
    [{ x: 1, y: 2 }],
  ],
  [[5, 6, 7], path.select("b", [ctx.allChildrenWithFilter(exp.gt(exp.intLoopVar("index"), 0))]), [6, 7]],
  [{ a: 1, c: 2 }, path.select("b", [ctx.allChildrenWithFilter(exp.eq(exp.stringLoopVar("map-key"), "c"))]), [2]],
  [[1, [2], { a: 3 }], path.select("b", [ctx.allChildren(), ctx.allChildren()]), [2, 3]],
  [books, path.select("b", [ctx.listIndex(9)]), []],
  [NOTHING, path.select("b", prices), null],
]);

covers("path.select", "is refused where types do not fit, unless they are passed over", [
  [7, path.select("b", prices), fails(WRONG_TYPE)],
  [books, path.select("b", [ctx.allChildren()], { select: "map-keys" }), fails(WRONG_TYPE)],
  [books, path.select("b", [ctx.mapKey("a")]), fails(PARAMETER)],
  [["x", 3], path.select("b", [ctx.allChildrenWithFilter(exp.gt(value, 1))]), fails(PARAMETER)],
  [["x", 3], path.select("b", [ctx.allChildrenWithFilter(exp.gt(value, 1))], { noFail: true }), [3]],
]);

covers("path.modify", "puts a value in place of each that the path leads to", [
  [books, path.modify("b", prices, exp.add(value, 1)), null, [{ title: "A", price: 9 }, { title: "B", price: 31 }]],
  [[1, 2, 3], path.modify("b", [ctx.allChildren()], exp.stringVal("x")), null, ["x", "x", "x"]],
  [sizes, path.modify("b", [ctx.mapKey("a"), ctx.allChildren()], exp.removeResult()), null, { a: {}, b: { x: 3 } }],
  [books, path.modify("b", [ctx.listIndex(9)], exp.intVal(1)), null],
  [["x", 3], path.modify("b", [ctx.allChildren()], exp.add(value, 1), { noFail: true }), null, ["x", 4]],
  [NOTHING, path.modify("b", prices, value), fails(WRONG_TYPE)],
]);

covers("path.remove", "removes what the path leads to", [
  [books, path.remove("b", [cheap]), null, [{ title: "B", price: 30 }]],
  [sizes, path.remove("b", [ctx.allChildren(), ctx.mapKey("x")]), null, { a: { y: 2 }, b: {} }],
  [7, path.remove("b", prices), fails(WRONG_TYPE)],
]);

test("what cannot be computed refuses the whole, and nothing is applied", async () => {
  const { client } = server();
  const key = new Key("test", freshSet(), 1);
  await client.put(key, { b: [3, "x"] });
  const operations = [op.write("c", 1), path.modify("b", [ctx.allChildren()], exp.add(value, 1))];
  const refused: unknown = await client.operate(key, operations).then(() => undefined, (error) => error);
  assert(refused instanceof ServerError, String(refused));
  assertEquals([refused.code, (await client.get(key))?.bins], [SERVER, { b: [3, "x"] }]);
});

test("a path's operations stand among others, and each has its own result", async () => {
  const { results, bins } = await run({ b: books, l: [1] }, [
    list.append("l", 2),
    path.modify("b", prices, exp.mul(value, 2)),
    path.select("b", prices),
    path.remove("l", [ctx.listIndex(0)]),
    op.read("l"),
    map.getByKey("b", "price", { ctx: [ctx.listIndex(0)] }),
  ]);
  assertEquals(results, [2, null, [16, 60], null, [2], 16]);
  assertEquals(bins, { b: [{ title: "A", price: 16 }, { title: "B", price: 60 }], l: [2] });
});

test("a path's operations are rows of batches too", async () => {
  const { client } = server();
  const key = new Key("test", freshSet(), 1);
  await client.put(key, { b: [3, 4] });
  const [row] = await client.batchWrite([{
    key,
    operations: [path.modify("b", [ctx.allChildren()], exp.add(value, 1))],
  }]);
  assertEquals(row?.status, "ok");
  assertEquals((await client.get(key))?.bins, { b: [4, 5] });
});

test("what is wrong with a path is said with its place, before anything is sent", async () => {
  const wrong: [Operation, string][] = [
    [path.select("b", []), "operations[1].ctx is empty: a path has at least one step"],
    [path.remove("b", undefined as never), "operations[1].ctx is missing"],
    [path.select("b", ["a"] as never), "operations[1].ctx[0] is no step"],
    [
      path.select("b", [ctx.allChildrenWithFilter(value as never)]),
      "operations[1].ctx[0].filter is an expression of the",
    ],
    [path.select("b", prices, { select: "keys" as never }), 'operations[1].select is "keys": path.select takes one of'],
    [path.select("b", prices, { fail: true } as never), "operations[1].fail is not an option"],
    [path.modify("b", prices, 1 as never), "operations[1].expression is nothing to compute"],
    [path.modify("b", prices, exp.fromAel("1") as never), "operations[1].expression is nothing to compute"],
    [
      path.modify("b", prices, value, { noFail: 1 as never }),
      "operations[1].noFail is 1: path.modify takes true or false",
    ],
    [{ ...path.remove("b", prices), noFail: true }, "operations[1].noFail is not an option: valid are ctx"],
  ];
  for (const [operation, message] of wrong) {
    await assertRejects(() => run({ b: books }, [op.read("b"), operation]), InvalidArgumentError, message);
  }
  assertEquals(server().client.counters().inFlight, 0);
});
