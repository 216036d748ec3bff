/**
 * What a batch of columns gives: one typed array for each column.
 *
 * @module
 */

import { type BatchStatus, batchStatus, failedRows, SUB_ERROR_LIMIT } from "../batch-rows.ts";
import { setField } from "../codec/name-cache.ts";
import { readError } from "../codec/reply-error.ts";
import { type AerospikeError, InvalidArgumentError, type SubError } from "../errors.ts";
import { BlobColumn } from "./blob-column.ts";
import { isSet } from "./element.ts";
import { RaggedColumn } from "./ragged-column.ts";
import type { ColumnData, ColumnLayouts, ColumnsSchema } from "./schema.ts";
import { StringColumn } from "./string-column.ts";

/** Why a cell is not valid though its bin, or the end of its path, has a value. */
export type CellErrorReason =
  | "wrong-type"
  | "out-of-range"
  | "not-integral"
  | "not-utf8"
  | "short"
  | "long"
  | "partial"
  | "malformed";

/** A cell whose value does not fit its column. */
export interface CellError {
  /** The row. */
  readonly row: number;
  /** The name of the column. */
  readonly column: string;
  /** What is wrong: the value is of another type, or a path leads through something that is no map; the number does not
   * fit; a double is no integer; a text is no UTF-8; a vector has too few elements, or too many; a blob ends within an
   * element; a list or map cannot be read. */
  readonly reason: CellErrorReason;
}

/** The native side's numbers for them, from 1. */
const REASONS: readonly CellErrorReason[] = [
  "wrong-type",
  "out-of-range",
  "not-integral",
  "not-utf8",
  "short",
  "long",
  "partial",
  "malformed",
];
const CELL_FIELDS = 3;

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** What {@link Columns} is made of: also what is left of it after `postMessage`. */
export interface ColumnsParts<S extends ColumnsSchema = ColumnsSchema> {
  /** How many rows there are. */
  readonly length: number;
  /** How many rows have a record. */
  readonly foundCount: number;
  /** How many rows failed. */
  readonly failedCount: number;
  /** Result codes. */
  readonly codes: Int32Array;
  /** Generations. */
  readonly generations: Uint32Array;
  /** Seconds left. */
  readonly ttls: Uint32Array;
  /** The columns. */
  readonly columns: { readonly [K in keyof S]: ColumnData<S[K]> };
  /** Their validity. */
  readonly valid: { readonly [K in keyof S]: Uint8Array };
  /** As they were asked for. */
  readonly schema: ColumnLayouts;
  /** The errors, as they came. */
  readonly details: ColumnsDetails;
}

/** The errors of {@link Columns}, not decoded. */
export interface ColumnsDetails {
  /** Row, number of the column and of the reason for each bad cell. */
  readonly cells: Uint32Array;
  /** Row, length and JSON for each failed row. */
  readonly rows: Uint8Array;
}

/**
 * A batch as columns, positional: element `i` of each column belongs to key `i`. The native library has filled them from
 * the reply; all of them are views of one buffer, which stays as long as any of them does.
 *
 * A cell is valid where its bin, or what stands at the end of its path, has a value that fits the type: then its bit in
 * `valid` is 1. Else the cell holds the column's `fill`, NaN for floats, 0 for other numbers, null for strings and blobs,
 * nothing for ragged vectors; and where there was a value that does not fit, `errors` says why.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const keys = ["a", "b"].map((id) => new Key("test", "ads", id));
 * const ads = await client.batchReadColumns(keys, { ctr: "f32", clicks: "i64", embedding: ["f32", 128] });
 * console.log(ads.columns.ctr[0], ads.isValid("ctr", 0)); // a Float32Array of 2; ads.columns.embedding has 256 elements
 * ```
 */
export class Columns<S extends ColumnsSchema = ColumnsSchema> {
  /** In `ttls`: the record never expires. */
  static readonly NEVER: number = 0xffff_ffff;

  /** How many rows there are: as many as keys were given. */
  readonly length: number;
  /** How many rows have the code 0. */
  readonly foundCount: number;
  /** How many rows failed: those that were not found or filtered out have not. */
  readonly failedCount: number;
  /** The result code of each row: 0 found, 2 not found, 27 filtered out, else an error. */
  readonly codes: Int32Array;
  /** The generation of each row's record, 0 where there is none. */
  readonly generations: Uint32Array;
  /** The seconds that each row's record has left, 0xFFFFFFFF ({@link Columns.NEVER}) for ever; 0 where there is none. */
  readonly ttls: Uint32Array;
  /** The cells, by the names of the columns. Vectors of a fixed width stand behind each other: row-major. */
  readonly columns: { readonly [K in keyof S]: ColumnData<S[K]> };
  /** The validity bitmap of each column: bit 0, for row 0, is the lowest one of byte 0, as in Apache Arrow. */
  readonly valid: { readonly [K in keyof S]: Uint8Array };
  /** The columns as they were asked for. */
  readonly schema: ColumnLayouts;
  /** The errors as they came, which {@link Columns.errors} and {@link Columns.error} decode. */
  readonly details: ColumnsDetails;
  #errors: readonly CellError[] | undefined;
  #failures: ReadonlyMap<number, AerospikeError> | undefined;

  /** Made by the client, and by {@link Columns.from}. */
  constructor(parts: ColumnsParts<S>) {
    this.length = parts.length;
    this.foundCount = parts.foundCount;
    this.failedCount = parts.failedCount;
    this.codes = parts.codes;
    this.generations = parts.generations;
    this.ttls = parts.ttls;
    this.columns = parts.columns;
    this.valid = parts.valid;
    this.schema = parts.schema;
    this.details = parts.details;
  }

  /**
   * Makes of what `postMessage` or `structuredClone` gave on the other side what it was on this one.
   *
   * ```ts
   * import { Columns, type ColumnsSchema } from "@aerospike-ts/client";
   *
   * const schema = { ctr: "f32" } as const satisfies ColumnsSchema;
   * const worker = new Worker(new URL("./reader.ts", import.meta.url), { type: "module" });
   * worker.onmessage = ({ data }: MessageEvent) => {
   *   const ads = Columns.from<typeof schema>(data); // sent by postMessage(ads, ads.transferList)
   *   console.log(ads.columns.ctr);
   * };
   * ```
   */
  static from<S extends ColumnsSchema = ColumnsSchema>(message: unknown): Columns<S> {
    const parts = message as ColumnsParts<S> | null;
    if (
      !(parts?.codes instanceof Int32Array) || !(parts.details?.cells instanceof Uint32Array) ||
      ![parts.schema, parts.columns, parts.valid, ...Object.values(parts.schema ?? {})].every(isObject)
    ) throw new InvalidArgumentError("message is not what a Columns becomes when it is posted or cloned");
    const columns: Record<string, unknown> = {};
    for (const [name, layout] of Object.entries(parts.schema)) {
      // What was an instance is a plain object with the same fields now.
      const data = parts.columns[name] as unknown as StringColumn & RaggedColumn;
      if (!isObject(data)) throw new InvalidArgumentError(`message.columns has no column ${JSON.stringify(name)}`);
      const { offsets, bytes, values, valid } = data;
      const revived = layout.width === "ragged"
        ? new RaggedColumn(offsets, values, valid)
        : layout.type === "string"
        ? new StringColumn(offsets, bytes, valid)
        : layout.type === "blob"
        ? new BlobColumn(offsets, bytes, valid)
        : data;
      setField(columns, name, revived);
    }
    return new Columns<S>({ ...parts, columns: columns as unknown as ColumnsParts<S>["columns"] });
  }

  /** How many cells have a value that does not fit. */
  get errorCount(): number {
    return this.details.cells.length / CELL_FIELDS;
  }

  /** The cells whose values do not fit, by row and then in the order of the schema. Decoded when they are first read. */
  get errors(): readonly CellError[] {
    if (this.#errors === undefined) {
      const { cells } = this.details;
      const names = Object.keys(this.schema);
      const errors: CellError[] = [];
      for (let at = 0; at < cells.length; at += CELL_FIELDS) {
        errors.push({
          row: cells[at] as number,
          column: names[cells[at + 1] as number] as string,
          reason: REASONS[(cells[at + 2] as number) - 1] as CellErrorReason,
        });
      }
      this.#errors = errors;
    }
    return this.#errors;
  }

  /** Whether a cell has a value. */
  isValid(column: keyof S & string, row: number): boolean {
    if (!Object.hasOwn(this.valid, column)) {
      throw new InvalidArgumentError(`there is no column ${JSON.stringify(String(column).slice(0, 40))}`);
    }
    return row >= 0 && row < this.length && isSet(this.valid[column], row);
  }

  /** How a row came out. */
  status(row: number): BatchStatus {
    return batchStatus(this.#code(row));
  }

  /** Why a row failed; null where it did not. */
  error(row: number): AerospikeError | null {
    const code = this.#code(row);
    if (batchStatus(code) !== "failed") return null;
    this.#failures ??= new Map(this.#rowErrors());
    return this.#failures.get(row) ?? readError(code, this.details.rows, 0, 0, {}, { sent: true });
  }

  #code(row: number): number {
    const code = this.codes[row];
    if (code === undefined) throw new InvalidArgumentError(`there is no row ${row}: there are ${this.length}`);
    return code;
  }

  *#rowErrors(): IterableIterator<readonly [row: number, error: AerospikeError]> {
    const bytes = this.details.rows;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length;) {
      const row = view.getUint32(at, true);
      const length = view.getUint32(at + 4, true);
      yield [row, readError(this.#code(row), bytes, at + 8, length, {}, { sent: true })];
      at += 8 + length;
    }
  }

  /**
   * Throws where a row failed, and returns these columns otherwise. A record that was not found, or a cell whose value
   * does not fit, is no failure.
   *
   * @throws {AerospikeError} `BATCH_FAILED`, with the failures as `subErrors`
   */
  throwIfFailed(): this {
    if (this.failedCount === 0) return this;
    const subErrors: SubError[] = [];
    for (const [, { code, message, node }] of this.#rowErrors()) {
      subErrors.push({ code, message, node });
      if (subErrors.length === SUB_ERROR_LIMIT) break;
    }
    throw failedRows(this.failedCount, this.length, subErrors, false);
  }

  /**
   * What `postMessage` and `structuredClone` can hand over instead of copying it: the buffer that the columns stand in.
   * Memory that was given as `into` is its owner's, and not in the list.
   */
  get transferList(): ArrayBuffer[] {
    const { buffer } = this.codes;
    return buffer instanceof ArrayBuffer ? [buffer] : [];
  }
}
