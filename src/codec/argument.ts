/**
 * Arguments of operations: each checks one field, or the few that belong together, and writes one particle.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { computed } from "../exp/expression.ts";
import type { Operation } from "../operation.ts";
import type { OperationFields } from "../operations/fields.ts";
import { Double } from "../values/double.ts";
import { HyperLogLog } from "../values/hyperloglog.ts";
import {
  checkInt,
  checkList,
  checkMapKey,
  checkMapKeys,
  choose,
  invalidArgument,
  type Place,
} from "./argument-check.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { Particle } from "./particle-type.ts";
import { writeBytes, writeHeader, writeNoParticle, writeParticle } from "./particle.ts";
import { toArgumentError } from "./value-problem.ts";

/** The fields of an operation that arguments are read from. */
export type Fields = OperationFields & Pick<Operation, "value" | "expression">;

/** One argument. */
export interface Argument {
  /** The fields it is made of. */
  readonly fields: readonly (keyof Fields)[];
  /** Writes it, or throws where a field is not valid. */
  write(w: FrameWriter, fields: Fields, place: Place): void;
}

function writeInt(w: FrameWriter, value: unknown, name: string, place: Place, min?: bigint): void {
  checkInt(value, name, place, min);
  writeHeader(w, Particle.INTEGER, 8);
  if (typeof value === "number") w.i64BE(value);
  else w.bigI64BE(value);
}

function writeSmall(w: FrameWriter, value: number): void {
  writeHeader(w, Particle.INTEGER, 8);
  w.i64BE(value);
}

function writeBool(w: FrameWriter, value: unknown, name: string, place: Place): void {
  writeParticle(w, isSet(value, name, place));
}

function isSet(value: unknown, name: string, place: Place): boolean {
  if (value === undefined) return false;
  if (typeof value !== "boolean") throw invalidArgument(value, name, "true or false", place);
  return value;
}

/** Writes a value that is compared with: what stands for values may be in it. */
export function writeMatch(w: FrameWriter, value: unknown, name: string, place: Place): void {
  w.takesPlaceholders = true;
  try {
    writeParticle(w, value);
  } catch (error) {
    throw toArgumentError(error, `${place.path}.${name}`);
  } finally {
    w.takesPlaceholders = false;
  }
}

function writeStored(w: FrameWriter, value: unknown, name: string, place: Place): void {
  try {
    writeParticle(w, value);
  } catch (error) {
    throw toArgumentError(error, `${place.path}.${name}`);
  }
}

function writeMapKey(w: FrameWriter, value: unknown, name: string, place: Place): void {
  checkMapKey(value, name, place);
  writeStored(w, value, name, place);
}

function writeMapKeys(w: FrameWriter, value: unknown, name: string, place: Place): void {
  checkMapKeys(value, name, place);
  writeStored(w, value, name, place);
}

function argument<N extends keyof Fields>(
  name: N,
  write: (w: FrameWriter, value: unknown, name: string, place: Place) => void,
): Argument {
  return { fields: [name], write: (w, fields, place) => write(w, fields[name], name, place) };
}

/** An integer. */
export const int = (name: keyof Fields): Argument => argument(name, writeInt);

/** An integer that is another where it is left out. */
export const intOr = (name: keyof Fields, otherwise: number): Argument =>
  argument(name, (w, value, name, place) => writeInt(w, value === undefined ? otherwise : value, name, place));

/** An integer that need not be. */
export const optionalInt = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === undefined) writeNoParticle(w);
    else writeInt(w, value, name, place);
  });

/** A number that is always the same. */
export const constant = (number: number): Argument => ({ fields: [], write: (w) => writeSmall(w, number) });

/** A number of something. */
export const count = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => writeInt(w, value, name, place, 0n));

/** A number of something; left out: as many as there are. */
export const optionalCount = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === undefined) writeNoParticle(w);
    else writeInt(w, value, name, place, 0n);
  });

/** A number of bits in a range, or of others where it is left out. */
export const bitCount = (name: keyof Fields, min: number, max: number, optional: boolean): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === undefined && optional) return writeNoParticle(w);
    const isValid = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
    // A sketch without a min-hash has 0 bits of it.
    if (!isValid && !(value === 0 && optional)) throw invalidArgument(value, name, `from ${min} to ${max} bits`, place);
    writeSmall(w, value as number);
  });

/** What is added: an integer or a Double; 1 where it is left out. */
export const delta: Argument = argument("delta", (w, value, name, place) => {
  if (value instanceof Double || (typeof value === "number" && !Number.isInteger(value))) {
    return writeStored(w, value, name, place);
  }
  writeInt(w, value === undefined ? 1 : value, name, place);
});

/** A value that is stored. */
export const stored = (name: keyof Fields): Argument => argument(name, writeStored);

/** A value that is stored and not nil. */
export const storedNotNil = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === null) throw invalidArgument(value, name, "a value other than null", place);
    writeStored(w, value, name, place);
  });

/** A value that is compared with. */
export const match = (name: keyof Fields): Argument => argument(name, writeMatch);

/** An end of a range, open where it is left out or null. */
export const end = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => writeMatch(w, value === undefined ? null : value, name, place));

/** An end of a range of keys, open where it is left out or null. */
export const keyEnd = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === undefined || value === null) writeNoParticle(w);
    else writeMapKey(w, value, name, place);
  });

/** Values that are stored, at least one. */
export const items = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    checkList(value, name, "an array of values", place);
    if (value.length === 0) {
      throw new InvalidArgumentError(`${place.path}.${name} is empty: ${place.kind} takes at least one value`);
    }
    writeStored(w, value, name, place);
  });

/** Values that are compared with. */
export const matches = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    checkList(value, name, "an array of values", place);
    writeMatch(w, value, name, place);
  });

/** A key of a map. */
export const key: Argument = argument("key", writeMapKey);

/** Keys of a map. */
export const keys: Argument = argument("keys", writeMapKeys);

/** Entries of a map. */
export const entries: Argument = argument("items", (w, value, name, place) => {
  const start = w.length;
  if (typeof value === "object" && value !== null) writeStored(w, value, name, place);
  if (w.length === start || w.bytes[start] !== Particle.MAP) {
    throw invalidArgument(value, name, "entries, as a Map or a plain object", place);
  }
});

/** Sketches, at least one. */
export const sketches: Argument = argument("sketches", (w, value, name, place) => {
  checkList(value, name, "an array of HyperLogLog", place);
  if (value.length === 0) {
    throw new InvalidArgumentError(`${place.path}.${name} is empty: ${place.kind} takes at least one sketch`);
  }
  for (let i = 0; i < value.length; i++) {
    if (!(value[i] instanceof HyperLogLog)) throw invalidArgument(value[i], `${name}[${i}]`, "a HyperLogLog", place);
  }
  writeStored(w, value, name, place);
});

/** Bytes. */
export const bytes: Argument = argument("value", (w, value, name, place) => {
  if (!(value instanceof Uint8Array)) throw invalidArgument(value, name, "a Uint8Array", place);
  writeStored(w, value, name, place);
});

/** A boolean that has to be there. */
export const flag = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    if (typeof value !== "boolean") throw invalidArgument(value, name, "true or false", place);
    writeParticle(w, value);
  });

/** A boolean that is false where it is left out. */
export const option = (name: keyof Fields): Argument => argument(name, writeBool);

function writeText(w: FrameWriter, value: unknown, name: string, place: Place): void {
  if (typeof value !== "string") throw invalidArgument(value, name, "a string", place);
  writeStored(w, value, name, place);
}

/** A text. */
export const text = (name: keyof Fields): Argument => argument(name, writeText);

/** A text that need not be. */
export const optionalText = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === undefined) writeNoParticle(w);
    else writeText(w, value, name, place);
  });

/** Texts. */
export const texts = (name: keyof Fields): Argument =>
  argument(name, (w, value, name, place) => {
    checkList(value, name, "an array of strings", place);
    const other = value.findIndex((item) => typeof item !== "string");
    if (other >= 0) throw invalidArgument(value[other], `${name}[${other}]`, "a string", place);
    writeStored(w, value, name, place);
  });

/** The steps of a path, which stand before the arguments: at least one. */
export const path: Argument = {
  fields: ["ctx"],
  write(_, { ctx }, place) {
    if (ctx !== undefined && ctx.length > 0) return;
    throw new InvalidArgumentError(
      `${place.path}.ctx is ${ctx === undefined ? "missing" : "empty"}: a path has at least one step`,
    );
  },
};

/** An expression that is computed. */
export const expression: Argument = argument(
  "expression",
  (w, value, name, place) => writeBytes(w, Particle.BYTES, computed(value, `${place.path}.${name}`)),
);

/** A word that stands for a number, and need not be. */
export const optionalChoice = (name: keyof Fields, words: ReadonlyMap<string, number>): Argument =>
  argument(name, (w, value, name, place) => {
    if (value === undefined) writeNoParticle(w);
    else writeSmall(w, choose(value, name, words, place));
  });

/** A word that stands for a number, and which it is where it is left out. */
export const choice = (name: keyof Fields, words: ReadonlyMap<string, number>, otherwise?: string): Argument =>
  argument(
    name,
    (w, value, name, place) => writeSmall(w, choose(value === undefined ? otherwise : value, name, words, place)),
  );

const INVERTED = 0x10000;

/** What is answered. */
export const returns = (words: ReadonlyMap<string, number>, otherwise: string): Argument => ({
  fields: ["return", "inverted"],
  write(w, fields, place) {
    const number = choose(fields.return === undefined ? otherwise : fields.return, "return", words, place);
    writeSmall(w, isSet(fields.inverted, "inverted", place) ? number + INVERTED : number);
  },
});

/** Flags, each with a field of its own. */
export const flags = (bits: { readonly [N in keyof Fields]?: number }): Argument => {
  const names = Object.keys(bits) as (keyof Fields)[];
  return {
    fields: names,
    write(w, fields, place) {
      let sum = 0;
      for (const name of names) if (isSet(fields[name], name, place)) sum |= bits[name] as number;
      writeSmall(w, sum);
    },
  };
};
