// The classes of values of npm's `aerospike`, for canonical.mjs.
import { Aerospike } from "./node-client.mjs";

/** What differs from client to client in a value that is made. */
export const make = {
  // Double refuses NaN, which is one as a plain number too.
  double: (number) => Number.isNaN(number) ? number : new Aerospike.Double(number),
  bytes: (bytes) => bytes,
  geojson: (json) => new Aerospike.GeoJSON(json),
  hll: (bytes) => new Aerospike.HyperLogLog(bytes),
};

/** The canonical form of the values that have classes there. */
export function special(value) {
  if (value instanceof Aerospike.HyperLogLog) return { hll: value.buffer.toString("base64") };
  if (value instanceof Aerospike.GeoJSON) return { geojson: value.toString() };
}
