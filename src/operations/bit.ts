/**
 * Operations on the bits of bytes.
 *
 * @module
 */

import type { Operation } from "../operation.ts";
import type { BitOverflow, ContextOptions, Int } from "./fields.ts";
import { make } from "./make.ts";

/** Options of operations that write bits. */
export interface BitWriteOptions extends ContextOptions {
  /** Refuses a bin that is there: code 6 (`BIN_EXISTS`). */
  readonly createOnly?: boolean | undefined;
  /** Refuses a bin that is not there: code 17 (`BIN_NOT_FOUND`). */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** What lies beyond the bytes is left out, and no error. */
  readonly partial?: boolean | undefined;
}

/** Options of `bit.resize`. */
export interface BitResizeOptions extends BitWriteOptions {
  /** Adds and removes bytes at the front. */
  readonly fromFront?: boolean | undefined;
  /** Only makes them more. */
  readonly growOnly?: boolean | undefined;
  /** Only makes them fewer. */
  readonly shrinkOnly?: boolean | undefined;
}

/** Options of `bit.getInt`. */
export interface BitIntOptions extends ContextOptions {
  /** Whether the highest bit is a sign. */
  readonly signed?: boolean | undefined;
}

/** Options of `bit.add` and `bit.subtract`. */
export interface BitArithmeticOptions extends BitWriteOptions, BitIntOptions {
  /** What a number does that leaves its bits. Default `"fail"`. */
  readonly overflow?: BitOverflow | undefined;
}

/** Options of `bit.b64Encode`. */
export interface BitEncodeOptions extends ContextOptions {
  /** The first byte. Default 0. */
  readonly offset?: Int | undefined;
  /** How many bytes; left out: to the end. */
  readonly size?: Int | undefined;
  /** Counts `size` from the end: so many bytes are left out there. */
  readonly invertSize?: boolean | undefined;
}

/** The builders of operations on bits: plain functions that return plain, frozen objects. */
export interface BitOperations {
  /** Makes the bytes so many, at most 1,048,576; new ones are 0. The answer is null, as of all that writes. */
  resize(bin: string, size: Int, options?: BitResizeOptions): Operation;
  /** Inserts bytes before the one at an offset, in bytes. */
  insert(bin: string, offset: Int, value: Uint8Array, options?: BitWriteOptions): Operation;
  /** Removes bytes; offset and size are in bytes. */
  remove(bin: string, offset: Int, size: Int, options?: BitWriteOptions): Operation;
  /** Overwrites bits with those that `value` begins with. */
  set(bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation;
  /** Sets the bits that are set in `value`. */
  or(bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation;
  /** Inverts the bits that are set in `value`. */
  xor(bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation;
  /** Clears the bits that are not set in `value`. */
  and(bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation;
  /** Inverts bits. */
  not(bin: string, offset: Int, size: Int, options?: BitWriteOptions): Operation;
  /** Shifts bits to the left; new ones are 0. */
  lshift(bin: string, offset: Int, size: Int, shift: Int, options?: BitWriteOptions): Operation;
  /** Shifts bits to the right; new ones are 0. */
  rshift(bin: string, offset: Int, size: Int, shift: Int, options?: BitWriteOptions): Operation;
  /** Adds to the number that bits are, at most 64. */
  add(bin: string, offset: Int, size: Int, delta: Int, options?: BitArithmeticOptions): Operation;
  /** Subtracts from the number that bits are, at most 64. */
  subtract(bin: string, offset: Int, size: Int, delta: Int, options?: BitArithmeticOptions): Operation;
  /** Overwrites bits, at most 64, with the lowest ones of an integer. */
  setInt(bin: string, offset: Int, size: Int, value: Int, options?: BitWriteOptions): Operation;
  /** Reads bits, as bytes: the first bit is the highest one of the first byte. */
  get(bin: string, offset: Int, size: Int, options?: ContextOptions): Operation;
  /** Reads how many bits are set. */
  count(bin: string, offset: Int, size: Int, options?: ContextOptions): Operation;
  /** Reads where the first bit is that has the value, counted from `offset`; -1 where there is none. */
  lscan(bin: string, offset: Int, size: Int, value: boolean, options?: ContextOptions): Operation;
  /** Reads where the last bit is that has the value, counted from `offset`; -1 where there is none. */
  rscan(bin: string, offset: Int, size: Int, value: boolean, options?: ContextOptions): Operation;
  /** Reads the number that bits are, at most 64. */
  getInt(bin: string, offset: Int, size: Int, options?: BitIntOptions): Operation;
  /** Reads bytes as Base64. Server 8.2 or later. */
  b64Encode(bin: string, options?: BitEncodeOptions): Operation;
}

/**
 * Builders of operations on the bits of bytes, for `operate` and for the rows of batches.
 *
 * Offsets and sizes are in bits where nothing else is said; the highest bit of the first byte is bit 0, and negative
 * offsets count from the end. A bin that holds no bytes is code 12 (`BIN_INCOMPATIBLE_TYPE`), what lies beyond them
 * is code 26 (`OP_NOT_APPLICABLE`), or 4 (`REQUEST_INVALID`) where whole bytes are removed; then none of the
 * operations takes place. `ctx` is code 4 too: servers up to 8.1 have no operations on bytes within lists and maps.
 *
 * ```ts
 * import { bit, connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "days", "alice");
 * const result = await client.operate(key, [
 *   bit.resize("visits", 46), // 366 bits
 *   bit.set("visits", 41, 1, new Uint8Array([0x80])),
 *   bit.count("visits", 0, 366),
 * ]);
 * console.log(result?.results);
 * ```
 */
export const bit: BitOperations = Object.freeze({
  resize: (bin: string, size: Int, options?: BitResizeOptions): Operation => make("bit.resize", bin, { size }, options),
  insert: (bin: string, offset: Int, value: Uint8Array, options?: BitWriteOptions): Operation =>
    make("bit.insert", bin, { offset, value }, options),
  remove: (bin: string, offset: Int, size: Int, options?: BitWriteOptions): Operation =>
    make("bit.remove", bin, { offset, size }, options),
  set: (bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation =>
    make("bit.set", bin, { offset, size, value }, options),
  or: (bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation =>
    make("bit.or", bin, { offset, size, value }, options),
  xor: (bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation =>
    make("bit.xor", bin, { offset, size, value }, options),
  and: (bin: string, offset: Int, size: Int, value: Uint8Array, options?: BitWriteOptions): Operation =>
    make("bit.and", bin, { offset, size, value }, options),
  not: (bin: string, offset: Int, size: Int, options?: BitWriteOptions): Operation =>
    make("bit.not", bin, { offset, size }, options),
  lshift: (bin: string, offset: Int, size: Int, shift: Int, options?: BitWriteOptions): Operation =>
    make("bit.lshift", bin, { offset, size, shift }, options),
  rshift: (bin: string, offset: Int, size: Int, shift: Int, options?: BitWriteOptions): Operation =>
    make("bit.rshift", bin, { offset, size, shift }, options),
  add: (bin: string, offset: Int, size: Int, delta: Int, options?: BitArithmeticOptions): Operation =>
    make("bit.add", bin, { offset, size, delta }, options),
  subtract: (bin: string, offset: Int, size: Int, delta: Int, options?: BitArithmeticOptions): Operation =>
    make("bit.subtract", bin, { offset, size, delta }, options),
  setInt: (bin: string, offset: Int, size: Int, value: Int, options?: BitWriteOptions): Operation =>
    make("bit.setInt", bin, { offset, size, value }, options),
  get: (bin: string, offset: Int, size: Int, options?: ContextOptions): Operation =>
    make("bit.get", bin, { offset, size }, options),
  count: (bin: string, offset: Int, size: Int, options?: ContextOptions): Operation =>
    make("bit.count", bin, { offset, size }, options),
  lscan: (bin: string, offset: Int, size: Int, value: boolean, options?: ContextOptions): Operation =>
    make("bit.lscan", bin, { offset, size, value }, options),
  rscan: (bin: string, offset: Int, size: Int, value: boolean, options?: ContextOptions): Operation =>
    make("bit.rscan", bin, { offset, size, value }, options),
  getInt: (bin: string, offset: Int, size: Int, options?: BitIntOptions): Operation =>
    make("bit.getInt", bin, { offset, size }, options),
  b64Encode: (bin: string, options?: BitEncodeOptions): Operation => make("bit.b64Encode", bin, {}, options),
});
