/**
 * Operations on one record, for `operate` and for the rows of batches.
 *
 * @module
 */

import type { Expression, ValueType } from "./exp/expression.ts";
import type { BitOperations } from "./operations/bit.ts";
import type { OperationFields } from "./operations/fields.ts";
import type { HllOperations } from "./operations/hll.ts";
import type { ListOperations } from "./operations/list.ts";
import type { MapOperations } from "./operations/map.ts";
import type { PathOperations } from "./operations/path.ts";
import type { StringOperations } from "./operations/string.ts";
import type { Double } from "./values/double.ts";
import type { BinInput } from "./values/value.ts";

/** What an operation does to a bin or a record as a whole. */
export type WholeKind =
  | "read"
  | "write"
  | "add"
  | "append"
  | "prepend"
  | "touch"
  | "delete"
  | "read-all"
  | "header"
  | "read-exp"
  | "write-exp";

/** What an operation does to what is in a bin. */
export type InsideKind =
  | `list.${keyof ListOperations}`
  | `map.${keyof MapOperations}`
  | `bit.${keyof BitOperations}`
  | `hll.${keyof HllOperations}`
  | `string.${keyof StringOperations}`
  | `path.${keyof PathOperations}`;

/** What an operation does. */
export type OperationKind = WholeKind | InsideKind;

/** One operation; make it with {@link op}, `list`, `map`, `bit`, `hll`, `string` or `path`. */
export interface Operation extends OperationFields, WriteExpOptions {
  /** What it does. */
  readonly kind: OperationKind;
  /** The bin it works on; empty where it works on the whole record. */
  readonly bin: string;
  /** Its operand, where it has one. */
  readonly value?: BinInput;
  /** What is computed, for `"read-exp"`, `"write-exp"` and `"path.modify"`. */
  readonly expression?: Expression<ValueType>;
}

/** Options of `op.readExp`. */
export interface ReadExpOptions {
  /** An expression without a value gives null, and no error. */
  readonly evalNoFail?: boolean | undefined;
}

/** Options of `op.writeExp`. */
export interface WriteExpOptions extends ReadExpOptions {
  /** Refuses a bin that is there: code 6 (`BIN_EXISTS`). */
  readonly createOnly?: boolean | undefined;
  /** Refuses a bin that is not there: code 17 (`BIN_NOT_FOUND`). */
  readonly updateOnly?: boolean | undefined;
  /** Nil deletes the bin, instead of an error. */
  readonly allowDelete?: boolean | undefined;
  /** What `createOnly` or `updateOnly` refuses, or a nil that is not allowed, is left out, and no error. */
  readonly policyNoFail?: boolean | undefined;
}

/** The builders of operations: plain functions that return plain objects. */
export interface OperationBuilders {
  /** Reads a bin. */
  read(bin: string): Operation;
  /** Reads every bin: they are in the record's `bins`, and its own result is null. */
  readAll(): Operation;
  /** Reads generation and ttl only; its result is null. */
  header(): Operation;
  /** Writes a bin; `null` deletes it. */
  write(bin: string, value: BinInput): Operation;
  /** Adds to a number; a bin that does not exist counts as 0. */
  add(bin: string, value: number | bigint | Double): Operation;
  /** Appends to a string or blob; a bin that does not exist counts as empty. */
  append(bin: string, value: string | Uint8Array): Operation;
  /** Prepends to a string or blob; a bin that does not exist counts as empty. */
  prepend(bin: string, value: string | Uint8Array): Operation;
  /** Sets the record's ttl anew, from the `ttl` option. */
  touch(): Operation;
  /** Deletes the record. */
  delete(): Operation;
  /**
   * Reads what an expression gives; `name`, as long as a bin's may be, is that of the result in `bins`. Not beside
   * `readAll`, where the server would not answer it.
   */
  readExp(name: string, expression: Expression<ValueType>, options?: ReadExpOptions): Operation;
  /** Writes what an expression gives to a bin. */
  writeExp(bin: string, expression: Expression<ValueType>, options?: WriteExpOptions): Operation;
}

/**
 * Builders of operations. They are carried out in order, as one transaction on the record.
 *
 * ```ts
 * import { connect, Key, op } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "counters", "visits");
 * const result = await client.operate(key, [op.add("count", 1), op.write("by", "alice"), op.read("count")]);
 * console.log(result?.bins);
 * ```
 */
export const op: OperationBuilders = Object.freeze({
  read: (bin: string): Operation => ({ kind: "read", bin }),
  readAll: (): Operation => ({ kind: "read-all", bin: "" }),
  header: (): Operation => ({ kind: "header", bin: "" }),
  write: (bin: string, value: BinInput): Operation => ({ kind: "write", bin, value }),
  add: (bin: string, value: number | bigint | Double): Operation => ({ kind: "add", bin, value }),
  append: (bin: string, value: string | Uint8Array): Operation => ({ kind: "append", bin, value }),
  prepend: (bin: string, value: string | Uint8Array): Operation => ({ kind: "prepend", bin, value }),
  touch: (): Operation => ({ kind: "touch", bin: "" }),
  delete: (): Operation => ({ kind: "delete", bin: "" }),
  readExp: (name: string, expression: Expression<ValueType>, options?: ReadExpOptions): Operation => ({
    ...options,
    kind: "read-exp",
    bin: name,
    expression,
  }),
  writeExp: (bin: string, expression: Expression<ValueType>, options?: WriteExpOptions): Operation => ({
    ...options,
    kind: "write-exp",
    bin,
    expression,
  }),
});
