/**
 * Contexts in frames (`docs/abi.md`, "Calls").
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { Context } from "../operations/ctx.ts";
import { writeMatch } from "./argument.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { Particle } from "./particle-type.ts";
import { writeBytes } from "./particle.ts";
import { checkedStep, checkSteps, isFilter } from "./step.ts";

const CONTEXTS_LIMIT = 255;
/** The numbers of filters, of which one takes more than a byte. */
const FILTERS: ReadonlyMap<number, number> = new Map([[0x04, 0x04], [0x204, 0x05]]);

/** Writes `u8 count` and the contexts. `path` names them in errors. */
export function writeContexts(w: FrameWriter, contexts: readonly Context[] | undefined, path: string): void {
  if (contexts === undefined) return w.u8(0);
  checkSteps(contexts, path);
  if (contexts.length > CONTEXTS_LIMIT) {
    throw new InvalidArgumentError(`${path} has ${contexts.length} steps: ${CONTEXTS_LIMIT} are the most`);
  }
  w.u8(contexts.length);
  for (let i = 0; i < contexts.length; i++) writeContext(w, contexts[i] as Context, `${path}[${i}]`);
}

function writeContext(w: FrameWriter, context: Context, path: string): void {
  const step = checkedStep(context, path);
  w.u8(FILTERS.get(step.number) ?? step.number);
  w.u8(step.creates);
  if (isFilter(step)) return writeBytes(w, Particle.BYTES, step.value as Uint8Array);
  writeMatch(w, step.value, step.by, { path, kind: `ctx.${context.kind}` });
}
