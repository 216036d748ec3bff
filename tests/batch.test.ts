import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { test } from "node:test";
import { AerospikeError, BatchRows, connect, Double, InvalidArgumentError, Key, op, ServerError } from "../mod.ts";
import { garbageCollector, memoryInUse } from "./support/garbage.ts";
import { leftOut } from "./support/left-out.ts";
import { freshSet, startServer } from "./support/server.ts";

const set = freshSet();
const otherSet = freshSet();
const server = await startServer();

const range = (length: number) => Array.from({ length }, (_, i) => i);
let serial = 0;
/** Keys without records. */
const freshKeys = (length: number, namespace = "test", of = set) =>
  range(length).map(() => new Key(namespace, of, `batch-${serial++}`));

/** Keys with records {i, name}. */
async function stored(length: number): Promise<Key[]> {
  const keys = freshKeys(length);
  const rows = await server.client.batchWrite(keys.map((key, i) => ({ key, bins: { i, name: `n${i}` } })));
  rows.throwIfFailed();
  return keys;
}

const statuses = (rows: BatchRows) => rows.toArray().map((row) => row.status);

test("batchRead: namespaces, sets and kinds of keys in one batch, each row at its key's place", async () => {
  const keys = [
    new Key("test", set, "text"),
    new Key("bar", set, "text"),
    new Key("test", otherSet, "text"),
    new Key("test", set, 7),
    new Key("test", set, 2n ** 62n),
    new Key("test", set, new Uint8Array([1, 2, 3])),
    new Key("bar", "", `${set}-alone`),
  ];
  for (const [i, key] of keys.entries()) await server.client.put(key, { i });
  const asked = [
    ...keys,
    new Key("test", set, "missing"),
    ...keys.map((key) => Key.fromDigest(key.namespace, key.set, key.digest)),
    Key.fromDigest("bar", otherSet, new Uint8Array(20)),
  ];
  const rows = await server.client.batchRead(asked);
  assertStrictEquals(rows.length, asked.length);
  assertStrictEquals(rows.foundCount, 14);
  assertStrictEquals(rows.failedCount, 0);
  assertEquals(rows.toArray().map((row) => row.record?.bins["i"] ?? null), [...range(7), null, ...range(7), null]);
  for (const [i, row] of rows.toArray().entries()) {
    assertStrictEquals(row.key, asked[i]);
    assertStrictEquals(row.status, i === 7 || i === 15 ? "not-found" : "ok");
    assertStrictEquals(row.code, i === 7 || i === 15 ? 2 : 0);
    assertStrictEquals(row.error, null);
    assertStrictEquals(row.inDoubt, false);
  }
});

test("batchRead: all bins, named ones, header only; for all rows and per row", async () => {
  const [key, missing] = [(await stored(1))[0] as Key, freshKeys(1)[0] as Key];
  const bins = (rows: BatchRows) => rows.toArray().map((row) => row.record && { ...row.record.bins });
  assertEquals(bins(await server.client.batchRead([key, missing])), [{ i: 0, name: "n0" }, null]);
  assertEquals(bins(await server.client.batchRead([key, missing], { bins: ["name", "zz"] })), [{ name: "n0" }, null]);
  const header = await server.client.batchRead([key, missing], { header: true });
  assertEquals(bins(header), [{}, null]);
  assertStrictEquals(header.at(0)?.record?.generation, 1);
  const rows = await server.client.batchRead([
    key,
    { key, bins: ["i"] },
    { key, bins: ["zz"] },
    { key, operations: [op.read("name"), op.read("i")] },
    { key, header: true },
    { key: missing, bins: ["i"] },
    { key: missing, operations: [op.read("i")] },
  ], { bins: ["name"] });
  assertEquals(bins(rows), [{ name: "n0" }, { i: 0 }, {}, { name: "n0", i: 0 }, {}, null, null]);
  assertEquals(statuses(rows), ["ok", "ok", "ok", "ok", "ok", "not-found", "not-found"]);
});

test("batchRead: rows have generation and ttl", async () => {
  const [first, second] = freshKeys(2) as [Key, Key];
  await server.client.put(first, { a: 1 }, { ttl: 1000 });
  await server.client.put(second, { a: 1 });
  await server.client.put(second, { a: 2 });
  const rows = (await server.client.batchRead([first, second])).toArray();
  assertStrictEquals(rows[0]?.record?.generation, 1);
  const ttl = rows[0]?.record?.ttl;
  assert(typeof ttl === "number" && ttl > 900 && ttl <= 1000, `${ttl}`);
  assertStrictEquals(rows[1]?.record?.generation, 2);
  assertStrictEquals(rows[1]?.record?.ttl, "never");
});

test("batchRead: duplicates of a key each have their row", async () => {
  const [a, b] = await stored(2) as [Key, Key];
  const rows = await server.client.batchRead([a, b, a, { key: a, bins: ["i"] }, new Key("test", set, a.userKey ?? "")]);
  assertEquals(rows.toArray().map((row) => row.record?.bins["i"]), [0, 1, 0, 0, 0]);
  assertStrictEquals(rows.foundCount, 5);
});

test("an empty batch is no rows, without asking the server", async () => {
  const before = server.emulator?.stats().batches;
  for (const rows of [await server.client.batchRead([]), await server.client.batchWrite([])]) {
    assertStrictEquals(rows.length, 0);
    assertEquals(rows.toArray(), []);
    assertStrictEquals(rows.at(0), undefined);
    rows.throwIfFailed();
  }
  assertStrictEquals((await server.client.batchRemove([])).length, 0);
  assertStrictEquals(server.emulator?.stats().batches, before);
});

test("rows: at, get, iteration, toArray, toMap", async () => {
  const keys = await stored(4);
  const missing = freshKeys(1)[0] as Key;
  const rows = await server.client.batchRead([...keys, missing]);
  assertInstanceOf(rows, BatchRows);
  assertStrictEquals(rows.at(-1)?.key, missing);
  assertStrictEquals(rows.at(-5)?.record?.bins["i"], 0);
  assertStrictEquals(rows.at(5), undefined);
  assertStrictEquals(rows.at(2), rows.at(2), "a row is decoded once");
  assertEquals([...rows].map((row) => row.record?.bins["i"]), [0, 1, 2, 3, undefined]);
  assertEquals([...rows], rows.toArray());
  const third = keys[2] as Key;
  assertStrictEquals(rows.get(third), rows.at(2));
  assertStrictEquals(rows.get(new Key("test", set, third.userKey ?? "")), rows.at(2));
  assertStrictEquals(rows.get(Key.fromDigest("test", set, third.digest)), rows.at(2));
  assertStrictEquals(rows.get(new Key("bar", set, third.userKey ?? "")), undefined);
  const map = rows.toMap();
  assertStrictEquals(map.size, 4);
  assertStrictEquals(map.get(third.userKey as string)?.bins["i"], 2);
});

test("rows.value: one bin of a row, before and after the row is decoded, and after all are", async () => {
  const set = freshSet();
  const keys = range(4).map((i) => new Key("test", set, i));
  for (const [i, key] of keys.slice(0, 3).entries()) {
    await server.client.put(key, { n: i, list: [i, "x"], text: `t${i}`, ...(i === 1 ? { only: 2 ** 53 - 1 } : {}) });
  }
  const rows = await server.client.batchRead(keys);
  const read = () => keys.map((_, i) => ["n", "list", "text", "only", "nowhere"].map((bin) => rows.value(i, bin)));
  const first = read();
  assertEquals(first, [
    [0, [0, "x"], "t0", undefined, undefined],
    [1, [1, "x"], "t1", 2 ** 53 - 1, undefined],
    [2, [2, "x"], "t2", undefined, undefined],
    [undefined, undefined, undefined, undefined, undefined],
  ]);
  assertEquals([rows.value(-2, "n"), rows.value(4, "n"), rows.value(-5, "n")], [2, undefined, undefined]);
  assertStrictEquals(rows.at(1)?.record?.bins["text"], "t1");
  assertEquals(read(), first);
  rows.toArray();
  assertEquals(read(), first);
  // The names of what every object has are no bins.
  for (const name of ["toString", "__proto__"]) assertStrictEquals(rows.value(0, name as never), undefined);
  const headers = await server.client.batchRead(keys, { header: true });
  assertStrictEquals(headers.value(0, "n" as never), undefined);
});

test("batchWrite: rows with bins and with operations; results stand in their rows", async () => {
  const keys = freshKeys(3) as [Key, Key, Key];
  const rows = await server.client.batchWrite([
    { key: keys[0], bins: { a: 1, l: [1, "two", { three: 3 }] } },
    { key: keys[1], operations: [op.write("n", 5), op.add("n", 2), op.read("n")] },
    { key: keys[2], bins: { d: new Double(2), x: new Uint8Array([9]) } },
  ]);
  assertEquals(statuses(rows), ["ok", "ok", "ok"]);
  assertStrictEquals(rows.foundCount, 3);
  assertStrictEquals(rows.at(1)?.record?.bins["n"], 7);
  const read = (await server.client.batchRead(keys)).toArray().map((row) => ({ ...row.record?.bins }));
  assertEquals(read, [{ a: 1, l: [1, "two", { three: 3 }] }, { n: 7 }, { d: 2, x: new Uint8Array([9]) }]);
});

test("batchWrite: each row has its own ttl, over that of the call", async () => {
  const keys = freshKeys(4) as [Key, Key, Key, Key];
  await server.client.put(keys[3], { a: 0 });
  const rows = await server.client.batchWrite([
    { key: keys[0], bins: { a: 1 } },
    { key: keys[1], bins: { a: 1 }, ttl: 5000 },
    { key: keys[2], bins: { a: 1 }, ttl: "never" },
    { key: keys[3], operations: [op.write("a", 1), op.touch()], ttl: 9000 },
  ], { ttl: 1000 });
  assertEquals(statuses(rows), ["ok", "ok", "ok", "ok"]);
  const ttls = (await server.client.batchRead(keys)).toArray().map((row) => row.record?.ttl);
  const near = (ttl: unknown, seconds: number) => typeof ttl === "number" && ttl <= seconds && ttl > seconds - 60;
  assert(near(ttls[0], 1000) && near(ttls[1], 5000) && near(ttls[3], 9000), `${ttls}`);
  assertStrictEquals(ttls[2], "never");
});

test("batchWrite: a row fails alone: generation, create-only, update-only, a type", async () => {
  const keys = await stored(6) as [Key, Key, Key, Key, Key, Key];
  const missing = freshKeys(1)[0] as Key;
  const rows = await server.client.batchWrite([
    { key: keys[0], bins: { i: 10 } },
    { key: keys[1], bins: { i: 11 }, generation: 9 },
    { key: keys[2], bins: { i: 12 }, recordExists: "create-only" },
    { key: missing, bins: { i: 13 }, recordExists: "update-only" },
    { key: keys[3], operations: [op.add("name", 1)] },
    { key: keys[4], bins: { i: 14 }, generation: 1 },
    { key: keys[5], bins: { only: true }, recordExists: "replace" },
  ]);
  assertEquals(statuses(rows), ["ok", "failed", "failed", "not-found", "failed", "ok", "ok"]);
  assertEquals(rows.toArray().map((row) => row.code), [0, 3, 5, 2, 12, 0, 0]);
  assertStrictEquals(rows.foundCount, 3);
  assertStrictEquals(rows.failedCount, 3);
  assertEquals(rows.toArray().map((row) => row.error?.codeName), [
    ...[undefined, "RECORD_GENERATION", "RECORD_EXISTS", undefined],
    ...["BIN_INCOMPATIBLE_TYPE", undefined, undefined],
  ]);
  assertEquals(rows.at(1)?.error?.name, "GenerationError");
  assertEquals(rows.at(2)?.error?.name, "RecordExistsError");
  assertInstanceOf(rows.at(4)?.error, ServerError);
  for (const row of rows) assertStrictEquals(row.inDoubt, false);
  const read = (await server.client.batchRead([...keys, missing])).toArray().map((row) =>
    row.record && { ...row.record.bins }
  );
  assertEquals(read, [
    { i: 10, name: "n0" },
    { i: 1, name: "n1" },
    { i: 2, name: "n2" },
    { i: 3, name: "n3" },
    { i: 14, name: "n4" },
    { only: true },
    null,
  ]);
  const error = assertThrows(() => rows.throwIfFailed(), AerospikeError);
  assertStrictEquals(error.codeName, "BATCH_FAILED");
  assertEquals(error.subErrors.map((sub) => sub.code), [3, 5, 12]);
});

test("batchWrite: null deletes a bin, the last one the record", async () => {
  const [a, b] = await stored(2) as [Key, Key];
  const rows = await server.client.batchWrite([
    { key: a, bins: { name: null } },
    { key: b, bins: { i: null, name: null } },
  ]);
  assertEquals(statuses(rows), ["ok", "ok"]);
  assertEquals({ ...(await server.client.get(a))?.bins }, { i: 0 });
  assertStrictEquals(await server.client.exists(b), false);
});

test("batchRemove: what was there is gone, what was not is not found", async () => {
  const keys = await stored(3);
  const missing = freshKeys(1)[0] as Key;
  const rows = await server.client.batchRemove([...keys.slice(0, 2), missing]);
  assertEquals(statuses(rows), ["ok", "ok", "not-found"]);
  assertStrictEquals(rows.foundCount, 2);
  assertStrictEquals(rows.failedCount, 0);
  assertEquals(statuses(await server.client.batchRead(keys)), ["not-found", "not-found", "ok"]);
});

test("batchRemove: durableDelete is refused row by row on a Community server", async () => {
  const edition = JSON.stringify(await server.client.info("edition"));
  if (edition.includes("Enterprise")) return leftOut("the refusal of durableDelete", "the Community Edition");
  const keys = await stored(2);
  const rows = await server.client.batchRemove(keys, { durableDelete: true });
  assertEquals(rows.toArray().map((row) => row.code), [25, 25]);
  assertEquals(statuses(await server.client.batchRead(keys)), ["ok", "ok"]);
});

test("batchWrite: the same key twice is written in order", async () => {
  const key = freshKeys(1)[0] as Key;
  const rows = await server.client.batchWrite([{ key, bins: { a: 1, b: 1 } }, { key, bins: { a: 2 } }]);
  assertEquals(statuses(rows), ["ok", "ok"]);
  assertEquals({ ...(await server.client.get(key))?.bins }, { a: 2, b: 1 });
});

test("5,000 keys: every third missing, each row right", async () => {
  const keys = freshKeys(5_000);
  const written = keys.flatMap((key, i) => i % 3 === 0 ? [] : [{ key, bins: { i, s: `value ${i}` } }]);
  (await server.client.batchWrite(written, { totalTimeout: 30_000 })).throwIfFailed();
  const rows = await server.client.batchRead(keys, { totalTimeout: 30_000 });
  assertStrictEquals(rows.length, 5_000);
  assertStrictEquals(rows.foundCount, written.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows.at(i);
    assertStrictEquals(row?.status, i % 3 === 0 ? "not-found" : "ok", `row ${i}`);
    assertStrictEquals(row?.record?.bins["i"], i % 3 === 0 ? undefined : i, `row ${i}`);
    assertStrictEquals(row?.record?.bins["s"], i % 3 === 0 ? undefined : `value ${i}`, `row ${i}`);
  }
  (await server.client.batchRemove(keys, { totalTimeout: 30_000 })).throwIfFailed();
});

test("many batches at once do not mix their rows", async () => {
  const keys = await stored(200);
  await Promise.all(
    range(50).map(async (n) => {
      const mine = range(100).map((i) => keys[(i * 7 + n * 13) % 200] as Key);
      const rows = await server.client.batchRead(mine, { totalTimeout: 30_000 });
      for (const [i, row] of rows.toArray().entries()) {
        assertStrictEquals(row.record?.bins["i"], (i * 7 + n * 13) % 200);
      }
    }),
  );
});

test("values of every type come back from a batch as from get", async () => {
  const key = freshKeys(1)[0] as Key;
  const map = new Map<number | string, unknown>([[1, "one"], ["x", [null, true]]]);
  const bins = {
    int: -5,
    big: 2n ** 62n,
    dbl: 0.5,
    str: "ü🦊",
    blob: new Uint8Array([0, 255]),
    bool: false,
    list: [1, [2]],
    map,
  };
  (await server.client.batchWrite([{ key, bins }])).throwIfFailed();
  const [row] = (await server.client.batchRead([key])).toArray();
  assertEquals({ ...row?.record?.bins }, { ...(await server.client.get(key))?.bins });
  assertEquals({ ...row?.record?.bins }, bins as unknown as Record<string, never>);
});

test("a row in an unknown namespace says so, and does not take the rest with it", async () => {
  const keys = await stored(2) as [Key, Key];
  const rows = await server.client.batchRead([keys[0], new Key("nowhere", set, 1), keys[1]]);
  assertEquals(statuses(rows), ["ok", "failed", "ok"]);
  const error = rows.at(1)?.error;
  assertInstanceOf(error, AerospikeError);
  assert(/nowhere|namespace/i.test(error.message), error.message);
  assertEquals(rows.at(2)?.record?.bins["i"], 1);
});

test("bad rows are refused with their position, and nothing is sent", async () => {
  const key = freshKeys(1)[0] as Key;
  const good = { key, bins: { a: 1 } };
  const { client } = server;
  const bad: [() => Promise<unknown>, string][] = [
    [() => client.batchRead([key, "x" as unknown as Key]), "[1]"],
    [() => client.batchRead([{ key, bins: ["a23456789012345x"] }]), "[0]"],
    [() => client.batchRead([key, { key, operations: [op.write("a", 1)] }]), "[1]"],
    [() => client.batchWrite([good, { key, bins: { a: undefined } }]), "[1]"],
    [() => client.batchWrite([good, good, { key, bins: { a: [new Date()] } }]), "[2]"],
    [() => client.batchWrite([{ key, bins: { a: 1 }, ttl: 0 }]), "[0]"],
    [() => client.batchWrite([good, { key, bins: { a: 1 }, nope: 1 } as never]), "[1]"],
    [() => client.batchWrite([good, { key } as never]), "[1]"],
    [() => client.batchRemove([key, null as unknown as Key]), "[1]"],
    [() => client.batchRead(null as unknown as Key[]), ""],
  ];
  const before = server.emulator?.stats();
  for (const [call, position] of bad) await assertRejects(call, InvalidArgumentError, position);
  assertStrictEquals(server.emulator?.stats().batches, before?.batches);
  assertStrictEquals(await client.exists(key), false);
});

test("one row kept of each of 1,000 batches keeps the rows' memory, not the batches'", async () => {
  // 1,000 batches of 20 blobs of 20 kB: 400 MB in all, 20 MB of which are kept.
  const keys = freshKeys(20);
  const blob = new Uint8Array(20_000).fill(1);
  (await server.client.batchWrite(keys.map((key) => ({ key, bins: { blob, s: "x".repeat(50) } })))).throwIfFailed();
  const kept: unknown[] = [];
  const before = await memoryInUse();
  for (let round = 0; round < 250; round++) {
    const batches = await Promise.all(range(4).map(() => server.client.batchRead(keys, { totalTimeout: 30_000 })));
    for (const [i, rows] of batches.entries()) kept.push(rows.at((round + i) % 20));
  }
  const grown = await memoryInUse() - before;
  assertStrictEquals(kept.length, 1_000);
  assertLess(grown, 100e6, `${Math.round(grown / 1e6)} MB are kept`);
});

test("rows survive garbage collection while they are read", async () => {
  const collect = garbageCollector();
  if (collect === undefined) return leftOut("garbage collection on demand", "--expose-gc");
  const keys = freshKeys(400);
  const blob = (i: number) => new Uint8Array(500).fill(i);
  (await server.client.batchWrite(keys.map((key, i) => ({ key, bins: { i, blob: blob(i) } })))).throwIfFailed();
  for (let round = 0; round < 5; round++) {
    const reads = range(4).map(() => server.client.batchRead(keys, { totalTimeout: 30_000 }));
    collect();
    for (const rows of await Promise.all(reads)) {
      for (let i = 0; i < rows.length; i += 7) assertEquals(rows.at(i)?.record?.bins["blob"], blob(i));
      collect();
      for (let i = 0; i < rows.length; i += 3) assertEquals(rows.at(i)?.record?.bins["i"], i);
    }
  }
});

test('integers: "number": a batch counts what it cannot give, and operate says that it wrote', async () => {
  const keys = freshKeys(2);
  const [small, big] = keys as [Key, Key];
  await server.client.put(small, { n: 1 });
  await server.client.put(big, { n: 2n ** 60n });
  await using client = await connect({ hosts: server.hosts, integers: "number" });
  const rows = await client.batchRead(keys);
  assertEquals([rows.foundCount, rows.failedCount], [1, 1]);
  assertEquals(statuses(rows), ["ok", "failed"]);
  assertThrows(() => rows.throwIfFailed(), AerospikeError, "1 of 2 rows failed");
  const operated = await assertRejects(
    () => client.operate(big, [op.add("n", 1), op.read("n")]),
    AerospikeError,
    "carried out",
  ) as AerospikeError;
  assertEquals([operated.sent, operated.set, operated.digest?.length], [true, set, 40]);
  assertStrictEquals((await server.client.get(big))?.bins["n"], 2n ** 60n + 1n);
  const read = await assertRejects(() => client.get(big), AerospikeError, 'the bin "n"') as AerospikeError;
  assert(!read.message.includes("carried out"));
  const written = await client.batchWrite([{ key: big, operations: [op.add("n", 1), op.read("n")] }]);
  assertStrictEquals(written.failedCount, 1);
  assert(written.at(0)?.error?.message.includes("carried out"), written.at(0)?.error?.message);
});

test("rows.get: hits, misses and keys by digest of 20,000 rows take no more than a moment", async () => {
  const keys = freshKeys(20_000);
  const rows = await server.client.batchRead(keys, { totalTimeout: 30_000 });
  const started = performance.now();
  for (const [i, key] of keys.entries()) assertStrictEquals(rows.get(key)?.key, keys[i]);
  for (const key of freshKeys(20_000)) assertStrictEquals(rows.get(key), undefined);
  for (const key of keys.slice(0, 5000)) {
    assertStrictEquals(rows.get(Key.fromDigest("test", "", key.digest))?.key, key);
    assertStrictEquals(rows.get(Key.fromDigest("bar", set, key.digest)), undefined);
  }
  assertLess(performance.now() - started, 5000);
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", () => server.close());
