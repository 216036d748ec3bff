/**
 * Rounds of connecting and closing.
 *
 * @module
 */
import { assertEquals, assertLessOrEqual, assertStrictEquals } from "@std/assert";
import { connect, type ConnectOptions, Key } from "../../mod.ts";
import type { Emulator } from "../../emulator/mod.ts";
import { loadLibrary } from "../../src/library.ts";
import { COUNTERS } from "../../src/symbols.ts";
import { leftOut } from "./left-out.ts";
import { threadsAndSockets } from "./process.ts";
import { binding } from "./runtime.ts";

/** How many threads and sockets may come and go beside the clients' own. */
const OTHERS = 4;

/** Connects, uses and closes clients, and shows that nothing is left of them. */
export async function assertRoundsLeaveNothing(
  emulator: Emulator,
  rounds: number,
  options: ConnectOptions = {},
): Promise<void> {
  const round = async (i: number) => {
    await using client = await connect({ hosts: emulator.hosts, ...options });
    if (i % 4 !== 0) await client.get(new Key("test", "rounds", i));
  };
  for (let i = 0; i < 10; i++) await round(i);
  await settle(emulator);
  const before = held();
  const system = threadsAndSockets();
  for (let i = 0; i < rounds; i++) await round(i);
  await settle(emulator);
  assertEquals(held(), before);
  assertStrictEquals(emulator.stats().connectionsOpen, 0);
  const after = threadsAndSockets();
  if (system === undefined || after === undefined) {
    return leftOut("threads and sockets", "a system with /proc");
  }
  assertLessOrEqual(after.threads, system.threads + OTHERS, "threads");
  assertLessOrEqual(after.sockets, system.sockets + OTHERS, "sockets");
}

/** What the native library holds for this process. */
export function held(): Record<string, number> {
  const values = loadLibrary(binding, undefined).counters();
  const names = ["queues", "clusters", "users", "inFlight", "resultsHeld"];
  return Object.fromEntries(
    COUNTERS.flatMap((name, i) => names.includes(name) ? [[name, values[i] as number] as const] : []),
  );
}

/** Sockets close in the background: waits for the last of them, for a while. */
async function settle(emulator: Emulator): Promise<void> {
  for (let i = 0; i < 200 && emulator.stats().connectionsOpen > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
