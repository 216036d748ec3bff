/**
 * The functions that operations on the inside of a bin are: their numbers, which are the server's, their arguments, and the
 * functions of `aerospike-core` that they become.
 *
 * @module
 */

import type { BitOperations } from "../operations/bit.ts";
import type { HllOperations } from "../operations/hll.ts";
import type { ListOperations } from "../operations/list.ts";
import type { MapOperations } from "../operations/map.ts";
import type { PathOperations } from "../operations/path.ts";
import * as a from "./argument.ts";
import {
  BIT_FLAGS,
  HLL_FLAGS,
  LIST_FLAGS,
  LIST_ORDERS,
  LIST_RETURNS,
  MAP_FLAGS,
  MAP_ORDERS,
  MAP_RETURNS,
  OVERFLOWS,
  PATH_FLAGS,
  PATH_SELECTS,
  RESIZE_FLAGS,
  SORT_FLAGS,
} from "./words.ts";

/** A function of a family. */
export interface FunctionSpec {
  /** Its number in frames. */
  readonly number: number;
  /** Whether it writes. */
  readonly writes: boolean;
  /** Its arguments, in the order in which they are sent. */
  readonly arguments: readonly a.Argument[];
  /** The functions of `aerospike-core` that it stands for, in the family's module. */
  readonly core: readonly string[];
  /** Whether it can work on what is nested; left out: as its family. */
  readonly nests?: boolean;
}

/** The functions of a family, by name. */
export type FunctionTable<Names extends PropertyKey> = { readonly [N in Names]: FunctionSpec };

/** The function of a number that reads. */
export const reads = (number: number, core: readonly string[], ...args: a.Argument[]): FunctionSpec => ({
  number,
  writes: false,
  arguments: args,
  core,
});

/** The function of a number that writes. */
export const writes = (number: number, core: readonly string[], ...args: a.Argument[]): FunctionSpec => ({
  number,
  writes: true,
  arguments: args,
  core,
});

const index = a.int("index");
const rank = a.int("rank");
const count = a.optionalCount("count");
const value = a.match("value");
const values = a.matches("values");
const fromIndex = a.intOr("index", 0);
const fromRank = a.intOr("rank", 0);
const begin = a.end("begin");
const end = a.end("end");

const listOrder = a.choice("order", LIST_ORDERS, "unordered");
const listFlags = a.flags(LIST_FLAGS);
/** Where a list has to be there already, it has its order. */
const noOrder = a.constant(0);
const listGet = a.returns(LIST_RETURNS, "values");
const listRemove = a.returns(LIST_RETURNS, "none");

/** List operations. */
export const LIST_FUNCTIONS: FunctionTable<keyof ListOperations> = {
  create: writes(
    255,
    ["create", "create_with_index", "create_persistent"],
    listOrder,
    a.option("pad"),
    a.option("persistIndex"),
  ),
  setOrder: writes(
    0,
    ["set_order", "set_order_with_index"],
    a.choice("order", LIST_ORDERS),
    a.option("persistIndex"),
  ),
  append: writes(1, ["append"], a.stored("value"), listOrder, listFlags),
  appendItems: writes(2, ["append_items"], a.items("values"), listOrder, listFlags),
  insert: writes(3, ["insert"], index, a.stored("value"), noOrder, listFlags),
  insertItems: writes(4, ["insert_items"], index, a.items("values"), noOrder, listFlags),
  pop: writes(5, ["pop"], index),
  popRange: writes(6, ["pop_range", "pop_range_from"], fromIndex, count),
  remove: writes(7, ["remove"], index),
  removeRange: writes(8, ["remove_range", "remove_range_from"], fromIndex, count),
  set: writes(9, ["set", "set_with_policy"], index, a.storedNotNil("value"), noOrder, listFlags),
  trim: writes(10, ["trim"], index, a.count("count")),
  clear: writes(11, ["clear"]),
  increment: writes(
    12,
    ["increment", "increment_by_one", "increment_by_one_with_policy"],
    index,
    a.intOr("delta", 1),
    listOrder,
    listFlags,
  ),
  sort: writes(13, ["sort"], a.flags(SORT_FLAGS)),
  size: reads(16, ["size"]),
  get: reads(17, ["get"], index),
  getRange: reads(18, ["get_range", "get_range_from"], fromIndex, count),
  join: reads(28, ["join", "join_by_separator"], a.optionalText("separator")),
  getByIndex: reads(19, ["get_by_index"], listGet, index),
  getByIndexRange: reads(24, ["get_by_index_range", "get_by_index_range_count"], listGet, fromIndex, count),
  getByRank: reads(21, ["get_by_rank"], listGet, rank),
  getByRankRange: reads(26, ["get_by_rank_range", "get_by_rank_range_count"], listGet, fromRank, count),
  getByValue: reads(22, ["get_by_value"], listGet, value),
  getByValueList: reads(23, ["get_by_value_list"], listGet, values),
  getByValueRange: reads(25, ["get_by_value_range"], listGet, begin, end),
  getByValueRelRankRange: reads(
    27,
    ["get_by_value_relative_rank_range", "get_by_value_relative_rank_range_count"],
    listGet,
    value,
    fromRank,
    count,
  ),
  removeByIndex: writes(32, ["remove_by_index"], listRemove, index),
  removeByIndexRange: writes(
    37,
    ["remove_by_index_range", "remove_by_index_range_count"],
    listRemove,
    fromIndex,
    count,
  ),
  removeByRank: writes(34, ["remove_by_rank"], listRemove, rank),
  removeByRankRange: writes(39, ["remove_by_rank_range", "remove_by_rank_range_count"], listRemove, fromRank, count),
  removeByValue: writes(35, ["remove_by_value"], listRemove, value),
  removeByValueList: writes(36, ["remove_by_value_list"], listRemove, values),
  removeByValueRange: writes(38, ["remove_by_value_range"], listRemove, begin, end),
  removeByValueRelRankRange: writes(
    40,
    ["remove_by_value_relative_rank_range", "remove_by_value_relative_rank_range_count"],
    listRemove,
    value,
    fromRank,
    count,
  ),
};

const mapOrder = a.choice("order", MAP_ORDERS, "unordered");
const mapFlags = a.flags(MAP_FLAGS);
const noFlags = a.constant(0);
const persistIndex = a.option("persistIndex");
const mapGet = a.returns(MAP_RETURNS, "values");
const mapRemove = a.returns(MAP_RETURNS, "none");
const beginKey = a.keyEnd("begin");
const endKey = a.keyEnd("end");

/** Map operations. */
export const MAP_FUNCTIONS: FunctionTable<keyof MapOperations> = {
  create: writes(255, ["create", "create_with_index"], mapOrder, persistIndex),
  setPolicy: writes(64, ["set_policy"], mapOrder, noFlags, persistIndex),
  setOrder: writes(254, ["set_order"], a.choice("order", MAP_ORDERS)),
  put: writes(67, ["put"], a.key, a.stored("value"), mapOrder, mapFlags, persistIndex),
  putItems: writes(68, ["put_items"], a.entries, mapOrder, mapFlags, persistIndex),
  increment: writes(73, ["increment_value"], a.key, a.delta, mapOrder, noFlags, persistIndex),
  decrement: writes(74, ["decrement_value"], a.key, a.delta, mapOrder, noFlags, persistIndex),
  clear: writes(75, ["clear"]),
  size: reads(96, ["size"]),
  getByKey: reads(97, ["get_by_key"], mapGet, a.key),
  getByKeyList: reads(107, ["get_by_key_list"], mapGet, a.keys),
  getByKeyRange: reads(103, ["get_by_key_range"], mapGet, beginKey, endKey),
  getByKeyRelIndexRange: reads(
    109,
    ["get_by_key_relative_index_range", "get_by_key_relative_index_range_count"],
    mapGet,
    a.key,
    fromIndex,
    count,
  ),
  getByIndex: reads(98, ["get_by_index"], mapGet, index),
  getByIndexRange: reads(104, ["get_by_index_range", "get_by_index_range_from"], mapGet, fromIndex, count),
  getByRank: reads(100, ["get_by_rank"], mapGet, rank),
  getByRankRange: reads(106, ["get_by_rank_range", "get_by_rank_range_from"], mapGet, fromRank, count),
  getByValue: reads(102, ["get_by_value"], mapGet, value),
  getByValueList: reads(108, ["get_by_value_list"], mapGet, values),
  getByValueRange: reads(105, ["get_by_value_range"], mapGet, begin, end),
  getByValueRelRankRange: reads(
    110,
    ["get_by_value_relative_rank_range", "get_by_value_relative_rank_range_count"],
    mapGet,
    value,
    fromRank,
    count,
  ),
  removeByKey: writes(76, ["remove_by_key"], mapRemove, a.key),
  removeByKeyList: writes(81, ["remove_by_key_list"], mapRemove, a.keys),
  removeByKeyRange: writes(84, ["remove_by_key_range"], mapRemove, beginKey, endKey),
  removeByKeyRelIndexRange: writes(
    88,
    ["remove_by_key_relative_index_range", "remove_by_key_relative_index_range_count"],
    mapRemove,
    a.key,
    fromIndex,
    count,
  ),
  removeByIndex: writes(77, ["remove_by_index"], mapRemove, index),
  removeByIndexRange: writes(85, ["remove_by_index_range", "remove_by_index_range_from"], mapRemove, fromIndex, count),
  removeByRank: writes(79, ["remove_by_rank"], mapRemove, rank),
  removeByRankRange: writes(87, ["remove_by_rank_range", "remove_by_rank_range_from"], mapRemove, fromRank, count),
  removeByValue: writes(82, ["remove_by_value"], mapRemove, value),
  removeByValueList: writes(83, ["remove_by_value_list"], mapRemove, values),
  removeByValueRange: writes(86, ["remove_by_value_range"], mapRemove, begin, end),
  removeByValueRelRankRange: writes(
    89,
    ["remove_by_value_relative_rank_range", "remove_by_value_relative_rank_range_count"],
    mapRemove,
    value,
    fromRank,
    count,
  ),
};

const offset = a.int("offset");
const size = a.count("size");
const bitFlags = a.flags(BIT_FLAGS);
const arithmetic = [offset, size, a.int("delta"), a.option("signed"), a.choice("overflow", OVERFLOWS, "fail")];

/** Operations on bits. */
export const BIT_FUNCTIONS: FunctionTable<keyof BitOperations> = {
  resize: writes(0, ["resize"], size, a.flags(RESIZE_FLAGS), bitFlags),
  insert: writes(1, ["insert"], offset, a.bytes, bitFlags),
  remove: writes(2, ["remove"], offset, size, bitFlags),
  set: writes(3, ["set"], offset, size, a.bytes, bitFlags),
  or: writes(4, ["or"], offset, size, a.bytes, bitFlags),
  xor: writes(5, ["xor"], offset, size, a.bytes, bitFlags),
  and: writes(6, ["and"], offset, size, a.bytes, bitFlags),
  not: writes(7, ["not"], offset, size, bitFlags),
  lshift: writes(8, ["lshift"], offset, size, a.count("shift"), bitFlags),
  rshift: writes(9, ["rshift"], offset, size, a.count("shift"), bitFlags),
  add: writes(10, ["add"], ...arithmetic, bitFlags),
  subtract: writes(11, ["subtract"], ...arithmetic, bitFlags),
  setInt: writes(12, ["set_int"], offset, size, a.int("value"), bitFlags),
  get: reads(50, ["get"], offset, size),
  count: reads(51, ["count"], offset, size),
  lscan: reads(52, ["lscan"], offset, size, a.flag("value")),
  rscan: reads(53, ["rscan"], offset, size, a.flag("value")),
  getInt: reads(54, ["get_int"], offset, size, a.option("signed")),
  b64Encode: reads(
    55,
    ["b64_encode", "b64_encode_range"],
    a.optionalInt("offset"),
    a.optionalCount("size"),
    a.option("invertSize"),
  ),
};

const hllFlags = a.flags(HLL_FLAGS);
const minHashBits = a.bitCount("minHashBits", 4, 51, true);

/** HyperLogLog operations. */
export const HLL_FUNCTIONS: FunctionTable<keyof HllOperations> = {
  init: writes(0, ["init", "init_with_min_hash"], a.bitCount("indexBits", 4, 16, false), minHashBits, hllFlags),
  add: writes(
    1,
    ["add", "add_with_index", "add_with_index_and_min_hash"],
    a.items("values"),
    a.bitCount("indexBits", 4, 16, true),
    minHashBits,
    hllFlags,
  ),
  setUnion: writes(2, ["set_union"], a.sketches, hllFlags),
  refreshCount: writes(3, ["refresh_count"]),
  fold: writes(4, ["fold"], a.bitCount("indexBits", 4, 16, false)),
  getCount: reads(50, ["get_count"]),
  getUnion: reads(51, ["get_union"], a.sketches),
  getUnionCount: reads(52, ["get_union_count"], a.sketches),
  getIntersectCount: reads(53, ["get_intersect_count"], a.sketches),
  getSimilarity: reads(54, ["get_similarity"], a.sketches),
  describe: reads(55, ["describe"]),
};

const pathFlags = a.flags(PATH_FLAGS);

/** Operations along a path, which is their context. */
export const PATH_FUNCTIONS: FunctionTable<keyof PathOperations> = {
  select: reads(
    0,
    ["select_by_path", "select_values", "select_map_keys", "select_map_entries", "select_matching_tree"],
    a.path,
    a.choice("select", PATH_SELECTS, "values"),
    pathFlags,
  ),
  modify: writes(1, ["modify_by_path", "modify", "modify_no_fail"], a.path, a.expression, pathFlags),
  remove: writes(2, ["remove"], a.path),
};
