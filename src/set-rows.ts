/**
 * What the commands of a set take in place of keys and bins of any kind.
 *
 * @module
 */

import type { BatchReadRow, BatchWriteRow, MixedApplyRow, MixedRemoveRow } from "./batch.ts";
import type { ColumnInput } from "./columns/column-input.ts";
import type { ColumnsSchema } from "./columns/schema.ts";
import type { UserKey } from "./key.ts";
import type { Double } from "./values/double.ts";
import type { Bins } from "./values/value.ts";

/** What a write of some bins takes; null deletes a bin. */
export type BinsToWrite<T extends object> = {
  readonly [K in keyof T]?: T[K] | (number extends T[K] ? Double : never) | null | undefined;
};

/** A row of {@link BoundSet.batchRead} that says itself what to read. */
export interface SetReadRow<T extends object = Bins> extends Omit<BatchReadRow, "key" | "bins"> {
  /** The user key of the record. */
  readonly key: UserKey;
  /** The bins to read; the call's `bins` when it is absent. */
  readonly bins?: readonly (keyof T & string)[] | undefined;
}

/** A row of {@link BoundSet.batchWrite}. */
export interface SetWriteRow<T extends object = Bins> extends Omit<BatchWriteRow, "key" | "bins"> {
  /** The user key of the record. */
  readonly key: UserKey;
  /** The bins to write, by name; `null` deletes a bin. */
  readonly bins?: BinsToWrite<T> | undefined;
}

/** A row of {@link BoundSet.batch} that reads. */
export interface SetMixedReadRow<T extends object = Bins> extends SetReadRow<T> {
  /** It reads. */
  readonly kind: "read";
}

/** A row of {@link BoundSet.batch} that writes. */
export interface SetMixedWriteRow<T extends object = Bins> extends SetWriteRow<T> {
  /** It writes. */
  readonly kind: "write";
}

/** A row of {@link BoundSet.batch} that removes a record. */
export interface SetRemoveRow extends Omit<MixedRemoveRow, "key"> {
  /** The user key of the record. */
  readonly key: UserKey;
}

/** A row of {@link BoundSet.batch} that calls a function. */
export interface SetApplyRow extends Omit<MixedApplyRow, "key"> {
  /** The user key of the record, which need not exist. */
  readonly key: UserKey;
}

/** A row of {@link BoundSet.batch}, told by its `kind`. */
export type SetMixedRow<T extends object = Bins> =
  | SetMixedReadRow<T>
  | SetMixedWriteRow<T>
  | SetRemoveRow
  | SetApplyRow;

/** A schema of columns that names bins of `T` only. */
export type SetColumns<T extends object, S extends ColumnsSchema> = {
  readonly [C in keyof S]: (S[C] extends { readonly bin: infer B } ? B : C) extends keyof T ? S[C] : never;
};

/** Columns to write that are bins of `T`. */
export type SetColumnInputs<T extends object> = { readonly [K in keyof T & string]?: ColumnInput };
