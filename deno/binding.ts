/**
 * The native library under Deno.
 *
 * The default wake-up is `wait`: one nonblocking call that is out only while commands are in flight. It needs no more
 * than `--allow-ffi=<library>`, keeps the process alive exactly as long as something is awaited, and survives
 * `worker.terminate()`. The other is `callback`: an `UnsafeCallback` rung by one native thread of the queue; it needs
 * unscoped `--allow-ffi`.
 *
 * @module
 */
import type { Binding, NativeLibrary, NativeQueue, QueueOptions } from "../src/binding.ts";
import { COUNTERS, SYMBOLS, TOKEN_BYTES } from "../src/symbols.ts";
import { CallbackWake, WaitWake, type Wake } from "./wake.ts";

/** The symbols as Deno wants them; `aef_queue_wait` blocks, so it runs on Deno's pool of blocking threads. */
export type DenoSymbols =
  & {
    readonly aef_queue_wait: (queue: number, timeout: number) => Promise<number>;
  }
  & {
    readonly [name in Exclude<keyof typeof SYMBOLS, "aef_queue_wait">]: (...parameters: unknown[]) => number;
  };

function open(path: string): DenoSymbols {
  const symbols: Record<string, Deno.ForeignFunction> = {};
  for (const [name, symbol] of Object.entries(SYMBOLS)) {
    symbols[name] = {
      parameters: [...symbol.parameters],
      result: symbol.result,
      nonblocking: name === "aef_queue_wait",
    };
  }
  return Deno.dlopen(path, symbols).symbols as unknown as DenoSymbols;
}

/** The least that `aef_queue_drain` takes. */
const DRAIN_BYTES = 16 * 1024;

class DenoLibrary implements NativeLibrary {
  readonly path: string;
  readonly abiVersion: number;
  readonly #symbols: DenoSymbols;

  constructor(path: string) {
    this.path = path;
    this.#symbols = open(path);
    this.abiVersion = this.#symbols.aef_abi_version();
  }

  openQueue(options: QueueOptions): NativeQueue {
    return new DenoQueue(this.#symbols, options);
  }

  shareCluster(cluster: number): Uint8Array | undefined {
    const token = new Uint8Array(TOKEN_BYTES);
    return this.#symbols.aef_cluster_share(cluster, token, token.length) === TOKEN_BYTES ? token : undefined;
  }

  clusterConnected(cluster: number): number {
    return this.#symbols.aef_cluster_connected(cluster);
  }

  counters(): number[] {
    const counters = new BigUint64Array(COUNTERS.length);
    this.#symbols.aef_counters(counters, counters.length);
    return Array.from(counters, Number);
  }
}

class DenoQueue implements NativeQueue {
  readonly handle: number;
  readonly wake: "wait" | "callback";
  readonly #symbols: DenoSymbols;
  readonly #waker: Wake;

  constructor(symbols: DenoSymbols, options: QueueOptions) {
    if (options.wake === "socket") throw new TypeError('Deno has no "socket" wake; use "wait" or "callback"');
    this.handle = symbols.aef_queue_open(options.capacity);
    if (this.handle === 0) throw new Error("the native library has no room for another queue");
    symbols.aef_queue_bind_thread(this.handle);
    this.#symbols = symbols;
    this.wake = options.wake ?? "wait";
    try {
      this.#waker = this.wake === "wait"
        ? new WaitWake(symbols, this.handle, options.onWake)
        : new CallbackWake(symbols, this.handle, options.onWake);
    } catch (error) {
      symbols.aef_queue_close_begin(this.handle);
      const closed = new Uint8Array(DRAIN_BYTES);
      symbols.aef_queue_drain(this.handle, closed, closed.length);
      symbols.aef_queue_free(this.handle);
      throw error;
    }
  }

  submit(frames: Uint8Array<ArrayBuffer>, length: number): number {
    return this.#symbols.aef_submit(this.handle, frames, length);
  }

  clock(): number {
    return this.#symbols.aef_clock();
  }

  drain(into: Uint8Array<ArrayBuffer>): number {
    return this.#symbols.aef_queue_drain(this.handle, into, into.length);
  }

  copyResult(handle: number, into: Uint8Array<ArrayBuffer>): number {
    return this.#symbols.aef_result_copy(this.handle, handle, into, into.length);
  }

  cancel(tag: number): void {
    this.#symbols.aef_cancel(this.handle, tag);
  }

  hold(): void {
    this.#waker.hold();
  }

  release(): void {
    this.#waker.release();
  }

  log(level: number): void {
    this.#symbols.aef_log(this.handle, level);
  }

  beginClose(): void {
    this.#symbols.aef_queue_close_begin(this.handle);
  }

  async dispose(): Promise<void> {
    await this.#waker.dispose();
    this.#symbols.aef_queue_free(this.handle);
  }
}

function granted(name: "env" | "read", what: string): boolean {
  const descriptor = name === "env"
    ? { name, variable: what } satisfies Deno.EnvPermissionDescriptor
    : { name, path: what } satisfies Deno.ReadPermissionDescriptor;
  // Asking without a grant would prompt on a terminal, for something that is optional.
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Deno's implementation of the port. */
export const binding: Binding = {
  runtime: "deno",
  version: Deno.version.deno,
  os: Deno.build.os,
  arch: Deno.build.arch,
  load: (path: string): NativeLibrary => new DenoLibrary(path),
  exists: (path: string): boolean | undefined => {
    if (!granted("read", path)) return undefined;
    try {
      return Deno.statSync(path).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      // Loading it says what is wrong with it.
      return undefined;
    }
  },
  env: (name: string): string | undefined => granted("env", name) ? Deno.env.get(name) : undefined,
};
