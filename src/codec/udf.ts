/**
 * The call of a user-defined function, and its result (`docs/abi.md`).
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { Key } from "../key.ts";
import { describe, stringOption } from "../option-check.ts";
import type { DecodeOptions } from "../values/value.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { UnsafeInteger } from "./integer.ts";
import { writeParticle } from "./particle.ts";
import { readParticle } from "./particle-reader.ts";
import type { Payload } from "./record-reader.ts";
import { toArgumentError } from "./value-problem.ts";

const NAME_LIMIT = 255;

/** Writes module, function and arguments. */
export function writeUdfCall(w: FrameWriter, module: unknown, functionName: unknown, args: unknown): void {
  w.name(moduleName(module, "module"));
  w.name(callName(functionName, "function"));
  writeArguments(w, args, "args");
}

/** Gives the name of a module in a call; throws where it cannot be one. `path` names it in errors. */
export function moduleName(module: unknown, path: string): string {
  const name = callName(module, path);
  if (!name.endsWith(".lua")) return name;
  throw new InvalidArgumentError(`${path} is ${JSON.stringify(name.slice(0, 60))}: name it without .lua`);
}

/** Writes the arguments of a function. */
export function writeArguments(w: FrameWriter, args: unknown, path: string): void {
  if (!Array.isArray(args)) {
    throw new InvalidArgumentError(`${path} is ${describe(args)}: it must be an array, one element for each argument`);
  }
  try {
    writeParticle(w, args);
  } catch (error) {
    throw toArgumentError(error, path);
  }
}

/** Gives a name in a call; throws where it cannot be one. */
export function callName(value: unknown, path: string): string {
  const name = stringOption(value, path);
  // A character has up to three bytes for each of its units.
  if (name.length * 3 > NAME_LIMIT && new TextEncoder().encode(name).length > NAME_LIMIT) {
    throw new InvalidArgumentError(`${path} is too long: a name has at most ${NAME_LIMIT} bytes`);
  }
  return name;
}

/** Reads what the function returned. */
export function readUdfResult({ bytes, view, offset }: Payload, key: Key, options: DecodeOptions): unknown {
  const length = view.getUint32(offset + 1, true);
  try {
    return readParticle(bytes, view, bytes[offset] as number, offset + 5, length, options);
  } catch (error) {
    throw UnsafeInteger.at(error, "the function's result", key, true);
  }
}
