/**
 * Operands: expressions, or values of JavaScript that become constants.
 *
 * @module
 */

import { Particle } from "../codec/particle-type.ts";
import { writeNested } from "../codec/msgpack-writer.ts";
import { InvalidArgumentError } from "../errors.ts";
import { Double } from "../values/double.ts";
import { GeoJSON } from "../values/geojson.ts";
import { HyperLogLog } from "../values/hyperloglog.ts";
import { Placeholder } from "../values/placeholder.ts";
import { Unparsed } from "../values/unparsed.ts";
import type { BinInput, BinValue, MapKey } from "../values/value.ts";
import { Expression, type ExpressionType, isExpression, UNKNOWN, untyped, type ValueType } from "./expression.ts";
import { node, Op, pack } from "./pack.ts";

/** The constants of each type. */
export interface Constants {
  /** Nil. */
  readonly nil: null;
  /** A boolean. */
  readonly bool: boolean;
  /** A safe integer, or a bigint of 64 bits. */
  readonly int: number | bigint;
  /** A text. */
  readonly string: string;
  /** A list. */
  readonly list: readonly BinInput[];
  /** A map, which becomes one that is ordered by key. */
  readonly map: ReadonlyMap<MapKey, BinInput> | { readonly [key: string]: BinInput };
  /** Bytes. */
  readonly blob: Uint8Array;
  /** A number, which becomes a double also where it is integral. */
  readonly float: number | Double;
  /** A geometry. */
  readonly geo: GeoJSON;
  /** A sketch. */
  readonly hll: HyperLogLog;
}

/** An expression of a type, or a constant of it. */
export type Operand<T extends ValueType> = Expression<T> | Constants[T];

/** An expression or a constant of any type: an integral number is an int. */
export type AnyOperand = Expression<ValueType> | BinValue | Placeholder;

/** The types of numbers. */
export type Numeric = "int" | "float";

const FITS: Readonly<Record<ValueType, (value: unknown) => boolean>> = Object.freeze({
  nil: (value: unknown) => value === null,
  bool: (value: unknown) => typeof value === "boolean",
  int: (value: unknown) => Number.isSafeInteger(value) || typeof value === "bigint",
  string: (value: unknown) => typeof value === "string",
  list: (value: unknown) => Array.isArray(value),
  map: (value: unknown) =>
    value instanceof Map || (typeof value === "object" && value !== null && typeOf(value) === "map"),
  blob: (value: unknown) => value instanceof Uint8Array,
  float: (value: unknown) => typeof value === "number" || value instanceof Double,
  geo: (value: unknown) => value instanceof GeoJSON,
  hll: (value: unknown) => value instanceof HyperLogLog,
});

const WANTED: Readonly<Record<ValueType, string>> = Object.freeze({
  nil: "null",
  bool: "a boolean",
  int: "a safe integer or a bigint",
  string: "a string",
  list: "an array",
  map: "a plain object or a Map",
  blob: "a Uint8Array",
  float: "a number or a Double",
  geo: "a GeoJSON",
  hll: "a HyperLogLog",
});

/** The operand as an expression of the type; `path` names it in errors. */
export function operand<T extends ValueType>(value: unknown, type: T, path: string): Expression<T> {
  if (isExpression(value)) {
    checkType(value, [type], path);
    return value as Expression<T>;
  }
  if (!FITS[type](value)) {
    throw new InvalidArgumentError(
      `${path} is ${named(value)}: it must be ${WANTED[type]}, or an expression of the type ${type}`,
    );
  }
  return constant(value, type, path);
}

/** The operand as an expression of whatever type it has. */
export function anyOperand(value: unknown, path: string): Expression<ExpressionType> {
  if (isExpression(value)) {
    if (value.type === "ael") throw standsAlone(path);
    return value;
  }
  if (value instanceof Placeholder) return untyped([pack((w) => writeNested(w, value, 0))]);
  return constant(value, typeOf(value) ?? "nil", path);
}

/** A number of either type. */
export function numeric(value: unknown, path: string): Expression<Numeric> {
  if (isExpression(value)) return typed(value, ["int", "float"], path);
  return FITS.float(value) && !FITS.int(value) ? constant(value, "float", path) : operand(value, "int", path);
}

/** An expression among the types; nothing else, because nothing else says which. */
export function typed<T extends ValueType>(
  value: unknown,
  types: readonly ValueType[] | undefined,
  path: string,
): Expression<T> {
  if (!isExpression(value)) {
    throw new InvalidArgumentError(`${path} is ${named(value)}: it must be an expression, which says the type`);
  }
  if (value.type === "ael") throw standsAlone(path);
  if (types !== undefined) checkType(value, types, path);
  return value as Expression<T>;
}

/** An integer that an argument is. */
export function int(value: unknown, path: string): Expression<"int"> {
  return operand(value, "int", path);
}

/** Operands of one type, which the first of them says where it is left open; at least one. */
export function operands<T extends ValueType>(values: readonly unknown[], type: T, name: string): Expression<T>[] {
  if (values.length === 0) throw new InvalidArgumentError(`${name}() has no operand: give at least one`);
  return values.map((value, at) => operand(value, type, `${name}() operand ${at + 1}`));
}

function checkType(value: Expression<ExpressionType>, types: readonly ValueType[], path: string): void {
  const type: string = value.type;
  if (type === UNKNOWN || types.includes(type as ValueType)) return;
  if (type === "ael") throw standsAlone(path);
  throw new InvalidArgumentError(
    `${path} is an expression of the type ${type}: it must be of the type ${types.join(" or ")}`,
  );
}

function standsAlone(path: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${path} is an AEL text: the server compiles it as a filter of its own, not within one`,
  );
}

/** A constant of a type that the value has. */
export function constant<T extends ValueType>(value: unknown, type: T, path: string): Expression<T> {
  // A list would be read as an expression.
  if (type === "list") return node(type, Op.QUOTED, [pack((w) => writeNested(w, value, 0), path)]);
  let written = value;
  // Zero is an integer here, whatever its sign.
  if (type === "int" && value === 0) written = 0;
  if (type === "float" && typeof value === "number") written = new Double(value);
  return new Expression(type, [pack((w) => writeNested(w, written, 0), path)]);
}

/** The type that a value of JavaScript becomes; undefined where the writer has to say what is wrong with it. */
function typeOf(value: unknown): ValueType | undefined {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "string":
      return "string";
    case "bigint":
      return "int";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "int" : "float";
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return "nil";
  if (Array.isArray(value)) return "list";
  if (value instanceof Uint8Array) return "blob";
  if (value instanceof Double) return "float";
  if (value instanceof GeoJSON) return "geo";
  if (value instanceof HyperLogLog) return "hll";
  if (value instanceof Unparsed && value.particleType === Particle.LIST) return "list";
  return value instanceof Placeholder ? undefined : "map";
}

/** What a value is, in a few words that do not show it. */
function named(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  const type = typeOf(value);
  return type === undefined ? "an object" : `a value of the type ${type}`;
}
