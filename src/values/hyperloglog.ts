/**
 * HyperLogLog sketches.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";

/**
 * The bytes of a HyperLogLog sketch, as the server keeps it: it can be written back as it was read.
 *
 * ```ts
 * import { HyperLogLog } from "@aerospike-ts/client";
 *
 * const sketch = new HyperLogLog(new Uint8Array([0, 12, 0]));
 * console.log(sketch.bytes.length); // 3
 * ```
 */
export class HyperLogLog {
  /** The sketch. */
  readonly bytes: Uint8Array;

  /** Wraps the bytes of a sketch; they are not copied. */
  constructor(bytes: Uint8Array) {
    if (!(bytes instanceof Uint8Array)) throw new InvalidArgumentError("a HyperLogLog is made from a Uint8Array");
    this.bytes = bytes;
  }
}
