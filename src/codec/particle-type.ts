/**
 * The server's type numbers.
 *
 * @module
 */

/** The particle types that this client knows. */
export const Particle = {
  NULL: 0,
  INTEGER: 1,
  DOUBLE: 2,
  STRING: 3,
  BYTES: 4,
  BOOL: 17,
  HLL: 18,
  MAP: 19,
  LIST: 20,
  GEOJSON: 23,
} as const;
