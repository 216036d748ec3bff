/**
 * Values of declared bins: checked where they stand, as particles.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { Particle } from "./particle-type.ts";

const WORDS: ReadonlyMap<number, string> = new Map([
  [Particle.INTEGER, "an integer"],
  [Particle.DOUBLE, "a double"],
  [Particle.STRING, "a string"],
  [Particle.BYTES, "bytes"],
  [Particle.BOOL, "a boolean"],
  [Particle.HLL, "a HyperLogLog"],
  [Particle.MAP, "a map"],
  [Particle.LIST, "a list"],
  [Particle.GEOJSON, "a GeoJSON"],
]);
/** Where a particle's payload begins. */
const PAYLOAD = 5;

/**
 * Makes the particle at `at` one of the type that its bin is declared to hold: integers become doubles, and -0, which is
 * none, becomes one. Null deletes a bin, and needs no type.
 *
 * @throws {InvalidArgumentError} where it is of another type
 */
export function fitDeclared(w: FrameWriter, bin: string, at: number, path: string): void {
  const declared = w.declared?.get(bin);
  if (declared === undefined) return;
  const { bytes, view } = w;
  const type = bytes[at] as number;
  if (type === declared.particle || type === Particle.NULL) return;
  if (declared.particle === Particle.DOUBLE && type === Particle.INTEGER) {
    const integer = view.getBigInt64(at + PAYLOAD);
    const double = Number(integer);
    if (BigInt(double) === integer) {
      bytes[at] = Particle.DOUBLE;
      return view.setFloat64(at + PAYLOAD, double);
    }
  } else if (declared.particle === Particle.INTEGER && type === Particle.DOUBLE) {
    if (view.getFloat64(at + PAYLOAD) === 0) {
      bytes[at] = Particle.INTEGER;
      return view.setBigInt64(at + PAYLOAD, 0n);
    }
  }
  const what = WORDS.get(type) ?? "a value of another type";
  throw new InvalidArgumentError(
    `${path} is ${what}: the bin is declared "${declared.type}", which takes ${declared.takes}`,
  );
}
