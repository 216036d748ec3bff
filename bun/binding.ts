/**
 * The native library under Bun.
 *
 * On the main thread the doorbell is a threadsafe `JSCallback` without arguments. In a Worker it is a Unix socket: a
 * Worker that is terminated with a live callback takes the process down.
 *
 * @module
 */
import type { Binding, NativeLibrary, NativeQueue, QueueOptions } from "../src/binding.ts";
import { LoadedLibrary, type NativeSymbols, QueueCalls } from "../src/native.ts";
import { type ParameterType, SYMBOLS } from "../src/symbols.ts";
import { type BunCallback, type BunFfi, bunFfi, type BunGlobal, bunGlobal } from "./runtime.ts";
import { setImmediate } from "node:timers";
import { existsSync } from "node:fs";
import process from "node:process";

/** Longest path of a Unix socket, and room to spare. */
const SOCKET_PATH_BYTES = 256;

/** The longest delay of a timer; it is never meant to fire. */
const FOREVER_MS = 2 ** 31 - 1;

function open(ffi: BunFfi, path: string): NativeSymbols {
  const spelling = (type: ParameterType): string => type === "buffer" || type === "function" ? "ptr" : type;
  const symbols: Record<string, { args: string[]; returns: string }> = {};
  for (const [name, symbol] of Object.entries(SYMBOLS)) {
    symbols[name] = { args: symbol.parameters.map(spelling), returns: symbol.result };
  }
  return ffi.dlopen(path, symbols).symbols as unknown as NativeSymbols;
}

class BunQueue extends QueueCalls implements NativeQueue {
  readonly #onWake: () => boolean;
  readonly #alive: ReturnType<typeof setInterval>;
  #callback: BunCallback | undefined;
  #endSocket: (() => void) | undefined;

  constructor(ffi: BunFfi, symbols: NativeSymbols, options: QueueOptions) {
    if (options.wake === "wait") throw new TypeError('Bun has no "wait" wake; use "callback" or "socket"');
    super(symbols, options.capacity, options.wake ?? (bunGlobal().isMainThread ? "callback" : "socket"));
    this.#onWake = options.onWake;
    // Neither an open callback nor an unref'd socket keeps Bun alive; this timer does, while commands are in flight.
    this.#alive = setInterval(() => {}, FOREVER_MS);
    this.release();
    try {
      if (this.wake === "callback") {
        this.#callback = new ffi.JSCallback(() => this.#drain(), { args: [], returns: "void", threadsafe: true });
        symbols.aef_queue_callback(this.handle, this.#callback.ptr, 0);
      } else {
        this.#connectSocket(bunGlobal());
      }
    } catch (error) {
      this.giveUp();
      this.dispose();
      throw error;
    }
  }

  hold(): void {
    this.#alive.ref();
  }

  release(): void {
    this.#alive.unref();
  }

  dispose(): Promise<void> {
    clearInterval(this.#alive);
    this.#endSocket?.();
    if (this.#callback !== undefined) {
      const callback = this.#callback;
      this.#callback = undefined;
      this.symbols.aef_queue_callback(this.handle, null, 0);
      // Not inside itself, and not before a ring that was already posted has run.
      setTimeout(() => callback.close(), 0);
    }
    this.symbols.aef_queue_free(this.handle);
    return Promise.resolve();
  }

  #drain(): void {
    if (this.#onWake()) setImmediate(() => this.#drain());
  }

  #connectSocket(bun: BunGlobal): void {
    const path = new Uint8Array(SOCKET_PATH_BYTES);
    const length = this.symbols.aef_queue_socket(this.handle, path, path.length);
    if (length <= 0) throw new Error(`the native library could not open a wake socket (status ${length})`);
    let ended = false;
    this.#endSocket = () => {
      ended = true;
    };
    bun.connect({
      unix: new TextDecoder().decode(path.subarray(0, length)),
      socket: {
        open: (socket) => {
          if (ended) return socket.end();
          this.#endSocket = () => socket.end();
          socket.unref();
        },
        data: () => this.#drain(),
        error: (_socket, error) => {
          throw error;
        },
      },
    }).catch((error: unknown) => {
      // The thread can no longer be woken, and a command that waits for ever is worse than an error.
      if (!ended) throw new Error("the wake socket of the native library could not be connected", { cause: error });
    });
  }
}

/** Bun's implementation of the port. */
export const binding: Binding = {
  runtime: "bun",
  version: bunGlobal().version,
  os: process.platform === "win32" ? "windows" : process.platform,
  arch: process.arch === "arm64" ? "aarch64" : process.arch === "x64" ? "x86_64" : process.arch,
  load: (path: string): NativeLibrary => {
    const ffi = bunFfi();
    const symbols = open(ffi, path);
    return new LoadedLibrary(path, symbols, (options) => new BunQueue(ffi, symbols, options));
  },
  exists: (path: string): boolean => existsSync(path),
  env: (name: string): string | undefined => process.env[name],
};
