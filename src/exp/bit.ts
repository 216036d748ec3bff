/**
 * Expressions on the bits of bytes. What writes gives the bytes as they then are, and leaves the bin alone.
 *
 * Offsets and sizes are in bits where nothing else is said; the highest bit of the first byte is bit 0, and negative offsets
 * count from the end.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { BIT_FLAGS, OVERFLOWS, RESIZE_FLAGS } from "../codec/words.ts";
import type { BitOverflow } from "../operations/fields.ts";
import { booleanOption, flagBits } from "../option-check.ts";
import type { Expression, ExpressionType, ValueType } from "./expression.ts";
import { checkedOptions, numberOf } from "./flags.ts";
import { int, type Operand, operand } from "./operand.ts";
import { type Argument, call, Module } from "./pack.ts";

/** Options of expressions that write bits. */
export interface BitWriteOptions {
  /** Refuses bytes that are there. */
  readonly createOnly?: boolean | undefined;
  /** Refuses bytes that are not there. */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
  /** What lies beyond the bytes is left out, and no error. */
  readonly partial?: boolean | undefined;
}

/** Options of `exp.bit.resize`. */
export interface BitResizeOptions extends BitWriteOptions {
  /** Adds and removes bytes at the front. */
  readonly fromFront?: boolean | undefined;
  /** Only makes them more. */
  readonly growOnly?: boolean | undefined;
  /** Only makes them fewer. */
  readonly shrinkOnly?: boolean | undefined;
}

/** Options of `exp.bit.getInt`. */
export interface BitIntOptions {
  /** Whether the highest bit is a sign. */
  readonly signed?: boolean | undefined;
}

/** Options of `exp.bit.add` and `exp.bit.subtract`. */
export interface BitArithmeticOptions extends BitWriteOptions, BitIntOptions {
  /** What a number does that leaves its bits. Default `"fail"`. */
  readonly overflow?: BitOverflow | undefined;
}

/** Options of `exp.bit.b64Encode`. */
export interface BitEncodeOptions {
  /** The first byte. Default 0. */
  readonly offset?: Operand<"int"> | undefined;
  /** How many bytes; left out: to the end, and then no other option is given. */
  readonly size?: Operand<"int"> | undefined;
  /** Counts `size` from the end: so many bytes are left out there. */
  readonly invertSize?: boolean | undefined;
}

const WRITE_OPTIONS: readonly string[] = Object.keys(BIT_FLAGS);
const ARITHMETIC_OPTIONS: readonly string[] = [...WRITE_OPTIONS, "signed", "overflow"];

function blob(source: Expression<"blob">, name: string): Expression<ExpressionType> {
  return operand(source, "blob", `${name}() source`);
}

/** The arguments that say which bits. */
function span(offset: unknown, size: unknown, name: string): Argument[] {
  return [int(offset, `${name}() offset`), int(size, `${name}() size`)];
}

function reads<T extends ValueType>(
  type: T,
  source: Expression<"blob">,
  args: readonly Argument[],
  name: string,
): Expression<T> {
  return call(type, type, { module: Module.BIT, source: blob(source, name), args });
}

function writes(
  source: Expression<"blob">,
  args: readonly Argument[],
  options: BitWriteOptions | undefined,
  name: string,
): Expression<"blob"> {
  const flags = flagBits(checkedOptions(options, name, WRITE_OPTIONS), BIT_FLAGS, `${name}() options`);
  return changed(source, [...args, flags], name);
}

function changed(source: Expression<"blob">, args: readonly Argument[], name: string): Expression<"blob"> {
  return call("blob", "blob", { module: Module.BIT, modifies: true, source: blob(source, name), args });
}

function isSigned(options: BitIntOptions, name: string): boolean {
  return options.signed !== undefined && booleanOption(options.signed, `${name}() options.signed`);
}

function arithmetic(
  source: Expression<"blob">,
  args: readonly Argument[],
  options: BitArithmeticOptions | undefined,
  name: string,
): Expression<"blob"> {
  const given: BitArithmeticOptions = checkedOptions(options, name, ARITHMETIC_OPTIONS);
  const overflow = numberOf(given.overflow, OVERFLOWS, "fail", `${name}() options.overflow`);
  const action = overflow | (isSigned(given, name) ? 1 : 0);
  return changed(source, [...args, flagBits(given, BIT_FLAGS, `${name}() options`), action], name);
}

/** The bytes, so many of them; new ones are 0. */
export function resize(
  source: Expression<"blob">,
  size: Operand<"int">,
  options?: BitResizeOptions,
): Expression<"blob"> {
  const name = "exp.bit.resize";
  const given = checkedOptions(options, name, [...WRITE_OPTIONS, ...Object.keys(RESIZE_FLAGS)]);
  const flags = [flagBits(given, BIT_FLAGS, `${name}() options`), flagBits(given, RESIZE_FLAGS, `${name}() options`)];
  return changed(source, [0, int(size, `${name}() size`), ...flags], name);
}

/** The bytes with others inserted at an offset, in bytes. */
export function insert(
  source: Expression<"blob">,
  offset: Operand<"int">,
  value: Operand<"blob">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const name = "exp.bit.insert";
  return writes(source, [1, int(offset, `${name}() offset`), operand(value, "blob", `${name}() value`)], options, name);
}

/** The bytes without some; offset and size are in bytes. */
export function remove(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  return writes(source, [2, ...span(offset, size, "exp.bit.remove")], options, "exp.bit.remove");
}

/** The bytes with bits overwritten by those that `value` begins with. */
export function set(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"blob">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const bits = operand(value, "blob", "exp.bit.set() value");
  return writes(source, [3, ...span(offset, size, "exp.bit.set"), bits], options, "exp.bit.set");
}

/** The bytes with the bits set that are set in `value`. */
export function or(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"blob">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const bits = operand(value, "blob", "exp.bit.or() value");
  return writes(source, [4, ...span(offset, size, "exp.bit.or"), bits], options, "exp.bit.or");
}

/** The bytes with the bits inverted that are set in `value`. */
export function xor(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"blob">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const bits = operand(value, "blob", "exp.bit.xor() value");
  return writes(source, [5, ...span(offset, size, "exp.bit.xor"), bits], options, "exp.bit.xor");
}

/** The bytes with the bits cleared that are not set in `value`. */
export function and(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"blob">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const bits = operand(value, "blob", "exp.bit.and() value");
  return writes(source, [6, ...span(offset, size, "exp.bit.and"), bits], options, "exp.bit.and");
}

/** The bytes with bits inverted. */
export function not(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  return writes(source, [7, ...span(offset, size, "exp.bit.not")], options, "exp.bit.not");
}

/** The bytes with bits shifted to the left; new ones are 0. */
export function lshift(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  shift: Operand<"int">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const name = "exp.bit.lshift";
  return writes(source, [8, ...span(offset, size, name), int(shift, `${name}() shift`)], options, name);
}

/** The bytes with bits shifted to the right; new ones are 0. */
export function rshift(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  shift: Operand<"int">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const name = "exp.bit.rshift";
  return writes(source, [9, ...span(offset, size, name), int(shift, `${name}() shift`)], options, name);
}

/** The bytes with something added to the number that bits are, at most 64. */
export function add(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  delta: Operand<"int">,
  options?: BitArithmeticOptions,
): Expression<"blob"> {
  const name = "exp.bit.add";
  return arithmetic(source, [10, ...span(offset, size, name), int(delta, `${name}() delta`)], options, name);
}

/** The bytes with something subtracted from the number that bits are, at most 64. */
export function subtract(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  delta: Operand<"int">,
  options?: BitArithmeticOptions,
): Expression<"blob"> {
  const name = "exp.bit.subtract";
  return arithmetic(source, [11, ...span(offset, size, name), int(delta, `${name}() delta`)], options, name);
}

/** The bytes with bits, at most 64, overwritten by the lowest ones of an integer. */
export function setInt(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"int">,
  options?: BitWriteOptions,
): Expression<"blob"> {
  const name = "exp.bit.setInt";
  return writes(source, [12, ...span(offset, size, name), int(value, `${name}() value`)], options, name);
}

/** Bits, as bytes: the first bit is the highest one of the first byte. */
export function get(source: Expression<"blob">, offset: Operand<"int">, size: Operand<"int">): Expression<"blob"> {
  return reads("blob", source, [50, ...span(offset, size, "exp.bit.get")], "exp.bit.get");
}

/** How many bits are set. */
export function count(source: Expression<"blob">, offset: Operand<"int">, size: Operand<"int">): Expression<"int"> {
  return reads("int", source, [51, ...span(offset, size, "exp.bit.count")], "exp.bit.count");
}

/** Where the first bit is that has the value, counted from `offset`; -1 where there is none. */
export function lscan(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"bool">,
): Expression<"int"> {
  const search = operand(value, "bool", "exp.bit.lscan() value");
  return reads("int", source, [52, ...span(offset, size, "exp.bit.lscan"), search], "exp.bit.lscan");
}

/** Where the last bit is that has the value, counted from `offset`; -1 where there is none. */
export function rscan(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  value: Operand<"bool">,
): Expression<"int"> {
  const search = operand(value, "bool", "exp.bit.rscan() value");
  return reads("int", source, [53, ...span(offset, size, "exp.bit.rscan"), search], "exp.bit.rscan");
}

/** The number that bits are, at most 64. */
export function getInt(
  source: Expression<"blob">,
  offset: Operand<"int">,
  size: Operand<"int">,
  options?: BitIntOptions,
): Expression<"int"> {
  const name = "exp.bit.getInt";
  const signed = isSigned(checkedOptions(options, name, ["signed"]), name) ? [1] : [];
  return reads("int", source, [54, ...span(offset, size, name), ...signed], name);
}

/** Bytes as Base64. Server 8.2 or later. */
export function b64Encode(source: Expression<"blob">, options?: BitEncodeOptions): Expression<"string"> {
  const name = "exp.bit.b64Encode";
  const { offset, size, invertSize }: BitEncodeOptions = checkedOptions(options, name, [
    "offset",
    "size",
    "invertSize",
  ]);
  const inverts = invertSize !== undefined && booleanOption(invertSize, `${name}() options.invertSize`);
  if (size === undefined) {
    if (offset === undefined && !inverts) return reads("string", source, [55], name);
    throw new InvalidArgumentError(`${name}() options.size is missing: a range has one`);
  }
  const from = offset === undefined ? 0 : offset;
  return reads("string", source, [55, ...span(from, size, name), ...(inverts ? [1] : [])], name);
}
