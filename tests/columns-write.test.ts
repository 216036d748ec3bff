/**
 * Columns written.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import {
  type BinValue,
  type ColumnInputs,
  type ColumnsSchema,
  connect,
  Double,
  InvalidArgumentError,
  Key,
} from "../mod.ts";
import { freshSet, startServer } from "./support/server.ts";

const set = freshSet();
const server = await startServer();
/** What tells integers from doubles. */
const exact = await connect({ hosts: server.hosts, integers: "bigint", doubles: "wrapped" });

const range = (length: number) => Array.from({ length }, (_, i) => i);
let serial = 0;
const freshKeys = (length: number) => range(length).map(() => new Key("test", set, `write-${serial++}`));

/** Writes columns to fresh keys, and gives the bins of their records. */
async function written(columns: ColumnInputs, length: number): Promise<(Record<string, BinValue> | undefined)[]> {
  const keys = freshKeys(length);
  (await server.client.batchWriteColumns(keys, columns)).throwIfFailed();
  return (await exact.batchRead(keys)).toArray().map((row) => row.record ? { ...row.record.bins } : undefined);
}

test("typed arrays: floats are doubles, integers integers, also bigints; edges keep their value", async () => {
  const d = (value: number) => new Double(value);
  const rows = await written({
    f64: new Float64Array([1, NaN, -Infinity]),
    f32: new Float32Array([0.1, -0, 3e38]),
    f16: new Float16Array([0.5, 65504, 1]),
    i64: new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, 0n]),
    i32: new Int32Array([-(2 ** 31), 2 ** 31 - 1, -1]),
    u32: new Uint32Array([0, 2 ** 32 - 1, 1]),
    i16: new Int16Array([-32768, 32767, 0]),
    u16: new Uint16Array([0, 65535, 1]),
    i8: new Int8Array([-128, 127, 0]),
    u8: new Uint8Array([0, 255, 1]),
  }, 3);
  assertEquals(rows[0], {
    ...{ f64: d(1), f32: d(Math.fround(0.1)), f16: d(0.5), i64: -(2n ** 63n), i32: -(2n ** 31n), u32: 0n },
    ...{ i16: -32768n, u16: 0n, i8: -128n, u8: 0n },
  } as unknown as Record<string, BinValue>);
  assertEquals(rows[1], {
    ...{ f64: d(NaN), f32: d(-0), f16: d(65504), i64: 2n ** 63n - 1n, i32: 2n ** 31n - 1n, u32: 2n ** 32n - 1n },
    ...{ i16: 32767n, u16: 65535n, i8: 127n, u8: 255n },
  } as unknown as Record<string, BinValue>);
  assertEquals(rows[2]?.["f64"], d(-Infinity) as unknown as BinValue);
});

test("lists of values: whatever put takes; null and undefined are not written", async () => {
  const rows = await written({
    s: ["one", null, undefined, "ü"],
    any: [1, new Uint8Array([1]), { a: [true] }, 0.5],
    b: [true, false, null, true],
  }, 4);
  assertEquals(rows as unknown[], [
    { s: "one", any: 1n, b: true },
    { any: new Uint8Array([1]), b: false },
    { any: { a: [true] } },
    { s: "ü", any: new Double(0.5), b: true },
  ]);
});

test("vectors: blobs of little-endian elements, or lists; booleans", async () => {
  const values = new Float32Array([1, 2.5, -3, 4]);
  const rows = await written({
    blob: { values, width: 2 },
    part: { values: values.subarray(1, 3), width: 1 },
    list: { values, width: 2, as: "list" },
    ints: { values: new Int16Array([1, -2, 300, 4]), width: 2, as: "list" },
    bigs: { values: new BigInt64Array([1n, 2n ** 62n]), width: 1, as: "list" },
    flag: { values: new Uint8Array([0, 9]), as: "bool" },
    flags: { values: new Uint8Array([0, 1, 1, 7]), width: 2, as: "bool" },
    named: { values: new Uint8Array([7, 8]), bin: "other" },
  }, 2);
  const bytes = (of: Float32Array) => new Uint8Array(of.slice().buffer);
  const list = (...of: number[]) => of.map((value) => new Double(value));
  assertEquals(rows as unknown[], [
    {
      ...{ blob: bytes(values.subarray(0, 2)), part: bytes(values.subarray(1, 2)), list: list(1, 2.5) },
      ...{ ints: [1n, -2n], bigs: [1n], flag: false, flags: new Uint8Array([0, 1]), other: 7n },
    },
    {
      ...{ blob: bytes(values.subarray(2)), part: bytes(values.subarray(2, 3)), list: list(-3, 4) },
      ...{ ints: [300n, 4n], bigs: [2n ** 62n], flag: true, flags: new Uint8Array([1, 1]), other: 8n },
    },
  ]);
});

test("validity: what is not valid is not written, and stays what it was", async () => {
  const keys = freshKeys(10);
  const column = (values: number[], bits: number[]) => ({
    values: Int32Array.from(values),
    valid: new Uint8Array(bits),
  });
  await server.client.batchWriteColumns(keys, { n: Int32Array.from(range(10)), other: Int32Array.from(range(10)) });
  const rows = await server.client.batchWriteColumns(keys, {
    n: column(range(10).map((i) => i + 100), [0b00000101, 0b10]),
    m: { values: ["a", null, ...new Array(8).fill("z")], valid: new Uint8Array([0b11, 0]) },
  });
  rows.throwIfFailed();
  const bins = (await server.client.batchRead(keys)).toArray().map((row) => ({ ...row.record?.bins }));
  assertEquals(bins.map(({ n }) => n), [100, 1, 102, 3, 4, 5, 6, 7, 8, 109]);
  assertEquals(bins.map(({ m }) => m), ["a", ...new Array(9).fill(undefined)]);
  assertEquals(bins.map(({ other }) => other), range(10));
});

test("a row without a valid cell writes nothing, and tells whether there is a record", async () => {
  const [there, missing, wrote] = freshKeys(3) as [Key, Key, Key];
  await server.client.put(there, { a: 1 }, { ttl: 5000 });
  const rows = await server.client.batchWriteColumns([there, missing, wrote], { s: [null, undefined, "x"] });
  assertEquals(rows.toArray().map((row) => row.status), ["ok", "not-found", "ok"]);
  assertEquals(rows.toArray().map((row) => row.record), [null, null, null]);
  assertStrictEquals(rows.at(0)?.key, there);
  assertStrictEquals((await server.client.get(there))?.generation, 1);
  assertStrictEquals(await server.client.exists(missing), false);
  const none = await server.client.batchWriteColumns([there, missing], { s: [null, null] });
  assertEquals(none.toArray().map((row) => row.status), ["ok", "not-found"]);
});

test("policies: ttl, create-only, durable rows in order; a row fails alone", async () => {
  const keys = freshKeys(3);
  await server.client.put(keys[1] as Key, { a: 0 });
  const rows = await server.client.batchWriteColumns(keys, { a: new Uint8Array([1, 2, 3]) }, {
    ttl: 4000,
    recordExists: "create-only",
  });
  assertEquals(rows.toArray().map((row) => row.code), [0, 5, 0]);
  assertEquals([rows.foundCount, rows.failedCount], [2, 1]);
  const ttl = (await server.client.get(keys[2] as Key))?.ttl;
  assert(typeof ttl === "number" && ttl > 3900 && ttl <= 4000, `${ttl}`);
  const twice = [keys[0] as Key, keys[0] as Key];
  (await server.client.batchWriteColumns(twice, { a: new Uint8Array([8, 9]) })).throwIfFailed();
  assertStrictEquals((await server.client.get(keys[0] as Key))?.bins["a"], 9);
});

test("what was read goes back as it was", async () => {
  const keys = freshKeys(20);
  const rows = keys.flatMap((key, i) =>
    i % 4 === 3 ? [] : [{
      key,
      bins: {
        i,
        ...(i % 3 === 0 ? {} : { f: i / 2 }),
        s: `text ${i}`,
        blob: new Uint8Array([i]),
        flag: i % 2 === 0,
        e: [i, i + 1],
        r: range(i % 5),
      },
    }]
  );
  (await server.client.batchWrite(rows)).throwIfFailed();
  const schema = {
    big: { type: "i64", bin: "i" },
    f: { type: "f64", fill: -1 },
    s: "string",
    blob: "blob",
    flag: "bool",
    e: ["f32", 2],
    r: ["i16", "ragged"],
  } as const satisfies ColumnsSchema;
  const read = await server.client.batchReadColumns(keys, schema);
  const copies = freshKeys(20);
  const outcome = await server.client.batchWriteColumns(copies, read);
  assertEquals([outcome.foundCount, outcome.failedCount], [15, 0]);
  const again = await server.client.batchReadColumns(copies, schema);
  for (const name of Object.keys(schema) as (keyof typeof schema)[]) {
    assertEquals(again.columns[name] as unknown, read.columns[name] as unknown, name);
    assertEquals(again.valid[name], read.valid[name], name);
  }
  assertEquals([...again.codes], [...read.codes]);
  // Column by column it is the same, where the bitmaps go along.
  const third = freshKeys(20);
  await server.client.batchWriteColumns(third, {
    ...{ s: read.columns.s, blob: read.columns.blob, r: read.columns.r },
    f: { values: read.columns.f, valid: read.valid.f },
  });
  const last = await server.client.batchReadColumns(third, {
    s: "string",
    f: { type: "f64", fill: -1 },
    r: ["i16", "ragged"],
  });
  assertEquals(last.columns.s.toArray(), read.columns.s.toArray());
  assertEquals([...last.columns.f], [...read.columns.f]);
  assertEquals(last.columns.r, read.columns.r);
});

test("no keys: no rows, but what is wrong is wrong", async () => {
  const before = server.emulator?.stats().batches;
  const rows = await server.client.batchWriteColumns([], {
    a: new Uint8Array(0),
    s: [],
    e: { values: new Float32Array(0), width: 3 },
  });
  assertStrictEquals(rows.length, 0);
  assertStrictEquals(server.emulator?.stats().batches, before);
  await assertRejects(() => server.client.batchWriteColumns([], {}), InvalidArgumentError, "columns is empty");
});

test("what is wrong with columns, keys and options says where, and nothing is sent", async () => {
  const key = freshKeys(1)[0] as Key;
  const inside = await server.client.batchReadColumns([key], { m: { type: "u8", path: ["x"] } });
  const twice = await server.client.batchReadColumns([key], {
    a: { type: "u8", bin: "x" },
    b: { type: "u8", bin: "x" },
  });
  const write = (columns: unknown, options?: unknown, keys: unknown = [key]) => () =>
    server.client.batchWriteColumns(keys as Key[], columns as ColumnInputs, options as never);
  const values = (fields: object) => write({ a: { values: new Float32Array(2), width: 2, ...fields } });
  const bad: readonly [() => Promise<unknown>, string][] = [
    [write(null), "columns"],
    [write([]), "columns"],
    [write({}), "columns is empty"],
    [write({ a: 5 }), "columns.a"],
    [write({ a: null }), "columns.a"],
    [write({ a: new Uint8Array(2) }), "columns.a has 2 elements: the keys ask for 1"],
    [write({ a: [] }), "columns.a has 0 elements"],
    [write({ a: new Uint8ClampedArray(1) }), "columns.a is a Uint8ClampedArray"],
    [write({ a: new BigUint64Array(1) }), "columns.a is a BigUint64Array"],
    [write({ a: new DataView(new ArrayBuffer(1)) }), "columns.a"],
    [write({ a: [new Date()] }), "columns.a[0]"],
    [write({ a: [[{ x: [Symbol("s")] }]] }), "columns.a[0][0].x[0]"],
    [write({ a23456789012345x: [1] }), "columns.a23456789012345x"],
    [write({ "": [1] }), 'columns[""]'],
    [write({ a: { values: [1], bin: "a23456789012345x" } }), "columns.a"],
    [write({ a: { values: [1], bin: 5 } }), "columns.a"],
    [write({ a: { values: 5 } }), "columns.a.values"],
    [write({ a: { values: [1], nope: 1 } }), "columns.a.nope"],
    [write({ a: { values: [1], width: 1 } }), "columns.a.width"],
    [write({ a: { values: [1], as: "list" } }), "columns.a.as"],
    [write({ a: { values: new Float32Array(1), as: "list" } }), "columns.a.as"],
    [write({ a: { values: new Float32Array(1), as: "bool" } }), "columns.a.as"],
    [values({ width: 3 }), "columns.a has 2 elements: the keys ask for 3"],
    [values({ width: 0 }), "columns.a.width"],
    [values({ width: 1.5 }), "columns.a.width"],
    [values({ as: "blobs" }), "columns.a.as"],
    [values({ bin: null }), "null: a bin name is a string"],
    [values({ valid: [1] }), "columns.a.valid"],
    [values({ valid: new Uint8Array(0) }), "columns.a.valid has 0 bytes"],
    [write({ a: [1], b: { values: [2], bin: "a" } }), "columns.b and columns.a both write"],
    [write(inside), "columns.columns.m"],
    [write(twice), "both write"],
    [write({ a: [1] }, { nope: 1 }), "options.nope"],
    [write({ a: [1] }, undefined, ["x"]), "keys[0]"],
    [write({ a: [1] }, undefined, null), "keys"],
  ];
  const before = server.emulator?.stats();
  for (const [call, words] of bad) await assertRejects(call, InvalidArgumentError, words);
  assertEquals(server.emulator?.stats().batches, before?.batches);
  assertStrictEquals(await server.client.exists(key), false);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", async () => {
  await exact.close();
  await server.close();
});
