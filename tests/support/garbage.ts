/**
 * Garbage collection on demand.
 *
 * @module
 */
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isBun } from "./runtime.ts";

let collect: (() => void) | undefined;

/** Collects garbage at once; undefined where the runtime offers no way to. */
export function garbageCollector(): (() => void) | undefined {
  collect ??= find();
  return collect;
}

function find(): (() => void) | undefined {
  const { Bun, gc } = globalThis as { Bun?: { gc(sync: boolean): void }; gc?: () => void };
  if (isBun) return () => Bun?.gc(true);
  if (gc !== undefined) return gc;
  try {
    // The same as --expose-gc, for contexts that are made from now on.
    setFlagsFromString("--expose-gc");
    const exposed: unknown = runInNewContext("gc");
    return typeof exposed === "function" ? exposed as () => void : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes that this process holds for JavaScript after a collection: its heap, and its buffers outside of it. */
export async function memoryInUse(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    garbageCollector()?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  // Bun counts what is outside of the heap in it already.
  return isBun ? heapUsed : heapUsed + Math.max(external, arrayBuffers ?? 0);
}
