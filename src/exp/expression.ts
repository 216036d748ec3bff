/**
 * Expressions: what the server computes from a record.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { InvalidArgumentError } from "../errors.ts";

/** The types of what expressions compute. */
export type ValueType = "nil" | "bool" | "int" | "string" | "list" | "map" | "blob" | "float" | "geo" | "hll";

/** The type of an expression: that of its value, or `"ael"` for a text that the server compiles. */
export type ExpressionType = ValueType | "ael";

/** What a `filter` may be. */
export type Filter = Expression<"bool"> | Expression<"ael">;

/** A piece of an expression: packed bytes, or an expression within it. */
export type Piece = Uint8Array | Expression<ExpressionType>;

let packedOf: (expression: Expression<ExpressionType>) => Uint8Array<ArrayBuffer>;
let isExpressionOf: (value: object) => boolean;

/**
 * What the server computes from a record, for filters and for `op.readExp` and `op.writeExp`. Make it with {@link exp}.
 *
 * Immutable, and packed once, when it is first needed: keep it and use it again. `T` is the type of its value, so that
 * comparing a string bin with a number does not compile.
 *
 * ```ts
 * import { exp, type Expression } from "@aerospike-ts/client";
 *
 * const isAdult: Expression<"bool"> = exp.ge(exp.intBin("age"), 18);
 * console.log(exp.fromBase64(isAdult.toBase64()).toBase64() === isAdult.toBase64()); // true
 * ```
 */
export class Expression<out T extends ExpressionType = ExpressionType> {
  /** The type of its value. */
  readonly type: T;
  #pieces: readonly Piece[];
  #packed: Uint8Array<ArrayBuffer> | undefined;

  static {
    packedOf = (expression) => {
      if (expression.#packed === undefined) {
        expression.#packed = joined(expression.#pieces);
        // The expressions within it are not needed any more.
        expression.#pieces = [];
      }
      return expression.#packed;
    };
    isExpressionOf = (value) => #pieces in value;
  }

  /** Made by the functions of {@link exp}. */
  constructor(type: T, pieces: readonly Piece[]) {
    this.type = type;
    this.#pieces = pieces;
  }

  /** The expression as it is sent, a copy. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return packedOf(this).slice();
  }

  /** The expression as Base64, the form in which all clients of Aerospike exchange them. */
  toBase64(): string {
    return Buffer.from(packedOf(this)).toString("base64");
  }

  /** Its type and form, for logs: a filter may hold personal data, so its values are not shown. */
  toString(): string {
    return `Expression<${this.type}>`;
  }
}

/** Whether a value is an expression. */
export function isExpression(value: unknown): value is Expression<ExpressionType> {
  return typeof value === "object" && value !== null && isExpressionOf(value);
}

/** The packed bytes without a copy; for the codec, which does not keep or change them. */
export function packed(expression: Expression<ExpressionType>): Uint8Array<ArrayBuffer> {
  return packedOf(expression);
}

/** The packed bytes of a filter; throws where it is none. `path` names it in the error. */
export function packedFilter(value: unknown, path: string): Uint8Array<ArrayBuffer> {
  if (!isExpression(value)) {
    throw new InvalidArgumentError(`${path} is not an expression: make one with exp, as exp.gt(exp.intBin("age"), 17)`);
  }
  const type: string = value.type;
  if (type !== "bool" && type !== "ael" && type !== UNKNOWN) {
    throw new InvalidArgumentError(`${path} is an expression of the type ${type}: a filter is of the type bool`);
  }
  return packedOf(value);
}

/** The packed bytes of what a value is computed with; throws where it is no such expression. */
export function computed(value: unknown, path: string): Uint8Array<ArrayBuffer> {
  if (!isExpression(value) || (value.type as string) === "ael") {
    throw new InvalidArgumentError(`${path} is nothing to compute: make it with exp, as exp.intBin("a")`);
  }
  return packedOf(value);
}

/** The type of what fits everywhere, as an error does. */
export const UNKNOWN = "unknown";

/** An expression that fits everywhere. */
export function untyped(pieces: readonly Piece[]): Expression<never> {
  return new Expression(UNKNOWN as never, pieces);
}

function joined(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const chunks = pieces.map((piece) => piece instanceof Uint8Array ? piece : packedOf(piece));
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
