/**
 * The bits of integers, which have 64.
 *
 * @module
 */

import type { Expression } from "./expression.ts";
import { type Operand, operand, operands } from "./operand.ts";
import { node, Op } from "./pack.ts";

function shifted(op: number, value: Operand<"int">, by: Operand<"int">, name: string): Expression<"int"> {
  return node("int", op, [operand(value, "int", `${name}() value`), operand(by, "int", `${name}() shift`)]);
}

function scanned(op: number, value: Operand<"int">, search: Operand<"bool">, name: string): Expression<"int"> {
  return node("int", op, [operand(value, "int", `${name}() value`), operand(search, "bool", `${name}() search`)]);
}

/** The bits that all operands have. */
export function intAnd(...values: readonly Operand<"int">[]): Expression<"int"> {
  return node("int", Op.INT_AND, operands(values, "int", "exp.intAnd"));
}

/** The bits that an operand has. */
export function intOr(...values: readonly Operand<"int">[]): Expression<"int"> {
  return node("int", Op.INT_OR, operands(values, "int", "exp.intOr"));
}

/** The bits that an odd number of operands has. */
export function intXor(...values: readonly Operand<"int">[]): Expression<"int"> {
  return node("int", Op.INT_XOR, operands(values, "int", "exp.intXor"));
}

/** The bits inverted. */
export function intNot(value: Operand<"int">): Expression<"int"> {
  return node("int", Op.INT_NOT, [operand(value, "int", "exp.intNot() value")]);
}

/** The bits shifted to the left. */
export function intLshift(value: Operand<"int">, shift: Operand<"int">): Expression<"int"> {
  return shifted(Op.INT_LSHIFT, value, shift, "exp.intLshift");
}

/** The bits shifted to the right, with zeros from the left. */
export function intRshift(value: Operand<"int">, shift: Operand<"int">): Expression<"int"> {
  return shifted(Op.INT_RSHIFT, value, shift, "exp.intRshift");
}

/** The bits shifted to the right, with the sign from the left. */
export function intArshift(value: Operand<"int">, shift: Operand<"int">): Expression<"int"> {
  return shifted(Op.INT_ARSHIFT, value, shift, "exp.intArshift");
}

/** How many bits are set. */
export function intCount(value: Operand<"int">): Expression<"int"> {
  return node("int", Op.INT_COUNT, [operand(value, "int", "exp.intCount() value")]);
}

/** Where the first bit of a value is, from the highest, which is 0; -1 where there is none. */
export function intLscan(value: Operand<"int">, search: Operand<"bool">): Expression<"int"> {
  return scanned(Op.INT_LSCAN, value, search, "exp.intLscan");
}

/** Where the last bit of a value is, from the highest, which is 0; -1 where there is none. */
export function intRscan(value: Operand<"int">, search: Operand<"bool">): Expression<"int"> {
  return scanned(Op.INT_RSCAN, value, search, "exp.intRscan");
}
