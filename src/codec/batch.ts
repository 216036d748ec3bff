/**
 * Batches of one kind (`docs/abi.md`, "Batch body").
 *
 * @module
 */

import type { BatchReadRow, BatchWriteRow } from "../batch.ts";
import { InvalidArgumentError } from "../errors.ts";
import { isKey, type Key } from "../key.ts";
import type { Operation } from "../operation.ts";
import { checkObject } from "../option-check.ts";
import type { BatchReadOptions } from "../policy.ts";
import {
  applyTemplate,
  blockTemplate,
  checkRow,
  type FunctionCall,
  type ReadChoice,
  ReadTemplates,
  rowTemplates,
  type Template,
  TEMPLATE_REMOVE,
  writeKeys,
  writeRows,
  writeTemplate,
} from "./batch-templates.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { checkKey } from "./key.ts";
import { OPERATION_WRITE, readsOnly, writeOperations } from "./operations.ts";
import { type UndefinedBins, writeBins } from "./particle.ts";
import type { PolicyBlock } from "./policy.ts";
import { WRITE_ROW } from "./row-policy.ts";
import { writeArguments } from "./udf.ts";

/** Offsets in a write block, and what stands there. */
const RECORD_EXISTS = 0;
const UPDATE_ONLY = 1;
const WRITE_FLAGS = 3;
const SEND_KEY = 1;
/** How a record is removed by operations. */
export const DELETES: readonly Operation[] = [{ kind: "delete", bin: "" }];

type ReadRequest = Key | BatchReadRow;

/** Writes a batch of reads. `choice` is what to read where a request does not say it; `path` names the requests in errors. */
export function writeBatchRead(
  w: FrameWriter,
  policy: PolicyBlock,
  requests: readonly ReadRequest[],
  options: BatchReadOptions | undefined,
  choice: ReadChoice = readChoice(options),
  path: string = "requests",
): void {
  const start = w.length;
  policy.write(w, options);
  const templates: Template[] = [];
  const reads = new ReadTemplates(templates, w, start, choice);
  writeRows<ReadRequest>(w, requests, {
    templates,
    number: (request, i) => {
      // A key alone needs no text for errors: nothing of its own can be wrong.
      if (isKey(request)) return reads.number(undefined, "");
      const at = `${path}[${i}]`;
      checkRow(request, at, "neither a Key nor an object with a key");
      return reads.number(request, at);
    },
    key: (request) => isKey(request) ? request : request.key,
  });
  reads.checkChoice(w);
}

/** What the call's options say is to be read. */
function readChoice(options: BatchReadOptions | undefined): ReadChoice {
  if (options?.header === true && options.bins !== undefined) {
    throw new InvalidArgumentError("options.header reads no bins, so options.bins has no use beside it");
  }
  return { bins: options?.bins, header: options?.header, path: "options." };
}

/** Writes a batch of writes. */
export function writeBatchWrite(
  w: FrameWriter,
  policy: PolicyBlock,
  rows: readonly BatchWriteRow[],
  options: object | undefined,
  undefinedBins: UndefinedBins,
): void {
  const templates: Template[] = [];
  const number = rowTemplates(templates, "write policies", policy.writeBatch(w, options), WRITE_ROW, writeTemplate);
  writeRows<BatchWriteRow>(w, rows, {
    templates,
    number: (row, i) => {
      checkObject(row, `rows[${i}]`);
      checkKey(row.key, `rows[${i}].key`);
      return number(row, `rows[${i}]`);
    },
    key: (row) => row.key,
    tail: (row, i) => writeRowOperations(w, row, undefinedBins, `rows[${i}]`),
  });
}

/** Writes the bins or operations of a row that writes. */
export function writeRowOperations(
  w: FrameWriter,
  row: BatchWriteRow,
  undefinedBins: UndefinedBins,
  path: string,
): void {
  if (row.operations !== undefined) {
    if (row.bins !== undefined) throw new InvalidArgumentError(`${path} has both bins and operations`);
    if (readsOnly(row.operations) && row.operations.length > 0) {
      throw new InvalidArgumentError(`${path}.operations only reads: use batchRead(), or a row of batch() that reads`);
    }
    return writeOperations(w, row.operations, `${path}.operations`);
  }
  writeBins(w, row.bins, undefinedBins, `${path}.bins`, OPERATION_WRITE);
}

/** Writes a batch of removals. */
export function writeBatchRemove(
  w: FrameWriter,
  policy: PolicyBlock,
  keys: readonly Key[],
  options: object | undefined,
): void {
  const template = removalTemplate(policy.writeBatch(w, options));
  writeAlike(w, keys, template, () => {
    if (template.deletes) writeOperations(w, DELETES, "");
  });
}

/**
 * The template of removals. Core sends no user key with the removal of a node's only row. So where keys are sent, a row is
 * an update that deletes.
 */
export function removalTemplate(block: Uint8Array): Template {
  if (((block[WRITE_FLAGS] as number) & SEND_KEY) === 0) return blockTemplate(TEMPLATE_REMOVE, block);
  const update = block.slice();
  update[RECORD_EXISTS] = UPDATE_ONLY;
  return { ...writeTemplate(update), deletes: true };
}

/** Writes a batch of the same operations on every record, of which at least one writes. */
export function writeBatchOperate(
  w: FrameWriter,
  policy: PolicyBlock,
  keys: readonly Key[],
  operations: readonly Operation[],
  options: object | undefined,
): void {
  const block = policy.writeBatch(w, options);
  writeAlike(w, keys, writeTemplate(block), () => writeOperations(w, operations, "operations"));
}

/** Writes a batch of calls of one function. */
export function writeBatchApply(
  w: FrameWriter,
  policy: PolicyBlock,
  keys: readonly Key[],
  call: FunctionCall & { readonly args: readonly unknown[] },
  options: object | undefined,
): void {
  const block = policy.writeBatch(w, options);
  const template = applyTemplate(block, call);
  writeAlike(w, keys, template, () => writeArguments(w, call.args, "args"));
}

/** Writes rows that are alike but for their keys; what stands behind the keys is written once, and copied. */
function writeAlike(w: FrameWriter, keys: readonly Key[], template: Template, tail: () => void): void {
  let tailAt = 0;
  let tailLength = 0;
  writeKeys(w, keys, [template], (_, i) => {
    if (i > 0) return w.copy(tailAt, tailLength);
    tailAt = w.length;
    tail();
    tailLength = w.length - tailAt;
  });
  // A frame of no rows is not sent, but its arguments are checked.
  if (keys.length === 0) tail();
}
