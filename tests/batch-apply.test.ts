/**
 * Functions on the records of a batch: `batchApply`, and rows of the kind "apply".
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { type BatchRows, exp, InvalidArgumentError, Key, op, UdfError } from "../mod.ts";
import { freshSet, startServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";

const MODULE = "batch_rows";
const SOURCE = `
function add(rec, bin, by)
  rec[bin] = (rec[bin] or 0) + by
  if aerospike:exists(rec) then aerospike:update(rec) else aerospike:create(rec) end
  return rec[bin]
end
function echo(rec, value) return value end
function nothing(rec) end
function raise(rec) error("no luck") end
`;

const { test, before, after } = suite();
const set = freshSet();
const server = await startServer();
const { client } = server;
before(async () => {
  await (await client.registerUdf({ name: `${MODULE}.lua`, source: SOURCE })).done();
});
after(async () => {
  await (await client.removeUdf(`${MODULE}.lua`)).done();
  await server.close();
});

let serial = 0;
const freshKeys = (length: number) => Array.from({ length }, () => new Key("test", set, `apply-${serial++}`));
const results = (rows: BatchRows) => rows.toArray().map(({ status, result }) => [status, result]);
const apply = (key: Key, name: string, args: number[] = [], more: object = {}) =>
  ({
    kind: "apply",
    key,
    module: MODULE,
    function: name,
    args: name === "add" ? ["n", ...args] : args,
    ...more,
  }) as const;

test("batchApply: every row has what the function returned", async () => {
  const keys = freshKeys(3);
  await client.put(keys[1] as Key, { n: 10 });
  const rows = await client.batchApply(keys, MODULE, "add", ["n", 5]);
  assertEquals(results(rows), [["ok", 5], ["ok", 15], ["ok", 5]]);
  assertEquals(rows.toArray().map(({ record }) => record), [null, null, null]);
  assertEquals([rows.foundCount, rows.failedCount], [3, 0]);
  const read = await client.batchRead(keys);
  assertEquals(read.toArray().map(({ record }) => record?.bins["n"]), [5, 15, 5]);
  // A row that is alone on its node goes as a command of its own.
  assertEquals(results(await client.batchApply(keys.slice(0, 1), MODULE, "add", ["n", 1])), [["ok", 6]]);
});

test("arguments and results keep their types", async () => {
  const keys = freshKeys(2);
  const values = [0, -1, 2 ** 53 - 1, 1.5, "text", true, [1, "a", [2]], { a: 1, b: [2] }, new Uint8Array([1, 2, 255])];
  for (const value of values) {
    const rows = await client.batchApply(keys, MODULE, "echo", [value]);
    assertEquals(results(rows), [["ok", value], ["ok", value]]);
  }
  assertEquals(results(await client.batchApply(keys, MODULE, "nothing")), [["ok", null], ["ok", null]]);
});

test("what a function raises is its row's error, alone or with others, and certain", async () => {
  const keys = freshKeys(2);
  for (const some of [keys, keys.slice(1)]) {
    const rows = await client.batchApply(some, MODULE, "raise");
    for (const [i, row] of rows.toArray().entries()) {
      assertEquals([row.status, row.code, row.inDoubt, row.result], ["failed", 100, false, null]);
      assertInstanceOf(row.error, UdfError);
      assert(row.error.message.startsWith(`keys[${i}]: `) && row.error.message.includes("no luck"), row.error.message);
    }
  }
  for (
    const [module, name, words] of [[MODULE, "missing", "function not found"], [
      "missing",
      "f",
      "Execution Error 1",
    ]] as const
  ) {
    const rows = await client.batchApply(keys, module, name);
    for (const row of rows) {
      assertEquals([row.code, row.error?.message.includes(words)], [100, true], row.error?.message);
    }
  }
});

test("apply rows among others, each with its own policy", async () => {
  const [a, b, c, d] = freshKeys(4) as [Key, Key, Key, Key];
  await client.put(b, { n: 1 });
  await client.put(c, { n: 1 });
  const rows = await client.batch([
    { kind: "write", key: a, bins: { n: 20 } },
    apply(a, "add", [2]),
    { kind: "read", key: a },
    apply(b, "add", [3], { filter: exp.eq(exp.intBin("n"), 1), ttl: 5000 }),
    apply(c, "add", [4], { filter: exp.eq(exp.intBin("n"), 2) }),
    apply(d, "raise"),
    { kind: "write", key: b, operations: [op.add("n", 1), op.read("n")], ttl: "keep" },
    apply(d, "add", [9], { sendKey: true }),
  ]);
  assertEquals(results(rows), [
    ["ok", null],
    ["ok", 22],
    ["ok", null],
    ["ok", 4],
    ["filtered", null],
    ["failed", null],
    ["ok", null],
    ["ok", 9],
  ]);
  assertStrictEquals(rows.at(2)?.record?.bins["n"], 22);
  assert(rows.at(5)?.error?.message.startsWith("rows[5]: "), rows.at(5)?.error?.message);
  const ttl = (await client.header(b))?.ttl;
  assert(typeof ttl === "number" && ttl > 4000 && ttl <= 5000, `${ttl}`);
});

test("names and arguments are checked before anything is sent", async () => {
  const keys = freshKeys(2);
  const refused = (message: string, ...call: readonly unknown[]) =>
    assertRejects(
      () => (client.batchApply as (...call: readonly unknown[]) => Promise<unknown>).call(client, keys, ...call),
      InvalidArgumentError,
      message,
    );
  await refused("module is an empty string", "", "f");
  await refused("name it without .lua", "m.lua", "f");
  await refused("function is undefined", "m");
  await refused("args is 5: it must be an array", "m", "f", 5);
  await refused("args[1].a is undefined", "m", "f", [1, { a: undefined }]);
  await refused("options.generation has no effect here", "m", "f", [], { generation: 1 });
});
