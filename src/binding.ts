/**
 * The port that a runtime implements: the native library as the client sees it. `deno/` and `bun/` each have one
 * implementation of it; nothing else in this project knows how a native symbol is called. The calls are those of
 * `docs/abi.md`.
 *
 * @module
 */

/** How Deno's thread is woken: a nonblocking `wait` call (works with path-scoped `--allow-ffi`), or a callback. */
export type WakeMode = "wait" | "callback" | "socket";

/** What a {@link Binding} needs to open a queue. */
export interface QueueOptions {
  /** Commands in flight that the queue accepts. */
  readonly capacity: number;
  /** How the thread is woken; the binding's default when absent. */
  readonly wake?: WakeMode | undefined;
  /**
   * Called on the JavaScript thread when there may be something to drain; may be called without cause. Returns true
   * when it stopped before the queue was empty: it wants to be called again after a turn of the event loop.
   */
  readonly onWake: () => boolean;
}

/** One completion queue: it belongs to the JavaScript thread that opened it. */
export interface NativeQueue {
  /** The queue's handle in the native library. */
  readonly handle: number;
  /** How this queue wakes its thread. */
  readonly wake: WakeMode;
  /**
   * Hands over the frames in the first `length` bytes.
   * Returns how many were accepted, or a negative status (`docs/abi.md`, `aef_submit`).
   */
  submit(frames: Uint8Array<ArrayBuffer>, length: number): number;
  /** Milliseconds on the clock of deadlines, which stands still while the process is stopped. */
  clock(): number;
  /** Copies whole records into `into` and returns the bytes written; 0 when there are none. */
  drain(into: Uint8Array<ArrayBuffer>): number;
  /** Copies a held result into `into`, which has its exact length, and frees it. Negative: it could not. */
  copyResult(handle: number, into: Uint8Array<ArrayBuffer>): number;
  /** Asks for the end of a command; it still completes once. */
  cancel(tag: number): void;
  /** Commands are in flight: completions must arrive, and the process must not end. */
  hold(): void;
  /** Nothing is in flight: the process may end. */
  release(): void;
  /** Sends the process's native log here: 0 off, 1 error to 5 trace. */
  log(level: number): void;
  /** Begins the end: what runs completes as cancelled, the last record says closed. */
  beginClose(): void;
  /** After the closed record: frees the queue and what woke its thread. Resolves when that is done. */
  dispose(): Promise<void>;
}

/** The native library, loaded. */
export interface NativeLibrary {
  /** The file it was loaded from. */
  readonly path: string;
  /** Its ABI version. */
  readonly abiVersion: number;
  /** Opens a queue for this thread, which is given up when the thread ends; throws where the library has no room for one. */
  openQueue(options: QueueOptions): NativeQueue;
  /** The token of a cluster, for ATTACH; undefined where the client with this handle is closed, or closes. */
  shareCluster(cluster: number): Uint8Array | undefined;
  /** Whether a cluster has an active node: 1, 0, or -1 for an unknown handle. */
  clusterConnected(cluster: number): number;
  /** The library's own counters, in the order of `docs/abi.md`. */
  counters(): number[];
}

/** A runtime's way to load the native library and to ask its environment. */
export interface Binding {
  /** The runtime. */
  readonly runtime: "deno" | "bun";
  /** The runtime's version. */
  readonly version: string;
  /** Loads the library at a path; throws the runtime's own error when that fails. */
  load(path: string): NativeLibrary;
  /** Whether the file exists, or undefined where the permission to ask is not given. */
  exists(path: string): boolean | undefined;
  /** An environment variable, or undefined when it is not set or may not be read. */
  env(name: string): string | undefined;
  /** `linux`, `darwin` or `windows`. */
  readonly os: string;
  /** `x86_64` or `aarch64`. */
  readonly arch: string;
}
