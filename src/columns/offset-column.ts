/**
 * What columns have in common whose cells differ in length.
 *
 * @module
 */

import { isSet } from "./element.ts";

/** A column whose cells differ in length and stand behind each other, with an offset for each: Apache Arrow's layout. */
export abstract class OffsetColumn<T> implements Iterable<T> {
  /** How many rows there are. */
  readonly length: number;
  /** Row `i` has what stands from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
  /** The validity bitmap: bit 0 is the lowest one of byte 0. */
  readonly valid: Uint8Array;

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, valid: Uint8Array) {
    this.length = Math.max(0, offsets.length - 1);
    this.offsets = offsets;
    this.valid = valid;
  }

  /** The cell that stands from `start` to `end`. */
  protected abstract cell(row: number, start: number, end: number): T;

  /** Whether a row has a value. */
  isValid(row: number): boolean {
    return row >= 0 && row < this.length && isSet(this.valid, row);
  }

  /** The cell of a row; negative rows count from the end. Undefined where there is no row. */
  at(row: number): T | undefined {
    const at = row < 0 ? this.length + row : row;
    const start = this.offsets[at];
    const end = this.offsets[at + 1];
    return start === undefined || end === undefined ? undefined : this.cell(at, start, end);
  }

  /** Goes through the rows in order. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as T;
  }

  /** All cells. */
  toArray(): T[] {
    return [...this];
  }
}
