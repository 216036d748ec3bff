/**
 * Checks of options: names, types and ranges, with errors that say the path and what is valid.
 *
 * @module
 */

import { InvalidArgumentError } from "./errors.ts";

/** Throws where options are not an object. */
export function checkObject(value: unknown, path: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(`${path} is ${describe(value)}: it is an object`);
  }
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
  return new InvalidArgumentError(`${path} is ${describe(value)}: it is ${valid}`);
}

/** A short description of a value; texts are not shown. */
export function describe(value: unknown): string {
  if (value === null) return "null (leave it out, or give undefined)";
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return value === "" ? "an empty string" : "a string that is not valid";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}

/** Gives an integer in a range. */
export function integerOption(value: unknown, path: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidOption(value, path, `an integer from ${min} to ${max}`);
}

/** Gives a boolean. */
export function booleanOption(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw invalidOption(value, path, "true or false");
}

/** Gives a text that is not empty. */
export function stringOption(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalidOption(value, path, "a string that is not empty");
}

/** Gives the index of a word among the valid ones. */
export function choiceOption(value: unknown, path: string, choices: readonly string[]): number {
  const index = typeof value === "string" ? choices.indexOf(value) : -1;
  if (index >= 0) return index;
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : describe(value);
  throw new InvalidArgumentError(
    `${path} is ${shown}: it is one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`,
  );
}

/** Gives an abort signal. */
export function signalOption(value: unknown, path: string): AbortSignal {
  if (typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value) {
    return value as AbortSignal;
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
