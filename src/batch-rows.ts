/**
 * What a batch gives: one row for each key, in order.
 *
 * @module
 */

import type { RowsReader } from "./codec/rows-reader.ts";
import { AerospikeError, InvalidArgumentError, type SubError } from "./errors.ts";
import { hex, isKey, type Key, keyIdentity } from "./key.ts";
import type { AerospikeRecord } from "./record.ts";
import { Code } from "./result-code.ts";
import type { Bins, BinValue } from "./values/value.ts";

/** How a row came out. */
export type BatchStatus = "ok" | "not-found" | "filtered" | "failed";

/** A row of a batch; `R` is its record. */
export interface BatchRow<T extends object = Bins, R extends AerospikeRecord<T> = AerospikeRecord<T>> {
  /** The key that was asked for. */
  readonly key: Key;
  /** How it came out. */
  readonly status: BatchStatus;
  /** The result code, 0 for `"ok"`. */
  readonly code: number;
  /**
   * The record, an {@link OperateRecord} where the row has operations; null where there is none, and for writes without
   * results.
   */
  readonly record: R | null;
  /** Why it failed, for `"failed"`. */
  readonly error: AerospikeError | null;
  /** A write may or may not have taken place. */
  readonly inDoubt: boolean;
  /** How often the row was sent: 1, or more where `retryRows` sent it again. */
  readonly attempts: number;
  /** What the function of a row that calls one returned; null for all other rows. */
  readonly result: BinValue;
}

/** A row of `batchExists`. */
export interface BatchExistence {
  /** The key that was asked for. */
  readonly key: Key;
  /** Whether there is a record that meets the filter; null where the row failed. */
  readonly exists: boolean | null;
  /** Why it failed. */
  readonly error: AerospikeError | null;
  /** How often the row was sent: 1, or more where `retryRows` sent it again. */
  readonly attempts: number;
}

/** What a row says of whether there is a record. */
export function existenceOf({ key, status, error, attempts }: BatchRow): BatchExistence {
  return { key, exists: status === "failed" ? null : status === "ok", error, attempts };
}

/** The most failures that an error of a batch names. */
export const SUB_ERROR_LIMIT = 64;

/** The status of a row by its code. */
export function batchStatus(code: number): BatchStatus {
  if (code === Code.OK) return "ok";
  if (code === Code.RECORD_NOT_FOUND) return "not-found";
  return code === Code.FILTERED_OUT ? "filtered" : "failed";
}

/**
 * The rows of a batch, positional: row `i` answers key `i`. A row is decoded when it is first read, once, and from then
 * on keeps nothing of the reply but its own values.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const rows = await client.batchRead<{ name: string }>([new Key("test", "users", "alice"), new Key("test", "users", "bob")]);
 * console.log(rows.foundCount, rows.at(0)?.record?.bins.name);
 * for (const row of rows) console.log(row.status);
 * ```
 */
export class BatchRows<T extends object = Bins, R extends AerospikeRecord<T> = AerospikeRecord<T>>
  implements Iterable<BatchRow<T, R>> {
  /** How many rows there are: as many as keys were given. */
  readonly length: number;
  /** How many rows have the status `"ok"`. */
  readonly foundCount: number;
  /** How many rows have the status `"failed"`. */
  readonly failedCount: number;
  readonly #rows: (BatchRow<T, R> | undefined)[];
  readonly #keys: readonly Key[];
  #reader: RowsReader<T> | undefined;
  #undecoded: number;
  #positions: Map<string, number> | undefined;

  /** Made by the client. */
  constructor(keys: readonly Key[], reader: RowsReader<T> | undefined) {
    this.length = keys.length;
    this.#keys = keys;
    this.#reader = reader;
    this.#undecoded = keys.length;
    this.#rows = new Array<BatchRow<T, R> | undefined>(keys.length).fill(undefined);
    let found = 0;
    let failed = 0;
    for (let i = 0; i < keys.length; i++) {
      // Where a value may fail its row, only decoding tells how the row came out.
      const code = reader === undefined ? Code.OK : reader.valuesMayFail ? this.at(i)?.code : reader.code(i);
      if (code === Code.OK) found++;
      else if (code !== Code.RECORD_NOT_FOUND && code !== Code.FILTERED_OUT) failed++;
    }
    this.foundCount = found;
    this.failedCount = failed;
  }

  /** The row of the key at a position; negative positions count from the end. Undefined where there is none. */
  at(index: number): BatchRow<T, R> | undefined {
    const at = index < 0 ? this.length + index : index;
    const row = this.#rows[at];
    if (row !== undefined) return row;
    const key = this.#keys[at];
    if (key === undefined || this.#reader === undefined) return undefined;
    const decoded = this.#reader.row(at, key) as BatchRow<T, R>;
    this.#rows[at] = decoded;
    // The buffer of the reply goes when nothing is left in it to decode.
    if (--this.#undecoded === 0) this.#reader = undefined;
    return decoded;
  }

  /**
   * One bin of the row at a position, without decoding the rest of it. Undefined where the row has no record, or the record
   * no such bin. Like {@link BatchRows.at}, it takes negative positions.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const rows = await client.batchRead<{ clicks: number }>([new Key("test", "ads", 1), new Key("test", "ads", 2)]);
   * let clicks = 0;
   * for (let i = 0; i < rows.length; i++) clicks += rows.value(i, "clicks") ?? 0;
   * ```
   *
   * @throws {AerospikeError} with `integers: "number"`, where the bin holds an integer that is not safe
   */
  value<K extends keyof T & string>(index: number, bin: K): T[K] | undefined {
    const at = index < 0 ? this.length + index : index;
    const row = this.#rows[at];
    if (row !== undefined) {
      const bins = row.record?.bins;
      // An object finds its prototype's members too.
      return bins !== undefined && Object.hasOwn(bins, bin) ? bins[bin] : undefined;
    }
    const key = this.#keys[at];
    if (key === undefined || this.#reader === undefined) return undefined;
    return this.#reader.value(at, bin, key) as T[K] | undefined;
  }

  /** The first row of a key, by namespace and digest. */
  get(key: Key): BatchRow<T, R> | undefined {
    if (!isKey(key)) throw new InvalidArgumentError("rows.get() takes a Key");
    if (this.#positions === undefined) {
      this.#positions = new Map();
      // Backwards, so that the first row of a key stays.
      for (let i = this.length - 1; i >= 0; i--) this.#positions.set(keyIdentity(this.#keys[i] as Key), i);
    }
    const at = this.#positions.get(keyIdentity(key));
    return at === undefined ? undefined : this.at(at);
  }

  /** Goes through the rows in order. */
  *[Symbol.iterator](): IterableIterator<BatchRow<T, R>> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as BatchRow<T, R>;
  }

  /** All rows, decoded. */
  toArray(): BatchRow<T, R>[] {
    return Array.from({ length: this.length }, (_, i) => this.at(i) as BatchRow<T, R>);
  }

  /**
   * The records that were found, by user key; bytes, and keys without a user key, as hexadecimal digits.
   *
   * @throws {InvalidArgumentError} where two records would have the same name in the map: use `get(key)`
   */
  toMap(): Map<string | number | bigint, R> {
    const map = new Map<string | number | bigint, R>();
    const owners = new Map<string | number | bigint, Key>();
    for (let i = 0; i < this.length; i++) {
      const row = this.at(i) as BatchRow<T, R>;
      const name = mapKey(row.key);
      const owner = owners.get(name);
      if (owner !== undefined && !owner.equals(row.key)) {
        throw new InvalidArgumentError(
          `rows[${i}] would have the name of another record in the map: their user keys are equal in different ` +
            "namespaces or sets, or one is the other's bytes in hexadecimal digits: use rows.get(key)",
        );
      }
      owners.set(name, row.key);
      if (row.record !== null) map.set(name, row.record);
    }
    return map;
  }

  /**
   * Throws where a row failed, and returns these rows otherwise. A record that was not found or filtered is no failure.
   *
   * @throws {AerospikeError} `BATCH_FAILED`, with the failures as `subErrors`
   */
  throwIfFailed(): this {
    if (this.failedCount === 0) return this;
    const subErrors: SubError[] = [];
    let inDoubt = false;
    for (let i = 0; i < this.length; i++) {
      const { error } = this.at(i) as BatchRow<T, R>;
      if (error === null) continue;
      inDoubt ||= error.inDoubt;
      if (subErrors.length < SUB_ERROR_LIMIT) {
        subErrors.push({ code: error.code, message: error.message, node: error.node });
      }
    }
    throw failedRows(this.failedCount, this.length, subErrors, inDoubt);
  }
}

/** The error of a batch of which rows failed, with the first of them. */
export function failedRows(
  failed: number,
  length: number,
  subErrors: readonly SubError[],
  inDoubt: boolean,
): AerospikeError {
  return new AerospikeError(`${failed} of ${length} rows failed; the first: ${subErrors[0]?.message}`, {
    code: Code.BATCH_FAILED,
    subErrors,
    inDoubt,
    sent: true,
  });
}

function mapKey(key: Key): string | number | bigint {
  const { userKey } = key;
  if (userKey === undefined) return hex(key.digest);
  return userKey instanceof Uint8Array ? hex(userKey) : userKey;
}
