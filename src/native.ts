/**
 * What the runtimes have in common of the port: the calls of native symbols, which each of them loads in its own way.
 *
 * @module
 */

import type { NativeLibrary, NativeQueue, QueueOptions, WakeMode } from "./binding.ts";
import { COUNTERS, type SYMBOLS, TOKEN_BYTES } from "./symbols.ts";

/** The symbols that return at once, as a runtime gives them. */
export type NativeSymbols = {
  readonly [name in Exclude<keyof typeof SYMBOLS, "aef_queue_wait">]: (...parameters: unknown[]) => number;
};

/** The least that `aef_queue_drain` takes. */
const DRAIN_BYTES = 16 * 1024;

/** A library whose symbols are loaded. */
export class LoadedLibrary implements NativeLibrary {
  /** The file it was loaded from. */
  readonly path: string;
  /** Its ABI version. */
  readonly abiVersion: number;
  /** Opens a queue for this thread. */
  readonly openQueue: (options: QueueOptions) => NativeQueue;
  readonly #symbols: NativeSymbols;

  /** `openQueue` makes the runtime's kind of queue. */
  constructor(path: string, symbols: NativeSymbols, openQueue: (options: QueueOptions) => NativeQueue) {
    this.path = path;
    this.abiVersion = symbols.aef_abi_version();
    this.openQueue = openQueue;
    this.#symbols = symbols;
  }

  /** The token of a cluster. */
  shareCluster(cluster: number): Uint8Array | undefined {
    const token = new Uint8Array(TOKEN_BYTES);
    return this.#symbols.aef_cluster_share(cluster, token, token.length) === TOKEN_BYTES ? token : undefined;
  }

  /** Whether a cluster has an active node. */
  clusterConnected(cluster: number): number {
    return this.#symbols.aef_cluster_connected(cluster);
  }

  /** The library's own counters. */
  counters(): number[] {
    const counters = new BigUint64Array(COUNTERS.length);
    this.#symbols.aef_counters(counters, counters.length);
    return Array.from(counters, Number);
  }
}

/** The calls of a queue: all of {@link NativeQueue} but how it wakes its thread and keeps the process alive. */
export class QueueCalls implements Omit<NativeQueue, "hold" | "release" | "dispose"> {
  /** The queue's handle. */
  readonly handle: number;
  /** How it wakes its thread. */
  readonly wake: WakeMode;
  /** The library's symbols. */
  protected readonly symbols: NativeSymbols;

  /** Opens it, and binds it to this thread. */
  constructor(symbols: NativeSymbols, capacity: number, wake: WakeMode) {
    this.handle = symbols.aef_queue_open(capacity);
    if (this.handle === 0) throw new Error("the native library has no room for another queue");
    symbols.aef_queue_bind_thread(this.handle);
    this.symbols = symbols;
    this.wake = wake;
  }

  /** Hands frames over. */
  submit(frames: Uint8Array<ArrayBuffer>, length: number): number {
    return this.symbols.aef_submit(this.handle, frames, length);
  }

  /** Milliseconds on the clock of deadlines. */
  clock(): number {
    return this.symbols.aef_clock();
  }

  /** Copies whole records. */
  drain(into: Uint8Array<ArrayBuffer>): number {
    return this.symbols.aef_queue_drain(this.handle, into, into.length);
  }

  /** Copies a held result. */
  copyResult(handle: number, into: Uint8Array<ArrayBuffer>): number {
    return this.symbols.aef_result_copy(this.handle, handle, into, into.length);
  }

  /** Asks for the end of a command. */
  cancel(tag: number): void {
    this.symbols.aef_cancel(this.handle, tag);
  }

  /** Sends the process's native log here. */
  log(level: number): void {
    this.symbols.aef_log(this.handle, level);
  }

  /** Begins the end. */
  beginClose(): void {
    this.symbols.aef_queue_close_begin(this.handle);
  }

  /** Ends a queue that nothing can wake, up to where it may be freed. */
  protected giveUp(): void {
    this.beginClose();
    this.drain(new Uint8Array(DRAIN_BYTES));
  }
}
