/**
 * The payload of a batch (`docs/abi.md`, "Rows payload"), read row by row when asked.
 *
 * @module
 */

import { type BatchRow, batchStatus } from "../batch-rows.ts";
import { type AerospikeError, InternalError } from "../errors.ts";
import type { Key } from "../key.ts";
import type { Operation } from "../operation.ts";
import { AerospikeRecord, OperateRecord } from "../record.ts";
import { Code } from "../result-code.ts";
import type { BinDecodeOptions, BinValue, DecodeOptions } from "../values/value.ts";
import { UnsafeInteger } from "./integer.ts";
import { readName, setField } from "./name-cache.ts";
import { readParticle } from "./particle-reader.ts";
import { overrun, readResults, readTtl, resultBins } from "./record-reader.ts";
import { readError, replyError } from "./reply-error.ts";

const HEADER = 16;
const ROW = 32;
const IN_DOUBT = 1;
/** Where a row has how often it was sent again. */
const RETRIES = 21;

/** What a row that is ok has: nothing, its bins, a result for each operation, or what a function returned. */
export type RowAnswer = "none" | "bins" | "results" | "returned";

/** What a row asked for. */
export interface RowForm {
  /** What it has where it is ok. */
  readonly answer: RowAnswer;
  /** Whether it writes. */
  readonly writes: boolean;
  /** Its operations, where it has some. */
  readonly operations?: readonly Operation[] | undefined;
}

/** What the reader has to know about the request. */
export interface RowsRequest {
  /** How values come back. */
  readonly decode: BinDecodeOptions;
  /** The name of the list of rows, in errors. */
  readonly path: string;
  /** The form of each row, or of all. */
  readonly forms: RowForm | readonly RowForm[];
}

/** Reads the rows of one batch. It owns the payload; nothing that it returns refers to it. */
export class RowsReader<T extends object> {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #request: RowsRequest;
  readonly #readAt: number = Date.now();

  /** Takes a payload that is the caller's own. */
  constructor(bytes: Uint8Array, rows: number, request: RowsRequest) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#request = request;
    const view = this.#view;
    if (view.byteLength < HEADER + rows * ROW || view.getUint32(0, true) !== rows) {
      throw new InternalError(`a batch of ${rows} keys was not answered with as many rows`);
    }
    let at = view.getUint32(8, true);
    for (let left = view.getUint32(4, true); left > 0; left--) {
      const length = bytes[at] as number;
      if (!(at + 1 + length <= bytes.length)) throw overrun();
      this.#names.push(readName(bytes, at + 1, length));
      at += 1 + length;
    }
  }

  /** Whether a value can make a row that the server answered with 0 a failed one. */
  get valuesMayFail(): boolean {
    const { integers, bins } = this.#request.decode;
    if (integers === "number") return true;
    return bins !== undefined && bins.values().some((own) => own.integers === "number");
  }

  /** The code of a row. */
  code(index: number): number {
    return this.#view.getInt32(HEADER + index * ROW, true);
  }

  /** Decodes one bin of a row, and steps over the others; undefined where there is none. */
  value(index: number, bin: string, key: Key): BinValue | undefined {
    const view = this.#view;
    const bytes = this.#bytes;
    const at = HEADER + index * ROW;
    const wanted = this.#numberOf(bin);
    let offset = view.getUint32(at + 12, true);
    if (offset === 0 || wanted < 0) return undefined;
    for (let left = view.getUint16(at + 16, true); left > 0; left--) {
      if (offset + 9 > bytes.length) throw overrun();
      const length = view.getUint32(offset + 5, true);
      if (offset + 9 + length > bytes.length) throw overrun();
      if (view.getUint32(offset, true) === wanted) {
        try {
          return readParticle(
            bytes,
            view,
            bytes[offset + 4] as number,
            offset + 9,
            length,
            this.#decodeOf(bin),
          ) as BinValue;
        } catch (error) {
          throw UnsafeInteger.at(error, `the bin ${JSON.stringify(bin)}`, key, this.#form(index).writes);
        }
      }
      offset += 9 + length;
    }
    return undefined;
  }

  /** The number of a name in this reply. Mostly the same names are asked for, row after row. */
  #numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.indexOf(name);
      this.#numbers.set(name, number);
    }
    return number;
  }

  #form(index: number): RowForm {
    const { forms } = this.#request;
    return Array.isArray(forms) ? forms[index] as RowForm : forms as RowForm;
  }

  /** Decodes a row. */
  row(index: number, key: Key): BatchRow<T> {
    const view = this.#view;
    const at = HEADER + index * ROW;
    const code = view.getInt32(at, true);
    const inDoubt = (view.getUint8(at + 20) & IN_DOUBT) !== 0;
    const attempts = view.getUint8(at + RETRIES) + 1;
    const status = batchStatus(code);
    const form = this.#form(index);
    const failed = (code: number, error: AerospikeError): BatchRow<T> => {
      return { key, status: "failed", code, record: null, error, inDoubt, attempts, result: null };
    };
    if (status === "failed") return failed(code, this.#error(at, code, inDoubt, key, index, form));
    let record: AerospikeRecord<T> | null = null;
    let result: BinValue = null;
    if (status === "ok" && form.answer !== "none") {
      try {
        if (form.answer === "returned") [result = null] = this.#results(at, view.getUint32(at + 12, true), key, form);
        else record = this.#record(at, view.getUint32(at + 12, true), key, form);
      } catch (error) {
        // An integer that `integers: "number"` cannot give spoils its row, not the batch.
        if (error instanceof UnsafeInteger) return failed(Code.CLIENT, error);
        throw error;
      }
    }
    return { key, status, code, record, error: null, inDoubt, attempts, result };
  }

  #record(at: number, body: number, key: Key, form: RowForm): AerospikeRecord<T> {
    const view = this.#view;
    const bytes = this.#bytes;
    const bins: Record<string, unknown> = {};
    const generation = view.getUint32(at + 4, true);
    const ttl = readTtl(view.getUint32(at + 8, true));
    let offset = body;
    let name = "";
    try {
      for (let left = body === 0 ? 0 : view.getUint16(at + 16, true); left > 0; left--) {
        if (offset + 9 > bytes.length) throw overrun();
        name = this.#names[view.getUint32(offset, true)] ?? nameless();
        const length = view.getUint32(offset + 5, true);
        if (offset + 9 + length > bytes.length) throw overrun();
        const own = this.#decodeOf(name);
        setField(bins, name, readParticle(bytes, view, bytes[offset + 4] as number, offset + 9, length, own));
        offset += 9 + length;
      }
    } catch (error) {
      throw UnsafeInteger.at(error, `the bin ${JSON.stringify(name)}`, key, form.writes);
    }
    if (form.answer === "bins") return new AerospikeRecord<T>(key, bins as T, generation, ttl, this.#readAt);
    const results = this.#results(at, body === 0 ? 0 : offset, key, form);
    return new OperateRecord<T>(key, bins as T, generation, ttl, this.#readAt, results);
  }

  #decodeOf(bin: string): DecodeOptions {
    const { decode } = this.#request;
    return decode.bins?.get(bin) ?? decode;
  }

  #results(at: number, offset: number, key: Key, form: RowForm): BinValue[] {
    const view = this.#view;
    const bytes = this.#bytes;
    const { decode } = this.#request;
    const results = new Array<BinValue>(offset === 0 ? 0 : view.getUint16(at + 18, true));
    const bins = form.operations && resultBins(decode, form.operations);
    readResults(bytes, view, offset, bytes.length, results, key, form.writes, decode, bins);
    return results;
  }

  #error(at: number, code: number, inDoubt: boolean, key: Key, index: number, form: RowForm): AerospikeError {
    const view = this.#view;
    const offset = view.getUint32(at + 24, true);
    const context = { key, operations: form.operations, row: `${this.#request.path}[${index}]` };
    const known = { inDoubt, sent: true };
    if (offset + 4 > this.#bytes.length) throw overrun();
    if (offset === 0) return replyError(code, known, context);
    return readError(code, this.#bytes, offset + 4, view.getUint32(offset, true), context, known);
  }
}

function nameless(): never {
  throw new InternalError("a reply has a bin without a name");
}
