/**
 * Batches of columns (`docs/abi.md`, "Columns body" and "Columns payload").
 *
 * @module
 */

import { Columns, type ColumnsParts } from "../columns/columns.ts";
import { BlobColumn } from "../columns/blob-column.ts";
import { arrayOf, elementOf, type NumberArray, type NumberType } from "../columns/element.ts";
import { RaggedColumn } from "../columns/ragged-column.ts";
import { type ColumnLayout, type ColumnsSchema, elementBytes, PAYLOAD_LIMIT } from "../columns/schema.ts";
import { StringColumn } from "../columns/string-column.ts";
import { InternalError, InvalidArgumentError } from "../errors.ts";
import type { Key } from "../key.ts";
import type { BatchReadOptions } from "../policy.ts";
import { type Template, TEMPLATE_READ, writeKeys } from "./batch-templates.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { setField } from "./name-cache.ts";
import { binPath, writeBinName } from "./particle.ts";
import { type PolicyBlock, TOUCH_OFFSET } from "./policy.ts";

/** A width in frames that says that it differs from row to row. */
const RAGGED = 0xffff_ffff;
const HEADER = 32;
const ENTRY = 16;

/** The columns of a call by name. */
export type Layouts = ReadonlyMap<string, ColumnLayout>;

/** Writes the frame of `batchReadColumns`. */
export function writeColumnsRead(
  w: FrameWriter,
  policy: PolicyBlock,
  keys: readonly Key[],
  layouts: Layouts,
  options: BatchReadOptions | undefined,
): void {
  checkSize(layouts, keys.length);
  const bins = writeSchema(w, layouts);
  const start = w.length;
  policy.write(w, options);
  const touch = w.view.getUint8(start + TOUCH_OFFSET);
  const selection: Template = {
    write: (w) => {
      w.u8(TEMPLATE_READ);
      w.u8(touch);
      w.u8(0);
      w.u16(bins.size);
      for (const bin of bins) writeBinName(w, bin, "schema");
    },
  };
  writeKeys(w, keys, [selection]);
}

/** Writes the columns and gives their bins, each once. */
function writeSchema(w: FrameWriter, layouts: Layouts): ReadonlySet<string> {
  const bins = new Set<string>();
  w.u16(layouts.size);
  for (const [name, { type, width, bin, path, fill }] of layouts) {
    bins.add(bin);
    writeBinName(w, bin, binPath("schema", name));
    w.u8(elementOf(type).number);
    w.u32(width === null ? 0 : width === "ragged" ? RAGGED : width);
    w.u8(path.length);
    for (const key of path) w.name(key);
    w.u8(fill === undefined ? 0 : 1);
    if (fill !== undefined) w.blob(elementBytes(type as NumberType, fill).bytes);
  }
  return bins;
}

/** The elements of a column that all have the same number of them. */
function elements(width: ColumnLayout["width"], rows: number): number {
  return width === null ? rows : rows * (width as number);
}

function isFixed({ type, width }: ColumnLayout): boolean {
  return width !== "ragged" && elementOf(type).array !== undefined;
}

/** Refuses what the native side would refuse, with the column's name. */
function checkSize(layouts: Layouts, rows: number): void {
  let size = rows * 12;
  for (const [name, layout] of layouts) {
    if (isFixed(layout)) size += elements(layout.width, rows) * arrayOf(layout.type as NumberType).BYTES_PER_ELEMENT;
    else size += rows * 4;
    if (size > PAYLOAD_LIMIT - HEADER - 64 * layouts.size - rows) {
      throw new InvalidArgumentError(
        `${
          binPath("schema", name)
        }: with ${rows} rows the columns would take more than 2 GiB: read fewer keys at a time`,
      );
    }
  }
}

/** The caller's own memory for columns, checked, by name. */
export type Targets = ReadonlyMap<string, NumberArray>;

/** Gives the caller's memory; throws where it does not fit its column. */
export function readTargets(into: unknown, layouts: Layouts, rows: number): Targets {
  const targets = new Map<string, NumberArray>();
  if (into === undefined) return targets;
  if (typeof into !== "object" || into === null || Array.isArray(into) || ArrayBuffer.isView(into)) {
    throw new InvalidArgumentError("options.into is not an object: it has a typed array for each column's name");
  }
  for (const [name, target] of Object.entries(into)) {
    if (target === undefined) continue;
    const path = binPath("options.into", name);
    const layout = layouts.get(name);
    if (layout === undefined) throw new InvalidArgumentError(`${path}: the schema has no such column`);
    if (!isFixed(layout)) {
      throw new InvalidArgumentError(`${path} has no use: strings, blobs and ragged vectors have no fixed size`);
    }
    const array = arrayOf(layout.type as NumberType) as unknown as { readonly name: string } & (new () => NumberArray);
    if (!(target instanceof array) || !ArrayBuffer.isView(target)) {
      throw new InvalidArgumentError(`${path} is not a ${array.name}, which the column's type asks for`);
    }
    const length = elements(layout.width, rows);
    if (target.length !== length) {
      throw new InvalidArgumentError(`${path} has ${target.length} elements: the column has ${length}`);
    }
    for (const [other, { buffer, byteOffset, byteLength }] of targets) {
      const overlaps = buffer === target.buffer && byteOffset < target.byteOffset + target.byteLength &&
        target.byteOffset < byteOffset + byteLength;
      if (overlaps) throw new InvalidArgumentError(`${path} is the same memory as ${binPath("options.into", other)}`);
    }
    targets.set(name, target);
  }
  return targets;
}

/** The columns of a payload that is the caller's own. */
export function readColumns<S extends ColumnsSchema>(
  bytes: Uint8Array,
  layouts: Layouts,
  rows: number,
): Columns<S> {
  try {
    return viewColumns<S>(bytes, layouts, rows);
  } catch (error) {
    // What would be a view of more than there is.
    throw error instanceof RangeError ? new InternalError("a reply ends before its columns", { cause: error }) : error;
  }
}

function viewColumns<S extends ColumnsSchema>(bytes: Uint8Array, layouts: Layouts, rows: number): Columns<S> {
  const { buffer, byteOffset } = bytes;
  const header = new Uint32Array(buffer, byteOffset, HEADER / 4);
  const [length, count, found, failed, bad, badAt, errorsAt, errorsLength] = header as unknown as Header;
  if (length !== rows || count !== layouts.size) {
    throw new InternalError(`${layouts.size} columns of ${rows} rows were not answered as such`);
  }
  const heads = byteOffset + HEADER + ENTRY * count;
  const section = aligned(rows * 4);
  const columns: Record<string, unknown> = {};
  const valid: Record<string, unknown> = {};
  const schema: Record<string, unknown> = {};
  let number = 0;
  for (const [name, layout] of layouts) {
    const entry = new Uint32Array(buffer, byteOffset + HEADER + ENTRY * number++, ENTRY / 4);
    const [data, size, validity, offsets] = entry as unknown as readonly [number, number, number, number];
    const bitmap = new Uint8Array(buffer, byteOffset + validity, Math.ceil(rows / 8));
    setField(valid, name, bitmap);
    setField(schema, name, layout);
    const ends = offsets === 0 ? undefined : new Uint32Array(buffer, byteOffset + offsets, rows + 1);
    setField(columns, name, readColumn(layout, new Uint8Array(buffer, byteOffset + data, size), ends, bitmap));
  }
  const parts = {
    length: rows,
    foundCount: found,
    failedCount: failed,
    codes: new Int32Array(buffer, heads, rows),
    generations: new Uint32Array(buffer, heads + section, rows),
    ttls: new Uint32Array(buffer, heads + 2 * section, rows),
    columns,
    valid,
    schema,
    details: {
      cells: new Uint32Array(buffer, byteOffset + badAt, bad * 3),
      rows: new Uint8Array(buffer, byteOffset + errorsAt, errorsLength),
    },
  };
  return new Columns<S>(parts as unknown as ColumnsParts<S>);
}

type Header = readonly [number, number, number, number, number, number, number, number];

function readColumn(
  { type }: ColumnLayout,
  data: Uint8Array,
  offsets: Uint32Array | undefined,
  valid: Uint8Array,
): unknown {
  if (type === "string") return new StringColumn(offsets as Uint32Array, data, valid);
  if (type === "blob") return new BlobColumn(offsets as Uint32Array, data, valid);
  const array = arrayOf(type);
  const values = new array(data.buffer as ArrayBuffer, data.byteOffset, data.length / array.BYTES_PER_ELEMENT);
  return offsets === undefined ? values : new RaggedColumn(offsets, values, valid);
}

/** Copies columns to the caller's memory, which from then on stands for them. */
export function fillTargets<S extends ColumnsSchema>(columns: Columns<S>, targets: Targets): Columns<S> {
  const all = columns.columns as unknown as Record<string, NumberArray>;
  for (const [name, target] of targets) {
    const values = all[name] as NumberArray;
    if (target.length !== values.length) {
      const path = binPath("options.into", name);
      throw new InvalidArgumentError(`${path} was transferred or resized while the batch ran; the records were read`, {
        sent: true,
      });
    }
    (target as Float64Array).set(values as Float64Array);
    setField(all, name, target);
  }
  return columns;
}

/** The payload of no rows, for which nobody is asked. */
export function emptyPayload(layouts: Layouts): Uint8Array<ArrayBuffer> {
  const end = HEADER + ENTRY * layouts.size;
  // Behind the directory stand the offsets of no rows, which is one.
  const bytes = new Uint8Array(end + 8);
  const numbers = new Uint32Array(bytes.buffer);
  numbers.set([0, layouts.size, 0, 0, 0, end, end, 0]);
  let at = HEADER / 4;
  for (const layout of layouts.values()) {
    numbers.set([end, 0, end, isFixed(layout) ? 0 : end], at);
    at += ENTRY / 4;
  }
  return bytes;
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}
