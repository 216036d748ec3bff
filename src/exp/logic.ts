/**
 * Logic.
 *
 * @module
 */

import type { Expression } from "./expression.ts";
import { type Operand, operand, operands } from "./operand.ts";
import { node, Op } from "./pack.ts";

/** The server refuses a condition that it has nothing to combine with; it is its own combination. */
function combined(op: number, conditions: readonly Operand<"bool">[], name: string): Expression<"bool"> {
  const all = operands(conditions, "bool", name);
  return all.length === 1 ? all[0] as Expression<"bool"> : node("bool", op, all);
}

/** Whether every condition is true. */
export function and(...conditions: readonly Operand<"bool">[]): Expression<"bool"> {
  return combined(Op.AND, conditions, "exp.and");
}

/** Whether a condition is true. */
export function or(...conditions: readonly Operand<"bool">[]): Expression<"bool"> {
  return combined(Op.OR, conditions, "exp.or");
}

/** Whether the condition is false. */
export function not(condition: Operand<"bool">): Expression<"bool"> {
  return node("bool", Op.NOT, [operand(condition, "bool", "exp.not() condition")]);
}

/** Whether exactly one condition is true. */
export function exclusive(...conditions: readonly Operand<"bool">[]): Expression<"bool"> {
  return combined(Op.XOR, conditions, "exp.exclusive");
}
