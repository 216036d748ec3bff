/**
 * What an expression of a path sees of each child. Server 8.1.1 or later.
 *
 * @module
 */

import { choiceOption } from "../option-check.ts";
import type { Expression, ValueType } from "./expression.ts";
import { node, Op, pack, TYPE_NUMBERS, writeInt } from "./pack.ts";

/** What of a child: a map's key, the item or the value, or a list's index. */
export type LoopPart = "map-key" | "value" | "index";

const PARTS: readonly LoopPart[] = ["map-key", "value", "index"];

function part<T extends ValueType>(type: T, what: LoopPart, name: string): Expression<T> {
  const number = choiceOption(what, `${name}() part`, PARTS);
  const constants = pack((w) => {
    writeInt(w, TYPE_NUMBERS[type]);
    writeInt(w, number);
  });
  return node(type, Op.LOOP_VARIABLE, [constants], 2);
}

/** A child's part that is a boolean. */
export function boolLoopVar(what: LoopPart): Expression<"bool"> {
  return part("bool", what, "exp.boolLoopVar");
}

/** A child's part that is an integer. */
export function intLoopVar(what: LoopPart): Expression<"int"> {
  return part("int", what, "exp.intLoopVar");
}

/** A child's part that is a double. */
export function floatLoopVar(what: LoopPart): Expression<"float"> {
  return part("float", what, "exp.floatLoopVar");
}

/** A child's part that is a text. */
export function stringLoopVar(what: LoopPart): Expression<"string"> {
  return part("string", what, "exp.stringLoopVar");
}

/** A child's part that is a list. */
export function listLoopVar(what: LoopPart): Expression<"list"> {
  return part("list", what, "exp.listLoopVar");
}

/** A child's part that is a map. */
export function mapLoopVar(what: LoopPart): Expression<"map"> {
  return part("map", what, "exp.mapLoopVar");
}

/** A child's part that is bytes. */
export function blobLoopVar(what: LoopPart): Expression<"blob"> {
  return part("blob", what, "exp.blobLoopVar");
}

/** A child's part that is a sketch. */
export function hllLoopVar(what: LoopPart): Expression<"hll"> {
  return part("hll", what, "exp.hllLoopVar");
}

/** A child's part that is nil. */
export function nilLoopVar(what: LoopPart): Expression<"nil"> {
  return part("nil", what, "exp.nilLoopVar");
}

/** A child's part that is a geometry. */
export function geoJsonLoopVar(what: LoopPart): Expression<"geo"> {
  return part("geo", what, "exp.geoJsonLoopVar");
}
