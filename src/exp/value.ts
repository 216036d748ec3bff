/**
 * Constants. Most functions take values of JavaScript as they are; these say the type.
 *
 * @module
 */

import type { HyperLogLog } from "../values/hyperloglog.ts";
import { InvalidArgumentError } from "../errors.ts";
import { GeoJSON } from "../values/geojson.ts";
import { type Expression, isExpression, untyped, type ValueType } from "./expression.ts";
import { constant, type Constants, operand } from "./operand.ts";

function constantOf<T extends ValueType>(given: unknown, type: T, name: string): Expression<T> {
  if (isExpression(given)) throw new InvalidArgumentError(`${name}() was given an expression: it takes a value`);
  return operand(given, type, `${name}() value`);
}

/** An integer. */
export function intVal(value: number | bigint): Expression<"int"> {
  return constantOf(value, "int", "exp.intVal");
}

/** A double, also where the number is integral. */
export function floatVal(value: Constants["float"]): Expression<"float"> {
  return constantOf(value, "float", "exp.floatVal");
}

/** A text. */
export function stringVal(value: string): Expression<"string"> {
  return constantOf(value, "string", "exp.stringVal");
}

/** A boolean. */
export function boolVal(value: boolean): Expression<"bool"> {
  return constantOf(value, "bool", "exp.boolVal");
}

/** Bytes. */
export function blobVal(value: Uint8Array): Expression<"blob"> {
  return constantOf(value, "blob", "exp.blobVal");
}

/** A list. */
export function listVal(value: Constants["list"]): Expression<"list"> {
  return constantOf(value, "list", "exp.listVal");
}

/** A map, ordered by key. */
export function mapVal(value: Constants["map"]): Expression<"map"> {
  return constantOf(value, "map", "exp.mapVal");
}

/** A geometry, as a GeoJSON or as its text. */
export function geoVal(value: GeoJSON | string): Expression<"geo"> {
  return constantOf(typeof value === "string" ? new GeoJSON(value) : value, "geo", "exp.geoVal");
}

/** A sketch. */
export function hllVal(value: HyperLogLog): Expression<"hll"> {
  return constantOf(value, "hll", "exp.hllVal");
}

/** Nil, the lowest value. */
export function nil(): Expression<"nil"> {
  return constant(null, "nil", "exp.nil()");
}

/** Greater than every value; the end of a range. */
export function infinity(): Expression<never> {
  return untyped([Uint8Array.of(0xd4, 0xff, 1)]);
}

/** Equal to every value. */
export function wildcard(): Expression<never> {
  return untyped([Uint8Array.of(0xd4, 0xff, 0)]);
}
