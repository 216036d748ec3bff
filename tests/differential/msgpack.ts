/**
 * Values as collection operations carry them, and text of them for people.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Packed already. */
export class Packed {
  constructor(readonly bytes: Uint8Array) {}
}

/** A list or map with an order marker, whose items or pairs are packed as they come. */
export class Marked {
  constructor(readonly flags: number, readonly value: readonly Item[] | ReadonlyMap<Item, Item>) {}
}

/** A bigint is an integer, a number a double. */
export type Item =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Item[]
  | ReadonlyMap<Item, Item>
  | Packed
  | Marked;

export const WILDCARD: Packed = new Packed(Uint8Array.of(0xd4, 0xff, 0));
export const INFINITE: Packed = new Packed(Uint8Array.of(0xd4, 0xff, 1));

const TEXT = 3;
const BYTES = 4;
const GEOJSON = 23;

/** GeoJSON text within a collection. */
export function geoJson(json: string): Packed {
  return new Packed(text(GEOJSON, Buffer.from(json)));
}

/** Packs a value. */
export function pack(item: Item): Buffer {
  if (item === null) return Buffer.of(0xc0);
  if (typeof item === "boolean") return Buffer.of(item ? 0xc3 : 0xc2);
  if (typeof item === "bigint") return integer(item);
  if (typeof item === "number") {
    const bytes = Buffer.alloc(9, 0xcb);
    bytes.writeDoubleBE(item, 1);
    return bytes;
  }
  if (typeof item === "string") return text(TEXT, Buffer.from(item));
  if (item instanceof Packed) return Buffer.from(item.bytes);
  if (item instanceof Uint8Array) {
    return Buffer.concat([sized(item.length + 1, [], [0xc4, 0xc5, 0xc6]), Buffer.of(BYTES), item]);
  }
  if (item instanceof Marked) return container(item.value, item.flags);
  return container(item as readonly Item[] | ReadonlyMap<Item, Item>, undefined);
}

function container(value: readonly Item[] | ReadonlyMap<Item, Item>, flags: number | undefined): Buffer {
  const marker = flags === undefined ? [] : [Buffer.of(0xc7, 0, flags)];
  if (value instanceof Map) {
    const head = sized(value.size + marker.length, [0x80, 16], [undefined, 0xde, 0xdf]);
    const pairs = [...value as ReadonlyMap<Item, Item>].flatMap(([key, inner]) => [pack(key), pack(inner)]);
    return Buffer.concat([head, ...marker, ...marker.map(() => pack(null)), ...pairs]);
  }
  const items = value as readonly Item[];
  return Buffer.concat([
    sized(items.length + marker.length, [0x90, 16], [undefined, 0xdc, 0xdd]),
    ...marker,
    ...items.map(pack),
  ]);
}

function text(particle: number, data: Uint8Array): Buffer {
  return Buffer.concat([sized(data.length + 1, [0xa0, 32], [0xd9, 0xda, 0xdb]), Buffer.of(particle), data]);
}

function integer(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.of(Number(value));
  if (value < 0n && value >= -32n) return Buffer.of(Number(value + 256n));
  const bytes = Buffer.alloc(9, 0xcf);
  if (value >= 0n) {
    if (value < 256n) return Buffer.of(0xcc, Number(value));
    if (value < 65_536n) return Buffer.of(0xcd, Number(value >> 8n), Number(value & 255n));
    bytes.writeBigUInt64BE(value, 1);
    return value < 2n ** 32n ? Buffer.concat([Buffer.of(0xce), bytes.subarray(5)]) : bytes;
  }
  bytes.writeBigInt64BE(value, 1);
  const len = [1, 2, 4].find((len) => BigInt.asIntN(len * 8, value) === value) ?? 8;
  return Buffer.concat([Buffer.of(0xd0 + Math.log2(len)), bytes.subarray(9 - len)]);
}

type Tag = number | undefined;

/** A header for a length: a short form below its limit, else one of 1, 2 or 4 bytes. */
function sized(len: number, [short, limit]: readonly number[], tags: readonly [Tag, Tag, Tag]): Buffer {
  if (short !== undefined && limit !== undefined && len < limit) return Buffer.of(short | len);
  if (len < 256 && tags[0] !== undefined) return Buffer.of(tags[0], len);
  if (len < 65_536 && tags[1] !== undefined) return Buffer.of(tags[1], len >> 8, len & 255);
  const bytes = Buffer.alloc(5, tags[2]);
  bytes.writeUInt32BE(len, 1);
  return bytes;
}

/** Packed bytes for people: `[1, "a", {*1 "k": nil}]`, an order marker as `*` and its flags. */
export function show(bytes: Uint8Array): string {
  const reader = new Shower(Buffer.from(bytes));
  const shown: string[] = [];
  try {
    while (!reader.isAtEnd) shown.push(reader.next());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `not MessagePack: ${Buffer.from(bytes).toString("hex")}`;
  }
  return shown.join(" ");
}

class Shower {
  #offset = 0;

  constructor(readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#offset >= this.bytes.length;
  }

  next(): string {
    const tag = this.#uint(1);
    if (tag < 0x80) return `${tag}`;
    if (tag < 0x90) return this.#map(tag & 15);
    if (tag < 0xa0) return this.#list(tag & 15);
    if (tag < 0xc0) return this.#text(tag & 31);
    if (tag >= 0xe0) return `${tag - 256}`;
    switch (tag) {
      case 0xc0:
        return "nil";
      case 0xc2:
        return "false";
      case 0xc3:
        return "true";
      case 0xc4:
      case 0xd9:
        return this.#text(this.#uint(1));
      case 0xc5:
      case 0xda:
        return this.#text(this.#uint(2));
      case 0xc6:
      case 0xdb:
        return this.#text(this.#uint(4));
      case 0xc7:
        return this.#extension(this.#uint(1));
      case 0xca:
        return `${this.#take(4).readFloatBE()}f`;
      case 0xcb: {
        const value = this.#take(8).readDoubleBE();
        return Number.isInteger(value) ? Object.is(value, -0) ? "-0.0" : value.toFixed(1) : `${value}`;
      }
      case 0xcc:
        return `${this.#uint(1)}`;
      case 0xcd:
        return `${this.#uint(2)}`;
      case 0xce:
        return `${this.#uint(4)}`;
      case 0xcf:
        return `${this.#take(8).readBigUInt64BE()}`;
      case 0xd0:
      case 0xd1:
      case 0xd2: {
        const len = 1 << (tag - 0xd0);
        return `${this.#take(len).readIntBE(0, len)}`;
      }
      case 0xd3:
        return `${this.#take(8).readBigInt64BE()}`;
      case 0xd4:
        return this.#extension(1);
      case 0xdc:
        return this.#list(this.#uint(2));
      case 0xdd:
        return this.#list(this.#uint(4));
      case 0xde:
        return this.#map(this.#uint(2));
      case 0xdf:
        return this.#map(this.#uint(4));
      default:
        throw new RangeError(`tag ${tag}`);
    }
  }

  #take(len: number): Buffer {
    if (this.#offset + len > this.bytes.length) throw new RangeError("truncated");
    return this.bytes.subarray(this.#offset, this.#offset += len);
  }

  #uint(len: number): number {
    return this.#take(len).readUIntBE(0, len);
  }

  #list(len: number): string {
    return `[${Array.from({ length: len }, () => this.next()).join(", ")}]`;
  }

  #map(len: number): string {
    return `{${Array.from({ length: len }, () => `${this.next()}: ${this.next()}`).join(", ")}}`;
  }

  #text(len: number): string {
    const data = this.#take(len);
    if (data[0] === TEXT) return JSON.stringify(data.toString("utf8", 1));
    return `<${data.toString("hex")}>`;
  }

  #extension(len: number): string {
    const type = this.#uint(1);
    const data = this.#take(len);
    if (type === 0xff && len === 1) return data[0] === 1 ? "INF" : data[0] === 0 ? "*" : `<ff ${data[0]}>`;
    return len === 0 ? `*${type}` : `<ext ${type} ${data.toString("hex")}>`;
  }
}
