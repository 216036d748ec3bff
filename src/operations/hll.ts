/**
 * HyperLogLog operations.
 *
 * @module
 */

import type { Operation } from "../operation.ts";
import type { HyperLogLog } from "../values/hyperloglog.ts";
import type { BinInput } from "../values/value.ts";
import { make } from "./make.ts";

/** Options of operations that write sketches. */
export interface HllWriteOptions {
  /** Refuses a bin that is there: code 6 (`BIN_EXISTS`). */
  readonly createOnly?: boolean | undefined;
  /** Refuses a bin that is not there: code 17 (`BIN_NOT_FOUND`). */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** Of sketches of different precision, the result has the lower one, instead of an error. */
  readonly allowFold?: boolean | undefined;
}

/** Options of `hll.init`. */
export interface HllInitOptions extends HllWriteOptions {
  /**
   * Bits of the min-hash, 4 to 51, with those of the index at most 64; 0 for none. Left out: as the sketch has, else
   * none.
   */
  readonly minHashBits?: number | undefined;
}

/** Options of `hll.add`. */
export interface HllAddOptions extends HllWriteOptions {
  /** Bits of the index, 4 to 16, of a sketch that is created; without it the bin has to be there. */
  readonly indexBits?: number | undefined;
  /** Bits of the min-hash, 4 to 51, with those of the index at most 64; 0 for none. Needs `indexBits`. */
  readonly minHashBits?: number | undefined;
}

/** The builders of HyperLogLog operations: plain functions that return plain, frozen objects. */
export interface HllOperations {
  /** Creates an empty sketch, or empties the one that is there. The answer is null. */
  init(bin: string, indexBits: number, options?: HllInitOptions): Operation;
  /** Adds values, and creates the sketch where there is none. The answer is how many changed it. */
  add(bin: string, values: readonly BinInput[], options?: HllAddOptions): Operation;
  /** Makes the bin's sketch the union of itself and others. The answer is null. */
  setUnion(bin: string, sketches: readonly HyperLogLog[], options?: HllWriteOptions): Operation;
  /** Counts anew where the count that the bin keeps is old. The answer is the estimate. */
  refreshCount(bin: string): Operation;
  /** Reduces the bits of the index; the sketch has no min-hash. The answer is null. */
  fold(bin: string, indexBits: number): Operation;
  /** Reads how many different values there are: an estimate. */
  getCount(bin: string): Operation;
  /** Reads the union of the bin's sketch and others, as a sketch. */
  getUnion(bin: string, sketches: readonly HyperLogLog[]): Operation;
  /** Reads how many different values the union of the bin's sketch and others has: an estimate. */
  getUnionCount(bin: string, sketches: readonly HyperLogLog[]): Operation;
  /** Reads how many values the bin's sketch and others have in common: an estimate. */
  getIntersectCount(bin: string, sketches: readonly HyperLogLog[]): Operation;
  /** Reads how similar the bin's sketch and others are, from 0 to 1: an estimate of Jaccard's index. */
  getSimilarity(bin: string, sketches: readonly HyperLogLog[]): Operation;
  /** Reads the bits of the index and of the min-hash, as a list of two integers. */
  describe(bin: string): Operation;
}

/**
 * Builders of HyperLogLog operations, for `operate` and for the rows of batches.
 *
 * A sketch estimates how many different values it was given. Its index has 4 to 16 bits; with `n` of them the sketch
 * takes `6 * 2 ** n` bits, and its error is about `1.04 / 2 ** (n / 2)`. A min-hash makes similarity and intersections
 * exact enough for small overlaps. Sketches within lists and maps cannot be worked on. A bin that holds no sketch is
 * code 12 (`BIN_INCOMPATIBLE_TYPE`), and sketches that do not go together are code 26 (`OP_NOT_APPLICABLE`); then none
 * of the operations takes place.
 *
 * ```ts
 * import { connect, hll, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "pages", "home");
 * const result = await client.operate(key, [
 *   hll.add("visitors", ["alice", "bob", "alice"], { indexBits: 12 }),
 *   hll.getCount("visitors"), // 2
 * ]);
 * console.log(result?.results);
 * ```
 */
export const hll: HllOperations = Object.freeze({
  init: (bin: string, indexBits: number, options?: HllInitOptions): Operation =>
    make("hll.init", bin, { indexBits }, options),
  add: (bin: string, values: readonly BinInput[], options?: HllAddOptions): Operation =>
    make("hll.add", bin, { values }, options),
  setUnion: (bin: string, sketches: readonly HyperLogLog[], options?: HllWriteOptions): Operation =>
    make("hll.setUnion", bin, { sketches }, options),
  refreshCount: (bin: string): Operation => make("hll.refreshCount", bin, {}, undefined),
  fold: (bin: string, indexBits: number): Operation => make("hll.fold", bin, { indexBits }, undefined),
  getCount: (bin: string): Operation => make("hll.getCount", bin, {}, undefined),
  getUnion: (bin: string, sketches: readonly HyperLogLog[]): Operation =>
    make("hll.getUnion", bin, { sketches }, undefined),
  getUnionCount: (bin: string, sketches: readonly HyperLogLog[]): Operation =>
    make("hll.getUnionCount", bin, { sketches }, undefined),
  getIntersectCount: (bin: string, sketches: readonly HyperLogLog[]): Operation =>
    make("hll.getIntersectCount", bin, { sketches }, undefined),
  getSimilarity: (bin: string, sketches: readonly HyperLogLog[]): Operation =>
    make("hll.getSimilarity", bin, { sketches }, undefined),
  describe: (bin: string): Operation => make("hll.describe", bin, {}, undefined),
});
