/**
 * The commands on many records that give rows.
 *
 * @module
 */

import type { BatchReadRow, BatchWriteRow, MixedRow } from "./batch.ts";
import { APPLIES, callBatch, checkedKeys, itself, keyOf, mixedForm, operated, READS, WRITES } from "./batch-call.ts";
import { type BatchExistence, type BatchRows, existenceOf } from "./batch-rows.ts";
import {
  writeBatchApply,
  writeBatchOperate,
  writeBatchRead,
  writeBatchRemove,
  writeBatchWrite,
} from "./codec/batch.ts";
import { writeMixedBatch } from "./codec/mixed-batch.ts";
import { readsOnly, snapshot } from "./codec/operations.ts";
import { isKey, type Key } from "./key.ts";
import type { Operation } from "./operation.ts";
import type {
  BatchApplyOptions,
  BatchExistsOptions,
  BatchOperateOptions,
  BatchOptions,
  BatchReadOptions,
  BatchRemoveOptions,
  BatchWriteOptions,
} from "./policy.ts";
import type { OperateRecord } from "./record.ts";
import type { Session } from "./session.ts";
import type { BinInput, Bins } from "./values/value.ts";

/** For {@link Client.batchRead}. */
export function batchRead<T extends object>(
  session: Session,
  requests: readonly (Key | BatchReadRow)[],
  options: BatchReadOptions | undefined,
): Promise<BatchRows<T>> {
  const policy = session.policies.batch;
  return callBatch<T, Key | BatchReadRow>(session, requests, "requests", policy, options, {
    key: keyOf,
    form: (request, own) => isKey(request) ? READS : operated(READS, request.operations, own),
    isWrite: false,
    write: (w) => writeBatchRead(w, policy, requests, options),
  });
}

/** For {@link Client.batchExists}. */
export function batchExists(
  session: Session,
  keys: readonly Key[],
  options: BatchExistsOptions | undefined,
): Promise<BatchExistence[]> {
  const policy = session.policies.batchExists;
  return callBatch<Bins, Key>(session, keys, "keys", policy, options, {
    key: itself,
    form: READS,
    isWrite: false,
    write: (w) => writeBatchRead(w, policy, checkedKeys(keys), options, { header: true, path: "" }, "keys"),
  }).then((rows) => rows.toArray().map(existenceOf));
}

/** For {@link Client.batchWrite}. */
export function batchWrite<T extends object>(
  session: Session,
  rows: readonly BatchWriteRow[],
  options: BatchWriteOptions | undefined,
): Promise<BatchRows<T>> {
  const policy = session.policies.batchWrite;
  return callBatch<T, BatchWriteRow>(session, rows, "rows", policy, options, {
    key: (row) => row.key,
    form: (row, own) => operated(WRITES, row.operations, own),
    isWrite: true,
    write: (w) => writeBatchWrite(w, policy, rows, options, session.undefinedBins),
  });
}

/** For {@link Client.batch}. */
export function batchMixed<T extends object>(
  session: Session,
  rows: readonly MixedRow[],
  options: BatchOptions | undefined,
): Promise<BatchRows<T>> {
  const policy = session.policies.batchWrite;
  return callBatch<T, MixedRow>(session, rows, "rows", policy, options, {
    key: (row) => row.key,
    form: mixedForm,
    isWrite: (row) => row?.kind !== "read",
    write: (w) => writeMixedBatch(w, policy, rows, options, session.undefinedBins),
  });
}

/** For {@link Client.batchOperate}. */
export function batchOperate<T extends object>(
  session: Session,
  keys: readonly Key[],
  operations: readonly Operation[],
  options: BatchOperateOptions | undefined,
): Promise<BatchRows<T, OperateRecord<T>>> {
  let own: readonly Operation[];
  let reads: boolean;
  try {
    own = snapshot(operations);
    reads = readsOnly(own);
  } catch (error) {
    // A getter's. What an async method throws, it rejects with.
    return Promise.reject(error);
  }
  const policy = reads ? session.policies.batchReadOperate : session.policies.batchWrite;
  return callBatch<T, Key>(session, keys, "keys", policy, options, {
    key: itself,
    form: { answer: "results", writes: !reads, operations: own },
    isWrite: !reads,
    write: (w) =>
      reads
        ? writeBatchRead(w, policy, checkedKeys(keys), options, { operations: own, path: "" }, "keys")
        : writeBatchOperate(w, policy, keys, own, options),
    // Rows of this form have no other records.
  }) as Promise<BatchRows<T, OperateRecord<T>>>;
}

/** For {@link Client.batchApply}. */
export function batchApply(
  session: Session,
  keys: readonly Key[],
  module: string,
  functionName: string,
  args: readonly BinInput[],
  options: BatchApplyOptions | undefined,
): Promise<BatchRows> {
  const policy = session.policies.batchApply;
  return callBatch<Bins, Key>(session, keys, "keys", policy, options, {
    key: itself,
    form: APPLIES,
    isWrite: true,
    write: (w) => writeBatchApply(w, policy, keys, { module, function: functionName, args }, options),
  });
}

/** For {@link Client.batchRemove}. */
export function batchRemove(
  session: Session,
  keys: readonly Key[],
  options: BatchRemoveOptions | undefined,
): Promise<BatchRows> {
  const policy = session.policies.batchRemove;
  return callBatch<Bins, Key>(session, keys, "keys", policy, options, {
    key: itself,
    form: WRITES,
    isWrite: true,
    write: (w) => writeBatchRemove(w, policy, keys, options),
  });
}
