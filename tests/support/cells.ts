/**
 * What a cell of a column should hold, computed from the value that `batchRead` gives.
 *
 * @module
 */
import { type CellErrorReason, Double, type NumberType, type ScalarType } from "../../mod.ts";

/** A cell: its elements where it is valid, else the reason where there is one. */
export type Cell =
  | { readonly kind: "valid"; readonly value: unknown }
  | { readonly kind: "missing" }
  | { readonly kind: "bad"; readonly reason: CellErrorReason };

/** A column, as the schema has it. */
export interface CellType {
  readonly type: ScalarType;
  readonly width: number | "ragged" | null;
  readonly path: readonly string[];
}

const RANGES: Readonly<Partial<Record<NumberType, readonly [bigint, bigint]>>> = {
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i16: [-(2n ** 15n), 2n ** 15n - 1n],
  u16: [0n, 2n ** 16n - 1n],
  i8: [-128n, 127n],
  u8: [0n, 255n],
};
const SIZES: Readonly<Record<NumberType, number>> = {
  ...{ f64: 8, f32: 4, f16: 2, i64: 8, i32: 4, u32: 4, i16: 2, u16: 2, i8: 1, u8: 1, bool: 1 },
};

class Bad extends Error {
  constructor(readonly reason: CellErrorReason) {
    super(reason);
  }
}

/** The cell of a value that was read with `integers: "bigint"` and `doubles: "wrapped"`. */
export function expectedCell(value: unknown, { type, width, path }: CellType): Cell {
  try {
    const found = walk(value, path);
    if (found === undefined || found === null) return { kind: "missing" };
    return { kind: "valid", value: convert(found, type, width) };
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    return { kind: "bad", reason: error.reason };
  }
}

function walk(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (at === undefined || at === null) return undefined;
    if (at instanceof Map) at = at.get(key);
    else if (Object.getPrototypeOf(at) === Object.prototype) {
      at = Object.hasOwn(at as object, key) ? (at as Record<string, unknown>)[key] : undefined;
    } else throw new Bad("wrong-type");
  }
  return at;
}

function convert(value: unknown, type: ScalarType, width: CellType["width"]): unknown {
  if (type === "string") {
    if (typeof value !== "string") throw new Bad("wrong-type");
    return value;
  }
  if (type === "blob") {
    if (!(value instanceof Uint8Array)) throw new Bad("wrong-type");
    return value;
  }
  if (width === null) return element(value, type);
  if (value instanceof Uint8Array) return ofBlob(value, type, width);
  if (!Array.isArray(value)) throw new Bad("wrong-type");
  if (width !== "ragged" && value.length !== width) throw new Bad(value.length < width ? "short" : "long");
  return value.map((item) => element(item, type));
}

function ofBlob(bytes: Uint8Array, type: NumberType, width: number | "ragged"): unknown[] {
  const size = SIZES[type];
  if (width === "ragged" && bytes.length % size !== 0) throw new Bad("partial");
  if (width !== "ragged" && bytes.length !== width * size) {
    throw new Bad(bytes.length < width * size ? "short" : "long");
  }
  if (type === "bool" && bytes.some((byte) => byte > 1)) throw new Bad("out-of-range");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const at = i * size;
    switch (type) {
      case "f64":
        return view.getFloat64(at, true);
      case "f32":
        return view.getFloat32(at, true);
      case "f16":
        return view.getFloat16(at, true);
      case "i64":
        return view.getBigInt64(at, true);
      case "i32":
        return view.getInt32(at, true);
      case "u32":
        return view.getUint32(at, true);
      case "i16":
        return view.getInt16(at, true);
      case "u16":
        return view.getUint16(at, true);
      case "i8":
        return view.getInt8(at);
      default:
        return view.getUint8(at);
    }
  });
}

function element(value: unknown, type: NumberType): number | bigint {
  if (type === "bool") {
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "bigint") throw new Bad("wrong-type");
    if (value !== 0n && value !== 1n) throw new Bad("out-of-range");
    return Number(value);
  }
  const number = value instanceof Double ? value.value : value;
  if (typeof number !== "bigint" && typeof number !== "number") throw new Bad("wrong-type");
  const range = RANGES[type];
  if (range === undefined) return float(Number(number), type);
  if (typeof number === "number" && !Number.isFinite(number)) {
    throw new Bad(Number.isNaN(number) ? "not-integral" : "out-of-range");
  }
  if (typeof number === "number" && !Number.isInteger(number)) throw new Bad("not-integral");
  const integer = BigInt(number);
  if (integer < range[0] || integer > range[1]) throw new Bad("out-of-range");
  return type === "i64" ? integer : Number(integer);
}

function float(value: number, type: NumberType): number {
  const rounded = type === "f64" ? value : type === "f32" ? Math.fround(value) : new Float16Array([value])[0] as number;
  if (Number.isFinite(value) && !Number.isFinite(rounded)) throw new Bad("out-of-range");
  return rounded;
}
