/**
 * Columns to rows: the frame of `batchWriteColumns` is that of `batchWrite`.
 *
 * @module
 */

import { BlobColumn } from "../columns/blob-column.ts";
import { Columns } from "../columns/columns.ts";
import type { ColumnInputs, ColumnValues, WritableArray } from "../columns/column-input.ts";
import { isSet } from "../columns/element.ts";
import type { ColumnsSchema } from "../columns/schema.ts";
import { RaggedColumn } from "../columns/ragged-column.ts";
import { StringColumn } from "../columns/string-column.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Key } from "../key.ts";
import { checkNames, checkObject, choiceOption, describe, integerOption } from "../option-check.ts";
import type { BatchWriteOptions } from "../policy.ts";
import { Double } from "../values/double.ts";
import { blockTemplate, type Template, TEMPLATE_READ, TEMPLATE_WRITE, writeRows } from "./batch-templates.ts";
import { writeHeaderSelection } from "./bin-selection.ts";
import { fitDeclared } from "./declared-bin.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { checkKey } from "./key.ts";
import { writeList } from "./msgpack-writer.ts";
import { OPERATION_WRITE } from "./operations.ts";
import { binPath, writeBinName, writeBinValue, writeBytes, writeHeader } from "./particle.ts";
import { Particle } from "./particle-type.ts";
import type { PolicyBlock } from "./policy.ts";
import { toArgumentError } from "./value-problem.ts";

const VALUES_FIELDS = ["values", "width", "as", "valid", "bin"] as const;
const AS = ["blob", "list", "bool"] as const;
const COLUMN_LIMIT = 0xffff;
/** A read that leaves a record's ttl as it is. */
const KEEP_TTL = 0xff;

/** A column, ready to be written row by row. */
interface Source {
  readonly bin: string;
  /** Where it stands in the arguments. */
  readonly path: string;
  has(row: number): boolean;
  write(w: FrameWriter, row: number): void;
}

/** Writes the frame of `batchWriteColumns`. */
export function writeColumns<S extends ColumnsSchema>(
  w: FrameWriter,
  policy: PolicyBlock,
  keys: readonly Key[],
  columns: ColumnInputs | Columns<S>,
  options: BatchWriteOptions | undefined,
): void {
  const sources = readSources(columns, keys.length);
  const block = policy.writeBatch(w, options);
  const templates: Template[] = [blockTemplate(TEMPLATE_WRITE, block)];
  const cells = new Uint16Array(keys.length);
  writeRows<Key>(w, keys, {
    templates,
    number: (key, i) => {
      checkKey(key, `keys[${i}]`);
      let own = 0;
      for (const source of sources) if (source.has(i)) own++;
      cells[i] = own;
      if (own > 0) return 0;
      templates[1] = ASKS;
      return 1;
    },
    key: (key) => key,
    tail: (_, i) => {
      const own = cells[i] as number;
      if (own > 0) writeRow(w, sources, i, own);
    },
  });
}

/** A row of which no cell is valid has nothing to write; it asks whether there is a record, so that it has an answer. */
const ASKS: Template = {
  write: (w) => {
    w.u8(TEMPLATE_READ);
    w.u8(KEEP_TTL);
    w.u8(0);
    writeHeaderSelection(w);
  },
};

function writeRow(w: FrameWriter, sources: readonly Source[], row: number, cells: number): void {
  w.u16(cells);
  for (const source of sources) {
    if (!source.has(row)) continue;
    w.u8(OPERATION_WRITE);
    writeBinName(w, source.bin, source.path);
    const at = w.length;
    try {
      source.write(w, row);
    } catch (error) {
      throw toArgumentError(error, `${source.path}[${row}]`);
    }
    if (w.declared !== undefined) fitDeclared(w, source.bin, at, `${source.path}[${row}]`);
  }
}

/** Checks the columns of a call that has no rows. */
export function checkColumns<S extends ColumnsSchema>(columns: ColumnInputs | Columns<S>): void {
  readSources(columns, 0);
}

function readSources<S extends ColumnsSchema>(columns: ColumnInputs | Columns<S>, rows: number): readonly Source[] {
  const sources = columns instanceof Columns ? ofColumns(columns, rows) : ofInputs(columns, rows);
  if (sources.length === 0) throw new InvalidArgumentError("columns is empty: give at least one column");
  if (sources.length > COLUMN_LIMIT) throw new InvalidArgumentError(`columns has more than ${COLUMN_LIMIT} columns`);
  const bins = new Map<string, string>();
  for (const { bin, path } of sources) {
    const other = bins.get(bin);
    if (other !== undefined) {
      throw new InvalidArgumentError(`${path} and ${other} both write the bin ${JSON.stringify(bin)}`);
    }
    bins.set(bin, path);
  }
  return sources;
}

function ofInputs(columns: ColumnInputs, rows: number): Source[] {
  checkObject(columns, "columns");
  return Object.entries(columns).map(([name, input]) => ofInput(input, name, binPath("columns", name), rows));
}

/** What was read goes back as it was: missing cells are not written. */
function ofColumns<S extends ColumnsSchema>(columns: Columns<S>, rows: number): Source[] {
  return Object.entries(columns.schema).map(([name, { type, width, bin, path: keys }]) => {
    const path = binPath("columns.columns", name);
    if (keys.length > 0) {
      throw new InvalidArgumentError(
        `${path} was read from inside a map, which would be overwritten: give the other columns as an object`,
      );
    }
    const data = columns.columns[name] as unknown;
    if (isVariable(data)) return ofVariable(data, bin, path, rows);
    return ofValues(
      {
        values: data as WritableArray,
        width: width === null ? undefined : width as number,
        as: type === "bool" ? "bool" : undefined,
        valid: columns.valid[name],
      },
      bin,
      path,
      rows,
    );
  });
}

function ofInput(input: unknown, bin: string, path: string, rows: number): Source {
  if (isVariable(input)) return ofVariable(input, bin, path, rows);
  if (Array.isArray(input) || ArrayBuffer.isView(input)) {
    return ofValues({ values: input as WritableArray }, bin, path, rows);
  }
  if (typeof input !== "object" || input === null) {
    throw new InvalidArgumentError(
      `${path} is ${describe(input)}: a column is a typed array, a list, a column that was read, or {values, ...}`,
    );
  }
  checkNames(input, path, VALUES_FIELDS);
  return ofValues(input as unknown as ColumnValues, (input.bin === undefined ? bin : input.bin) as string, path, rows);
}

/** A column whose cells differ in length. */
type VariableColumn = StringColumn | BlobColumn | RaggedColumn;

function isVariable(input: unknown): input is VariableColumn {
  return input instanceof StringColumn || input instanceof BlobColumn || input instanceof RaggedColumn;
}

function ofVariable(
  column: VariableColumn,
  bin: string,
  path: string,
  rows: number,
): Source {
  checkLength(column.length, rows, path);
  const { offsets, valid } = column;
  const type = column instanceof StringColumn ? Particle.STRING : Particle.BYTES;
  const all = column instanceof RaggedColumn ? bytesOf(column.values) : column.bytes;
  const size = column instanceof RaggedColumn ? column.values.BYTES_PER_ELEMENT : 1;
  return {
    bin,
    path,
    has: (row) => isSet(valid, row),
    write: (w, row) => {
      writeBytes(w, type, all.subarray((offsets[row] as number) * size, (offsets[row + 1] as number) * size));
    },
  };
}

function ofValues(input: ColumnValues, bin: string, path: string, rows: number): Source {
  const { values, valid } = input;
  const length = Array.isArray(values) || ArrayBuffer.isView(values) ? values.length : undefined;
  if (length === undefined) {
    throw new InvalidArgumentError(`${path}.values is ${describe(values)}: it must be an array`);
  }
  const width = input.width === undefined ? undefined : integerOption(input.width, `${path}.width`, 1, 0x7fff_ffff);
  const as = input.as === undefined ? undefined : AS[choiceOption(input.as, `${path}.as`, AS)];
  checkLength(length, rows * (width ?? 1), path);
  if (valid !== undefined) {
    if (!(valid instanceof Uint8Array)) {
      throw new InvalidArgumentError(`${path}.valid is not a Uint8Array: it is a bitmap`);
    }
    if (valid.length < Math.ceil(rows / 8)) {
      throw new InvalidArgumentError(
        `${path}.valid has ${valid.length} bytes: ${rows} rows need ${Math.ceil(rows / 8)}`,
      );
    }
  }
  const isValid = valid === undefined ? () => true : (row: number) => isSet(valid, row);
  if (Array.isArray(values)) {
    if (width !== undefined || as !== undefined) {
      throw new InvalidArgumentError(`${path}.${width === undefined ? "as" : "width"} is for typed arrays`);
    }
    const list = values as readonly unknown[];
    return {
      bin,
      path,
      has: (row) => list[row] !== null && list[row] !== undefined && isValid(row),
      write: (w, row) => writeBinValue(w, bin, list[row]),
    };
  }
  const array = values as WritableArray;
  return { bin, path, has: isValid, write: cellWriter(array, width, as, path) };
}

/** How one row of a typed array is written. */
function cellWriter(
  array: WritableArray,
  width: number | undefined,
  as: "blob" | "list" | "bool" | undefined,
  path: string,
): Source["write"] {
  const kind = kindOf(array, path);
  if (as === "bool" && !(array instanceof Uint8Array)) {
    throw new InvalidArgumentError(`${path}.as is "bool": its values are a Uint8Array of 0 and 1`);
  }
  if (width === undefined) {
    if (as === "blob" || as === "list") {
      throw new InvalidArgumentError(`${path}.as is for vectors: give ${path}.width too`);
    }
    return scalarWriter(array, kind, as === "bool");
  }
  if (as === "list") {
    return (w, row) => {
      const cell = array.subarray(row * width, (row + 1) * width);
      const items = kind === "float" ? Array.from(cell as Float64Array, (value) => new Double(value)) : [...cell];
      writeHeader(w, Particle.LIST, 0);
      const start = w.length;
      writeList(w, items, 1);
      w.view.setUint32(start - 4, w.length - start, true);
    };
  }
  // A vector of booleans is read back only from bytes of 0 and 1.
  const all = as === "bool" ? bytesOf(array).map((byte) => byte === 0 ? 0 : 1) : bytesOf(array);
  const size = width * array.BYTES_PER_ELEMENT;
  return (w, row) => writeBytes(w, Particle.BYTES, all.subarray(row * size, (row + 1) * size));
}

function scalarWriter(array: WritableArray, kind: "float" | "integer" | "bigint", isBoolean: boolean): Source["write"] {
  if (isBoolean) {
    return (w, row) => {
      writeHeader(w, Particle.BOOL, 1);
      w.u8(array[row] === 0 ? 0 : 1);
    };
  }
  if (kind === "bigint") {
    return (w, row) => {
      writeHeader(w, Particle.INTEGER, 8);
      w.bigI64BE(array[row] as bigint);
    };
  }
  if (kind === "float") {
    return (w, row) => {
      writeHeader(w, Particle.DOUBLE, 8);
      w.f64BE(array[row] as number);
    };
  }
  return (w, row) => {
    writeHeader(w, Particle.INTEGER, 8);
    w.i64BE(array[row] as number);
  };
}

/** By their names, because those of another realm are none of this one's classes. */
const KINDS: ReadonlyMap<unknown, "float" | "integer" | "bigint"> = new Map<string, "float" | "integer" | "bigint">([
  ["Float64Array", "float"],
  ["Float32Array", "float"],
  ["Float16Array", "float"],
  ["BigInt64Array", "bigint"],
  ["Int32Array", "integer"],
  ["Uint32Array", "integer"],
  ["Int16Array", "integer"],
  ["Uint16Array", "integer"],
  ["Int8Array", "integer"],
  ["Uint8Array", "integer"],
]);

function kindOf(array: WritableArray, path: string): "float" | "integer" | "bigint" {
  const name = Object.prototype.toString.call(array).slice(8, -1);
  const kind = KINDS.get(name);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(
    `${path} is a ${name}, which cannot be written: use one of ${[...KINDS.keys()].join(", ")}`,
  );
}

function checkLength(length: number, wanted: number, path: string): void {
  if (length === wanted) return;
  throw new InvalidArgumentError(`${path} has ${length} elements: the keys ask for ${wanted}`);
}

/** The bytes of an array: little-endian, as every platform is that this client runs on. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
