/**
 * Checks of arguments, with errors that say the operation or step and what it takes.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { describe } from "../option-check.ts";
import { checkKey } from "./msgpack-writer.ts";
import { toArgumentError } from "./value-problem.ts";

/** Where an argument stands, for errors. */
export interface Place {
  /** The operation: `operations[2]`. */
  readonly path: string;
  /** Its kind: `list.get`. */
  readonly kind: string;
}

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** The error of an argument that is not valid. */
export function invalidArgument(value: unknown, name: string, valid: string, place: Place): InvalidArgumentError {
  const what = value === undefined ? "missing" : describe(value);
  return new InvalidArgumentError(`${place.path}.${name} is ${what}: ${place.kind} takes ${valid}`);
}

/** Throws where a value is no integer of 64 bits, or below `min`. */
export function checkInt(
  value: unknown,
  name: string,
  place: Place,
  min: bigint = INT_MIN,
): asserts value is number | bigint {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min) return;
  if (typeof value === "bigint" && value >= min && value <= INT_MAX) return;
  const valid = min === 0n ? "an integer of 0 or more" : "an integer of 64 bits";
  throw invalidArgument(value, name, `${valid}, as a number that is safe or a bigint`, place);
}

const KEYS = "a key of a map: an integer, a string or a Uint8Array";

/** Throws where a value is no key of a map. */
export function checkMapKey(value: unknown, name: string, place: Place): void {
  if (value === null || value === undefined) throw invalidArgument(value, name, KEYS, place);
  try {
    checkKey(value);
  } catch (error) {
    throw toArgumentError(error, `${place.path}.${name}`);
  }
}

/** Throws where a value is no array. */
export function checkList(
  value: unknown,
  name: string,
  valid: string,
  place: Place,
): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw invalidArgument(value, name, valid, place);
}

/** Throws where a value is no list of keys of a map. */
export function checkMapKeys(value: unknown, name: string, place: Place): void {
  checkList(value, name, "an array of keys", place);
  for (let i = 0; i < value.length; i++) checkMapKey(value[i], `${name}[${i}]`, place);
}

/** Gives the number of a word. */
export function choose(value: unknown, name: string, words: ReadonlyMap<string, number>, place: Place): number {
  const number = words.get(value as string);
  if (number !== undefined) return number;
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : describe(value);
  throw new InvalidArgumentError(
    `${place.path}.${name} is ${shown}: ${place.kind} takes one of ${
      [...words.keys()].map((word) => JSON.stringify(word)).join(", ")
    }`,
  );
}
