/**
 * List operations.
 *
 * @module
 */

import type { Operation } from "../operation.ts";
import type { BinInput } from "../values/value.ts";
import type {
  ContextOptions,
  IndexRange,
  Int,
  ListInsertOptions,
  ListOrder,
  ListSelectOptions,
  ListWriteOptions,
  RankRange,
  RelativeRankRange,
  ValueRange,
} from "./fields.ts";
import { make, rangeOf } from "./make.ts";

/** Options of `list.setOrder`. */
export interface ListIndexOptions extends ContextOptions {
  /** Keeps the list's index on the device; the bin's own list only, not one within it. */
  readonly persistIndex?: boolean | undefined;
}

/** Options of `list.create`. */
export interface ListCreateOptions extends ListIndexOptions {
  /** How the list is kept. Default `"unordered"`. */
  readonly order?: ListOrder | undefined;
  /** Fills up with nil where the last step of `ctx` is beyond a list's end. */
  readonly pad?: boolean | undefined;
}

/** Options of `list.sort`. */
export interface ListSortOptions extends ContextOptions {
  /** From the highest value to the lowest. */
  readonly descending?: boolean | undefined;
  /** Leaves one of equal items. */
  readonly dropDuplicates?: boolean | undefined;
}

/** Options of `list.join`. */
export interface ListJoinOptions extends ContextOptions {
  /** What stands between two texts. Default nothing. */
  readonly separator?: string | undefined;
}

/** The builders of list operations: plain functions that return plain, frozen objects. */
export interface ListOperations {
  /**
   * Creates an empty list where there is none, and sets the order of one that is there. The answer is null.
   * (`list.setOrder` does the same to a list that is there.)
   */
  create(bin: string, options?: ListCreateOptions): Operation;
  /** Sets how the list is kept; `"ordered"` sorts it. The answer is null. */
  setOrder(bin: string, order: ListOrder, options?: ListIndexOptions): Operation;
  /** Appends an item, or puts it where it belongs in an ordered list. The answer is the list's size. */
  append(bin: string, value: BinInput, options?: ListWriteOptions): Operation;
  /** Appends items, at least one. The answer is the list's size. */
  appendItems(bin: string, values: readonly BinInput[], options?: ListWriteOptions): Operation;
  /** Inserts an item at a position of an unordered list. The answer is the list's size. */
  insert(bin: string, index: Int, value: BinInput, options?: ListInsertOptions): Operation;
  /** Inserts items, at least one, at a position of an unordered list. The answer is the list's size. */
  insertItems(bin: string, index: Int, values: readonly BinInput[], options?: ListInsertOptions): Operation;
  /** Removes the item at a position. The answer is the item. */
  pop(bin: string, index: Int, options?: ContextOptions): Operation;
  /** Removes the items of a range. The answer is a list of them. */
  popRange(bin: string, range: IndexRange, options?: ContextOptions): Operation;
  /** Removes the item at a position. The answer is 1. */
  remove(bin: string, index: Int, options?: ContextOptions): Operation;
  /** Removes the items of a range. The answer is how many they were. */
  removeRange(bin: string, range: IndexRange, options?: ContextOptions): Operation;
  /**
   * Replaces the item at a position of an unordered list. The answer is null. `aerospike-core` cannot send null here:
   * to put nil into a list, insert it.
   */
  set(bin: string, index: Int, value: BinInput, options?: ListInsertOptions): Operation;
  /** Removes all items but those of a range. The answer is how many were removed. */
  trim(bin: string, index: Int, count: Int, options?: ContextOptions): Operation;
  /** Removes all items. The answer is null. */
  clear(bin: string, options?: ContextOptions): Operation;
  /**
   * Adds to the integer or double at a position; `delta` is 1 where it is left out. The answer is the sum. Options
   * other than `ctx` go with a delta of 1 only, because `aerospike-core` sends them in a wrong place otherwise.
   */
  increment(bin: string, index: Int, delta?: Int, options?: ListWriteOptions): Operation;
  /** Sorts the list once. The answer is null. */
  sort(bin: string, options?: ListSortOptions): Operation;
  /** Reads how many items there are. */
  size(bin: string, options?: ContextOptions): Operation;
  /** Reads the item at a position. */
  get(bin: string, index: Int, options?: ContextOptions): Operation;
  /** Reads the items of a range. */
  getRange(bin: string, range: IndexRange, options?: ContextOptions): Operation;
  /** Reads the list's texts as one. Server 8.2 or later. */
  join(bin: string, options?: ListJoinOptions): Operation;
  /** Reads the item at a position. */
  getByIndex(bin: string, index: Int, options?: ListSelectOptions): Operation;
  /** Reads the items of a range of positions. */
  getByIndexRange(bin: string, range: IndexRange, options?: ListSelectOptions): Operation;
  /** Reads the item at a rank: 0 is the lowest value, -1 the highest. */
  getByRank(bin: string, rank: Int, options?: ListSelectOptions): Operation;
  /** Reads the items of a range of ranks. */
  getByRankRange(bin: string, range: RankRange, options?: ListSelectOptions): Operation;
  /** Reads the items that have a value. */
  getByValue(bin: string, value: BinInput, options?: ListSelectOptions): Operation;
  /** Reads the items that have one of the values. */
  getByValueList(bin: string, values: readonly BinInput[], options?: ListSelectOptions): Operation;
  /** Reads the items of a range of values. */
  getByValueRange(bin: string, range: ValueRange, options?: ListSelectOptions): Operation;
  /** Reads the items of a range of ranks that is counted from a value. */
  getByValueRelRankRange(bin: string, range: RelativeRankRange, options?: ListSelectOptions): Operation;
  /** Removes the item at a position. */
  removeByIndex(bin: string, index: Int, options?: ListSelectOptions): Operation;
  /** Removes the items of a range of positions. */
  removeByIndexRange(bin: string, range: IndexRange, options?: ListSelectOptions): Operation;
  /** Removes the item at a rank: 0 is the lowest value, -1 the highest. */
  removeByRank(bin: string, rank: Int, options?: ListSelectOptions): Operation;
  /** Removes the items of a range of ranks. */
  removeByRankRange(bin: string, range: RankRange, options?: ListSelectOptions): Operation;
  /** Removes the items that have a value. */
  removeByValue(bin: string, value: BinInput, options?: ListSelectOptions): Operation;
  /** Removes the items that have one of the values. */
  removeByValueList(bin: string, values: readonly BinInput[], options?: ListSelectOptions): Operation;
  /** Removes the items of a range of values. */
  removeByValueRange(bin: string, range: ValueRange, options?: ListSelectOptions): Operation;
  /** Removes the items of a range of ranks that is counted from a value. */
  removeByValueRelRankRange(bin: string, range: RelativeRankRange, options?: ListSelectOptions): Operation;
}

/**
 * Builders of list operations, for `operate` and for the rows of batches.
 *
 * Positions begin at 0, and negative ones count from the end. Values of any type have an order, in which nil is the
 * lowest: it is that of ranks, of ranges and of ordered lists. What `results[i]` has is said with each; see
 * {@link ListReturn} for those that take `return`. A bin of another type is code 12 (`BIN_INCOMPATIBLE_TYPE`), and where an
 * operation does not fit (an index beyond the list, an insertion into an ordered list) it is code 26
 * (`OP_NOT_APPLICABLE`); then none of the operations takes place.
 *
 * ```ts
 * import { connect, Key, list } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "games", "chess");
 * const result = await client.operate(key, [
 *   list.appendItems("scores", [4, 9, 2, 9]),
 *   list.getByRankRange("scores", { rank: -2 }), // the two highest
 *   list.getByValueRange("scores", { begin: 3, end: 9 }, { return: "count" }),
 *   list.removeByValue("scores", 9, { return: "index" }),
 * ]);
 * console.log(result?.results);
 * ```
 */
export const list: ListOperations = Object.freeze({
  create: (bin: string, options?: ListCreateOptions): Operation => make("list.create", bin, {}, options),
  setOrder: (bin: string, order: ListOrder, options?: ListIndexOptions): Operation =>
    make("list.setOrder", bin, { order }, options),
  append: (bin: string, value: BinInput, options?: ListWriteOptions): Operation =>
    make("list.append", bin, { value }, options),
  appendItems: (bin: string, values: readonly BinInput[], options?: ListWriteOptions): Operation =>
    make("list.appendItems", bin, { values }, options),
  insert: (bin: string, index: Int, value: BinInput, options?: ListInsertOptions): Operation =>
    make("list.insert", bin, { index, value }, options),
  insertItems: (bin: string, index: Int, values: readonly BinInput[], options?: ListInsertOptions): Operation =>
    make("list.insertItems", bin, { index, values }, options),
  pop: (bin: string, index: Int, options?: ContextOptions): Operation => make("list.pop", bin, { index }, options),
  popRange: (bin: string, range: IndexRange, options?: ContextOptions): Operation =>
    make("list.popRange", bin, rangeOf("list.popRange", range, ["index", "count"]), options),
  remove: (bin: string, index: Int, options?: ContextOptions): Operation =>
    make("list.remove", bin, { index }, options),
  removeRange: (bin: string, range: IndexRange, options?: ContextOptions): Operation =>
    make("list.removeRange", bin, rangeOf("list.removeRange", range, ["index", "count"]), options),
  set: (bin: string, index: Int, value: BinInput, options?: ListInsertOptions): Operation =>
    make("list.set", bin, { index, value }, options),
  trim: (bin: string, index: Int, count: Int, options?: ContextOptions): Operation =>
    make("list.trim", bin, { index, count }, options),
  clear: (bin: string, options?: ContextOptions): Operation => make("list.clear", bin, {}, options),
  increment: (bin: string, index: Int, delta?: Int, options?: ListWriteOptions): Operation =>
    make("list.increment", bin, { index, delta }, options),
  sort: (bin: string, options?: ListSortOptions): Operation => make("list.sort", bin, {}, options),
  size: (bin: string, options?: ContextOptions): Operation => make("list.size", bin, {}, options),
  get: (bin: string, index: Int, options?: ContextOptions): Operation => make("list.get", bin, { index }, options),
  getRange: (bin: string, range: IndexRange, options?: ContextOptions): Operation =>
    make("list.getRange", bin, rangeOf("list.getRange", range, ["index", "count"]), options),
  join: (bin: string, options?: ListJoinOptions): Operation => make("list.join", bin, {}, options),
  getByIndex: (bin: string, index: Int, options?: ListSelectOptions): Operation =>
    make("list.getByIndex", bin, { index }, options),
  getByIndexRange: (bin: string, range: IndexRange, options?: ListSelectOptions): Operation =>
    make("list.getByIndexRange", bin, rangeOf("list.getByIndexRange", range, ["index", "count"]), options),
  getByRank: (bin: string, rank: Int, options?: ListSelectOptions): Operation =>
    make("list.getByRank", bin, { rank }, options),
  getByRankRange: (bin: string, range: RankRange, options?: ListSelectOptions): Operation =>
    make("list.getByRankRange", bin, rangeOf("list.getByRankRange", range, ["rank", "count"]), options),
  getByValue: (bin: string, value: BinInput, options?: ListSelectOptions): Operation =>
    make("list.getByValue", bin, { value }, options),
  getByValueList: (bin: string, values: readonly BinInput[], options?: ListSelectOptions): Operation =>
    make("list.getByValueList", bin, { values }, options),
  getByValueRange: (bin: string, range: ValueRange, options?: ListSelectOptions): Operation =>
    make("list.getByValueRange", bin, rangeOf("list.getByValueRange", range, ["begin", "end"]), options),
  getByValueRelRankRange: (bin: string, range: RelativeRankRange, options?: ListSelectOptions): Operation =>
    make(
      "list.getByValueRelRankRange",
      bin,
      rangeOf("list.getByValueRelRankRange", range, ["value", "rank", "count"]),
      options,
    ),
  removeByIndex: (bin: string, index: Int, options?: ListSelectOptions): Operation =>
    make("list.removeByIndex", bin, { index }, options),
  removeByIndexRange: (bin: string, range: IndexRange, options?: ListSelectOptions): Operation =>
    make("list.removeByIndexRange", bin, rangeOf("list.removeByIndexRange", range, ["index", "count"]), options),
  removeByRank: (bin: string, rank: Int, options?: ListSelectOptions): Operation =>
    make("list.removeByRank", bin, { rank }, options),
  removeByRankRange: (bin: string, range: RankRange, options?: ListSelectOptions): Operation =>
    make("list.removeByRankRange", bin, rangeOf("list.removeByRankRange", range, ["rank", "count"]), options),
  removeByValue: (bin: string, value: BinInput, options?: ListSelectOptions): Operation =>
    make("list.removeByValue", bin, { value }, options),
  removeByValueList: (bin: string, values: readonly BinInput[], options?: ListSelectOptions): Operation =>
    make("list.removeByValueList", bin, { values }, options),
  removeByValueRange: (bin: string, range: ValueRange, options?: ListSelectOptions): Operation =>
    make("list.removeByValueRange", bin, rangeOf("list.removeByValueRange", range, ["begin", "end"]), options),
  removeByValueRelRankRange: (bin: string, range: RelativeRankRange, options?: ListSelectOptions): Operation =>
    make(
      "list.removeByValueRelRankRange",
      bin,
      rangeOf("list.removeByValueRelRankRange", range, ["value", "rank", "count"]),
      options,
    ),
});
