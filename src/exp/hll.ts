/**
 * Expressions on HyperLogLog sketches. What writes gives the sketch as it then is, and leaves the bin alone.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import type { Expression, ValueType } from "./expression.ts";
import { checkedOptions } from "./flags.ts";
import { HLL_FLAGS } from "../codec/words.ts";
import { flagBits } from "../option-check.ts";
import { type Operand, operand } from "./operand.ts";
import { type Argument, call, Module } from "./pack.ts";

/** Options of expressions that write sketches. */
export interface HllWriteOptions {
  /** Refuses a sketch that is there. */
  readonly createOnly?: boolean | undefined;
  /** Refuses a sketch that is not there. */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** Of sketches of different precision, the result has the lower one, instead of an error. */
  readonly allowFold?: boolean | undefined;
}

/** Options of `exp.hll.init`. */
export interface HllInitOptions extends HllWriteOptions {
  /** Bits of the min-hash, 4 to 51; left out: as the sketch has, else none. */
  readonly minHashBits?: Operand<"int"> | undefined;
}

/** Options of `exp.hll.add`. */
export interface HllAddOptions extends HllInitOptions {
  /** Bits of the index, 4 to 16, of a sketch that is created; without it there has to be one. */
  readonly indexBits?: Operand<"int"> | undefined;
}

const WRITE_OPTIONS: readonly string[] = Object.keys(HLL_FLAGS);
/** As the sketch has it. */
const UNCHANGED = -1;

function reads<T extends ValueType>(
  type: T,
  source: Expression<"hll">,
  args: readonly Argument[],
  name: string,
): Expression<T> {
  return call(type, type, { module: Module.HLL, source: operand(source, "hll", `${name}() source`), args });
}

function writes(source: Expression<"hll">, args: readonly Argument[], name: string): Expression<"hll"> {
  const on = operand(source, "hll", `${name}() source`);
  return call("hll", "hll", { module: Module.HLL, modifies: true, source: on, args });
}

function withSketches<T extends ValueType>(
  type: T,
  source: Expression<"hll">,
  number: number,
  sketches: Operand<"list">,
  name: string,
): Expression<T> {
  return reads(type, source, [number, operand(sketches, "list", `${name}() sketches`)], name);
}

function bits(value: Operand<"int"> | undefined, path: string): Expression<"int"> {
  return operand(value === undefined ? UNCHANGED : value, "int", path);
}

/** An empty sketch. */
export function init(
  source: Expression<"hll">,
  indexBits: Operand<"int">,
  options?: HllInitOptions,
): Expression<"hll"> {
  const name = "exp.hll.init";
  const given: HllInitOptions = checkedOptions(options, name, [...WRITE_OPTIONS, "minHashBits"]);
  const sizes = [
    operand(indexBits, "int", `${name}() indexBits`),
    bits(given.minHashBits, `${name}() options.minHashBits`),
  ];
  return writes(source, [0, ...sizes, flagBits(given, HLL_FLAGS, `${name}() options`)], name);
}

/** The sketch with values added. */
export function add(source: Expression<"hll">, values: Operand<"list">, options?: HllAddOptions): Expression<"hll"> {
  const name = "exp.hll.add";
  const given: HllAddOptions = checkedOptions(options, name, [...WRITE_OPTIONS, "minHashBits", "indexBits"]);
  if (given.minHashBits !== undefined && given.indexBits === undefined) {
    throw new InvalidArgumentError(`${name}() options.minHashBits says nothing without indexBits`);
  }
  const sizes = [
    bits(given.indexBits, `${name}() options.indexBits`),
    bits(given.minHashBits, `${name}() options.minHashBits`),
  ];
  const list = operand(values, "list", `${name}() values`);
  return writes(source, [1, list, ...sizes, flagBits(given, HLL_FLAGS, `${name}() options`)], name);
}

/** How many different values there are: an estimate. */
export function getCount(source: Expression<"hll">): Expression<"int"> {
  return reads("int", source, [50], "exp.hll.getCount");
}

/** The union with other sketches. */
export function getUnion(source: Expression<"hll">, sketches: Operand<"list">): Expression<"hll"> {
  return withSketches("hll", source, 51, sketches, "exp.hll.getUnion");
}

/** How many different values the union with other sketches has: an estimate. */
export function getUnionCount(source: Expression<"hll">, sketches: Operand<"list">): Expression<"int"> {
  return withSketches("int", source, 52, sketches, "exp.hll.getUnionCount");
}

/** How many values the sketch and others have in common: an estimate. */
export function getIntersectCount(source: Expression<"hll">, sketches: Operand<"list">): Expression<"int"> {
  return withSketches("int", source, 53, sketches, "exp.hll.getIntersectCount");
}

/** How similar the sketch and others are, from 0 to 1: an estimate of Jaccard's index. */
export function getSimilarity(source: Expression<"hll">, sketches: Operand<"list">): Expression<"float"> {
  return withSketches("float", source, 54, sketches, "exp.hll.getSimilarity");
}

/** The bits of the index and of the min-hash, as a list of two integers. */
export function describe(source: Expression<"hll">): Expression<"list"> {
  return reads("list", source, [55], "exp.hll.describe");
}

/** 1 where all values may have been added, 0 where one certainly was not. */
export function mayContain(source: Expression<"hll">, values: Operand<"list">): Expression<"int"> {
  return reads("int", source, [56, operand(values, "list", "exp.hll.mayContain() values")], "exp.hll.mayContain");
}
