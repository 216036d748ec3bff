/**
 * Values that this client does not parse.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";

/**
 * A value as its bytes, because it cannot be more: a particle of another language (a serialised Java or Python object),
 * a type that this client does not know, a text that is not UTF-8, or a collection with a key that no Map can have.
 * It can be written back as it is, unless its bytes do not fit its type: a write refuses that.
 *
 * ```ts
 * import { Unparsed } from "@aerospike-ts/client";
 *
 * const value: unknown = new Unparsed(7, new Uint8Array([1, 2, 3]));
 * if (value instanceof Unparsed) console.log(value.particleType, value.bytes); // 7 is a Java blob
 * ```
 */
export class Unparsed {
  /** The server's type number, for example 3 for a string. */
  readonly particleType: number;
  /** The payload in wire form. */
  readonly bytes: Uint8Array;

  /** Wraps a payload; it is not copied. */
  constructor(particleType: number, bytes: Uint8Array) {
    if (!Number.isInteger(particleType) || particleType < 1 || particleType > 255) {
      throw new InvalidArgumentError("the particle type of an Unparsed is an integer from 1 to 255");
    }
    if (!(bytes instanceof Uint8Array)) throw new InvalidArgumentError("an Unparsed is made from a Uint8Array");
    this.particleType = particleType;
    this.bytes = bytes;
  }
}
