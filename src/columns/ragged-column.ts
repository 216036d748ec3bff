/**
 * A column of vectors that differ in length.
 *
 * @module
 */

import type { NumberArrays, NumberType } from "./element.ts";
import { OffsetColumn } from "./offset-column.ts";

/**
 * A column of vectors that differ in length, behind each other. A cell is a view of the column's memory, empty where the
 * row has no vector; a vector that is empty is valid. The layout is Apache Arrow's `List`.
 */
export class RaggedColumn<N extends NumberType = NumberType> extends OffsetColumn<NumberArrays[N]> {
  /** The elements of all vectors. */
  readonly values: NumberArrays[N];

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, values: NumberArrays[N], valid: Uint8Array) {
    super(offsets, valid);
    this.values = values;
  }

  /** The vector of a row. */
  protected override cell(_row: number, start: number, end: number): NumberArrays[N] {
    return this.values.subarray(start, end) as NumberArrays[N];
  }
}
