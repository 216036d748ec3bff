/**
 * Map operations.
 *
 * @module
 */

import type { Operation } from "../operation.ts";
import type { Double } from "../values/double.ts";
import type { BinInput, MapKey } from "../values/value.ts";
import type {
  ContextOptions,
  IndexRange,
  Int,
  KeyRange,
  MapCreateOptions,
  MapItems,
  MapOrder,
  MapSelectOptions,
  MapWriteOptions,
  RankRange,
  RelativeIndexRange,
  RelativeRankRange,
  ValueRange,
} from "./fields.ts";
import { make, rangeOf } from "./make.ts";

/** The builders of map operations: plain functions that return plain, frozen objects. */
export interface MapOperations {
  /** Creates an empty map where there is none, and sets the order of one that is there. The answer is null. */
  create(bin: string, options?: MapCreateOptions): Operation;
  /** Sets how the map is kept, and whether its index is on the device. The answer is null. */
  setPolicy(bin: string, options?: MapCreateOptions): Operation;
  /** Sets how the map is kept. The answer is null. */
  setOrder(bin: string, order: MapOrder, options?: ContextOptions): Operation;
  /** Writes an entry. The answer is the map's size. */
  put(bin: string, key: MapKey, value: BinInput, options?: MapWriteOptions): Operation;
  /** Writes entries. The answer is the map's size. */
  putItems(bin: string, items: MapItems, options?: MapWriteOptions): Operation;
  /**
   * Adds to the number of a key; one that is not there counts as 0. `delta` is 1 where it is left out. The answer is
   * the sum.
   */
  increment(bin: string, key: MapKey, delta?: Int | Double, options?: MapCreateOptions): Operation;
  /**
   * Subtracts from the number of a key; one that is not there counts as 0. `delta` is 1 where it is left out. The
   * answer is the difference.
   */
  decrement(bin: string, key: MapKey, delta?: Int | Double, options?: MapCreateOptions): Operation;
  /** Removes all entries. The answer is null. */
  clear(bin: string, options?: ContextOptions): Operation;
  /** Reads how many entries there are. */
  size(bin: string, options?: ContextOptions): Operation;
  /** Reads the entry of a key. */
  getByKey(bin: string, key: MapKey, options?: MapSelectOptions): Operation;
  /** Reads the entries of keys. */
  getByKeyList(bin: string, keys: readonly MapKey[], options?: MapSelectOptions): Operation;
  /** Reads the entries of a range of keys. */
  getByKeyRange(bin: string, range: KeyRange, options?: MapSelectOptions): Operation;
  /** Reads the entries of a range of positions that is counted from a key. */
  getByKeyRelIndexRange(bin: string, range: RelativeIndexRange, options?: MapSelectOptions): Operation;
  /** Reads the entry at a position, in the order of keys. */
  getByIndex(bin: string, index: Int, options?: MapSelectOptions): Operation;
  /** Reads the entries of a range of positions. */
  getByIndexRange(bin: string, range: IndexRange, options?: MapSelectOptions): Operation;
  /** Reads the entry at a rank: 0 is the lowest value, -1 the highest. */
  getByRank(bin: string, rank: Int, options?: MapSelectOptions): Operation;
  /** Reads the entries of a range of ranks. */
  getByRankRange(bin: string, range: RankRange, options?: MapSelectOptions): Operation;
  /** Reads the entries that have a value. */
  getByValue(bin: string, value: BinInput, options?: MapSelectOptions): Operation;
  /** Reads the entries that have one of the values. */
  getByValueList(bin: string, values: readonly BinInput[], options?: MapSelectOptions): Operation;
  /** Reads the entries of a range of values. */
  getByValueRange(bin: string, range: ValueRange, options?: MapSelectOptions): Operation;
  /** Reads the entries of a range of ranks that is counted from a value. */
  getByValueRelRankRange(bin: string, range: RelativeRankRange, options?: MapSelectOptions): Operation;
  /** Removes the entry of a key. */
  removeByKey(bin: string, key: MapKey, options?: MapSelectOptions): Operation;
  /** Removes the entries of keys. */
  removeByKeyList(bin: string, keys: readonly MapKey[], options?: MapSelectOptions): Operation;
  /** Removes the entries of a range of keys. */
  removeByKeyRange(bin: string, range: KeyRange, options?: MapSelectOptions): Operation;
  /** Removes the entries of a range of positions that is counted from a key. */
  removeByKeyRelIndexRange(bin: string, range: RelativeIndexRange, options?: MapSelectOptions): Operation;
  /** Removes the entry at a position, in the order of keys. */
  removeByIndex(bin: string, index: Int, options?: MapSelectOptions): Operation;
  /** Removes the entries of a range of positions. */
  removeByIndexRange(bin: string, range: IndexRange, options?: MapSelectOptions): Operation;
  /** Removes the entry at a rank: 0 is the lowest value, -1 the highest. */
  removeByRank(bin: string, rank: Int, options?: MapSelectOptions): Operation;
  /** Removes the entries of a range of ranks. */
  removeByRankRange(bin: string, range: RankRange, options?: MapSelectOptions): Operation;
  /** Removes the entries that have a value. */
  removeByValue(bin: string, value: BinInput, options?: MapSelectOptions): Operation;
  /** Removes the entries that have one of the values. */
  removeByValueList(bin: string, values: readonly BinInput[], options?: MapSelectOptions): Operation;
  /** Removes the entries of a range of values. */
  removeByValueRange(bin: string, range: ValueRange, options?: MapSelectOptions): Operation;
  /** Removes the entries of a range of ranks that is counted from a value. */
  removeByValueRelRankRange(bin: string, range: RelativeRankRange, options?: MapSelectOptions): Operation;
}

/**
 * Builders of map operations, for `operate` and for the rows of batches.
 *
 * Positions are in the order of keys (integers, then texts, then bytes), ranks in the order of values; both begin at
 * 0, and negative ones count from the end. What `results[i]` has is said with each; see {@link MapReturn} for those
 * that take `return`. A bin of another type is code 12 (`BIN_INCOMPATIBLE_TYPE`), and where an operation does not fit
 * (an index beyond the map) it is code 26 (`OP_NOT_APPLICABLE`); then none of the operations takes place.
 *
 * ```ts
 * import { connect, Key, map } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "games", "chess");
 * const result = await client.operate(key, [
 *   map.putItems("scores", { alice: 4, bob: 9, carol: 7 }, { order: "key-ordered" }),
 *   map.increment("scores", "alice", 2),
 *   map.getByRankRange("scores", { rank: -2 }, { return: "key-values" }), // the two highest
 *   map.removeByKeyRange("scores", { end: "b" }, { return: "count" }),
 * ]);
 * console.log(result?.results);
 * ```
 */
export const map: MapOperations = Object.freeze({
  create: (bin: string, options?: MapCreateOptions): Operation => make("map.create", bin, {}, options),
  setPolicy: (bin: string, options?: MapCreateOptions): Operation => make("map.setPolicy", bin, {}, options),
  setOrder: (bin: string, order: MapOrder, options?: ContextOptions): Operation =>
    make("map.setOrder", bin, { order }, options),
  put: (bin: string, key: MapKey, value: BinInput, options?: MapWriteOptions): Operation =>
    make("map.put", bin, { key, value }, options),
  putItems: (bin: string, items: MapItems, options?: MapWriteOptions): Operation =>
    make("map.putItems", bin, { items }, options),
  increment: (bin: string, key: MapKey, delta?: Int | Double, options?: MapCreateOptions): Operation =>
    make("map.increment", bin, { key, delta }, options),
  decrement: (bin: string, key: MapKey, delta?: Int | Double, options?: MapCreateOptions): Operation =>
    make("map.decrement", bin, { key, delta }, options),
  clear: (bin: string, options?: ContextOptions): Operation => make("map.clear", bin, {}, options),
  size: (bin: string, options?: ContextOptions): Operation => make("map.size", bin, {}, options),
  getByKey: (bin: string, key: MapKey, options?: MapSelectOptions): Operation =>
    make("map.getByKey", bin, { key }, options),
  getByKeyList: (bin: string, keys: readonly MapKey[], options?: MapSelectOptions): Operation =>
    make("map.getByKeyList", bin, { keys }, options),
  getByKeyRange: (bin: string, range: KeyRange, options?: MapSelectOptions): Operation =>
    make("map.getByKeyRange", bin, rangeOf("map.getByKeyRange", range, ["begin", "end"]), options),
  getByKeyRelIndexRange: (bin: string, range: RelativeIndexRange, options?: MapSelectOptions): Operation =>
    make(
      "map.getByKeyRelIndexRange",
      bin,
      rangeOf("map.getByKeyRelIndexRange", range, ["key", "index", "count"]),
      options,
    ),
  getByIndex: (bin: string, index: Int, options?: MapSelectOptions): Operation =>
    make("map.getByIndex", bin, { index }, options),
  getByIndexRange: (bin: string, range: IndexRange, options?: MapSelectOptions): Operation =>
    make("map.getByIndexRange", bin, rangeOf("map.getByIndexRange", range, ["index", "count"]), options),
  getByRank: (bin: string, rank: Int, options?: MapSelectOptions): Operation =>
    make("map.getByRank", bin, { rank }, options),
  getByRankRange: (bin: string, range: RankRange, options?: MapSelectOptions): Operation =>
    make("map.getByRankRange", bin, rangeOf("map.getByRankRange", range, ["rank", "count"]), options),
  getByValue: (bin: string, value: BinInput, options?: MapSelectOptions): Operation =>
    make("map.getByValue", bin, { value }, options),
  getByValueList: (bin: string, values: readonly BinInput[], options?: MapSelectOptions): Operation =>
    make("map.getByValueList", bin, { values }, options),
  getByValueRange: (bin: string, range: ValueRange, options?: MapSelectOptions): Operation =>
    make("map.getByValueRange", bin, rangeOf("map.getByValueRange", range, ["begin", "end"]), options),
  getByValueRelRankRange: (bin: string, range: RelativeRankRange, options?: MapSelectOptions): Operation =>
    make(
      "map.getByValueRelRankRange",
      bin,
      rangeOf("map.getByValueRelRankRange", range, ["value", "rank", "count"]),
      options,
    ),
  removeByKey: (bin: string, key: MapKey, options?: MapSelectOptions): Operation =>
    make("map.removeByKey", bin, { key }, options),
  removeByKeyList: (bin: string, keys: readonly MapKey[], options?: MapSelectOptions): Operation =>
    make("map.removeByKeyList", bin, { keys }, options),
  removeByKeyRange: (bin: string, range: KeyRange, options?: MapSelectOptions): Operation =>
    make("map.removeByKeyRange", bin, rangeOf("map.removeByKeyRange", range, ["begin", "end"]), options),
  removeByKeyRelIndexRange: (bin: string, range: RelativeIndexRange, options?: MapSelectOptions): Operation =>
    make(
      "map.removeByKeyRelIndexRange",
      bin,
      rangeOf("map.removeByKeyRelIndexRange", range, ["key", "index", "count"]),
      options,
    ),
  removeByIndex: (bin: string, index: Int, options?: MapSelectOptions): Operation =>
    make("map.removeByIndex", bin, { index }, options),
  removeByIndexRange: (bin: string, range: IndexRange, options?: MapSelectOptions): Operation =>
    make("map.removeByIndexRange", bin, rangeOf("map.removeByIndexRange", range, ["index", "count"]), options),
  removeByRank: (bin: string, rank: Int, options?: MapSelectOptions): Operation =>
    make("map.removeByRank", bin, { rank }, options),
  removeByRankRange: (bin: string, range: RankRange, options?: MapSelectOptions): Operation =>
    make("map.removeByRankRange", bin, rangeOf("map.removeByRankRange", range, ["rank", "count"]), options),
  removeByValue: (bin: string, value: BinInput, options?: MapSelectOptions): Operation =>
    make("map.removeByValue", bin, { value }, options),
  removeByValueList: (bin: string, values: readonly BinInput[], options?: MapSelectOptions): Operation =>
    make("map.removeByValueList", bin, { values }, options),
  removeByValueRange: (bin: string, range: ValueRange, options?: MapSelectOptions): Operation =>
    make("map.removeByValueRange", bin, rangeOf("map.removeByValueRange", range, ["begin", "end"]), options),
  removeByValueRelRankRange: (bin: string, range: RelativeRankRange, options?: MapSelectOptions): Operation =>
    make(
      "map.removeByValueRelRankRange",
      bin,
      rangeOf("map.removeByValueRelRankRange", range, ["value", "rank", "count"]),
      options,
    ),
});
