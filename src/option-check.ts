/**
 * Checks of options: names, types and ranges, with errors that say the path and what is valid.
 *
 * @module
 */

import { InvalidArgumentError } from "./errors.ts";

const toStringTag = Object.prototype.toString;

/** The longest time, in milliseconds: what a timer can wait. */
export const MS_LIMIT = 0x7fff_ffff;

/** Throws where options are not an object with fields: a Map or a Date has none, and would pass as empty. */
export function checkObject(value: unknown, path: string): asserts value is object {
  // Nearly all options are object literals.
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) return;
  if (typeof value !== "object" || value === null || toStringTag.call(value) !== "[object Object]") {
    throw new InvalidArgumentError(`${path} is ${describe(value)}: it must be a plain object`);
  }
}

/** Throws where options are no object, or have a field of another name. */
export function checkNames(
  value: unknown,
  path: string,
  valid: readonly string[],
): asserts value is Record<string, unknown> {
  checkObject(value, path);
  for (const name in value) if (!valid.includes(name)) throw unknownOption(name, path, valid);
}

/** The error of an unknown option. */
export function unknownOption(name: string, path: string, valid: Iterable<string>): InvalidArgumentError {
  const names = [...valid];
  const near = nearest(name, names);
  const hint = near === undefined ? `valid are ${names.join(", ")}` : `did you mean ${near}?`;
  return new InvalidArgumentError(`${path}.${name.slice(0, 60)} is not an option: ${hint}`);
}

/** The error of an option with a wrong value. Says its type only, because options may hold secrets. */
export function invalidOption(value: unknown, path: string, valid: string): InvalidArgumentError {
  return new InvalidArgumentError(`${path} is ${describe(value)}: it must be ${valid}`);
}

/** A short description of a value; texts are not shown. */
export function describe(value: unknown): string {
  if (value === null) return "null (leave it out, or give undefined)";
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return value === "" ? "an empty string" : "a string that is not valid";
  if (typeof value !== "object") return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
  // "[object Map]": the type's own name, which says more than "an object".
  const tag = toStringTag.call(value).slice(8, -1);
  return `${/^[AEIOU]/.test(tag) ? "an" : "a"} ${tag === "Object" || tag === "Array" ? tag.toLowerCase() : tag}`;
}

/** Gives an integer in a range. */
export function integerOption(value: unknown, path: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidOption(value, path, `an integer from ${min} to ${max}`);
}

/** Gives a time in milliseconds. */
export function msOption(value: unknown, path: string): number {
  return integerOption(value, path, 0, MS_LIMIT);
}

/** Gives a boolean. */
export function booleanOption(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw invalidOption(value, path, "true or false");
}

/** Options that are on or off, each with its bit. */
export type Flags = Readonly<Record<string, number>>;

/** Gives the bits of the options that are on; `path` names the options. */
export function flagBits(options: object, flags: Flags, path: string): number {
  let bits = 0;
  for (const [option, bit] of Object.entries(flags)) {
    const value = (options as Record<string, unknown>)[option];
    if (value !== undefined && booleanOption(value, `${path}.${option}`)) bits |= bit;
  }
  return bits;
}

/** Gives a text that is not empty. */
export function stringOption(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw invalidOption(value, path, "a string that is not empty");
  if (!value.isWellFormed()) throw new InvalidArgumentError(`${path} is no valid text: it has a lone surrogate`);
  return value;
}

/** Gives the index of a word among the valid ones. */
export function choiceOption(value: unknown, path: string, choices: readonly string[]): number {
  const index = typeof value === "string" ? choices.indexOf(value) : -1;
  if (index >= 0) return index;
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : describe(value);
  throw new InvalidArgumentError(
    `${path} is ${shown}: it must be one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`,
  );
}

/** Gives an abort signal, or what does all that this client asks of one. */
export function signalOption(value: unknown, path: string): AbortSignal {
  if (typeof value === "object" && value !== null) {
    const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
    if (
      typeof aborted === "boolean" && typeof addEventListener === "function" &&
      typeof removeEventListener === "function"
    ) return value as AbortSignal;
  }
  throw invalidOption(value, path, "an AbortSignal");
}

function nearest(name: string, valid: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(name.length * 0.4)) + 1;
  for (const candidate of valid) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's distance; only ever computed for an error. */
function editDistance(a: string, b: string): number {
  if (a.length > 60) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
