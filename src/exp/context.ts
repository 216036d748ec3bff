/**
 * The way to a list or map within another, packed for calls and for paths.
 *
 * @module
 */

import type { FrameWriter } from "../codec/frame-writer.ts";
import { writeArrayHeader, writeNested } from "../codec/msgpack-writer.ts";
import { checkedStep, checkSteps, isFilter, isIntoList } from "../codec/step.ts";
import { toArgumentError } from "../codec/value-problem.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Context } from "../operations/ctx.ts";
import { pack, writeBinHeader, writeInt } from "./pack.ts";

const EVALUATED = 0xff;
const PATH = 0xfe;

/** Writes the steps; `asBytes` says that filters stand as bytes rather than as expressions. */
function writeSteps(w: FrameWriter, steps: readonly Context[], asBytes: boolean, path: string): void {
  writeArrayHeader(w, steps.length * 2);
  steps.forEach((step, at) => writeStep(w, step, asBytes, `${path}[${at}]`));
}

function writeStep(w: FrameWriter, context: Context, asBytes: boolean, path: string): void {
  const step = checkedStep(context, path);
  writeInt(w, step.number | step.creates);
  if (isFilter(step)) {
    const bytes = step.value as Uint8Array;
    if (asBytes) writeBinHeader(w, bytes.length);
    return w.blob(bytes);
  }
  try {
    writeNested(w, step.value, 0);
  } catch (error) {
    throw toArgumentError(error, `${path}.${step.by}`);
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
  return isIntoList(first) ? "list" : "map";
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
