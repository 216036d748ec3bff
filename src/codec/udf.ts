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
  const name = callName(module, "module");
  if (name.endsWith(".lua")) {
    throw new InvalidArgumentError(`module is ${JSON.stringify(name.slice(0, 60))}: name it without .lua`);
  }
  w.name(name);
  w.name(callName(functionName, "function"));
  if (!Array.isArray(args)) {
    throw new InvalidArgumentError(`args is ${describe(args)}: it must be an array, one element for each argument`);
  }
  try {
    writeParticle(w, args);
  } catch (error) {
    throw toArgumentError(error, "args");
  }
}

function callName(value: unknown, path: string): string {
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
