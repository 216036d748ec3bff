/**
 * Aerospike's MessagePack: inside collections a string or blob is a `str` whose first byte is the particle type, and a
 * key-ordered map begins with a pair of an ext marker and nil.
 *
 * @module
 */

import { isDetached } from "../values/detached.ts";
import { Double } from "../values/double.ts";
import { GeoJSON } from "../values/geojson.ts";
import { HyperLogLog } from "../values/hyperloglog.ts";
import { Placeholder } from "../values/placeholder.ts";
import { Unparsed } from "../values/unparsed.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { Particle } from "./particle-type.ts";
import { checkCollection } from "./unparsed.ts";
import { ValueProblem } from "./value-problem.ts";

/** Collections may stand in collections this deep. */
const DEPTH_LIMIT = 64;

const KEY_ORDERED = 1;
/** An ext of one byte that is no container's order. */
const PLACEHOLDER = 0xd4ff;
/** The getter of `size`, which only a real Map passes. */
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get as (this: unknown) => number;
/** Reserved for the header of a str before its length is known: five bytes, its largest. */
const LONG_TEXT = 0xffff;

/** Writes a value inside a collection; `depth` is how many collections it stands in. */
export function writeNested(w: FrameWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case "string":
      return writeText(w, Particle.STRING, value);
    case "number":
      return writeNumber(w, value);
    case "boolean":
      return w.u8(value ? 0xc3 : 0xc2);
    case "bigint":
      return writeBigint(w, value);
    case "object":
      return writeObject(w, value, depth);
    default:
      throw unsupported(value);
  }
}

function writeObject(w: FrameWriter, value: object | null, depth: number): void {
  if (value === null) return w.u8(0xc0);
  if (Array.isArray(value)) return writeList(w, value, depth + 1);
  if (value instanceof Uint8Array) return writeBlob(w, Particle.BYTES, value);
  if (value instanceof Map) return writeMap(w, value, depth + 1);
  if (isPlain(value)) return writePlain(w, value as Record<string, unknown>, depth + 1);
  if (value instanceof Double) {
    w.u8(0xcb);
    return w.f64BE(value.value);
  }
  if (value instanceof GeoJSON) return writeText(w, Particle.GEOJSON, value.json);
  if (value instanceof HyperLogLog) return writeBlob(w, Particle.HLL, value.bytes);
  if (value instanceof Unparsed) {
    if (value.particleType === Particle.MAP || value.particleType === Particle.LIST) {
      // A collection's payload is MessagePack itself, so it stands here as it is.
      checkBytes(value.bytes);
      checkCollection(value.particleType, value.bytes);
      return w.blob(value.bytes);
    }
    return writeBlob(w, value.particleType, value.bytes);
  }
  if (value instanceof Placeholder && w.takesPlaceholders) {
    w.u16BE(PLACEHOLDER);
    return w.u8(placeholderNumber(value));
  }
  throw unsupported(value);
}

/** The number of what stands for values. */
export function placeholderNumber(value: Placeholder): number {
  return value.name === "infinity" ? 1 : 0;
}

/** Whether an object is a plain one: it becomes a map, and nothing of it would be lost. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // A plain object of another realm (an iframe, a vm context) has that realm's Object.prototype.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}

/** Writes a list; `depth` counts it. */
export function writeList(w: FrameWriter, list: readonly unknown[], depth: number): void {
  checkDepth(list, depth);
  const count = list.length;
  writeArrayHeader(w, count);
  let at = 0;
  try {
    for (; at < count; at++) writeNested(w, list[at], depth);
  } catch (error) {
    if (error instanceof ValueProblem) error.through(list, at);
    throw error;
  }
}

/** Writes the header of an array. */
export function writeArrayHeader(w: FrameWriter, count: number): void {
  if (count < 16) w.u8(0x90 | count);
  else if (count < 0x1_0000) {
    w.u8(0xdc);
    w.u16BE(count);
  } else {
    w.u8(0xdd);
    w.u32BE(count);
  }
}

/** Writes a plain object as a key-ordered map; `depth` counts it. */
export function writePlain(w: FrameWriter, object: Record<string, unknown>, depth: number): void {
  checkDepth(object, depth);
  const keys = Object.keys(object);
  if (keys.length > 1) sortStrings(keys);
  writeMapHeader(w, keys.length);
  let at = 0;
  try {
    for (; at < keys.length; at++) {
      const key = keys[at] as string;
      writeText(w, Particle.STRING, key);
      writeNested(w, object[key], depth);
    }
  } catch (error) {
    if (error instanceof ValueProblem) error.through(object, keys[at] as string);
    throw error;
  }
}

/** Writes a Map as a key-ordered map; `depth` counts it. */
export function writeMap(w: FrameWriter, map: ReadonlyMap<unknown, unknown>, depth: number): void {
  checkDepth(map, depth);
  const keys = [...keysOf(map)];
  for (const key of keys) checkKey(key);
  keys.sort(compareKeys);
  for (let i = 1; i < keys.length; i++) {
    if (compareKeys(keys[i - 1], keys[i]) === 0) {
      throw new ValueProblem(`has the key ${describeKey(keys[i])} twice`, "1 and 1n, or equal bytes, are one key");
    }
  }
  writeMapHeader(w, keys.length);
  let key: unknown;
  try {
    for (key of keys) {
      writeNested(w, key, depth);
      writeNested(w, map.get(key), depth);
    }
  } catch (error) {
    if (error instanceof ValueProblem) error.through(map, typeof key === "number" ? key : describeKey(key));
    throw error;
  }
}

function keysOf(map: ReadonlyMap<unknown, unknown>): Iterable<unknown> {
  try {
    mapSize.call(map);
  } catch {
    throw new ValueProblem("is a Proxy of a Map", "copy what it stands for: new Map(...)");
  }
  return map.keys();
}

/** Throws a {@link ValueProblem} where the bytes cannot be read. */
export function checkBytes(bytes: Uint8Array): void {
  if (!ArrayBuffer.isView(bytes)) {
    throw new ValueProblem("is a Proxy of a Uint8Array", "copy what it stands for: new Uint8Array(...)");
  }
  if (bytes.length === 0 && isDetached(bytes)) {
    throw new ValueProblem("is a Uint8Array whose buffer is detached", "copy it before its buffer is transferred");
  }
}

function writeMapHeader(w: FrameWriter, entries: number): void {
  const count = entries + 1;
  if (count < 16) w.u8(0x80 | count);
  else if (count < 0x1_0000) {
    w.u8(0xde);
    w.u16BE(count);
  } else {
    w.u8(0xdf);
    w.u32BE(count);
  }
  // ext 8 of no bytes, its type the order; its value is nil.
  w.u32BE(0xc700_00c0 | (KEY_ORDERED << 8));
}

/** Sorts keys as the server does: by their UTF-8 bytes. */
function sortStrings(keys: string[]): void {
  // Objects mostly have few keys, and often stand in the order they were read in.
  if (!isSorted(keys)) keys.sort();
  // UTF-16 order is UTF-8 order, except between surrogates and the characters after them.
  if (keys.some(hasSurrogate)) keys.sort(compareStrings);
}

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) {
    if (!((keys[i - 1] as string) < (keys[i] as string))) return false;
  }
  return true;
}

function hasSurrogate(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    if ((key.charCodeAt(i) & 0xf800) === 0xd800) return true;
  }
  return false;
}

function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const xSurrogate = (x & 0xf800) === 0xd800;
      const ySurrogate = (y & 0xf800) === 0xd800;
      if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
      return x - y;
    }
  }
  return a.length - b.length;
}

/** Throws a {@link ValueProblem} where a value cannot be a key of a map. */
export function checkKey(key: unknown): void {
  if (typeof key === "string") return;
  if (key instanceof Uint8Array) return checkBytes(key);
  if (typeof key === "bigint") return checkInt64(key);
  if (typeof key === "number") {
    if (Number.isSafeInteger(key)) return;
    throw new ValueProblem(
      `has the key ${key}`,
      "a numeric map key is a safe integer, or a bigint in the range of int64",
    );
  }
  throw new ValueProblem(
    `has a key of the type ${describeType(key)}`,
    "a map key is an integer, a string or a Uint8Array",
  );
}

/** The server's order of keys: integers, then strings, then bytes. */
function compareKeys(a: unknown, b: unknown): number {
  const rank = keyRank(a);
  const other = keyRank(b);
  if (rank !== other) return rank - other;
  if (rank === 0) return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
  if (rank === 1) return compareStrings(a as string, b as string);
  return compareBytes(a as Uint8Array, b as Uint8Array);
}

function keyRank(key: unknown): number {
  if (typeof key === "string") return 1;
  return typeof key === "object" ? 2 : 0;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function writeNumber(w: FrameWriter, value: number): void {
  if (!isStoredAsInteger(value)) {
    w.u8(0xcb);
    return w.f64BE(value);
  }
  if (value >= 0) {
    if (value < 0x80) return w.u8(value);
    if (value < 0x100) return w.u16BE(0xcc00 | value);
    if (value < 0x1_0000) {
      w.u8(0xcd);
      return w.u16BE(value);
    }
    if (value < 0x1_0000_0000) {
      w.u8(0xce);
      return w.u32BE(value);
    }
    w.u8(0xcf);
    return w.i64BE(value);
  }
  if (value >= -32) return w.u8(value & 0xff);
  if (value >= -0x80) return w.u16BE(0xd000 | (value & 0xff));
  if (value >= -0x8000) {
    w.u8(0xd1);
    return w.u16BE(value);
  }
  if (value >= -0x8000_0000) {
    w.u8(0xd2);
    return w.u32BE(value);
  }
  w.u8(0xd3);
  w.i64BE(value);
}

function writeBigint(w: FrameWriter, value: bigint): void {
  // The server compares keys by value, but the shortest form is the canonical one.
  const number = Number(value);
  if (Number.isSafeInteger(number)) return writeNumber(w, number);
  checkInt64(value);
  w.u8(value < 0n ? 0xd3 : 0xcf);
  w.bigI64BE(value);
}

/** Whether a number is stored as an integer; throws where it would lose digits unnoticed. */
export function isStoredAsInteger(value: number): boolean {
  if (Number.isSafeInteger(value)) return value !== 0 || !Object.is(value, -0);
  if (Number.isInteger(value) && Math.abs(value) <= 0x8000_0000_0000_0000) {
    throw new ValueProblem(
      "is an integral number beyond Number.MAX_SAFE_INTEGER",
      "use a bigint for an exact integer, or new Double(x) for a double",
    );
  }
  return false;
}

/** Throws where a bigint does not fit. */
export function checkInt64(value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) {
    throw new ValueProblem("is a bigint out of the range of int64", "store it as a string or as bytes");
  }
}

/** Writes the header of a text or of bytes. */
export function writeTextHeader(w: FrameWriter, size: number): void {
  if (size < 32) w.u8(0xa0 | size);
  else if (size < 0x100) w.u16BE(0xd900 | size);
  else if (size < 0x1_0000) {
    w.u8(0xda);
    w.u16BE(size);
  } else {
    w.u8(0xdb);
    w.u32BE(size);
  }
}

function textHeaderSize(size: number): number {
  if (size < 32) return 1;
  if (size < 0x100) return 2;
  return size <= LONG_TEXT ? 3 : 5;
}

function writeText(w: FrameWriter, type: number, text: string): void {
  // The header that fits an ASCII text; where the text turns out longer, its bytes move.
  const start = w.length;
  const guess = textHeaderSize(text.length + 1);
  w.ensure(guess + 1);
  w.length = start + guess + 1;
  const size = w.utf8(text) + 1;
  const header = textHeaderSize(size);
  const end = start + header + size;
  if (header !== guess) {
    w.ensure(header - guess);
    w.bytes.copyWithin(start + header + 1, start + guess + 1, start + guess + size);
  }
  w.length = start;
  writeTextHeader(w, size);
  w.bytes[w.length] = type;
  w.length = end;
}

function writeBlob(w: FrameWriter, type: number, bytes: Uint8Array): void {
  checkBytes(bytes);
  writeTextHeader(w, bytes.length + 1);
  w.u8(type);
  w.blob(bytes);
}

function checkDepth(container: object, depth: number): void {
  if (depth > DEPTH_LIMIT) {
    throw new ValueProblem(
      `is more than ${DEPTH_LIMIT} collections deep`,
      `lists and maps nest at most ${DEPTH_LIMIT} deep`,
      container,
    );
  }
}

function describeType(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}

function describeKey(key: unknown): string {
  return key instanceof Uint8Array ? `<${key.length} bytes>` : String(key);
}

/** The problem of a value that has no form in Aerospike. */
export function unsupported(value: unknown): ValueProblem {
  switch (typeof value) {
    case "undefined":
      return new ValueProblem("is undefined", "leave it out, or use null");
    case "symbol":
      return new ValueProblem("is a symbol", "use its description, a string");
    case "function":
      return new ValueProblem("is a function", "functions cannot be stored");
  }
  if (value instanceof Date) {
    return new ValueProblem("is a Date", "store date.getTime() as an integer or date.toISOString() as a string");
  }
  if (value instanceof Float32Array) {
    return new ValueProblem("is a Float32Array", "use vector(x) for a blob or doubles(x) for a list of doubles");
  }
  if (value instanceof Float64Array) {
    return new ValueProblem("is a Float64Array", "use doubles(x) for a list of doubles");
  }
  if (ArrayBuffer.isView(value)) {
    return new ValueProblem(
      `is a ${describeType(value)}`,
      "use Array.from(x) for a list, or new Uint8Array(x.buffer, x.byteOffset, x.byteLength) for a blob",
    );
  }
  if (value instanceof ArrayBuffer) return new ValueProblem("is an ArrayBuffer", "wrap it: new Uint8Array(buffer)");
  if (value instanceof Placeholder) {
    return new ValueProblem(`is ${value.name}`, "it is no value, and only stands where values are compared");
  }
  if (value instanceof Set) return new ValueProblem("is a Set", "use Array.from(set)");
  if (value instanceof Promise) return new ValueProblem("is a Promise", "await it first");
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return new ValueProblem(`is a ${describeType(value)} object`, "use the primitive value: x.valueOf()");
  }
  return new ValueProblem(
    `is an instance of ${describeType(value)}`,
    "only plain objects become maps: copy its fields, { ...x }",
  );
}
