/**
 * The arguments of operations, by name, and the options that many of them share.
 *
 * @module
 */

import type { Double } from "../values/double.ts";
import type { HyperLogLog } from "../values/hyperloglog.ts";
import type { BinInput, MapKey } from "../values/value.ts";
import type { Context } from "./ctx.ts";

/** An integer of 64 bits. */
export type Int = number | bigint;

/** How a list is kept: in the order of insertion, or sorted by value. */
export type ListOrder = "unordered" | "ordered";

/** How a map is kept: by key or not, and with an index of its values. */
export type MapOrder = "unordered" | "key-ordered" | "key-value-ordered";

/**
 * What a list operation answers. One item: its `"index"` from the front or the back (`"reverse-index"`), its `"rank"`
 * from the lowest or the highest value (`"reverse-rank"`), or itself (`"values"`); several: a list of these, in any
 * order where they were selected by rank. `"count"` how many, `"exists"` whether there is any, `"none"` null.
 */
export type ListReturn =
  | "none"
  | "index"
  | "reverse-index"
  | "rank"
  | "reverse-rank"
  | "count"
  | "values"
  | "exists";

/**
 * What a map operation answers: as {@link ListReturn}, and `"keys"`; `"key-values"`, `"unordered-map"` and
 * `"ordered-map"` give a map of the entries, the first in the order of the operation. Entries selected by a list of
 * keys have no ranks to answer.
 */
export type MapReturn = ListReturn | "keys" | "key-values" | "unordered-map" | "ordered-map";

/** What a number does that leaves its bits: fail (code 26), stay at the largest or smallest, or wrap around. */
export type BitOverflow = "fail" | "saturate" | "wrap";

/** What a path selects: the whole with what does not match left out, values, keys, or keys and values. */
export type PathSelect = "matching-tree" | "values" | "map-keys" | "map-entries";

/** Which numbers a text may say: any, an integer, or a double, which has a point and a digit behind it. */
export type NumericType = "any" | "int" | "float";

/** Where an operation works. */
export interface ContextOptions {
  /** The way to a list or map within the bin's: see {@link ctx}. Left out: the bin's own. At most 255 steps. */
  readonly ctx?: readonly Context[] | undefined;
}

/** Options of list operations that write items. */
export interface ListWriteOptions extends ContextOptions {
  /** How the list is kept where the operation creates it. Default `"unordered"`. */
  readonly order?: ListOrder | undefined;
  /** Refuses what is in the list already: code 24 (`FAIL_ELEMENT_EXISTS`). */
  readonly addUnique?: boolean | undefined;
  /** Refuses an index beyond the list's end, instead of filling up with nil: code 26. */
  readonly insertBounded?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** With `noFail`: of several items, those that are not refused are written. */
  readonly partial?: boolean | undefined;
}

/** Options of list operations that write at an index; the list exists, so that it has an order already. */
export type ListInsertOptions = Omit<ListWriteOptions, "order">;

/** Options of list operations that select items. */
export interface ListSelectOptions extends ContextOptions {
  /** What to answer. Default `"values"` where the operation reads, `"none"` where it removes. */
  readonly return?: ListReturn | undefined;
  /** Selects all the others instead. */
  readonly inverted?: boolean | undefined;
}

/** Options of map operations that create the map where there is none. */
export interface MapCreateOptions extends ContextOptions {
  /** How the map is kept where the operation creates it. Default `"unordered"`. */
  readonly order?: MapOrder | undefined;
  /** Keeps the map's index on the device, where the operation creates it. */
  readonly persistIndex?: boolean | undefined;
}

/** Options of map operations that write entries. */
export interface MapWriteOptions extends MapCreateOptions {
  /** Refuses a key that is in the map: code 24 (`FAIL_ELEMENT_EXISTS`). */
  readonly createOnly?: boolean | undefined;
  /** Refuses a key that is not in the map: code 23 (`FAIL_ELEMENT_NOT_FOUND`). */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** With `noFail`: of several entries, those that are not refused are written. */
  readonly partial?: boolean | undefined;
}

/** Options of map operations that select entries. */
export interface MapSelectOptions extends ContextOptions {
  /** What to answer. Default `"values"` where the operation reads, `"none"` where it removes. */
  readonly return?: MapReturn | undefined;
  /** Selects all the others instead. */
  readonly inverted?: boolean | undefined;
}

/** A range by position. Negative positions count from the end. An expression's has operands instead of integers. */
export interface IndexRange<I = Int> {
  /** The first position. Default 0. */
  readonly index?: I | undefined;
  /** How many; left out: to the end. */
  readonly count?: I | undefined;
}

/** A range by rank: 0 is the lowest value, -1 the highest. An expression's has operands instead of integers. */
export interface RankRange<I = Int> {
  /** The first rank. Default 0. */
  readonly rank?: I | undefined;
  /** How many; left out: to the highest. */
  readonly count?: I | undefined;
}

/**
 * A range of values: `begin` and above, below `end`. An end that is left out, or null, is open: the range has all
 * that there is on its side, nil too. To compare with nil within a list, write null there.
 */
export interface ValueRange {
  /** The lowest value. */
  readonly begin?: BinInput;
  /** What is above the highest. */
  readonly end?: BinInput;
}

/** A range of keys: `begin` and above, below `end`. An end that is left out, or null, is open. */
export interface KeyRange {
  /** The lowest key. */
  readonly begin?: MapKey | null | undefined;
  /** What is above the highest. */
  readonly end?: MapKey | null | undefined;
}

/** A range by rank, counted from where a value stands or would stand. An expression's has operands. */
export interface RelativeRankRange<V = BinInput, I = Int> {
  /** The value. */
  readonly value: V;
  /** The first rank, counted from the value's. Default 0. */
  readonly rank?: I | undefined;
  /** How many; left out: to the highest. */
  readonly count?: I | undefined;
}

/** A range by position, counted from where a key stands or would stand. An expression's has operands. */
export interface RelativeIndexRange<K = MapKey, I = Int> {
  /** The key. */
  readonly key: K;
  /** The first position, counted from the key's. Default 0. */
  readonly index?: I | undefined;
  /** How many; left out: to the end. */
  readonly count?: I | undefined;
}

/** The entries of a map, as a Map or as an object. */
export type MapItems = ReadonlyMap<MapKey, BinInput> | { readonly [key: string]: BinInput };

/** The arguments of operations on what is in a bin, by name. Its kind says which ones an operation has. */
export interface OperationFields {
  /** The way to a list or map within the bin's. */
  readonly ctx?: readonly Context[] | undefined;
  /** A position. */
  readonly index?: Int | undefined;
  /** A rank. */
  readonly rank?: Int | undefined;
  /** How many. */
  readonly count?: Int | undefined;
  /** Values. */
  readonly values?: readonly BinInput[] | undefined;
  /** A key. */
  readonly key?: MapKey | undefined;
  /** Keys. */
  readonly keys?: readonly MapKey[] | undefined;
  /** Entries of a map. */
  readonly items?: MapItems | undefined;
  /** Where a range begins. */
  readonly begin?: BinInput;
  /** What a range ends before. */
  readonly end?: BinInput;
  /** What is added or subtracted. */
  readonly delta?: Int | Double | undefined;
  /** How a list or a map is kept. */
  readonly order?: ListOrder | MapOrder | undefined;
  /** Fills a list up with nil. */
  readonly pad?: boolean | undefined;
  /** Keeps the index on the device. */
  readonly persistIndex?: boolean | undefined;
  /** A write flag of lists. */
  readonly addUnique?: boolean | undefined;
  /** A write flag of lists. */
  readonly insertBounded?: boolean | undefined;
  /** A write flag of maps, bits, sketches and texts. */
  readonly createOnly?: boolean | undefined;
  /** A write flag of maps, bits, sketches and texts. */
  readonly updateOnly?: boolean | undefined;
  /** A write flag, and one of paths. */
  readonly noFail?: boolean | undefined;
  /** A write flag of lists, maps and bits. */
  readonly partial?: boolean | undefined;
  /** A write flag of sketches. */
  readonly allowFold?: boolean | undefined;
  /** What is answered. */
  readonly return?: MapReturn | undefined;
  /** Selects all the others. */
  readonly inverted?: boolean | undefined;
  /** Sorts from the highest value. */
  readonly descending?: boolean | undefined;
  /** Leaves one of equal items. */
  readonly dropDuplicates?: boolean | undefined;
  /** What stands between texts. */
  readonly separator?: string | undefined;
  /** A position of bits or bytes. */
  readonly offset?: Int | undefined;
  /** A number of bits or bytes. */
  readonly size?: Int | undefined;
  /** By how many bits. */
  readonly shift?: Int | undefined;
  /** Whether bits are a signed number. */
  readonly signed?: boolean | undefined;
  /** What happens to a number that does not fit. */
  readonly overflow?: BitOverflow | undefined;
  /** Resizes at the front. */
  readonly fromFront?: boolean | undefined;
  /** Only makes larger. */
  readonly growOnly?: boolean | undefined;
  /** Only makes smaller. */
  readonly shrinkOnly?: boolean | undefined;
  /** Counts a size from the end. */
  readonly invertSize?: boolean | undefined;
  /** Bits of a sketch's index. */
  readonly indexBits?: number | undefined;
  /** Bits of a sketch's min-hash. */
  readonly minHashBits?: number | undefined;
  /** Sketches. */
  readonly sketches?: readonly HyperLogLog[] | undefined;
  /** What a path selects. */
  readonly select?: PathSelect | undefined;
  /** The first code point. */
  readonly start?: Int | undefined;
  /** What is looked for in a text. */
  readonly needle?: string | undefined;
  /** Which time it is found. */
  readonly occurrence?: Int | undefined;
  /** What a text begins with. */
  readonly prefix?: string | undefined;
  /** What a text ends with. */
  readonly suffix?: string | undefined;
  /** Which numbers a text may say. */
  readonly type?: NumericType | undefined;
  /** A pattern in ICU's syntax. */
  readonly pattern?: string | undefined;
  /** What stands in place of what is found. */
  readonly replacement?: string | undefined;
  /** How many code points a text is to have. */
  readonly length?: Int | undefined;
  /** What a text is filled up with. */
  readonly padding?: string | undefined;
  /** A flag of patterns. */
  readonly caseInsensitive?: boolean | undefined;
  /** A flag of patterns. */
  readonly multiline?: boolean | undefined;
  /** A flag of patterns. */
  readonly dotAll?: boolean | undefined;
  /** A flag of patterns. */
  readonly unixLines?: boolean | undefined;
  /** A flag of patterns. */
  readonly global?: boolean | undefined;
}
