/**
 * The types of values.
 *
 * @module
 */

import type { Double } from "./double.ts";
import type { GeoJSON } from "./geojson.ts";
import type { HyperLogLog } from "./hyperloglog.ts";
import type { Unparsed } from "./unparsed.ts";

/** A key of an Aerospike map: an integer, a string or bytes. */
export type MapKey = number | bigint | string | Uint8Array;

/** A value that a bin, a list or a map can hold. `null` deletes a bin; in a list or map it is nil. */
export type BinValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Double
  | GeoJSON
  | HyperLogLog
  | Unparsed
  | readonly BinValue[]
  | ReadonlyMap<MapKey, BinValue>
  | { readonly [key: string]: BinValue };

/** The bins of a record, by name. */
export type Bins = { [name: string]: BinValue };

/**
 * What writes accept for a bin. Wider than {@link BinValue}, so that values of an `interface` type pass; what cannot be
 * stored is an `InvalidArgumentError` that names the path and the cure.
 */
export type BinInput = BinValue | undefined | object;

/** How values come back. */
export interface DecodeOptions {
  /**
   * Integers: `"auto"` a number when it is safe, else a bigint; `"bigint"` always a bigint; `"number"` always a number,
   * and one that is not safe rejects. Default `"auto"`.
   */
  readonly integers: "auto" | "bigint" | "number";
  /** Doubles: `"plain"` a number; `"wrapped"` a {@link Double}, so that what was read can be written back as it was. */
  readonly doubles: "plain" | "wrapped";
  /** Maps: `"auto"` a plain object when every key is a string, else a Map; `"map"` always a Map. */
  readonly maps: "auto" | "map";
}

/** How values come back, and those of declared bins. */
export interface BinDecodeOptions extends DecodeOptions {
  /** By the names of the bins; the others come back as everywhere. */
  readonly bins?: ReadonlyMap<string, DecodeOptions> | undefined;
}

/** The defaults of {@link DecodeOptions}. */
export const DEFAULT_DECODE: DecodeOptions = { integers: "auto", doubles: "plain", maps: "auto" };
