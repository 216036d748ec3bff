// Under what conditions numbers were obtained: without them they say nothing.
import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import process from "node:process";
import { bun, deno, root } from "../scripts/setup.mjs";

function firstLine(command, args) {
  const { stdout, status } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
  });
  return status === 0 ? stdout.split("\n")[0].trim() : "unknown";
}

function commit() {
  const id = firstLine("git", ["rev-parse", "--short", "HEAD"]);
  const changed = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" })
    .stdout;
  return changed ? `${id} with uncommitted changes` : id;
}

/** The machine, the runtimes and the commit, now. */
export function conditions() {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load: loadavg().map((value) => Number(value.toFixed(2))),
    deno: firstLine(deno, ["--version"]),
    bun: `bun ${firstLine(bun, ["--version"])}`,
    node: `node ${process.versions.node}`,
    rustc: firstLine("rustc", ["--version"]),
    commit: commit(),
    runtimeWorkers: process.env.AEROSPIKE_RUNTIME_WORKERS ?? "default",
  };
}

/** Prints conditions; a busy machine is said loudly, because it makes the numbers worthless. */
export function printConditions(found, more) {
  for (const [name, value] of Object.entries({ ...found, ...more })) {
    console.log(
      `  ${name.padEnd(16)} ${Array.isArray(value) ? value.join(" ") : value}`,
    );
  }
  if (found.load[0] > found.cores / 2) {
    console.log(
      `\n  !! load average ${found.load[0]} on ${found.cores} cores: something else is running; run it again later`,
    );
  }
}
