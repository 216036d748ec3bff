/**
 * The rows that batches are asked for.
 *
 * @module
 */

import type { Key } from "./key.ts";
import type { Operation } from "./operation.ts";
import type {
  ApplyFields,
  FilterFields,
  GenerationFields,
  ReadModeFields,
  RemoveFields,
  WriteFields,
} from "./policy.ts";
import type { BinInput } from "./values/value.ts";

/** A row of `batchRead` that says itself what to read: at most one of `bins`, `operations` and `header`. */
export interface BatchReadRow extends ReadModeFields, FilterFields {
  /** The record. */
  readonly key: Key;
  /** The bins to read; the call's `bins` when it is absent. */
  readonly bins?: readonly string[] | undefined;
  /** Operations that read. Share one list among rows: it is sent once. */
  readonly operations?: readonly Operation[] | undefined;
  /** Reads generation and ttl only. */
  readonly header?: boolean | undefined;
}

/** A row of `batchWrite`: a record with its bins or operations, and its own policy where it differs from the call's. */
export interface BatchWriteRow extends WriteFields, GenerationFields, FilterFields {
  /** The record. */
  readonly key: Key;
  /** The bins to write, by name; `null` deletes a bin. */
  readonly bins?: object | undefined;
  /** Operations instead of bins. */
  readonly operations?: readonly Operation[] | undefined;
}

/** A row of `batch` that reads: all bins, where it has none of `bins`, `operations` and `header`. */
export interface MixedReadRow extends BatchReadRow {
  /** It reads. */
  readonly kind: "read";
}

/** A row of `batch` that writes bins, or carries out operations of which at least one writes. */
export interface MixedWriteRow extends BatchWriteRow {
  /** It writes. */
  readonly kind: "write";
}

/** A row of `batch` that removes a record. */
export interface MixedRemoveRow extends RemoveFields, GenerationFields, FilterFields {
  /** It removes. */
  readonly kind: "remove";
  /** The record. */
  readonly key: Key;
  /** Sends the user key too: the server then compares it with the one that it stores. Default false. */
  readonly sendKey?: boolean | undefined;
}

/** A row of `batch` that calls a function, in a module that is registered with the server, on a record. */
export interface MixedApplyRow extends ApplyFields, FilterFields {
  /** It calls a function. */
  readonly kind: "apply";
  /** The record, which need not exist. */
  readonly key: Key;
  /** The module, by the name it was registered under and without `.lua`. */
  readonly module: string;
  /** The function. */
  readonly function: string;
  /** Its arguments behind the record; none when it is absent. */
  readonly args?: readonly BinInput[] | undefined;
}

/** A row of `batch`, told by its `kind`, with its own policy where it differs from the call's. */
export type MixedRow = MixedReadRow | MixedWriteRow | MixedRemoveRow | MixedApplyRow;
