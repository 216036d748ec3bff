/**
 * Expressions along paths, which lead to many places in nested lists and maps at once. Server 8.1.1 or later.
 *
 * @module
 */

import { PATH_FLAGS, PATH_SELECTS } from "../codec/words.ts";
import type { Context } from "../operations/ctx.ts";
import type { PathSelect } from "../operations/fields.ts";
import { checkedType } from "./bin.ts";
import type { Collection } from "./collection.ts";
import { packPath } from "./context.ts";
import { type Expression, type ExpressionType, untyped, type ValueType } from "./expression.ts";
import { checkedOptions, numberOf } from "./flags.ts";
import { flagBits } from "../option-check.ts";
import { type AnyOperand, anyOperand, typed } from "./operand.ts";
import { type Argument, call, head, Module, Op } from "./pack.ts";

/** Options of expressions along a path. */
export interface PathOptions {
  /** What has another type than the path expects is left out, and no error. */
  readonly noFail?: boolean | undefined;
}

/** Options of `exp.selectByPath`. */
export interface PathSelectOptions extends PathOptions {
  /** What is selected. Default `"values"`. */
  readonly select?: PathSelect | undefined;
}

const MODIFIES = 4;

function source(given: Expression<Collection>, name: string): Expression<ExpressionType> {
  return typed(given, ["list", "map"], `${name}() source`);
}

function selects<T extends ValueType>(
  given: Expression<Collection>,
  path: readonly Context[],
  flags: number,
  type: T,
  name: string,
): Expression<T> {
  const args: Argument[] = [packPath(path, `${name}() path`), flags];
  const result = checkedType(type, `${name}() type`);
  // The first piece is two arguments.
  return call(result, result, { module: Module.COLLECTION, source: source(given, name), args, count: 3 });
}

function modifies<S extends Collection>(
  given: Expression<S>,
  path: readonly Context[],
  value: AnyOperand,
  flags: number,
  name: string,
): Expression<S> {
  const on = typed<S>(given, ["list", "map"], `${name}() source`);
  const args: Argument[] = [packPath(path, `${name}() path`), flags | MODIFIES, anyOperand(value, `${name}() value`)];
  return call(on.type, on.type, { module: Module.COLLECTION, modifies: true, source: on, args, count: 4 });
}

/** What a path leads to, as a value of a type: a list of values or keys, or a map. */
export function selectByPath<T extends ValueType>(
  source: Expression<Collection>,
  path: readonly Context[],
  type: T,
  options?: PathSelectOptions,
): Expression<T> {
  const name = "exp.selectByPath";
  const given: PathSelectOptions = checkedOptions(options, name, ["select", "noFail"]);
  const what = numberOf(given.select, PATH_SELECTS, "values", `${name}() options.select`);
  return selects(source, path, what | flagBits(given, PATH_FLAGS, `${name}() options`), type, name);
}

/** The values that a path leads to. */
export function selectValues<T extends ValueType>(
  source: Expression<Collection>,
  path: readonly Context[],
  type: T,
): Expression<T> {
  return selects(source, path, 1, type, "exp.selectValues");
}

/** The keys that a path leads to. */
export function selectMapKeys<T extends ValueType>(
  source: Expression<Collection>,
  path: readonly Context[],
  type: T,
): Expression<T> {
  return selects(source, path, 2, type, "exp.selectMapKeys");
}

/** The keys and values that a path leads to. */
export function selectMapEntries<T extends ValueType>(
  source: Expression<Collection>,
  path: readonly Context[],
  type: T,
): Expression<T> {
  return selects(source, path, 3, type, "exp.selectMapEntries");
}

/** The whole, without what the path does not lead to. */
export function selectMatchingTree<T extends ValueType>(
  source: Expression<Collection>,
  path: readonly Context[],
  type: T,
): Expression<T> {
  return selects(source, path, 0, type, "exp.selectMatchingTree");
}

/** The whole, with `value` in place of what a path leads to; loop variables tell `value` what that is. */
export function modifyByPath<S extends Collection>(
  source: Expression<S>,
  path: readonly Context[],
  value: AnyOperand,
  options?: PathOptions,
): Expression<S> {
  const name = "exp.modifyByPath";
  return modifies(
    source,
    path,
    value,
    flagBits(checkedOptions(options, name, ["noFail"]), PATH_FLAGS, `${name}() options`),
    name,
  );
}

/** The whole, without what a path leads to. */
export function removeByPath<S extends Collection>(source: Expression<S>, path: readonly Context[]): Expression<S> {
  return modifies(source, path, removeResult(), 0, "exp.removeByPath");
}

/** As the value of `modifyByPath`: removes what the path leads to. */
export function removeResult(): Expression<never> {
  return untyped([head(Op.REMOVE_RESULT, 0)]);
}
