/**
 * Reads Aerospike's MessagePack.
 *
 * @module
 */

import { Double } from "../values/double.ts";
import { GeoJSON } from "../values/geojson.ts";
import { HyperLogLog } from "../values/hyperloglog.ts";
import { Unparsed } from "../values/unparsed.ts";
import type { DecodeOptions, MapKey } from "../values/value.ts";
import { readInteger, readNumberInteger } from "./integer.ts";
import { setField } from "./name-cache.ts";
import { Particle } from "./particle-type.ts";
import { readUtf8 } from "./utf8.ts";

/** Thrown for a collection that has no form in JavaScript: the whole value becomes an `Unparsed`. */
export const UNREADABLE: Error = new Error("unreadable collection");

/** Deeper than anything this client writes; a bound against exhausting the stack. */
const DEPTH_LIMIT = 512;
const KEY_VALUE_ORDERED = 8;

/** Reads the one value in `[start, end)`; throws {@link UNREADABLE} where it cannot be read. */
export function readMsgpack(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  options: DecodeOptions,
): unknown {
  const reader = new Reader(bytes, view, start, end, options);
  const value = reader.value(0);
  if (reader.at !== end) throw UNREADABLE;
  return value;
}

/** Where the first value in `bytes` ends, whatever it is; throws {@link UNREADABLE} where it does not end in them. */
export function msgpackEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  // Counted and not nested, so that no depth exhausts the stack.
  for (let left = 1; left > 0; left--) {
    const marker = at < bytes.length ? view.getUint8(at) : -1;
    const lengthSize = lengthSizeOf(marker);
    const body = at + 1 + lengthSize;
    if (marker < 0 || body > bytes.length) throw UNREADABLE;
    let count = 0;
    if (lengthSize === 1) count = view.getUint8(at + 1);
    else if (lengthSize === 2) count = view.getUint16(at + 1);
    else if (lengthSize === 4) count = view.getUint32(at + 1);
    if (marker >= 0x80 && marker < 0x90) left += 2 * (marker & 0x0f);
    else if (marker >= 0x90 && marker < 0xa0) left += marker & 0x0f;
    else if (marker === 0xdc || marker === 0xdd) left += count;
    else if (marker === 0xde || marker === 0xdf) left += 2 * count;
    else count += payloadSizeOf(marker);
    at = marker >= 0xdc && marker <= 0xdf ? body : body + count;
  }
  if (at > bytes.length) throw UNREADABLE;
  return at;
}

/** The bytes of the length behind a marker. */
function lengthSizeOf(marker: number): number {
  switch (marker) {
    case 0xc4:
    case 0xc7:
    case 0xd9:
      return 1;
    case 0xc5:
    case 0xc8:
    case 0xda:
    case 0xdc:
    case 0xde:
      return 2;
    case 0xc6:
    case 0xc9:
    case 0xdb:
    case 0xdd:
    case 0xdf:
      return 4;
    default:
      return 0;
  }
}

/** The bytes of a value beside its marker, and those that its length counts. */
function payloadSizeOf(marker: number): number {
  if (marker >= 0xa0 && marker < 0xc0) return marker & 0x1f;
  // The type of an ext.
  if (marker >= 0xc7 && marker <= 0xc9) return 1;
  if (marker === 0xca) return 4;
  if (marker === 0xcb) return 8;
  if (marker >= 0xcc && marker <= 0xcf) return 1 << (marker - 0xcc);
  if (marker >= 0xd0 && marker <= 0xd3) return 1 << (marker - 0xd0);
  if (marker >= 0xd4 && marker <= 0xd8) return 1 + (1 << (marker - 0xd4));
  return 0;
}

class Reader {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  readonly #options: DecodeOptions;

  constructor(bytes: Uint8Array, view: DataView, start: number, end: number, options: DecodeOptions) {
    this.#bytes = bytes;
    this.#view = view;
    this.at = start;
    this.#end = end;
    this.#options = options;
  }

  /** Takes `size` bytes and returns where they begin. */
  #take(size: number): number {
    const at = this.at;
    if (at + size > this.#end) throw UNREADABLE;
    this.at = at + size;
    return at;
  }

  value(depth: number): unknown {
    const marker = this.#bytes[this.#take(1)] as number;
    if (marker < 0x80) return this.#small(marker);
    if (marker < 0x90) return this.#map(marker & 0x0f, depth + 1);
    if (marker < 0xa0) return this.#list(marker & 0x0f, depth + 1);
    if (marker < 0xc0) return this.#text(marker & 0x1f);
    if (marker >= 0xe0) return this.#small(marker - 0x100);
    const view = this.#view;
    switch (marker) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xd9:
        return this.#text(view.getUint8(this.#take(1)));
      case 0xc5:
      case 0xda:
        return this.#text(view.getUint16(this.#take(2)));
      case 0xc6:
      case 0xdb:
        return this.#text(view.getUint32(this.#take(4)));
      case 0xca:
        return this.#double(view.getFloat32(this.#take(4)));
      case 0xcb:
        return this.#double(view.getFloat64(this.#take(8)));
      case 0xcc:
        return this.#small(view.getUint8(this.#take(1)));
      case 0xcd:
        return this.#small(view.getUint16(this.#take(2)));
      case 0xce:
        return this.#small(view.getUint32(this.#take(4)));
      case 0xcf:
        return this.#unsigned();
      case 0xd0:
        return this.#small(view.getInt8(this.#take(1)));
      case 0xd1:
        return this.#small(view.getInt16(this.#take(2)));
      case 0xd2:
        return this.#small(view.getInt32(this.#take(4)));
      case 0xd3:
        return readInteger(view, this.#take(8), this.#options.integers);
      case 0xdc:
        return this.#list(view.getUint16(this.#take(2)), depth + 1);
      case 0xdd:
        return this.#list(view.getUint32(this.#take(4)), depth + 1);
      case 0xde:
        return this.#map(view.getUint16(this.#take(2)), depth + 1);
      case 0xdf:
        return this.#map(view.getUint32(this.#take(4)), depth + 1);
      default:
        // An ext value: infinity, a wildcard, or what a later server invents.
        throw UNREADABLE;
    }
  }

  #small(value: number): number | bigint {
    return readNumberInteger(value, this.#options.integers);
  }

  #double(value: number): number | Double {
    return this.#options.doubles === "wrapped" ? new Double(value) : value;
  }

  #unsigned(): number | bigint {
    const at = this.#take(8);
    // Aerospike's integers are signed: what has the highest bit set is no integer of its.
    if (this.#view.getUint8(at) > 0x7f) throw UNREADABLE;
    return readInteger(this.#view, at, this.#options.integers);
  }

  #text(size: number): unknown {
    if (size === 0) throw UNREADABLE;
    const at = this.#take(size);
    const type = this.#bytes[at] as number;
    return readTyped(this.#bytes, type, at + 1, size - 1);
  }

  #list(count: number, depth: number): unknown[] {
    if (depth > DEPTH_LIMIT) throw UNREADABLE;
    let left = count;
    if (left > 0 && this.#atExt()) {
      // An ordered list's marker; the order itself is of no use here.
      this.#ext();
      left--;
    }
    const list: unknown[] = [];
    for (; left > 0; left--) list.push(this.value(depth));
    return list;
  }

  #map(count: number, depth: number): unknown {
    if (depth > DEPTH_LIMIT) throw UNREADABLE;
    let left = count;
    let order = 0;
    if (left > 0 && this.#atExt()) {
      order = this.#ext();
      this.value(depth);
      left--;
    }
    if (this.#options.maps === "map" || order === KEY_VALUE_ORDERED) return this.#fill(new Map(), left, depth);
    const object: Record<string, unknown> = {};
    for (; left > 0; left--) {
      const key = this.#key();
      if (typeof key !== "string") return this.#toMap(object, key, left, depth);
      setField(object, key, this.value(depth));
    }
    return object;
  }

  /** A key that is no string: the map becomes a Map. */
  #toMap(object: Record<string, unknown>, key: MapKey, left: number, depth: number): Map<MapKey, unknown> {
    const map = new Map<MapKey, unknown>(Object.entries(object));
    map.set(key, this.value(depth));
    return this.#fill(map, left - 1, depth);
  }

  #fill(map: Map<MapKey, unknown>, count: number, depth: number): Map<MapKey, unknown> {
    for (let left = count; left > 0; left--) {
      const key = this.#key();
      map.set(key, this.value(depth));
    }
    return map;
  }

  #key(): MapKey {
    const marker = this.#bytes[this.at];
    // Collections, doubles, booleans and nil are no keys.
    if (marker === 0xca || marker === 0xcb) throw UNREADABLE;
    const key = this.value(DEPTH_LIMIT);
    if (typeof key === "string" || typeof key === "number" || typeof key === "bigint") return key;
    if (key instanceof Uint8Array) return key;
    throw UNREADABLE;
  }

  #atExt(): boolean {
    const marker = this.#bytes[this.at] as number;
    return (marker >= 0xc7 && marker <= 0xc9) || (marker >= 0xd4 && marker <= 0xd8);
  }

  /** Passes an ext value and returns its type. */
  #ext(): number {
    const marker = this.#bytes[this.#take(1)] as number;
    const view = this.#view;
    let size: number;
    if (marker === 0xc7) size = view.getUint8(this.#take(1));
    else if (marker === 0xc8) size = view.getUint16(this.#take(2));
    else if (marker === 0xc9) size = view.getUint32(this.#take(4));
    else size = 1 << (marker - 0xd4);
    return this.#bytes[this.#take(1 + size)] as number;
  }
}

/** A payload whose type is in its first byte, or in a particle's header. */
export function readTyped(bytes: Uint8Array, type: number, start: number, length: number): unknown {
  switch (type) {
    case Particle.STRING: {
      const text = readUtf8(bytes, start, length);
      return text === undefined ? new Unparsed(type, bytes.slice(start, start + length)) : text;
    }
    case Particle.BYTES:
      return bytes.slice(start, start + length);
    case Particle.GEOJSON: {
      const text = readUtf8(bytes, start, length);
      return text === undefined ? new Unparsed(type, bytes.slice(start, start + length)) : new GeoJSON(text);
    }
    case Particle.HLL:
      return new HyperLogLog(bytes.slice(start, start + length));
    default:
      if (type === 0) throw UNREADABLE;
      return new Unparsed(type, bytes.slice(start, start + length));
  }
}
