// The emulator as a process of its own, on a free port.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { release } from "./setup.mjs";

/** Starts it and resolves when it listens: `{ hosts, nodes, stop() }`, the hosts being one seed of all nodes. */
export async function startEmulator(args = []) {
  const child = spawn(`${release}aerospike-emulator`, ["--port", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const nodes = line.match(/\b\d+\.\d+\.\d+\.\d+:\d+\b/g);
    if (nodes === null) continue;
    return {
      hosts: nodes[0],
      nodes,
      pid: child.pid,
      stop: async () => {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  throw new Error("the emulator ended before it listened");
}
