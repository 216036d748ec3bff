/**
 * Batches of rows of different kinds, `batchOperate` and `batchExists`: what each row answers, on the emulator and on a server.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  AerospikeError,
  type BatchOptions,
  type BatchRows,
  connect,
  exp,
  InvalidArgumentError,
  Key,
  list,
  type MixedRow,
  op,
  OperateRecord,
} from "../mod.ts";
import { Emulator } from "../emulator/mod.ts";
import { freshSet, startServer } from "./support/server.ts";
import { suite } from "./support/suite.ts";

const { test, after } = suite();
const set = freshSet();
const server = await startServer();
const { client } = server;
after(() => server.close());

let serial = 0;
const freshKeys = (length: number) => Array.from({ length }, () => new Key("test", set, `mixed-${serial++}`));

/** Keys with records {n, name}. */
async function stored(length: number): Promise<Key[]> {
  const keys = freshKeys(length);
  const rows = await client.batchWrite(keys.map((key, n) => ({ key, bins: { n, name: `n${n}` } })));
  rows.throwIfFailed();
  return keys;
}

const hex = ({ digest }: Key) => Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
const outcomes = (rows: BatchRows) => rows.toArray().map(({ status, code }) => `${status} ${code}`);
const binsOf = async (keys: readonly Key[]) =>
  (await client.batchRead(keys)).toArray().map(({ record }) => record && { ...record.bins });

test("rows of every kind in one call, each at its place", async () => {
  const keys = await stored(6) as [Key, Key, Key, Key, Key, Key];
  const [missing, created] = freshKeys(2) as [Key, Key];
  const rows = await client.batch([
    { kind: "read", key: keys[0] },
    { kind: "read", key: keys[1], bins: ["n"] },
    { kind: "write", key: created, bins: { a: 1, l: [1, 2] } },
    { kind: "read", key: keys[2], header: true },
    { kind: "write", key: keys[3], operations: [op.add("n", 10), op.read("n"), list.append("l", "x")] },
    { kind: "remove", key: keys[4] },
    { kind: "read", key: missing },
    { kind: "remove", key: missing },
    {
      kind: "read",
      key: keys[5],
      operations: [op.read("name"), op.header(), op.readExp("twice", exp.mul(exp.intBin("n"), 2))],
    },
  ]);
  assertEquals(outcomes(rows), [
    ...["ok 0", "ok 0", "ok 0", "ok 0", "ok 0", "ok 0", "not-found 2", "not-found 2", "ok 0"],
  ]);
  assertEquals(rows.toArray().map(({ record }) => record && { ...record.bins }), [
    { n: 0, name: "n0" },
    { n: 1 },
    null,
    {},
    { n: 13, l: 1 },
    null,
    null,
    null,
    { name: "n5", twice: 10 },
  ]);
  assertEquals(rows.toArray().map(({ record }) => record instanceof OperateRecord ? record.results : null), [
    ...[null, null, null, null, [null, 13, 1], null, null, null, ["n5", null, 10]],
  ]);
  for (const [i, row] of rows.toArray().entries()) {
    assertEquals([row.attempts, row.inDoubt, row.result, row.error], [1, false, null, null], `row ${i}`);
  }
  assertEquals([rows.foundCount, rows.failedCount], [7, 0]);
  assertEquals(await binsOf([created, keys[3], keys[4]]), [
    ...[{ a: 1, l: [1, 2] }, { n: 13, name: "n3", l: ["x"] }, null],
  ]);
});

test("a row has its own policy: filter, generation, recordExists, ttl; else the call's", async () => {
  const keys = await stored(9);
  const [k0, k1, k2, k3, k4, k5, k6, k7, k8] = keys as [Key, Key, Key, Key, Key, Key, Key, Key, Key];
  const isZero = exp.eq(exp.intBin("n"), 0);
  const never = exp.eq(exp.intBin("n"), 99);
  const always = exp.binExists("n");
  const rows = await client.batch([
    { kind: "read", key: k0 },
    { kind: "read", key: k1, filter: never },
    { kind: "write", key: k2, bins: { n: 20 } },
    { kind: "write", key: k3, bins: { n: 30 }, filter: always, ttl: 5000 },
    { kind: "write", key: k4, bins: { n: 40 }, filter: always, generation: 9 },
    { kind: "write", key: k5, bins: { n: 50 }, filter: always, recordExists: "create-only" },
    { kind: "write", key: k6, bins: { only: 1 }, filter: always, recordExists: "replace", ttl: "never" },
    { kind: "remove", key: k7, filter: always, generation: 9 },
    { kind: "remove", key: k8, filter: always, generation: 1 },
    { kind: "remove", key: k0, filter: always, generation: 3, generationPolicy: "greater" },
  ], { filter: isZero, ttl: 1000 });
  assertEquals(outcomes(rows), [
    ...["ok 0", "filtered 27", "filtered 27", "ok 0", "failed 3", "failed 5", "ok 0", "failed 3", "ok 0", "ok 0"],
  ]);
  assertEquals(await binsOf(keys), [
    null,
    { n: 1, name: "n1" },
    { n: 2, name: "n2" },
    { n: 30, name: "n3" },
    { n: 4, name: "n4" },
    { n: 5, name: "n5" },
    { only: 1 },
    { n: 7, name: "n7" },
    null,
  ]);
  const ttls = [(await client.header(k3))?.ttl, (await client.header(k6))?.ttl];
  assert(typeof ttls[0] === "number" && ttls[0] > 4000 && ttls[0] <= 5000, `${ttls[0]}`);
  assertStrictEquals(ttls[1], "never");
});

test("errors name their row, and the operation where only one can be meant", async () => {
  const [a, b] = await stored(2) as [Key, Key];
  const rows = await client.batch([
    { kind: "read", key: a },
    { kind: "write", key: a, operations: [op.write("x", 1), list.append("name", 1), op.read("n")] },
    { kind: "write", key: b, bins: { n: 1 }, generation: 7 },
    { kind: "read", key: b, operations: [op.read("n"), list.size("name")] },
  ]);
  assertEquals(outcomes(rows), ["ok 0", "failed 12", "failed 3", "failed 12"]);
  const messages = rows.toArray().map(({ error }) => error?.message ?? "");
  assert(messages[1]?.startsWith("rows[1]: BIN_INCOMPATIBLE_TYPE (12)"), messages[1]);
  assert(messages[1]?.includes('it is operations[1], list.append on the bin "name"'), messages[1]);
  assert(messages[2]?.startsWith("rows[2]: RECORD_GENERATION (3)"), messages[2]);
  assert(messages[3]?.includes('it is operations[1], list.size on the bin "name"'), messages[3]);
  assertThrows(() => rows.throwIfFailed(), AerospikeError, "3 of 4 rows failed; the first: rows[1]: BIN_");
  assertEquals(await binsOf([a]), [{ n: 0, name: "n0" }], "nothing of a row that failed takes place");
  const read = await client.batchRead([a, { key: a, operations: [list.size("name")] }]);
  assert(read.at(1)?.error?.message.startsWith("requests[1]: "), read.at(1)?.error?.message);
});

test("rows on one record are carried out in their order", async () => {
  const [key] = freshKeys(1) as [Key];
  const rows = await client.batch([
    { kind: "write", key, bins: { n: 1 } },
    { kind: "write", key, operations: [op.add("n", 1), op.read("n")] },
    { kind: "read", key },
    { kind: "remove", key },
    { kind: "read", key },
  ]);
  assertEquals(outcomes(rows), ["ok 0", "ok 0", "ok 0", "ok 0", "not-found 2"]);
  assertEquals([rows.value(1, "n"), rows.value(2, "n")], [2, 2]);
});

test("sendKey of a row stores the key, or has it compared", async () => {
  const [a, b] = freshKeys(2) as [Key, Key];
  const rows = await client.batch([
    { kind: "write", key: a, bins: { n: 1 }, sendKey: true },
    { kind: "write", key: b, bins: { n: 2 } },
  ]);
  rows.throwIfFailed();
  const removed = await client.batch([
    { kind: "remove", key: a, sendKey: true, generation: 5 },
    { kind: "remove", key: a, sendKey: true },
    { kind: "remove", key: b },
    { kind: "remove", key: a, sendKey: true },
  ], { recordExists: "create-only", ttl: 1000 });
  assertEquals(outcomes(removed), ["failed 3", "ok 0", "ok 0", "not-found 2"]);
  assertEquals(removed.toArray().map(({ record }) => record), [null, null, null, null]);
});

test("read modes and readTouchTtlPercent of a row", async () => {
  const [a, b, c] = await stored(3) as [Key, Key, Key];
  await client.touch(c, { ttl: 10_000 });
  const rows = await client.batch([
    { kind: "write", key: a, operations: [op.add("n", 1), op.read("n")] },
    { kind: "read", key: b, readModeAP: "all" },
    { kind: "read", key: a, readModeSC: "allow-replica", bins: ["name"] },
    { kind: "read", key: c, readTouchTtlPercent: "keep", header: true },
    { kind: "read", key: c, readTouchTtlPercent: 80, readModeAP: "all" },
    { kind: "read", key: b, readModeAP: "one" },
  ]);
  assertEquals(outcomes(rows), ["ok 0", "ok 0", "ok 0", "ok 0", "ok 0", "ok 0"]);
  assertEquals(rows.toArray().map(({ record }) => record && { ...record.bins }), [
    { n: 1 },
    { n: 1, name: "n1" },
    { name: "n0" },
    {},
    { n: 2, name: "n2" },
    { n: 1, name: "n1" },
  ]);
  const read = await client.batchRead([a, { key: b, readModeAP: "all" }, { key: c, readTouchTtlPercent: "keep" }]);
  assertEquals(read.toArray().map(({ record }) => record?.bins["n"]), [1, 1, 2]);
});

test("rows go out with their own read modes, all others with those of the call", async () => {
  const all = 1 << 6;
  await using emulator = await Emulator.start({ recordCommands: 100 });
  await using own = await connect({ hosts: emulator.hosts });
  const [a, b, c, d] = freshKeys(4) as [Key, Key, Key, Key];
  const sent = async (rows: readonly MixedRow[], options: BatchOptions) => {
    emulator.recordCommands(100);
    await own.batch(rows, options);
    return emulator.commands().filter(({ kind }) => kind === "read")
      .map(({ digest, info, ttl }) =>
        `${"abcd"[[a, b, c, d].findIndex((key) => hex(key) === digest)]} ${info[0] & all} ${ttl}`
      )
      .sort();
  };
  const rows: MixedRow[] = [
    { kind: "read", key: a },
    { kind: "read", key: b, readModeAP: "all", readTouchTtlPercent: 50 },
    { kind: "read", key: c, readModeAP: "one", readTouchTtlPercent: "keep" },
    { kind: "read", key: d, readModeAP: "all" },
  ];
  assertEquals(await sent(rows, {}), ["a 0 0", "b 64 50", "c 0 4294967295", "d 64 0"]);
  assertEquals(await sent(rows, { readModeAP: "all", readTouchTtlPercent: 9 }), [
    ...["a 64 9", "b 64 50", "c 0 4294967295", "d 64 9"],
  ]);
});

test("batchOperate: the same operations on every record", async () => {
  const keys = [...await stored(3), ...freshKeys(1)];
  const rows = await client.batchOperate<{ n: number }>(keys, [op.add("n", 5), op.read("n"), list.append("l", 1)]);
  assertEquals(rows.toArray().map(({ record }) => (record as OperateRecord | null)?.results), [
    ...[[null, 5, 1], [null, 6, 1], [null, 7, 1], [null, 5, 1]],
  ]);
  assertEquals(rows.at(1)?.record?.bins.n, 6);
  const [missing] = freshKeys(1) as [Key];
  const read = await client.batchOperate([...keys, missing], [op.read("n"), list.size("l")]);
  assertEquals(outcomes(read), ["ok 0", "ok 0", "ok 0", "ok 0", "not-found 2"]);
  assertEquals((read.at(2)?.record as OperateRecord).results, [7, 1]);
  const failed = await client.batchOperate(keys.slice(0, 2), [op.read("n"), list.append("n", 1)], {
    filter: exp.eq(exp.intBin("n"), 5),
  });
  assertEquals(outcomes(failed), ["failed 12", "filtered 27"]);
  assert(failed.at(0)?.error?.message.startsWith("keys[0]: "), failed.at(0)?.error?.message);
  assert(failed.at(0)?.error?.message.includes("operations[1]"), failed.at(0)?.error?.message);
});

test("batchExists: true, false, and null with an error", async () => {
  const [a, b] = await stored(2) as [Key, Key];
  const [missing] = freshKeys(1) as [Key];
  const rows = await client.batchExists([a, missing, b, new Key("nowhere", set, 1)]);
  assertEquals(rows.map(({ exists }) => exists), [true, false, true, null]);
  assertEquals(rows.map(({ error }) => error?.codeName), [undefined, undefined, undefined, "NAMESPACE_NOT_FOUND"]);
  assertStrictEquals(rows[2]?.key, b);
  const filtered = await client.batchExists([a, b], { filter: exp.eq(exp.intBin("n"), 1) });
  assertEquals(filtered.map(({ exists }) => exists), [false, true]);
  assertEquals(await client.batchExists([]), []);
});

test("empty batches and closed clients", async () => {
  assertStrictEquals((await client.batch([])).length, 0);
  assertStrictEquals((await client.batchOperate([], [op.read("a")])).length, 0);
  assertStrictEquals((await client.batchApply([], "m", "f")).length, 0);
  const wrong: [call: () => Promise<unknown>, message: string][] = [
    [() => client.batch([], { tll: 1 } as never), "options.tll"],
    [() => client.batchOperate([], 5 as never), "operations is not an array"],
    [() => client.batchOperate([], []), "operations is empty"],
    [() => client.batchOperate([], [op.read("")]), "operations[0].bin"],
    [() => client.batchOperate([], [op.add("a", "x" as never)]), "operations[0].value"],
    [() => client.batchOperate([], [op.read("a")], { ttl: 1 }), "options.ttl has no effect here"],
    [() => client.batchApply([], "x.lua", "f"), "name it without .lua"],
    [() => client.batchApply([], "m", ""), "function is an empty string"],
    [() => client.batchApply([], "m", "f", 5 as never), "args is 5"],
    [() => client.batchRead([], { bins: [""] }), "options.bins[0]"],
    [() => client.batchRead([], { header: true, bins: ["a"] }), "options.header reads no bins"],
    [() => client.batchRead([{ key, bins: ["a"] }], { bins: "nope" as never }), "options.bins is not an array"],
    [() => client.batchRemove([], { ttl: 1 } as never), "options.ttl has no effect here"],
  ];
  for (const [call, message] of wrong) await assertRejects(call, InvalidArgumentError, message);
});

const key = new Key("test", set, "wrong");
/** What is wrong with rows, and what the error says. */
const WRONG: readonly (readonly [object, string])[] = [
  [{ kind: "read" }, "rows[1].key is not a Key"],
  [{ key }, "rows[1].kind is undefined"],
  [{ kind: "scan", key }, 'rows[1].kind is "scan": it must be one of "read", "write", "remove", "apply"'],
  [{ kind: "read", key, filtr: 1 }, "rows[1].filtr is not an option: did you mean filter?"],
  [{ kind: "read", key, filter: {} }, "rows[1].filter"],
  [{ kind: "read", key, ttl: 1 }, "rows[1].ttl is not an option"],
  [{ kind: "read", key, readModeAP: "some" }, 'rows[1].readModeAP is "some"'],
  [{ kind: "read", key, readTouchTtlPercent: 101 }, "rows[1].readTouchTtlPercent is 101"],
  [{ kind: "read", key, bins: ["a"], header: true }, "rows[1] has more than one of bins"],
  [{ kind: "read", key, operations: [op.add("a", 1)] }, "rows[1].operations has a write"],
  [{ kind: "read", key, operations: [op.read("")] }, "rows[1].operations[0].bin"],
  [
    { kind: "read", key, operations: [op.readAll(), list.size("l")] },
    "rows[1].operations[1]: the server does not answer",
  ],
  [{ kind: "write", key }, "rows[1].bins is a undefined"],
  [{ kind: "write", key, bins: { a: undefined } }, "rows[1].bins.a is undefined"],
  [{ kind: "write", key, bins: { a: 1 }, operations: [] }, "rows[1] has both bins and operations"],
  [{ kind: "write", key, operations: [op.read("a")] }, "rows[1].operations only reads"],
  [{ kind: "write", key, operations: [op.write("a", 1), op.readAll(), list.size("l")] }, "rows[1].operations[2]: "],
  [{ kind: "write", key, bins: { a: 1 }, generationPolicy: "equal" }, "rows[1].generationPolicy says nothing"],
  [{ kind: "remove", key, ttl: 1 }, "rows[1].ttl has no effect here"],
  [{ kind: "remove", key, bins: {} }, "rows[1].bins is not an option"],
  [{ kind: "apply", key }, "rows[1].module is undefined"],
  [{ kind: "apply", key, module: "m", function: "" }, "rows[1].function is an empty string"],
  [{ kind: "apply", key, module: "m", function: "f", args: 1 }, "rows[1].args is"],
  [{ kind: "apply", key, module: "m", function: "f", args: [1, { a: undefined }] }, "rows[1].args[1].a is undefined"],
  [{ kind: "apply", key, module: "m", function: "f", generation: 1 }, "rows[1].generation has no effect here"],
];

for (const [row, message] of WRONG) {
  test(`nothing is sent of ${message}`, async () => {
    const [good] = freshKeys(1) as [Key];
    const rows = [{ kind: "write", key: good, bins: { a: 1 } }, row] as MixedRow[];
    await assertRejects(() => client.batch(rows), InvalidArgumentError, message);
    assertStrictEquals(await client.exists(good), false);
  });
}

test("options that are not valid are named", async () => {
  const rows: MixedRow[] = [{ kind: "read", key }];
  const refused = (options: object, message: string) =>
    assertRejects(() => client.batch(rows, options), InvalidArgumentError, message);
  await refused({ readPath: "core" }, "options.readPath is not an option");
  await refused({ retryRows: 3 }, "options.retryRows is 3: it must be a plain object");
  await refused({ retryRows: {} }, "options.retryRows.attempts is undefined");
  await refused({ retryRows: { attempts: 0 } }, "options.retryRows.attempts is 0: it must be an integer from 1 to 100");
  await refused({ retryRows: { attempts: 2, baseMs: -1 } }, "options.retryRows.baseMs is -1");
  await refused({ retryRows: { attempts: 2, inDoubt: 1 } }, "options.retryRows.inDoubt is 1");
  await refused({ retryRows: { attempts: 2, max: 1 } }, "options.retryRows.max is not an option");
  await assertRejects(
    () => client.batchOperate([key], [op.read("a")], { ttl: 1 }),
    InvalidArgumentError,
    "options.ttl has no effect here: all of these operations read",
  );
  await assertRejects(
    () => client.batchApply([key], "m", "f", [], { recordExists: "replace" } as never),
    InvalidArgumentError,
    "options.recordExists has no effect here",
  );
  await assertRejects(() => client.batchOperate([key], []), InvalidArgumentError, "operations is empty");
  await assertRejects(
    // @ts-expect-error: a text is no number
    () => client.batchOperate([key], [op.add("a", "x")]),
    InvalidArgumentError,
    "operations[0].value",
  );
  await assertRejects(() => client.batchExists(["a" as never]), InvalidArgumentError, "keys[0] is not a Key");
});
