/**
 * What the cells of columns hold.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import {
  type BinInput,
  type CellErrorReason,
  type Columns,
  type ColumnsSchema,
  connect,
  Double,
  doubles,
  type NumberType,
  Unparsed,
  vector,
} from "../mod.ts";
import { type Cell, expectedCell } from "./support/cells.ts";
import { RandomValues } from "./support/random.ts";
import { freshSet, startServer } from "./support/server.ts";
import { LONG, NUMBER_TYPES, PATHS, range, Stored } from "./support/stored.ts";
import { until } from "./support/wait.ts";

const set = freshSet();
const server = await startServer();
await until("the direct path is ready", async () => (await server.client.stats()).direct.ready);
const store = new Stored(server.client, set);

/** What a column of `type` makes of each value: the element, null where nothing is there, or the reason. */
async function cells(type: NumberType, values: readonly (BinInput | Unparsed | undefined)[]): Promise<unknown[]> {
  const keys = await store.values(values);
  const seen: unknown[][] = [];
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, { v: type }, { readPath });
    const reasons = new Map(columns.errors.map(({ row, reason }) => [row, reason]));
    assertStrictEquals(columns.errorCount, reasons.size);
    const data = columns.columns.v;
    assertStrictEquals(data.length, values.length);
    seen.push(range(values.length).map((i) => columns.isValid("v", i) ? data[i] : reasons.get(i) ?? null));
    // What is not valid is 0 or NaN, whatever was tried before.
    for (const i of range(values.length)) {
      if (!columns.isValid("v", i)) {
        assertEquals(data[i], type === "i64" ? 0n : type.startsWith("f") ? NaN : 0, `${type}, row ${i}`);
      }
    }
  }
  assertEquals(seen[0], seen[1], `${type}: both paths`);
  return seen[0] as unknown[];
}

test("floats: from doubles and integers, rounded; NaN, infinities and -0 pass; what overflows is out of range", async () => {
  const max32 = 3.4028234663852886e38;
  const values = [
    ...[0.1, new Double(3), 7, -(2n ** 63n), NaN, Infinity, -Infinity, new Double(-0)],
    ...[1e300, -1e300, 1e-300, max32, 3.5e38, 65504, 65520, 65519, 2 ** 24 + 1, undefined, "1", true],
  ];
  const wrong = ["wrong-type", "wrong-type"];
  const all = await cells("f64", values);
  assertEquals(all, [
    ...[0.1, 3, 7, -(2 ** 63), NaN, Infinity, -Infinity, -0],
    ...[1e300, -1e300, 1e-300, max32, 3.5e38, 65504, 65520, 65519, 2 ** 24 + 1, null, ...wrong],
  ]);
  assert(Object.is(all[7], -0));
  const out = "out-of-range";
  assertEquals(await cells("f32", values), [
    ...[Math.fround(0.1), 3, 7, -(2 ** 63), NaN, Infinity, -Infinity, -0],
    ...[out, out, 0, max32, out, 65504, 65520, 65519, 2 ** 24, null, ...wrong],
  ]);
  assertEquals(await cells("f16", values), [
    ...[0.0999755859375, 3, 7, out, NaN, Infinity, -Infinity, -0],
    ...[out, out, 0, out, out, 65504, out, 65504, out, null, ...wrong],
  ]);
});

test("integers of every width: the edges pass, what is beyond them, negative or fractional does not", async () => {
  const widths: readonly [NumberType, bigint, bigint][] = [
    ["i64", -(2n ** 63n), 2n ** 63n - 1n],
    ["i32", -(2n ** 31n), 2n ** 31n - 1n],
    ["u32", 0n, 2n ** 32n - 1n],
    ["i16", -(2n ** 15n), 2n ** 15n - 1n],
    ["u16", 0n, 2n ** 16n - 1n],
    ["i8", -128n, 127n],
    ["u8", 0n, 255n],
  ];
  for (const [type, min, max] of widths) {
    const own = (value: bigint) => type === "i64" ? value : Number(value);
    assertEquals(await cells(type, [min, max, 0, 1]), [own(min), own(max), own(0n), own(1n)], type);
    if (type !== "i64") assertEquals(await cells(type, [min - 1n, max + 1n]), ["out-of-range", "out-of-range"], type);
    assertEquals(
      await cells(type, [new Double(2), new Double(-0), 0.5, NaN, Infinity, 1e300, new Double(2 ** 63), true, "1"]),
      [
        ...[own(2n), own(0n), "not-integral", "not-integral", "out-of-range", "out-of-range", "out-of-range"],
        ...["wrong-type", "wrong-type"],
      ],
      type,
    );
    assertEquals(await cells(type, [undefined, [1], { a: 1 }, new Uint8Array(1)]), [
      null,
      ...["wrong-type", "wrong-type", "wrong-type"],
    ]);
  }
});

test("booleans: from booleans and from the integers 0 and 1", async () => {
  assertEquals(await cells("bool", [true, false, 0, 1, 2, -1, new Double(1), "true", undefined]), [
    ...[1, 0, 0, 1, "out-of-range", "out-of-range", "wrong-type", "wrong-type", null],
  ]);
});

test("strings and blobs: empty ones are there, missing ones are null", async () => {
  const texts = ["", "plain", "ü漢🦊", "\ufeffbom", "a\0b", undefined, 5, new Uint8Array([65])];
  const keys = await store.values(texts);
  for (const readPath of PATHS) {
    const { columns: { s, b }, errors, valid } = await server.client.batchReadColumns(keys, {
      s: { type: "string", bin: "v" },
      b: { type: "blob", bin: "v" },
    }, { readPath });
    const expected = ["", "plain", "ü漢🦊", "\ufeffbom", "a\0b", null, null, null];
    assertEquals(s.toArray(), expected);
    assertEquals([...s], expected);
    assertEquals(range(8).map((i) => s.at(i)), expected);
    assertEquals([s.at(-3), s.at(8), s.at(-9)], [null, undefined, undefined]);
    assertEquals(range(8).map((i) => s.isValid(i)), expected.map((text) => text !== null));
    assertEquals(valid.s, new Uint8Array([0b11111]));
    assertEquals(b.toArray().map((blob) => blob && [...blob]), [...new Array(7).fill(null), [65]]);
    assertStrictEquals(b.at(7)?.buffer, b.bytes.buffer, "a view");
    assertEquals([...b].length, 8);
    assertEquals(errors.map(({ row, column }) => `${row}${column}`), [
      ...["0b", "1b", "2b", "3b", "4b", "6s", "6b", "7s"],
    ]);
  }
});

test("strings: where all are ASCII they are cut from one text", async () => {
  const texts = range(50).map((i) => i % 7 === 3 ? undefined : "x".repeat(i % 5) + i);
  const { columns: { v } } = await server.client.batchReadColumns(await store.values(texts), { v: "string" });
  assertEquals(v.toArray(), texts.map((text) => text ?? null));
});

test("a string that is no UTF-8 spoils its cell", async () => {
  const keys = await store.values(["good", new Unparsed(3, new Uint8Array([0xff, 0xfe])), { in: "map" }]);
  const columns = await server.client.batchReadColumns(keys, { v: "string" }, { readPath: "direct" });
  assertEquals(columns.columns.v.toArray(), ["good", null, null]);
  assertEquals(columns.errors, [
    { row: 1, column: "v", reason: "not-utf8" },
    { row: 2, column: "v", reason: "wrong-type" },
  ]);
});

test("vectors: from blobs and lists, of the right length; short and long ones are marked, with nothing left in the cell", async () => {
  const blob = vector(new Float32Array([1, -2.5, 3]));
  const keys = await store.values([
    blob,
    [1, 2.5, 3n],
    doubles([4, 5, 6]),
    blob.subarray(0, 11),
    new Uint8Array([...blob, 0]),
    [1, 2],
    [1, 2, 3, 4],
    [1, "2", 3],
    [1, null, 3],
    [1, 2, 1e300],
    "text",
    undefined,
    new Uint8Array(0),
    [],
    [1, [2], 3],
    new Unparsed(20, new Uint8Array([0x94, 0xc7, 0, 1, 7, 9, 0xca, 0x3f, 0x80, 0, 0])),
  ]);
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, { v: ["f32", 3] }, { readPath });
    const { v } = columns.columns;
    assertInstanceOf(v, Float32Array);
    assertStrictEquals(v.length, keys.length * 3);
    const nan = [NaN, NaN, NaN];
    assertEquals([...v.subarray(0, 9)], [1, -2.5, 3, 1, 2.5, 3, 4, 5, 6]);
    for (const row of range(12)) assertEquals([...v.subarray(9 + row * 3, 12 + row * 3)], nan, `row ${row + 3}`);
    assertEquals([...v.subarray(45)], [7, 9, 1], "an ordered list's marker is no element; single floats are numbers");
    assertEquals(columns.errors.map(({ row, reason }) => [row, reason]), [
      [3, "short"],
      [4, "long"],
      [5, "short"],
      [6, "long"],
      [7, "wrong-type"],
      [8, "wrong-type"],
      [9, "out-of-range"],
      [10, "wrong-type"],
      [12, "short"],
      [13, "short"],
      [14, "wrong-type"],
    ]);
  }
});

test("vectors of every type from blobs and lists, also of one element", async () => {
  for (const type of NUMBER_TYPES) {
    const list = type === "bool" ? [true, false, 1] : [1, 0, 3];
    const elements = type === "i64" ? [1n, 0n, 3n] : type === "bool" ? [1, 0, 1] : [1, 0, 3];
    const { constructor } = (await server.client.batchReadColumns([], { v: type })).columns.v;
    const array = new (constructor as unknown as new (values: unknown[]) => Float64Array)(elements);
    const blob = new Uint8Array(array.buffer);
    const keys = await store.values([blob, list, blob.subarray(0, array.BYTES_PER_ELEMENT), [1]]);
    for (const readPath of PATHS) {
      const columns = await server.client.batchReadColumns(keys, {
        three: { type: [type, 3], bin: "v" },
        one: { type: [type, 1], bin: "v" },
        any: { type: [type, "ragged"], bin: "v" },
      }, { readPath });
      const { three, one, any } = columns.columns;
      assertInstanceOf(three, constructor as new () => Float64Array, type);
      assertEquals([...three.subarray(0, 6)], [...elements, ...elements] as number[], type);
      assertEquals([...one.subarray(2)], [elements[0], elements[0]] as number[], type);
      assertEquals([...any.offsets], [0, 3, 6, 7, 8]);
      assertEquals([...any.values], [...elements, ...elements, elements[0], elements[0]] as number[], type);
      assertEquals([columns.valid.three[0], columns.valid.one[0], columns.valid.any[0]], [0b11, 0b1100, 0b1111]);
      assertEquals(columns.errors.map(({ reason }) => reason), ["long", "long", "short", "short"]);
    }
  }
  const columns = await server.client.batchReadColumns(
    await store.values([new Uint8Array([0, 1]), new Uint8Array([0, 2])]),
    {
      v: ["bool", 2],
    },
  );
  assertEquals([...columns.columns.v], [0, 1, 0, 0]);
  assertEquals(columns.errors, [{ row: 1, column: "v", reason: "out-of-range" }]);
});

test("ragged vectors: any length, also none; a part of an element is marked", async () => {
  const keys = await store.values([
    [1, 2],
    [],
    undefined,
    new Uint8Array([5, 0, 6, 0, 7, 0]),
    new Uint8Array(3),
    [1, 70_000],
    [9],
  ]);
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, { v: ["u16", "ragged"] }, { readPath });
    const { v } = columns.columns;
    assertEquals([...v.offsets], [0, 2, 2, 2, 5, 5, 5, 6]);
    assertEquals([...v.values], [1, 2, 5, 6, 7, 9]);
    assertEquals(v.toArray().map((vector) => [...vector]), [[1, 2], [], [], [5, 6, 7], [], [], [9]]);
    assertEquals([...v].length, 7);
    assertEquals(range(7).map((i) => v.isValid(i)), [true, true, false, true, false, false, true]);
    assertStrictEquals(v.at(3)?.buffer, v.values.buffer, "a view");
    assertEquals([...(v.at(-1) ?? [])], [9]);
    assertEquals([v.at(7), v.at(-8), v.isValid(7), v.isValid(-1)], [undefined, undefined, false, false]);
    assertEquals(columns.errors.map(({ row, reason }) => [row, reason]), [[4, "partial"], [5, "out-of-range"]]);
  }
});

test("paths lead into maps; what is not there is missing, through something else is the wrong type", async () => {
  const keys = await store.values([
    { stats: { ctr: 0.5, n: 3, tags: ["a"], v: [1, 2] }, "a.b": 7 },
    { stats: {} },
    { stats: null },
    { stats: 5 },
    {},
    5,
    undefined,
    new Map<number | string, BinInput>([[1, "number"], [
      "stats",
      new Map<number | string, BinInput>([["ctr", 0.25], [2, 2]]),
    ]]),
    new Map<number | string, BinInput>(),
  ]);
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, {
      ctr: { type: "f64", bin: "v", path: ["stats", "ctr"], fill: -1 },
      n: { type: "u8", bin: "v", path: ["stats", "n"] },
      dot: { type: "i32", bin: "v", path: ["a.b"] },
      none: { type: "i32", bin: "v", path: ["a", "b"] },
      v: { type: ["f32", 2], path: ["stats", "v"] },
      whole: { type: "f64", bin: "v", path: ["stats"] },
    }, { readPath });
    assertEquals([...columns.columns.ctr], [0.5, -1, -1, -1, -1, -1, -1, 0.25, -1]);
    assertEquals(columns.valid.ctr, new Uint8Array([0b10000001, 0]));
    assertEquals([...columns.columns.n], [3, 0, 0, 0, 0, 0, 0, 0, 0]);
    assertEquals([...columns.columns.dot], [7, 0, 0, 0, 0, 0, 0, 0, 0]);
    assertEquals(columns.valid.none, new Uint8Array(2));
    assertEquals([...columns.columns.v.subarray(0, 2)], [1, 2]);
    const through = columns.errors.filter(({ column }) => column === "ctr").map(({ row, reason }) => [row, reason]);
    assertEquals(through, [[3, "wrong-type"], [5, "wrong-type"]]);
    const whole = columns.errors.filter(({ column }) => column === "whole").map(({ row }) => row);
    assertEquals(whole, [0, 1, 5, 7], "a map is no number; a nil is nothing");
  }
});

test("fill stands in cells that are missing or bad, in every element of a vector, and leaves them invalid", async () => {
  const keys = [...await store.values([1, undefined, "bad", 2]), ...store.freshKeys(1)];
  const columns = await server.client.batchReadColumns(keys, {
    f64: { type: "f64", bin: "v", fill: Infinity },
    f32: { type: "f32", bin: "v", fill: 0.1 },
    f16: { type: "f16", bin: "v", fill: 0.5 },
    i64: { type: "i64", bin: "v", fill: -(2n ** 63n) },
    number: { type: "i64", bin: "v", fill: -7 },
    i8: { type: "i8", bin: "v", fill: -128 },
    u32: { type: "u32", bin: "v", fill: 0xffff_ffff },
    bool: { type: "bool", bin: "v", fill: true },
    vec: { type: ["i16", 2], bin: "v", fill: -3 },
    nan: { type: "f32", bin: "v", fill: NaN },
  });
  const { columns: all, valid } = columns;
  assertEquals([...all.f64], [1, Infinity, Infinity, 2, Infinity]);
  assertEquals([...all.f32], [1, Math.fround(0.1), Math.fround(0.1), 2, Math.fround(0.1)]);
  assertEquals([...all.f16], [1, 0.5, 0.5, 2, 0.5]);
  assertEquals([...all.i64], [1n, -(2n ** 63n), -(2n ** 63n), 2n, -(2n ** 63n)]);
  assertEquals([...all.number], [1n, -7n, -7n, 2n, -7n]);
  assertEquals([...all.i8], [1, -128, -128, 2, -128]);
  assertEquals([...all.u32], [1, 0xffff_ffff, 0xffff_ffff, 2, 0xffff_ffff]);
  assertEquals([...all.bool], [1, 1, 1, 1, 1]);
  assertEquals([...all.vec], new Array(10).fill(-3));
  assertEquals([...all.nan], [1, NaN, NaN, 2, NaN]);
  assertEquals(valid.f32, new Uint8Array([0b1001]));
  assertEquals(valid.bool, new Uint8Array([0b1]));
});

/** Every element type, alone, as a vector and ragged, of the bins a, v and of what is inside m. */
function everything(): ColumnsSchema {
  const schema: Record<string, ColumnsSchema[string]> = {
    s: { type: "string", bin: "a" },
    b: { type: "blob", bin: "a" },
    ms: { type: "string", bin: "m", path: ["y", "z"] },
    mb: { type: "blob", bin: "m", path: ["x"] },
  };
  for (const type of NUMBER_TYPES) {
    schema[`a_${type}`] = { type, bin: "a" };
    schema[`v_${type}`] = { type: [type, 3], bin: "v" };
    schema[`r_${type}`] = { type: [type, "ragged"], bin: "v" };
    schema[`x_${type}`] = { type, bin: "m", path: ["x"] };
    schema[`z_${type}`] = { type: [type, 2], bin: "m", path: ["y", "z"] };
  }
  return schema;
}

/** A column's cell, in the form of `expectedCell`. */
function seenCell(columns: Columns, reasons: ReadonlyMap<string, CellErrorReason>, name: string, row: number): Cell {
  const { type, width } = columns.schema[name] as Columns["schema"][string];
  if (!columns.isValid(name, row)) {
    const reason = reasons.get(`${row}/${name}`);
    return reason === undefined ? { kind: "missing" } : { kind: "bad", reason };
  }
  const data = columns.columns[name] as unknown as { at(row: number): unknown } & Float64Array;
  if (type === "string" || type === "blob") return { kind: "valid", value: data.at(row) };
  if (width === "ragged") return { kind: "valid", value: [...data.at(row) as Iterable<unknown>] };
  if (width === null) return { kind: "valid", value: data[row] };
  return { kind: "valid", value: [...data.subarray(row * width, row * width + width)] };
}

test("generated values: every column holds what batchRead's values become, on both paths", async () => {
  const random = new RandomValues(4_711);
  const keys = store.freshKeys(300);
  const short = () =>
    range(random.below(5)).map(() =>
      random.below(4) === 0 ? random.value(1, true) : [random.integer(), random.double()][random.below(2)]
    );
  const vectorValue = () => [short(), random.bytes(26), [1, 0, 1], random.value(1)][random.below(4)] as BinInput;
  const rows = keys.map((key) => ({
    key,
    bins: {
      i: 1,
      a: random.value(1),
      v: vectorValue(),
      m: random.below(6) === 0
        ? random.value(2)
        : { x: random.value(1, true), y: { z: [random.value(1), vectorValue()][random.below(2)] } },
    },
  })).filter(() => random.below(8) > 0);
  (await server.client.batchWrite(rows as never, LONG)).throwIfFailed();
  const schema = everything();
  await using exact = await connect({ hosts: server.hosts, integers: "bigint", doubles: "wrapped" });
  const records = (await exact.batchRead(keys, LONG)).toArray();
  let valid = 0;
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, schema, { ...LONG, readPath });
    const reasons = new Map(columns.errors.map(({ row, column, reason }) => [`${row}/${column}`, reason]));
    for (const [row, { record, code }] of records.entries()) {
      assertStrictEquals(columns.codes[row], code);
      assertStrictEquals(columns.generations[row], record?.generation ?? 0);
      for (const [name, layout] of Object.entries(columns.schema)) {
        const expected = expectedCell(record?.bins[layout.bin], layout);
        const seen = seenCell(columns as Columns, reasons, name, row);
        assertEquals(seen, expected, `row ${row}, column ${name}, ${readPath}`);
        if (seen.kind === "valid") valid++;
      }
    }
  }
  assert(valid > 3_000, `${valid} valid cells show something`);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => server.close());
