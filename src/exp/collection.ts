/**
 * What calls on lists and on maps have in common.
 *
 * @module
 */

import type { Context } from "../operations/ctx.ts";
import type * as fields from "../operations/fields.ts";
import { booleanOption, checkNames } from "../option-check.ts";
import { outermost, packContext } from "./context.ts";
import type { Expression, ExpressionType, ValueType } from "./expression.ts";
import { checkedType } from "./bin.ts";
import { checkedOptions, numberOf } from "./flags.ts";
import type { MapItemOptions, MapResult, MapReturn, MapSelectOptions } from "./map.ts";
import { type AnyOperand, anyOperand, int, type Operand, typed } from "./operand.ts";
import { type Argument, call, Module } from "./pack.ts";
import { nil } from "./value.ts";

/** What a call on a list or map works on: with `ctx`, the outermost of either type. */
export type Collection = "list" | "map";

/** Where a call works. */
export interface ContextOption {
  /** The steps to a list or map within `source`: see {@link ctx}. Left out: `source` itself. */
  readonly ctx?: readonly Context[] | undefined;
}

/** Selects the others. */
export interface InvertedOption extends ContextOption {
  /** Selects all the others instead. */
  readonly inverted?: boolean | undefined;
}

/** A range by position: `count` of them from `index` on. Negative positions count from the end. */
export type IndexRange = fields.IndexRange<Operand<"int">>;

/** A range by rank: `count` of them from `rank` on. 0 is the lowest value, -1 the highest. */
export type RankRange = fields.RankRange<Operand<"int">>;

/**
 * A range of values or keys: `begin` and above, below `end`. An end that is left out, or null, is open; nil itself is
 * `exp.nil()`.
 */
export interface ValueRange {
  /** The lowest. */
  readonly begin?: AnyOperand | undefined;
  /** What is above the highest. */
  readonly end?: AnyOperand | undefined;
}

/** A range by rank: `count` of them from `rank` on, which is counted from where `value` stands or would stand. */
export type RelativeRankRange = fields.RelativeRankRange<AnyOperand, Operand<"int">>;

/** A range by position: `count` of them from `index` on, which is counted from where `key` stands or would stand. */
export type RelativeIndexRange = fields.RelativeIndexRange<AnyOperand, Operand<"int">>;

const INVERTED = 0x1_0000;

/** The number of whether the others are selected. */
function inverted(options: InvertedOption, name: string): number {
  return options.inverted !== undefined && booleanOption(options.inverted, `${name}() options.inverted`) ? INVERTED : 0;
}

/** What a call works on: of the type, or with `ctx` of either. */
function source(
  given: Expression<ExpressionType>,
  own: Collection,
  context: Uint8Array | undefined,
  name: string,
): Expression<ExpressionType> {
  return typed(given, context === undefined ? [own] : ["list", "map"], `${name}() source`);
}

/** A call that reads from a list or a map. */
export function reads<T extends ValueType>(
  type: T,
  own: Collection,
  given: Expression<ExpressionType>,
  args: readonly Argument[],
  options: ContextOption,
  name: string,
): Expression<T> {
  const context = packContext(options.ctx, `${name}() options.ctx`);
  return call(type, type, { module: Module.COLLECTION, source: source(given, own, context, name), args, context });
}

/** A call that changes a list or a map, and gives the outermost as it then is. */
export function changes<S extends Collection>(
  own: Collection,
  given: Expression<S>,
  args: readonly Argument[],
  options: ContextOption,
  name: string,
): Expression<S> {
  const context = packContext(options.ctx, `${name}() options.ctx`);
  const result = outermost(options.ctx, own);
  const parts = { module: Module.COLLECTION, modifies: true, source: source(given, own, context, name), args, context };
  return call(result, result, parts) as Expression<Collection> as Expression<S>;
}

/** The words that make a map of several entries. */
const MAPS: readonly (MapReturn | undefined)[] = ["key-values", "unordered-map", "ordered-map"];

/** The calls on lists, or those on maps, that select items or entries. */
export class Selections {
  readonly #own: Collection;
  readonly #answers: ReadonlyMap<string, number>;

  /** `returns` are the numbers of what operations answer. */
  constructor(own: Collection, returns: ReadonlyMap<string, number>) {
    this.#own = own;
    // An expression always answers.
    this.#answers = new Map([...returns].filter(([word]) => word !== "none"));
  }

  /** What one gives. */
  one<T extends ValueType>(
    source: Expression<Collection>,
    number: number,
    by: Argument,
    type: T,
    options: MapItemOptions | undefined,
    name: string,
  ): Expression<T> {
    const given: MapItemOptions = checkedOptions(options, name, ["ctx", "return"]);
    const result = checkedType(type, `${name}() type`);
    return reads(result, this.#own, source, [number, this.#returned(given, name), by], given, name);
  }

  /** What several give. */
  several<R extends MapReturn>(
    source: Expression<Collection>,
    number: number,
    args: readonly Argument[],
    options: MapSelectOptions<R> | undefined,
    name: string,
  ): Expression<MapResult<R>> {
    const given: MapSelectOptions<R> = checkedOptions(options, name, ["ctx", "return", "inverted"]);
    const what = given.return;
    const type = what === "count" ? "int" : what === "exists" ? "bool" : MAPS.includes(what) ? "map" : "list";
    const all = [number, this.#returned(given, name) | inverted(given, name), ...args];
    return reads(type as MapResult<R>, this.#own, source, all, given, name);
  }

  /** What is left without them. */
  removes<S extends Collection>(
    source: Expression<S>,
    number: number,
    args: readonly Argument[],
    options: InvertedOption | undefined,
    name: string,
  ): Expression<S> {
    const given: InvertedOption = checkedOptions(options, name, ["ctx", "inverted"]);
    return changes(this.#own, source, [number, inverted(given, name), ...args], given, name);
  }

  #returned(options: MapItemOptions, name: string): number {
    return numberOf(options.return, this.#answers, "values", `${name}() options.return`);
  }
}

/** First and number of a range. */
export function positions(range: IndexRange | RankRange, by: "index" | "rank", name: string): Argument[] {
  checkNames(range, `${name}() range`, [by, "count"]);
  return counted(range, by, name);
}

/** The arguments of a range that begins at what it is relative to. */
export function relative(
  range: RelativeRankRange | RelativeIndexRange,
  to: "value" | "key",
  by: "index" | "rank",
  name: string,
): Argument[] {
  checkNames(range, `${name}() range`, [to, by, "count"]);
  return [anyOperand(range[to], `${name}() range.${to}`), ...counted(range, by, name)];
}

function counted(range: object, by: string, name: string): Argument[] {
  const { [by]: first, count } = range as Record<string, unknown>;
  const args = [int(first === undefined ? 0 : first, `${name}() range.${by}`)];
  if (count !== undefined) args.push(int(count, `${name}() range.count`));
  return args;
}

/** The ends of a range. One that is open at its beginning begins with nil, the lowest value. */
export function ends(range: ValueRange, name: string): Argument[] {
  checkNames(range, `${name}() range`, ["begin", "end"]);
  const { begin, end } = range;
  const args = [begin === undefined || begin === null ? nil() : anyOperand(begin, `${name}() range.begin`)];
  if (end !== undefined && end !== null) args.push(anyOperand(end, `${name}() range.end`));
  return args as Argument[];
}
