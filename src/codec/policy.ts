/**
 * Policies as blocks of bytes (`docs/abi.md`, "Policy blocks").
 *
 * Each kind of command has its default block, encoded once. A call without options copies it; one with options copies
 * it and sets the fields it names in place.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { packedFilter } from "../exp/expression.ts";
import {
  booleanOption,
  checkNames,
  checkObject,
  choiceOption,
  describe,
  integerOption,
  invalidOption,
  msOption,
  signalOption,
  unknownOption,
} from "../option-check.ts";
import { FrameWriter } from "./frame-writer.ts";

/** The size of a base block. */
const BASE_BYTES = 32;
/** The size of a write block. */
const WRITE_BYTES = 16;
/** The size of what a batch policy adds. */
const BATCH_BYTES = 16;

/** Where a base block has `readModeAP` and `readModeSC`, a byte each, and behind them `readTouchTtlPercent`. */
export const MODES_OFFSET = 25;
/** Where a base block has `readTouchTtlPercent`. */
export const TOUCH_OFFSET = 27;

const TOTAL_TIMEOUT = 4;
/** Where a base block has its flags, and what they are. */
const FLAGS = 28;
const FLAG_COMPRESS = 1;
const FLAG_CORE = 2;
const FLAG_JOINS = 4;
const FLAG_FILTER = 8;
/** Aerospike keeps at most ten years. */
const TTL_LIMIT = 315_360_000;
const ATTEMPTS_LIMIT = 1000;
const TTL_NEVER = 0xffff_ffff;
const TTL_KEEP = 0xffff_fffe;

/** Sets one field of a block that begins at `at`; `value` is not undefined. */
export type SetField = (view: DataView, at: number, value: unknown, path: string) => void;
/** Fields by their names. */
export type Fields = ReadonlyMap<string, SetField>;
/** A field and its name. */
export type Field = readonly [string, SetField];

function u32(offset: number, max: number): SetField {
  return (view, at, value, path) => view.setUint32(at + offset, integerOption(value, path, 0, max), true);
}

function ms(offset: number): SetField {
  return (view, at, value, path) => view.setUint32(at + offset, msOption(value, path), true);
}

function choice(offset: number, choices: readonly string[]): SetField {
  return (view, at, value, path) => view.setUint8(at + offset, choiceOption(value, path, choices));
}

function flag(offset: number, mask: number): SetField {
  return (view, at, value, path) => {
    const rest = view.getUint8(at + offset) & ~mask;
    view.setUint8(at + offset, booleanOption(value, path) ? rest | mask : rest);
  };
}

function setMultiplier(view: DataView, at: number, value: unknown, path: string): void {
  if (typeof value !== "number" || !(value >= 1) || value > 1000) {
    throw invalidOption(value, path, "a number from 1 to 1000");
  }
  view.setFloat32(at + 20, value, true);
}

function touchPercent(value: unknown, path: string): number {
  if (value === "server-default") return 0;
  if (value === "keep") return -1;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 100) return value;
  throw invalidOption(value, path, `an integer from 1 to 100, "server-default" or "keep"`);
}

function setTtl(view: DataView, at: number, value: unknown, path: string): void {
  view.setUint32(at + 8, encodeTtl(value, path), true);
}

function encodeTtl(value: unknown, path: string): number {
  switch (value) {
    case "never":
      return TTL_NEVER;
    case "keep":
      return TTL_KEEP;
    case "default":
      return 0;
  }
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= TTL_LIMIT) return value;
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : describe(value);
  throw new InvalidArgumentError(
    `${path} is ${shown}: it must be seconds from 1 to ${TTL_LIMIT} (10 years), "never", "keep" or "default" (the namespace's)`,
  );
}

/** What refuses an option that exists, where it would have no effect. */
const refusals = new WeakSet<SetField>();

/** Fields that a kind of command does not have, though others that write do, with why. */
export function refused(names: readonly string[], why: string): Field[] {
  const refuse: SetField = (_view, _at, _value, path) => {
    throw new InvalidArgumentError(`${path} has no effect here: ${why}`);
  };
  refusals.add(refuse);
  return names.map((name) => [name, refuse]);
}

function validNames(fields: Fields): string[] {
  return [...fields].filter(([, set]) => !refusals.has(set)).map(([name]) => name);
}

/** Accepted here, and read elsewhere. */
export const PASS: SetField = () => {};
const SIGNAL: SetField = (_view, _at, value, path) => {
  signalOption(value, path);
};

/** Marks that a filter stands behind the block; {@link writeFilter} writes it. */
function setFilter(view: DataView, at: number, value: unknown, path: string): void {
  packedFilter(value, path);
  view.setUint8(at + FLAGS, view.getUint8(at + FLAGS) | FLAG_FILTER);
}

/** Writes a packed expression after its length. */
export function writeFilter(w: FrameWriter, filter: Uint8Array): void {
  w.u32(filter.length);
  w.blob(filter);
}

/** The fields of a base block that a row of a batch may have of its own. */
export const READ_MODES: readonly Field[] = [
  ["readModeAP", choice(MODES_OFFSET, ["one", "all"])],
  ["readModeSC", choice(MODES_OFFSET + 1, ["session", "linearize", "allow-replica", "allow-unavailable"])],
  ["readTouchTtlPercent", (view, at, value, path) => view.setInt8(at + TOUCH_OFFSET, touchPercent(value, path))],
];

const BASE: readonly Field[] = [
  ["socketTimeout", ms(0)],
  ["totalTimeout", ms(TOTAL_TIMEOUT)],
  ["timeoutDelay", ms(8)],
  ["maxRetries", u32(12, 1000)],
  ["sleepBetweenRetries", ms(16)],
  ["sleepMultiplier", setMultiplier],
  ["replica", choice(24, ["master", "any", "sequence", "prefer-rack", "random"])],
  ...READ_MODES,
  ["compress", flag(FLAGS, FLAG_COMPRESS)],
  ["filter", setFilter],
];

/** What only reads have: a flag that keeps them off the direct path. */
const READ_PATH: readonly Field[] = [
  ["readPath", (view, at, value, path) => {
    const core = choiceOption(value, path, ["direct", "core"]) === 1;
    const rest = view.getUint8(at + FLAGS) & ~FLAG_CORE;
    view.setUint8(at + FLAGS, core ? rest | FLAG_CORE : rest);
  }],
];

/** The fields of a write block that a policy may set. */
export const WRITE: readonly Field[] = [
  ["recordExists", choice(0, ["update", "update-only", "replace", "replace-only", "create-only"])],
  ["commitLevel", choice(2, ["all", "master"])],
  ["sendKey", flag(3, 1)],
  ["durableDelete", flag(3, 2)],
  ["ttl", setTtl],
];

/** `generationPolicy` alone says nothing, so {@link setGeneration} sets both. */
export const GENERATION: readonly Field[] = [
  ["generation", PASS],
  ["generationPolicy", PASS],
];

const BATCH: readonly Field[] = [
  ["allowInline", flag(BASE_BYTES, 1)],
  ["allowInlineSSD", flag(BASE_BYTES + 1, 1)],
  ["respondAllKeys", flag(BASE_BYTES + 2, 1)],
  ["concurrent", choice(BASE_BYTES + 3, ["parallel", "sequential"])],
  ["retryRows", setRowRetries],
];

const ROW_RETRIES = ["attempts", "baseMs", "maxMs", "inDoubt"] as const;

function setRowRetries(view: DataView, at: number, value: unknown, path: string): void {
  checkNames(value, path, ROW_RETRIES);
  const { attempts, baseMs = 10, maxMs = 500, inDoubt = false } = value;
  const start = at + BASE_BYTES + 4;
  view.setUint8(start, integerOption(attempts, `${path}.attempts`, 1, 100));
  view.setUint8(start + 1, booleanOption(inDoubt, `${path}.inDoubt`) ? 1 : 0);
  view.setUint32(start + 4, msOption(baseMs, `${path}.baseMs`), true);
  view.setUint32(start + 8, msOption(maxMs, `${path}.maxMs`), true);
}

function shifted(fields: readonly Field[], by: number): Field[] {
  return fields.map(([name, set]) => [name, (view, at, value, path) => set(view, at + by, value, path)]);
}

export function setGeneration(view: DataView, at: number, options: GenerationOptions, path: string): void {
  const { generation, generationPolicy } = options;
  if (generation === undefined) {
    if (generationPolicy === undefined) return;
    throw new InvalidArgumentError(`${path}.generationPolicy says nothing without ${path}.generation`);
  }
  const policy = generationPolicy === undefined
    ? 0
    : choiceOption(generationPolicy, `${path}.generationPolicy`, ["equal", "greater"]);
  view.setUint8(at + 1, policy + 1);
  view.setUint32(at + 4, integerOption(generation, `${path}.generation`, 0, 0xffff_ffff), true);
}

/** What may ask for a generation. */
export interface GenerationOptions {
  /** The generation. */
  readonly generation?: unknown;
  /** How it is compared. */
  readonly generationPolicy?: unknown;
}

export function apply(view: DataView, at: number, options: object, fields: Fields, path: string): void {
  for (const name in options) {
    const value = (options as Record<string, unknown>)[name];
    const set = fields.get(name);
    if (set === undefined) throw unknownOption(name, path, validNames(fields));
    if (value !== undefined) set(view, at, value, `${path}.${name}`);
  }
}

/** The policies of one kind of command. */
export class PolicyBlock {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #policyFields: Fields;
  readonly #options: Fields;
  readonly #generationAt: number;
  readonly #filter: Uint8Array | undefined;
  /** Whose policy it is. */
  readonly kind: PolicyKind;
  /** The client's `totalTimeout`, which is a call's deadline unless the call has its own. */
  readonly totalTimeout: number;

  /**
   * Encodes the defaults: the built-in `block`, and over it the client's `policy`. `options` are what a call may give;
   * `generationAt` is where the write block is that a generation belongs to, -1 where there is none; `filter` is that of
   * the block.
   */
  constructor(
    kind: PolicyKind,
    block: Uint8Array<ArrayBuffer>,
    policy: object | undefined,
    path: string,
    policyFields: Fields,
    options: Fields,
    generationAt: number,
    filter?: Uint8Array,
  ) {
    this.kind = kind;
    this.#bytes = block;
    this.#policyFields = policyFields;
    this.#filter = filter;
    this.#view = new DataView(block.buffer);
    this.#options = options;
    this.#generationAt = generationAt;
    if (policy !== undefined) {
      checkObject(policy, path);
      apply(this.#view, 0, policy, policyFields, path);
      const { filter } = policy as FilterOption;
      if (filter !== undefined) this.#filter = packedFilter(filter, `${path}.filter`);
    }
    this.totalTimeout = this.#view.getUint32(TOTAL_TIMEOUT, true);
  }

  /** The same with a set's policy over the client's. */
  under(policy: object | undefined, path: string): PolicyBlock {
    const bytes = this.#bytes.slice();
    return new PolicyBlock(
      ...[this.kind, bytes, policy, path] as const,
      ...[this.#policyFields, this.#options, this.#generationAt, this.#filter] as const,
    );
  }

  /** The deadline of a call in milliseconds from now. What is not valid is reported by {@link PolicyBlock.write}. */
  deadline(options: { readonly totalTimeout?: number | undefined } | undefined): number {
    const own: unknown = options?.totalTimeout;
    return typeof own === "number" ? own : this.totalTimeout;
  }

  /** Checks the options of a call that has nothing to send. */
  check(options: object | undefined): void {
    if (options !== undefined) this.write(new FrameWriter(), options);
  }

  /** Writes the block of a call, and its filter. */
  write(w: FrameWriter, options: object | undefined): void {
    this.#writeBlock(w, options);
    this.#writeFilter(w, options);
  }

  /** Writes the block of a batch call, and its filter; gives the write block that its rows begin with. */
  writeBatch(w: FrameWriter, options: object | undefined): Uint8Array<ArrayBuffer> {
    const at = w.length;
    this.#writeBlock(w, options);
    const rows = w.bytes.slice(at + BASE_BYTES + BATCH_BYTES, w.length);
    w.length = at + BASE_BYTES + BATCH_BYTES;
    this.#writeFilter(w, options);
    return rows;
  }

  #writeBlock(w: FrameWriter, options: object | undefined): void {
    const at = w.length;
    w.blob(this.#bytes);
    if (options === undefined) return;
    checkObject(options, "options");
    apply(w.view, at, options, this.#options, "options");
    if (this.#generationAt >= 0) setGeneration(w.view, at + this.#generationAt, options, "options");
  }

  #writeFilter(w: FrameWriter, options: FilterOption | undefined): void {
    const own = options?.filter;
    const filter = own === undefined ? this.#filter : packedFilter(own, "options.filter");
    if (filter !== undefined) writeFilter(w, filter);
  }
}

/** What may have a filter. */
export interface FilterOption {
  /** The filter. */
  readonly filter?: unknown;
}

/** Why removals refuse what writes have. */
export const NO_RECORD = "what is removed has no ttl, and nothing is stored that recordExists could be about";
/** What calls of functions refuse. */
export const NOT_OF_FUNCTIONS: readonly Field[] = refused(
  ["recordExists", "generation", "generationPolicy"],
  "the server hands the function whatever record there is; it can look at record.gen(rec) and aerospike:exists(rec)",
);

function baseBlock(size: number, maxRetries: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 30_000, true);
  view.setUint32(TOTAL_TIMEOUT, 1000, true);
  view.setUint32(12, maxRetries, true);
  view.setFloat32(20, 1, true);
  view.setUint8(24, 2);
  return bytes;
}

function batchBlock(size: number, maxRetries: number): Uint8Array<ArrayBuffer> {
  const bytes = baseBlock(size, maxRetries);
  bytes[BASE_BYTES] = 1;
  bytes[BASE_BYTES + 2] = 1;
  // One attempt for each row.
  bytes[BASE_BYTES + 4] = 1;
  return bytes;
}

const READ_POLICY: Fields = new Map([...BASE, ...READ_PATH]);
const WRITE_POLICY: Fields = new Map([...BASE, ...shifted(WRITE, BASE_BYTES)]);
/** A client's policy of writes may have what a touch or a function has not, and a server refuses beside it. */
const TOUCH_POLICY: Fields = new Map([...WRITE_POLICY, ["recordExists", PASS], ["durableDelete", PASS]]);
const APPLY_POLICY: Fields = new Map([...WRITE_POLICY, ["recordExists", PASS]]);
const BATCH_POLICY: Fields = new Map([...BASE, ...BATCH, ...READ_PATH]);
const BATCH_WRITE_POLICY: Fields = new Map([...BASE, ...BATCH, ...shifted(WRITE, BASE_BYTES + BATCH_BYTES)]);

const SIGNAL_OPTION: readonly Field[] = [["signal", SIGNAL]];
const READ_OPTIONS: Fields = new Map([...READ_POLICY, ...SIGNAL_OPTION]);
const GET_OPTIONS: Fields = new Map([...READ_OPTIONS, ["bins", PASS]]);
const WRITE_OPTIONS: Fields = new Map([...WRITE_POLICY, ...GENERATION, ...SIGNAL_OPTION]);
const BATCH_READ_OPTIONS: Fields = new Map([
  ...BATCH_POLICY,
  ...SIGNAL_OPTION,
  ["bins", PASS],
  ["header", (_view: DataView, _at: number, value: unknown, path: string) => void booleanOption(value, path)],
]);
const BATCH_COLUMNS_OPTIONS: Fields = new Map([
  ...BATCH_POLICY,
  ...SIGNAL_OPTION,
  ["strict", (_view: DataView, _at: number, value: unknown, path: string) => void booleanOption(value, path)],
  ["into", PASS],
]);
const BATCH_WRITE_OPTIONS: Fields = new Map([...BATCH_WRITE_POLICY, ...SIGNAL_OPTION]);

const REMOVE_OPTIONS: Fields = new Map([
  ...WRITE_OPTIONS,
  ...refused(["ttl", "recordExists"], NO_RECORD),
  ...refused(["sendKey"], "remove() stores no key"),
]);
const TOUCH_OPTIONS: Fields = new Map([
  ...WRITE_OPTIONS,
  ...refused(["recordExists"], "touch() changes a record that exists, and tells by false that there is none"),
  ...refused(["durableDelete"], "touch() deletes nothing"),
]);
const APPLY_OPTIONS: Fields = new Map([...WRITE_OPTIONS, ...NOT_OF_FUNCTIONS]);
const ONLY_READS = "all of these operations read, and only writes have this option";
const READ_OPERATE_OPTIONS: Fields = new Map([
  ...WRITE_OPTIONS,
  ...refused([...WRITE.map(([name]) => name), ...GENERATION.map(([name]) => name)], ONLY_READS),
]);
const UPDATE_OPTIONS: Fields = new Map([
  ...WRITE_OPTIONS,
  ...refused(GENERATION.map(([name]) => name), "update() writes where the record has the generation that it read"),
  ...refused(
    ["maxRetries", "sleepBetweenRetries", "sleepMultiplier"],
    "update() sends each write once, because it cannot tell its own from another's; see attempts and backoff",
  ),
  ["recordExists", (_view: DataView, _at: number, value: unknown, path: string) => {
    choiceOption(value, path, ["update", "replace"]);
  }],
  ["attempts", (_view: DataView, _at: number, value: unknown, path: string) => {
    integerOption(value, path, 1, ATTEMPTS_LIMIT);
  }],
  ["backoff", (_view: DataView, _at: number, value: unknown, path: string) => void msOption(value, path)],
]);
const BATCH_REMOVE_POLICY: Fields = new Map([...BATCH_WRITE_POLICY, ...refused(["ttl", "recordExists"], NO_RECORD)]);
const BATCH_REMOVE_OPTIONS: Fields = new Map([...BATCH_REMOVE_POLICY, ...SIGNAL_OPTION]);
const BATCH_EXISTS_OPTIONS: Fields = new Map([...BATCH_POLICY, ...SIGNAL_OPTION]);
const BATCH_APPLY_OPTIONS: Fields = new Map([...BATCH_WRITE_OPTIONS, ...NOT_OF_FUNCTIONS]);
const BATCH_READ_OPERATE_OPTIONS: Fields = new Map([
  ...BASE,
  ...BATCH,
  ...SIGNAL_OPTION,
  ...refused(WRITE.map(([name]) => name), ONLY_READS),
]);

const POLICY_KINDS = ["read", "write", "batch", "batchWrite", "batchRemove"] as const;
type PolicyKind = typeof POLICY_KINDS[number];
const BATCH_WRITE_BYTES = BASE_BYTES + BATCH_BYTES + WRITE_BYTES;

/** The blocks of every kind of command. */
export interface PolicyBlocks {
  /** `exists`, `header`. */
  readonly read: PolicyBlock;
  /** `get`. */
  readonly get: PolicyBlock;
  /** `put`, `add`, `append`, `prepend`, and `operate` where it writes. */
  readonly write: PolicyBlock;
  /** `remove`. */
  readonly remove: PolicyBlock;
  /** `touch`. */
  readonly touch: PolicyBlock;
  /** `apply`. */
  readonly apply: PolicyBlock;
  /** `operate` where it only reads: the same block, without the options of writes. */
  readonly readOperate: PolicyBlock;
  /** `update`: the same block, with its own options. */
  readonly update: PolicyBlock;
  /** `batchRead`. */
  readonly batch: PolicyBlock;
  /** `batchReadColumns`: the same block, with its own options. */
  readonly batchColumns: PolicyBlock;
  /** `batchExists`: the same block, without the options of what is read. */
  readonly batchExists: PolicyBlock;
  /** `batchOperate` where it only reads: the same block, without the options of writes. */
  readonly batchReadOperate: PolicyBlock;
  /** `batchWrite`, `batch`, and `batchOperate` where it writes. */
  readonly batchWrite: PolicyBlock;
  /** `batchApply`: the same block, without the options that functions do not have. */
  readonly batchApply: PolicyBlock;
  /** `batchRemove`. */
  readonly batchRemove: PolicyBlock;
}

/** Encodes the client's policies. `autoBatch` says whether reads of one record may become rows of a batch. */
export function policyBlocks(policies: unknown, path: string, autoBatch = false): PolicyBlocks {
  if (policies !== undefined) checkNames(policies, path, POLICY_KINDS);
  const given = (policies ?? {}) as Readonly<Record<PolicyKind, object | undefined>>;
  const block = (
    kind: PolicyKind,
    bytes: Uint8Array<ArrayBuffer>,
    policyFields: Fields,
    options: Fields,
    generationAt = -1,
  ) => new PolicyBlock(kind, bytes, given[kind], `${path}.${kind}`, policyFields, options, generationAt);
  const write = (options: Fields, policyFields = WRITE_POLICY) =>
    block("write", baseBlock(BASE_BYTES + WRITE_BYTES, 0), policyFields, options, BASE_BYTES);
  const read = (options: Fields) => {
    const bytes = baseBlock(BASE_BYTES, 2);
    if (autoBatch) bytes[FLAGS] = FLAG_JOINS;
    return block("read", bytes, READ_POLICY, options);
  };
  const batch = (options: Fields) => block("batch", batchBlock(BASE_BYTES + BATCH_BYTES, 2), BATCH_POLICY, options);
  const batchWrite = (options: Fields) =>
    block("batchWrite", batchBlock(BATCH_WRITE_BYTES, 0), BATCH_WRITE_POLICY, options);
  return {
    read: read(READ_OPTIONS),
    get: read(GET_OPTIONS),
    write: write(WRITE_OPTIONS),
    remove: write(REMOVE_OPTIONS),
    touch: write(TOUCH_OPTIONS, TOUCH_POLICY),
    apply: write(APPLY_OPTIONS, APPLY_POLICY),
    readOperate: write(READ_OPERATE_OPTIONS),
    update: write(UPDATE_OPTIONS),
    batch: batch(BATCH_READ_OPTIONS),
    batchColumns: batch(BATCH_COLUMNS_OPTIONS),
    batchExists: batch(BATCH_EXISTS_OPTIONS),
    batchReadOperate: batch(BATCH_READ_OPERATE_OPTIONS),
    batchWrite: batchWrite(BATCH_WRITE_OPTIONS),
    batchApply: batchWrite(BATCH_APPLY_OPTIONS),
    batchRemove: block("batchRemove", batchBlock(BATCH_WRITE_BYTES, 0), BATCH_REMOVE_POLICY, BATCH_REMOVE_OPTIONS),
  };
}

/** The blocks with the policies of a set over those of the client. */
export function blocksUnder(blocks: PolicyBlocks, policies: unknown, path: string): PolicyBlocks {
  if (policies === undefined) return blocks;
  checkNames(policies, path, POLICY_KINDS);
  const under = Object.entries(blocks as unknown as Record<string, PolicyBlock>)
    .map(([name, block]) => [name, block.under(policies[block.kind] as object | undefined, `${path}.${block.kind}`)]);
  return Object.fromEntries(under) as unknown as PolicyBlocks;
}
