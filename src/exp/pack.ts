/**
 * Expressions packed as the server reads them: MessagePack arrays that begin with the number of what they compute.
 *
 * @module
 */

import { FrameWriter } from "../codec/frame-writer.ts";
import { writeArrayHeader, writeNested, writeTextHeader } from "../codec/msgpack-writer.ts";
import { toArgumentError } from "../codec/value-problem.ts";
import { Expression, type ExpressionType, type Piece, type ValueType } from "./expression.ts";

/** The numbers of expressions. */
export const Op = {
  UNKNOWN: 0,
  EQ: 1,
  NE: 2,
  GT: 3,
  GE: 4,
  LT: 5,
  LE: 6,
  REGEX: 7,
  GEO: 8,
  IN_LIST: 9,
  AND: 16,
  OR: 17,
  NOT: 18,
  XOR: 19,
  ADD: 20,
  SUB: 21,
  MUL: 22,
  DIV: 23,
  POW: 24,
  LOG: 25,
  MOD: 26,
  ABS: 27,
  FLOOR: 28,
  CEIL: 29,
  TO_INT: 30,
  TO_FLOAT: 31,
  INT_AND: 32,
  INT_OR: 33,
  INT_XOR: 34,
  INT_NOT: 35,
  INT_LSHIFT: 36,
  INT_RSHIFT: 37,
  INT_ARSHIFT: 38,
  INT_COUNT: 39,
  INT_LSCAN: 40,
  INT_RSCAN: 41,
  MIN: 50,
  MAX: 51,
  DIGEST_MODULO: 64,
  LAST_UPDATE: 66,
  SINCE_UPDATE: 67,
  VOID_TIME: 68,
  TTL: 69,
  SET_NAME: 70,
  KEY_EXISTS: 71,
  IS_TOMBSTONE: 72,
  RECORD_SIZE: 74,
  KEY: 80,
  BIN: 81,
  BIN_TYPE: 82,
  TO_STRING: 99,
  REMOVE_RESULT: 100,
  MAP_KEYS: 101,
  MAP_VALUES: 102,
  LOOP_VARIABLE: 122,
  COND: 123,
  VAR: 124,
  LET: 125,
  QUOTED: 126,
  CALL: 127,
  AEL: 128,
} as const;

/** The server's numbers of types. */
export const TYPE_NUMBERS: Readonly<Record<ValueType, number>> = Object.freeze({
  nil: 0,
  bool: 1,
  int: 2,
  string: 3,
  list: 4,
  map: 5,
  blob: 6,
  float: 7,
  geo: 8,
  hll: 9,
});

/** Where the operations of a call are: on lists and maps, bits, sketches, or texts. */
export const Module = { COLLECTION: 0, BIT: 1, HLL: 2, STRING: 3 } as const;
/** Marks a call that changes what it is given. */
const MODIFY = 0x40;

const scratch: FrameWriter = new FrameWriter();
// Nothing that is packed here is stored as it stands.
scratch.takesPlaceholders = true;

/** The bytes that `write` writes; what cannot be written is the error of `path`. */
export function pack(write: (w: FrameWriter) => void, path = ""): Uint8Array<ArrayBuffer> {
  // A value's getter may make an expression of its own, which then stands behind this one for a while.
  const start = scratch.length;
  try {
    write(scratch);
    return scratch.bytes.slice(start, scratch.length);
  } catch (error) {
    throw toArgumentError(error, path);
  } finally {
    scratch.truncate(start);
  }
}

/** Writes a small integer. */
export function writeInt(w: FrameWriter, value: number): void {
  writeNested(w, value, 0);
}

/** Writes a text as the server's names are: without the type that values have. */
export function writeRawText(w: FrameWriter, text: string): void {
  const bytes = encoder.encode(text);
  writeTextHeader(w, bytes.length);
  w.blob(bytes);
}

const encoder: TextEncoder = new TextEncoder();

/** An expression of a number and what it is computed from. `count` says how many that are where a piece holds several. */
export function node<T extends ExpressionType>(
  type: T,
  op: number,
  operands: readonly Piece[] = [],
  count = operands.length,
): Expression<T> {
  return new Expression(type, [head(op, count), ...operands]);
}

/** The beginning of an expression with so many operands. */
export function head(op: number, operands: number): Uint8Array<ArrayBuffer> {
  return pack((w) => {
    writeArrayHeader(w, operands + 1);
    writeInt(w, op);
  });
}

/** An argument of a call: an expression, or a number that is part of the operation. */
export type Argument = Piece | number;

/** A call of an operation: what it works on, and its arguments, of which the first is its number. */
export interface Call {
  /** One of {@link Module}. */
  readonly module: number;
  /** Whether it changes what it is given. */
  readonly modifies?: boolean;
  /** What it works on. */
  readonly source: Expression<ExpressionType>;
  /** Its number, and the rest. */
  readonly args: readonly Argument[];
  /** How many arguments these are where a piece holds several. */
  readonly count?: number;
  /** Stands before the arguments: the way to where the operation works. */
  readonly context?: Uint8Array | undefined;
}

/** The expression of a call; `result` is the type that the server is told. */
export function call<T extends ValueType>(result: ValueType, type: T, parts: Call): Expression<T> {
  const { module, modifies, source, args, count = args.length, context } = parts;
  const begin = pack((w) => {
    writeArrayHeader(w, 5);
    writeInt(w, Op.CALL);
    writeInt(w, TYPE_NUMBERS[result]);
    writeInt(w, modifies === true ? module | MODIFY : module);
    if (context !== undefined) w.blob(context);
    writeArrayHeader(w, count);
  });
  const pieces = args.map((arg) => typeof arg === "number" ? pack((w) => writeInt(w, arg)) : arg);
  return new Expression(type, [begin, ...pieces, source]);
}

/** Writes the header of bytes that have no type, as a text in AEL and an expression in a context are. */
export function writeBinHeader(w: FrameWriter, size: number): void {
  if (size < 0x100) {
    w.u8(0xc4);
    w.u8(size);
  } else if (size < 0x1_0000) {
    w.u8(0xc5);
    w.u16BE(size);
  } else {
    w.u8(0xc6);
    w.u32BE(size);
  }
}
