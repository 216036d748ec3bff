/**
 * Expressions on lists. What removes or writes gives the list as it then is, and leaves the bin alone.
 *
 * @module
 */

import type {
  ContextOption,
  IndexRange,
  InvertedOption,
  RankRange,
  RelativeRankRange,
  ValueRange,
} from "./collection.ts";
import { changes, type Collection, ends, positions, reads, relative, Selections } from "./collection.ts";
import type { Expression, ValueType } from "./expression.ts";
import { checkedOptions, numberOf } from "./flags.ts";
import { LIST_FLAGS, LIST_ORDERS, LIST_RETURNS, SORT_FLAGS } from "../codec/words.ts";
import type { ListOrder } from "../operations/fields.ts";
import { flagBits } from "../option-check.ts";
import { type AnyOperand, anyOperand, int, type Numeric, numeric, type Operand, operand } from "./operand.ts";
import type { MapResult } from "./map.ts";
import type { Argument } from "./pack.ts";

/** What an expression on a list gives: of items their positions, ranks or values, how many, or whether there is any. */
export type ListReturn = "index" | "reverse-index" | "rank" | "reverse-rank" | "count" | "values" | "exists";

/** The type of what several items give: an `"int"` for `"count"`, a `"bool"` for `"exists"`, else a `"list"`. */
export type ListResult<R extends ListReturn> = MapResult<R>;

/** Options of expressions that read one item. */
export interface ListItemOptions extends ContextOption {
  /** What to give. Default `"values"`: the item. */
  readonly return?: ListReturn | undefined;
}

/** Options of expressions that read several items. */
export interface ListSelectOptions<R extends ListReturn = ListReturn> extends InvertedOption {
  /** What to give. Default `"values"`: a list of the items. */
  readonly return?: R | undefined;
}

/** Options of expressions that write at a position. */
export interface ListInsertOptions extends ContextOption {
  /** Refuses what is in the list already. */
  readonly addUnique?: boolean | undefined;
  /** Refuses a position beyond the list's end, instead of filling up with nil. */
  readonly insertBounded?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** With `noFail`: of several items, those that are not refused are written. */
  readonly partial?: boolean | undefined;
}

/** Options of expressions that write items. */
export interface ListWriteOptions extends ListInsertOptions {
  /** How the list is kept where it is created. Default `"unordered"`. */
  readonly order?: ListOrder | undefined;
}

/** Options of `exp.list.sort`. */
export interface ListSortOptions extends ContextOption {
  /** From the highest value to the lowest. */
  readonly descending?: boolean | undefined;
  /** Leaves one of equal items. */
  readonly dropDuplicates?: boolean | undefined;
}

/** Options of `exp.list.join`. */
export interface ListJoinOptions extends ContextOption {
  /** What stands between two texts. Default nothing. */
  readonly separator?: Operand<"string"> | undefined;
}

const LISTS = new Selections("list", LIST_RETURNS);
const INSERT_OPTIONS = ["ctx", ...Object.keys(LIST_FLAGS)];

/** The expression of a call that writes: its number and operands, and the order and flags that it has. */
function writes<S extends Collection>(
  source: Expression<S>,
  args: readonly Argument[],
  options: ListWriteOptions | undefined,
  hasOrder: boolean,
  name: string,
): Expression<S> {
  const given: ListWriteOptions = checkedOptions(
    options,
    name,
    hasOrder ? [...INSERT_OPTIONS, "order"] : INSERT_OPTIONS,
  );
  const order = hasOrder ? [numberOf(given.order, LIST_ORDERS, "unordered", `${name}() options.order`)] : [];
  return changes("list", source, [...args, ...order, flagBits(given, LIST_FLAGS, `${name}() options`)], given, name);
}

/** The list with a value at its end, or where it belongs in an ordered list. */
export function append<S extends Collection>(
  source: Expression<S>,
  value: AnyOperand,
  options?: ListWriteOptions,
): Expression<S> {
  return writes(source, [1, anyOperand(value, "exp.list.append() value")], options, true, "exp.list.append");
}

/** The list with values at its end, or where they belong in an ordered list. */
export function appendItems<S extends Collection>(
  source: Expression<S>,
  values: Operand<"list">,
  options?: ListWriteOptions,
): Expression<S> {
  const args = [2, operand(values, "list", "exp.list.appendItems() values")];
  return writes(source, args, options, true, "exp.list.appendItems");
}

/** The list with a value inserted at a position. */
export function insert<S extends Collection>(
  source: Expression<S>,
  index: Operand<"int">,
  value: AnyOperand,
  options?: ListInsertOptions,
): Expression<S> {
  const args = [3, int(index, "exp.list.insert() index"), anyOperand(value, "exp.list.insert() value")];
  return writes(source, args, options, false, "exp.list.insert");
}

/** The list with values inserted at a position. */
export function insertItems<S extends Collection>(
  source: Expression<S>,
  index: Operand<"int">,
  values: Operand<"list">,
  options?: ListInsertOptions,
): Expression<S> {
  const args = [
    4,
    int(index, "exp.list.insertItems() index"),
    operand(values, "list", "exp.list.insertItems() values"),
  ];
  return writes(source, args, options, false, "exp.list.insertItems");
}

/** The list with the number at a position increased. */
export function increment<S extends Collection>(
  source: Expression<S>,
  index: Operand<"int">,
  delta: Operand<Numeric>,
  options?: ListWriteOptions,
): Expression<S> {
  const args = [12, int(index, "exp.list.increment() index"), numeric(delta, "exp.list.increment() delta")];
  return writes(source, args, options, true, "exp.list.increment");
}

/** The list with another value at a position. */
export function set<S extends Collection>(
  source: Expression<S>,
  index: Operand<"int">,
  value: AnyOperand,
  options?: ListInsertOptions,
): Expression<S> {
  const args = [9, int(index, "exp.list.set() index"), anyOperand(value, "exp.list.set() value")];
  return writes(source, args, options, false, "exp.list.set");
}

/** The list without its items. */
export function clear<S extends Collection>(source: Expression<S>, options?: ContextOption): Expression<S> {
  return changes("list", source, [11], checkedOptions(options, "exp.list.clear", ["ctx"]), "exp.list.clear");
}

/** The list sorted. */
export function sort<S extends Collection>(source: Expression<S>, options?: ListSortOptions): Expression<S> {
  const given = checkedOptions(options, "exp.list.sort", ["ctx", ...Object.keys(SORT_FLAGS)]);
  const flags = flagBits(given, SORT_FLAGS, "exp.list.sort() options");
  return changes("list", source, [13, flags], given, "exp.list.sort");
}

/** How many items there are. */
export function size(source: Expression<Collection>, options?: ContextOption): Expression<"int"> {
  return reads("int", "list", source, [16], checkedOptions(options, "exp.list.size", ["ctx"]), "exp.list.size");
}

/** The list's texts as one. Server 8.2 or later. */
export function join(source: Expression<Collection>, options?: ListJoinOptions): Expression<"string"> {
  const given: ListJoinOptions = checkedOptions(options, "exp.list.join", ["ctx", "separator"]);
  const { separator } = given;
  const between = separator === undefined ? [] : [operand(separator, "string", "exp.list.join() options.separator")];
  return reads("string", "list", source, [28, ...between], given, "exp.list.join");
}

/** The item at a position, which is of a type. */
export function getByIndex<T extends ValueType>(
  source: Expression<Collection>,
  index: Operand<"int">,
  type: T,
  options?: ListItemOptions,
): Expression<T> {
  return LISTS.one(source, 19, int(index, "exp.list.getByIndex() index"), type, options, "exp.list.getByIndex");
}

/** The items of a range of positions. */
export function getByIndexRange<R extends ListReturn = "values">(
  source: Expression<Collection>,
  range: IndexRange,
  options?: ListSelectOptions<R>,
): Expression<ListResult<R>> {
  return LISTS.several(
    source,
    24,
    positions(range, "index", "exp.list.getByIndexRange"),
    options,
    "exp.list.getByIndexRange",
  );
}

/** The item at a rank: 0 is the lowest value, -1 the highest, which is of a type. */
export function getByRank<T extends ValueType>(
  source: Expression<Collection>,
  rank: Operand<"int">,
  type: T,
  options?: ListItemOptions,
): Expression<T> {
  return LISTS.one(source, 21, int(rank, "exp.list.getByRank() rank"), type, options, "exp.list.getByRank");
}

/** The items of a range of ranks. */
export function getByRankRange<R extends ListReturn = "values">(
  source: Expression<Collection>,
  range: RankRange,
  options?: ListSelectOptions<R>,
): Expression<ListResult<R>> {
  return LISTS.several(
    source,
    26,
    positions(range, "rank", "exp.list.getByRankRange"),
    options,
    "exp.list.getByRankRange",
  );
}

/** The items that have a value. */
export function getByValue<R extends ListReturn = "values">(
  source: Expression<Collection>,
  value: AnyOperand,
  options?: ListSelectOptions<R>,
): Expression<ListResult<R>> {
  return LISTS.several(source, 22, [anyOperand(value, "exp.list.getByValue() value")], options, "exp.list.getByValue");
}

/** The items that have one of the values. */
export function getByValueList<R extends ListReturn = "values">(
  source: Expression<Collection>,
  values: Operand<"list">,
  options?: ListSelectOptions<R>,
): Expression<ListResult<R>> {
  return LISTS.several(
    source,
    23,
    [operand(values, "list", "exp.list.getByValueList() values")],
    options,
    "exp.list.getByValueList",
  );
}

/** The items of a range of values. */
export function getByValueRange<R extends ListReturn = "values">(
  source: Expression<Collection>,
  range: ValueRange,
  options?: ListSelectOptions<R>,
): Expression<ListResult<R>> {
  return LISTS.several(source, 25, ends(range, "exp.list.getByValueRange"), options, "exp.list.getByValueRange");
}

/** The items of a range of ranks that is counted from a value. */
export function getByValueRelRankRange<R extends ListReturn = "values">(
  source: Expression<Collection>,
  range: RelativeRankRange,
  options?: ListSelectOptions<R>,
): Expression<ListResult<R>> {
  return LISTS.several(
    source,
    27,
    relative(range, "value", "rank", "exp.list.getByValueRelRankRange"),
    options,
    "exp.list.getByValueRelRankRange",
  );
}

/** The list without the item at a position. */
export function removeByIndex<S extends Collection>(
  source: Expression<S>,
  index: Operand<"int">,
  options?: ContextOption,
): Expression<S> {
  return LISTS.removes(
    source,
    32,
    [int(index, "exp.list.removeByIndex() index")],
    checkedOptions(options, "exp.list.removeByIndex", ["ctx"]),
    "exp.list.removeByIndex",
  );
}

/** The list without the items of a range of positions. */
export function removeByIndexRange<S extends Collection>(
  source: Expression<S>,
  range: IndexRange,
  options?: InvertedOption,
): Expression<S> {
  return LISTS.removes(
    source,
    37,
    positions(range, "index", "exp.list.removeByIndexRange"),
    options,
    "exp.list.removeByIndexRange",
  );
}

/** The list without the item at a rank. */
export function removeByRank<S extends Collection>(
  source: Expression<S>,
  rank: Operand<"int">,
  options?: ContextOption,
): Expression<S> {
  return LISTS.removes(
    source,
    34,
    [int(rank, "exp.list.removeByRank() rank")],
    checkedOptions(options, "exp.list.removeByRank", ["ctx"]),
    "exp.list.removeByRank",
  );
}

/** The list without the items of a range of ranks. */
export function removeByRankRange<S extends Collection>(
  source: Expression<S>,
  range: RankRange,
  options?: InvertedOption,
): Expression<S> {
  return LISTS.removes(
    source,
    39,
    positions(range, "rank", "exp.list.removeByRankRange"),
    options,
    "exp.list.removeByRankRange",
  );
}

/** The list without the items that have a value. */
export function removeByValue<S extends Collection>(
  source: Expression<S>,
  value: AnyOperand,
  options?: InvertedOption,
): Expression<S> {
  return LISTS.removes(
    source,
    35,
    [anyOperand(value, "exp.list.removeByValue() value")],
    options,
    "exp.list.removeByValue",
  );
}

/** The list without the items that have one of the values. */
export function removeByValueList<S extends Collection>(
  source: Expression<S>,
  values: Operand<"list">,
  options?: InvertedOption,
): Expression<S> {
  return LISTS.removes(
    source,
    36,
    [operand(values, "list", "exp.list.removeByValueList() values")],
    options,
    "exp.list.removeByValueList",
  );
}

/** The list without the items of a range of values. */
export function removeByValueRange<S extends Collection>(
  source: Expression<S>,
  range: ValueRange,
  options?: InvertedOption,
): Expression<S> {
  return LISTS.removes(source, 38, ends(range, "exp.list.removeByValueRange"), options, "exp.list.removeByValueRange");
}

/** The list without the items of a range of ranks that is counted from a value. */
export function removeByValueRelRankRange<S extends Collection>(
  source: Expression<S>,
  range: RelativeRankRange,
  options?: InvertedOption,
): Expression<S> {
  return LISTS.removes(
    source,
    40,
    relative(range, "value", "rank", "exp.list.removeByValueRelRankRange"),
    options,
    "exp.list.removeByValueRelRankRange",
  );
}
