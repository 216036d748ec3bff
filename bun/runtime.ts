/**
 * The few members of Bun that the binding uses, declared here so that the package needs no types of Bun's and Deno can
 * check this file without them.
 *
 * @module
 */
import { createRequire } from "node:module";

/** A native function pointer into JavaScript. */
export interface BunCallback {
  /** The address to hand to native code. */
  readonly ptr: number;
  /** Frees it; native code must not call it any more. */
  close(): void;
}

/** `bun:ffi`, as far as it is used. */
export interface BunFfi {
  /** Loads a library. */
  dlopen(path: string, symbols: Record<string, { args: string[]; returns: string }>): { symbols: unknown };
  /** A native function pointer that calls JavaScript. */
  JSCallback: new (
    body: () => void,
    definition: { args: string[]; returns: string; threadsafe: boolean },
  ) => BunCallback;
}

/** A socket of `Bun.connect`. */
export interface BunSocket {
  /** Closes it. */
  end(): void;
  /** Lets the process end while it is open. */
  unref(): void;
}

/** The global `Bun`, as far as it is used. */
export interface BunGlobal {
  /** Bun's version. */
  readonly version: string;
  /** Whether this is not a Worker. */
  readonly isMainThread: boolean;
  /** Connects to a Unix socket. */
  connect(options: {
    unix: string;
    socket: {
      open(socket: BunSocket): void;
      data(socket: BunSocket, bytes: Uint8Array): void;
      error(socket: BunSocket, error: Error): void;
    };
  }): Promise<BunSocket>;
}

/** The global `Bun`. */
export function bunGlobal(): BunGlobal {
  return (globalThis as unknown as { Bun: BunGlobal }).Bun;
}

/** `bun:ffi`, required when it is needed: Deno must be able to load every file of this package. */
export function bunFfi(): BunFfi {
  return createRequire(import.meta.url)("bun:ffi") as BunFfi;
}
