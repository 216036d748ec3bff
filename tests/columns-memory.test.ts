/**
 * The memory of columns: who shares it, how long it lives, and who takes it over.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as arrow from "apache-arrow";
import { Tensor } from "onnxruntime-common";
import { toArrowTable } from "../arrow/mod.ts";
import { type BlobColumn, Columns, InvalidArgumentError, Key, RaggedColumn, StringColumn } from "../mod.ts";
import { garbageCollector, memoryInUse } from "./support/garbage.ts";
import { leftOut } from "./support/left-out.ts";
import { isBun, run } from "./support/runtime.ts";
import { freshSet, startServer } from "./support/server.ts";
import process from "node:process";

const set = freshSet();
const server = await startServer();
const LONG = { totalTimeout: 30_000 };
const range = (length: number) => Array.from({ length }, (_, i) => i);

const keys = range(400).map((i) => new Key("test", set, i));
const SCHEMA = {
  n: "f64",
  e: ["f32", 32],
  s: "string",
  b: "blob",
  r: ["u8", "ragged"],
  i: { type: "i64", bin: "n" },
} as const;

(await server.client.batchWriteColumns(keys, {
  n: Int32Array.from(range(400)),
  e: { values: Float32Array.from(range(400 * 32)), width: 32 },
  s: range(400).map((i) => i % 9 === 4 ? null : `text ${i}`),
  b: range(400).map((i) => new Uint8Array(i % 50).fill(i)),
  r: range(400).map((i) => range(i % 7)),
}, LONG)).throwIfFailed();

/** Whether columns of rows from `first` on hold what was written. */
function check(columns: Columns<typeof SCHEMA>, first: number): void {
  const { n, e, s, b, r, i } = columns.columns;
  for (let row = 0; row < columns.length; row += 3) {
    const at = first + row;
    assertStrictEquals(n[row], at);
    assertStrictEquals(i[row], BigInt(at));
    assertStrictEquals(e[row * 32 + 31], at * 32 + 31);
    assertStrictEquals(s.at(row), at % 9 === 4 ? null : `text ${at}`);
    assertEquals(b.at(row), new Uint8Array(at % 50).fill(at));
    assertEquals([...(r.at(row) ?? [])], range(at % 7));
  }
}

test("views survive garbage collection while they are read, also those of small replies", async () => {
  const collect = garbageCollector();
  if (collect === undefined) return leftOut("garbage collection on demand", "--expose-gc");
  for (let round = 0; round < 6; round++) {
    // Of one row the reply is inline, of 400 it is held.
    const reads = [0, 5, 7].map(async (first) => {
      const count = first === 5 ? 1 : 400 - first;
      const columns = await server.client.batchReadColumns(keys.slice(first, first + count), SCHEMA, LONG);
      return { first, columns };
    });
    collect();
    const all = await Promise.all(reads);
    // What comes afterwards must not write over what is there.
    const others = range(20).map((at) => server.client.batchReadColumns(keys.slice(at * 7, at * 7 + 2), SCHEMA, LONG));
    collect();
    for (const { first, columns } of all) check(columns, first);
    await Promise.all(others);
    collect();
    for (const { first, columns } of all) check(columns, first);
  }
});

test("one view keeps its batch, and nothing of the others", async () => {
  const before = await memoryInUse();
  let kept: Float32Array | undefined;
  for (let round = 0; round < 300; round++) {
    const columns = await server.client.batchReadColumns(keys, SCHEMA, LONG);
    kept = columns.columns.e;
  }
  assertStrictEquals(kept?.[33], 33);
  const grown = await memoryInUse() - before;
  assertLess(grown, 12e6, `${Math.round(grown / 1e6)} MB are kept of 300 batches of 80 kB`);
});

test("all columns of a batch are aligned views of one buffer, which is the transfer list", async () => {
  const columns = await server.client.batchReadColumns(keys.slice(0, 7), SCHEMA);
  const { n, e, s, b, r, i } = columns.columns;
  const [buffer, ...more] = columns.transferList;
  assertEquals(more, []);
  for (const view of [n, e, i, s.offsets, s.bytes, b.bytes, r.values, r.offsets, columns.codes, columns.ttls]) {
    assertStrictEquals(view.buffer, buffer);
    assertStrictEquals(view.byteOffset % 8, 0);
  }
  for (const name of Object.keys(SCHEMA) as (keyof typeof SCHEMA)[]) {
    assertStrictEquals(columns.valid[name].buffer, buffer);
  }
});

test("structuredClone with the transfer list: the other side has it all, this one nothing", async () => {
  const asked = [...keys.slice(0, 5), new Key("nowhere", set, 1)];
  const columns = await server.client.batchReadColumns(asked, { ...SCHEMA, bad: { type: "u8", bin: "s" } });
  assertStrictEquals(columns.errorCount, 4);
  const { errors } = columns;
  const message = columns.error(5)?.message;
  const clone = structuredClone(columns, { transfer: columns.transferList });
  assertStrictEquals(columns.columns.n.length, 0, "the memory has left");
  const revived = Columns.from<typeof SCHEMA>(clone);
  assertInstanceOf(revived, Columns);
  assertInstanceOf(revived.columns.s, StringColumn);
  assertInstanceOf(revived.columns.r, RaggedColumn);
  assertEquals([...revived.columns.n], [0, 1, 2, 3, 4, NaN]);
  assertEquals(revived.columns.s.toArray(), ["text 0", "text 1", "text 2", "text 3", null, null]);
  assertEquals([...(revived.columns.b as BlobColumn)].map((blob) => blob?.length), [0, 1, 2, 3, 4, undefined]);
  assertEquals(revived.errors, errors);
  assertStrictEquals(revived.error(5)?.message, message);
  assertEquals([revived.length, revived.foundCount, revived.failedCount], [6, 5, 1]);
  assertEquals(range(6).map((row) => revived.isValid("n", row)), [true, true, true, true, true, false]);
  // Without the list it is copied.
  const copy = Columns.from<typeof SCHEMA>(structuredClone(revived));
  assertStrictEquals(revived.columns.n.length, 6);
  assertEquals(copy.columns.e, revived.columns.e);
  const parts = [{ columns: {} }, { columns: null }, { valid: null }, { schema: null }, { schema: { n: null } }];
  for (const wrong of [null, 5, {}, [], { codes: [] }, ...parts.map((part) => ({ ...clone, ...part }))]) {
    assertThrows(() => Columns.from(wrong), InvalidArgumentError, "message");
  }
});

test("a Worker is handed columns without a copy, and hands them back", async () => {
  const asked = [keys[0] as Key, keys[1] as Key, new Key("nowhere", set, 1)];
  const schema = { n: "f64", s: "string", r: ["u8", "ragged"], bad: { type: "u8", bin: "s" } } as const;
  const columns = await server.client.batchReadColumns(asked, schema);
  const failure = columns.error(2)?.message;
  const worker = new Worker(new URL("./scripts/columns-worker.ts", import.meta.url), { type: "module" });
  try {
    const answer = await new Promise<{ seen: Record<string, unknown>; columns: unknown }>((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (data === "ready") worker.postMessage(columns, columns.transferList);
        else resolve(data);
      };
    });
    assertEquals(answer.seen, {
      texts: ["text 0", "text 1", null],
      vectors: [[], [0], []],
      errors: [{ row: 0, column: "bad", reason: "wrong-type" }, { row: 1, column: "bad", reason: "wrong-type" }],
      valid: [true, true, false],
      failure,
    });
    assertStrictEquals(columns.columns.n.length, 0);
    const back = Columns.from<typeof schema>(answer.columns);
    assertEquals([...back.columns.n], [0, 2, NaN]);
    assertEquals(back.columns.s.toArray(), ["text 0", "text 1", null]);
  } finally {
    worker.terminate();
  }
});

test("columns go into onnxruntime's tensors without a copy", async () => {
  const { columns } = await server.client.batchReadColumns(keys.slice(0, 6), {
    ...SCHEMA,
    h: { type: "f16", bin: "n" },
  });
  const embeddings = new Tensor("float32", columns.e, [6, 32]);
  assertStrictEquals(embeddings.data, columns.e, "the same array");
  assertStrictEquals((embeddings.data as Float32Array).buffer, columns.e.buffer, "the same memory");
  assertEquals(embeddings.dims, [6, 32]);
  assertStrictEquals(new Tensor("int64", columns.i, [6]).data as unknown, columns.i);
  assertStrictEquals(new Tensor("float64", columns.n, [6, 1]).data, columns.n);
  assertStrictEquals(
    (new Tensor("float16", columns.h as never, [6]).data as unknown as Float16Array).buffer,
    columns.h.buffer,
  );
});

test("an Arrow table of every type shares the memory of the columns", async () => {
  const own = range(9).map((i) => new Key("test", set, `arrow-${i}`));
  const schema = {
    f64: { type: "f64", bin: "n" },
    f32: { type: "f32", bin: "n" },
    f16: { type: "f16", bin: "n" },
    i64: { type: "i64", bin: "n" },
    i32: { type: "i32", bin: "n" },
    u32: { type: "u32", bin: "n" },
    i16: { type: "i16", bin: "n" },
    u16: { type: "u16", bin: "n" },
    i8: { type: "i8", bin: "n" },
    u8: { type: "u8", bin: "n" },
    bool: { type: "bool", bin: "n" },
    s: "string",
    b: "blob",
    e: ["f32", 2],
    flags: { type: ["bool", 2], bin: "f" },
    r: ["i32", "ragged"],
  } as const;
  await server.client.batchWriteColumns(own, {
    n: range(9).map((i) => i === 3 ? null : i % 2),
    s: range(9).map((i) => i === 4 ? null : `ü${i}`),
    b: range(9).map((i) => i === 5 ? null : new Uint8Array([i])),
    e: range(9).map((i) => i === 6 ? null : [i, i + 0.5]),
    f: range(9).map((i) => i === 7 ? null : [true, i % 2]),
    r: range(9).map((i) => i === 8 ? null : range(i)),
  });
  const columns = await server.client.batchReadColumns(own, schema);
  const table = toArrowTable(columns);
  assertInstanceOf(table, arrow.Table);
  assertEquals([table.numRows, table.numCols], [9, 16]);
  const child = (name: string) => table.getChild(name) as arrow.Vector;
  const values = (name: string) => range(9).map((row) => child(name).get(row) as unknown);
  const numbers = range(9).map((i) => i === 3 ? null : i % 2);
  for (const name of ["f64", "f32", "f16", "i32", "u32", "i16", "u16", "i8", "u8"]) {
    assertEquals(values(name), numbers, name);
    assertStrictEquals(child(name).nullCount, 1);
  }
  assertEquals(values("i64"), numbers.map((value) => value === null ? null : BigInt(value)));
  assertEquals(values("bool"), numbers.map((value) => value === null ? null : value === 1));
  assertEquals(values("s"), range(9).map((i) => i === 4 ? null : `ü${i}`));
  assertEquals(values("b"), range(9).map((i) => i === 5 ? null : new Uint8Array([i])));
  const lists = (name: string) => (values(name) as (Iterable<unknown> | null)[]).map((list) => list && [...list]);
  assertEquals(lists("e"), range(9).map((i) => i === 6 ? null : [i, i + 0.5]));
  assertEquals(lists("flags"), range(9).map((i) => i === 7 ? null : [true, i % 2 === 1]));
  assertEquals(lists("r"), range(9).map((i) => i === 8 ? null : range(i)));
  assertEquals(child("r").type.toString(), "List<Int32>");
  assertEquals(child("e").type.toString(), "FixedSizeList[2]<Float32>");
  const [buffer] = columns.transferList;
  for (const { name } of table.schema.fields) {
    const data = child(String(name)).data[0] as arrow.Data;
    assertStrictEquals(data.nullBitmap.buffer, buffer, `${String(name)}: its validity`);
    const holder = data.children[0] ?? data;
    if (name !== "bool" && name !== "flags") assertStrictEquals(holder.values.buffer, buffer, String(name));
    if (data.valueOffsets !== undefined) assertStrictEquals(data.valueOffsets.buffer, buffer, String(name));
  }
  // It is a table to others too: through the format, and back.
  const again = arrow.tableFromIPC(arrow.tableToIPC(table));
  assertEquals(range(9).map((row) => again.getChild("s")?.get(row)), values("s"));
  assertEquals(range(9).map((row) => again.getChild("f16")?.get(row)), numbers);
  const empty = toArrowTable(await server.client.batchReadColumns([], schema));
  assertEquals([empty.numRows, empty.numCols], [0, 16]);
  assertThrows(() => toArrowTable({} as never), InvalidArgumentError, "Columns");
});

test("who imports the client alone loads nothing of Arrow", async () => {
  const script = fileURLToPath(new URL("./scripts/arrow-loaded.ts", import.meta.url));
  const flags = isBun ? ["run"] : ["run", "-A", "--no-check"];
  for (const [entry, loads] of [["../../mod.ts", false], ["../../arrow/mod.ts", true]] as const) {
    const ended = await run(process.execPath, [...flags, script, entry]);
    assertEquals([ended.code, ended.stdout.trim()], [0, loads ? "loaded" : "not loaded"], ended.stderr);
  }
  assert(Columns.NEVER === 0xffff_ffff);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => server.close());
