// The clients of a benchmark, started and stopped together.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { manifest, must } from "../scripts/setup.mjs";
import { WorkerProcess } from "./worker-process.mjs";

/** The interpreter of the Python clients: whatever has their packages. */
export const python = process.env.BENCH_PYTHON || "python3";

/** Builds the client that is aerospike-core alone. */
export function buildCore() {
  must("cargo", ["build", "--release", "--locked", "--manifest-path", manifest, "-p", "core-kv"]);
}

function isThere(command) {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

/**
 * Starts `{ name: { command, args, env } }`. A client that cannot run here because something is not installed is left
 * out, and said to be; one that fails to start is a failure.
 */
export async function startWorkers(processes, env) {
  const workers = [];
  const failures = [];
  const leftOut = [];
  for (const [name, { command, args, env: own }] of Object.entries(processes)) {
    if (!isThere(command)) {
      leftOut.push(`${name} (needs ${command})`);
      continue;
    }
    const worker = new WorkerProcess(name, command, args, { ...env, ...own, BENCH_CLIENT: name });
    try {
      await worker.start();
      if (worker.needs === undefined) {
        workers.push(worker);
        continue;
      }
      leftOut.push(`${name} (needs ${worker.needs})`);
    } catch (error) {
      failures.push(error.message);
    }
    await worker.stop();
  }
  for (const one of leftOut) console.error(`left out: ${one}`);
  return { workers, failures, leftOut };
}

/** What each client is and how much memory it had at most, for the conditions. */
export function clientConditions(workers, leftOut) {
  const text = ({ version, peakRssMiB }) => peakRssMiB === null ? version : `${version}; peak RSS ${peakRssMiB} MiB`;
  return {
    ...Object.fromEntries(workers.map((worker) => [worker.name, text(worker)])),
    ...(leftOut.length > 0 && { "left out": leftOut.join("; ") }),
  };
}

/** Ends the processes, and notes their peak of memory before. */
export async function stopWorkers(workers) {
  for (const worker of workers) worker.readPeakRss();
  await Promise.all(workers.map((worker) => worker.stop()));
}
