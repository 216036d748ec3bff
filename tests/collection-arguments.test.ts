import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  type BinValue,
  INFINITY,
  InvalidArgumentError,
  Key,
  list,
  map,
  op,
  OperateRecord,
  type Operation,
  ServerError,
  WILDCARD,
} from "../mod.ts";
import { canonical, RandomValues } from "./support/random.ts";
import { operationTests } from "./support/operations.ts";

const { run, server, test } = operationTests();

test("operations are plain and frozen", () => {
  const operation = list.getByRankRange("b", { rank: -2 }, { return: "count", inverted: true });
  assertEquals(operation, { kind: "list.getByRankRange", bin: "b", rank: -2, return: "count", inverted: true });
  assert(Object.isFrozen(operation));
  assertEquals(structuredClone(operation), operation);
});

test("what is wrong with an argument is said with its place, before anything is sent", async () => {
  const wrong: [Operation, string][] = [
    [list.get("b", "1" as never), "operations[1].index is a string that is not valid: list.get takes an integer"],
    [list.get("b", undefined as never), "operations[1].index is missing: list.get takes an integer"],
    [list.get("b", 2 ** 53), "operations[1].index is 9007199254740992: list.get takes an integer of 64 bits"],
    [list.get("b", 2n ** 63n), "operations[1].index"],
    [list.get("", 0), "operations[1].bin"],
    [
      list.getRange("b", { index: 0, count: -1 }),
      "operations[1].count is -1: list.getRange takes an integer of 0 or more",
    ],
    [list.append("b", undefined), "operations[1].value is undefined"],
    [list.append("b", { a: [new Date(0)] }), "operations[1].value.a[0] is a Date"],
    [list.append("b", INFINITY), "operations[1].value is infinity: it is no value"],
    [list.append("b", [WILDCARD]), "operations[1].value[0] is wildcard: it is no value"],
    [list.appendItems("b", []), "operations[1].values is empty: list.appendItems takes at least one value"],
    [list.appendItems("b", "ab" as never), "operations[1].values is"],
    [
      list.append("b", 1, { order: "sorted" as never }),
      'operations[1].order is "sorted": list.append takes one of "unordered", "ordered"',
    ],
    [list.append("b", 1, { addUnique: 1 as never }), "operations[1].addUnique is 1: list.append takes true or false"],
    [list.append("b", 1, { unique: true } as never), "operations[1].unique is not an option"],
    [
      list.getByIndex("b", 1, { return: "keys" as never }),
      'operations[1].return is "keys": list.getByIndex takes one of',
    ],
    [list.getByIndex("b", 1, { inverted: null as never }), "operations[1].inverted is null"],
    [list.setOrder("b", undefined as never), "operations[1].order is undefined: list.setOrder takes one of"],
    [
      list.create("b", { persistIndex: true, ctx: [{ kind: "listIndex", index: 0 }] }),
      "operations[1].persistIndex has no use",
    ],
    [map.put("b", 0.5, 1), "operations[1].key"],
    [map.put("b", null as never, 1), "operations[1].key is null"],
    [map.put("b", "a", undefined), "operations[1].value is undefined"],
    [map.putItems("b", [] as never), "operations[1].items is an array: map.putItems takes entries"],
    [map.putItems("b", null as never), "operations[1].items is null"],
    [map.getByKeyList("b", ["a", true as never]), "operations[1].keys[1]"],
    [map.getByKeyRange("b", { begin: INFINITY as never }), "operations[1].begin"],
    [map.increment("b", "a", "1" as never), "operations[1].delta"],
    [list.increment("b", 0, Symbol("1") as never), "operations[1].delta is a symbol"],
    [list.increment("b", 0, Object.create(null) as never), "operations[1].delta is an object"],
    [map.setOrder("b", "ordered" as never), 'operations[1].order is "ordered"'],
    [{ ...list.size("b"), value: 1 }, "operations[1].value is not an option"],
    [{ kind: "list.sizes" as never, bin: "b" }, 'operations[1].kind is "list.sizes"'],
  ];
  const accepted = server().client.counters().accepted;
  let puts = 0;
  for (const [operation, message] of wrong) {
    await assertRejects(() => run({ b: 1 }, [op.read("b"), operation]), InvalidArgumentError, message);
    puts++;
  }
  // What was sent is the record alone.
  assertEquals(server().client.counters().accepted - accepted, puts);
});

test("options and ranges that are none are refused at once", () => {
  assertThrows(() => list.append("b", 1, 5 as never), InvalidArgumentError, "list.append: options is 5");
  assertThrows(() => list.getRange("b", 1 as never), InvalidArgumentError, "list.getRange: range is 1");
  assertThrows(
    () => map.getByKeyRange("b", { start: "a" } as never),
    InvalidArgumentError,
    "map.getByKeyRange: range.start is not an option",
  );
});

test("infinity and wildcards cannot be stored", async () => {
  const key = new Key("test", "placeholders", 1);
  for (const value of [INFINITY, [INFINITY], { a: WILDCARD }]) {
    await assertRejects(() => server().client.put(key, { value }), InvalidArgumentError, "it is no value");
  }
});

test("results answer operations by position, with reads and writes of bins between them", async () => {
  const { results, record } = await run({ b: [1, 2], m: { a: 1 } }, [
    op.read("b"),
    list.append("b", 3),
    op.header(),
    op.write("c", "x"),
    map.increment("m", "a"),
    op.read("c"),
    list.size("b"),
    op.touch(),
    list.get("b", -1),
    list.clear("b"),
    op.read("b"),
  ]);
  assertEquals(results, [[1, 2], 3, null, null, 2, "x", 3, null, 3, null, []]);
  assertEquals(record.generation, 2);
});

test("reading all bins beside a call is refused: the server would not answer the call", async () => {
  const message = "operations[1]: the server does not answer it where all bins are read too";
  for (const call of [list.append("b", 2), list.size("b")]) {
    await assertRejects(() => run({ b: [1] }, [op.readAll(), call]), InvalidArgumentError, message);
  }
  const key = new Key("test", "batches", "all");
  const rows = server().client.batchRead([{ key, operations: [op.readAll(), list.size("b")] }]);
  await assertRejects(() => rows, InvalidArgumentError, message);
});

test("nothing is applied where one operation is refused, and it is named where it can only be one", async () => {
  const key = new Key("test", "refusals", `${Date.now()}`);
  const { client } = server();
  await client.put(key, { b: [1], n: 1 });
  const refused = await client.operate(key, [
    op.add("n", 1),
    list.append("b", 2),
    op.write("x", 1),
    map.put("b", "k", 1),
  ])
    .then(() => undefined, (error: ServerError) => error);
  assert(refused instanceof ServerError);
  assertEquals(refused.code, 12);
  assert(!refused.message.includes("it is operations["), refused.message);
  assertEquals((await client.get(key))?.bins, { b: [1], n: 1 });
  const named = await client.operate(key, [op.write("x", 1), map.put("b", "k", 1)])
    .then(() => undefined, (error: ServerError) => error);
  assert(named?.message.includes('it is operations[1], map.put on the bin "b"'), named?.message);
});

test("rows of batches take them: reads in batchRead, writes in batchWrite", async () => {
  const { client } = server();
  const keys = ["a", "b"].map((user) => new Key("test", "batches", `${Date.now()}-${user}`));
  const append = [list.appendItems("l", [3, 1, 2]), map.put("m", "k", 1), list.size("l")];
  const written = await client.batchWrite(keys.map((key) => ({ key, operations: append })));
  assertEquals(written.toArray().map((row) => row.status), ["ok", "ok"]);
  const top = [list.getByRank("l", -1), map.getByKey("m", "k", { return: "exists" })];
  const read = await client.batchRead([...keys.map((key) => ({ key, operations: top })), keys[0] as Key]);
  for (const row of [0, 1]) {
    const record = read.at(row)?.record;
    assertInstanceOf(record, OperateRecord);
    assertEquals(record.results, [3, true]);
  }
  assertEquals(read.at(2)?.record?.bins, { l: [3, 1, 2], m: { k: 1 } });
  await assertRejects(
    () => client.batchRead(keys.map((key) => ({ key, operations: append }))),
    InvalidArgumentError,
    "requests[0].operations has a write",
  );
});

test("values of every kind pass as arguments as they do in bins", async () => {
  const seed = Date.now() % 1_000_000;
  const random = new RandomValues(seed);
  for (let i = 0; i < 100; i++) {
    const values = Array.from({ length: 8 }, () => random.value(3) as BinValue);
    const { results } = await run({ whole: values, m: {} }, [
      list.appendItems("b", values),
      map.put("m", "k", values[0]),
      list.getByValueList("b", values, { return: "count" }),
      op.read("b"),
      map.getByKey("m", "k"),
      op.read("whole"),
    ]);
    const label = `seed ${seed}, round ${i}`;
    assertEquals(results[2], 8, label);
    assertEquals(canonical(results[3]), canonical(results[5]), label);
    assertEquals(canonical(results[4]), canonical((results[5] as BinValue[])[0]), label);
  }
});
