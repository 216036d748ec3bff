// This client's classes of values, for canonical.mjs.
import { Double, GeoJSON, HyperLogLog } from "../../mod.ts";
import { encodeBase64 } from "./canonical.mjs";

/** A value as programs exchange it. */
export type Canonical = Record<string, unknown>;

/** What differs from client to client in a value that is made. */
export const make = {
  double: (number: number) => new Double(number),
  bytes: (bytes: Uint8Array) => new Uint8Array(bytes),
  geojson: (json: string) => new GeoJSON(json),
  hll: (bytes: Uint8Array) => new HyperLogLog(bytes),
};

/** The canonical form of the values that have classes here. */
export function special(value: unknown): Canonical | undefined {
  if (value instanceof Double) return { double: Object.is(value.value, -0) ? "-0" : String(value.value) };
  if (value instanceof GeoJSON) return { geojson: value.json };
  if (value instanceof HyperLogLog) return { hll: encodeBase64(value.bytes) };
  return undefined;
}
