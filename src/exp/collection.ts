/**
 * What calls on lists and on maps have in common.
 *
 * @module
 */

import type { Context } from "../operations/ctx.ts";
import { LIST_RETURNS, MAP_RETURNS } from "../codec/words.ts";
import { booleanOption, checkNames } from "../option-check.ts";
import { outermost, packContext } from "./context.ts";
import type { Expression, ExpressionType, ValueType } from "./expression.ts";
import { numberOf } from "./flags.ts";
import { type AnyOperand, anyOperand, type Operand, operand, typed } from "./operand.ts";
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

/** A range by position. Negative positions count from the end. */
export interface IndexRange {
  /** The first position. Default 0. */
  readonly index?: Operand<"int"> | undefined;
  /** How many; left out: to the end. */
  readonly count?: Operand<"int"> | undefined;
}

/** A range by rank: 0 is the lowest value, -1 the highest. */
export interface RankRange {
  /** The first rank. Default 0. */
  readonly rank?: Operand<"int"> | undefined;
  /** How many; left out: to the highest. */
  readonly count?: Operand<"int"> | undefined;
}

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

/** A range by rank, counted from where a value stands or would stand. */
export interface RelativeRankRange extends RankRange {
  /** The value. */
  readonly value: AnyOperand;
}

/** A range by position, counted from where a key stands or would stand. */
export interface RelativeIndexRange extends IndexRange {
  /** The key. */
  readonly key: AnyOperand;
}

const INVERTED = 0x1_0000;

/** An expression always answers. */
function answering(returns: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...returns].filter(([word]) => word !== "none"));
}

/** What expressions on lists answer. */
export const LIST_ANSWERS: ReadonlyMap<string, number> = answering(LIST_RETURNS);

/** What expressions on maps answer. */
export const MAP_ANSWERS: ReadonlyMap<string, number> = answering(MAP_RETURNS);

/** The number of what is answered, and of whether the others are. */
export function returned(
  options: { readonly return?: string | undefined; readonly inverted?: boolean | undefined },
  numbers: ReadonlyMap<string, number>,
  name: string,
): number {
  return numberOf(options.return, numbers, "values", `${name}() options.return`) | inverted(options, name);
}

/** The number of whether the others are selected. */
export function inverted(options: { readonly inverted?: boolean | undefined }, name: string): number {
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

/** An integer that an argument is. */
export function int(value: unknown, path: string): Expression<"int"> {
  return operand(value, "int", path);
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
