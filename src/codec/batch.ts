/**
 * Batches (`docs/abi.md`, "Batch body"): what rows share - namespace and set, bins, write policy - is written once.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { packedFilter } from "../exp/expression.ts";
import { isKey, type Key } from "../key.ts";
import type { Operation } from "../operation.ts";
import type { BatchReadOptions, BatchRemoveOptions, BatchWriteOptions } from "../policy.ts";
import type { BatchReadRow, BatchWriteRow } from "../batch.ts";
import { booleanOption, checkNames, checkObject } from "../option-check.ts";
import { writeHeaderSelection, writeSelection } from "./bin-selection.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { checkKey, writeKeyValue } from "./key.ts";
import { OPERATION_WRITE, readsOnly, writeOperations } from "./operations.ts";
import { checkBinName, type UndefinedBins, writeBins } from "./particle.ts";
import { type PolicyBlock, rowBlock, TOUCH_OFFSET, writeFilter } from "./policy.ts";

const LIMIT = 0xffff;
/** The kind of a template that reads. */
export const TEMPLATE_READ = 0;
/** The kind of a template that writes. */
export const TEMPLATE_WRITE = 1;
const TEMPLATE_REMOVE = 2;
/** Offsets in a write block, and what stands there. */
const RECORD_EXISTS = 0;
const UPDATE_ONLY = 1;
const WRITE_FLAGS = 3;
const SEND_KEY = 1;
const DELETES: readonly Operation[] = [{ kind: "delete", bin: "" }];
const READ_ROW_FIELDS = ["key", "bins", "operations", "header", "filter"] as const;
/** What the form of a template that reads is made of. */
const FORM_OPERATIONS = 1;
const FORM_FILTERED = 2;

/** Numbers what rows share, in the order it is first met. */
class Numbering<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  /** The number of `identity`, which stands for `value`. */
  number(identity: unknown, value: T): number {
    let number = this.#numbers.get(identity);
    if (number === undefined) {
      number = this.values.length;
      if (number === LIMIT) throw new InvalidArgumentError(`a batch has at most ${LIMIT} different ${this.#what}`);
      this.values.push(value);
      this.#numbers.set(identity, number);
    }
    return number;
  }
}

/** The namespaces and sets of a batch. */
export class Spaces {
  readonly #numbering = new Numbering<Key>("namespaces and sets");
  #last: Key | undefined;
  #lastNumber = 0;

  /** The number of a key's namespace and set. */
  number(key: Key): number {
    const last = this.#last;
    // Keys of one set mostly come together.
    if (last !== undefined && key.set === last.set && key.namespace === last.namespace) return this.#lastNumber;
    this.#last = key;
    this.#lastNumber = this.#numbering.number(`${key.namespace}\0${key.set}`, key);
    return this.#lastNumber;
  }

  /** Writes them, after the last key was numbered. */
  write(w: FrameWriter): void {
    const keys = this.#numbering.values;
    w.u16(keys.length);
    for (const key of keys) {
      w.name(key.namespace);
      w.name(key.set);
    }
  }
}

type ReadRequest = Key | BatchReadRow;

interface ReadTemplate {
  readonly row: BatchReadRow | undefined;
  readonly path: string;
}

/** Writes a batch of reads. */
export function writeBatchRead(
  w: FrameWriter,
  policy: PolicyBlock,
  requests: readonly ReadRequest[],
  options: BatchReadOptions | undefined,
): void {
  const start = w.length;
  policy.write(w, options);
  const touch = w.view.getUint8(start + TOUCH_OFFSET);
  if (options?.header === true && options.bins !== undefined) {
    throw new InvalidArgumentError("options.header reads no bins, so options.bins has no use beside it");
  }
  const spaces = new Spaces();
  const templates = new Numbering<ReadTemplate>("selections of bins, operations and filters");
  const filters = new FilterIdentities();
  const count = requests.length;
  const numbers = new Uint16Array(count * 2);
  let bins: unknown;
  let identityOfBins: unknown;
  for (let i = 0; i < count; i++) {
    const request = requests[i] as ReadRequest;
    const path = `requests[${i}]`;
    const row = isKey(request) ? undefined : checkReadRow(request, path);
    numbers[i * 2] = spaces.number(row === undefined ? request as Key : row.key);
    let identity: unknown;
    if (row?.bins === undefined) identity = readIdentity(row);
    else {
      // Rows mostly share one list: its names are checked and joined once.
      if (row.bins !== bins) identityOfBins = binsIdentity(bins = row.bins, `${path}.bins`);
      identity = identityOfBins;
    }
    if (row?.filter !== undefined) identity = filters.with(row.filter, identity);
    numbers[i * 2 + 1] = templates.number(identity, { row, path });
  }
  spaces.write(w);
  w.u16(templates.values.length);
  for (const template of templates.values) writeReadTemplate(w, touch, template, options);
  w.u32(count);
  for (let i = 0; i < count; i++) {
    const request = requests[i] as ReadRequest;
    w.u16(numbers[i * 2] as number);
    w.u16(numbers[i * 2 + 1] as number);
    writeKeyValue(w, isKey(request) ? request : request.key);
  }
}

function checkReadRow(row: BatchReadRow, path: string): BatchReadRow {
  if (typeof row !== "object" || row === null) {
    throw new InvalidArgumentError(`${path} is neither a Key nor an object with a key`);
  }
  checkKey(row.key, `${path}.key`);
  checkNames(row, path, READ_ROW_FIELDS);
  if (row.header !== undefined) booleanOption(row.header, `${path}.header`);
  const chosen = [row.bins !== undefined, row.operations !== undefined, row.header === true].filter(Boolean).length;
  if (chosen > 1) throw new InvalidArgumentError(`${path} has more than one of bins, operations and header`);
  return row;
}

/** What makes two rows read the same: the names, or the same list of operations. */
function readIdentity(row: BatchReadRow | undefined): unknown {
  if (row === undefined) return undefined;
  if (row.operations !== undefined) return row.operations;
  return row.header === true ? true : undefined;
}

/** Tells rows with filters of their own apart: one object for each filter and what is read with it. */
class FilterIdentities {
  readonly #known = new Map<unknown, Map<unknown, object>>();

  with(filter: unknown, identity: unknown): object {
    let ofFilter = this.#known.get(filter);
    if (ofFilter === undefined) this.#known.set(filter, ofFilter = new Map());
    let both = ofFilter.get(identity);
    if (both === undefined) ofFilter.set(identity, both = {});
    return both;
  }
}

/** The names of a row's bins as one text, which no other list of names has: none of them holds a NUL. */
function binsIdentity(bins: unknown, path: string): string {
  if (!Array.isArray(bins)) throw new InvalidArgumentError(`${path} is not an array: it must be a list of bin names`);
  for (let i = 0; i < bins.length; i++) checkBinName(bins[i], `${path}[${i}]`);
  return bins.join("\0");
}

function writeReadTemplate(
  w: FrameWriter,
  touch: number,
  template: ReadTemplate,
  options: BatchReadOptions | undefined,
): void {
  const { row, path } = template;
  w.u8(TEMPLATE_READ);
  w.u8(touch);
  w.u8((row?.operations === undefined ? 0 : FORM_OPERATIONS) | (row?.filter === undefined ? 0 : FORM_FILTERED));
  if (row?.filter !== undefined) writeFilter(w, packedFilter(row.filter, `${path}.filter`));
  if (row?.operations !== undefined) {
    if (Array.isArray(row.operations) && !readsOnly(row.operations)) {
      throw new InvalidArgumentError(`${path}.operations has a write: batchRead() only reads, use batchWrite()`);
    }
    return writeOperations(w, row.operations, `${path}.operations`);
  }
  if (row?.header === true || (row?.bins === undefined && options?.header === true)) return writeHeaderSelection(w);
  if (row?.bins !== undefined) return writeSelection(w, row.bins, `${path}.bins`);
  writeSelection(w, options?.bins, "options.bins");
}

/** The write blocks of a batch's rows, numbered. */
class WriteTemplates {
  readonly #numbering = new Numbering<Uint8Array<ArrayBuffer>>("write policies");
  readonly #shared: Uint8Array<ArrayBuffer>;

  constructor(shared: Uint8Array<ArrayBuffer>) {
    this.#shared = shared;
  }

  number(row: object | undefined, path: string): number {
    const block = row === undefined ? this.#shared : rowBlock(this.#shared, row, path);
    return this.#numbering.number(block === this.#shared ? undefined : block.join(), block);
  }

  write(w: FrameWriter, kind: number): void {
    w.u16(this.#numbering.values.length);
    for (const block of this.#numbering.values) {
      w.u8(kind);
      w.blob(block);
    }
  }
}

/** Writes a batch of writes. */
export function writeBatchWrite(
  w: FrameWriter,
  policy: PolicyBlock,
  rows: readonly BatchWriteRow[],
  options: BatchWriteOptions | undefined,
  undefinedBins: UndefinedBins,
): void {
  const templates = new WriteTemplates(policy.writeBatch(w, options));
  const spaces = new Spaces();
  const count = rows.length;
  const numbers = new Uint16Array(count * 2);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as BatchWriteRow;
    checkObject(row, `rows[${i}]`);
    checkKey(row.key, `rows[${i}].key`);
    numbers[i * 2] = spaces.number(row.key);
    numbers[i * 2 + 1] = templates.number(row, `rows[${i}]`);
  }
  spaces.write(w);
  templates.write(w, TEMPLATE_WRITE);
  w.u32(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as BatchWriteRow;
    w.u16(numbers[i * 2] as number);
    w.u16(numbers[i * 2 + 1] as number);
    writeKeyValue(w, row.key);
    writeRowOperations(w, row, undefinedBins, `rows[${i}]`);
  }
}

function writeRowOperations(w: FrameWriter, row: BatchWriteRow, undefinedBins: UndefinedBins, path: string): void {
  if (row.operations !== undefined) {
    if (row.bins !== undefined) throw new InvalidArgumentError(`${path} has both bins and operations`);
    if (readsOnly(row.operations) && row.operations.length > 0) {
      throw new InvalidArgumentError(`${path}.operations only reads: use batchRead()`);
    }
    return writeOperations(w, row.operations as readonly Operation[], `${path}.operations`);
  }
  writeBins(w, row.bins, undefinedBins, `${path}.bins`, OPERATION_WRITE);
}

/** Writes a batch of removals. */
export function writeBatchRemove(
  w: FrameWriter,
  policy: PolicyBlock,
  keys: readonly Key[],
  options: BatchRemoveOptions | undefined,
): void {
  const block = policy.writeBatch(w, options);
  // Core sends no user key with the removal of a node's only row. So where keys are sent, a row is an update that deletes.
  const sendsKey = ((block[WRITE_FLAGS] as number) & SEND_KEY) !== 0;
  if (sendsKey) block[RECORD_EXISTS] = UPDATE_ONLY;
  const templates = new WriteTemplates(block);
  const spaces = new Spaces();
  const numbers = new Uint16Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as Key;
    checkKey(key, `keys[${i}]`);
    numbers[i] = spaces.number(key);
  }
  templates.number(undefined, "keys");
  spaces.write(w);
  templates.write(w, sendsKey ? TEMPLATE_WRITE : TEMPLATE_REMOVE);
  w.u32(keys.length);
  for (let i = 0; i < keys.length; i++) {
    w.u16(numbers[i] as number);
    w.u16(0);
    writeKeyValue(w, keys[i] as Key);
    if (sendsKey) writeOperations(w, DELETES, "");
  }
}
