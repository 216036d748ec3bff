/**
 * Calls of functions on the inside of a bin, in frames (`docs/abi.md`, "Calls").
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { unknownOption } from "../option-check.ts";
import type { Place } from "./argument-check.ts";
import { writeContexts } from "./context.ts";
import type { FrameWriter } from "./frame-writer.ts";
import {
  BIT_FUNCTIONS,
  type FunctionSpec,
  HLL_FUNCTIONS,
  LIST_FUNCTIONS,
  MAP_FUNCTIONS,
  PATH_FUNCTIONS,
} from "./functions.ts";
import { Particle } from "./particle-type.ts";
import { writeBinName, writeHeader } from "./particle.ts";
import { STRING_FUNCTIONS } from "./string-functions.ts";

/** A function, and the number of its family in frames. */
export interface CallSpec extends FunctionSpec {
  /** The number of the family. */
  readonly family: number;
  /** The names of its fields. */
  readonly names: ReadonlySet<string>;
}

/** Every call by its kind, as `list.append`. */
export const CALLS: ReadonlyMap<unknown, CallSpec> = new Map(
  [
    ...callsOf("list", 16, LIST_FUNCTIONS, true),
    ...callsOf("map", 17, MAP_FUNCTIONS, true),
    ...callsOf("bit", 18, BIT_FUNCTIONS, true),
    ...callsOf("hll", 19, HLL_FUNCTIONS, false),
    ...callsOf("string", 20, STRING_FUNCTIONS, true),
    ...callsOf("path", 21, PATH_FUNCTIONS, false),
  ],
);

function callsOf(
  name: string,
  family: number,
  table: { readonly [name: string]: FunctionSpec },
  nests: boolean,
): [string, CallSpec][] {
  return Object.entries(table).map(([own, spec]) => {
    const fields = spec.arguments.flatMap((argument) => argument.fields);
    const names = new Set<string>(["kind", "bin", ...fields, ...(spec.nests ?? nests ? ["ctx"] : [])]);
    return [`${name}.${own}`, { ...spec, family, names }];
  });
}

/** Writes an operation that is a call. `path` names it in errors. */
export function writeCall(w: FrameWriter, spec: CallSpec, operation: Operation, path: string): void {
  for (const name in operation) {
    if (!spec.names.has(name)) throw unknownOption(name, path, without(spec.names));
  }
  const place: Place = { path, kind: operation.kind };
  w.u8(spec.family);
  writeBinName(w, operation.bin, `${path}.bin`);
  writeHeader(w, Particle.BYTES, 0);
  const start = w.length;
  w.u8(spec.number);
  writeContexts(w, operation.ctx, `${path}.ctx`);
  checkTogether(operation, place);
  for (const argument of spec.arguments) argument.write(w, operation, place);
  w.view.setUint32(start - 4, w.length - start, true);
}

function without(names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => name !== "kind" && name !== "bin");
}

/** Throws where a field of these is set. */
function refuse(operation: Operation, names: readonly (keyof Operation)[], { path, kind }: Place, where: string): void {
  for (const name of names) {
    if (operation[name] === undefined || operation[name] === false) continue;
    throw new InvalidArgumentError(`${path}.${name} goes with ${where}, in ${kind}`);
  }
}

/** Throws where fields do not go together. */
function checkTogether(operation: Operation, place: Place): void {
  const { ctx, persistIndex, kind, delta, indexBits, minHashBits } = operation;
  if (persistIndex === true && ctx !== undefined && ctx.length > 0) {
    throw new InvalidArgumentError(
      `${place.path}.persistIndex has no use: only the bin's own ${
        kind.slice(0, kind.indexOf("."))
      } has an index on the device`,
    );
  }
  if (kind === "list.increment" && delta !== undefined && delta !== 1 && delta !== 1n) {
    refuse(operation, ["order", "addUnique", "insertBounded", "noFail", "partial"], place, "a delta of 1 only");
  }
  if (kind === "string.snip" && operation.end === undefined) {
    // The server would take flags in the place of the end for the end.
    refuse(operation, ["createOnly", "updateOnly", "noFail"], place, "an end only");
  }
  if (kind === "hll.add" && indexBits === undefined && minHashBits !== undefined) {
    throw new InvalidArgumentError(`${place.path}.minHashBits needs indexBits, in ${kind}`);
  }
}
