/**
 * The families of generated sequences.
 *
 * @module
 */
import { BitSequences } from "./bits.ts";
import { CollectionSequences } from "./collections.ts";
import { ExpressionSequences } from "./expressions.ts";
import { SketchSequences } from "./hll.ts";
import { PathSequences } from "./paths.ts";
import type { Sequence } from "./sequence.ts";
import { Choices } from "../support/random.ts";
import { conditioned } from "./conditions.ts";

/** Makes the generator of a family's sequences from a seed. */
export const FAMILIES: Readonly<Record<string, (seed: number) => { sequence(): Sequence }>> = {
  list: (seed) => new CollectionSequences("list", seed),
  map: (seed) => new CollectionSequences("map", seed),
  nested: (seed) => new CollectionSequences("nested", seed),
  expression: (seed) => new ExpressionSequences(seed),
  bits: (seed) => new BitSequences(seed),
  hll: (seed) => new SketchSequences(seed),
  path: (seed) => new PathSequences(seed),
};

/** So many sequences of a family; each has a seed of its own, so that the same numbers give the same sequences. */
export function* sequences(family: string, seed: number, count: number): Generator<Sequence> {
  const make = FAMILIES[family];
  if (make === undefined) throw new Error(`there is no family "${family}"`);
  for (let i = 0; i < count; i++) {
    yield conditioned(new Choices(seed + i), make(seed + i).sequence());
  }
}
