/**
 * Logic.
 *
 * @module
 */

import type { Expression } from "./expression.ts";
import { type Operand, operand, operands } from "./operand.ts";
import { node, Op } from "./pack.ts";

/** Whether every condition is true. */
export function and(...conditions: readonly Operand<"bool">[]): Expression<"bool"> {
  return node("bool", Op.AND, operands(conditions, "bool", "exp.and"));
}

/** Whether a condition is true. */
export function or(...conditions: readonly Operand<"bool">[]): Expression<"bool"> {
  return node("bool", Op.OR, operands(conditions, "bool", "exp.or"));
}

/** Whether the condition is false. */
export function not(condition: Operand<"bool">): Expression<"bool"> {
  return node("bool", Op.NOT, [operand(condition, "bool", "exp.not() condition")]);
}

/** Whether exactly one condition is true. */
export function exclusive(...conditions: readonly Operand<"bool">[]): Expression<"bool"> {
  return node("bool", Op.XOR, operands(conditions, "bool", "exp.exclusive"));
}
