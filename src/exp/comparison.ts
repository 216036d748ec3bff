/**
 * Comparisons. Both sides are of one type; the left one, an expression, says which.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { choiceOption } from "../option-check.ts";
import type { Expression, ValueType } from "./expression.ts";
import { type AnyOperand, anyOperand, type Operand, operand, typed } from "./operand.ts";
import { node, Op, pack, writeInt, writeRawText } from "./pack.ts";

/** How a pattern is read: as a POSIX extended one, regardless of case, without positions, with `.` not for line breaks. */
export type RegexFlag = "extended" | "icase" | "nosub" | "newline";

const REGEX_FLAGS: readonly RegexFlag[] = ["extended", "icase", "nosub", "newline"];

function compare(op: number, left: unknown, right: unknown, name: string): Expression<"bool"> {
  const first = typed(left, undefined, `${name}() left`);
  // Of what has no type of its own, the value says one.
  const isUntyped = (first.type as string) === "unknown";
  const second = isUntyped ? anyOperand(right, `${name}() right`) : operand(right, first.type, `${name}() right`);
  return node("bool", op, [first, second]);
}

/** Whether two values are equal. */
export function eq<T extends ValueType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<"bool"> {
  return compare(Op.EQ, left, right, "exp.eq");
}

/** Whether two values differ. */
export function ne<T extends ValueType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<"bool"> {
  return compare(Op.NE, left, right, "exp.ne");
}

/** Whether the left value is greater. */
export function gt<T extends ValueType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<"bool"> {
  return compare(Op.GT, left, right, "exp.gt");
}

/** Whether the left value is greater or equal. */
export function ge<T extends ValueType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<"bool"> {
  return compare(Op.GE, left, right, "exp.ge");
}

/** Whether the left value is less. */
export function lt<T extends ValueType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<"bool"> {
  return compare(Op.LT, left, right, "exp.lt");
}

/** Whether the left value is less or equal. */
export function le<T extends ValueType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<"bool"> {
  return compare(Op.LE, left, right, "exp.le");
}

/** Whether a text has a match of a POSIX pattern. */
export function regexCompare(
  text: Operand<"string">,
  pattern: string,
  flags: readonly RegexFlag[] = [],
): Expression<"bool"> {
  if (typeof pattern !== "string") throw new InvalidArgumentError("exp.regexCompare() pattern is not a string");
  if (!pattern.isWellFormed()) throw new InvalidArgumentError("exp.regexCompare() pattern has a lone surrogate");
  if (!Array.isArray(flags)) throw new InvalidArgumentError("exp.regexCompare() flags are not an array");
  let bits = 0;
  flags.forEach((flag, at) => bits |= 1 << choiceOption(flag, `exp.regexCompare() flags[${at}]`, REGEX_FLAGS));
  const constants = pack((w) => {
    writeInt(w, bits);
    writeRawText(w, pattern);
  });
  // Two operands in one piece, and the text.
  const source = operand(text, "string", "exp.regexCompare() text");
  return node("bool", Op.REGEX, [constants, source], 3);
}

/** Whether a point lies in a region, or a region holds a point: one geometry within another. */
export function geoCompare(left: Operand<"geo">, right: Operand<"geo">): Expression<"bool"> {
  return node("bool", Op.GEO, [
    operand(left, "geo", "exp.geoCompare() left"),
    operand(right, "geo", "exp.geoCompare() right"),
  ]);
}

/** Whether a list holds a value. Server 8.1.2 or later. */
export function inList(value: AnyOperand, list: Operand<"list">): Expression<"bool"> {
  return node("bool", Op.IN_LIST, [
    anyOperand(value, "exp.inList() value"),
    operand(list, "list", "exp.inList() list"),
  ]);
}
