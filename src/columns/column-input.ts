/**
 * The columns that `batchWriteColumns` takes.
 *
 * @module
 */

import type { BinInput } from "../values/value.ts";
import type { BlobColumn } from "./blob-column.ts";
import type { RaggedColumn } from "./ragged-column.ts";
import type { StringColumn } from "./string-column.ts";

/** The typed arrays that can be written: those of floats as doubles, all others as integers. */
export type WritableArray =
  | Float64Array
  | Float32Array
  | Float16Array
  | BigInt64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A column of values with what a typed array alone cannot say. */
export interface ColumnValues {
  /** The values: one for each key, or `width` for each. Null and undefined among a list's are not written. */
  readonly values: WritableArray | readonly (BinInput | undefined)[];
  /** The elements of each key's vector. */
  readonly width?: number | undefined;
  /**
   * How vectors are stored: as a `"blob"` of little-endian elements (the default), or as a `"list"` of numbers. `"bool"`
   * stores bytes of 0 and 1 as booleans, and vectors of them as a blob.
   */
  readonly as?: "blob" | "list" | "bool" | undefined;
  /** The validity bitmap: where a row's bit is 0, the bin is not written. Bit 0 is the lowest one of byte 0. */
  readonly valid?: Uint8Array | undefined;
  /** The bin; the column's name when it is absent. */
  readonly bin?: string | undefined;
}

/**
 * A column to write: a typed array, or a list of values, with one element for each key; a column that was read; or
 * values with more to say about them.
 */
export type ColumnInput =
  | WritableArray
  | readonly (BinInput | undefined)[]
  | StringColumn
  | BlobColumn
  | RaggedColumn
  | ColumnValues;

/** The columns to write, by name. */
export type ColumnInputs = { readonly [name: string]: ColumnInput };
