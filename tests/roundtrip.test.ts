import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import {
  type BinValue,
  type Client,
  connect,
  type DecodeOptions,
  Double,
  doubles,
  GeoJSON,
  HyperLogLog,
  InvalidArgumentError,
  Key,
  ServerError,
  vector,
} from "../mod.ts";
import { canonical, RandomValues } from "./support/random.ts";
import { freshSet, startServer } from "./support/server.ts";

const set = freshSet();
const server = await startServer();

/** Clients by how their values come back. */
const readers = new Map<string, Client>();

async function readerOf(decode: Partial<DecodeOptions>): Promise<Client> {
  const name = JSON.stringify(decode);
  const client = readers.get(name) ?? await connect({ hosts: server.hosts, ...decode });
  readers.set(name, client);
  return client;
}

/** What comes back of a bin that was written. */
async function roundTrip(value: unknown, decode: Partial<DecodeOptions> = {}): Promise<unknown> {
  const client = await readerOf(decode);
  const key = new Key("test", set, `value-${serial++}`);
  await client.put(key, { value } as { value: BinValue });
  const record = await client.get<{ value: BinValue }>(key);
  assert(record !== null, "the record is gone");
  return record.bins.value;
}

let serial = 0;

/** The same type and the same value: `-0` is not 0, and an object is not a Map. */
async function assertSame(value: unknown, label = String(value)): Promise<void> {
  assertEquals(await roundTrip(value), value, label);
}

test("integers: a number while it is safe, a bigint beyond, to both edges of int64", async () => {
  for (const value of [0, 1, -1, 127, 128, 255, 256, -128, -129, 2 ** 31, 2 ** 32, -(2 ** 31) - 1]) {
    await assertSame(value);
    assertStrictEquals(await roundTrip(BigInt(value)), value);
  }
  await assertSame(Number.MAX_SAFE_INTEGER);
  await assertSame(Number.MIN_SAFE_INTEGER);
  assertStrictEquals(await roundTrip(BigInt(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  for (const value of [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) await assertSame(value);
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n]) {
    await assertRejects(() => roundTrip(value), InvalidArgumentError, "bins.value");
  }
  const unsafe = await assertRejects(() => roundTrip(2 ** 53), InvalidArgumentError, "bins.value");
  assert(/bigint/.test(unsafe.message) && /Double/.test(unsafe.message), unsafe.message);
});

test('integers: "bigint" gives every integer as one, "number" refuses what is not safe', async () => {
  assertStrictEquals(await roundTrip(5, { integers: "bigint" }), 5n);
  assertStrictEquals(await roundTrip(2n ** 60n, { integers: "bigint" }), 2n ** 60n);
  assertEquals(await roundTrip([1, { a: 2 }], { integers: "bigint" }), [1n, { a: 2n }]);
  assertStrictEquals(await roundTrip(7, { integers: "number" }), 7);
  let nested: unknown = null;
  try {
    nested = await roundTrip(2n ** 60n, { integers: "number" });
  } catch (error) {
    assert((error as Error).message.length > 0);
  }
  assert(typeof nested !== "number", "an unsafe integer came back as a number");
});

test("doubles: -0, NaN, infinities, subnormals and ordinary ones, bit for bit", async () => {
  const values = [0.5, -0.1, Math.PI, NaN, Infinity, -Infinity, -0, Number.MIN_VALUE, -Number.MIN_VALUE];
  for (const value of [...values, 2 ** -1040, Number.MAX_VALUE, 5e-324, 1.7976931348623157e308]) {
    assert(Object.is(await roundTrip(value), value), `${value}`);
    const [nested] = await roundTrip([value]) as number[];
    assert(Object.is(nested, value), `${value} in a list`);
  }
});

test("Double stores an integral number as a double, and doubles: wrapped keeps it one", async () => {
  assertStrictEquals(await roundTrip(new Double(3)), 3);
  const wrapped = await roundTrip(new Double(3), { doubles: "wrapped" });
  assertInstanceOf(wrapped, Double);
  assertStrictEquals(wrapped.value, 3);
  assertStrictEquals(await roundTrip(3, { doubles: "wrapped" }), 3);
  const big = await roundTrip(new Double(2 ** 60), { doubles: "wrapped" }) as Double;
  assertStrictEquals(big.value, 2 ** 60);
  const list = await roundTrip([new Double(1), 2], { doubles: "wrapped" }) as unknown[];
  assertInstanceOf(list[0], Double);
  assertStrictEquals(list[1], 2);
});

test("what was read with doubles: wrapped is stored as a double again", async () => {
  const key = new Key("test", set, "wrapped");
  await server.client.put(key, { price: new Double(3) });
  const first = await (await readerOf({ doubles: "wrapped" })).get<{ price: Double }>(key);
  await server.client.put(key, { price: first?.bins.price });
  // An integer bin would refuse to be added a fraction.
  await server.client.add(key, { price: 0.5 });
  assertStrictEquals((await server.client.get<{ price: number }>(key))?.bins.price, 3.5);
});

test("strings: empty, every plane of Unicode, controls", async () => {
  for (
    const value of [
      "",
      "a",
      "é",
      "ß漢字",
      "🦊",
      "👩‍🚀",
      "\u{10ffff}",
      "\0",
      "a\0b",
      "\ufeffx",
      "\u2028",
      "é".normalize("NFD"),
    ]
  ) {
    await assertSame(value, JSON.stringify(value));
    await assertSame([value], `${JSON.stringify(value)} in a list`);
  }
  // Around the lengths where MessagePack and a codec's fast paths change.
  for (const length of [15, 16, 30, 31, 32, 33, 63, 64, 65, 254, 255, 256, 65_534, 65_535, 65_536]) {
    await assertSame("x".repeat(length), `${length} characters`);
    await assertSame("é".repeat(length), `${length} two-byte characters`);
    await assertSame(["x".repeat(length), "🦊".repeat(length >> 2)], `${length} in a list`);
  }
});

test("lone surrogates are no text: refused, with the path", async () => {
  for (const value of ["\ud800", "a\udc00b", "\udbff\udbff"]) {
    await assertRejects(() => roundTrip(value), InvalidArgumentError, "bins.value");
    await assertRejects(() => roundTrip(["ok", value]), InvalidArgumentError, "bins.value[1]");
    await assertRejects(() => roundTrip({ [value]: 1 }), InvalidArgumentError, "bins.value");
  }
});

test("blobs: empty, of every byte, and the largest that a record takes", async () => {
  await assertSame(new Uint8Array(0));
  await assertSame(Uint8Array.from({ length: 256 }, (_, i) => i));
  for (const length of [255, 256, 8192, 65_535, 65_536]) await assertSame(new Uint8Array(length).fill(7), `${length}`);
  const largest = Uint8Array.from({ length: 1_048_400 }, (_, i) => i * 7);
  assertEquals(await roundTrip(largest), largest);
  // A view of a larger buffer is what it shows, no more.
  assertEquals(await roundTrip(largest.subarray(1000, 1100)), largest.slice(1000, 1100));
});

test("bytes that were read are the reader's own: later results leave them as they are", async () => {
  const keys = Array.from({ length: 40 }, (_, i) => new Key("test", set, `own-${i}`));
  const bytes = (i: number) => new Uint8Array(100).fill(i + 1);
  await Promise.all(keys.map((key, i) => server.client.put(key, { blob: bytes(i), list: [bytes(i)] })));
  const kept: Uint8Array[][] = [];
  for (const key of keys) {
    const record = await server.client.get<{ blob: Uint8Array; list: [Uint8Array] }>(key);
    const [row] = (await server.client.batchRead<{ blob: Uint8Array }>([key])).toArray();
    assert(record !== null && row?.record);
    kept.push([record.bins.blob, record.bins.list[0], row.record.bins.blob]);
  }
  await Promise.all(keys.map((key) => server.client.get(key)));
  for (const [i, all] of kept.entries()) for (const blob of all) assertEquals(blob, bytes(i));
  // Changing one changes no other.
  kept[0]?.[0]?.fill(0);
  assertEquals(kept[0]?.[1], bytes(0));
  assertEquals({ ...(await server.client.get(keys[0] as Key, { bins: ["blob"] }))?.bins }, { blob: bytes(0) });
});

test("bytes that are written are those at the time of the call", async () => {
  const key = new Key("test", set, "time of the call");
  const blob = new Uint8Array(100).fill(1);
  const list = [1, 2];
  const pending = server.client.put(key, { blob, list });
  blob.fill(9);
  list.push(3);
  await pending;
  assertEquals({ ...(await server.client.get(key))?.bins }, { blob: new Uint8Array(100).fill(1), list: [1, 2] });
});

test("strings of nearly 1 MiB come back whole, ASCII and not", async () => {
  await assertSame("x".repeat(1_048_000), "ASCII");
  await assertSame("é".repeat(524_000), "two bytes each");
  await assertSame("🦊".repeat(262_000), "four bytes each");
});

test("a record larger than the server takes is refused with its size and the cure", async () => {
  const error = await assertRejects(() => roundTrip(new Uint8Array(1_048_577)), ServerError);
  assertStrictEquals((error as ServerError).codeName, "RECORD_TOO_BIG");
  assert(/max-record-size/.test(error.message), `no cure: ${error.message}`);
  assert(/1[,_. ]?048[,_. ]?\d{3}|1\.0 ?MiB|1024/.test(error.message), `no size: ${error.message}`);
});

test("booleans, and null inside of collections", async () => {
  await assertSame(true);
  await assertSame(false);
  await assertSame([true, false, null]);
  await assertSame({ yes: true, no: false, nil: null });
  await assertSame([null, [null], { a: null }]);
});

test("lists of every length of encoding, and empty collections", async () => {
  await assertSame([]);
  await assertSame([[], {}, [[]]]);
  for (const length of [1, 15, 16, 17, 255, 65_535, 65_536]) {
    await assertSame(Array.from({ length }, (_, i) => i), `${length} elements`);
  }
  await assertSame({});
  for (const length of [15, 16, 17, 300]) {
    await assertSame(Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, i])), `${length} keys`);
  }
});

test("maps: an object when every key is a string, else a Map", async () => {
  await assertSame({ a: 1, b: "two", c: [3] });
  assertEquals(await roundTrip(new Map([["a", 1], ["b", 2]])), { a: 1, b: 2 });
  const integers = new Map<number | bigint, string>([[-1, "minus"], [0, "zero"], [2 ** 40, "big"], [
    2n ** 60n,
    "huge",
  ]]);
  assertEquals(await roundTrip(integers), integers);
  const bytes = await roundTrip(new Map([[new Uint8Array([1, 2]), "x"]]));
  assertInstanceOf(bytes, Map);
  assertEquals([...bytes], [[new Uint8Array([1, 2]), "x"]]);
  const mixed = await roundTrip(new Map<unknown, unknown>([["s", 1], [5, 2], [new Uint8Array([9]), 3]]));
  assertInstanceOf(mixed, Map);
  assertEquals(canonical(mixed), canonical(new Map<unknown, unknown>([["s", 1], [5, 2], [new Uint8Array([9]), 3]])));
});

test('maps: "map" gives a Map always, nested ones too', async () => {
  assertEquals(await roundTrip({ a: { b: 1 } }, { maps: "map" }), new Map([["a", new Map([["b", 1]])]]));
  assertEquals(await roundTrip({}, { maps: "map" }), new Map());
  assertEquals(await roundTrip([{ a: 1 }], { maps: "map" }), [new Map([["a", 1]])]);
});

test("an integer key and its text are two keys", async () => {
  const map = new Map<number | string, string>([[1, "integer"], ["1", "text"]]);
  assertEquals(await roundTrip(map), map);
});

test("two keys of a Map that are one on the server are refused", async () => {
  const map = new Map<number | bigint, string>([[1, "number"], [1n, "bigint"]]);
  const error = await assertRejects(() => roundTrip(map));
  assert(error instanceof InvalidArgumentError || error instanceof ServerError, error.message);
});

const AWKWARD = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf", "then", "length", "0"];

test("names like __proto__ are data: as bins", async () => {
  for (const name of AWKWARD) {
    const key = new Key("test", set, `name-${name}`);
    const bins: Record<string, BinValue> = Object.fromEntries([[name, { inside: name }], ["other", 1]]);
    await server.client.put(key, bins);
    for (const record of [await server.client.get(key), await server.client.get(key, { bins: [name, "other"] })]) {
      assert(record !== null);
      assertEquals(Object.keys(record.bins).sort(), [name, "other"].sort(), name);
      assertEquals(Object.getOwnPropertyDescriptor(record.bins, name)?.value, { inside: name });
      assertStrictEquals(Object.getOwnPropertyDescriptor(record.bins, "other")?.value, 1);
    }
    const [row] = (await server.client.batchRead([key])).toArray();
    assertEquals(Object.getOwnPropertyDescriptor(row?.record?.bins ?? {}, name)?.value, { inside: name });
  }
  assertStrictEquals(({} as Record<string, unknown>)["inside"], undefined, "Object.prototype was changed");
});

test("names like __proto__ are data: as keys of maps", async () => {
  const written = JSON.parse(`{${AWKWARD.map((name) => `"${name}": {"polluted": true}`).join(",")}}`);
  const read = await roundTrip(written) as Record<string, unknown>;
  assertEquals(Object.keys(read).sort(), [...AWKWARD].sort());
  for (const name of AWKWARD) {
    assertEquals(Object.getOwnPropertyDescriptor(read, name)?.value, { polluted: true }, name);
  }
  assertStrictEquals(({} as Record<string, unknown>)["polluted"], undefined, "Object.prototype was changed");
  assertStrictEquals((read as { polluted?: unknown }).polluted, undefined, "the prototype was assigned");
});

test("nested to depth 64, and refused at 65", async () => {
  const nest = (depth: number, wrap: (inner: unknown) => unknown) => {
    let value: unknown = "bottom";
    for (let i = 0; i < depth; i++) value = wrap(value);
    return value;
  };
  const list = (inner: unknown) => [inner];
  const object = (inner: unknown) => ({ k: inner });
  const map = (inner: unknown) => new Map([[1, inner]]);
  for (const wrap of [list, object, map]) {
    // Bun's deepStrictEqual takes exponential time on nested Maps, so this compares texts.
    assertStrictEquals(canonical(await roundTrip(nest(64, wrap))), canonical(nest(64, wrap)));
    const error = await assertRejects(() => roundTrip(nest(65, wrap)), InvalidArgumentError, "bins.value");
    assert(/64/.test(error.message), error.message);
  }
});

test("GeoJSON comes back as it was written", async () => {
  const texts = [
    '{"type":"Point","coordinates":[8.55,47.37]}',
    '{ "type": "Polygon", "coordinates": [[[0,0],[10,0],[10,10],[0,10],[0,0]]] }',
    '{"type":"AeroCircle","coordinates":[[-122.1,37.4],1000]}',
  ];
  for (const text of texts) {
    const read = await roundTrip(new GeoJSON(text));
    assertInstanceOf(read, GeoJSON);
    assertStrictEquals(read.json, text);
    const [nested] = await roundTrip([new GeoJSON(text)]) as GeoJSON[];
    assertInstanceOf(nested, GeoJSON);
    assertStrictEquals(nested.json, text);
  }
  const error = await assertRejects(() => roundTrip(new GeoJSON('{"type":"Nonsense"}')), ServerError);
  assertStrictEquals((error as ServerError).codeName, "GEO_INVALID_GEOJSON");
});

test("HyperLogLog comes back as its bytes", async () => {
  // 4 index bits, no minhash: a byte of flags, two of sizes, eight of cached count, 2^4 registers of 6 bits.
  const empty = new Uint8Array(23).fill(4, 1, 2);
  const filled = empty.slice();
  filled.set([0x40, 0x80], 16);
  for (const bytes of [empty, filled]) {
    const read = await roundTrip(new HyperLogLog(bytes));
    assertInstanceOf(read, HyperLogLog);
    assertEquals(read.bytes, bytes);
  }
});

test("vector() is a blob of little-endian floats, doubles() a list of doubles", async () => {
  const floats = new Float32Array([0.5, -1, 3.25, 1e10]);
  const blob = await roundTrip(vector(floats));
  assertInstanceOf(blob, Uint8Array);
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  assertEquals(Array.from(floats, (_, i) => view.getFloat32(4 * i, true)), [...floats]);
  assertEquals(await roundTrip(doubles([1, 2.5, -0])), [1, 2.5, -0]);
  const wrapped = await roundTrip(doubles([1, 2.5]), { doubles: "wrapped" }) as Double[];
  assert(wrapped.every((value) => value instanceof Double));
});

test("many bins: 1,000 in one record, each with its own value", async () => {
  const key = new Key("test", set, "bins");
  const bins = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`bin-${i}`, i % 2 === 0 ? i : `v${i}`]));
  await server.client.put(key, bins);
  assertEquals({ ...(await server.client.get(key))?.bins }, bins);
});

test("300 random values come back as they were written", async () => {
  const seed = Number(Date.now() % 1_000_000_007);
  const random = new RandomValues(seed);
  for (let round = 0; round < 300; round++) {
    const key = new Key("test", set, `random-${round % 7}`);
    const bins: Record<string, BinValue> = {};
    for (let i = random.below(6); i >= 0; i--) bins[`b${i}`] = random.value(4);
    await server.client.put(key, bins, { recordExists: "replace" });
    const record = await server.client.get(key);
    assertStrictEquals(canonical({ ...record?.bins }), canonical(bins), `seed ${seed}, round ${round}`);
  }
});

// Deno 2.5 has no hooks, so the end is a test.
test("what the tests used is closed", async () => {
  for (const client of readers.values()) await client.close();
  await server.close();
});
