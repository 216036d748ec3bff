/**
 * The table of native symbols, written once. Each binding translates it to its runtime's spelling.
 *
 * @module
 */

/** What a parameter is: a number, a view of memory, or a function pointer. */
export type ParameterType = "u32" | "i32" | "buffer" | "function";

/** One exported function. */
export interface NativeSymbol {
  /** Its parameters, in order. */
  readonly parameters: readonly ParameterType[];
  /** What it returns. */
  readonly result: "u32" | "i32" | "f64";
}

/** The version of the C ABI that this code speaks (`aef_abi_version`). */
export const ABI_VERSION = 1;

/** Every function of `rust/ffi/include/aerospike_ffi.h` that the bindings call. */
export const SYMBOLS = {
  aef_abi_version: { parameters: [], result: "u32" },
  aef_queue_open: { parameters: ["u32"], result: "u32" },
  aef_queue_bind_thread: { parameters: ["u32"], result: "i32" },
  aef_queue_callback: { parameters: ["u32", "function", "u32"], result: "i32" },
  aef_queue_socket: { parameters: ["u32", "buffer", "u32"], result: "i32" },
  aef_queue_wait: { parameters: ["u32", "u32"], result: "u32" },
  aef_queue_drain: { parameters: ["u32", "buffer", "u32"], result: "u32" },
  aef_submit: { parameters: ["u32", "buffer", "u32"], result: "i32" },
  aef_cancel: { parameters: ["u32", "u32"], result: "i32" },
  aef_result_copy: { parameters: ["u32", "u32", "buffer", "u32"], result: "i32" },
  aef_cluster_share: { parameters: ["u32", "buffer", "u32"], result: "i32" },
  aef_cluster_connected: { parameters: ["u32"], result: "i32" },
  aef_queue_close_begin: { parameters: ["u32"], result: "i32" },
  aef_queue_free: { parameters: ["u32"], result: "i32" },
  aef_log: { parameters: ["u32", "u32"], result: "i32" },
  aef_clock: { parameters: [], result: "f64" },
  aef_counters: { parameters: ["buffer", "u32"], result: "u32" },
} as const satisfies Record<string, NativeSymbol>;

/** The length of what `aef_cluster_share` writes and ATTACH takes. */
export const TOKEN_BYTES = 32;

/** The counters that `aef_counters` fills, in their order. */
export const COUNTERS = [
  "queues",
  "clusters",
  "inFlight",
  "resultsHeld",
  "resultBytesHeld",
  "accepted",
  "completed",
  "rings",
  "users",
] as const;
