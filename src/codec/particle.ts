/**
 * Bin values as particles: `u8 type, u32 length, payload` (`docs/abi.md`).
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { Double } from "../values/double.ts";
import { GeoJSON } from "../values/geojson.ts";
import { HyperLogLog } from "../values/hyperloglog.ts";
import { Placeholder } from "../values/placeholder.ts";
import { Unparsed } from "../values/unparsed.ts";
import { fitDeclared } from "./declared-bin.ts";
import { FrameWriter } from "./frame-writer.ts";
import {
  checkBytes,
  checkInt64,
  isPlain,
  isStoredAsInteger,
  placeholderNumber,
  unsupported,
  writeList,
  writeMap,
  writePlain,
} from "./msgpack-writer.ts";
import { Particle } from "./particle-type.ts";
import { checkUnparsed } from "./unparsed.ts";
import { ValueProblem } from "./value-problem.ts";

const BIN_NAME_LIMIT = 15;
/** The type, in the arguments of operations only, of what stands for values. */
const PLACEHOLDER = 255;

/** What a write does with a bin whose value is undefined. */
export type UndefinedBins = "error" | "skip";

/** Writes a particle; what cannot be written throws a {@link ValueProblem}. */
export function writeParticle(w: FrameWriter, value: unknown): void {
  switch (typeof value) {
    case "string":
      return writeSized(w, Particle.STRING, value, writeString);
    case "number":
      if (isStoredAsInteger(value)) {
        writeHeader(w, Particle.INTEGER, 8);
        return w.i64BE(value);
      }
      writeHeader(w, Particle.DOUBLE, 8);
      return w.f64BE(value);
    case "boolean":
      writeHeader(w, Particle.BOOL, 1);
      return w.u8(value ? 1 : 0);
    case "bigint":
      checkInt64(value);
      writeHeader(w, Particle.INTEGER, 8);
      return w.bigI64BE(value);
    case "object":
      return writeObject(w, value);
    default:
      throw unsupported(value);
  }
}

function writeObject(w: FrameWriter, value: object | null): void {
  if (value === null) return writeHeader(w, Particle.NULL, 0);
  if (Array.isArray(value)) return writeSized(w, Particle.LIST, value, writeRootList);
  if (value instanceof Uint8Array) return writeBytes(w, Particle.BYTES, value);
  if (value instanceof Map) return writeSized(w, Particle.MAP, value, writeRootMap);
  if (isPlain(value)) return writeSized(w, Particle.MAP, value as Record<string, unknown>, writeRootPlain);
  if (value instanceof Double) {
    writeHeader(w, Particle.DOUBLE, 8);
    return w.f64BE(value.value);
  }
  if (value instanceof GeoJSON) return writeSized(w, Particle.GEOJSON, value.json, writeString);
  if (value instanceof HyperLogLog) return writeBytes(w, Particle.HLL, value.bytes);
  if (value instanceof Unparsed) {
    checkUnparsed(value.particleType, value.bytes);
    return writeBytes(w, value.particleType, value.bytes);
  }
  if (value instanceof Placeholder && w.takesPlaceholders) {
    writeHeader(w, PLACEHOLDER, 1);
    return w.u8(placeholderNumber(value));
  }
  throw unsupported(value);
}

/** Writes a particle without a value. */
export function writeNoParticle(w: FrameWriter): void {
  writeHeader(w, Particle.NULL, 0);
}

/** Writes type and length, and makes room for the rest. */
export function writeHeader(w: FrameWriter, type: number, length: number): void {
  w.ensure(5 + length);
  w.bytes[w.length] = type;
  w.view.setUint32(w.length + 1, length, true);
  w.length += 5;
}

/** Writes a particle of bytes. */
export function writeBytes(w: FrameWriter, type: number, bytes: Uint8Array): void {
  checkBytes(bytes);
  writeHeader(w, type, bytes.length);
  w.blob(bytes);
}

function writeSized<T>(w: FrameWriter, type: number, value: T, write: (w: FrameWriter, value: T) => void): void {
  writeHeader(w, type, 0);
  const start = w.length;
  write(w, value);
  w.view.setUint32(start - 4, w.length - start, true);
}

function writeString(w: FrameWriter, text: string): void {
  w.utf8(text);
}

function writeRootList(w: FrameWriter, list: readonly unknown[]): void {
  writeList(w, list, 1);
}

function writeRootMap(w: FrameWriter, map: ReadonlyMap<unknown, unknown>): void {
  writeMap(w, map, 1);
}

function writeRootPlain(w: FrameWriter, object: Record<string, unknown>): void {
  writePlain(w, object, 1);
}

/** Writes `u8 length + name` of a bin; throws where it is not one. `path` names it in the error. */
export function writeBinName(w: FrameWriter, name: unknown, path: string): void {
  if (typeof name !== "string") throw notAName(name, path);
  const at = w.length;
  // A text of more code units than bytes does not exist, so this bounds what is written.
  if (name.length === 0 || name.length > BIN_NAME_LIMIT) throw binNameError(name, path);
  try {
    w.name(name);
  } catch (error) {
    // A lone surrogate.
    throw error instanceof ValueProblem ? binNameError(name, path) : error;
  }
  if (w.length - at - 1 > BIN_NAME_LIMIT || hasNul(w.bytes, at + 1, w.length)) throw binNameError(name, path);
}

/** A loop, because it beats every search by a call for names this short. */
function hasNul(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0) return true;
  }
  return false;
}

function binNameError(name: string, path: string): InvalidArgumentError {
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  const what = name.includes("\0")
    ? "it has a NUL character"
    : name.isWellFormed()
    ? `a bin name has 1 to ${BIN_NAME_LIMIT} bytes of UTF-8`
    : "it is no valid text, because of a lone surrogate";
  return new InvalidArgumentError(`${path}: ${shown} cannot be the name of a bin: ${what}`);
}

/** Throws where a bin cannot have this name; `path` names it in the error. */
export function checkBinName(name: unknown, path: string): asserts name is string {
  if (typeof name !== "string") throw notAName(name, path);
  if (name.includes("\0")) throw binNameError(name, path);
}

function notAName(name: unknown, path: string): InvalidArgumentError {
  return new InvalidArgumentError(`${path} is ${name === null ? "null" : `a ${typeof name}`}: a bin name is a string`);
}

/**
 * Writes `u16 count` and the bins, each after the number of an operation where one is given. `root` begins the paths in
 * errors. A record without bins cannot be written.
 */
export function writeBins(
  w: FrameWriter,
  bins: unknown,
  undefinedBins: UndefinedBins,
  root: string,
  operation: number = 0,
): void {
  if (typeof bins !== "object" || bins === null || Array.isArray(bins)) {
    throw new InvalidArgumentError(
      `${root} is ${
        bins === null ? "null" : Array.isArray(bins) ? "an array" : `a ${typeof bins}`
      }: bins are an object, name to value`,
    );
  }
  if (bins instanceof Map) {
    throw new InvalidArgumentError(`${root} is a Map: bins are an object, use Object.fromEntries(map)`);
  }
  w.u16(0);
  const countAt = w.length - 2;
  let count = 0;
  // Own fields only, in their order: instances of a class are fine as bins.
  for (const name of Object.keys(bins)) {
    const value = (bins as Record<string, unknown>)[name];
    if (value === undefined && undefinedBins === "skip") continue;
    if (operation !== 0) w.u8(operation);
    writeBin(w, name, value, root);
    count++;
  }
  if (count === 0) {
    throw new InvalidArgumentError(`${root} is empty: a write has at least one bin; see touch() and remove()`);
  }
  if (count > 0xffff) throw new InvalidArgumentError(`${root} has more than 65,535 bins`);
  w.view.setUint16(countAt, count, true);
}

/** Writes the value of a bin. Where that is declared a double, an integral number needs not be safe. */
export function writeBinValue(w: FrameWriter, bin: string, value: unknown): void {
  const isDouble = typeof value === "number" && w.declared?.get(bin)?.type === "double";
  writeParticle(w, isDouble ? new Double(value) : value);
}

function writeBin(w: FrameWriter, name: string, value: unknown, root: string): void {
  writeBinName(w, name, root);
  const at = w.length;
  try {
    writeBinValue(w, name, value);
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    if (value === undefined) {
      throw new InvalidArgumentError(
        `${
          binPath(root, name)
        } is undefined: leave it out, use null to delete the bin, or connect with undefinedBins: "skip"`,
      );
    }
    throw error.toError(binPath(root, name));
  }
  if (w.declared !== undefined) fitDeclared(w, name, at, binPath(root, name));
}

/** The path of a bin in errors. */
export function binPath(root: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${root}.${name}` : `${root}[${JSON.stringify(name)}]`;
}

/**
 * The bins of a record as the ABI writes them: `u16 count`, then name and particle each (`docs/abi.md`).
 *
 * @throws {InvalidArgumentError} as `put` does
 */
export function encodeBins(
  bins: object,
  options: { readonly undefinedBins?: UndefinedBins } = {},
): Uint8Array<ArrayBuffer> {
  const writer = new FrameWriter();
  writeBins(writer, bins, options.undefinedBins ?? "error", "bins");
  return writer.bytes.slice(0, writer.length);
}
