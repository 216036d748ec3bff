/**
 * Particles as JavaScript values. Nothing that is returned refers to the buffer.
 *
 * @module
 */

import { Double } from "../values/double.ts";
import { Unparsed } from "../values/unparsed.ts";
import type { DecodeOptions } from "../values/value.ts";
import { readInteger } from "./integer.ts";
import { readMsgpack, readTyped, UNREADABLE } from "./msgpack-reader.ts";
import { Particle } from "./particle-type.ts";

/** Reads the payload of a particle. What cannot be read is an {@link Unparsed}, never an error. */
export function readParticle(
  bytes: Uint8Array,
  view: DataView,
  type: number,
  start: number,
  length: number,
  options: DecodeOptions,
): unknown {
  switch (type) {
    case Particle.NULL:
      return null;
    case Particle.INTEGER:
      if (length === 8) return readInteger(view, start, options.integers);
      break;
    case Particle.DOUBLE:
      if (length === 8) {
        const value = view.getFloat64(start);
        return options.doubles === "wrapped" ? new Double(value) : value;
      }
      break;
    case Particle.BOOL:
      if (length === 1) return bytes[start] !== 0;
      break;
    case Particle.LIST:
    case Particle.MAP:
      return readCollection(bytes, view, type, start, length, options);
    default:
      return readTyped(bytes, type, start, length);
  }
  return new Unparsed(type, bytes.slice(start, start + length));
}

function readCollection(
  bytes: Uint8Array,
  view: DataView,
  type: number,
  start: number,
  length: number,
  options: DecodeOptions,
): unknown {
  // A particle without a payload is an empty collection.
  if (length === 0) return type === Particle.LIST ? [] : options.maps === "map" ? new Map() : {};
  try {
    return readMsgpack(bytes, view, start, start + length, options);
  } catch (error) {
    if (error !== UNREADABLE) throw error;
    return new Unparsed(type, bytes.slice(start, start + length));
  }
}
