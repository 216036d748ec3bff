/**
 * What the rows of batches share (`docs/abi.md`, "Batch body"): each is written once, and has a number.
 *
 * @module
 */

import type { BatchReadRow } from "../batch.ts";
import { InvalidArgumentError } from "../errors.ts";
import { packedFilter } from "../exp/expression.ts";
import type { Key } from "../key.ts";
import type { Operation } from "../operation.ts";
import { booleanOption, checkNames } from "../option-check.ts";
import { writeHeaderSelection, writeSelection } from "./bin-selection.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { checkKey, writeKeyValue } from "./key.ts";
import { checkOperationList, readsOnly, writeOperations } from "./operations.ts";
import { checkBinName } from "./particle.ts";
import { MODES_OFFSET, writeFilter } from "./policy.ts";
import { rowBlock, type RowFields, rowModes } from "./row-policy.ts";
import { callName, moduleName } from "./udf.ts";

const LIMIT = 0xffff;
/** The kind of a template that reads. */
export const TEMPLATE_READ = 0;
/** The kind of a template that writes. */
export const TEMPLATE_WRITE = 1;
/** The kind of a template that removes. */
export const TEMPLATE_REMOVE = 2;
const TEMPLATE_APPLY = 3;
/** What the form of a template that reads is made of. */
const FORM_OPERATIONS = 1;
const FORM_FILTERED = 2;
const FORM_MODES = 4;
/** How many bytes of a base block a row may have of its own: two read modes, and the share of the ttl. */
const MODES_BYTES = 3;

const READ_ROW_FIELDS = [
  ...["key", "bins", "operations", "header", "filter", "readModeAP", "readModeSC", "readTouchTtlPercent"] as const,
];
const MIXED_READ_ROW_FIELDS = [...READ_ROW_FIELDS, "kind"] as const;

/** Something that rows share. */
export interface Template {
  /** Whether a row that removes is an update that deletes. */
  readonly deletes?: boolean;
  /** Writes it. */
  write(w: FrameWriter): void;
}

/** Numbers what rows share, in the order it is first met. */
export class Numbering<T> {
  /** What has a number, in that order. */
  readonly values: T[];
  readonly #numbers = new Map<unknown, number>();
  readonly #what: string;

  /** Those who share `values` have one order of numbers. */
  constructor(what: string, values: T[] = []) {
    this.#what = what;
    this.values = values;
  }

  /** The number of `identity`, where it has one. */
  get(identity: unknown): number | undefined {
    return this.#numbers.get(identity);
  }

  /** The number of a new `identity`, which stands for `value`. */
  add(identity: unknown, value: T): number {
    const number = this.values.length;
    if (number === LIMIT) throw new InvalidArgumentError(`a batch has at most ${LIMIT} different ${this.#what}`);
    this.values.push(value);
    this.#numbers.set(identity, number);
    return number;
  }
}

/** The namespaces and sets of a batch. */
class Spaces {
  readonly #numbering = new Numbering<Key>("namespaces and sets");
  #last: Key | undefined;
  #lastNumber = 0;

  /** The number of a key's namespace and set. */
  number(key: Key): number {
    const last = this.#last;
    // Keys of one set mostly come together.
    if (last !== undefined && key.set === last.set && key.namespace === last.namespace) return this.#lastNumber;
    this.#last = key;
    const identity = `${key.namespace}\0${key.set}`;
    this.#lastNumber = this.#numbering.get(identity) ?? this.#numbering.add(identity, key);
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

/** What a batch's rows are made of. */
export interface RowWriter<R> {
  /** What rows share, complete once the last row has its number. */
  readonly templates: readonly Template[];
  /** Checks a row, and gives the number of its template. */
  number(row: R, i: number): number;
  /** The key of a row. */
  key(row: R): Key;
  /** Writes what stands behind a row's key. */
  readonly tail?: ((row: R, i: number, template: Template) => void) | undefined;
}

/** Writes the rows of a batch, and in front of them what they share. */
export function writeRows<R>(w: FrameWriter, rows: readonly R[], writer: RowWriter<R>): void {
  const spaces = new Spaces();
  const count = rows.length;
  const numbers = new Uint16Array(count * 2);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as R;
    numbers[i * 2 + 1] = writer.number(row, i);
    numbers[i * 2] = spaces.number(writer.key(row));
  }
  spaces.write(w);
  w.u16(writer.templates.length);
  for (const template of writer.templates) template.write(w);
  w.u32(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as R;
    const number = numbers[i * 2 + 1] as number;
    w.u16(numbers[i * 2] as number);
    w.u16(number);
    writeKeyValue(w, writer.key(row));
    writer.tail?.(row, i, writer.templates[number] as Template);
  }
}

/** Writes rows that are no more than keys, and have the first of the templates. */
export function writeKeys(
  w: FrameWriter,
  keys: readonly Key[],
  templates: readonly Template[],
  tail?: (key: Key, i: number) => void,
): void {
  writeRows<Key>(w, keys, {
    templates,
    number: (key, i) => {
      checkKey(key, `keys[${i}]`);
      return 0;
    },
    key: (key) => key,
    tail,
  });
}

/** What is read of rows that do not say it, and the beginning of its paths in errors. */
export interface ReadChoice {
  /** The bins. */
  readonly bins?: readonly string[] | undefined;
  /** Whether only the header. */
  readonly header?: boolean | undefined;
  /** The operations. */
  readonly operations?: readonly Operation[] | undefined;
  /** What stands before the names in errors. */
  readonly path: string;
}

/** The templates of rows that read. */
export class ReadTemplates {
  readonly #numbering: Numbering<Template>;
  readonly #modes: Uint8Array;
  readonly #choice: ReadChoice;
  readonly #fields: readonly string[];
  readonly #pairs = new Pairs();
  #bins: unknown;
  #identityOfBins: unknown;
  #ofKeys: number | undefined;

  /** `start` is where the call's policy stands in `w`; `choice` is for rows that do not say what to read. */
  constructor(templates: Template[], w: FrameWriter, start: number, choice: ReadChoice, isMixed: boolean = false) {
    this.#numbering = new Numbering("selections of bins, operations and filters", templates);
    const at = start + MODES_OFFSET;
    this.#modes = w.bytes.slice(at, at + MODES_BYTES);
    this.#choice = choice;
    this.#fields = isMixed ? MIXED_READ_ROW_FIELDS : READ_ROW_FIELDS;
  }

  /** The number of a row's template; undefined is a row that has nothing but its key. */
  number(row: BatchReadRow | undefined, path: string): number {
    if (row === undefined) {
      return this.#ofKeys ??= this.#numbered(undefined, row, path, this.#modes);
    }
    this.#check(row, path);
    let identity: unknown;
    if (row.bins === undefined) identity = row.operations ?? (row.header === true ? true : undefined);
    else {
      // Rows mostly share one list: its names are checked and joined once.
      if (row.bins !== this.#bins) this.#identityOfBins = binsIdentity(this.#bins = row.bins, `${path}.bins`);
      identity = this.#identityOfBins;
    }
    if (row.filter !== undefined) identity = this.#pairs.of(packedFilter(row.filter, `${path}.filter`), identity);
    const modes = rowModes(this.#modes, row, path);
    if (modes !== this.#modes) identity = this.#pairs.of(modes.join(), identity);
    return this.#numbered(identity, row, path, modes);
  }

  #numbered(identity: unknown, row: BatchReadRow | undefined, path: string, modes: Uint8Array): number {
    return this.#numbering.get(identity) ?? this.#numbering.add(identity, this.#template(row, path, modes));
  }

  /** Throws where what was chosen for the call is wrong, also when every row says itself what to read, or there is none. */
  checkChoice(w: FrameWriter): void {
    if (this.#ofKeys !== undefined) return;
    const end = w.length;
    this.#write(w, undefined, "", this.#modes);
    w.length = end;
  }

  #check(row: BatchReadRow, path: string): void {
    checkNames(row, path, this.#fields);
    if (row.header !== undefined) booleanOption(row.header, `${path}.header`);
    // Here, because what identifies a row must not be what identifies another one.
    if (row.operations !== undefined) checkOperationList(row.operations, `${path}.operations`);
    const chosen = [row.bins !== undefined, row.operations !== undefined, row.header === true].filter(Boolean).length;
    if (chosen > 1) throw new InvalidArgumentError(`${path} has more than one of bins, operations and header`);
  }

  #template(row: BatchReadRow | undefined, path: string, modes: Uint8Array): Template {
    return { write: (w) => this.#write(w, row, path, modes) };
  }

  #write(w: FrameWriter, row: BatchReadRow | undefined, path: string, modes: Uint8Array): void {
    const says = row !== undefined && (row.bins !== undefined || row.operations !== undefined || row.header === true);
    const choice = says ? { ...row, path: `${path}.` } : this.#choice;
    const filter = row?.filter;
    const [ap, sc] = modes as unknown as [number, number];
    const ownModes = ap !== this.#modes[0] || sc !== this.#modes[1];
    w.u8(TEMPLATE_READ);
    w.u8(modes[2] as number);
    w.u8(
      (choice.operations === undefined ? 0 : FORM_OPERATIONS) | (filter === undefined ? 0 : FORM_FILTERED) |
        (ownModes ? FORM_MODES : 0),
    );
    if (ownModes) {
      w.u8(ap);
      w.u8(sc);
    }
    if (filter !== undefined) writeFilter(w, packedFilter(filter, `${path}.filter`));
    if (choice.operations !== undefined) return writeReads(w, choice.operations, `${choice.path}operations`);
    if (choice.header === true) return writeHeaderSelection(w);
    writeSelection(w, choice.bins, `${choice.path}bins`);
  }
}

function writeReads(w: FrameWriter, operations: readonly Operation[], path: string): void {
  if (Array.isArray(operations) && !readsOnly(operations)) {
    throw new InvalidArgumentError(
      `${path} has a write, and the row only reads: use batchWrite(), or a row of batch() that writes`,
    );
  }
  writeOperations(w, operations, path);
}

/** Gives one object for each pair of values. */
class Pairs {
  readonly #known = new Map<unknown, Map<unknown, object>>();

  of(first: unknown, second: unknown): object {
    let ofFirst = this.#known.get(first);
    if (ofFirst === undefined) this.#known.set(first, ofFirst = new Map());
    let both = ofFirst.get(second);
    if (both === undefined) ofFirst.set(second, both = {});
    return both;
  }
}

/** The names of a row's bins as one text, which no other list of names has: none of them holds a NUL. */
function binsIdentity(bins: unknown, path: string): string {
  if (!Array.isArray(bins)) throw new InvalidArgumentError(`${path} is not an array: it must be a list of bin names`);
  for (let i = 0; i < bins.length; i++) checkBinName(bins[i], `${path}[${i}]`);
  return bins.join("\0");
}

/**
 * Gives what checks the rows of a kind, and numbers their templates. `shared` is the write block of the call; `text` gives
 * what a template has beside its block.
 */
export function rowTemplates<R extends object>(
  templates: Template[],
  what: string,
  shared: Uint8Array<ArrayBuffer>,
  fields: RowFields,
  template: (block: Uint8Array, row: R) => Template,
  text?: (row: R, path: string) => string,
): (row: R, path: string) => number {
  const numbering = new Numbering(what, templates);
  return (row, path) => {
    const block = rowBlock(shared, row, path, fields);
    const own = text === undefined ? "" : text(row, path);
    const identity = block === shared ? own : block.join() + own;
    return numbering.get(identity) ?? numbering.add(identity, template(block, row));
  };
}

/** The template of rows that write. */
export function writeTemplate(block: Uint8Array): Template {
  return blockTemplate(TEMPLATE_WRITE, block);
}

/** A template of a kind, with its write block. */
export function blockTemplate(kind: number, block: Uint8Array): Template {
  return {
    write: (w) => {
      w.u8(kind);
      w.blob(block);
    },
  };
}

/** What calls a function. */
export interface FunctionCall {
  /** The module. */
  readonly module: string;
  /** The function. */
  readonly function: string;
}

/** The template of rows that call a function. */
export function applyTemplate(block: Uint8Array, call: FunctionCall): Template {
  const names = functionNames(call, "");
  return {
    write: (w) => {
      w.u8(TEMPLATE_APPLY);
      w.blob(block);
      for (const name of names) w.name(name);
    },
  };
}

/** A function's names as one text; throws where they are none. `path` is the row's in errors. */
export function functionText(call: FunctionCall, path: string): string {
  const [module, name] = functionNames(call, `${path}.`);
  // The length, because a name may have a NUL in it.
  return `\0${module.length}\0${module}\0${name}`;
}

function functionNames(call: FunctionCall, path: string): [string, string] {
  return [moduleName(call.module, `${path}module`), callName(call.function, `${path}function`)];
}

/** Throws where a row is no object with a key. */
export function checkRow(row: unknown, path: string, what: string): asserts row is { readonly key: Key } {
  if (typeof row !== "object" || row === null) throw new InvalidArgumentError(`${path} is ${what}`);
  checkKey((row as { readonly key?: unknown }).key, `${path}.key`);
}
