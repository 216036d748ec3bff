/**
 * Expressions on maps. What removes or writes gives the map as it then is, and leaves the bin alone.
 *
 * @module
 */

import type {
  ContextOption,
  IndexRange,
  InvertedOption,
  RankRange,
  RelativeIndexRange,
  RelativeRankRange,
  ValueRange,
} from "./collection.ts";
import { changes, type Collection, ends, positions, reads, relative, Selections } from "./collection.ts";
import type { Expression, ValueType } from "./expression.ts";
import { checkedOptions, numberOf } from "./flags.ts";
import { MAP_FLAGS, MAP_ORDERS, MAP_RETURNS } from "../codec/words.ts";
import type { MapOrder } from "../operations/fields.ts";
import { flagBits } from "../option-check.ts";
import type { ListReturn } from "./list.ts";
import { type AnyOperand, anyOperand, int, type Numeric, numeric, type Operand, operand } from "./operand.ts";
import type { Argument } from "./pack.ts";

/** What an expression on a map gives: of entries their keys, values or both, and what a list gives. */
export type MapReturn = ListReturn | "keys" | "key-values" | "unordered-map" | "ordered-map";

/** The type of what several entries give. */
export type MapResult<R extends MapReturn> = R extends "count" ? "int"
  : R extends "exists" ? "bool"
  : R extends "key-values" | "unordered-map" | "ordered-map" ? "map"
  : "list";

/** Options of expressions that read one entry. */
export interface MapItemOptions extends ContextOption {
  /** What to give. Default `"values"`: the entry's value. */
  readonly return?: MapReturn | undefined;
}

/** Options of expressions that read several entries. */
export interface MapSelectOptions<R extends MapReturn = MapReturn> extends InvertedOption {
  /** What to give. Default `"values"`: a list of the values. */
  readonly return?: R | undefined;
}

/** Options of expressions that may create a map. */
export interface MapOrderOptions extends ContextOption {
  /** How the map is kept where it is created. Default `"unordered"`. */
  readonly order?: MapOrder | undefined;
}

/** Options of expressions that write entries. */
export interface MapWriteOptions extends MapOrderOptions {
  /** Refuses a key that is in the map. */
  readonly createOnly?: boolean | undefined;
  /** Refuses a key that is not in the map. */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** With `noFail`: of several entries, those that are not refused are written. */
  readonly partial?: boolean | undefined;
}

const WRITE_OPTIONS = ["ctx", "order", ...Object.keys(MAP_FLAGS)];
const MAPS = new Selections("map", MAP_RETURNS);

function writes<S extends Collection>(
  source: Expression<S>,
  args: readonly Argument[],
  options: MapWriteOptions | undefined,
  valid: readonly string[],
  name: string,
): Expression<S> {
  const given: MapWriteOptions = checkedOptions(options, name, valid);
  const order = numberOf(given.order, MAP_ORDERS, "unordered", `${name}() options.order`);
  const flags = flagBits(given, MAP_FLAGS, `${name}() options`);
  return changes("map", source, [...args, order, ...(flags === 0 ? [] : [flags])], given, name);
}

/** The map with an entry. */
export function put<S extends Collection>(
  source: Expression<S>,
  key: AnyOperand,
  value: AnyOperand,
  options?: MapWriteOptions,
): Expression<S> {
  const args = [67, anyOperand(key, "exp.map.put() key"), anyOperand(value, "exp.map.put() value")];
  return writes(source, args, options, WRITE_OPTIONS, "exp.map.put");
}

/** The map with the entries of another. */
export function putItems<S extends Collection>(
  source: Expression<S>,
  items: Operand<"map">,
  options?: MapWriteOptions,
): Expression<S> {
  const args = [68, operand(items, "map", "exp.map.putItems() items")];
  return writes(source, args, options, WRITE_OPTIONS, "exp.map.putItems");
}

/** The map with the number of a key increased. */
export function increment<S extends Collection>(
  source: Expression<S>,
  key: AnyOperand,
  delta: Operand<Numeric>,
  options?: MapOrderOptions,
): Expression<S> {
  const args = [73, anyOperand(key, "exp.map.increment() key"), numeric(delta, "exp.map.increment() delta")];
  return writes(source, args, options, ["ctx", "order"], "exp.map.increment");
}

/** The map without its entries. */
export function clear<S extends Collection>(source: Expression<S>, options?: ContextOption): Expression<S> {
  return changes("map", source, [75], checkedOptions(options, "exp.map.clear", ["ctx"]), "exp.map.clear");
}

/** How many entries there are. */
export function size(source: Expression<Collection>, options?: ContextOption): Expression<"int"> {
  return reads("int", "map", source, [96], checkedOptions(options, "exp.map.size", ["ctx"]), "exp.map.size");
}

/** The value of a key, which is of a type. */
export function getByKey<T extends ValueType>(
  source: Expression<Collection>,
  key: AnyOperand,
  type: T,
  options?: MapItemOptions,
): Expression<T> {
  return MAPS.one(source, 97, anyOperand(key, "exp.map.getByKey() key"), type, options, "exp.map.getByKey");
}

/** The entries of keys. */
export function getByKeyList<R extends MapReturn = "values">(
  source: Expression<Collection>,
  keys: Operand<"list">,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(
    source,
    107,
    [operand(keys, "list", "exp.map.getByKeyList() keys")],
    options,
    "exp.map.getByKeyList",
  );
}

/** The entries of a range of keys. */
export function getByKeyRange<R extends MapReturn = "values">(
  source: Expression<Collection>,
  range: ValueRange,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(source, 103, ends(range, "exp.map.getByKeyRange"), options, "exp.map.getByKeyRange");
}

/** The entries of a range of positions that is counted from a key. */
export function getByKeyRelIndexRange<R extends MapReturn = "values">(
  source: Expression<Collection>,
  range: RelativeIndexRange,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(
    source,
    109,
    relative(range, "key", "index", "exp.map.getByKeyRelIndexRange"),
    options,
    "exp.map.getByKeyRelIndexRange",
  );
}

/** The entry at a position, which is of a type. */
export function getByIndex<T extends ValueType>(
  source: Expression<Collection>,
  index: Operand<"int">,
  type: T,
  options?: MapItemOptions,
): Expression<T> {
  return MAPS.one(source, 98, int(index, "exp.map.getByIndex() index"), type, options, "exp.map.getByIndex");
}

/** The entries of a range of positions. */
export function getByIndexRange<R extends MapReturn = "values">(
  source: Expression<Collection>,
  range: IndexRange,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(
    source,
    104,
    positions(range, "index", "exp.map.getByIndexRange"),
    options,
    "exp.map.getByIndexRange",
  );
}

/** The entry at a rank: 0 is the lowest value, -1 the highest, which is of a type. */
export function getByRank<T extends ValueType>(
  source: Expression<Collection>,
  rank: Operand<"int">,
  type: T,
  options?: MapItemOptions,
): Expression<T> {
  return MAPS.one(source, 100, int(rank, "exp.map.getByRank() rank"), type, options, "exp.map.getByRank");
}

/** The entries of a range of ranks. */
export function getByRankRange<R extends MapReturn = "values">(
  source: Expression<Collection>,
  range: RankRange,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(
    source,
    106,
    positions(range, "rank", "exp.map.getByRankRange"),
    options,
    "exp.map.getByRankRange",
  );
}

/** The entries that have a value. */
export function getByValue<R extends MapReturn = "values">(
  source: Expression<Collection>,
  value: AnyOperand,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(source, 102, [anyOperand(value, "exp.map.getByValue() value")], options, "exp.map.getByValue");
}

/** The entries that have one of the values. */
export function getByValueList<R extends MapReturn = "values">(
  source: Expression<Collection>,
  values: Operand<"list">,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(
    source,
    108,
    [operand(values, "list", "exp.map.getByValueList() values")],
    options,
    "exp.map.getByValueList",
  );
}

/** The entries of a range of values. */
export function getByValueRange<R extends MapReturn = "values">(
  source: Expression<Collection>,
  range: ValueRange,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(source, 105, ends(range, "exp.map.getByValueRange"), options, "exp.map.getByValueRange");
}

/** The entries of a range of ranks that is counted from a value. */
export function getByValueRelRankRange<R extends MapReturn = "values">(
  source: Expression<Collection>,
  range: RelativeRankRange,
  options?: MapSelectOptions<R>,
): Expression<MapResult<R>> {
  return MAPS.several(
    source,
    110,
    relative(range, "value", "rank", "exp.map.getByValueRelRankRange"),
    options,
    "exp.map.getByValueRelRankRange",
  );
}

/** The map without the entry at a position. */
export function removeByIndex<S extends Collection>(
  source: Expression<S>,
  index: Operand<"int">,
  options?: ContextOption,
): Expression<S> {
  return MAPS.removes(
    source,
    77,
    [int(index, "exp.map.removeByIndex() index")],
    checkedOptions(options, "exp.map.removeByIndex", ["ctx"]),
    "exp.map.removeByIndex",
  );
}

/** The map without the entries of a range of positions. */
export function removeByIndexRange<S extends Collection>(
  source: Expression<S>,
  range: IndexRange,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    85,
    positions(range, "index", "exp.map.removeByIndexRange"),
    options,
    "exp.map.removeByIndexRange",
  );
}

/** The map without the entry at a rank. */
export function removeByRank<S extends Collection>(
  source: Expression<S>,
  rank: Operand<"int">,
  options?: ContextOption,
): Expression<S> {
  return MAPS.removes(
    source,
    79,
    [int(rank, "exp.map.removeByRank() rank")],
    checkedOptions(options, "exp.map.removeByRank", ["ctx"]),
    "exp.map.removeByRank",
  );
}

/** The map without the entries of a range of ranks. */
export function removeByRankRange<S extends Collection>(
  source: Expression<S>,
  range: RankRange,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    87,
    positions(range, "rank", "exp.map.removeByRankRange"),
    options,
    "exp.map.removeByRankRange",
  );
}

/** The map without the entries that have a value. */
export function removeByValue<S extends Collection>(
  source: Expression<S>,
  value: AnyOperand,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    82,
    [anyOperand(value, "exp.map.removeByValue() value")],
    options,
    "exp.map.removeByValue",
  );
}

/** The map without the entries that have one of the values. */
export function removeByValueList<S extends Collection>(
  source: Expression<S>,
  values: Operand<"list">,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    83,
    [operand(values, "list", "exp.map.removeByValueList() values")],
    options,
    "exp.map.removeByValueList",
  );
}

/** The map without the entries of a range of values. */
export function removeByValueRange<S extends Collection>(
  source: Expression<S>,
  range: ValueRange,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(source, 86, ends(range, "exp.map.removeByValueRange"), options, "exp.map.removeByValueRange");
}

/** The map without the entries of a range of ranks that is counted from a value. */
export function removeByValueRelRankRange<S extends Collection>(
  source: Expression<S>,
  range: RelativeRankRange,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    89,
    relative(range, "value", "rank", "exp.map.removeByValueRelRankRange"),
    options,
    "exp.map.removeByValueRelRankRange",
  );
}

/** The map without a key. */
export function removeByKey<S extends Collection>(
  source: Expression<S>,
  key: AnyOperand,
  options?: ContextOption,
): Expression<S> {
  return MAPS.removes(
    source,
    76,
    [anyOperand(key, "exp.map.removeByKey() key")],
    checkedOptions(options, "exp.map.removeByKey", ["ctx"]),
    "exp.map.removeByKey",
  );
}

/** The map without keys. */
export function removeByKeyList<S extends Collection>(
  source: Expression<S>,
  keys: Operand<"list">,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    81,
    [operand(keys, "list", "exp.map.removeByKeyList() keys")],
    options,
    "exp.map.removeByKeyList",
  );
}

/** The map without the entries of a range of keys. */
export function removeByKeyRange<S extends Collection>(
  source: Expression<S>,
  range: ValueRange,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(source, 84, ends(range, "exp.map.removeByKeyRange"), options, "exp.map.removeByKeyRange");
}

/** The map without the entries of a range of positions that is counted from a key. */
export function removeByKeyRelIndexRange<S extends Collection>(
  source: Expression<S>,
  range: RelativeIndexRange,
  options?: InvertedOption,
): Expression<S> {
  return MAPS.removes(
    source,
    88,
    relative(range, "key", "index", "exp.map.removeByKeyRelIndexRange"),
    options,
    "exp.map.removeByKeyRelIndexRange",
  );
}
