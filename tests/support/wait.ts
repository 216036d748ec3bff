/**
 * Waiting for what happens elsewhere.
 *
 * @module
 */
import type { Client } from "../../mod.ts";

const WAIT_MS = 20_000;

/** Lets the event loop go on for a while. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something is so. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + WAIT_MS; performance.now() < end;) {
    if (await condition()) return;
    await pause(5);
  }
  throw new Error(`waited ${WAIT_MS} ms in vain until ${what}`);
}

/** Waits until so many connections carry a command that is not answered yet. */
export function untilBusy(client: Client, connections: number): Promise<void> {
  return until(`${connections} connections are in use`, async () => {
    const pools = await client.connections();
    return pools.reduce((sum, pool) => sum + pool.inUse, 0) >= connections;
  });
}
