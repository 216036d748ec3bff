/**
 * The commands on many records that read and write columns.
 *
 * @module
 */

import { callBatch, emptyBatch, itself, listLength, WRITES } from "./batch-call.ts";
import { BatchRows } from "./batch-rows.ts";
import {
  emptyPayload,
  fillTargets,
  type Layouts,
  readColumns,
  readTargets,
  type Targets,
  writeColumnsRead,
} from "./codec/columns.ts";
import { checkColumns, writeColumns } from "./codec/columns-writer.ts";
import type { ColumnInputs } from "./columns/column-input.ts";
import type { Columns } from "./columns/columns.ts";
import { type ColumnsSchema, readSchema } from "./columns/schema.ts";
import { Command } from "./command.ts";
import { AerospikeError } from "./errors.ts";
import type { Key } from "./key.ts";
import type { BatchColumnsOptions, BatchWriteOptions } from "./policy.ts";
import { Code } from "./result-code.ts";
import { isFailure, ownBytes, type Session } from "./session.ts";
import type { Bins } from "./values/value.ts";

/** For {@link Client.batchReadColumns}. */
export function batchReadColumns<S extends ColumnsSchema>(
  session: Session,
  keys: readonly Key[],
  schema: S,
  options: BatchColumnsOptions<S> | undefined,
): Promise<Columns<S>> {
  const policy = session.policies.batchColumns;
  let layouts: Layouts;
  let targets: Targets;
  let length: number;
  try {
    length = listLength(keys, "keys");
    layouts = readSchema(schema);
    targets = readTargets(options?.into, layouts, length);
  } catch (error) {
    return Promise.reject(error);
  }
  if (length === 0) {
    const none = () => fillTargets(readColumns<S>(emptyPayload(layouts), layouts, 0), targets);
    return emptyBatch(session, options, () => policy.check(options), none);
  }
  const strict = options?.strict === true;
  return session.send(Command.BATCH_COLUMNS, policy, options, false, (w) => {
    writeColumnsRead(w, policy, keys, layouts, options);
  }, (reply) => {
    if (isFailure(reply)) throw session.error(reply, {});
    const columns = readColumns<S>(ownBytes(reply), layouts, length);
    if (strict) refuseBadCells(columns);
    return fillTargets(columns, targets);
  });
}

/** For {@link Client.batchWriteColumns}. */
export function batchWriteColumns<S extends ColumnsSchema>(
  session: Session,
  keys: readonly Key[],
  columns: ColumnInputs | Columns<S>,
  options: BatchWriteOptions | undefined,
): Promise<BatchRows> {
  const policy = session.policies.batchWrite;
  if (Array.isArray(keys) && keys.length === 0) {
    return emptyBatch(session, options, () => policy.check(options), () => {
      checkColumns(columns);
      return new BatchRows([], undefined);
    });
  }
  return callBatch<Bins, Key>(session, keys, "keys", policy, options, {
    key: itself,
    form: WRITES,
    isWrite: true,
    write: (w) => writeColumns(w, policy, keys, columns, options),
  });
}

/** What `strict` asks for. */
function refuseBadCells<S extends ColumnsSchema>({ errors }: Columns<S>): void {
  const [first] = errors;
  if (first === undefined) return;
  const count = errors.length === 1 ? "1 cell has a value" : `${errors.length} cells have values`;
  const message = `${count} that the schema has no place for; the first: row ${first.row} of the column ` +
    `${JSON.stringify(first.column)}, ${first.reason}; without strict, errors tells of them`;
  throw new AerospikeError(message, { code: Code.CLIENT, sent: true });
}
