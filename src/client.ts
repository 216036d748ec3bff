/**
 * The client.
 *
 * @module
 */

import type { NativeLibrary } from "./binding.ts";
import type { BatchReadRow, BatchWriteRow, MixedRow } from "./batch.ts";
import { type BatchExistence, BatchRows, existenceOf } from "./batch-rows.ts";
import type { ColumnInputs } from "./columns/column-input.ts";
import type { Columns } from "./columns/columns.ts";
import { type ColumnsSchema, readSchema } from "./columns/schema.ts";
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
import { type ClusterToken, tokenOf } from "./cluster-token.ts";
import {
  writeBatchApply,
  writeBatchOperate,
  writeBatchRead,
  writeBatchRemove,
  writeBatchWrite,
} from "./codec/batch.ts";
import { writeHeaderSelection, writeSelection } from "./codec/bin-selection.ts";
import {
  emptyPayload,
  fillTargets,
  type Layouts,
  readColumns,
  readTargets,
  type Targets,
  writeColumnsRead,
} from "./codec/columns.ts";
import { checkColumns, writeColumns } from "./codec/columns-writer.ts";
import type { FrameWriter } from "./codec/frame-writer.ts";
import { checkKey, writeKey } from "./codec/key.ts";
import { writeMixedBatch } from "./codec/mixed-batch.ts";
import { checkOperands, readsOnly, writeOperations } from "./codec/operations.ts";
import { type UndefinedBins, writeBins } from "./codec/particle.ts";
import { blocksUnder, type PolicyBlock, type PolicyBlocks } from "./codec/policy.ts";
import { readOperateRecord, readRecord } from "./codec/record-reader.ts";
import { type ErrorContext, readError } from "./codec/reply-error.ts";
import { type RowForm, RowsReader } from "./codec/rows-reader.ts";
import { readUdfResult, writeUdfCall } from "./codec/udf.ts";
import { Command } from "./command.ts";
import { type CompletionQueue, type LogRecord, RecordKind, type Reply } from "./completion-queue.ts";
import { AerospikeError, ClientClosedError, InvalidArgumentError } from "./errors.ts";
import { isKey, type Key } from "./key.ts";
import { Namespace, type SetSettings } from "./namespace.ts";
import type { Operation, OperationKind } from "./operation.ts";
import {
  booleanOption,
  checkNames,
  checkObject,
  integerOption,
  MS_LIMIT,
  signalOption,
  stringOption,
} from "./option-check.ts";
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
  CommandOptions,
  GetOptions,
  ReadOptions,
  RemoveOptions,
  TouchOptions,
  WriteOptions,
} from "./policy.ts";
import type { AerospikeRecord, OperateRecord } from "./record.ts";
import { Code } from "./result-code.ts";
import type { BinsToWrite } from "./set-rows.ts";
import { type Change, type UpdateOptions, updateRecord } from "./update.ts";
import { COUNTERS } from "./symbols.ts";
import { compileError, readUdfList, readUdfSource, type UdfInfo, udfName, type UdfSource, UdfTask } from "./udf.ts";
import { type DeclaredBins, readBinTypes } from "./values/bin-type.ts";
import type { BinDecodeOptions, BinInput, Bins, BinValue } from "./values/value.ts";

/** What a client is made of; {@link connect} makes it. */
export interface ClientParts {
  /** The library. */
  readonly library: NativeLibrary;
  /** This thread's queue. */
  readonly queue: CompletionQueue;
  /** The cluster's handle. */
  readonly cluster: number;
  /** The encoded policies. */
  readonly policies: PolicyBlocks;
  /** How values come back. */
  readonly decode: BinDecodeOptions;
  /** What a write does about a bin that is undefined. */
  readonly undefinedBins: UndefinedBins;
  /** What the bins of a set are declared to hold. */
  readonly declared?: DeclaredBins | undefined;
  /** What listens to the log, to be taken away at the end. */
  readonly onLog: ((record: LogRecord) => void) | undefined;
}

const DRAIN_MS = 5000;
const ADMIN_TIMEOUT = 3000;
/** The native side tells by node what timed out; the frame's own deadline only stands behind that. */
const ADMIN_MARGIN = 1000;
const INFO_LIMIT = 1024;

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
  readonly #library: NativeLibrary;
  readonly #queue: CompletionQueue;
  readonly #cluster: number;
  readonly #policies: PolicyBlocks;
  readonly #decode: BinDecodeOptions;
  readonly #undefinedBins: UndefinedBins;
  readonly #declared: DeclaredBins | undefined;
  readonly #onLog: ((record: LogRecord) => void) | undefined;
  /** The client that is closed; another one where this one has the settings of a set. */
  readonly #owner: Client;
  #closed: Promise<void> | undefined;

  /** Made by {@link connect} and {@link attach}; with an `owner`, for a set. */
  constructor(parts: ClientParts, owner?: Client) {
    this.#owner = owner ?? this;
    this.#library = parts.library;
    this.#queue = parts.queue;
    this.#cluster = parts.cluster;
    this.#policies = parts.policies;
    this.#decode = parts.decode;
    this.#undefinedBins = parts.undefinedBins;
    this.#declared = parts.declared;
    this.#onLog = parts.onLog;
  }

  get #closing(): Promise<void> | undefined {
    return this.#owner.#closed;
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
    return new Namespace(name, (options) => this.#under(options));
  }

  /** This client with what a set has of its own. */
  #under({ bins, policies }: SetSettings): Client {
    const { declared, decode } = readBinTypes(bins, "options.bins", this.#decode);
    return new Client({
      ...{ library: this.#library, queue: this.#queue, cluster: this.#cluster },
      policies: blocksUnder(this.#policies, policies, "options.policies"),
      ...{ decode, declared, undefinedBins: this.#undefinedBins, onLog: undefined },
    }, this.#owner);
  }

  /**
   * Writes bins. What else the record holds stays, unless `recordExists` is a `"replace"`.
   *
   * @throws {InvalidArgumentError} where a bin cannot be stored; the message has its path
   * @throws {RecordExistsError} with `recordExists: "create-only"`, where there is a record
   * @throws {GenerationError} with `generation`, where the record has another
   */
  put<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return this.#writeBins(Command.PUT, key, bins, options, undefined);
  }

  /**
   * Adds to bins that hold numbers; a bin that does not exist counts as 0.
   *
   * @throws {ServerError} `BIN_INCOMPATIBLE_TYPE` where a bin holds something else
   */
  add<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return this.#writeBins(Command.ADD, key, bins, options, "add");
  }

  /**
   * Appends to bins that hold strings or bytes; a bin that does not exist counts as empty.
   *
   * @throws {ServerError} `BIN_INCOMPATIBLE_TYPE` where a bin holds something else
   */
  append<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return this.#writeBins(Command.APPEND, key, bins, options, "append");
  }

  /**
   * Prepends to bins that hold strings or bytes; a bin that does not exist counts as empty.
   *
   * @throws {ServerError} `BIN_INCOMPATIBLE_TYPE` where a bin holds something else
   */
  prepend<T extends BinFields<T>>(key: Key, bins: T, options?: WriteOptions): Promise<void> {
    return this.#writeBins(Command.PREPEND, key, bins, options, "prepend");
  }

  #writeBins(
    command: number,
    key: Key,
    bins: object,
    options: WriteOptions | undefined,
    operand: OperationKind | undefined,
  ): Promise<void> {
    let size = 0;
    return this.#send(command, this.#policies.write, options, true, (w) => {
      this.#policies.write.write(w, options);
      writeKey(w, key);
      const start = w.length;
      if (operand !== undefined) checkOperands(operand, bins);
      writeBins(w, bins, this.#undefinedBins, "bins");
      size = w.length - start;
    }, (reply) => {
      if (isFailure(reply)) throw this.#error(reply, { key, size, ttl: hasTtl(options) });
    });
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
    return this.#send(Command.GET, this.#policies.get, options, false, (w) => {
      this.#policies.get.write(w, options);
      writeKey(w, key);
      writeSelection(w, options?.bins, "options.bins");
    }, (reply) => {
      if (reply.code !== Code.OK) return this.#missed(reply, key);
      return readRecord<T>(reply, key, this.#decode);
    });
  }

  /** Reads a record's generation and ttl only. Null where there is none. */
  header(key: Key, options?: ReadOptions): Promise<AerospikeRecord<Record<never, never>> | null> {
    return this.#send(Command.GET, this.#policies.read, options, false, (w) => {
      this.#policies.read.write(w, options);
      writeKey(w, key);
      writeHeaderSelection(w);
    }, (reply) => {
      if (reply.code !== Code.OK) return this.#missed(reply, key);
      return readRecord<Record<never, never>>(reply, key, this.#decode);
    });
  }

  /** Whether there is a record. */
  exists(key: Key, options?: ReadOptions): Promise<boolean> {
    return this.#send(Command.EXISTS, this.#policies.read, options, false, (w) => {
      this.#policies.read.write(w, options);
      writeKey(w, key);
    }, (reply) => {
      if (isFailure(reply)) throw this.#error(reply, { key });
      return reply.code === Code.OK;
    });
  }

  /** Removes a record. False where there was none. */
  remove(key: Key, options?: RemoveOptions): Promise<boolean> {
    return this.#onRecord(Command.REMOVE, this.#policies.remove, key, options);
  }

  /** Sets a record's ttl anew, from the option `ttl`. False where there is no record. */
  touch(key: Key, options?: TouchOptions): Promise<boolean> {
    return this.#onRecord(Command.TOUCH, this.#policies.touch, key, options);
  }

  #onRecord(
    command: number,
    policy: PolicyBlock,
    key: Key,
    options: RemoveOptions | TouchOptions | undefined,
  ): Promise<boolean> {
    return this.#send(command, policy, options, true, (w) => {
      policy.write(w, options);
      writeKey(w, key);
    }, (reply) => {
      if (reply.code === Code.OK) return true;
      if (reply.code === Code.RECORD_NOT_FOUND) return false;
      // A write that a filter kept from taking place is no miss.
      throw this.#error(reply, { key, ttl: hasTtl(options) });
    });
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
    let size = 0;
    let writes: boolean;
    try {
      writes = !readsOnly(operations);
    } catch (error) {
      // A getter's. What an async method throws, it rejects with.
      return Promise.reject(error);
    }
    const policy = writes ? this.#policies.write : this.#policies.readOperate;
    return this.#send(Command.OPERATE, policy, options, writes, (w) => {
      policy.write(w, options);
      writeKey(w, key);
      const start = w.length;
      writeOperations(w, operations, "operations");
      size = w.length - start;
    }, (reply) => {
      if (isFailure(reply)) throw this.#error(reply, { key, size, ttl: hasTtl(options), operations });
      return reply.code === Code.OK ? readOperateRecord<T>(reply, key, writes, this.#decode, operations) : null;
    });
  }

  /**
   * Reads a record, hands it to `change`, null where there is none, and writes what that gives where nobody has changed
   * the record meanwhile; else it begins again, after a pause. So `change` may be called several times. It gives bins to
   * write (null deletes one), or operations (`[op.delete()]` removes the record), or null to leave the record as it is.
   * A record that is not there is created. True where it has written.
   *
   * The deadline, by default that of writes, is for all of it, the time in `change` included. The read has the client's
   * policy. A write of which nobody knows whether it took place rejects, and is not sent again.
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
    const parts = { client: this, policy: this.#policies.update, clock: () => this.#queue.clock() };
    return updateRecord<T>(parts, key, change, options);
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
    const policy = this.#policies.apply;
    return this.#send(Command.APPLY, policy, options, true, (w) => {
      policy.write(w, options);
      writeKey(w, key);
      writeUdfCall(w, module, functionName, args);
    }, (reply) => {
      if (isFailure(reply)) throw this.#error(reply, { key, ttl: hasTtl(options) });
      return readUdfResult(reply, key, this.#decode) as T;
    });
  }

  /**
   * Registers a module of Lua functions, or replaces it. One node has accepted it when this resolves; the task waits until
   * all have it: see {@link UdfTask}.
   *
   * @throws {UdfError} where the source does not compile; the message has file and line
   * @throws {InvalidArgumentError} where the name is not valid, or the file cannot be read
   */
  async registerUdf(module: UdfSource, options?: AdminOptions): Promise<UdfTask> {
    const { name, source } = await readUdfSource(module);
    try {
      await this.#admin<unknown>(Command.REGISTER_UDF, options, ["timeout", "signal"], (w, timeout) => {
        w.u32(timeout);
        w.name(name);
        w.blob(source);
      });
    } catch (error) {
      throw AerospikeError.is(error) ? compileError(error.message) ?? error : error;
    }
    return this.#udfTask(name, source);
  }

  /** Removes a module by its name with `.lua`. One that there is not is no error: the server says that it is done. */
  async removeUdf(name: string, options?: AdminOptions): Promise<UdfTask> {
    await this.#admin<unknown>(Command.REMOVE_UDF, options, ["timeout", "signal"], (w, timeout) => {
      w.u32(timeout);
      w.name(udfName(name, "name"));
    });
    return this.#udfTask(name, undefined);
  }

  #udfTask(name: string, source: Uint8Array | undefined): UdfTask {
    return new UdfTask(name, source, (command, options) => this.info(command, options));
  }

  /** The modules that are registered, as one node has them. */
  async listUdfs(options?: AdminOptions): Promise<UdfInfo[]> {
    if (options !== undefined) checkNames(options, "options", ["timeout", "signal"]);
    const [answer] = Object.values(await this.info("udf-list", options));
    return readUdfList(answer?.["udf-list"] ?? "");
  }

  /**
   * Reads many records in one call. Rows are positional, and one that failed does not fail the others: see
   * {@link BatchRows}. Rejects when no node answered at all.
   */
  batchRead<T extends object = Bins>(
    requests: readonly (Key | BatchReadRow)[],
    options?: BatchReadOptions,
  ): Promise<BatchRows<T>> {
    const policy = this.#policies.batch;
    return this.#batch<T, Key | BatchReadRow>(requests, "requests", policy, options, {
      key: keyOf,
      form: (request) => isKey(request) ? READS : operated(READS, request.operations),
      isWrite: false,
      write: (w) => writeBatchRead(w, policy, requests, options),
    });
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
    const policy = this.#policies.batchExists;
    return this.#batch<Bins, Key>(keys, "keys", policy, options, {
      key: itself,
      form: READS,
      isWrite: false,
      write: (w) => writeBatchRead(w, policy, checkedKeys(keys), options, { header: true, path: "" }, "keys"),
    }).then((rows) => rows.toArray().map(existenceOf));
  }

  /**
   * Writes many records in one call, each with its own bins or operations. Rows are positional; a row without results has
   * no record.
   */
  batchWrite<T extends object = Bins>(
    rows: readonly BatchWriteRow[],
    options?: BatchWriteOptions,
  ): Promise<BatchRows<T>> {
    const policy = this.#policies.batchWrite;
    return this.#batch<T, BatchWriteRow>(rows, "rows", policy, options, {
      key: (row) => row.key,
      form: (row) => operated(WRITES, row.operations),
      isWrite: true,
      write: (w) => writeBatchWrite(w, policy, rows, options, this.#undefinedBins),
    });
  }

  /**
   * Carries out rows of different kinds in one call: reads, writes, removals and calls of functions on the server, each
   * with its own policy where that differs from the call's. Rows are positional: row `i` answers `rows[i]`, and one that
   * failed does not fail the others. What reads has a `record`, what has operations an {@link OperateRecord}, what calls a
   * function a `result`.
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
    const policy = this.#policies.batchWrite;
    return this.#batch<T, MixedRow>(rows, "rows", policy, options, {
      key: (row) => row.key,
      form: mixedForm,
      isWrite: (row) => row?.kind !== "read",
      write: (w) => writeMixedBatch(w, policy, rows, options, this.#undefinedBins),
    });
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
   * for (const row of rows) console.log(row.record?.bins.n);
   * ```
   */
  batchOperate<T extends object = Bins>(
    keys: readonly Key[],
    operations: readonly Operation[],
    options?: BatchOperateOptions,
  ): Promise<BatchRows<T>> {
    let reads: boolean;
    try {
      reads = readsOnly(operations);
    } catch (error) {
      // A getter's. What an async method throws, it rejects with.
      return Promise.reject(error);
    }
    const policy = reads ? this.#policies.batchReadOperate : this.#policies.batchWrite;
    return this.#batch<T, Key>(keys, "keys", policy, options, {
      key: itself,
      form: operated(reads ? READS : WRITES, operations),
      isWrite: !reads,
      write: (w) =>
        reads
          ? writeBatchRead(w, policy, checkedKeys(keys), options, { operations, path: "" }, "keys")
          : writeBatchOperate(w, policy, keys, operations, options),
    });
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
    const policy = this.#policies.batchApply;
    return this.#batch<Bins, Key>(keys, "keys", policy, options, {
      key: itself,
      form: APPLIES,
      isWrite: true,
      write: (w) => writeBatchApply(w, policy, keys, { module, function: functionName, args }, options),
    });
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
    const policy = this.#policies.batchColumns;
    let layouts: Layouts;
    let targets: Targets;
    let length: number;
    try {
      length = listLength(keys, "keys");
      layouts = readSchema(schema);
      targets = readTargets(options?.into, layouts, length);
    } catch (error) {
      return Promise.reject(error);
    }
    if (length === 0) {
      return this.#empty(
        policy,
        options,
        () => fillTargets(readColumns<S>(emptyPayload(layouts), layouts, 0), targets),
      );
    }
    const strict = options?.strict === true;
    return this.#send(Command.BATCH_COLUMNS, policy, options, false, (w) => {
      writeColumnsRead(w, policy, keys, layouts, options);
    }, (reply) => {
      if (isFailure(reply)) throw this.#error(reply, {});
      const columns = readColumns<S>(ownBytes(reply), layouts, length);
      if (strict) refuseBadCells(columns);
      return fillTargets(columns, targets);
    });
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
    const policy = this.#policies.batchWrite;
    if (Array.isArray(keys) && keys.length === 0) {
      return this.#empty(policy, options, () => {
        checkColumns(columns);
        return new BatchRows([], undefined);
      });
    }
    return this.#batch<Bins, Key>(keys, "keys", policy, options, {
      key: itself,
      form: WRITES,
      isWrite: true,
      write: (w) => writeColumns(w, policy, keys, columns, options),
    });
  }

  /** Removes many records in one call; the row of one that was not there has the status `"not-found"`. */
  batchRemove(keys: readonly Key[], options?: BatchRemoveOptions): Promise<BatchRows> {
    const policy = this.#policies.batchRemove;
    return this.#batch<Bins, Key>(keys, "keys", policy, options, {
      key: itself,
      form: WRITES,
      isWrite: true,
      write: (w) => writeBatchRemove(w, policy, keys, options),
    });
  }

  #batch<T extends object, R>(
    requests: readonly R[],
    path: string,
    policy: PolicyBlock,
    options: (CommandOptions & { readonly totalTimeout?: number | undefined }) | undefined,
    batch: BatchCall<R>,
  ): Promise<BatchRows<T>> {
    let isEmpty: boolean;
    let isWrite: boolean;
    try {
      isEmpty = listLength(requests, path) === 0;
      isWrite = typeof batch.isWrite === "function" ? requests.some(batch.isWrite) : batch.isWrite;
    } catch (error) {
      return Promise.reject(error);
    }
    if (isEmpty) return this.#empty(policy, options, () => new BatchRows<T>([], undefined));
    // What the answer needs to know of the request, taken when it is sent: the caller may change its list while it runs.
    let keys: Key[] = [];
    let forms: RowForm | readonly RowForm[] = [];
    return this.#send(Command.BATCH, policy, options, isWrite, (w) => {
      batch.write(w);
      keys = requests.map(batch.key);
      forms = typeof batch.form === "function" ? requests.map(batch.form) : batch.form;
    }, (reply) => {
      if (isFailure(reply)) throw this.#error(reply, {});
      const request = { decode: this.#decode, path, forms };
      return new BatchRows<T>(keys, new RowsReader<T>(ownBytes(reply), keys.length, request));
    });
  }

  /** No keys, no call; but a closed client, an abort and wrong options are what they are. */
  async #empty<T>(policy: PolicyBlock, options: CommandOptions | undefined, result: () => T): Promise<T> {
    if (this.#closing !== undefined) throw new ClientClosedError();
    policy.check(options);
    if (options?.signal?.aborted) throw options.signal.reason;
    return await Promise.resolve(result());
  }

  /** The nodes of the cluster. */
  nodes(options?: AdminOptions): Promise<NodeInfo[]> {
    return this.#ask<NodeInfo[]>(Command.NODES, options, ["timeout", "signal"], undefined);
  }

  /** The pools of connections, by node. */
  connections(options?: AdminOptions): Promise<NodeConnections[]> {
    return this.#ask<NodeConnections[]>(Command.CONNECTIONS, options, ["timeout", "signal"], undefined);
  }

  /**
   * What the reads of the cluster, by all its clients, did on either path, and why some left the direct one; and how many
   * writes were direct.
   */
  stats(options?: AdminOptions): Promise<ReadStats> {
    return this.#ask<ReadStats>(Command.STATS, options, ["timeout", "signal"], undefined);
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
    return this.#ask<InfoAnswers>(Command.INFO, options, ["timeout", "signal", "node", "all"], () => {
      const list = typeof commands === "string" ? [commands] : commands;
      if (!Array.isArray(list) || list.length === 0 || list.length > INFO_LIMIT) {
        throw new InvalidArgumentError(`commands are a string, or a list of 1 to ${INFO_LIMIT} strings`);
      }
      const body: Record<string, unknown> = {
        commands: Array.from(list, (command: unknown, at) => infoCommand(command, `commands[${at}]`)),
      };
      if (options?.node !== undefined) body.node = stringOption(options.node, "options.node");
      if (options?.all !== undefined) body.all = booleanOption(options.all, "options.all");
      if (body.node !== undefined && body.all === true) {
        throw new InvalidArgumentError("options.node and options.all exclude each other");
      }
      return body;
    });
  }

  /** Asks each node for an answer and measures the time. */
  ping(options?: AdminOptions): Promise<PingResult[]> {
    return this.#ask<PingResult[]>(Command.PING, options, ["timeout", "signal"], () => ({}));
  }

  /** Opens connections ahead of their use, so many to each node; gives how many were opened within `timeout`. */
  warmUp(connectionsPerNode: number, options?: AdminOptions): Promise<number> {
    const answer = this.#admin<{ opened: number }>(Command.WARM_UP, options, ["timeout", "signal"], (w, timeout) => {
      w.u32(integerOption(connectionsPerNode, "connectionsPerNode", 1, 100_000));
      w.u32(timeout);
    });
    return answer.then((result) => result.opened);
  }

  #ask<T>(
    command: number,
    options: AdminOptions | undefined,
    valid: readonly string[],
    body: (() => Record<string, unknown>) | undefined,
  ): Promise<T> {
    return this.#admin<T>(command, options, valid, (w, timeout) => {
      if (body !== undefined) w.utf8(JSON.stringify({ ...body(), timeout }));
    });
  }

  #admin<T>(
    command: number,
    options: AdminOptions | undefined,
    valid: readonly string[],
    write: (w: FrameWriter, timeout: number) => void,
  ): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new ClientClosedError());
    let timeout = ADMIN_TIMEOUT;
    let signal: AbortSignal | undefined;
    try {
      if (options !== undefined) {
        checkAdminOptions(options, valid);
        timeout = options.timeout ?? ADMIN_TIMEOUT;
        signal = options.signal;
      }
    } catch (error) {
      return Promise.reject(error);
    }
    const submission = { command, cluster: this.#cluster, deadline: timeout + ADMIN_MARGIN, isWrite: false, signal };
    return this.#queue.send(submission, (w) => write(w, timeout), (reply) => {
      if (isFailure(reply)) throw this.#error(reply, {});
      return readJson<T>(reply);
    });
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
    const bytes = this.#closing === undefined ? this.#library.shareCluster(this.#cluster) : undefined;
    if (bytes === undefined) throw new ClientClosedError();
    return tokenOf(bytes);
  }

  /** Whether at least one node is active. Asks nobody: it is what the client knows. */
  isConnected(): boolean {
    return this.#closing === undefined && this.#library.clusterConnected(this.#cluster) === 1;
  }

  /** The native library's counters, for all clients of this process. */
  counters(): Counters {
    const values = this.#library.counters();
    return Object.fromEntries(COUNTERS.map((name, at) => [name, values[at] ?? 0])) as unknown as Counters;
  }

  /**
   * Closes the client: new commands are refused, running ones may go on for `drain` milliseconds (default 5000), then
   * they are cancelled. The last client of a cluster closes its connections; others of it go on. A second call gives the
   * same promise.
   */
  close(options?: CloseOptions): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    let drain = DRAIN_MS;
    try {
      if (options !== undefined) {
        checkNames(options, "options", ["drain"]);
        if (options.drain !== undefined) drain = integerOption(options.drain, "options.drain", 0, MS_LIMIT);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    this.#closed = this.#close(drain);
    return this.#closed;
  }

  /** Closes the client at the end of an `await using` block, as {@link Client.close} does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(drain: number): Promise<void> {
    const submission = { command: Command.CLOSE, cluster: this.#cluster, deadline: 0, isWrite: false };
    try {
      await this.#queue.send(submission, (w) => w.u32(drain), (reply) => {
        if (isFailure(reply)) throw this.#error(reply, {});
      });
    } catch (error) {
      // What somebody else has closed, for example the end of the process, is closed.
      if (!(error instanceof ClientClosedError)) throw error;
    } finally {
      if (this.#onLog !== undefined) this.#queue.unlisten(this.#onLog);
      await this.#queue.release();
    }
  }

  #send<T>(
    command: number,
    policy: PolicyBlock,
    options: (CommandOptions & { readonly totalTimeout?: number | undefined }) | undefined,
    isWrite: boolean,
    write: (w: FrameWriter) => void,
    settle: (reply: Reply) => T,
  ): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new ClientClosedError());
    let deadline = policy.totalTimeout;
    let signal: AbortSignal | undefined;
    if (options !== undefined) {
      try {
        // The rest is checked while it is written; these two the queue uses before that.
        checkObject(options, "options");
        deadline = policy.deadline(options);
        signal = options.signal;
        if (signal !== undefined) signalOption(signal, "options.signal");
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const submission = { command, cluster: this.#cluster, deadline, isWrite, signal };
    const declared = this.#declared;
    if (declared === undefined) return this.#queue.send(submission, write, settle);
    return this.#queue.send(submission, (w) => {
      w.declared = declared;
      try {
        write(w);
      } finally {
        w.declared = undefined;
      }
    }, settle);
  }

  /** No record, or one that a filter hides: null. Anything else is an error. */
  #missed(reply: Reply, key: Key): null {
    if (isFailure(reply)) throw this.#error(reply, { key });
    return null;
  }

  #error(reply: Reply, context: ErrorContext): Error {
    const error = readError(reply.code, reply.bytes, reply.offset, reply.length, context);
    if (reply.code !== Code.CANCELLED || this.#closing === undefined) return error;
    const { inDoubt, sent, phase, node, namespace, set, digest } = error;
    return new ClientClosedError("the client was closed while the command ran", {
      inDoubt,
      sent,
      phase,
      node,
      namespace,
      set,
      digest,
    });
  }
}

function isFailure(reply: Reply): boolean {
  return reply.kind !== RecordKind.result;
}

function hasTtl(options: WriteOptions | RemoveOptions | TouchOptions | undefined): boolean {
  return typeof (options as WriteOptions | undefined)?.ttl === "number";
}

/** How many rows a batch has. */
function listLength(list: unknown, path: string): number {
  if (!Array.isArray(list)) throw new InvalidArgumentError(`${path} is not an array: a batch takes a list`);
  return list.length;
}

/** A reply's bytes for good: what came inline stands in a buffer that the next completions overwrite. */
function ownBytes(reply: Reply): Uint8Array {
  return reply.owned ? reply.bytes : reply.bytes.slice(reply.offset, reply.offset + reply.length);
}

/** What `strict` asks for. */
function refuseBadCells<S extends ColumnsSchema>({ errors }: Columns<S>): void {
  const [first] = errors;
  if (first === undefined) return;
  const count = errors.length === 1 ? "1 cell has a value" : `${errors.length} cells have values`;
  const message = `${count} that the schema has no place for; the first: row ${first.row} of the column ` +
    `${JSON.stringify(first.column)}, ${first.reason}; without strict, errors tells of them`;
  throw new AerospikeError(message, { code: Code.CLIENT, sent: true });
}

/** What a batch is made of. */
interface BatchCall<R> {
  /** The record of a row. */
  readonly key: (request: R) => Key;
  /** What a row asks for, or all of them. */
  readonly form: RowForm | ((request: R) => RowForm);
  /** Whether a row writes, or any of them. */
  readonly isWrite: boolean | ((request: R) => boolean);
  /** Writes the frame. */
  readonly write: (w: FrameWriter) => void;
}

const READS: RowForm = { answer: "bins", writes: false };
const WRITES: RowForm = { answer: "none", writes: true };
const APPLIES: RowForm = { answer: "returned", writes: true };

/** The form of a row that may have operations. */
function operated(form: RowForm, operations: readonly Operation[] | undefined): RowForm {
  return operations === undefined ? form : { answer: "results", writes: form.writes, operations };
}

function mixedForm(row: MixedRow): RowForm {
  switch (row.kind) {
    case "read":
      return operated(READS, row.operations);
    case "write":
      return operated(WRITES, row.operations);
    case "remove":
      return WRITES;
    default:
      return APPLIES;
  }
}

function itself(key: Key): Key {
  return key;
}

function keyOf(request: Key | BatchReadRow): Key {
  return isKey(request) ? request : request.key;
}

/** The keys of a batch whose rows have nothing of their own. */
function checkedKeys(keys: readonly Key[]): readonly Key[] {
  for (let i = 0; i < keys.length; i++) checkKey(keys[i], `keys[${i}]`);
  return keys;
}

function checkAdminOptions(options: AdminOptions, valid: readonly string[]): void {
  checkNames(options, "options", valid);
  if (options.timeout !== undefined) integerOption(options.timeout, "options.timeout", 1, MS_LIMIT);
  if (options.signal !== undefined) signalOption(options.signal, "options.signal");
}

function infoCommand(command: unknown, path: string): string {
  const text = stringOption(command, path);
  if (/[\r\n\t\0]/.test(text)) {
    throw new InvalidArgumentError(`${path} has a line break, a tab or a NUL: one command each`);
  }
  return text;
}

const decoder: TextDecoder = new TextDecoder();

function readJson<T>(reply: Reply): T {
  return JSON.parse(decoder.decode(reply.bytes.subarray(reply.offset, reply.offset + reply.length))) as T;
}
