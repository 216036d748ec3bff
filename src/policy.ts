/**
 * The policies: what a command may take as options. They layer, shallow: built-in, client, call, row of a batch.
 * `undefined` means not given; `null` and unknown names are errors.
 *
 * @module
 */

import type { ColumnsSchema, ColumnTargets } from "./columns/schema.ts";
import type { Filter } from "./exp/expression.ts";

/** Which copy of a partition a read goes to. */
export type Replica = "master" | "any" | "sequence" | "prefer-rack" | "random";

/**
 * How reads of bins are sent: `"direct"` by this client's own path, which costs a fraction and leaves to
 * `aerospike-core` whatever it does not get a clean answer to; `"core"` by `aerospike-core` alone.
 */
export type ReadPath = "direct" | "core";

/** What every command takes. */
export interface CommandOptions {
  /** Ends the command early: see {@link Client} for what then rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** How a record is read. */
export interface ReadModeFields {
  /** Reads in AP namespaces: ask one copy, or all while the cluster migrates. Default `"one"`. */
  readonly readModeAP?: "one" | "all" | undefined;
  /** Reads in strongly consistent namespaces. Default `"session"`. */
  readonly readModeSC?: "session" | "linearize" | "allow-replica" | "allow-unavailable" | undefined;
  /**
   * Whether a read makes the record live longer: when less than this share of its ttl is left (1 to 100 percent), as the
   * server is configured, or never. Default `"server-default"`.
   */
  readonly readTouchTtlPercent?: number | "server-default" | "keep" | undefined;
}

/** The fields of every policy. Times in milliseconds. */
export interface BasePolicy extends ReadModeFields {
  /**
   * A hard deadline, counted from the call: queueing, connecting, retries and encoding included. 0: none. Default 1000.
   * Time in which the whole process is stopped, for a second or more, does not count.
   */
  readonly totalTimeout?: number | undefined;
  /** The bound on one attempt's wait for the server. 0: none. Default 30000. */
  readonly socketTimeout?: number | undefined;
  /**
   * After a time-out, how long the reply is still awaited, so that the connection can be kept: after `totalTimeout` at
   * least 3 seconds, also where this is less. Default 0.
   */
  readonly timeoutDelay?: number | undefined;
  /** Retries after the first attempt. Default 2 for reads, 0 for writes. */
  readonly maxRetries?: number | undefined;
  /** The pause before a retry. Default 0. */
  readonly sleepBetweenRetries?: number | undefined;
  /** The factor by which that pause grows with each retry. Default 1. */
  readonly sleepMultiplier?: number | undefined;
  /** Which copy of the partition is asked. Default `"sequence"`. */
  readonly replica?: Replica | undefined;
  /** Compresses large requests and asks for compressed replies; Enterprise only. Default false. */
  readonly compress?: boolean | undefined;
  /**
   * What a record has to meet: see {@link exp}. One that does not is as one that is not there for a read; a write of it
   * throws a `FilteredOutError`, and a row of a batch has the status `"filtered"`. Default none.
   */
  readonly filter?: Filter | undefined;
}

/** What a row of a batch may have of its own. */
export interface FilterFields {
  /** What the record has to meet, instead of the call's `filter`. */
  readonly filter?: Filter | undefined;
}

/** What only reads have. */
export interface ReadPathFields {
  /**
   * Which path `get`, `header`, `exists` and `batchRead` take. What the direct path cannot do (logins, TLS, other
   * replicas and read modes than the default, compression, rare operations) goes through `"core"` anyway. Default `"direct"`.
   */
  readonly readPath?: ReadPath | undefined;
}

/** The policy of reads. */
export interface ReadPolicy extends BasePolicy, ReadPathFields {}

/** A time to live: seconds from 1; `"never"` expires, `"keep"` what the record has, or the namespace's `"default"`. */
export type Ttl = number | "never" | "keep" | "default";

/** What a write does about a record that does or does not exist. */
export type RecordExists = "update" | "update-only" | "replace" | "replace-only" | "create-only";

/** What everything that changes a record has. */
export interface CommitFields {
  /** When a write is done: after all copies have it, or the master alone. Default `"all"`. */
  readonly commitLevel?: "all" | "master" | undefined;
}

/** What a removal has. */
export interface RemoveFields extends CommitFields {
  /** A delete leaves a tombstone; Enterprise only. Default false. */
  readonly durableDelete?: boolean | undefined;
}

/** What a touch has. */
export interface TouchFields extends CommitFields {
  /** When the record expires. Default `"default"`, the namespace's. */
  readonly ttl?: Ttl | undefined;
  /** Stores the user key with the record, so that scans return it. Default false. */
  readonly sendKey?: boolean | undefined;
}

/** What only writes have, and a client's policy may set. */
export interface WriteFields extends RemoveFields, TouchFields {
  /** What to do about an existing or missing record. Default `"update"`: create it, or change the bins given. */
  readonly recordExists?: RecordExists | undefined;
}

/** What a call of a function on the server has. */
export interface ApplyFields extends RemoveFields, TouchFields {}

/** What only one write has. */
export interface GenerationFields {
  /** Writes only when the record has this generation; else a `GenerationError`. */
  readonly generation?: number | undefined;
  /** With `generation`: `"equal"` (the default), or `"greater"`: only when the given one is greater than the record's. */
  readonly generationPolicy?: "equal" | "greater" | undefined;
}

/** The policy of writes: `put`, `add`, `append`, `prepend`, `touch`, `remove`, `operate` and `apply`. */
export interface WritePolicy extends BasePolicy, WriteFields {}

/**
 * Rows of a batch that failed for a reason that passes are sent again: `TIMEOUT`, `DEVICE_OVERLOAD`, `RECORD_BUSY` (a hot
 * key) and `PARTITION_UNAVAILABLE`. Before each attempt is a pause, drawn from 0 to a bound that doubles each time. It all
 * ends with `totalTimeout`: the rows then have the last answer that they got.
 */
export interface RowRetries {
  /** The most attempts of a row, the first included: 1 to 100. */
  readonly attempts: number;
  /** The bound of the first pause in milliseconds. Default 10. */
  readonly baseMs?: number | undefined;
  /** The bound of every pause in milliseconds. Default 500. */
  readonly maxMs?: number | undefined;
  /** Also rows that are in doubt: what they write may then take place twice. Default false. */
  readonly inDoubt?: boolean | undefined;
}

/** The policy of batches. */
export interface BatchPolicy extends BasePolicy {
  /** Lets the server answer from its network threads where the data is in memory. Default true. */
  readonly allowInline?: boolean | undefined;
  /** The same for data on SSDs. Default false. */
  readonly allowInlineSSD?: boolean | undefined;
  /** Goes on after a row failed. Default true. */
  readonly respondAllKeys?: boolean | undefined;
  /** Asks the nodes at the same time or one after the other. Default `"parallel"`. */
  readonly concurrent?: "parallel" | "sequential" | undefined;
  /**
   * Sends rows again that failed for a reason that passes, beside the `maxRetries` of the request as a whole. Default: not.
   * What may have taken place is sent again only where `inDoubt` asks for it.
   */
  readonly retryRows?: RowRetries | undefined;
}

/** The policy of batches that read. */
export interface BatchReadPolicy extends BatchPolicy, ReadPathFields {}

/** The policy of batches that write. */
export interface BatchWritePolicy extends BatchPolicy, WriteFields {}

/** The policy of batches that remove. */
export interface BatchRemovePolicy extends BatchPolicy, RemoveFields {
  /** Sends the user key too: the server then compares it with the one that it stores. Default false. */
  readonly sendKey?: boolean | undefined;
}

/** The client's own defaults, for each kind of command. */
export interface ClientPolicies {
  /** `get`, `exists`, `header`. */
  readonly read?: ReadPolicy | undefined;
  /** `put`, `add`, `append`, `prepend`, `touch`, `remove`, `operate`, `apply`; each takes of it what it has. */
  readonly write?: WritePolicy | undefined;
  /** `batchRead`, `batchReadColumns`, `batchExists`, and `batchOperate` where it only reads. */
  readonly batch?: BatchReadPolicy | undefined;
  /** `batchWrite`, `batchWriteColumns`, `batch`, `batchApply`, `batchOperate`; each takes of it what it has. */
  readonly batchWrite?: BatchWritePolicy | undefined;
  /** `batchRemove`. */
  readonly batchRemove?: BatchRemovePolicy | undefined;
}

/** The options of `exists` and `header`. */
export interface ReadOptions extends ReadPolicy, CommandOptions {}

/** The options of `get`. */
export interface GetOptions<K extends string = string> extends ReadOptions {
  /** The bins to read; all when it is absent. */
  readonly bins?: readonly K[] | undefined;
}

/**
 * The options of `put`, `add`, `append`, `prepend` and `operate`. An `operate` that only reads refuses those of writes:
 * `ttl`, `recordExists`, `sendKey`, `durableDelete`, `commitLevel`, `generation` and `generationPolicy`.
 */
export interface WriteOptions extends WritePolicy, GenerationFields, CommandOptions {}

/** The options of `remove`. */
export interface RemoveOptions extends BasePolicy, RemoveFields, GenerationFields, CommandOptions {}

/** The options of `touch`. */
export interface TouchOptions extends BasePolicy, TouchFields, GenerationFields, CommandOptions {}

/** The options of `apply`: of the policy of writes, what a function's writes have. */
export interface ApplyOptions extends BasePolicy, ApplyFields, CommandOptions {}

/** The options of `batchRead`. */
export interface BatchReadOptions<K extends string = string> extends BatchReadPolicy, CommandOptions {
  /** The bins to read of every record that does not name its own; all when it is absent. */
  readonly bins?: readonly K[] | undefined;
  /** Reads generation and ttl only. */
  readonly header?: boolean | undefined;
}

/** The options of `batchExists`. */
export interface BatchExistsOptions extends BatchReadPolicy, CommandOptions {}

/** The options of `batchReadColumns`. */
export interface BatchColumnsOptions<S extends ColumnsSchema = ColumnsSchema> extends BatchReadPolicy, CommandOptions {
  /** Rejects where a cell has a value that does not fit its column. Default false: such a cell is in `errors`. */
  readonly strict?: boolean | undefined;
  /**
   * Your own typed arrays by the names of columns: each is filled when the reply is there, and stands in `columns`. The
   * memory may be part of a larger buffer, or shared. Numbers and vectors of a fixed width only.
   */
  readonly into?: ColumnTargets<S> | undefined;
}

/** The options of `batchWrite`. */
export interface BatchWriteOptions extends BatchWritePolicy, CommandOptions {}

/** The options of `batch`: each row takes of them what its kind has. */
export interface BatchOptions extends BatchWritePolicy, CommandOptions {}

/**
 * The options of `batchOperate`. Operations that only read refuse those of writes: `ttl`, `recordExists`, `sendKey`,
 * `durableDelete` and `commitLevel`.
 */
export interface BatchOperateOptions extends BatchWritePolicy, CommandOptions {}

/** The options of `batchApply`. */
export interface BatchApplyOptions extends BatchPolicy, ApplyFields, CommandOptions {}

/** The options of `batchRemove`. */
export interface BatchRemoveOptions extends BatchRemovePolicy, CommandOptions {}
