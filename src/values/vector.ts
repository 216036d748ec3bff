/**
 * Vectors and lists of doubles.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { describe } from "../option-check.ts";
import { isDetached } from "./detached.ts";
import { Double } from "./double.ts";

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * A vector as a blob of little-endian 32-bit floats: the smallest form, and the one that column reads take apart.
 *
 * ```ts
 * import { vector } from "@aerospike-ts/client";
 *
 * const bins = { embedding: vector(new Float32Array([0.5, 1])) }; // 8 bytes
 * ```
 */
export function vector(values: Float32Array): Uint8Array<ArrayBuffer> {
  if (!(values instanceof Float32Array)) throw new InvalidArgumentError("vector() takes a Float32Array");
  if (isDetached(values)) throw new InvalidArgumentError("vector() was given a Float32Array whose buffer is detached");
  if (LITTLE_ENDIAN) {
    return new Uint8Array(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => view.setFloat32(at * 4, value, true));
  return bytes;
}

/**
 * A list of doubles: the integral numbers among them are stored as doubles too.
 *
 * ```ts
 * import { doubles } from "@aerospike-ts/client";
 *
 * const bins = { samples: doubles([1, 2.5, 3]) };
 * ```
 */
export function doubles(values: Iterable<number> | ArrayLike<number>): Double[] {
  const given: { readonly [Symbol.iterator]?: unknown; readonly length?: unknown } | null | undefined = values;
  if (typeof given?.[Symbol.iterator] !== "function" && typeof given?.length !== "number") {
    throw new InvalidArgumentError(`doubles() was given ${describe(values)}: it takes a list of numbers`);
  }
  return Array.from(values as ArrayLike<number>, (value) => new Double(value));
}
