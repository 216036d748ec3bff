/**
 * A column of blobs.
 *
 * @module
 */

import { isSet } from "./element.ts";
import { OffsetColumn } from "./offset-column.ts";

/**
 * A column of blobs, behind each other. A cell is a view of the column's memory, null where the row has none. The layout is
 * Apache Arrow's `Binary`.
 */
export class BlobColumn extends OffsetColumn<Uint8Array | null> {
  /** The bytes of all blobs. */
  readonly bytes: Uint8Array;

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, bytes: Uint8Array, valid: Uint8Array) {
    super(offsets, valid);
    this.bytes = bytes;
  }

  /** The blob of a row, or null. */
  protected override cell(row: number, start: number, end: number): Uint8Array | null {
    return isSet(this.valid, row) ? this.bytes.subarray(start, end) : null;
  }
}
