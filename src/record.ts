/**
 * A record, read.
 *
 * @module
 */

import type { Key } from "./key.ts";
import type { Bins, BinValue } from "./values/value.ts";

/**
 * A record as it was read.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const record = await client.get<{ name: string }>(new Key("test", "users", "alice"));
 * if (record !== null) console.log(record.bins.name, record.generation, record.ttl, record.expiresAt);
 * ```
 */
export class AerospikeRecord<T extends object = Bins> {
  /** The key that was asked for. */
  readonly key: Key;
  /** The bins by name; empty when only the header was read. */
  readonly bins: T;
  /** How often the record was written; the server counts modulo its own limit. */
  readonly generation: number;
  /** Seconds until the record expires, or `"never"`. */
  readonly ttl: number | "never";
  readonly #readAt: number;

  /** Made by the client. */
  constructor(key: Key, bins: T, generation: number, ttl: number | "never", readAt: number) {
    this.key = key;
    this.bins = bins;
    this.generation = generation;
    this.ttl = ttl;
    this.#readAt = readAt;
  }

  /** When the record expires, by this machine's clock; null when it never does. */
  get expiresAt(): Date | null {
    return this.ttl === "never" ? null : new Date(this.#readAt + this.ttl * 1000);
  }
}

/**
 * What `operate` gives: the record's header, and one result for each operation.
 *
 * ```ts
 * import { connect, Key, op } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "counters", "visits");
 * const result = await client.operate(key, [op.add("count", 1), op.read("count")]);
 * console.log(result?.results[1], result?.bins);
 * ```
 */
export class OperateRecord<T extends object = Bins> extends AerospikeRecord<T> {
  /** `results[i]` answers `operations[i]`; null where the operation has no answer. */
  readonly results: BinValue[];

  /** Made by the client. */
  constructor(
    key: Key,
    bins: T,
    generation: number,
    ttl: number | "never",
    readAt: number,
    results: BinValue[],
  ) {
    super(key, bins, generation, ttl, readAt);
    this.results = results;
  }
}
