/**
 * The rows that batches are asked for.
 *
 * @module
 */

import type { Key } from "./key.ts";
import type { Operation } from "./operation.ts";
import type { FilterFields, GenerationFields, WriteFields } from "./policy.ts";

/** A row of `batchRead` that says itself what to read: at most one of `bins`, `operations` and `header`. */
export interface BatchReadRow extends FilterFields {
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
