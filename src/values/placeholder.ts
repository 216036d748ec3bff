/**
 * What stands for values in the arguments of operations.
 *
 * @module
 */

/**
 * What an operation compares with, and no value itself: it cannot be stored. Use {@link INFINITY} or {@link WILDCARD}.
 */
export class Placeholder {
  /** Its name. */
  readonly name: "infinity" | "wildcard";

  /** There are two: {@link INFINITY} and {@link WILDCARD}. */
  constructor(name: "infinity" | "wildcard") {
    this.name = name;
  }

  /** Its name, for logs. */
  toString(): string {
    return this.name;
  }
}

/**
 * Greater than every value. On its own it ends a range as an end that is left out does; within a list it ends a range of
 * lists, as here all that begin with 7.
 *
 * ```ts
 * import { INFINITY, list } from "@aerospike-ts/client";
 *
 * const sevens = list.getByValueRange("events", { begin: [7, null], end: [7, INFINITY] });
 * console.log(sevens.kind);
 * ```
 */
export const INFINITY: Placeholder = Object.freeze(new Placeholder("infinity"));

/**
 * Equal to every value, and within a list to all that follows.
 *
 * ```ts
 * import { list, WILDCARD } from "@aerospike-ts/client";
 *
 * const sevens = list.getByValue("events", [7, WILDCARD], { return: "count" });
 * console.log(sevens.kind);
 * ```
 */
export const WILDCARD: Placeholder = Object.freeze(new Placeholder("wildcard"));
