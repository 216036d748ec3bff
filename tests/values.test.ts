import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Double, doubles, GeoJSON, HyperLogLog, InvalidArgumentError, Unparsed, vector } from "../mod.ts";
import { encodeBins } from "../src/codec/particle.ts";
import { readParticle } from "../src/codec/particle-reader.ts";
import { type DecodeOptions, DEFAULT_DECODE } from "../src/values/value.ts";

function particle(value: unknown): Uint8Array<ArrayBuffer> {
  // u16 count, u8 length, "v", then the particle
  return encodeBins({ v: value }).slice(4);
}

function decode(bytes: Uint8Array<ArrayBuffer>, options: Partial<DecodeOptions> = {}): unknown {
  const view = new DataView(bytes.buffer);
  return readParticle(bytes, view, bytes[0] as number, 5, view.getUint32(1, true), { ...DEFAULT_DECODE, ...options });
}

function roundTrip(value: unknown, options: Partial<DecodeOptions> = {}): unknown {
  return decode(particle(value), options);
}

function refused(value: unknown, ...parts: string[]): void {
  const error = assertThrows(() => particle(value), InvalidArgumentError) as Error;
  for (const part of parts) assert(error.message.includes(part), `${error.message} | ${part}`);
}

/** A particle as another client might have written it. */
function foreign(type: number, payload: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([type, payload.length, 0, 0, 0, ...payload]);
}

test("scalars come back as they were written", () => {
  const values = [
    0,
    1,
    -1,
    127,
    128,
    -32,
    -33,
    255,
    256,
    65535,
    65536,
    -129,
    -32769,
    2 ** 31,
    2 ** 32,
    -(2 ** 31) - 1,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
    2n ** 53n,
    -(2n ** 53n),
    2n ** 63n - 1n,
    -(2n ** 63n),
    1.5,
    -0,
    NaN,
    Infinity,
    -Infinity,
    1e300,
    true,
    false,
    null,
    "",
    "a",
    "x".repeat(24),
    "x".repeat(25),
    "äöü",
    "\u{1f600}".repeat(20),
    "\ufeffbom",
    "\0",
  ];
  for (const value of values) {
    assertEquals(roundTrip(value), value);
    assertEquals(roundTrip([value]), [value]);
    assertEquals(roundTrip({ v: value }), { v: value });
  }
  assert(Object.is(roundTrip(-0), -0));
  assert(Object.is((roundTrip([-0]) as number[])[0], -0));
  assertEquals(roundTrip(5n), 5);
});

test("texts of every length survive inside collections", () => {
  for (const size of [0, 1, 10, 11, 30, 31, 32, 84, 85, 86, 253, 254, 255, 256, 21844, 65534, 65535, 65536]) {
    const ascii = "x".repeat(size);
    const wide = "ä".repeat(size);
    assertEquals(roundTrip([ascii, wide, new Uint8Array(size), 1]), [ascii, wide, new Uint8Array(size), 1]);
  }
});

test("collections", () => {
  assertEquals(roundTrip([]), []);
  assertEquals(roundTrip({}), {});
  assertEquals(roundTrip([[[]], {}]), [[[]], {}]);
  const long = Array.from({ length: 70000 }, (_, i) => i);
  assertEquals(roundTrip(long), long);
  const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]));
  assertEquals(roundTrip(wide), wide);
  const mixed = new Map<unknown, unknown>([["b", 1], [2, "x"], [new Uint8Array([1]), null], [-1, 0]]);
  const back = roundTrip(mixed) as Map<unknown, unknown>;
  assert(back instanceof Map);
  assertEquals([...back.keys()], [-1, 2, "b", new Uint8Array([1])]);
  assertEquals(roundTrip(new Map([["a", 1]])), { a: 1 });
  assertEquals(roundTrip({ a: { b: 1 } }, { maps: "map" }), new Map([["a", new Map([["b", 1]])]]));
});

test("maps are written key-ordered, as the server orders keys", () => {
  // map of 3 + marker, ext(0 bytes, type 1), nil, then "a", "b", "c"
  assertEquals(
    particle({ c: 3, a: 1, b: 2 }).slice(5),
    new Uint8Array([0x84, 0xc7, 0, 1, 0xc0, 0xa2, 3, 97, 1, 0xa2, 3, 98, 2, 0xa2, 3, 99, 3]),
  );
  const keys = ["\u{10000}", "\uffff", "b", "a"];
  const back = roundTrip(Object.fromEntries(keys.map((key) => [key, 1]))) as object;
  assertEquals(Object.keys(back), ["a", "b", "\uffff", "\u{10000}"]);
});

test("strings and bytes inside lists begin with their type", () => {
  assertEquals(
    particle(["a", new Uint8Array([9]), 1, true]).slice(5),
    new Uint8Array([0x94, 0xa2, 3, 97, 0xa2, 4, 9, 1, 0xc3]),
  );
});

test("wrappers", () => {
  assertEquals(roundTrip(new Double(3)), 3);
  assertEquals(roundTrip(new Double(3), { doubles: "wrapped" }), new Double(3));
  assertEquals(roundTrip([new Double(3)], { doubles: "wrapped" }), [new Double(3)]);
  assertEquals(particle(new Double(3))[0], 2);
  assertEquals(roundTrip(GeoJSON.point(1, 2)), GeoJSON.point(1, 2));
  assertEquals(roundTrip([GeoJSON.point(1, 2)]), [GeoJSON.point(1, 2)]);
  assertEquals(roundTrip(new HyperLogLog(new Uint8Array([1]))), new HyperLogLog(new Uint8Array([1])));
  assertEquals(roundTrip(new Unparsed(7, new Uint8Array([1]))), new Unparsed(7, new Uint8Array([1])));
  assertEquals(roundTrip(vector(new Float32Array([1, 2]))), new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]));
  assertEquals(roundTrip(doubles([1, 2.5]), { doubles: "wrapped" }), [new Double(1), new Double(2.5)]);
});

test("doubles() takes numbers, in a list", () => {
  assertEquals(doubles({ length: 1, 0: 2 }), [new Double(2)]);
  for (const wrong of [null, undefined, 5, {}, Symbol("x")]) {
    assertThrows(() => doubles(wrong as never), InvalidArgumentError, "doubles() was given");
  }
  assertThrows(() => doubles(["1"] as never), InvalidArgumentError, "a Double holds a number");
});

test("integers by option", () => {
  assertEquals(roundTrip(1, { integers: "bigint" }), 1n);
  assertEquals(roundTrip([1, 300, -70000], { integers: "bigint" }), [1n, 300n, -70000n]);
  assertEquals(roundTrip(1, { integers: "number" }), 1);
  assertThrows(() => roundTrip(2n ** 60n, { integers: "number" }), Error, "not safe");
  assertThrows(() => roundTrip([2n ** 60n], { integers: "number" }), Error, "not safe");
});

test("what has no form in Aerospike is refused with path and cure", () => {
  refused(undefined, "bins.v is undefined", "undefinedBins");
  refused([1, undefined], "bins.v[1] is undefined", "null");
  refused(Symbol("x"), "symbol");
  refused({ a: [0, { "b c": () => {} }] }, 'bins.v.a[1]["b c"] is a function');
  refused(new Date(), "Date", "getTime");
  refused({ profile: { tags: ["a", "b", "c", new Date()] } }, "bins.v.profile.tags[3] is a Date");
  refused(new Float32Array(1), "vector(");
  refused(new Int16Array(1), "Int16Array");
  refused(new ArrayBuffer(1), "new Uint8Array");
  refused(new Set(), "Array.from");
  refused(/x/, "RegExp");
  refused(new (class User {})(), "User", "plain objects");
  refused(2 ** 53, "bigint", "Double");
  refused(2 ** 63, "bigint", "Double");
  refused(-(2 ** 63), "bigint", "Double");
  refused([2 ** 60], "bins.v[0]");
  assertEquals(roundTrip(2 ** 64), 2 ** 64);
  refused(2n ** 63n, "int64");
  refused(new Map([[NaN, 1]]), "NaN");
  refused(new Map([[1.5, 1]]), "1.5");
  refused(new Map([[true, 1]]), "boolean");
  refused(new Map<unknown, unknown>([[1, 1], [1n, 2]]), "twice");
  refused("\ud800", "surrogate");
  refused({ "\ud800": 1 }, "surrogate");
  // A hole is undefined.
  const holes: unknown[] = [1];
  holes[2] = 3;
  refused(holes, "bins.v[1]");
});

test("cycles and depth", () => {
  const a: Record<string, unknown> = { x: {} };
  (a.x as Record<string, unknown>).back = a;
  refused(a, "bins.v.x.back is cyclic");
  const list: unknown[] = [];
  list.push(0, list);
  refused({ list }, "bins.v.list[1] is cyclic");
  const nest = (depth: number): unknown => depth === 0 ? [] : [nest(depth - 1)];
  assertEquals(roundTrip(nest(63)), nest(63));
  refused(nest(64), "64");
});

test("dangerous names are data", () => {
  const evil = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}');
  const back = roundTrip(evil) as Record<string, unknown>;
  assertEquals(Object.keys(back).sort(), ["__proto__", "constructor", "toString"]);
  assertEquals(Object.getPrototypeOf(back), Object.prototype);
  assertEquals(({} as { polluted?: number }).polluted, undefined);
});

test("what another client wrote spoils itself only", () => {
  const text = decode(foreign(3, [0xff, 0xfe])) as Unparsed;
  assert(text instanceof Unparsed);
  assertEquals([text.particleType, text.bytes], [3, new Uint8Array([0xff, 0xfe])]);
  assertEquals(decode(foreign(7, [1, 2])), new Unparsed(7, new Uint8Array([1, 2])));
  // A list with a text that is not UTF-8, and an element after it.
  assertEquals(decode(foreign(20, [0x92, 0xa2, 3, 0xff, 5])), [new Unparsed(3, new Uint8Array([0xff])), 5]);
  // {1.5: 1} and {true: 1}, and a list that ends too early
  for (const payload of [[0x81, 0xca, 0x3f, 0xc0, 0, 0, 1], [0x81, 0xc3, 1], [0x92, 1], [0xdd, 255, 255, 255, 255]]) {
    const type = payload[0] === 0x81 ? 19 : 20;
    assertEquals(decode(foreign(type, payload)), new Unparsed(type, new Uint8Array(payload)));
  }
  // An ordered list carries a marker; the marker is no element.
  assertEquals(decode(foreign(20, [0x93, 0xc7, 0, 1, 1, 2])), [1, 2]);
  // What is unparsed is written back as it was.
  assertEquals(
    roundTrip(new Unparsed(19, new Uint8Array([0x81, 0xc3, 1]))),
    new Unparsed(19, new Uint8Array([0x81, 0xc3, 1])),
  );
});

test("values do not refer to the buffer they were read from", () => {
  const bytes = particle([new Uint8Array([1, 2])]);
  const [blob] = decode(bytes) as [Uint8Array];
  bytes.fill(0);
  assertEquals(blob, new Uint8Array([1, 2]));
});
