/**
 * A column of vectors that differ in length.
 *
 * @module
 */

import { isSet, type NumberArrays, type NumberType } from "./element.ts";

/** A column of vectors that differ in length, behind each other. The layout is Apache Arrow's `List`. */
export class RaggedColumn<N extends NumberType = NumberType> implements Iterable<NumberArrays[N]> {
  /** How many rows there are. */
  readonly length: number;
  /** Row `i` has the elements from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
  /** The elements of all vectors. */
  readonly values: NumberArrays[N];
  /** The validity bitmap: bit 0 is the lowest one of byte 0. */
  readonly valid: Uint8Array;

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, values: NumberArrays[N], valid: Uint8Array) {
    this.length = Math.max(0, offsets.length - 1);
    this.offsets = offsets;
    this.values = values;
    this.valid = valid;
  }

  /** Whether a row has a vector; an empty one is one. */
  isValid(row: number): boolean {
    return row >= 0 && row < this.length && isSet(this.valid, row);
  }

  /**
   * The vector of a row, as a view of the column's memory; an empty one where it has none. Negative rows count from the
   * end. Undefined where there is no row.
   */
  at(row: number): NumberArrays[N] | undefined {
    const at = row < 0 ? this.length + row : row;
    const start = this.offsets[at];
    const end = this.offsets[at + 1];
    if (start === undefined || end === undefined) return undefined;
    return this.values.subarray(start, end) as NumberArrays[N];
  }

  /** Goes through the rows in order. */
  *[Symbol.iterator](): IterableIterator<NumberArrays[N]> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as NumberArrays[N];
  }

  /** All vectors, as views of the column's memory. */
  toArray(): NumberArrays[N][] {
    return [...this];
  }
}
