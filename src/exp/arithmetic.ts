/**
 * Arithmetic on integers of 64 bits and doubles. Both sides are of one type; the first operand, an expression, says which.
 *
 * @module
 */

import type { Expression } from "./expression.ts";
import { type Numeric, type Operand, operand, typed } from "./operand.ts";
import { node, Op } from "./pack.ts";

const NUMERIC: readonly Numeric[] = ["int", "float"];

function ofNumbers<T extends Numeric>(
  op: number,
  first: unknown,
  rest: readonly unknown[],
  name: string,
): Expression<T> {
  const begin = typed<T>(first, NUMERIC, `${name}() operand 1`);
  const others = rest.map((value, at) => operand(value, begin.type, `${name}() operand ${at + 2}`));
  return node(begin.type, op, [begin, ...others]);
}

/** The sum. */
export function add<T extends Numeric>(first: Expression<T>, ...rest: readonly Operand<NoInfer<T>>[]): Expression<T> {
  return ofNumbers(Op.ADD, first, rest, "exp.add");
}

/** The first operand less the others; one alone is negated. */
export function sub<T extends Numeric>(first: Expression<T>, ...rest: readonly Operand<NoInfer<T>>[]): Expression<T> {
  return ofNumbers(Op.SUB, first, rest, "exp.sub");
}

/** The product. */
export function mul<T extends Numeric>(first: Expression<T>, ...rest: readonly Operand<NoInfer<T>>[]): Expression<T> {
  return ofNumbers(Op.MUL, first, rest, "exp.mul");
}

/** The first operand divided by the others; 1 divided by one alone. */
export function div<T extends Numeric>(first: Expression<T>, ...rest: readonly Operand<NoInfer<T>>[]): Expression<T> {
  return ofNumbers(Op.DIV, first, rest, "exp.div");
}

/** The lowest operand. */
export function min<T extends Numeric>(first: Expression<T>, ...rest: readonly Operand<NoInfer<T>>[]): Expression<T> {
  return ofNumbers(Op.MIN, first, rest, "exp.min");
}

/** The highest operand. */
export function max<T extends Numeric>(first: Expression<T>, ...rest: readonly Operand<NoInfer<T>>[]): Expression<T> {
  return ofNumbers(Op.MAX, first, rest, "exp.max");
}

/** A number without its sign. */
export function abs<T extends Numeric>(value: Expression<T>): Expression<T> {
  return ofNumbers(Op.ABS, value, [], "exp.abs");
}

/** The base raised to the exponent. */
export function pow(base: Operand<"float">, exponent: Operand<"float">): Expression<"float"> {
  return node("float", Op.POW, [
    operand(base, "float", "exp.pow() base"),
    operand(exponent, "float", "exp.pow() exponent"),
  ]);
}

/** The logarithm of a number to a base. */
export function log(value: Operand<"float">, base: Operand<"float">): Expression<"float"> {
  return node("float", Op.LOG, [operand(value, "float", "exp.log() value"), operand(base, "float", "exp.log() base")]);
}

/** The remainder of a division. */
export function mod(numerator: Operand<"int">, denominator: Operand<"int">): Expression<"int"> {
  return node("int", Op.MOD, [
    operand(numerator, "int", "exp.mod() numerator"),
    operand(denominator, "int", "exp.mod() denominator"),
  ]);
}

/** A double rounded down to an integral one. */
export function floor(value: Operand<"float">): Expression<"float"> {
  return node("float", Op.FLOOR, [operand(value, "float", "exp.floor() value")]);
}

/** A double rounded up to an integral one. */
export function ceil(value: Operand<"float">): Expression<"float"> {
  return node("float", Op.CEIL, [operand(value, "float", "exp.ceil() value")]);
}

/** A double as an integer, without its fraction. */
export function toInt(value: Operand<"float">): Expression<"int"> {
  return node("int", Op.TO_INT, [operand(value, "float", "exp.toInt() value")]);
}

/** An integer as a double. */
export function toFloat(value: Operand<"int">): Expression<"float"> {
  return node("float", Op.TO_FLOAT, [operand(value, "int", "exp.toFloat() value")]);
}
