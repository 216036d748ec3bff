/**
 * Batches of columns: rows, options and errors.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import {
  AerospikeError,
  AerospikeTimeoutError,
  type BlobColumn,
  Columns,
  type ColumnsSchema,
  connect,
  InvalidArgumentError,
  Key,
  type RaggedColumn,
  type StringColumn,
} from "../mod.ts";
import { leftOut } from "./support/left-out.ts";
import { freshSet, startServer } from "./support/server.ts";
import { LONG, PATHS, range, Stored } from "./support/stored.ts";
import { until } from "./support/wait.ts";

const set = freshSet();
const server = await startServer();
await until("the direct path is ready", async () => (await server.client.stats()).direct.ready);
const store = new Stored(server.client, set);

test("rows: codes, generations, ttls; duplicates, the same user key in two sets, namespaces, missing records", async () => {
  const other = freshSet();
  const keys = [
    new Key("test", set, "same"),
    new Key("test", other, "same"),
    new Key("bar", set, "same"),
    new Key("test", set, 7),
    new Key("test", set, new Uint8Array([1])),
    new Key("test", set, "nobody"),
  ];
  for (const [i, key] of keys.slice(0, 5).entries()) await server.client.put(key, { i }, i === 1 ? { ttl: 5000 } : {});
  await server.client.put(keys[0] as Key, { i: 10 });
  const asked = [...keys, keys[0] as Key, Key.fromDigest("test", set, (keys[0] as Key).digest), keys[5] as Key];
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(asked, { i: "i32" }, { readPath });
    assertEquals([...columns.columns.i], [10, 1, 2, 3, 4, 0, 10, 10, 0]);
    assertEquals([...columns.codes], [0, 0, 0, 0, 0, 2, 0, 0, 2]);
    assertEquals([...columns.generations], [2, 1, 1, 1, 1, 0, 2, 2, 0]);
    const ttl = columns.ttls[1] as number;
    assert(ttl > 4900 && ttl <= 5000, `${ttl}`);
    assertEquals([columns.ttls[0], columns.ttls[5]], [Columns.NEVER, 0]);
    assertEquals([columns.length, columns.foundCount, columns.failedCount], [9, 7, 0]);
    assertEquals([columns.status(0), columns.status(5), columns.error(5)], ["ok", "not-found", null]);
    assertStrictEquals(columns.throwIfFailed(), columns);
    assertThrows(() => columns.status(9), InvalidArgumentError, "row 9");
    assertThrows(() => columns.isValid("x" as "i", 0), InvalidArgumentError, '"x"');
    assertEquals([columns.isValid("i", 9), columns.isValid("i", -1)], [false, false]);
  }
});

test("a row that fails says why and takes nothing else with it; a batch that nobody answers rejects", async () => {
  const [key] = await store.values([5]) as [Key];
  const keys = [key, new Key("nowhere", set, 1), key];
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, { v: "u8" }, { readPath });
    assertEquals([...columns.columns.v], [5, 0, 5]);
    assertEquals([columns.foundCount, columns.failedCount, columns.status(1)], [2, 1, "failed"]);
    const error = columns.error(1);
    assertInstanceOf(error, AerospikeError);
    assertStrictEquals(error.code, columns.codes[1]);
    assert(/nowhere|namespace/i.test(error.message), error.message);
    const thrown = assertThrows(() => columns.throwIfFailed(), AerospikeError, "1 of 3 rows failed");
    assertStrictEquals(thrown.codeName, "BATCH_FAILED");
    assertEquals(thrown.subErrors.map((sub) => sub.code), [columns.codes[1] as number]);
  }
  await assertRejects(() => server.client.batchReadColumns([new Key("nowhere", set, 1)], { v: "u8" }), AerospikeError);
});

test("columns have the types that the schema says", async () => {
  const { columns, valid } = await server.client.batchReadColumns(await store.values([1]), {
    f: { type: "f32", bin: "v" },
    l: { type: "i64", bin: "v" },
    e: { type: ["f16", 2], bin: "v" },
    r: { type: ["u32", "ragged"], bin: "v" },
    s: { type: "string", bin: "v" },
    b: "blob",
    v: "bool",
  });
  const f: Float32Array = columns.f;
  const l: BigInt64Array = columns.l;
  const e: Float16Array = columns.e;
  const r: RaggedColumn<"u32"> = columns.r;
  const s: StringColumn = columns.s;
  const b: BlobColumn = columns.b;
  const v: Uint8Array = columns.v;
  const u: Uint32Array = r.values;
  const bitmap: Uint8Array = valid.f;
  assertEquals([f.length, l.length, e.length, r.length, s.length, b.length, v.length, u.length, bitmap.length], [
    ...[1, 1, 2, 1, 1, 1, 1, 0, 1],
  ]);
  // @ts-expect-error: it is no Float64Array
  const wrong: Float64Array = columns.f;
  // @ts-expect-error: the schema has no such column
  const none: unknown = columns.none;
  assertEquals([wrong.length, none], [1, undefined]);
  const own = { v: new Float32Array(1) };
  const [client, key] = [server.client, store.freshKeys(1)];
  // @ts-expect-error: a column of f64 does not fit a Float32Array
  const read = () => client.batchReadColumns(key, { v: "f64" }, { into: own });
  await assertRejects(read, InvalidArgumentError, "options.into.v");
});

test("no keys: empty columns of the right classes, and nobody is asked", async () => {
  const before = server.emulator?.stats().batches;
  const columns = await server.client.batchReadColumns([], {
    n: "i64",
    e: ["f32", 128],
    s: "string",
    b: "blob",
    r: ["u8", "ragged"],
  });
  assertEquals([columns.length, columns.foundCount, columns.failedCount, columns.errorCount], [0, 0, 0, 0]);
  assertInstanceOf(columns.columns.n, BigInt64Array);
  assertEquals([columns.columns.e.length, columns.codes.length, columns.valid.n.length], [0, 0, 0]);
  assertEquals([columns.columns.s.toArray(), columns.columns.b.toArray(), [...columns.columns.r]], [[], [], []]);
  assertStrictEquals(server.emulator?.stats().batches, before);
  await assertRejects(() => server.client.batchReadColumns([], { n: "i65" as "i64" }), InvalidArgumentError);
  await assertRejects(
    () => server.client.batchReadColumns([], { n: "i64" }, { nope: 1 } as never),
    InvalidArgumentError,
  );
});

test("strict: one bad cell rejects the batch and says which; missing cells do not", async () => {
  const keys = await store.values([1, 300, undefined, "x"]);
  const error = await assertRejects(
    () => server.client.batchReadColumns(keys, { v: "u8" }, { strict: true }),
    AerospikeError,
    'row 1 of the column "v", out-of-range',
  );
  assert(error.message.startsWith("2 cells"), error.message);
  const fine = await server.client.batchReadColumns(keys.slice(0, 1).concat(keys[2] as Key), { v: "u8" }, {
    strict: true,
  });
  assertEquals([...fine.columns.v], [1, 0]);
  const target = new Uint8Array(4).fill(9);
  await assertRejects(() => server.client.batchReadColumns(keys, { v: "u8" }, { strict: true, into: { v: target } }));
  assertEquals([...target], [9, 9, 9, 9], "a rejected batch fills nothing");
});

test("into: the caller's memory is filled and handed back, also where it is part of another or shared", async () => {
  const keys = await store.values([1, 2, undefined]);
  const whole = new Float32Array(10).fill(9);
  const shared = new Int32Array(new SharedArrayBuffer(16), 4, 3);
  const f16 = new Float16Array(3);
  const f64 = new Float64Array(3);
  const flags = new Uint8Array(3);
  const columns = await server.client.batchReadColumns(keys, {
    f: { type: "f32", bin: "v", fill: -1 },
    i: { type: "i32", bin: "v" },
    h: { type: "f16", bin: "v" },
    d: { type: ["f64", 1], bin: "v" },
    b: { type: "bool", bin: "v" },
    own: { type: "u8", bin: "v" },
  }, { into: { f: whole.subarray(4, 7), i: shared, h: f16, d: f64, b: flags } });
  assertEquals([...whole], [9, 9, 9, 9, 1, 2, -1, 9, 9, 9]);
  assertStrictEquals(columns.columns.f.buffer, whole.buffer);
  assertStrictEquals(columns.columns.i, shared);
  assertEquals([...shared], [1, 2, 0]);
  assertEquals([...f16], [1, 2, NaN]);
  assertEquals([...f64], [NaN, NaN, NaN], "numbers are no vectors");
  assertEquals([...flags], [1, 0, 0]);
  assertEquals([...columns.columns.own], [1, 2, 0]);
  assertEquals(columns.valid.f, new Uint8Array([0b11]));
  const again = await server.client.batchReadColumns(keys.slice(0, 1), { v: "i32" }, {
    into: { v: shared.subarray(2) },
  });
  assertEquals([...shared], [1, 2, 1]);
  assertStrictEquals(again.columns.v.length, 1);
  assert(!columns.transferList.includes(whole.buffer), "what is the caller's is not given away");
});

test("into: memory that goes away while the batch runs is an error of its own", async () => {
  const keys = await store.values([1, 2]);
  const v = new Int32Array(2);
  const running = server.client.batchReadColumns(keys, { v: "i32" }, { into: { v } });
  structuredClone(v, { transfer: [v.buffer] });
  await assertRejects(() => running, InvalidArgumentError, "options.into.v was transferred");
});

test("what is wrong with schema, keys and options says where, and nothing is sent", async () => {
  const [key] = store.freshKeys(1) as [Key];
  const read = (schema: unknown, options?: unknown, keys: unknown = [key]) => () =>
    server.client.batchReadColumns(keys as Key[], schema as ColumnsSchema, options as never);
  const into = (target: unknown, type: unknown = "f32") => read({ a: type }, { into: { a: target } });
  const shared = new Float32Array(2);
  const bad: readonly [() => Promise<unknown>, string][] = [
    [read(null), "schema"],
    [read([]), "schema"],
    [read({}), "schema is empty"],
    [read({ a: "f33" }), "schema.a"],
    [read({ a: "constructor" }), "schema.a"],
    [read({ a: 5 }), "schema.a"],
    [read({ a: null }), "schema.a"],
    [read({ a: undefined }), "schema.a"],
    [read({ "a-b": "f33" }), 'schema["a-b"]'],
    [read({ a: ["f32"] }), "schema.a"],
    [read({ a: ["f32", 0] }), "schema.a[1]"],
    [read({ a: ["f32", 1.5] }), "schema.a[1]"],
    [read({ a: ["f32", -1] }), "schema.a[1]"],
    [read({ a: ["f32", "rag"] }), "schema.a[1]"],
    [read({ a: ["string", 2] }), "schema.a[0]"],
    [read({ a: ["f32", 2, 3] }), "schema.a"],
    [read({ a: ["f64", 2 ** 30] }), "schema.a: with 1 rows"],
    [read({ a: {} }), "schema.a.type"],
    [read({ a: { type: "f32", nope: 1 } }), "schema.a.nope"],
    [read({ a: { type: "f32", bin: 5 } }), "schema.a.bin"],
    [read({ a: { type: "f32", bin: null } }), "schema.a.bin is null"],
    [read({ a: { type: "f32", bin: "a23456789012345x" } }), "schema.a"],
    [read({ a: { type: "f32", bin: "" } }), "schema.a"],
    [read({ a23456789012345x: "f32" }), "schema.a23456789012345x"],
    [read({ a: { type: "f32", path: "x" } }), "schema.a.path"],
    [read({ a: { type: "f32", path: [] } }), "schema.a.path"],
    [read({ a: { type: "f32", path: ["x", 5] } }), "schema.a.path[1]"],
    [read({ a: { type: "f32", path: ["\ud800"] } }), "schema.a.path[0]"],
    [read({ a: { type: "f32", path: ["x".repeat(256)] } }), "schema.a.path[0]"],
    [read({ a: { type: "f32", path: new Array(65).fill("x") } }), "schema.a.path"],
    [read({ a: { type: "f32", fill: "1" } }), "schema.a.fill"],
    [read({ a: { type: "f32", fill: 1e300 } }), "schema.a.fill"],
    [read({ a: { type: "f16", fill: 70_000 } }), "schema.a.fill"],
    [read({ a: { type: "f32", fill: 1n } }), "schema.a.fill"],
    [read({ a: { type: "u8", fill: 256 } }), "schema.a.fill"],
    [read({ a: { type: "u8", fill: -1 } }), "schema.a.fill"],
    [read({ a: { type: "i8", fill: 0.5 } }), "schema.a.fill"],
    [read({ a: { type: "i64", fill: 2n ** 63n } }), "schema.a.fill"],
    [read({ a: { type: "i64", fill: 2 ** 60 } }), "schema.a.fill"],
    [read({ a: { type: "bool", fill: 1 } }), "schema.a.fill"],
    [read({ a: { type: "string", fill: "x" } }), "schema.a.fill"],
    [read({ a: { type: ["u8", "ragged"], fill: 1 } }), "schema.a.fill"],
    [read({ a: { type: "u8", fill: null } }), "schema.a.fill"],
    [read({ a: "u8" }, { bins: ["a"] }), "options.bins"],
    [read({ a: "u8" }, { strickt: true }), "did you mean strict"],
    [read({ a: "u8" }, { strict: 1 }), "options.strict"],
    [read({ a: "u8" }, { totalTimeout: -1 }), "options.totalTimeout"],
    [read({ a: "u8" }, 5), "options"],
    [read({ a: "u8" }, undefined, [key, "x"]), "keys[1]"],
    [read({ a: "u8" }, undefined, "x"), "keys"],
    [read({ a: "u8" }, undefined, [{ key }]), "keys[0]"],
    [into(null), "options.into.a"],
    [into([1]), "options.into.a"],
    [into(new Float64Array(1)), "options.into.a is not a Float32Array"],
    [into(new Float32Array(2)), "options.into.a has 2 elements: the column has 1"],
    [into(new Float32Array(1), ["f32", 3]), "options.into.a has 1 elements: the column has 3"],
    [into(new Uint8Array(1), "string"), "options.into.a"],
    [into(new Uint8Array(1), ["u8", "ragged"]), "options.into.a"],
    [into(new Uint8ClampedArray(1), "u8"), "options.into.a"],
    [read({ a: "u8" }, { into: { b: new Uint8Array(1) } }), "options.into.b"],
    [read({ a: "u8" }, { into: [new Uint8Array(1)] }), "options.into"],
    [read({ a: "u8" }, { into: 5 }), "options.into"],
    [
      read({ a: "f32", b: "f32" }, { into: { a: shared.subarray(0, 1), b: shared.subarray(0, 1) } }),
      "options.into.b is the same memory as options.into.a",
    ],
  ];
  const before = server.emulator?.stats();
  for (const [call, words] of bad) await assertRejects(call, InvalidArgumentError, words);
  assertEquals(server.emulator?.stats().batches, before?.batches);
});

test("names that objects have themselves are names like any other", async () => {
  const names = ["constructor", "__proto__", "toString", "valid"];
  const key = store.freshKeys(1)[0] as Key;
  const bins: Record<string, number> = {};
  for (const [i, name] of names.entries()) Object.defineProperty(bins, name, { value: i, enumerable: true });
  await server.client.put(key, bins);
  const schema: Record<string, "u8"> = {};
  for (const name of names) Object.defineProperty(schema, name, { value: "u8", enumerable: true });
  const columns = await server.client.batchReadColumns([key], schema);
  for (const [i, name] of names.entries()) {
    assertStrictEquals(Object.getOwnPropertyDescriptor(columns.columns, name)?.value[0], i, name);
    assert(columns.isValid(name, 0), name);
  }
});

test("100,000 rows, every fifth missing, in three sets", async () => {
  const sets = [set, freshSet(), freshSet()];
  const count = 100_000;
  const keys = range(count).map((i) => new Key("test", sets[i % 3] as string, i));
  const written = range(count).filter((i) => i % 5 !== 0);
  const data = {
    n: Int32Array.from(written),
    s: written.map((i) => `s${i}`),
    e: { values: Float32Array.from(written.flatMap((i) => [i, i + 0.5])), width: 2 },
  };
  (await server.client.batchWriteColumns(written.map((i) => keys[i] as Key), data, LONG)).throwIfFailed();
  for (const readPath of PATHS) {
    const columns = await server.client.batchReadColumns(keys, { n: "i32", s: "string", e: ["f32", 2] }, {
      ...LONG,
      readPath,
    });
    assertEquals([columns.length, columns.foundCount, columns.failedCount, columns.errorCount], [
      count,
      written.length,
      0,
      0,
    ]);
    const { n, s, e } = columns.columns;
    const texts = s.toArray();
    for (let i = 0; i < count; i++) {
      const there = i % 5 !== 0;
      const right = n[i] === (there ? i : 0) && texts[i] === (there ? `s${i}` : null) &&
        columns.isValid("n", i) === there &&
        (there ? e[i * 2] === i && e[i * 2 + 1] === i + 0.5 : Number.isNaN(e[i * 2]));
      if (!right) throw new Error(`row ${i} on the path ${readPath}`);
    }
  }
  for (const at of range(4)) {
    (await server.client.batchRemove(keys.slice(at * 25_000, (at + 1) * 25_000), LONG)).throwIfFailed();
  }
});

test("many batches of columns at once do not mix", async () => {
  const keys = await store.values(range(200));
  await Promise.all(
    range(50).map(async (n) => {
      const places = range(100).map((i) => (i * 7 + n * 13) % 200);
      const columns = await server.client.batchReadColumns(places.map((at) => keys[at] as Key), { v: "u8" }, LONG);
      assertEquals([...columns.columns.v], places);
    }),
  );
});

test("an abort, a time-out, a closed client", async () => {
  const keys = await store.values([1]);
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  const caught = async (call: () => Promise<unknown>) => await call().then(() => undefined, (error: unknown) => error);
  assertStrictEquals(
    await caught(() => server.client.batchReadColumns(keys, { v: "u8" }, { signal: aborted })),
    reason,
  );
  assertStrictEquals(await caught(() => server.client.batchReadColumns([], { v: "u8" }, { signal: aborted })), reason);
  const closed = await connect({ hosts: server.hosts });
  await closed.close();
  await assertRejects(() => closed.batchReadColumns(keys, { v: "u8" }), AerospikeError, "closed");
  await assertRejects(() => closed.batchReadColumns([], { v: "u8" }), AerospikeError, "closed");
  if (server.emulator === undefined) return leftOut("a server that does not answer", "the emulator");
  server.emulator.fault({ delayMs: 2_000, dataOnly: true });
  try {
    const controller = new AbortController();
    const running = caught(() =>
      server.client.batchReadColumns(keys, { v: "u8" }, { signal: controller.signal, ...LONG })
    );
    setTimeout(() => controller.abort(reason), 50);
    assertStrictEquals(await running, reason);
    await assertRejects(
      () => server.client.batchReadColumns(keys, { v: "u8" }, { totalTimeout: 60 }),
      AerospikeTimeoutError,
    );
  } finally {
    server.emulator.fault();
  }
  assertEquals([...(await server.client.batchReadColumns(keys, { v: "u8" }, LONG)).columns.v], [1]);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => server.close());
