/**
 * A set with the commands of the client on its user keys.
 *
 * @module
 */

import type { BatchReadRow, BatchWriteRow, MixedRow } from "./batch.ts";
import type { BatchExistence, BatchRows } from "./batch-rows.ts";
import type { Client } from "./client.ts";
import type { Columns } from "./columns/columns.ts";
import type { ColumnsSchema } from "./columns/schema.ts";
import { InvalidArgumentError } from "./errors.ts";
import { Key, type UserKey } from "./key.ts";
import type { Operation } from "./operation.ts";
import type {
  ApplyOptions,
  BatchApplyOptions,
  BatchColumnsOptions,
  BatchExistsOptions,
  BatchOperateOptions,
  BatchOptions,
  BatchReadOptions,
  BatchRemoveOptions,
  BatchWriteOptions,
  GetOptions,
  ReadOptions,
  RemoveOptions,
  TouchOptions,
  WriteOptions,
} from "./policy.ts";
import type { AerospikeRecord, OperateRecord } from "./record.ts";
import type { BinsToWrite, SetColumnInputs, SetColumns, SetMixedRow, SetReadRow, SetWriteRow } from "./set-rows.ts";
import type { Change, UpdateOptions } from "./update.ts";
import type { BinInput, Bins, BinValue } from "./values/value.ts";

/**
 * The commands of {@link Client} on the user keys of one set, with the types of its bins, its policies and what its bins
 * are declared to hold. {@link Client.namespace} leads here. It closes with its client.
 *
 * ```ts
 * import { connect } from "@aerospike-ts/client";
 *
 * interface User {
 *   name: string;
 *   balance: number;
 *   id: bigint;
 * }
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const users = client.namespace("test").set<User>("users", { bins: { balance: "double", id: "bigint" } });
 * await users.put("alice", { name: "Alice", balance: 3, id: 7n }, { ttl: "never" });
 * const record = await users.get("alice", { bins: ["id"] });
 * console.log(record?.bins.id); // 7n
 * ```
 */
export class BoundSet<T extends object = Bins> {
  /** The namespace. */
  readonly namespace: string;
  /** The name of the set. */
  readonly name: string;
  readonly #client: Client;

  /** Made by {@link Namespace.set}, with a key of the set, and the client under the set's settings. */
  constructor(key: Key, client: Client) {
    this.namespace = key.namespace;
    this.name = key.set;
    this.#client = client;
  }

  /**
   * The key of a record, for calls of the client and for {@link BatchRows.get}.
   *
   * @throws {InvalidArgumentError} where it is no user key
   */
  key(userKey: UserKey): Key {
    return new Key(this.namespace, this.name, userKey);
  }

  /** As {@link Client.put}. */
  async put(key: UserKey, bins: BinsToWrite<T>, options?: WriteOptions): Promise<void> {
    await this.#client.put(this.key(key), bins as Bins, options);
  }

  /** As {@link Client.add}. */
  async add(key: UserKey, bins: BinsToWrite<T>, options?: WriteOptions): Promise<void> {
    await this.#client.add(this.key(key), bins as Bins, options);
  }

  /** As {@link Client.append}. */
  async append(key: UserKey, bins: BinsToWrite<T>, options?: WriteOptions): Promise<void> {
    await this.#client.append(this.key(key), bins as Bins, options);
  }

  /** As {@link Client.prepend}. */
  async prepend(key: UserKey, bins: BinsToWrite<T>, options?: WriteOptions): Promise<void> {
    await this.#client.prepend(this.key(key), bins as Bins, options);
  }

  /** As {@link Client.get}; the record has the bins that `bins` names. */
  async get<K extends keyof T & string = keyof T & string>(
    key: UserKey,
    options?: GetOptions<K>,
  ): Promise<AerospikeRecord<Pick<T, K>> | null> {
    return await this.#client.get<T, K>(this.key(key), options === undefined ? {} : options);
  }

  /** As {@link Client.header}. */
  async header(key: UserKey, options?: ReadOptions): Promise<AerospikeRecord<Record<never, never>> | null> {
    return await this.#client.header(this.key(key), options);
  }

  /** As {@link Client.exists}. */
  async exists(key: UserKey, options?: ReadOptions): Promise<boolean> {
    return await this.#client.exists(this.key(key), options);
  }

  /** As {@link Client.remove}. */
  async remove(key: UserKey, options?: RemoveOptions): Promise<boolean> {
    return await this.#client.remove(this.key(key), options);
  }

  /** As {@link Client.touch}. */
  async touch(key: UserKey, options?: TouchOptions): Promise<boolean> {
    return await this.#client.touch(this.key(key), options);
  }

  /**
   * As {@link Client.operate}. What a bin is declared to hold is asked of `op.write`, `op.add`, `op.append` and
   * `op.prepend`, and holds for the results of its operations.
   */
  async operate(
    key: UserKey,
    operations: readonly Operation[],
    options?: WriteOptions,
  ): Promise<OperateRecord<Partial<T>> | null> {
    return await this.#client.operate<Partial<T>>(this.key(key), operations, options);
  }

  /** As {@link Client.update}. */
  async update(
    key: UserKey,
    change: (record: AerospikeRecord<T> | null) => Change<BinsToWrite<T>> | PromiseLike<Change<BinsToWrite<T>>>,
    options?: UpdateOptions,
  ): Promise<boolean> {
    return await this.#client.update<T>(this.key(key), change, options);
  }

  /** As {@link Client.apply}. */
  async apply<R = BinValue>(
    key: UserKey,
    module: string,
    functionName: string,
    args: readonly BinInput[] = [],
    options?: ApplyOptions,
  ): Promise<R> {
    return await this.#client.apply<R>(this.key(key), module, functionName, args, options);
  }

  /**
   * As {@link Client.batchRead}; the records have the bins that `bins` names. With requests that say themselves what to
   * read, all are optional.
   */
  batchRead<K extends keyof T & string = keyof T & string>(
    keys: readonly UserKey[],
    options?: BatchReadOptions<K> & { readonly header?: false | undefined },
  ): Promise<BatchRows<Pick<T, K>>>;
  /** Reads the headers: generation and ttl only. */
  batchRead(
    keys: readonly UserKey[],
    options: BatchReadOptions<keyof T & string> & { readonly header: true },
  ): Promise<BatchRows<Record<never, never>>>;
  /** Reads what each request says, and the call where one says nothing. */
  batchRead(
    requests: readonly (UserKey | SetReadRow<T>)[],
    options?: BatchReadOptions<keyof T & string>,
  ): Promise<BatchRows<Partial<T>>>;
  async batchRead(
    requests: readonly (UserKey | SetReadRow<T>)[],
    options?: BatchReadOptions<keyof T & string>,
  ): Promise<BatchRows<Partial<T>>> {
    const rows = this.#each(
      requests,
      "requests",
      (request, path) => isRow(request) ? this.#row<BatchReadRow>(request, path) : this.#at(request, path),
    );
    return await this.#client.batchRead<Partial<T>>(rows, options);
  }

  /** As {@link Client.batchWrite}. */
  async batchWrite(rows: readonly SetWriteRow<T>[], options?: BatchWriteOptions): Promise<BatchRows<Partial<T>>> {
    return await this.#client.batchWrite<Partial<T>>(
      this.#each(rows, "rows", (row, path) => this.#row<BatchWriteRow>(row, path)),
      options,
    );
  }

  /** As {@link Client.batch}. */
  async batch(rows: readonly SetMixedRow<T>[], options?: BatchOptions): Promise<BatchRows<Partial<T>>> {
    return await this.#client.batch<Partial<T>>(
      this.#each(rows, "rows", (row, path) => this.#row<MixedRow>(row, path)),
      options,
    );
  }

  /** As {@link Client.batchExists}. */
  async batchExists(keys: readonly UserKey[], options?: BatchExistsOptions): Promise<BatchExistence[]> {
    return await this.#client.batchExists(this.#keys(keys), options);
  }

  /** As {@link Client.batchOperate}. */
  async batchOperate(
    keys: readonly UserKey[],
    operations: readonly Operation[],
    options?: BatchOperateOptions,
  ): Promise<BatchRows<Partial<T>, OperateRecord<Partial<T>>>> {
    return await this.#client.batchOperate<Partial<T>>(this.#keys(keys), operations, options);
  }

  /** As {@link Client.batchApply}. */
  async batchApply(
    keys: readonly UserKey[],
    module: string,
    name: string,
    args?: readonly BinInput[],
    options?: BatchApplyOptions,
  ): Promise<BatchRows> {
    return await this.#client.batchApply(this.#keys(keys), module, name, args, options);
  }

  /** As {@link Client.batchRemove}. */
  async batchRemove(keys: readonly UserKey[], options?: BatchRemoveOptions): Promise<BatchRows> {
    return await this.#client.batchRemove(this.#keys(keys), options);
  }

  /** As {@link Client.batchReadColumns}. */
  async batchReadColumns<const S extends ColumnsSchema>(
    keys: readonly UserKey[],
    schema: S & SetColumns<T, S>,
    options?: BatchColumnsOptions<S>,
  ): Promise<Columns<S>> {
    return await this.#client.batchReadColumns<S>(this.#keys(keys), schema, options);
  }

  /** As {@link Client.batchWriteColumns}. */
  async batchWriteColumns<S extends ColumnsSchema = ColumnsSchema>(
    keys: readonly UserKey[],
    columns: SetColumnInputs<T> | Columns<S>,
    options?: BatchWriteOptions,
  ): Promise<BatchRows> {
    return await this.#client.batchWriteColumns(this.#keys(keys), columns as Columns<S>, options);
  }

  #keys(keys: readonly UserKey[]): Key[] {
    return this.#each(keys, "keys", (key, path) => this.#at(key, path));
  }

  /** The row of a client's batch. */
  #row<R>(row: { readonly key: UserKey }, path: string): R {
    return { ...row, key: this.#at(row?.key, `${path}.key`) } as R;
  }

  #at(userKey: UserKey, path: string): Key {
    try {
      return this.key(userKey);
    } catch (error) {
      throw error instanceof InvalidArgumentError ? new InvalidArgumentError(`${path}: ${error.message}`) : error;
    }
  }

  #each<R, K>(list: readonly R[], path: string, map: (item: R, path: string) => K): K[] {
    if (!Array.isArray(list)) throw new InvalidArgumentError(`${path} is not an array: a batch takes a list`);
    return list.map((item, at) => map(item, `${path}[${at}]`));
  }
}

function isRow<R extends object>(request: UserKey | R): request is R {
  return typeof request === "object" && request !== null && !(request instanceof Uint8Array);
}
