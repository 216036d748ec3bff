/**
 * Maps taken apart.
 *
 * @module
 */

import type { Expression } from "./expression.ts";
import { type Operand, operand } from "./operand.ts";
import { node, Op } from "./pack.ts";

/** The keys of a map, as a list. Server 8.1.2 or later. */
export function mapKeys(map: Operand<"map">): Expression<"list"> {
  return node("list", Op.MAP_KEYS, [operand(map, "map", "exp.mapKeys() map")]);
}

/** The values of a map, as a list. Server 8.1.2 or later. */
export function mapValues(map: Operand<"map">): Expression<"list"> {
  return node("list", Op.MAP_VALUES, [operand(map, "map", "exp.mapValues() map")]);
}
