/**
 * What a set declares its bins to hold.
 *
 * @module
 */

import { FrameWriter } from "../codec/frame-writer.ts";
import { Particle } from "../codec/particle-type.ts";
import { binPath, writeBinName } from "../codec/particle.ts";
import { checkObject, choiceOption } from "../option-check.ts";
import type { GeoJSON } from "./geojson.ts";
import type { HyperLogLog } from "./hyperloglog.ts";
import type { BinDecodeOptions, DecodeOptions } from "./value.ts";

/**
 * What a bin is declared to hold. A write takes only that, or null, which deletes the bin; what was stored before comes
 * back as it is.
 *
 * - `"double"`: a number is stored as a double, also an integral one, and comes back as a number.
 * - `"integer"`: safe integers and bigints; comes back as a number, and rejects where it is not safe.
 * - `"bigint"`: the same, and comes back as a bigint.
 * - `"map"` comes back as a Map, `"object"` as an object where every key is a string.
 * - `"string"`, `"boolean"`, `"bytes"`, `"list"`, `"geojson"` and `"hll"`.
 */
export type BinType =
  | "double"
  | "integer"
  | "bigint"
  | "string"
  | "boolean"
  | "bytes"
  | "list"
  | "map"
  | "object"
  | "geojson"
  | "hll";

/** What a bin with values of the type `V` can be declared to hold. */
export type BinTypeOf<V> = unknown extends V ? BinType
  : V extends number ? "double" | "integer"
  : V extends bigint ? "bigint"
  : V extends string ? "string"
  : V extends boolean ? "boolean"
  : V extends Uint8Array ? "bytes"
  : V extends ReadonlyMap<unknown, unknown> ? "map"
  : V extends readonly unknown[] ? "list"
  : V extends GeoJSON ? "geojson"
  : V extends HyperLogLog ? "hll"
  : V extends object ? "object"
  : never;

/** The declared bins of a set whose records hold `T`; the others are as everywhere. */
export type BinTypes<T extends object> = { readonly [K in keyof T & string]?: BinTypeOf<T[K]> | undefined };

/** A declared bin, for writes. */
export interface DeclaredBin {
  /** What it was declared as. */
  readonly type: BinType;
  /** The server's type number. */
  readonly particle: number;
  /** What it takes, in words. */
  readonly takes: string;
}

/** Declared bins by name. */
export type DeclaredBins = ReadonlyMap<string, DeclaredBin>;

interface BinTypeSpec {
  readonly particle: number;
  readonly takes: string;
  readonly decode?: Partial<DecodeOptions>;
}

const SPECS: Readonly<Record<BinType, BinTypeSpec>> = {
  double: { particle: Particle.DOUBLE, takes: "a number", decode: { integers: "number", doubles: "plain" } },
  integer: { particle: Particle.INTEGER, takes: "an integer", decode: { integers: "number" } },
  bigint: { particle: Particle.INTEGER, takes: "an integer", decode: { integers: "bigint" } },
  string: { particle: Particle.STRING, takes: "a string" },
  boolean: { particle: Particle.BOOL, takes: "a boolean" },
  bytes: { particle: Particle.BYTES, takes: "a Uint8Array" },
  list: { particle: Particle.LIST, takes: "an array" },
  map: { particle: Particle.MAP, takes: "a Map or an object", decode: { maps: "map" } },
  object: { particle: Particle.MAP, takes: "an object or a Map", decode: { maps: "auto" } },
  geojson: { particle: Particle.GEOJSON, takes: "a GeoJSON" },
  hll: { particle: Particle.HLL, takes: "a HyperLogLog" },
};
const TYPES = Object.keys(SPECS) as readonly BinType[];

/** Declarations, checked: for writes by bin, and how values come back. */
export function readBinTypes(
  given: unknown,
  path: string,
  decode: DecodeOptions,
): { readonly declared: DeclaredBins | undefined; readonly decode: BinDecodeOptions } {
  if (given === undefined) return { declared: undefined, decode };
  checkObject(given, path);
  const names = new FrameWriter();
  const declared = new Map<string, DeclaredBin>();
  const bins = new Map<string, DecodeOptions>();
  for (const [name, value] of Object.entries(given)) {
    writeBinName(names, name, path);
    if (value === undefined) continue;
    const type = TYPES[choiceOption(value, binPath(path, name), TYPES)] as BinType;
    const { particle, takes, decode: own } = SPECS[type];
    declared.set(name, { type, particle, takes });
    if (own !== undefined) bins.set(name, { ...decode, ...own });
  }
  return { declared, decode: { ...decode, bins } };
}
