/**
 * Seeded random values, so that what failed once fails again.
 *
 * @module
 */
import { Double, GeoJSON } from "../../mod.ts";
import type { BinValue } from "../../mod.ts";

/** A source of numbers from 0 to 1 (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const LETTERS = [
  "a",
  "Z",
  "0",
  " ",
  "\0",
  "\n",
  '"',
  "\\",
  "é",
  "ß",
  "漢",
  "\u2028",
  "\ufeff",
  "🦊",
  "👩‍🚀",
  "\u{10ffff}",
];
const WORDS = ["__proto__", "constructor", "hasOwnProperty", "toString", "length", "then", "", "0", "-1", "a.b"];
const INTEGERS = [0n, 1n, -1n, 127n, 128n, -32n, -33n, 255n, 256n, -128n, -129n, 65_535n, 65_536n, 2n ** 31n, 2n ** 32n]
  .concat([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 31n) - 1n]);
const DOUBLES = [0.5, -0.1, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, NaN, -0, 1e308, 2 ** -1030];

/** Choices by a seed. */
export class Choices {
  /** A number from 0 to 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = randomSource(seed);
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

/** Makes random values of every type that comes back as it was written. */
export class RandomValues extends Choices {
  text(longest = 40): string {
    if (this.below(6) === 0) return this.pick(WORDS);
    const ascii = this.below(2) === 0;
    return Array.from(
      { length: this.below(longest) },
      () => ascii ? String.fromCharCode(32 + this.below(95)) : this.pick(LETTERS),
    ).join("");
  }

  bytes(longest = 40): Uint8Array {
    return Uint8Array.from({ length: this.below(longest) }, () => this.below(256));
  }

  /** As it comes back: a number when it is safe. */
  integer(): number | bigint {
    const value = this.below(2) === 0
      ? this.pick(INTEGERS)
      : BigInt.asIntN(64, (BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32))) >> BigInt(this.below(64));
    return value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER) ? value : Number(value);
  }

  double(): number {
    const value = this.below(2) === 0 ? this.pick(DOUBLES) : (this.next() - 0.5) * 10 ** (this.below(40) - 20);
    // An integral number would be stored as an integer.
    return Number.isInteger(value) && !Object.is(value, -0) ? 0.1 : value;
  }

  /** A value for a bin or, with `isNested`, for a collection. */
  value(depth: number, isNested = false): BinValue {
    switch (this.below(depth > 0 ? 11 : 8)) {
      case 0:
        return isNested ? null : this.text();
      case 1:
        return this.below(2) === 0;
      case 2:
        return this.integer();
      case 3:
        return this.double();
      case 4:
        return this.text();
      case 5:
        return this.bytes();
      case 6:
        return GeoJSON.point(this.below(360) - 180, this.below(180) - 90);
      case 7:
        return this.integer();
      case 8:
        return Array.from({ length: this.below(6) }, () => this.value(depth - 1, true));
      case 9:
        return this.object(depth);
      default:
        return this.map(depth);
    }
  }

  /** An object: every key is a string. */
  object(depth: number): BinValue {
    const object: Record<string, BinValue> = {};
    for (let i = this.below(5); i >= 0; i--) {
      // Defined, not assigned: "__proto__" is a key like any other.
      Object.defineProperty(object, this.text(12), {
        value: this.value(depth - 1, true),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return object;
  }

  /** A Map that has at least one key which is no string, so that it comes back as a Map. */
  map(depth: number): BinValue {
    const map = new Map<number | bigint | string | Uint8Array, BinValue>();
    map.set(this.integer(), this.value(depth - 1, true));
    for (let i = this.below(4); i > 0; i--) map.set(this.integer(), this.value(depth - 1, true));
    for (let i = this.below(3); i > 0; i--) map.set(this.text(12), this.value(depth - 1, true));
    if (this.below(2) === 0) map.set(this.bytes(12), this.value(depth - 1, true));
    return map;
  }
}

/** What two values have in common when they are the same data: maps in any order, a Double as its number. */
export function canonical(value: unknown): string {
  if (value === null) return "nil";
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? `i${value}` : bits(value);
  }
  if (typeof value === "string") return `s${JSON.stringify(value)}`;
  if (typeof value === "boolean") return `b${value}`;
  if (value instanceof Double) return bits(value.value);
  if (value instanceof Uint8Array) {
    return `x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  if (value instanceof GeoJSON) return `g${value.json}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Map) return entries("M", [...value]);
  if (typeof value === "object") return entries("O", Object.entries(value));
  throw new TypeError(`no canonical form of a ${typeof value}`);
}

function entries(kind: string, pairs: [unknown, unknown][]): string {
  return `${kind}{${pairs.map(([key, inner]) => `${canonical(key)}:${canonical(inner)}`).sort().join(",")}}`;
}

function bits(value: number): string {
  if (Number.isNaN(value)) return "dNaN";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return `d${view.getBigUint64(0).toString(16)}`;
}
