/**
 * The way to a list or map within another, packed for calls and for paths.
 *
 * @module
 */

import type { FrameWriter } from "../codec/frame-writer.ts";
import { writeArrayHeader, writeNested } from "../codec/msgpack-writer.ts";
import { toArgumentError } from "../codec/value-problem.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Context, ContextKind } from "../operations/ctx.ts";
import { booleanOption, checkNames, choiceOption } from "../option-check.ts";
import { isExpression, packedFilter } from "./expression.ts";
import { pack, writeBinHeader, writeInt } from "./pack.ts";

const LIST = 0x10;
const EVALUATED = 0xff;
const PATH = 0xfe;
const CHILDREN = 0x04;
/** Added to the number of a filter that only narrows what the step before gave. */
const NARROWS = 0x200;

/** The numbers of steps by an expression. */
const FILTERS: ReadonlyMap<unknown, number> = new Map<ContextKind, number>([
  ["allChildren", CHILDREN],
  ["allChildrenWithFilter", CHILDREN],
  ["andFilter", NARROWS | CHILDREN],
]);

/** The numbers of the other steps, and the name of what each goes by. */
const STEPS: ReadonlyMap<unknown, readonly [number: number, by: keyof Context]> = new Map<
  ContextKind,
  readonly [number, keyof Context]
>([
  ["listIndex", [LIST, "index"]],
  ["listIndexCreate", [LIST, "index"]],
  ["listRank", [0x11, "rank"]],
  ["listValue", [0x13, "value"]],
  ["mapIndex", [0x20, "index"]],
  ["mapRank", [0x21, "rank"]],
  ["mapKey", [0x22, "key"]],
  ["mapKeyCreate", [0x22, "key"]],
  ["mapValue", [0x23, "value"]],
  ["mapKeysIn", [0x2a, "keys"]],
]);

/** What steps that create say beside what they go by. */
const CREATES: ReadonlyMap<ContextKind, readonly string[]> = new Map<ContextKind, readonly string[]>([
  ["listIndexCreate", ["order", "pad"]],
  ["mapKeyCreate", ["order"]],
]);

/** The packed `true` of a step to all children. */
const ALL: Uint8Array = Uint8Array.of(0xc3);

function isKey(value: unknown): boolean {
  return typeof value === "string" || typeof value === "bigint" || Number.isSafeInteger(value) ||
    value instanceof Uint8Array;
}

/** Whether what a step goes by can be that; the writer judges values. */
function fits(by: keyof Context, value: unknown): boolean {
  switch (by) {
    case "index":
    case "rank":
      return Number.isSafeInteger(value) || typeof value === "bigint";
    case "key":
      return isKey(value);
    case "keys":
      return Array.isArray(value) && value.every(isKey);
    default:
      return value !== undefined && !isExpression(value);
  }
}

function createFlags(step: Context, path: string): number {
  if (step.kind === "mapKeyCreate") {
    const orders = ["unordered", "key-ordered", "key-value-ordered"];
    return 0x40 * (choiceOption(step.order ?? "unordered", `${path}.order`, orders) + 1);
  }
  if (step.kind !== "listIndexCreate") return 0;
  const isOrdered = choiceOption(step.order ?? "unordered", `${path}.order`, ["unordered", "ordered"]) === 1;
  const pads = step.pad !== undefined && booleanOption(step.pad, `${path}.pad`);
  if (isOrdered && pads) throw new InvalidArgumentError(`${path}.pad has no use: an ordered list is not filled up`);
  return isOrdered ? 0xc0 : pads ? 0x80 : 0x40;
}

/** Writes the steps; `asBytes` says that filters stand as bytes rather than as expressions. */
function writeSteps(w: FrameWriter, steps: readonly Context[], asBytes: boolean, path: string): void {
  writeArrayHeader(w, steps.length * 2);
  steps.forEach((step, at) => writeStep(w, step, asBytes, `${path}[${at}]`));
}

function writeStep(w: FrameWriter, step: Context, asBytes: boolean, path: string): void {
  const filter = FILTERS.get(step?.kind);
  if (filter !== undefined) {
    const bytes = step.kind === "allChildren" ? ALL : packedFilter(step.filter, `${path}.filter`);
    writeInt(w, filter);
    if (asBytes) writeBinHeader(w, bytes.length);
    return w.blob(bytes);
  }
  const known = STEPS.get(step?.kind);
  if (known === undefined) throw new InvalidArgumentError(`${path} is no step: make it with ctx, as ctx.mapKey("a")`);
  const [number, by] = known;
  checkNames(step, path, ["kind", by, ...(CREATES.get(step.kind) ?? [])]);
  const value: unknown = step[by];
  if (!fits(by, value)) throw new InvalidArgumentError(`${path}.${by} is nothing that ctx.${step.kind}() goes by`);
  writeInt(w, number | createFlags(step, path));
  try {
    writeNested(w, value, 0);
  } catch (error) {
    throw toArgumentError(error, `${path}.${by}`);
  }
}

/** Throws where the steps are no list of them. */
function checkSteps(steps: unknown, path: string): asserts steps is readonly Context[] {
  if (!Array.isArray(steps)) {
    throw new InvalidArgumentError(`${path} is not an array: it must be a list of steps, as [ctx.mapKey("a")]`);
  }
}

/** What stands before the arguments of a call: undefined where it works on what it is given itself. */
export function packContext(steps: unknown, path: string): Uint8Array | undefined {
  if (steps === undefined) return undefined;
  checkSteps(steps, path);
  if (steps.length === 0) return undefined;
  return pack((w) => {
    writeArrayHeader(w, 3);
    writeInt(w, EVALUATED);
    writeSteps(w, steps, true, path);
  });
}

/** The type of what a call that changes something within gives: that of the outermost. */
export function outermost(steps: readonly Context[] | undefined, own: "list" | "map"): "list" | "map" {
  const first = steps?.[0];
  if (first === undefined) return own;
  const [number] = STEPS.get(first.kind) ?? [0];
  return (number & LIST) !== 0 ? "list" : "map";
}

/** The first two arguments of a call along a path: that it is one, and its steps. */
export function packPath(steps: unknown, path: string): Uint8Array {
  checkSteps(steps, path);
  if (steps.length === 0) throw new InvalidArgumentError(`${path} is empty: a path has at least one step`);
  return pack((w) => {
    writeInt(w, PATH);
    writeSteps(w, steps, false, path);
  });
}
