/**
 * The client.
 *
 * @module
 */

import type { BatchReadRow, BatchWriteRow, MixedRow } from "./batch.ts";
import {
  batchApply,
  batchExists,
  batchMixed,
  batchOperate,
  batchRead,
  batchRemove,
  batchWrite,
} from "./batch-commands.ts";
import type { BatchExistence, BatchRows } from "./batch-rows.ts";
import {
  isConnected,
  listConnections,
  listNodes,
  pingNodes,
  readCounters,
  readStats,
  sendInfo,
  shareCluster,
  warmUp,
} from "./cluster-commands.ts";
import type {
  AdminOptions,
  CloseOptions,
  Counters,
  InfoAnswers,
  InfoOptions,
  NodeConnections,
  NodeInfo,
  PingResult,
  ReadStats,
} from "./cluster-info.ts";
import type { ClusterToken } from "./cluster-token.ts";
import { batchReadColumns, batchWriteColumns } from "./column-commands.ts";
import type { ColumnInputs } from "./columns/column-input.ts";
import type { Columns } from "./columns/columns.ts";
import type { ColumnsSchema } from "./columns/schema.ts";
import { Command } from "./command.ts";
import type { Key } from "./key.ts";
import { Namespace } from "./namespace.ts";
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
import {
  applyToRecord,
  getHeader,
  getRecord,
  operateRecord,
  recordExists,
  removeOrTouch,
  writeRecord,
} from "./record-commands.ts";
import type { Session } from "./session.ts";
import type { BinsToWrite } from "./set-rows.ts";
import type { UdfInfo, UdfSource, UdfTask } from "./udf.ts";
import { listUdfs, registerUdf, removeUdf } from "./udf-commands.ts";
import { type Change, type UpdateOptions, updateRecord } from "./update.ts";
import type { BinInput, Bins, BinValue } from "./values/value.ts";

/** What the signature of `put` asks of a type: every field is something that a bin may hold. */
export type BinFields<T> = { readonly [K in keyof T]: BinInput };

/**
 * A connection to a cluster, made by {@link connect}, or by {@link attach} on a thread of its own. It may be shared by
 * everything on its thread; {@link Client.share} is for other threads.
 *
 * What a miss gives: `get` and `header` null; `exists`, `remove` and `touch` false; a row of a batch its status;
 * `operate` that only reads null. Any other miss (a write with `update-only`, an `operate` that writes) rejects. A record
 * that does not meet the call's `filter` is a miss for what reads; what would have written rejects with a
 * `FilteredOutError`, also `remove` and `touch`.
 *
 * An abort by `signal` rejects reads, and whatever was not sent, with the signal's reason. A write that was sent rejects
 * with an `AbortError` whose `inDoubt` is true.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "users", "alice");
 * await client.put(key, { name: "Alice", age: 30 });
 * console.log((await client.get(key))?.bins); // { name: "Alice", age: 30 }
 * ```
 */
export class Client implements AsyncDisposable {
  readonly #session: Session;

  /** Made by {@link connect} and {@link attach}. */
  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * A namespace, whose sets have the commands of this client on user keys: see {@link BoundSet}.
   *
   * ```ts
   * import { connect } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const users = client.namespace("test").set<{ name: string; balance: number }>("users", {
   *   bins: { balance: "double" },
   *   policies: { read: { totalTimeout: 50 } },
   * });
   * await users.put("alice", { name: "Alice", balance: 3 }); // stored as 3.0
   * console.log((await users.get("alice", { bins: ["name"] }))?.bins.name);
   * ```
   */
  namespace(name: string): Namespace {
    return new Namespace(name, (options) => new Client(this.#session.under(options)));
  }

  /**
   * Writes bins. What else the record holds stays, unless `recordExists` is a `"replace"`.
   *
   * @throws {InvalidArgumentError} where a bin cannot be stored; the message has its path
   * @throws {RecordExistsError} with `recordExists: "create-only"`, where there is a record
   * @throws {GenerationError} with `generation`, where the record has another
   */
  put<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return writeRecord(this.#session, Command.PUT, key, bins, options, undefined);
  }

  /**
   * Adds to bins that hold numbers; a bin that does not exist counts as 0.
   *
   * @throws {ServerError} `BIN_INCOMPATIBLE_TYPE` where a bin holds something else
   */
  add<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return writeRecord(this.#session, Command.ADD, key, bins, options, "add");
  }

  /**
   * Appends to bins that hold strings or bytes; a bin that does not exist counts as empty.
   *
   * @throws {ServerError} `BIN_INCOMPATIBLE_TYPE` where a bin holds something else
   */
  append<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return writeRecord(this.#session, Command.APPEND, key, bins, options, "append");
  }

  /**
   * Prepends to bins that hold strings or bytes; a bin that does not exist counts as empty.
   *
   * @throws {ServerError} `BIN_INCOMPATIBLE_TYPE` where a bin holds something else
   */
  prepend<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return writeRecord(this.#session, Command.PREPEND, key, bins, options, "prepend");
  }

  /**
   * Reads a record: all bins, or those named in `bins`. Null where there is none.
   *
   * `T` is what the bins hold; nothing checks it. `get<User, "name">(key, { bins: ["name"] })` narrows it to these bins,
   * which the compiler cannot tell from `T` alone: with it, all are optional. {@link BoundSet.get} needs neither.
   */
  get<T extends object = Bins>(
    key: Key,
    options?: GetOptions<keyof T & string> & { readonly bins?: undefined },
  ): Promise<AerospikeRecord<T> | null>;
  /** Reads the bins that are named. */
  get<T extends object = Bins, K extends keyof T & string = never>(
    key: Key,
    options: GetOptions<K>,
  ): Promise<AerospikeRecord<Pick<T, K>> | null>;
  /** Reads the bins that are named, of a record whose bins have a type. */
  get<T extends object = Bins>(
    key: Key,
    options?: GetOptions<keyof T & string>,
  ): Promise<AerospikeRecord<Partial<T>> | null>;
  get<T extends object>(key: Key, options?: GetOptions<keyof T & string>): Promise<AerospikeRecord<T> | null> {
    return getRecord<T>(this.#session, key, options);
  }

  /** Reads a record's generation and ttl only. Null where there is none. */
  header(key: Key, options?: ReadOptions): Promise<AerospikeRecord<Record<never, never>> | null> {
    return getHeader(this.#session, key, options);
  }

  /** Whether there is a record. */
  exists(key: Key, options?: ReadOptions): Promise<boolean> {
    return recordExists(this.#session, key, options);
  }

  /** Removes a record. False where there was none. */
  remove(key: Key, options?: RemoveOptions): Promise<boolean> {
    return removeOrTouch(this.#session, Command.REMOVE, this.#session.policies.remove, key, options);
  }

  /** Sets a record's ttl anew, from the option `ttl`. False where there is no record. */
  touch(key: Key, options?: TouchOptions): Promise<boolean> {
    return removeOrTouch(this.#session, Command.TOUCH, this.#session.policies.touch, key, options);
  }

  /**
   * Carries out operations on one record, in order, as one transaction. `results[i]` answers `operations[i]`. Null where
   * all operations read and there is no record; then the options of writes are refused.
   *
   * @throws {ServerError} where an operation does not fit; then none of them took place
   */
  operate<T extends object = Bins>(
    key: Key,
    operations: readonly Operation[],
    options?: WriteOptions,
  ): Promise<OperateRecord<T> | null> {
    return operateRecord<T>(this.#session, key, operations, options);
  }

  /**
   * Reads a record, hands it to `change`, null where there is none, and writes what that gives where nobody has changed
   * the record meanwhile; else it begins again, after a pause. So `change` may be called several times. It gives bins to
   * write (null deletes one), or operations (`[op.delete()]` removes a record that is there), or null to leave the record
   * as it is. A record that is not there is created. True where it has written.
   *
   * The deadline, by default that of writes, is for all of it, the time in `change` included. The read has the client's
   * policy; a record that its `filter` hides is null to `change`, and as one that came meanwhile to the write, which is
   * never carried out. A write of which nobody knows whether it took place rejects, and is not sent again.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const key = new Key("test", "users", "alice");
   * await client.update<{ friends: string[] }>(key, (record) => {
   *   const friends = record?.bins.friends ?? [];
   *   return friends.includes("bob") ? null : { friends: [...friends, "bob"].sort() };
   * }, { attempts: 20 });
   * ```
   *
   * @throws {GenerationError} where somebody else was faster in each of the attempts
   */
  update<T extends object = Bins>(
    key: Key,
    change: (record: AerospikeRecord<T> | null) => Change<BinsToWrite<T>> | PromiseLike<Change<BinsToWrite<T>>>,
    options?: UpdateOptions,
  ): Promise<boolean> {
    const { policies, queue } = this.#session;
    return updateRecord<T>({ client: this, policy: policies.update, clock: () => queue.clock() }, key, change, options);
  }

  /**
   * Carries out a function of a registered module on one record, whether it exists or not, and gives what it returns; null
   * where that is nothing. A function that fails has changed nothing.
   *
   * `T` is what it returns; nothing checks it. Integers, doubles, strings, booleans, bytes, lists, maps and GeoJSON go both ways.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const name = "counter.lua";
   * const source = `function add(rec, by)
   *   rec.n = (rec.n or 0) + by
   *   if aerospike:exists(rec) then aerospike:update(rec) else aerospike:create(rec) end
   *   return rec.n
   * end`;
   * await (await client.registerUdf({ name, source })).done();
   * console.log(await client.apply<number>(new Key("test", "users", "alice"), "counter", "add", [5], { ttl: 3600 }));
   * ```
   *
   * @throws {UdfError} where there is no such function, or it fails; the message has the server's words, with file and line
   * @throws {InvalidArgumentError} where an argument cannot be sent; the message has its path
   * @throws {FilteredOutError} where the record does not meet `filter`
   */
  apply<T = BinValue>(
    key: Key,
    module: string,
    functionName: string,
    args: readonly BinInput[] = [],
    options?: ApplyOptions,
  ): Promise<T> {
    return applyToRecord<T>(this.#session, key, module, functionName, args, options);
  }

  /**
   * Registers a module of Lua functions, or replaces it. One node has accepted it when this resolves; the task waits until
   * all have it: see {@link UdfTask}.
   *
   * @throws {UdfError} where the source does not compile; the message has file and line
   * @throws {InvalidArgumentError} where the name is not valid, or the file cannot be read
   */
  registerUdf(module: UdfSource, options?: AdminOptions): Promise<UdfTask> {
    return registerUdf(this.#session, module, options);
  }

  /** Removes a module by its name with `.lua`. One that there is not is no error: the server says that it is done. */
  removeUdf(name: string, options?: AdminOptions): Promise<UdfTask> {
    return removeUdf(this.#session, name, options);
  }

  /** The modules that are registered, as one node has them. */
  listUdfs(options?: AdminOptions): Promise<UdfInfo[]> {
    return listUdfs(this.#session, options);
  }

  /**
   * Reads many records in one call. Rows are positional, and one that failed does not fail the others: see
   * {@link BatchRows}. Rejects when no node answered at all.
   *
   * `T` is what the bins hold, as in {@link Client.get}: `batchRead<User, "name">(keys, { bins: ["name"] })` narrows it to
   * these bins. With requests that say themselves what to read, all are optional.
   */
  batchRead<T extends object = Bins>(
    keys: readonly Key[],
    options?: BatchReadOptions<keyof T & string> & { readonly bins?: undefined; readonly header?: false | undefined },
  ): Promise<BatchRows<T>>;
  /** Reads the headers: generation and ttl only. */
  batchRead(
    keys: readonly Key[],
    options: BatchReadOptions & { readonly header: true },
  ): Promise<BatchRows<Record<never, never>>>;
  /** Reads bins of any type. */
  batchRead(requests: readonly (Key | BatchReadRow)[], options?: BatchReadOptions): Promise<BatchRows>;
  /** Reads the bins that are named. */
  batchRead<T extends object, K extends keyof T & string>(
    keys: readonly Key[],
    options: BatchReadOptions<K> & { readonly header?: false | undefined },
  ): Promise<BatchRows<Pick<T, K>>>;
  /** Reads the bins that are named, of records whose bins have a type. */
  batchRead<T extends object>(
    requests: readonly (Key | BatchReadRow)[],
    options?: BatchReadOptions<keyof T & string>,
  ): Promise<BatchRows<Partial<T>>>;
  batchRead<T extends object>(
    requests: readonly (Key | BatchReadRow)[],
    options?: BatchReadOptions,
  ): Promise<BatchRows<T>> {
    return batchRead<T>(this.#session, requests, options);
  }

  /**
   * Whether there are records, many in one call: a row for each key, in order. No bins are read or sent. One that failed
   * does not fail the others, and rejects when no node answered at all.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const [alice, bob] = await client.batchExists([new Key("test", "users", "alice"), new Key("test", "users", "bob")]);
   * console.log(alice?.exists, bob?.exists); // true false; null where the row failed: then it has an error
   * ```
   */
  batchExists(keys: readonly Key[], options?: BatchExistsOptions): Promise<BatchExistence[]> {
    return batchExists(this.#session, keys, options);
  }

  /**
   * Writes many records in one call, each with its own bins or operations. Rows are positional; a row without results has
   * no record.
   */
  batchWrite<T extends object = Bins>(
    rows: readonly BatchWriteRow[],
    options?: BatchWriteOptions,
  ): Promise<BatchRows<T>> {
    return batchWrite<T>(this.#session, rows, options);
  }

  /**
   * Carries out rows of different kinds in one call: reads, writes, removals and calls of functions on the server, each
   * with its own policy where that differs from the call's. Rows are positional: row `i` answers `rows[i]`, and one that
   * failed does not fail the others. What reads has a `record`, what has operations an {@link OperateRecord} (which
   * `record instanceof OperateRecord` tells the compiler), what calls a function a `result`.
   *
   * Rows on one record go to its node in their order, where they have the same read modes and none is sent again. A server
   * that answers inline (`allowInline`) carries them out so; others may do it side by side.
   *
   * ```ts
   * import { connect, exp, Key, op } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const [alice, bob, eve] = ["alice", "bob", "eve"].map((name) => new Key("test", "users", name)) as [Key, Key, Key];
   * const rows = await client.batch([
   *   { kind: "read", key: alice, bins: ["name"] },
   *   { kind: "write", key: bob, operations: [op.add("visits", 1), op.read("visits")], ttl: 3600 },
   *   { kind: "remove", key: eve, filter: exp.lt(exp.intBin("visits"), 1) },
   * ], { retryRows: { attempts: 3 } });
   * console.log(rows.at(0)?.record?.bins.name, rows.at(1)?.record?.bins.visits, rows.at(2)?.status);
   * ```
   *
   * @throws {InvalidArgumentError} where a row or an option is not valid; the message has its path, as `rows[2].filter`
   */
  batch<T extends object = Bins>(rows: readonly MixedRow[], options?: BatchOptions): Promise<BatchRows<T>> {
    return batchMixed<T>(this.#session, rows, options);
  }

  /**
   * Carries out the same operations on many records in one call, on each as one transaction. Every row that is ok has an
   * {@link OperateRecord}, of which `results[i]` answers `operations[i]`.
   *
   * ```ts
   * import { connect, Key, op } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const keys = [new Key("test", "counters", "a"), new Key("test", "counters", "b")];
   * const rows = await client.batchOperate<{ n: number }>(keys, [op.add("n", 1), op.read("n")]);
   * for (const row of rows) console.log(row.record?.bins.n, row.record?.results);
   * ```
   */
  batchOperate<T extends object = Bins>(
    keys: readonly Key[],
    operations: readonly Operation[],
    options?: BatchOperateOptions,
  ): Promise<BatchRows<T, OperateRecord<T>>> {
    return batchOperate<T>(this.#session, keys, operations, options);
  }

  /**
   * Calls a function, in a module that is registered with the server, on many records in one call. The `result` of a row is
   * what the function returned; what it raised is the row's error, a {@link UdfError}.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const keys = [new Key("test", "users", "alice"), new Key("test", "users", "bob")];
   * const rows = await client.batchApply(keys, "scores", "add", ["points", 5]);
   * for (const row of rows) console.log(row.result, row.error?.message);
   * ```
   */
  batchApply(
    keys: readonly Key[],
    module: string,
    functionName: string,
    args: readonly BinInput[] = [],
    options?: BatchApplyOptions,
  ): Promise<BatchRows> {
    return batchApply(this.#session, keys, module, functionName, args, options);
  }

  /**
   * Reads many records in one call, as one typed array for each column of the schema. The native library fills them off
   * this thread, straight from the reply. Columns are positional; a row that failed, or a value that does not fit, does not
   * fail the others: see {@link Columns}. Rejects when no node answered at all.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const keys = Array.from({ length: 1000 }, (_, i) => new Key("test", "ads", i));
   * const { columns } = await client.batchReadColumns(keys, {
   *   clicks: "u32",
   *   ctr: { type: "f32", bin: "stats", path: ["ctr"], fill: 0 },
   *   embedding: ["f32", 128],
   * });
   * console.log(columns.ctr.length, columns.embedding.length); // 1000 128000
   * ```
   *
   * @throws {InvalidArgumentError} where the schema, a key or an option is not valid; the message has its path
   */
  batchReadColumns<const S extends ColumnsSchema>(
    keys: readonly Key[],
    schema: S,
    options?: BatchColumnsOptions<S>,
  ): Promise<Columns<S>> {
    return batchReadColumns(this.#session, keys, schema, options);
  }

  /**
   * Writes many records in one call, from columns with one element for each key. Typed arrays of floats write doubles,
   * the others integers; vectors become blobs of little-endian elements. A cell that is not valid is not written; a row
   * without any valid cell writes nothing, and its status says whether there is a record. What `batchReadColumns` gave
   * can be given back as it is.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const keys = [new Key("test", "ads", 1), new Key("test", "ads", 2)];
   * const rows = await client.batchWriteColumns(keys, {
   *   ctr: new Float32Array([0.5, 0.25]),
   *   name: ["first", null], // the second has no name
   *   embedding: { values: new Float32Array(256), width: 128 },
   * });
   * rows.throwIfFailed();
   * ```
   *
   * @throws {InvalidArgumentError} where a column, a key or an option is not valid; the message has its path
   */
  batchWriteColumns<S extends ColumnsSchema = ColumnsSchema>(
    keys: readonly Key[],
    columns: ColumnInputs | Columns<S>,
    options?: BatchWriteOptions,
  ): Promise<BatchRows> {
    return batchWriteColumns(this.#session, keys, columns, options);
  }

  /** Removes many records in one call; the row of one that was not there has the status `"not-found"`. */
  batchRemove(keys: readonly Key[], options?: BatchRemoveOptions): Promise<BatchRows> {
    return batchRemove(this.#session, keys, options);
  }

  /** The nodes of the cluster. */
  nodes(options?: AdminOptions): Promise<NodeInfo[]> {
    return listNodes(this.#session, options);
  }

  /** The pools of connections, by node. */
  connections(options?: AdminOptions): Promise<NodeConnections[]> {
    return listConnections(this.#session, options);
  }

  /**
   * What the reads of the cluster, by all its clients, did on either path, and why some left the direct one; and how many
   * writes were direct.
   */
  stats(options?: AdminOptions): Promise<ReadStats> {
    return readStats(this.#session, options);
  }

  /**
   * Sends info commands, as `asinfo` does, to one node or to all.
   *
   * ```ts
   * import { connect } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * console.log(await client.info("namespaces", { all: true })); // { BB9...: { namespaces: "test" } }
   * ```
   */
  info(commands: string | readonly string[], options?: InfoOptions): Promise<InfoAnswers> {
    return sendInfo(this.#session, commands, options);
  }

  /** Asks each node for an answer and measures the time. */
  ping(options?: AdminOptions): Promise<PingResult[]> {
    return pingNodes(this.#session, options);
  }

  /** Opens connections ahead of their use, so many to each node; gives how many were opened within `timeout`. */
  warmUp(connectionsPerNode: number, options?: AdminOptions): Promise<number> {
    return warmUp(this.#session, connectionsPerNode, options);
  }

  /**
   * A token of the cluster, by which {@link attach} makes another client of it on another thread of this process: a Worker
   * that it is sent to. Those clients have the connections, the partitions and the limits in common, and each closes for
   * itself. The token is good as long as the cluster has a client, this one or another; it keeps none alive.
   *
   * ```ts
   * import { connect } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000" });
   * const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
   * worker.postMessage(client.share());
   * ```
   *
   * @throws {ClientClosedError} where this client is closed
   */
  share(): ClusterToken {
    return shareCluster(this.#session);
  }

  /** Whether at least one node is active. Asks nobody: it is what the client knows. */
  isConnected(): boolean {
    return isConnected(this.#session);
  }

  /** The native library's counters, for all clients of this process. */
  counters(): Counters {
    return readCounters(this.#session);
  }

  /**
   * Closes the client: new commands are refused, those that run or wait may go on for `drain` milliseconds (default
   * 5000), then they are cancelled. Other clients' commands are not waited for. The last client of a cluster closes its
   * connections; others of it go on. A second call gives the same promise.
   */
  close(options?: CloseOptions): Promise<void> {
    return this.#session.close(options);
  }

  /** Closes the client at the end of an `await using` block, as {@link Client.close} does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
