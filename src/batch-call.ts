/**
 * A call of many rows: what every kind of it sends and gives.
 *
 * @module
 */

import type { BatchReadRow, MixedRow } from "./batch.ts";
import { BatchRows } from "./batch-rows.ts";
import { FrameWriter } from "./codec/frame-writer.ts";
import { checkKey } from "./codec/key.ts";
import { snapshot } from "./codec/operations.ts";
import type { PolicyBlock } from "./codec/policy.ts";
import { type RowForm, RowsReader } from "./codec/rows-reader.ts";
import { Command } from "./command.ts";
import { ClientClosedError, InvalidArgumentError } from "./errors.ts";
import { isKey, type Key } from "./key.ts";
import type { Operation } from "./operation.ts";
import type { CommandOptions } from "./policy.ts";
import { isFailure, ownBytes, type SendOptions, type Session } from "./session.ts";

/** What a batch is made of. */
export interface BatchCall<R> {
  /** The record of a row. */
  readonly key: (request: R) => Key;
  /** What a row asks for, or all of them. */
  readonly form: RowForm | ((request: R, own: OwnOperations) => RowForm);
  /** Whether a row writes, or any of them. */
  readonly isWrite: boolean | ((request: R) => boolean);
  /** Writes the frame. */
  readonly write: (w: FrameWriter) => void;
}

/** Sends a batch; `path` is what the caller knows its rows by. */
export function callBatch<T extends object, R>(
  session: Session,
  requests: readonly R[],
  path: string,
  policy: PolicyBlock,
  options: SendOptions | undefined,
  call: BatchCall<R>,
): Promise<BatchRows<T>> {
  let isEmpty: boolean;
  let isWrite: boolean;
  try {
    isEmpty = listLength(requests, path) === 0;
    isWrite = typeof call.isWrite === "function" ? requests.some(call.isWrite) : call.isWrite;
  } catch (error) {
    return Promise.reject(error);
  }
  if (isEmpty) {
    return emptyBatch(session, options, () => call.write(new FrameWriter()), () => new BatchRows<T>([], undefined));
  }
  // What the answer needs to know of the request, taken when it is sent: the caller may change its list while it runs.
  let keys: Key[] = [];
  let forms: RowForm | readonly RowForm[] = [];
  return session.send(Command.BATCH, policy, options, isWrite, (w) => {
    call.write(w);
    keys = requests.map(call.key);
    const { form } = call;
    const own = ownOperations();
    forms = typeof form === "function" ? requests.map((request) => form(request, own)) : form;
  }, (reply) => {
    if (isFailure(reply)) throw session.error(reply, {});
    const request = { decode: session.decode, path, forms };
    return new BatchRows<T>(keys, new RowsReader<T>(ownBytes(reply), keys.length, request));
  });
}

/** No keys, no call; but a closed client, an abort and what `check` throws of wrong arguments are what they are. */
export async function emptyBatch<T>(
  session: Session,
  options: CommandOptions | undefined,
  check: () => void,
  result: () => T,
): Promise<T> {
  if (session.closing !== undefined) throw new ClientClosedError();
  check();
  if (options?.signal?.aborted) throw options.signal.reason;
  return await Promise.resolve(result());
}

/** The form of rows that read bins. */
export const READS: RowForm = { answer: "bins", writes: false };
/** The form of rows that write bins, or remove records. */
export const WRITES: RowForm = { answer: "none", writes: true };
/** The form of rows that call a function. */
export const APPLIES: RowForm = { answer: "returned", writes: true };

/** Gives the operations as they are now. */
export type OwnOperations = (operations: readonly Operation[]) => readonly Operation[];

/** Copies each list once, however many rows share it. */
function ownOperations(): OwnOperations {
  const copies = new Map<readonly Operation[], readonly Operation[]>();
  return (operations) => {
    let copy = copies.get(operations);
    if (copy === undefined) copies.set(operations, copy = snapshot(operations));
    return copy;
  };
}

/** The form of a row that may have operations. */
export function operated(form: RowForm, operations: readonly Operation[] | undefined, own: OwnOperations): RowForm {
  return operations === undefined ? form : { answer: "results", writes: form.writes, operations: own(operations) };
}

/** The form of a row by its kind. */
export function mixedForm(row: MixedRow, own: OwnOperations): RowForm {
  switch (row.kind) {
    case "read":
      return operated(READS, row.operations, own);
    case "write":
      return operated(WRITES, row.operations, own);
    case "remove":
      return WRITES;
    default:
      return APPLIES;
  }
}

/** The key of a row that is nothing else. */
export function itself(key: Key): Key {
  return key;
}

/** The key of a row that may be nothing else. */
export function keyOf(request: Key | BatchReadRow): Key {
  return isKey(request) ? request : request.key;
}

/** The keys of a batch whose rows have nothing of their own. */
export function checkedKeys(keys: readonly Key[]): readonly Key[] {
  for (let i = 0; i < keys.length; i++) checkKey(keys[i], `keys[${i}]`);
  return keys;
}

/** How many rows a batch has. */
export function listLength(list: unknown, path: string): number {
  if (!Array.isArray(list)) throw new InvalidArgumentError(`${path} is not an array: a batch takes a list`);
  return list.length;
}
