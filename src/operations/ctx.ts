/**
 * The way to a list or map within a bin's.
 *
 * @module
 */

import type { Filter } from "../exp/expression.ts";
import { checkObject } from "../option-check.ts";
import type { BinInput, MapKey } from "../values/value.ts";
import type { Int, ListOrder, MapOrder } from "./fields.ts";

/** What a step of the way goes by. */
export type ContextKind = keyof ContextBuilders;

/** One step; make it with {@link ctx}. */
export interface Context {
  /** What it goes by. */
  readonly kind: ContextKind;
  /** A position. */
  readonly index?: Int | undefined;
  /** A rank. */
  readonly rank?: Int | undefined;
  /** A value. */
  readonly value?: BinInput;
  /** A key. */
  readonly key?: MapKey | undefined;
  /** Keys. */
  readonly keys?: readonly MapKey[] | undefined;
  /** How what is created is kept. */
  readonly order?: ListOrder | MapOrder | undefined;
  /** Fills a list up with nil. */
  readonly pad?: boolean | undefined;
  /** What the children are asked. */
  readonly filter?: Filter | undefined;
}

/** The builders of steps: plain functions that return plain objects. */
export interface ContextBuilders {
  /** The item of a list at a position; a negative one counts from the end. */
  listIndex(index: Int): Context;
  /**
   * As {@link ContextBuilders.listIndex}, and creates a list there where there is none. `pad` fills up with nil what lies
   * before it, where it is beyond the list's end (unordered lists only).
   */
  listIndexCreate(index: Int, options?: { order?: ListOrder | undefined; pad?: boolean | undefined }): Context;
  /** The item of a list at a rank: 0 is the lowest value, -1 the highest. */
  listRank(rank: Int): Context;
  /** The item of a list that has this value. */
  listValue(value: BinInput): Context;
  /** The value of a map's entry at a position, in the order of keys. */
  mapIndex(index: Int): Context;
  /** The value of a map's entry at a rank: 0 is the lowest value, -1 the highest. */
  mapRank(rank: Int): Context;
  /** The value of a map's key. */
  mapKey(key: MapKey): Context;
  /** As {@link ContextBuilders.mapKey}, and creates a map there where there is none. */
  mapKeyCreate(key: MapKey, options?: { order?: MapOrder | undefined }): Context;
  /** The entry of a map that has this value. */
  mapValue(value: BinInput): Context;
  /** The entries of a map whose keys are among these. Path operations only; server 8.1.2 or later. */
  mapKeysIn(keys: readonly MapKey[]): Context;
  /** Everything in a list or map. Path operations only; server 8.1.1 or later. */
  allChildren(): Context;
  /** Everything in a list or map for which the expression is true. Path operations only; server 8.1.1 or later. */
  allChildrenWithFilter(filter: Filter): Context;
  /**
   * Of what the step before gives, that for which the expression is true. Not the first step, and not after one by an
   * expression. Path operations only; server 8.1.2 or later.
   */
  andFilter(filter: Filter): Context;
}

/**
 * Steps to a list or map within a bin's, from the outside to the inside: the `ctx` of operations. A step that leads
 * nowhere is an error (code 26, `OP_NOT_APPLICABLE`), unless it creates.
 *
 * ```ts
 * import { connect, ctx, Key, list, map } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "users", "alice");
 * await client.put(key, { profile: { name: "Alice", scores: [3, 1] } });
 * const scores = [ctx.mapKey("scores")];
 * const result = await client.operate(key, [
 *   list.append("profile", 7, { ctx: scores }),
 *   list.getByRank("profile", -1, { ctx: scores }), // 7
 *   map.put("profile", "spring", 5, { ctx: [ctx.mapKeyCreate("visits")] }),
 * ]);
 * console.log(result?.results);
 * ```
 */
export const ctx: ContextBuilders = Object.freeze({
  listIndex: (index: Int): Context => Object.freeze({ kind: "listIndex", index }),
  listIndexCreate: (index: Int, options?: { order?: ListOrder | undefined; pad?: boolean | undefined }): Context =>
    created({ kind: "listIndexCreate", index }, options),
  listRank: (rank: Int): Context => Object.freeze({ kind: "listRank", rank }),
  listValue: (value: BinInput): Context => Object.freeze({ kind: "listValue", value }),
  mapIndex: (index: Int): Context => Object.freeze({ kind: "mapIndex", index }),
  mapRank: (rank: Int): Context => Object.freeze({ kind: "mapRank", rank }),
  mapKey: (key: MapKey): Context => Object.freeze({ kind: "mapKey", key }),
  mapKeyCreate: (key: MapKey, options?: { order?: MapOrder | undefined }): Context =>
    created({ kind: "mapKeyCreate", key }, options),
  mapValue: (value: BinInput): Context => Object.freeze({ kind: "mapValue", value }),
  mapKeysIn: (keys: readonly MapKey[]): Context => Object.freeze({ kind: "mapKeysIn", keys }),
  allChildren: (): Context => Object.freeze({ kind: "allChildren" }),
  allChildrenWithFilter: (filter: Filter): Context => Object.freeze({ kind: "allChildrenWithFilter", filter }),
  andFilter: (filter: Filter): Context => Object.freeze({ kind: "andFilter", filter }),
});

/** A step that creates. The options' names and values are checked when it is written, where its place is known. */
function created(step: Context, options: Pick<Context, "order" | "pad"> | undefined): Context {
  if (options !== undefined) checkObject(options, `ctx.${step.kind}: options`);
  return Object.freeze({ ...options, ...step });
}
