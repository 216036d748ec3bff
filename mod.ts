/**
 * A native async Aerospike client for Deno and Bun. A community project, not an official product of Aerospike.
 *
 * ```ts
 * import { connect, Key } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "users", "alice");
 * await client.put(key, { name: "Alice", age: 30 }, { ttl: "never" });
 * const record = await client.get<{ name: string; age: number }>(key);
 * console.log(record?.bins.name);
 * ```
 *
 * @module
 */

import { attachWith } from "./src/attach.ts";
import type { Binding } from "./src/binding.ts";
import type { Client } from "./src/client.ts";
import type { ClientOptions } from "./src/client-options.ts";
import type { ClusterToken } from "./src/cluster-token.ts";
import type { ConnectOptions } from "./src/connect-options.ts";
import { connectWith } from "./src/connect.ts";
import { detectRuntime } from "./src/runtime.ts";

/**
 * Connects to a cluster. Nothing is loaded before this is called.
 *
 * ```ts
 * import { connect } from "@aerospike-ts/client";
 *
 * await using client = await connect({
 *   hosts: ["127.0.0.1:3000"],
 *   connectTimeout: 2000, // milliseconds
 *   policies: { read: { totalTimeout: 50 } },
 * });
 * console.log(client.isConnected());
 * ```
 *
 * @throws {InvalidArgumentError} where an option is unknown or not valid
 * @throws {LibraryError} where the runtime or the native library does not fit
 * @throws {AerospikeConnectionError} where no host answers
 * @throws {AerospikeTimeoutError} after `connectTimeout`
 */
export async function connect(options?: ConnectOptions): Promise<Client> {
  return await connectWith(await loadBinding(), options);
}

/**
 * Makes a client of a cluster that another thread of this process has connected to: with its connections, its partitions and
 * its limits, and with options of its own. `client.share()` gives the token there; send it to a Worker, and attach in it.
 *
 * Each client closes for itself, in any order. A Worker that ends or is terminated closes its clients with it.
 *
 * ```ts
 * import { attach, type ClusterToken, Key } from "@aerospike-ts/client";
 *
 * globalThis.addEventListener("message", async (event) => {
 *   await using client = await attach((event as MessageEvent<ClusterToken>).data, {
 *     policies: { read: { totalTimeout: 50 } },
 *   });
 *   console.log((await client.get(new Key("test", "users", "alice")))?.bins);
 * });
 * ```
 *
 * @throws {InvalidArgumentError} where the token is none or another process's, or an option is unknown or not valid
 * @throws {ClientClosedError} where the cluster's last client has closed
 * @throws {LibraryError} where the runtime or the native library does not fit
 */
export async function attach(token: ClusterToken, options?: ClientOptions): Promise<Client> {
  return await attachWith(await loadBinding(), token, options);
}

async function loadBinding(): Promise<Binding> {
  // Each of the modules uses its runtime's own names, so only the one that runs may be loaded.
  return detectRuntime() === "deno"
    ? (await import("./deno/binding.ts")).binding
    : (await import("./bun/binding.ts")).binding;
}

export type { WakeMode } from "./src/binding.ts";
export type {
  BatchReadRow,
  BatchWriteRow,
  MixedApplyRow,
  MixedReadRow,
  MixedRemoveRow,
  MixedRow,
  MixedWriteRow,
} from "./src/batch.ts";
export { type BatchExistence, type BatchRow, BatchRows, type BatchStatus } from "./src/batch-rows.ts";
export { BlobColumn } from "./src/columns/blob-column.ts";
export type { ColumnInput, ColumnInputs, ColumnValues, WritableArray } from "./src/columns/column-input.ts";
export {
  type CellError,
  type CellErrorReason,
  Columns,
  type ColumnsDetails,
  type ColumnsParts,
} from "./src/columns/columns.ts";
export type { NumberArray, NumberArrays, NumberType, ScalarType } from "./src/columns/element.ts";
export { OffsetColumn } from "./src/columns/offset-column.ts";
export { RaggedColumn } from "./src/columns/ragged-column.ts";
export type {
  ColumnData,
  ColumnLayout,
  ColumnLayouts,
  ColumnSpec,
  ColumnsSchema,
  ColumnTarget,
  ColumnTargets,
  ColumnType,
  DataOfType,
  VectorType,
} from "./src/columns/schema.ts";
export { StringColumn } from "./src/columns/string-column.ts";
export { BoundSet } from "./src/bound-set.ts";
export type {
  BinsToWrite,
  SetApplyRow,
  SetColumnInputs,
  SetColumns,
  SetMixedReadRow,
  SetMixedRow,
  SetMixedWriteRow,
  SetReadRow,
  SetRemoveRow,
  SetWriteRow,
} from "./src/set-rows.ts";
export { type BinFields, Client } from "./src/client.ts";
export type {
  AdminOptions,
  CloseOptions,
  Counters,
  InfoAnswers,
  InfoOptions,
  NodeConnections,
  NodeInfo,
  PingResult,
  ReadStats,
} from "./src/cluster-info.ts";
export type { LogRecord } from "./src/completion-queue.ts";
export type { ClientOptions, LogLevel, LogOptions } from "./src/client-options.ts";
export type { ClusterToken } from "./src/cluster-token.ts";
export type { AuthOptions, ConnectOptions, TlsOptions } from "./src/connect-options.ts";
export {
  AbortError,
  AerospikeConnectionError,
  AerospikeError,
  type AerospikeErrorInit,
  type AerospikeErrorJSON,
  AerospikeTimeoutError,
  ClientClosedError,
  type ErrorPhase,
  FilteredOutError,
  GenerationError,
  InternalError,
  InvalidArgumentError,
  LibraryError,
  RecordExistsError,
  ServerError,
  type SubError,
  UdfError,
} from "./src/errors.ts";
/**
 * Builders of expressions: plain functions that return immutable {@link Expression}s. Where a value is missing, or has
 * another type than the expression says, it is unknown: a filter is then not met.
 *
 * ```ts
 * import { connect, exp, Key, op } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "users", "alice");
 * await client.put(key, { name: "Alice", age: 30, visits: [3, 1] });
 * const isAdult = exp.and(exp.ge(exp.intBin("age"), 18), exp.gt(exp.list.size(exp.listBin("visits")), 1));
 * console.log(await client.get(key, { filter: isAdult }));
 * const result = await client.operate(key, [op.readExp("next", exp.add(exp.intBin("age"), 1))]);
 * console.log(result?.bins.next); // 31
 * ```
 */
export * as exp from "./src/exp/exp.ts";
export { Expression, type ExpressionType, type Filter, type ValueType } from "./src/exp/expression.ts";
export type { Host } from "./src/hosts.ts";
export { Key, type UserKey } from "./src/key.ts";
export { Namespace, type SetOptions, type SetSettings } from "./src/namespace.ts";
export {
  type InsideKind,
  op,
  type Operation,
  type OperationBuilders,
  type OperationKind,
  type ReadExpOptions,
  type WholeKind,
  type WriteExpOptions,
} from "./src/operation.ts";
export {
  bit,
  type BitArithmeticOptions,
  type BitEncodeOptions,
  type BitIntOptions,
  type BitOperations,
  type BitResizeOptions,
  type BitWriteOptions,
} from "./src/operations/bit.ts";
export { type Context, type ContextBuilders, type ContextKind, ctx } from "./src/operations/ctx.ts";
export type {
  BitOverflow,
  ContextOptions,
  IndexRange,
  Int,
  KeyRange,
  ListInsertOptions,
  ListOrder,
  ListReturn,
  ListSelectOptions,
  ListWriteOptions,
  MapCreateOptions,
  MapItems,
  MapOrder,
  MapReturn,
  MapSelectOptions,
  MapWriteOptions,
  NumericType,
  OperationFields,
  PathSelect,
  RankRange,
  RelativeIndexRange,
  RelativeRankRange,
  ValueRange,
} from "./src/operations/fields.ts";
export {
  hll,
  type HllAddOptions,
  type HllInitOptions,
  type HllOperations,
  type HllWriteOptions,
} from "./src/operations/hll.ts";
export {
  list,
  type ListCreateOptions,
  type ListIndexOptions,
  type ListJoinOptions,
  type ListOperations,
  type ListSortOptions,
} from "./src/operations/list.ts";
export { map, type MapOperations } from "./src/operations/map.ts";
export { path, type PathOperations, type PathOptions, type PathSelectOptions } from "./src/operations/path.ts";
export {
  string,
  type StringOperations,
  type StringRegexOptions,
  type StringRegexReplaceOptions,
  type StringWriteOptions,
} from "./src/operations/string.ts";
export type {
  ApplyFields,
  ApplyOptions,
  BasePolicy,
  BatchApplyOptions,
  BatchColumnsOptions,
  BatchExistsOptions,
  BatchOperateOptions,
  BatchOptions,
  BatchPolicy,
  BatchReadOptions,
  BatchReadPolicy,
  BatchRemoveOptions,
  BatchRemovePolicy,
  BatchWriteOptions,
  BatchWritePolicy,
  ClientPolicies,
  CommandOptions,
  CommitFields,
  FilterFields,
  GenerationFields,
  GetOptions,
  ReadModeFields,
  ReadOptions,
  ReadPath,
  ReadPathFields,
  ReadPolicy,
  RecordExists,
  RemoveFields,
  RemoveOptions,
  Replica,
  RowRetries,
  TouchFields,
  TouchOptions,
  Ttl,
  WriteFields,
  WriteOptions,
  WritePolicy,
} from "./src/policy.ts";
export { AerospikeRecord, OperateRecord } from "./src/record.ts";
export { type UdfInfo, type UdfSource, UdfTask, type UdfWaitOptions } from "./src/udf.ts";
export type { Change, UpdateOptions } from "./src/update.ts";
export type { BinType, BinTypeOf, BinTypes } from "./src/values/bin-type.ts";
export { Double } from "./src/values/double.ts";
export { GeoJSON } from "./src/values/geojson.ts";
export { HyperLogLog } from "./src/values/hyperloglog.ts";
export { INFINITY, Placeholder, WILDCARD } from "./src/values/placeholder.ts";
export { Unparsed } from "./src/values/unparsed.ts";
export type { BinInput, Bins, BinValue, DecodeOptions, MapKey } from "./src/values/value.ts";
export { doubles, vector } from "./src/values/vector.ts";
export type { UndefinedBins } from "./src/codec/particle.ts";
