/**
 * The options that every client has for itself, whether it opens a cluster or attaches to one.
 *
 * @module
 */

import type { WakeMode } from "./binding.ts";
import { type PolicyBlocks, policyBlocks } from "./codec/policy.ts";
import type { UndefinedBins } from "./codec/particle.ts";
import type { LogRecord } from "./completion-queue.ts";
import {
  booleanOption,
  checkNames,
  choiceOption,
  integerOption,
  invalidOption,
  signalOption,
  stringOption,
} from "./option-check.ts";
import type { ClientPolicies } from "./policy.ts";
import type { DecodeOptions } from "./values/value.ts";

/** How much the native library tells. */
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** Where the native library's log goes. */
export interface LogOptions {
  /** The least important level that is told. Default `"warn"`. */
  readonly level?: LogLevel | undefined;
  /** Called for each record, on this thread. What it throws is reported as an uncaught error. */
  readonly onLog: (record: LogRecord) => void;
}

/** The options of {@link attach}; {@link connect} has them too. */
export interface ClientOptions {
  /**
   * Sends the `get`, `header` and `exists` of one turn of the event loop to their nodes as batches, where they take the
   * direct path and have the same policy. Each keeps its own deadline, signal, result and error, and one alone is not
   * delayed. Default false.
   *
   * ```ts
   * import { connect, Key } from "@aerospike-ts/client";
   *
   * await using client = await connect({ hosts: "127.0.0.1:3000", autoBatch: true });
   * const keys = ["alice", "bob", "carol"].map((name) => new Key("test", "users", name));
   * const records = await Promise.all(keys.map((key) => client.get(key))); // one request to each node
   * ```
   */
  readonly autoBatch?: boolean | undefined;
  /** The defaults of each kind of command. */
  readonly policies?: ClientPolicies | undefined;
  /** How integers come back. Default `"auto"`. */
  readonly integers?: DecodeOptions["integers"] | undefined;
  /** How doubles come back. Default `"plain"`. */
  readonly doubles?: DecodeOptions["doubles"] | undefined;
  /** How maps come back. Default `"auto"`. */
  readonly maps?: DecodeOptions["maps"] | undefined;
  /** What a write does about a bin that is undefined: an error, or as if it were not there. Default `"error"`. */
  readonly undefinedBins?: UndefinedBins | undefined;
  /** The native library's file. Default: the environment variable `AEROSPIKE_FFI_LIBRARY`, else the local build. */
  readonly library?: string | undefined;
  /** How the thread is woken; a runtime offers some of them and has its own default. */
  readonly wake?: WakeMode | undefined;
  /** Commands that this thread may have in flight; what comes then waits. Default 65536. */
  readonly queueCapacity?: number | undefined;
  /** Tells the native library's log. */
  readonly log?: LogOptions | undefined;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of the options. */
export interface ClientSettings {
  /** How values come back. */
  readonly decode: DecodeOptions;
  /** What a write does about a bin that is undefined. */
  readonly undefinedBins: UndefinedBins;
  /** The encoded policies. */
  readonly policies: PolicyBlocks;
  /** The native library's file. */
  readonly library: string | undefined;
  /** How the thread is woken. */
  readonly wake: WakeMode | undefined;
  /** Commands that may be in flight. */
  readonly queueCapacity: number;
  /** Where the log goes. */
  readonly log: { readonly level: number; readonly onLog: (record: LogRecord) => void } | undefined;
  /** Gives up connecting. */
  readonly signal: AbortSignal | undefined;
}

const QUEUE_CAPACITY = 65_536;
const LEVELS: readonly string[] = ["error", "warn", "info", "debug", "trace"];

/** Their names. */
export const CLIENT_OPTIONS: readonly string[] = [
  "policies",
  "autoBatch",
  "integers",
  "doubles",
  "maps",
  "undefinedBins",
  "library",
  "wake",
  "queueCapacity",
  "log",
  "signal",
];

/** Checks and resolves them; their names were checked before. */
export function readClientOptions(given: Record<string, unknown>): ClientSettings {
  const autoBatch = given.autoBatch !== undefined && booleanOption(given.autoBatch, "options.autoBatch");
  return {
    decode: {
      integers: choiceOf(given.integers, "integers", ["auto", "bigint", "number"], "auto"),
      doubles: choiceOf(given.doubles, "doubles", ["plain", "wrapped"], "plain"),
      maps: choiceOf(given.maps, "maps", ["auto", "map"], "auto"),
    },
    undefinedBins: choiceOf(given.undefinedBins, "undefinedBins", ["error", "skip"], "error"),
    policies: policyBlocks(given.policies, "options.policies", autoBatch),
    library: given.library === undefined ? undefined : stringOption(given.library, "options.library"),
    wake: choiceOf<WakeMode, undefined>(given.wake, "wake", ["wait", "callback", "socket"], undefined),
    queueCapacity: given.queueCapacity === undefined
      ? QUEUE_CAPACITY
      : integerOption(given.queueCapacity, "options.queueCapacity", 1, 1_000_000),
    log: given.log === undefined ? undefined : readLog(given.log, "options.log"),
    signal: given.signal === undefined ? undefined : signalOption(given.signal, "options.signal"),
  };
}

function choiceOf<T extends string, D extends T | undefined>(
  value: unknown,
  name: string,
  choices: readonly T[],
  otherwise: D,
): T | D {
  if (value === undefined) return otherwise;
  return choices[choiceOption(value, `options.${name}`, choices)] as T;
}

function readLog(value: unknown, path: string): ClientSettings["log"] {
  checkNames(value, path, ["level", "onLog"]);
  const { level, onLog } = value;
  if (typeof onLog !== "function") throw invalidOption(onLog, `${path}.onLog`, "a function");
  const listener = onLog as (record: LogRecord) => void;
  return {
    level: level === undefined ? LEVELS.indexOf("warn") + 1 : choiceOption(level, `${path}.level`, LEVELS) + 1,
    // A function of its own for each client, so that one client's end does not silence another's.
    onLog: (record) => listener(record),
  };
}
