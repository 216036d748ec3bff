/**
 * The policies that rows of batches have of their own, over those of the call.
 *
 * @module
 */

import { packedFilter } from "../exp/expression.ts";
import {
  apply,
  type Field,
  type Fields,
  type FilterOption,
  GENERATION,
  MODES_OFFSET,
  NO_RECORD,
  NOT_OF_FUNCTIONS,
  PASS,
  READ_MODES,
  refused,
  type SetField,
  setGeneration,
  WRITE,
} from "./policy.ts";

/** The fields that the rows of a batch may have, by what the rows do. */
export type RowFields = Fields;

/** What a row of a batch is about, and no policy. */
const CONTENT: SetField = () => {};
/** Flags of a row's write block: where they stand, and that a filter follows. */
const WRITE_FLAGS = 3;
const ROW_FLAG_FILTER = 4;

const names = (...list: string[]): Field[] => list.map((name) => [name, CONTENT]);
const writeFields = (...list: string[]): Field[] => WRITE.filter(([name]) => list.includes(name));
/** {@link rowBlock} puts it behind the block. */
const FILTER: readonly Field[] = [["filter", PASS]];

/** Rows of `batchWrite`. */
export const WRITE_ROW: RowFields = new Map([
  ...WRITE,
  ...GENERATION,
  ...FILTER,
  ...names("key", "bins", "operations"),
]);
/** Rows of `batch` that write. */
export const MIXED_WRITE_ROW: RowFields = new Map([...WRITE_ROW, ...names("kind")]);
/** Rows of `batch` that remove. */
export const MIXED_REMOVE_ROW: RowFields = new Map([
  ...writeFields("commitLevel", "sendKey", "durableDelete"),
  ...GENERATION,
  ...FILTER,
  ...names("kind", "key"),
  ...refused(["ttl", "recordExists"], NO_RECORD),
]);
/** Rows of `batch` that call a function. */
export const MIXED_APPLY_ROW: RowFields = new Map([
  ...writeFields("commitLevel", "sendKey", "durableDelete", "ttl"),
  ...FILTER,
  ...names("kind", "key", "module", "function", "args"),
  ...NOT_OF_FUNCTIONS,
]);

/** A row's write block over the call's, and its filter; the same object where the row says nothing of its own. */
export function rowBlock(
  block: Uint8Array<ArrayBuffer>,
  row: object,
  path: string,
  fields: RowFields,
): Uint8Array<ArrayBuffer> {
  let own: Uint8Array<ArrayBuffer> | undefined;
  for (const name in row) {
    const set = fields.get(name);
    if (set === CONTENT) continue;
    if ((row as Record<string, unknown>)[name] === undefined && set !== undefined) continue;
    own = block.slice();
    break;
  }
  if (own === undefined) return block;
  const view = new DataView(own.buffer);
  apply(view, 0, row, fields, path);
  if (fields.get("generation") === PASS) setGeneration(view, 0, row, path);
  const { filter } = row as FilterOption;
  return filter === undefined ? own : filtered(own, packedFilter(filter, `${path}.filter`));
}

/** A write block without what a removal has no use for: `recordExists` and `ttl`. */
export function withoutRecord(block: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = block.slice();
  bytes[0] = 0;
  bytes.fill(0, 8, 12);
  return bytes;
}

/** What a row that reads has of its own instead of the call's, in the bytes of a base block. */
const READ_ROW_MODES: Fields = new Map(READ_MODES);

/** Read modes and `readTouchTtlPercent` of a row, over those of the call: a byte each. */
export function rowModes(call: Uint8Array, row: object, path: string): Uint8Array {
  let own: Uint8Array | undefined;
  for (const [name, set] of READ_ROW_MODES) {
    const value = (row as Record<string, unknown>)[name];
    if (value === undefined) continue;
    own ??= call.slice();
    set(new DataView(own.buffer), -MODES_OFFSET, value, `${path}.${name}`);
  }
  return own ?? call;
}

/** The block with a filter behind it. */
function filtered(block: Uint8Array, filter: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(block.length + 4 + filter.length);
  bytes.set(block);
  bytes[WRITE_FLAGS] = (block[WRITE_FLAGS] as number) | ROW_FLAG_FILTER;
  new DataView(bytes.buffer).setUint32(block.length, filter.length, true);
  bytes.set(filter, block.length + 4);
  return bytes;
}
