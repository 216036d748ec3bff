/**
 * The schema of a batch of columns.
 *
 * @module
 */

import { binPath, checkBinName } from "../codec/particle.ts";
import { InvalidArgumentError } from "../errors.ts";
import { checkNames, checkObject, describe, invalidOption } from "../option-check.ts";
import type { BlobColumn } from "./blob-column.ts";
import { arrayOf, elementOf, ELEMENTS, type NumberArrays, type NumberType, type ScalarType } from "./element.ts";
import type { RaggedColumn } from "./ragged-column.ts";
import type { StringColumn } from "./string-column.ts";

/**
 * A vector in each row: the type of its elements, and how many there are, or `"ragged"` where that differs from row to
 * row. Read from a blob of little-endian elements, as `vector()` makes it, or from a list of numbers.
 */
export type VectorType = readonly [type: NumberType, width: number | "ragged"];

/** The type of a column. */
export type ColumnType = ScalarType | VectorType;

/** A column that is not simply named as its bin. */
export interface ColumnSpec {
  /** Its type. */
  readonly type: ColumnType;
  /** The bin; the column's name when it is absent. */
  readonly bin?: string | undefined;
  /** The keys that lead through the bin's map to the value: `["stats", "ctr"]`. */
  readonly path?: readonly string[] | undefined;
  /** What a cell without a value holds. Numbers and booleans only; default NaN for floats, 0 for the rest. */
  readonly fill?: number | bigint | boolean | undefined;
}

/**
 * The columns to read, by name.
 *
 * ```ts
 * import type { ColumnsSchema } from "@aerospike-ts/client";
 *
 * const schema = {
 *   ctr: "f32",
 *   clicks: { type: "i64", fill: -1n },
 *   embedding: ["f32", 128],
 *   tags: ["u16", "ragged"],
 *   country: { type: "string", bin: "profile", path: ["address", "country"] },
 * } satisfies ColumnsSchema;
 * ```
 */
export type ColumnsSchema = { readonly [name: string]: ColumnType | ColumnSpec };

/** Memory that the caller has for a column: a typed array with an element for each of its own. */
export type ColumnTarget<C> = ColumnData<C> extends infer D ? D extends NumberArrays[NumberType] ? D : never : never;

/** Memory for columns, by name. */
export type ColumnTargets<S extends ColumnsSchema> = { readonly [K in keyof S]?: ColumnTarget<S[K]> | undefined };

/** What holds the cells of a type. */
export type DataOfType<T> = T extends "string" ? StringColumn
  : T extends "blob" ? BlobColumn
  : T extends NumberType ? NumberArrays[T]
  : T extends readonly [infer N extends NumberType, infer W] ? W extends "ragged" ? RaggedColumn<N> : NumberArrays[N]
  : never;

/** What holds the cells of a column. */
export type ColumnData<C> = C extends { readonly type: infer T } ? DataOfType<T> : DataOfType<C>;

/** A column as it was asked for, with its defaults. */
export interface ColumnLayout {
  /** The type of its elements. */
  readonly type: ScalarType;
  /** The elements of each vector, `"ragged"` where that differs, null for single values. */
  readonly width: number | "ragged" | null;
  /** The bin. */
  readonly bin: string;
  /** The keys that lead through the bin's map. */
  readonly path: readonly string[];
  /** What a cell without a value holds, where it was given. */
  readonly fill?: number | bigint | boolean | undefined;
}

/** The columns by name, as they were asked for. */
export type ColumnLayouts = { readonly [name: string]: ColumnLayout };

const SPEC_FIELDS = ["type", "bin", "path", "fill"] as const;
const COLUMN_LIMIT = 0xffff;
const PATH_LIMIT = 64;
const KEY_LIMIT = 255;
/** What the native side can answer: Arrow's offsets are signed. */
export const PAYLOAD_LIMIT = 0x7fff_ffff;

const encoder: TextEncoder = new TextEncoder();

/** Gives each column of a schema with its defaults; throws where it is none. */
export function readSchema(schema: unknown): ReadonlyMap<string, ColumnLayout> {
  checkObject(schema, "schema");
  const layouts = new Map<string, ColumnLayout>();
  for (const name of Object.keys(schema)) {
    layouts.set(name, readColumn((schema as Record<string, unknown>)[name], name, binPath("schema", name)));
  }
  if (layouts.size === 0) throw new InvalidArgumentError("schema is empty: name at least one column");
  if (layouts.size > COLUMN_LIMIT) throw new InvalidArgumentError(`schema has more than ${COLUMN_LIMIT} columns`);
  return layouts;
}

function readColumn(column: unknown, name: string, where: string): ColumnLayout {
  if (typeof column === "string" || Array.isArray(column)) {
    checkBinName(name, where);
    return { ...readType(column, where), bin: name, path: [] };
  }
  checkNames(column, where, SPEC_FIELDS);
  const type = readType(column.type, `${where}.type`);
  const bin = column.bin === undefined ? name : column.bin;
  checkBinName(bin, column.bin === undefined ? where : `${where}.bin`);
  const path = column.path === undefined ? [] : readPath(column.path, `${where}.path`);
  if (column.fill === undefined) return { ...type, bin, path };
  return { ...type, bin, path, fill: readFill(column.fill, type, `${where}.fill`) };
}

function readType(type: unknown, where: string): Pick<ColumnLayout, "type" | "width"> {
  if (!Array.isArray(type)) return { type: scalarType(type, where), width: null };
  const [element, width] = type as readonly unknown[];
  if (type.length !== 2) {
    throw new InvalidArgumentError(`${where} has ${type.length} items: a vector is ["f32", 128] or ["f32", "ragged"]`);
  }
  const name = scalarType(element, `${where}[0]`);
  if (elementOf(name).array === undefined) {
    throw new InvalidArgumentError(`${where}[0] is ${JSON.stringify(name)}: vectors are made of numbers and booleans`);
  }
  if (width === "ragged") return { type: name, width };
  if (typeof width === "number" && Number.isInteger(width) && width >= 1 && width <= PAYLOAD_LIMIT) {
    return { type: name, width };
  }
  throw invalidOption(width, `${where}[1]`, `the number of a vector's elements, at least 1, or "ragged"`);
}

function scalarType(type: unknown, where: string): ScalarType {
  if (ELEMENTS.has(type)) return type as ScalarType;
  const shown = typeof type === "string" ? JSON.stringify(type.slice(0, 40)) : describe(type);
  throw new InvalidArgumentError(`${where} is ${shown}: a type is one of ${[...ELEMENTS.keys()].join(", ")}`);
}

function readPath(path: unknown, where: string): readonly string[] {
  if (!Array.isArray(path) || path.length === 0) {
    throw invalidOption(path, where, `a list of map keys that is not empty, as ["stats", "ctr"]`);
  }
  if (path.length > PATH_LIMIT) throw new InvalidArgumentError(`${where} has more than ${PATH_LIMIT} keys`);
  return path.map((key: unknown, at) => {
    if (typeof key !== "string" || !key.isWellFormed()) throw invalidOption(key, `${where}[${at}]`, "a string");
    if (encoder.encode(key).length > KEY_LIMIT) {
      throw new InvalidArgumentError(`${where}[${at}] has more than ${KEY_LIMIT} bytes of UTF-8`);
    }
    return key;
  });
}

function readFill(
  fill: unknown,
  { type, width }: Pick<ColumnLayout, "type" | "width">,
  where: string,
): number | bigint | boolean {
  const { array, range } = elementOf(type);
  if (array === undefined || width === "ragged") {
    throw new InvalidArgumentError(
      `${where} has no use: a missing string or blob is null, and a missing ragged vector is empty`,
    );
  }
  if (type === "bool") {
    if (typeof fill === "boolean") return fill;
    throw invalidOption(fill, where, "true or false");
  }
  if (type === "i64") {
    const integer = typeof fill === "number" && Number.isSafeInteger(fill) ? BigInt(fill) : fill;
    if (typeof integer === "bigint" && BigInt.asIntN(64, integer) === integer) return integer;
    throw invalidOption(fill, where, "a bigint of 64 bits, or a safe integer");
  }
  if (range !== undefined) {
    if (typeof fill === "number" && Number.isInteger(fill) && fill >= range[0] && fill <= range[1]) return fill;
    throw invalidOption(fill, where, `an integer from ${range[0]} to ${range[1]}`);
  }
  if (typeof fill !== "number") throw invalidOption(fill, where, "a number");
  const kept = elementBytes(type as NumberType, fill).elements[0];
  if (Number.isFinite(fill) && !Number.isFinite(kept)) {
    throw invalidOption(fill, where, `a number that ${type} can hold`);
  }
  return fill;
}

/** A number as an element of a column. */
export function elementBytes(
  type: NumberType,
  value: number | bigint | boolean,
): { readonly bytes: Uint8Array; readonly elements: NumberArrays[NumberType] } {
  const buffer = new ArrayBuffer(8);
  const elements = new (arrayOf(type))(buffer, 0, 1);
  elements[0] = (typeof value === "boolean" ? Number(value) : value) as never;
  return { bytes: new Uint8Array(buffer), elements };
}
