/**
 * Operations along a path, which leads to many places in nested lists and maps at once.
 *
 * @module
 */

import type { Expression, ValueType } from "../exp/expression.ts";
import type { Operation } from "../operation.ts";
import type { Context } from "./ctx.ts";
import type { PathSelect } from "./fields.ts";
import { make } from "./make.ts";

/** Options of `path.modify`. */
export interface PathOptions {
  /** Passes over what an expression has no value for, as one that expects another type, instead of an error. */
  readonly noFail?: boolean | undefined;
}

/** Options of `path.select`. */
export interface PathSelectOptions extends PathOptions {
  /** What is selected. Default `"values"`. */
  readonly select?: PathSelect | undefined;
}

/** The builders of operations along a path: plain functions that return plain, frozen objects. */
export interface PathOperations {
  /** Reads what the path leads to: a list of it, or with `"matching-tree"` the whole without the rest. */
  select(bin: string, ctx: readonly Context[], options?: PathSelectOptions): Operation;
  /**
   * Puts what `expression` gives in place of each value that the path leads to; `exp.intLoopVar("value")` and its like
   * say what that is, and `exp.removeResult()` removes it. The answer is null.
   */
  modify(
    bin: string,
    ctx: readonly Context[],
    expression: Expression<ValueType>,
    options?: PathOptions,
  ): Operation;
  /** Removes what the path leads to. The answer is null. */
  remove(bin: string, ctx: readonly Context[]): Operation;
}

/**
 * Builders of operations along a path, for `operate` and for the rows of batches. Server 8.1.1 or later.
 *
 * The path is a `ctx` of one step or more, which may lead to many places: to all children, to those that an expression is true
 * of, to several keys. A bin that is no list or map is code 12 (`BIN_INCOMPATIBLE_TYPE`); so are keys that are selected from a
 * list. A step into a list that leads into a map, or the other way round, and a filter without a value are code 4
 * (`REQUEST_INVALID`), and a value that cannot be computed is code 1 (`SERVER`); then none of the operations takes place. Server 8.1.2
 * does not survive some changes, of ordered lists within others above all: see docs/servers.md.
 *
 * ```ts
 * import { connect, ctx, exp, Key, path } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "shops", "books");
 * await client.put(key, { books: [{ title: "A", price: 8 }, { title: "B", price: 30 }] });
 * const cheap = ctx.allChildrenWithFilter(exp.lt(exp.map.getByKey(exp.mapLoopVar("value"), "price", "int"), 10));
 * const result = await client.operate(key, [
 *   path.select("books", [cheap, ctx.mapKey("title")]), // ["A"]
 *   path.modify("books", [ctx.allChildren(), ctx.mapKey("price")], exp.add(exp.intLoopVar("value"), 1)),
 *   path.select("books", [ctx.allChildren(), ctx.mapKey("price")]), // [9, 31]
 * ]);
 * console.log(result?.results);
 * ```
 */
export const path: PathOperations = Object.freeze({
  select: (bin: string, ctx: readonly Context[], options?: PathSelectOptions): Operation =>
    make("path.select", bin, { ctx }, options),
  modify: (
    bin: string,
    ctx: readonly Context[],
    expression: Expression<ValueType>,
    options?: PathOptions,
  ): Operation => make("path.modify", bin, { ctx, expression }, options),
  remove: (bin: string, ctx: readonly Context[]): Operation => make("path.remove", bin, { ctx }, undefined),
});
