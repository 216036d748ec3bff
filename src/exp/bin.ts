/**
 * Bins. A bin that is not there, or of another type, makes the expression unknown: a filter is then not met.
 *
 * @module
 */

import { writeBinName } from "../codec/particle.ts";
import { choiceOption } from "../option-check.ts";
import type { Expression, ValueType } from "./expression.ts";
import { node, Op, pack, TYPE_NUMBERS, writeInt } from "./pack.ts";

/** The names of types. */
const TYPES: readonly ValueType[] = Object.keys(TYPE_NUMBERS) as ValueType[];

/** Throws where a value names no type, and gives it back. */
export function checkedType<T extends ValueType>(type: T, path: string): T {
  choiceOption(type, path, TYPES);
  return type;
}

/** The packed name of a bin. */
function binName(name: unknown, path: string): Uint8Array {
  return pack((w) => {
    const at = w.length;
    writeBinName(w, name, path);
    // A name has at most 15 bytes, whose length stands in the first byte of a packed text.
    w.bytes[at] = 0xa0 | (w.bytes[at] as number);
  });
}

function binOf<T extends ValueType>(name: string, type: T, path: string): Expression<T> {
  const typeNumber = pack((w) => writeInt(w, TYPE_NUMBERS[type]));
  return node(type, Op.BIN, [typeNumber, binName(name, path)]);
}

/** The bin of a name, with a type that is only known when the program runs. */
export function bin<T extends ValueType>(name: string, type: T): Expression<T> {
  return binOf(name, checkedType(type, "exp.bin() type"), "exp.bin() name");
}

/** A bin that holds integers. */
export function intBin(name: string): Expression<"int"> {
  return binOf(name, "int", "exp.intBin() name");
}

/** A bin that holds doubles. */
export function floatBin(name: string): Expression<"float"> {
  return binOf(name, "float", "exp.floatBin() name");
}

/** A bin that holds texts. */
export function stringBin(name: string): Expression<"string"> {
  return binOf(name, "string", "exp.stringBin() name");
}

/** A bin that holds booleans. */
export function boolBin(name: string): Expression<"bool"> {
  return binOf(name, "bool", "exp.boolBin() name");
}

/** A bin that holds bytes. */
export function blobBin(name: string): Expression<"blob"> {
  return binOf(name, "blob", "exp.blobBin() name");
}

/** A bin that holds geometries. */
export function geoBin(name: string): Expression<"geo"> {
  return binOf(name, "geo", "exp.geoBin() name");
}

/** A bin that holds lists. */
export function listBin(name: string): Expression<"list"> {
  return binOf(name, "list", "exp.listBin() name");
}

/** A bin that holds maps. */
export function mapBin(name: string): Expression<"map"> {
  return binOf(name, "map", "exp.mapBin() name");
}

/** A bin that holds HyperLogLog sketches. */
export function hllBin(name: string): Expression<"hll"> {
  return binOf(name, "hll", "exp.hllBin() name");
}

/**
 * The server's number of the type of what a bin holds: 0 nothing, 1 integer, 2 double, 3 string, 4 bytes, 17 boolean,
 * 18 sketch, 19 map, 20 list, 23 GeoJSON.
 */
export function binType(name: string): Expression<"int"> {
  return node("int", Op.BIN_TYPE, [binName(name, "exp.binType() name")]);
}

/** Whether the record has a bin of this name. */
export function binExists(name: string): Expression<"bool"> {
  const type = node("int", Op.BIN_TYPE, [binName(name, "exp.binExists() name")]);
  return node("bool", Op.NE, [type, pack((w) => writeInt(w, 0))]);
}
