import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { test } from "node:test";
import { type BatchRows, connect, exp, FilteredOutError, InvalidArgumentError, Key, op, ServerError } from "../mod.ts";
import { during, PATHS, range, ready } from "./support/both-paths.ts";
import { freshSet, startServer } from "./support/server.ts";

const set = freshSet();
const server = await startServer();
const client = server.client;

let serial = 0;
/** A key with a record. */
async function stored(bins: object = { age: 30, name: "Alice" }): Promise<Key> {
  const key = new Key("test", set, `filter-${serial++}`);
  await client.put(key, bins as { [name: string]: number });
  return key;
}

const isAdult = exp.ge(exp.intBin("age"), 18);
const isChild = exp.lt(exp.intBin("age"), 18);
const statuses = (rows: BatchRows) => rows.toArray().map((row) => row.status);

test("get, header and exists: a record that does not meet the filter is as one that is not there", async () => {
  const key = await stored();
  for (const readPath of PATHS) {
    assertEquals({ ...(await client.get(key, { filter: isAdult, readPath }))?.bins }, { age: 30, name: "Alice" });
    assertEquals({ ...(await client.get(key, { filter: isAdult, bins: ["name"], readPath }))?.bins }, {
      name: "Alice",
    });
    assertStrictEquals(await client.get(key, { filter: isChild, readPath }), null);
    assertStrictEquals((await client.header(key, { filter: isAdult, readPath }))?.generation, 1);
    assertStrictEquals(await client.header(key, { filter: isChild, readPath }), null);
    assert(await client.exists(key, { filter: isAdult, readPath }));
    assertFalse(await client.exists(key, { filter: isChild, readPath }));
    assertStrictEquals(await client.get(new Key("test", set, "none"), { filter: isAdult, readPath }), null);
  }
});

test("a bin that is not there, or of another type, meets no filter", async () => {
  const key = await stored({ age: "thirty" });
  for (const readPath of PATHS) {
    assertStrictEquals(await client.get(key, { filter: isAdult, readPath }), null);
    assertStrictEquals(await client.get(key, { filter: exp.not(isAdult), readPath }), null);
    assertStrictEquals(await client.get(key, { filter: exp.eq(exp.intBin("none"), 1), readPath }), null);
    assert(await client.exists(key, { filter: exp.binExists("age"), readPath }));
    assert(await client.exists(key, { filter: exp.not(exp.binExists("none")), readPath }));
    assert(await client.exists(key, { filter: exp.eq(exp.binType("age"), 3), readPath }));
  }
});

test("a filtered write throws and writes nothing, whatever the command", async () => {
  const key = await stored();
  const commands = [
    () => client.put(key, { age: 31 }, { filter: isChild }),
    () => client.add(key, { age: 1 }, { filter: isChild }),
    () => client.append(key, { name: "!" }, { filter: isChild }),
    () => client.prepend(key, { name: "!" }, { filter: isChild }),
    () => client.touch(key, { filter: isChild }),
    () => client.remove(key, { filter: isChild }),
    () => client.operate(key, [op.add("age", 1), op.read("age")], { filter: isChild }),
  ];
  for (const command of commands) {
    const error = await assertRejects(command, FilteredOutError) as FilteredOutError;
    assertStrictEquals(error.code, 27);
    assertFalse(error.inDoubt);
  }
  const record = await client.get(key);
  assertEquals({ ...record?.bins }, { age: 30, name: "Alice" });
  assertStrictEquals(record?.generation, 1);
  await client.put(key, { age: 31 }, { filter: isAdult });
  await client.add(key, { age: 1 }, { filter: isAdult });
  await client.append(key, { name: "!" }, { filter: isAdult });
  await client.prepend(key, { name: "?" }, { filter: isAdult });
  assert(await client.touch(key, { filter: isAdult }));
  const result = await client.operate(key, [op.add("age", 1), op.read("age")], { filter: isAdult });
  assertEquals({ ...result?.bins }, { age: 33 });
  assertEquals({ ...(await client.get(key))?.bins }, { age: 33, name: "?Alice!" });
  assert(await client.remove(key, { filter: isAdult }));
  assertFalse(await client.remove(key, { filter: isAdult }));
  assertFalse(await client.touch(key, { filter: isAdult }));
});

test("operate that only reads gives null where the filter is not met", async () => {
  const key = await stored();
  assertStrictEquals(await client.operate(key, [op.read("age")], { filter: isChild }), null);
  assertStrictEquals(await client.operate(key, [op.readAll()], { filter: isChild }), null);
  assertStrictEquals(await client.operate(key, [op.header()], { filter: isChild }), null);
  assertEquals((await client.operate(key, [op.read("age")], { filter: isAdult }))?.results, [30]);
});

test("batchRead: the call's filter, and rows with their own, on both paths", async () => {
  const keys = await Promise.all(range(6).map((age) => stored({ age: age * 10, name: `n${age}` })));
  const missing = new Key("test", set, "missing");
  for (const readPath of PATHS) {
    const rows = await client.batchRead([...keys, missing], { filter: isAdult, readPath });
    const expected = ["filtered", "filtered", "ok", "ok", "ok", "ok", "not-found"];
    assertEquals(statuses(rows), expected);
    assertStrictEquals(rows.foundCount, 4);
    assertStrictEquals(rows.failedCount, 0);
    assertEquals(rows.throwIfFailed().toArray().map((row) => row.record?.bins["age"] ?? null), [
      null,
      null,
      20,
      30,
      40,
      50,
      null,
    ]);
    assertStrictEquals(rows.at(0)?.code, 27);
    const isTwenty = exp.eq(exp.intBin("age"), 20);
    const mixed = await client.batchRead([
      { key: keys[0] as Key, filter: isChild },
      { key: keys[1] as Key, bins: ["name"], filter: isChild },
      { key: keys[2] as Key, bins: ["name"] },
      { key: keys[3] as Key, bins: ["name"], filter: isChild },
      { key: keys[2] as Key, header: true, filter: isTwenty },
      { key: keys[3] as Key, header: true, filter: isTwenty },
      { key: keys[2] as Key, operations: [op.read("name")], filter: isTwenty },
      { key: keys[3] as Key, operations: [op.read("name")], filter: isTwenty },
      keys[1] as Key,
    ], { filter: isAdult, readPath });
    assertEquals(statuses(mixed), [
      "ok",
      "ok",
      "ok",
      "filtered",
      "ok",
      "filtered",
      "ok",
      "filtered",
      "filtered",
    ]);
    assertEquals({ ...mixed.at(1)?.record?.bins }, { name: "n1" });
    assertEquals({ ...mixed.at(6)?.record?.bins }, { name: "n2" });
    // One row alone is another command for aerospike-core.
    assertEquals(statuses(await client.batchRead([keys[0] as Key], { filter: isAdult, readPath })), ["filtered"]);
    assertEquals(
      statuses(await client.batchRead([{ key: keys[0] as Key, filter: isChild }], { filter: isAdult, readPath })),
      ["ok"],
    );
  }
});

test("batchWrite and batchRemove: filtered rows write nothing", async () => {
  const keys = await Promise.all(range(4).map((age) => stored({ age: age * 10 })));
  const written = await client.batchWrite(keys.map((key, at) => ({ key, bins: { seen: at } })), { filter: isAdult });
  assertEquals(statuses(written), ["filtered", "filtered", "ok", "ok"]);
  assertEquals((await client.batchRead(keys)).toArray().map((row) => row.record?.bins["seen"] ?? null), [
    null,
    null,
    2,
    3,
  ]);
  const own = await client.batchWrite([
    { key: keys[0] as Key, bins: { own: 0 }, filter: isChild },
    { key: keys[1] as Key, operations: [op.write("own", 1), op.read("own")], filter: isAdult },
    { key: keys[2] as Key, operations: [op.write("own", 2), op.read("own")], ttl: "never", filter: isAdult },
    { key: keys[3] as Key, bins: { own: 3 } },
  ], { filter: isChild });
  assertEquals(statuses(own), ["ok", "filtered", "ok", "filtered"]);
  assertEquals((await client.batchRead(keys)).toArray().map((row) => row.record?.bins["own"] ?? null), [
    0,
    null,
    2,
    null,
  ]);
  for (const sendKey of [false, true]) {
    const removed = await client.batchRemove(keys.slice(0, 3), {
      filter: exp.eq(exp.intBin("age"), sendKey ? 0 : 20),
      sendKey,
    });
    assertEquals(statuses(removed), sendKey ? ["ok", "filtered", "not-found"] : ["filtered", "filtered", "ok"]);
  }
  assertEquals(statuses(await client.batchRemove([keys[3] as Key], { filter: isChild })), ["filtered"]);
  assertEquals(statuses(await client.batchRead(keys)), ["not-found", "ok", "not-found", "ok"]);
});

test("columns: a filtered row has no cells, and is no failure", async () => {
  const keys = await Promise.all(range(4).map((age) => stored({ age: age * 10 })));
  for (const readPath of PATHS) {
    const read = await client.batchReadColumns(keys, { age: { type: "i32", fill: -1 } }, { filter: isAdult, readPath });
    assertEquals([...read.columns.age], [-1, -1, 20, 30]);
    assertEquals([...read.codes], [27, 27, 0, 0]);
    assertEquals(read.errors.length, 0);
  }
  const written = await client.batchWriteColumns(keys, { age: new Int32Array([1, 2, 3, 4]) }, { filter: isAdult });
  assertEquals(statuses(written), ["filtered", "filtered", "ok", "ok"]);
});

test("a client's own filter holds for its commands, and a call's replaces it", async () => {
  const key = await stored();
  await using own = await connect({
    hosts: server.hosts,
    policies: {
      read: { filter: isChild },
      write: { filter: isChild },
      batch: { filter: isChild },
      batchWrite: { filter: isChild },
      batchRemove: { filter: isChild },
    },
  });
  assertStrictEquals(await own.get(key), null);
  assertFalse(await own.exists(key));
  assertStrictEquals((await own.get(key, { filter: isAdult }))?.bins["age"], 30);
  assertStrictEquals((await own.get(key, { filter: isAdult, bins: ["age"] }))?.bins["age"], 30);
  await assertRejects(() => own.put(key, { age: 31 }), FilteredOutError);
  await own.put(key, { age: 31 }, { filter: isAdult });
  assertEquals(statuses(await own.batchRead([key, key])), ["filtered", "filtered"]);
  assertEquals(statuses(await own.batchRead([key, { key, filter: isAdult }])), ["filtered", "ok"]);
  assertEquals(statuses(await own.batchRead([key], { filter: isAdult })), ["ok"]);
  assertEquals(statuses(await own.batchWrite([{ key, bins: { a: 1 } }])), ["filtered"]);
  assertEquals(statuses(await own.batchRemove([key])), ["filtered"]);
});

test("the direct path sends filters itself, alone, in bursts and as rows of a batch", async () => {
  const keys = await Promise.all(range(40).map((age) => stored({ age })));
  for (const autoBatch of [false, true]) {
    await using own = await ready({ hosts: server.hosts, autoBatch });
    let records: (unknown | null)[] = [];
    const seen = await during(own, async () => {
      records = await Promise.all([
        ...keys.map((key) => own.get(key, { filter: isAdult })),
        ...keys.map((key) => own.get(key, { filter: isChild })),
        ...keys.map((key) => own.get(key)),
      ]);
      await own.get(keys[0] as Key, { filter: isAdult });
      await own.batchRead(keys, { filter: isAdult });
    });
    assertEquals(records.slice(0, 40).map((record) => record === null), keys.map((_, age) => age < 18));
    assertEquals(records.slice(40, 80).map((record) => record === null), keys.map((_, age) => age >= 18));
    assert(records.slice(80).every((record) => record !== null));
    assertEquals(seen.direct.fallbacks, {});
    assertStrictEquals(seen.core.reads, 0);
    assertStrictEquals(seen.core.rows, 0);
  }
});

test("a filter that the server does not understand is its error, on both paths", async () => {
  const key = await stored();
  // An array of a number that stands for no expression.
  const broken = exp.fromBase64("kcz6");
  for (const readPath of PATHS) {
    const error = await assertRejects(() => client.get(key, { filter: broken, readPath }), ServerError) as ServerError;
    assertStrictEquals(error.codeName, "REQUEST_INVALID", error.message);
    const rows = await client.batchRead([key, key], { filter: broken, readPath });
    assertEquals(statuses(rows), ["failed", "failed"]);
  }
  await assertRejects(() => client.put(key, { a: 1 }, { filter: broken }), ServerError);
});

test("a filter that is none is refused by name, before anything is sent", async () => {
  const key = await stored();
  const wrong: readonly [() => Promise<unknown>, RegExp][] = [
    [
      () => client.get(key, { filter: exp.intBin("age") as never }),
      /^options\.filter is an expression of the type int/,
    ],
    [() => client.put(key, { a: 1 }, { filter: "age > 17" as never }), /^options\.filter is not an expression/],
    [() => client.get(key, { filter: null as never }), /^options\.filter is not an expression/],
    [() => client.batchRead([{ key, filter: {} as never }]), /^requests\[0\]\.filter is not an expression/],
    [() => client.batchWrite([{ key, bins: { a: 1 }, filter: 1 as never }]), /^rows\[0\]\.filter is not an expression/],
    [
      () => connect({ hosts: server.hosts, policies: { read: { filter: 1 as never } } }),
      /policies\.read\.filter is not an expression/,
    ],
  ];
  for (const [command, message] of wrong) {
    const error = await assertRejects(command, InvalidArgumentError) as Error;
    assertMatch(error.message, message);
  }
  assertStrictEquals(await client.get(key, { filter: undefined }).then((record) => record?.generation), 1);
});

test("op.readExp: a result with its name, and null where there is no value and that is allowed", async () => {
  const key = await stored();
  const result = await client.operate(key, [
    op.readExp("next", exp.add(exp.intBin("age"), 1)),
    op.read("name"),
    op.readExp("none", exp.intBin("none"), { evalNoFail: true }),
    op.readExp("list", exp.listVal([1, "a"])),
  ]);
  assertEquals(result?.results, [31, "Alice", null, [1, "a"]]);
  assertEquals({ ...result?.bins }, { next: 31, name: "Alice", list: [1, "a"] });
  const error = await assertRejects(() => client.operate(key, [op.readExp("none", exp.intBin("none"))]), ServerError);
  assertStrictEquals((error as ServerError).codeName, "OP_NOT_APPLICABLE");
  assertStrictEquals(
    await client.operate(new Key("test", set, "no record"), [op.readExp("x", exp.intVal(1))]),
    null,
  );
  const rows = await client.batchRead([{ key, operations: [op.readExp("half", exp.div(exp.intBin("age"), 2))] }]);
  assertEquals({ ...rows.at(0)?.record?.bins }, { half: 15 });
});

test("op.writeExp: writes, deletes and refuses as it is told", async () => {
  const key = await stored();
  await client.operate(key, [
    op.writeExp("twice", exp.mul(exp.intBin("age"), 2)),
    op.writeExp("text", exp.stringVal("made"), { createOnly: true }),
    op.writeExp("age", exp.add(exp.intBin("age"), exp.intBin("twice")), { updateOnly: true }),
  ]);
  assertEquals({ ...(await client.get(key))?.bins }, { age: 90, name: "Alice", twice: 60, text: "made" });
  const refusals: readonly [Parameters<typeof client.operate>[1], string][] = [
    [[op.write("x", 1), op.writeExp("age", exp.intVal(1), { createOnly: true })], "BIN_EXISTS"],
    [[op.write("x", 1), op.writeExp("none", exp.intVal(1), { updateOnly: true })], "BIN_NOT_FOUND"],
    [[op.write("x", 1), op.writeExp("age", exp.intBin("none"))], "OP_NOT_APPLICABLE"],
    [[op.write("x", 1), op.writeExp("age", exp.nil())], "OP_NOT_APPLICABLE"],
  ];
  for (const [operations, codeName] of refusals) {
    const error = await assertRejects(() => client.operate(key, operations), ServerError) as ServerError;
    assertStrictEquals(error.codeName, codeName, error.message);
  }
  await client.operate(key, [
    op.writeExp("age", exp.intVal(1), { createOnly: true, policyNoFail: true }),
    op.writeExp("none", exp.intVal(1), { updateOnly: true, policyNoFail: true }),
    op.writeExp("name", exp.intBin("none"), { evalNoFail: true }),
    op.writeExp("text", exp.nil(), { allowDelete: true }),
  ]);
  assertEquals({ ...(await client.get(key))?.bins }, { age: 90, name: "Alice", twice: 60 });
  const rows = await client.batchWrite([{ key, operations: [op.writeExp("twice", exp.intVal(5))] }]);
  assertEquals(statuses(rows), ["ok"]);
  assertEquals((await client.get(key))?.bins["twice"], 5);
});

test("op.readExp beside a read of all bins, which the server would not answer, is refused", async () => {
  const key = await stored();
  const next = op.readExp("next", exp.add(exp.intBin("age"), 1));
  for (const operations of [[op.readAll(), next], [op.write("x", 1), next, op.readAll()]]) {
    const error = await assertRejects(() => client.operate(key, operations), InvalidArgumentError) as Error;
    assertMatch(error.message, /operations\[1\]: the server does not answer it where all bins are read too/);
  }
  const result = await client.operate(key, [op.readAll(), op.writeExp("age", exp.add(exp.intBin("age"), 1))]);
  assertEquals({ ...result?.bins }, { age: 30, name: "Alice" });
  assertEquals((await client.get(key))?.bins["age"], 31);
});

test("operations of expressions: what is wrong is refused by name", async () => {
  const key = await stored();
  const wrong: readonly [Parameters<typeof client.operate>[1], RegExp][] = [
    [[op.readExp("x", 1 as never)], /^operations\[0\]\.expression is nothing to compute/],
    [[op.readExp("x", exp.fromAel("$.a") as never)], /^operations\[0\]\.expression is nothing to compute/],
    [[op.read("a"), op.readExp("", exp.intVal(1))], /^operations\[1\]\.bin: "" cannot be the name/],
    [[op.readExp("x", exp.intVal(1), { createOnly: true } as never)], /^operations\[0\]\.createOnly is not an option/],
    [[op.writeExp("x", exp.intVal(1), { noFail: true } as never)], /^operations\[0\]\.noFail is not an option/],
    [
      [op.writeExp("x", exp.intVal(1), { createOnly: 1 as never })],
      /^operations\[0\]\.createOnly is 1: it must be true or false/,
    ],
  ];
  for (const [operations, message] of wrong) {
    const error = await assertRejects(() => client.operate(key, operations), InvalidArgumentError) as Error;
    assertMatch(error.message, message);
  }
  assertInstanceOf(op.readExp("x", exp.intVal(1)), Object);
});

test("close", () => server.close());
