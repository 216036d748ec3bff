/**
 * A column of blobs.
 *
 * @module
 */

import { isSet } from "./element.ts";

/** A column of blobs, behind each other. The layout is Apache Arrow's `Binary`. */
export class BlobColumn implements Iterable<Uint8Array | null> {
  /** How many rows there are. */
  readonly length: number;
  /** Row `i` has the bytes from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
  /** The bytes of all blobs. */
  readonly bytes: Uint8Array;
  /** The validity bitmap: bit 0 is the lowest one of byte 0. */
  readonly valid: Uint8Array;

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, bytes: Uint8Array, valid: Uint8Array) {
    this.length = Math.max(0, offsets.length - 1);
    this.offsets = offsets;
    this.bytes = bytes;
    this.valid = valid;
  }

  /** Whether a row has a blob. */
  isValid(row: number): boolean {
    return row >= 0 && row < this.length && isSet(this.valid, row);
  }

  /**
   * The blob of a row, as a view of the column's memory; null where it has none. Negative rows count from the end.
   * Undefined where there is no row.
   */
  at(row: number): Uint8Array | null | undefined {
    const at = row < 0 ? this.length + row : row;
    const start = this.offsets[at];
    const end = this.offsets[at + 1];
    if (start === undefined || end === undefined) return undefined;
    return isSet(this.valid, at) ? this.bytes.subarray(start, end) : null;
  }

  /** Goes through the rows in order. */
  *[Symbol.iterator](): IterableIterator<Uint8Array | null> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as Uint8Array | null;
  }

  /** All blobs, as views of the column's memory. */
  toArray(): (Uint8Array | null)[] {
    return [...this];
  }
}
