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
import { LoadedLibrary, type NativeSymbols, QueueCalls } from "../src/native.ts";
import { SYMBOLS } from "../src/symbols.ts";
import { CallbackWake, WaitWake, type Wake } from "./wake.ts";

/** The symbols as Deno wants them; `aef_queue_wait` blocks, so it runs on Deno's pool of blocking threads. */
export type DenoSymbols = NativeSymbols & {
  readonly aef_queue_wait: (queue: number, timeout: number) => Promise<number>;
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

class DenoQueue extends QueueCalls implements NativeQueue {
  readonly #waker: Wake;

  constructor(symbols: DenoSymbols, options: QueueOptions) {
    if (options.wake === "socket") throw new TypeError('Deno has no "socket" wake; use "wait" or "callback"');
    super(symbols, options.capacity, options.wake ?? "wait");
    try {
      this.#waker = this.wake === "wait"
        ? new WaitWake(symbols, this.handle, options.onWake)
        : new CallbackWake(symbols, this.handle, options.onWake);
    } catch (error) {
      this.giveUp();
      symbols.aef_queue_free(this.handle);
      throw error;
    }
  }

  hold(): void {
    this.#waker.hold();
  }

  release(): void {
    this.#waker.release();
  }

  async dispose(): Promise<void> {
    await this.#waker.dispose();
    this.symbols.aef_queue_free(this.handle);
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
  load: (path: string): NativeLibrary => {
    const symbols = open(path);
    return new LoadedLibrary(path, symbols, (options) => new DenoQueue(symbols, options));
  },
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
