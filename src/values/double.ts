/**
 * A double that stays one.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";

/**
 * Stores a number as a double, also where it is integral: Aerospike's integers and doubles are two types, and a bin
 * that another client increments by a fraction has to hold a double.
 *
 * ```ts
 * import { Double } from "@aerospike-ts/client";
 *
 * const bins = { price: new Double(3) }; // stored as 3.0, not as the integer 3
 * console.log(bins.price.value + 1); // 4
 * ```
 */
export class Double {
  /** The number. */
  readonly value: number;

  /** Wraps a number; NaN and the infinities are doubles too. */
  constructor(value: number) {
    if (typeof value !== "number") throw new InvalidArgumentError(`a Double holds a number, not a ${typeof value}`);
    this.value = value;
  }

  /** The number, so that arithmetic works. */
  valueOf(): number {
    return this.value;
  }

  /** The number as text. */
  toString(): string {
    return String(this.value);
  }

  /** The number for JSON. */
  toJSON(): number {
    return this.value;
  }
}
