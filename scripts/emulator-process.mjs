// The emulator as a process of its own, on a free port.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { release } from "./setup.mjs";

/** Starts it and resolves when it listens: `{ hosts, stop() }`. */
export async function startEmulator(args = []) {
  const child = spawn(`${release}aerospike-emulator`, ["--port", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const hosts = /\b(\d+\.\d+\.\d+\.\d+:\d+)\b/.exec(line)?.[1];
    if (hosts === undefined) continue;
    return {
      hosts,
      pid: child.pid,
      stop: async () => {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  throw new Error("the emulator ended before it listened");
}
