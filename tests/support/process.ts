/**
 * What this process holds of the operating system's.
 *
 * @module
 */
import { existsSync, readdirSync, readlinkSync } from "node:fs";

/** Threads and sockets of this process; undefined where the system does not tell. */
export function threadsAndSockets(): { threads: number; sockets: number } | undefined {
  if (!existsSync("/proc/self/task")) return undefined;
  const sockets = readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  });
  return { threads: readdirSync("/proc/self/task").length, sockets: sockets.length };
}
