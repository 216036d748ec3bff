/**
 * What random expressions are made of: types, literals, and the record that they are about.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type Item, Marked, pack, Packed } from "./msgpack.ts";

/** Types as expressions number them. */
export const TYPES = { nil: 0n, bool: 1n, int: 2n, str: 3n, list: 4n, map: 5n, blob: 6n, float: 7n } as const;
export type Type = keyof typeof TYPES;
export const ALL = Object.keys(TYPES) as Type[];
export const COMMON: readonly Type[] = ["bool", "int", "int", "str", "list", "map", "blob", "float"];

export const LIST: Item = [1n, 2n, 3n, "a", 2n];
export const MAP: Item = new Map<Item, Item>([["a", 1n], ["b", [1n, 2n]]]);
/** Bins of the record and what each holds; "z" never exists. */
export const BINS: Readonly<Record<string, readonly [Type, number, Uint8Array]>> = {
  i: ["int", 1, integer(7n)],
  j: ["int", 1, integer(-5n)],
  f: ["float", 2, double(2.5)],
  s: ["str", 3, Buffer.from("hello")],
  b: ["blob", 4, Buffer.of(1, 2, 255)],
  t: ["bool", 17, Buffer.of(1)],
  l: ["list", 20, pack(LIST)],
  o: ["list", 20, pack(new Marked(1, [1n, 3n, 5n]))],
  m: ["map", 19, pack(MAP)],
  k: ["map", 19, pack(new Marked(1, new Map<Item, Item>([[1n, "x"], [2n, 0.5]])))],
};

export const INTEGERS = [0n, 1n, 2n, 3n, 7n, -5n, 63n, 64n, 255n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 62n)];
export const DOUBLES = [0, -0, 1, 2.5, -2.5, 0.1, 8, 1e300, -1e-300, Infinity, -Infinity];
export const TEXTS = ["", "a", "b", "hello", "HELLO", "a\nb", "\xe9"];
export const PATTERNS = [
  "h",
  "^h.*o$",
  "H",
  "l+",
  "l\\{2\\}",
  "(a|h)",
  "[a-h]",
  "[^a]",
  "^b",
  "a.b",
  "*",
  "[",
  "(",
  "a{2",
  "\\<h",
];
export const SHAPES = [
  '{"type":"Point","coordinates":[1,2]}',
  '{"type":"Point","coordinates":[30,2]}',
  '{"type":"AeroCircle","coordinates":[[1,2],1000]}',
  '{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}',
  '{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[0.5,1],[2,1],[2,3],[0.5,3],[0.5,1]]]}',
];

/** Text without a particle type. */
export function raw(text: string): Packed {
  const bytes = Buffer.from(text);
  return new Packed(Buffer.concat([Buffer.of(0xa0 | bytes.length), bytes]));
}

export function integer(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
