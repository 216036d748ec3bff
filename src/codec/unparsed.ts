/**
 * Whether the bytes of an {@link Unparsed} can be a value of its type: a frame that says something else about its own
 * form would be refused as a whole, and a broken collection would swallow what stands behind it.
 *
 * @module
 */

import { msgpackEnd, UNREADABLE } from "./msgpack-reader.ts";
import { Particle } from "./particle-type.ts";
import { readUtf8 } from "./utf8.ts";
import { ValueProblem } from "./value-problem.ts";

const CURE = "store the bytes themselves, a Uint8Array";

/** The lengths of the types that have one. */
const LENGTHS: ReadonlyMap<number, number> = new Map([[Particle.INTEGER, 8], [Particle.DOUBLE, 8], [Particle.BOOL, 1]]);

/** Throws a {@link ValueProblem} where the bytes are no payload of a particle of this type. */
export function checkUnparsed(type: number, bytes: Uint8Array): void {
  const length = LENGTHS.get(type);
  if (length !== undefined && bytes.length !== length) {
    throw problem(type, `with ${bytes.length} bytes, where that type has ${length}`);
  }
  if (type === Particle.GEOJSON && readUtf8(bytes, 0, bytes.length) === undefined) {
    throw problem(type, "whose bytes are no UTF-8");
  }
  // A particle without a payload is an empty collection.
  if ((type === Particle.LIST || type === Particle.MAP) && bytes.length > 0) checkCollection(type, bytes);
}

/** Throws a {@link ValueProblem} where the bytes are not one collection of this type, from the first to the last. */
export function checkCollection(type: number, bytes: Uint8Array): void {
  const marker = bytes[0];
  const fits = marker !== undefined &&
    (type === Particle.LIST
      ? (marker & 0xf0) === 0x90 || marker === 0xdc || marker === 0xdd
      : (marker & 0xf0) === 0x80 || marker === 0xde || marker === 0xdf);
  if (!fits || end(bytes) !== bytes.length) throw problem(type, "whose bytes are not one collection of that type");
}

function end(bytes: Uint8Array): number {
  try {
    return msgpackEnd(bytes);
  } catch (error) {
    if (error === UNREADABLE) return -1;
    throw error;
  }
}

function problem(type: number, what: string): ValueProblem {
  return new ValueProblem(`is an Unparsed of the particle type ${type} ${what}`, CURE);
}
