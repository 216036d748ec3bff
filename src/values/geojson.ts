/**
 * GeoJSON.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";

/**
 * A GeoJSON geometry, kept as its text: the server indexes it, and it comes back exactly as it was written.
 *
 * ```ts
 * import { GeoJSON } from "@aerospike-ts/client";
 *
 * const home = GeoJSON.point(8.55, 47.37);
 * console.log(home.json); // {"type":"Point","coordinates":[8.55,47.37]}
 * ```
 */
export class GeoJSON {
  /** The JSON text. */
  readonly json: string;

  /** Takes the JSON text, or an object that becomes one. The server says whether it is a geometry. */
  constructor(geometry: string | object) {
    if (typeof geometry === "string") {
      this.json = geometry;
    } else if (typeof geometry === "object" && geometry !== null) {
      this.json = stringified(geometry);
    } else {
      throw new InvalidArgumentError("a GeoJSON is made from a JSON text or an object");
    }
  }

  /** A point, in degrees: longitude first, as in GeoJSON. */
  static point(longitude: number, latitude: number): GeoJSON {
    return new GeoJSON({ type: "Point", coordinates: [longitude, latitude] });
  }

  /** The geometry as an object. Throws a SyntaxError where another client stored a text that is no JSON. */
  parse(): unknown {
    return JSON.parse(this.json);
  }

  /** The JSON text. */
  toString(): string {
    return this.json;
  }

  /** The geometry for JSON. */
  toJSON(): unknown {
    return this.parse();
  }
}

function stringified(geometry: object): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(geometry);
  } catch (cause) {
    throw new InvalidArgumentError("a GeoJSON's object has no JSON form: it may contain itself or a bigint", { cause });
  }
  if (json === undefined) throw new InvalidArgumentError("a GeoJSON's object has no JSON form: its toJSON gave none");
  return json;
}
