/**
 * Which bins a read asks for (`docs/abi.md`, "Bin selection").
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { writeBinName } from "./particle.ts";

const ALL = 0xffff;

/** Writes the names, or "all" where they are undefined. `path` names them in errors. */
export function writeSelection(w: FrameWriter, bins: readonly string[] | undefined, path: string): void {
  if (bins === undefined) return w.u16(ALL);
  if (!Array.isArray(bins)) throw new InvalidArgumentError(`${path} is not an array: it must be a list of bin names`);
  if (bins.length === 0) {
    throw new InvalidArgumentError(`${path} is empty: leave it out for all bins, or read the header only`);
  }
  if (bins.length >= ALL) throw new InvalidArgumentError(`${path} has more than 65,534 names`);
  w.u16(bins.length);
  for (let i = 0; i < bins.length; i++) writeBinName(w, bins[i], `${path}[${i}]`);
}

/** Writes "no bins": the header only. */
export function writeHeaderSelection(w: FrameWriter): void {
  w.u16(0);
}
