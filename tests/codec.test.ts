import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { AerospikeError, BatchRows, InvalidArgumentError, Key, type MixedRow, op, OperateRecord } from "../mod.ts";
import { writeBatchRead, writeBatchRemove, writeBatchWrite } from "../src/codec/batch.ts";
import { FrameWriter } from "../src/codec/frame-writer.ts";
import { writeKey } from "../src/codec/key.ts";
import { writeOperations } from "../src/codec/operations.ts";
import { writeMixedBatch } from "../src/codec/mixed-batch.ts";
import { encodeBins } from "../src/codec/particle.ts";
import { policyBlocks } from "../src/codec/policy.ts";
import { readOperateRecord, readRecord } from "../src/codec/record-reader.ts";
import { type RowForm, RowsReader } from "../src/codec/rows-reader.ts";
import { DEFAULT_DECODE } from "../src/values/value.ts";

function written(write: (w: FrameWriter) => void): number[] {
  const writer = new FrameWriter();
  write(writer);
  return [...writer.bytes.slice(0, writer.length)];
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const u16 = (value: number): number[] => [value & 255, value >> 8];
const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];

test("the writer grows, and gives a large buffer back", () => {
  const writer = new FrameWriter();
  const start = writer.begin(7, 18, 3, 1000);
  writer.blob(new Uint8Array(50 * 1024 * 1024));
  writer.end(start);
  assertEquals(writer.view.getUint32(0, true), 24 + 50 * 1024 * 1024);
  assertEquals([writer.view.getUint32(4, true), writer.bytes[8], writer.view.getUint32(16, true)], [7, 18, 1000]);
  writer.clear();
  assert(writer.bytes.length <= 1024 * 1024);
  assertEquals(writer.length, 0);
});

test("a frame that could not be written leaves nothing behind", () => {
  const writer = new FrameWriter();
  writer.u32(1);
  const start = writer.begin(1, 1, 1, 1);
  writer.utf8("x".repeat(100_000));
  writer.truncate(start);
  assertEquals(writer.length, 4);
  writer.u32(2);
  writer.discard(4);
  assertEquals([writer.length, writer.view.getUint32(0, true)], [4, 2]);
});

test("long texts are encoded whole", () => {
  for (
    const value of ["ä".repeat(100_000), "x".repeat(100_000), "\u{1f600}".repeat(70_000), "x".repeat(65_535) + "ä"]
  ) {
    const writer = new FrameWriter();
    writer.u8(1);
    const size = writer.utf8(value);
    assertEquals(new TextDecoder().decode(writer.bytes.slice(1, 1 + size)), value);
  }
});

test("keys", () => {
  const head = [4, ...text("test"), 1, ...text("s")];
  assertEquals(written((w) => writeKey(w, new Key("test", "s", "é"))), [...head, 3, 2, 0, 0, 0, 0xc3, 0xa9]);
  assertEquals(written((w) => writeKey(w, new Key("test", "s", -2))), [...head, 1, 254, ...Array(7).fill(255)]);
  assertEquals(written((w) => writeKey(w, new Key("test", "s", 2n ** 40n))), [...head, 1, 0, 0, 0, 0, 0, 1, 0, 0]);
  assertEquals(written((w) => writeKey(w, new Key("test", "s", new Uint8Array([5])))), [...head, 4, 1, 0, 0, 0, 5]);
  const digest = new Uint8Array(20).fill(7);
  assertEquals(written((w) => writeKey(w, Key.fromDigest("test", "s", digest))), [...head, 0, ...digest]);
});

test("bins", () => {
  assertEquals([...encodeBins({ a: 1, b: "x", c: null })], [
    ...u16(3),
    ...[1, 97, 1, ...u32(8), 0, 0, 0, 0, 0, 0, 0, 1],
    ...[1, 98, 3, ...u32(1), 120],
    ...[1, 99, 0, ...u32(0)],
  ]);
  assertEquals([...encodeBins({ a: undefined, b: true }, { undefinedBins: "skip" })], [
    ...u16(1),
    1,
    98,
    17,
    ...u32(1),
    1,
  ]);
  const refused = (bins: unknown, part: string): void => {
    assertThrows(() => encodeBins(bins as object), InvalidArgumentError, part);
  };
  refused({}, "at least one bin");
  refused(null, "null");
  refused([1], "an array");
  refused(new Map(), "fromEntries");
  refused({ "": 1 }, "1 to 15 bytes");
  refused({ abcdefghijklmnop: 1 }, "1 to 15 bytes");
  refused({ "ääääääää": 1 }, "1 to 15 bytes");
  assertEquals(encodeBins({ "äääääääa": 1 })[2], 15);
});

test("operations", () => {
  assertEquals(
    written((w) => writeOperations(w, [op.read("a"), op.add("b", 1), op.touch(), op.header()], "operations")),
    [
      ...u16(4),
      ...[1, 1, 97, 0, ...u32(0)],
      ...[3, 1, 98, 1, ...u32(8), 0, 0, 0, 0, 0, 0, 0, 1],
      ...[6, 0, 0, ...u32(0)],
      ...[9, 0, 0, ...u32(0)],
    ],
  );
  const refused = (operations: unknown, part: string): void => {
    assertThrows(
      () => written((w) => writeOperations(w, operations as never, "operations")),
      InvalidArgumentError,
      part,
    );
  };
  refused([], "empty");
  refused([{}], "operations[0]");
  refused([op.read("a"), op.add("b", "x" as never)], "operations[1].value");
  refused([op.append("b", 1 as never)], "append takes");
  refused([op.write("b", { x: new Date() })], "operations[0].value.x is a Date");
  refused([op.read("")], "operations[0].bin");
});

function record(bins: number[], results: number[], counts: [number, number]) {
  // In the middle of a larger buffer, as completions are.
  const payload = [...u32(3), ...u32(60), ...u16(counts[0]), ...u16(counts[1]), ...bins, ...results];
  const bytes = new Uint8Array([9, 9, 9, ...payload, 9, 9]);
  return { bytes, view: new DataView(bytes.buffer), offset: 3, length: payload.length };
}

test("records", () => {
  const key = new Key("test", "s", 1);
  const bins = [1, 97, 1, ...u32(8), 0, 0, 0, 0, 0, 0, 0, 5, 9, ...text("__proto__"), 3, ...u32(1), 120];
  const found = readRecord<Record<string, unknown>>(record(bins, [], [2, 0]), key, DEFAULT_DECODE);
  assertEquals(Object.entries(found.bins), [["a", 5], ["__proto__", "x"]]);
  assertEquals([found.generation, found.ttl, found.key === key], [3, 60, true]);
  const inAMinute = (found.expiresAt as Date).getTime() - Date.now();
  assert(inAMinute > 55_000 && inAMinute <= 60_000);
  const results = [1, ...u32(8), 0, 0, 0, 0, 0, 0, 0, 5, 0, ...u32(0)];
  const operated = readOperateRecord(
    record(bins.slice(0, 15), results, [1, 2]),
    key,
    true,
    DEFAULT_DECODE,
    [],
  );
  assertEquals([operated.results, operated.bins], [[5, null], { a: 5 }]);
  assertThrows(
    () => readRecord(record([1, 97, 1, ...u32(800)], [], [1, 0]), key, DEFAULT_DECODE),
    Error,
    "middle of a value",
  );
});

test("a batch writes once what its rows share", () => {
  const { batch, batchWrite, batchRemove } = policyBlocks(undefined, "p");
  const bins = ["a", "b"];
  const shared = [op.read("c")];
  const body = written((w) =>
    writeBatchRead(w, batch, [
      new Key("test", "s", 1),
      new Key("test", "t", 2),
      { key: new Key("test", "s", 3), bins: ["x"] },
      { key: new Key("test", "s", 4), bins: ["x"] },
      { key: new Key("test", "s", 5), operations: shared },
      { key: new Key("test", "s", 6), operations: shared },
      { key: new Key("test", "s", 7), header: true },
    ], { bins, readTouchTtlPercent: "keep" })
  ).slice(48);
  const value = (n: number): number[] => [1, n, 0, 0, 0, 0, 0, 0, 0];
  assertEquals(body, [
    ...u16(2),
    ...[4, ...text("test"), 1, 115],
    ...[4, ...text("test"), 1, 116],
    ...u16(4),
    ...[0, 255, 0, ...u16(2), 1, 97, 1, 98],
    ...[0, 255, 0, ...u16(1), 1, 120],
    ...[0, 255, 1, ...u16(1), 1, 1, 99, 0, ...u32(0)],
    ...[0, 255, 0, ...u16(0)],
    ...u32(7),
    ...[[0, 0, 1], [1, 0, 2], [0, 1, 3], [0, 1, 4], [0, 2, 5], [0, 2, 6], [0, 3, 7]].flatMap(([space, template, n]) => [
      ...u16(space as number),
      ...u16(template as number),
      ...value(n as number),
    ]),
  ]);
  const writes = written((w) =>
    writeBatchWrite(
      w,
      batchWrite,
      [
        { key: new Key("test", "s", 1), bins: { a: true } },
        { key: new Key("test", "s", 2), operations: [op.add("n", 1)], ttl: 9 },
        { key: new Key("test", "s", 3), bins: { a: true }, ttl: 9 },
      ],
      undefined,
      "error",
    )
  ).slice(48);
  const flag = [...u16(1), 2, 1, 97, 17, ...u32(1), 1];
  assertEquals(writes, [
    ...[...u16(1), 4, ...text("test"), 1, 115],
    ...u16(2),
    ...[1, ...Array(16).fill(0)],
    ...[1, ...Array(8).fill(0), ...u32(9), ...u32(0)],
    ...u32(3),
    ...[...u16(0), ...u16(0), ...value(1), ...flag],
    ...[...u16(0), ...u16(1), ...value(2), ...u16(1), 3, 1, 110, 1, ...u32(8), 0, 0, 0, 0, 0, 0, 0, 1],
    ...[...u16(0), ...u16(1), ...value(3), ...flag],
  ]);
  const removes = written((w) => writeBatchRemove(w, batchRemove, [new Key("test", "s", 1)], undefined)).slice(48);
  assertEquals(removes, [
    ...[...u16(1), 4, ...text("test"), 1, 115, ...u16(1), 2, ...Array(16).fill(0)],
    ...[...u32(1), ...u16(0), ...u16(0), ...value(1)],
  ]);
});

test("rows of a batch have templates of their own where they differ, whatever came before them", () => {
  const { batchWrite } = policyBlocks(undefined, "p");
  const key = new Key("test", "s", 1);
  const templates = (rows: readonly MixedRow[], options?: object): number[] =>
    written((w) => writeMixedBatch(w, batchWrite, rows, options, "error")).slice(48 + 9);
  // Where keys are sent, removals are updates that delete; the next row sends none, and has nothing of that.
  const removals = templates([{ kind: "remove", key }, { kind: "remove", key, sendKey: false }], { sendKey: true });
  assertEquals(removals.slice(0, 36), [
    ...u16(2),
    ...[1, 1, 0, 0, 1, ...Array(12).fill(0)],
    ...[2, ...Array(16).fill(0)],
  ]);
  const call = { kind: "apply", key } as const;
  const calls = templates([
    { ...call, module: "a\0b", function: "c" },
    { ...call, module: "a", function: "b\0c" },
    { ...call, module: "a\0b", function: "c", args: [1] },
  ]);
  const block = [3, ...Array(16).fill(0)];
  assertEquals(
    calls.slice(0, 46),
    [...u16(2), ...block, 3, 97, 0, 98, 1, 99, ...block, 1, 97, 3, 98, 0, 99].slice(0, 46),
  );
});

test("a batch of rows of every kind has a template for each", () => {
  const { batchWrite } = policyBlocks(undefined, "p");
  const key = (n: number) => new Key("test", "s", n);
  const value = (n: number): number[] => [1, n, 0, 0, 0, 0, 0, 0, 0];
  const mixed = written((w) =>
    writeMixedBatch(
      w,
      batchWrite,
      [
        { kind: "apply", key: key(1), module: "m", function: "f", args: [5] },
        { kind: "read", key: key(2), header: true, readModeSC: "allow-replica" },
        { kind: "remove", key: key(3), generation: 7 },
        { kind: "apply", key: key(4), module: "m", function: "f" },
        { kind: "read", key: key(5), readTouchTtlPercent: 80 },
      ],
      { retryRows: { attempts: 3, maxMs: 300, inDoubt: true }, ttl: 9 },
      "error",
    )
  );
  assertEquals(mixed.slice(36, 48), [3, 1, 0, 0, ...u32(10), ...u32(300)]);
  assertEquals(mixed.slice(48), [
    ...[...u16(1), 4, ...text("test"), 1, 115],
    ...u16(4),
    ...[3, ...Array(8).fill(0), ...u32(9), ...u32(0), 1, 109, 1, 102],
    ...[0, 0, 4, 0, 2, ...u16(0)],
    ...[2, 0, 1, 0, 0, ...u32(7), ...u32(0), ...u32(0)],
    ...[0, 80, 0, ...u16(0xffff)],
    ...u32(5),
    ...[...u16(0), ...u16(0), ...value(1), 20, ...u32(2), 0x91, 5],
    ...[...u16(0), ...u16(1), ...value(2)],
    ...[...u16(0), ...u16(2), ...value(3)],
    ...[...u16(0), ...u16(0), ...value(4), 20, ...u32(1), 0x90],
    ...[...u16(0), ...u16(3), ...value(5)],
  ]);
});

test("wrong rows are refused with their position", () => {
  const { batch, batchWrite } = policyBlocks(undefined, "p");
  const key = new Key("test", "s", 1);
  const read = (requests: unknown[], options?: object, part = ""): void => {
    assertThrows(
      () => written((w) => writeBatchRead(w, batch, requests as never, options)),
      InvalidArgumentError,
      part,
    );
  };
  read([key, 1], undefined, "requests[1]");
  read([key, undefined], undefined, "requests[1]");
  read([{ key: "x" }], undefined, "requests[0].key");
  read([{ key, bin: ["a"] }], undefined, "requests[0].bin");
  read([{ key, bins: ["a"], header: true }], undefined, "more than one");
  read([{ key, operations: [op.add("a", 1)] }], undefined, "batchWrite");
  read([key], { bins: [] }, "options.bins is empty");
  read([key], { bins: ["a"], header: true }, "options.header");
  const write = (rows: unknown[], part: string): void => {
    assertThrows(
      () => written((w) => writeBatchWrite(w, batchWrite, rows as never, undefined, "error")),
      InvalidArgumentError,
      part,
    );
  };
  write([{ key }], "rows[0].bins");
  write([{ key, bins: { a: 1 }, operations: [op.add("a", 1)] }], "both bins and operations");
  write([{ key, operations: [op.read("a")] }], "batchRead");
  write([{ key, bins: { a: { b: undefined } } }], "rows[0].bins.a.b is undefined");
  write([{ key, bins: { a: undefined } }], 'undefinedBins: "skip"');
  write([{ key, bins: { a: 1 }, tll: 1 }], "rows[0].tll");
});

/** A rows payload: two bins' names, and rows that are ok, not found, failed, and ok with results. */
function rowsPayload(): Uint8Array {
  const names = [1, 97, 1, 98];
  const rowsEnd = 16 + 4 * 32;
  const body = [...u32(1), 3, ...u32(1), 120, ...u32(0), 17, ...u32(1), 1];
  const results = [1, ...u32(8), 0, 0, 0, 0, 0, 0, 0, 5];
  const error = text('{"message":"busy","node":"BB9"}');
  const bodyAt = rowsEnd;
  const resultsAt = bodyAt + body.length;
  const errorAt = resultsAt + results.length;
  const namesAt = errorAt + 4 + error.length;
  const row = (code: number, at: number, bins: number, found: number, flags: number, errorOffset: number): number[] => [
    ...u32(code >>> 0),
    ...u32(2),
    ...u32(0xffffffff),
    ...u32(at),
    ...u16(bins),
    ...u16(found),
    ...[flags, flags === 1 ? 2 : 0, 0, 0],
    ...u32(errorOffset),
    ...u32(0),
  ];
  return new Uint8Array([
    ...[...u32(4), ...u32(2), ...u32(namesAt), ...u32(0)],
    ...row(0, bodyAt, 2, 0, 0, 0),
    ...row(2, 0, 0, 0, 0, 0),
    ...row(14, 0, 0, 0, 1, errorAt),
    ...row(0, resultsAt, 0, 1, 0, 0),
    ...body,
    ...results,
    ...u32(error.length),
    ...error,
    ...names,
  ]);
}

/** The last row has operations. */
const formsOf = (writes: boolean): RowForm[] =>
  [0, 1, 2, 3].map((index) => ({ answer: index === 3 ? "results" : "bins", writes }));

function rowsOf(): BatchRows {
  const keys = [1, 2, 3, 4].map((n) => new Key("test", "s", n));
  const reader = new RowsReader<Record<string, never>>(rowsPayload(), 4, {
    decode: DEFAULT_DECODE,
    path: "rows",
    forms: formsOf(false),
  });
  return new BatchRows(keys, reader);
}

test("rows are positional", () => {
  const rows = rowsOf();
  assertEquals([rows.length, rows.foundCount, rows.failedCount], [4, 2, 1]);
  assertEquals(rows.at(0)?.record?.bins, { b: "x", a: true });
  assertEquals([rows.at(0)?.record?.ttl, rows.at(0)?.record?.expiresAt], ["never", null]);
  assertEquals([rows.at(1)?.status, rows.at(1)?.record], ["not-found", null]);
  const failed = rows.at(2);
  assertEquals([failed?.status, failed?.code, failed?.inDoubt, failed?.error?.node], ["failed", 14, true, "BB9"]);
  assert(failed?.error?.message.startsWith("rows[2]: ") && failed.error.message.includes("busy"));
  assertEquals([...rows].map((row) => row.attempts), [1, 1, 3, 1]);
  const last = rows.at(-1)?.record;
  assert(last instanceof OperateRecord);
  assertEquals([last.results, last.bins], [[5], {}]);
  assertEquals([rows.at(4), rows.at(-5)], [undefined, undefined]);
  assertEquals(rows.at(0), rows.at(0));
  assertEquals([...rows].map((row) => row.status), ["ok", "not-found", "failed", "ok"]);
  assertEquals(rows.toArray().length, 4);
  assertEquals([...rows.toMap().keys()], [1, 4]);
  assertEquals(rows.get(new Key("test", "s", 2))?.status, "not-found");
  assertEquals(rows.get(Key.fromDigest("test", "", new Key("test", "s", 1).digest))?.status, "ok");
  assertEquals(rows.get(new Key("test", "s", 9)), undefined);
  const error = assertThrows(() => rows.throwIfFailed()) as Error & { code: number; subErrors: unknown[] };
  assertEquals([error.code, error.subErrors.length], [-16, 1]);
});

test('integers: "number": counts and throwIfFailed agree with the rows', () => {
  const decode = { ...DEFAULT_DECODE, integers: "number" as const };
  const payload = rowsPayload();
  // The result of the last row: 5 becomes 2^62.
  payload.set([0x40], payload.findIndex((_, at) => payload[at] === 1 && payload[at + 1] === 8) + 5);
  const keys = [1, 2, 3, 4].map((n) => new Key("test", "s", n));
  for (const reads of [true, false]) {
    const request = { decode, path: "rows", forms: formsOf(!reads) };
    const rows = new BatchRows(keys, new RowsReader<Record<string, never>>(payload, 4, request));
    assertEquals([rows.foundCount, rows.failedCount], [1, 2]);
    assertEquals([...rows].map((row) => row.status), ["ok", "not-found", "failed", "failed"]);
    const { error } = rows.at(3) as { error: AerospikeError };
    assertEquals([error.sent, error.namespace, error.set, error.digest?.length], [true, "test", "s", 40]);
    assert(error.message.includes("operations[0]"), error.message);
    assertEquals(error.message.includes("carried out"), !reads);
    assertThrows(() => rows.throwIfFailed(), AerospikeError, "2 of 4");
  }
});

test("a batch that is answered with another number of rows is a fault", () => {
  const request = { decode: DEFAULT_DECODE, path: "rows", forms: formsOf(false) };
  assertThrows(() => new RowsReader(rowsPayload(), 5, request), Error, "as many rows");
  assertThrows(() => new RowsReader(new Uint8Array(4), 5, request), Error);
});

test("a row that is kept does not keep its batch's reply", async () => {
  const { memoryUsage } = await import("node:process");
  const payload = rowsPayload();
  const keys = [1, 2, 3, 4].map((n) => new Key("test", "s", n));
  const kept: unknown[] = [];
  const before = memoryUsage().rss;
  for (let i = 0; i < 1000; i++) {
    // A reply of 1 MiB, of which one row is read.
    const reply = new Uint8Array(1024 * 1024);
    reply.fill(1, payload.length);
    reply.set(payload);
    const request = { decode: DEFAULT_DECODE, path: "rows", forms: formsOf(false) };
    kept.push(new BatchRows(keys, new RowsReader<Record<string, never>>(reply, 4, request)).at(0));
    if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(kept.length, 1000);
  assert(memoryUsage().rss - before < 600 * 1024 * 1024, "the replies are still there");
});
