// The servers that `B` and `C` measure: a runtime, a way to read, where inference runs, and how many replicas.
import process from "node:process";
import { bun, deno } from "../../scripts/setup.mjs";

const WEB = "bench/http/serve-web.mjs";
const RUNTIMES = {
  bun: { command: bun, args: ["run", WEB] },
  // Several processes on one port (`reusePort`) are unstable in Deno.
  deno: { command: deno, args: ["run", "-A", "--no-check", "--unstable-net", WEB] },
  fastify: { command: process.execPath, args: ["bench/http/serve-fastify.mjs"] },
};
const REPLICAS = 2;

/**
 * One server, named by what it is: `bun-columns`, `bun-columns-worker`, `bun-columns-x2`.
 *
 * @param {"bun" | "deno" | "fastify"} runtime `fastify` is npm `aerospike` on Node
 * @param {string} reads
 * @param {{ inference?: "here" | "worker", replicas?: boolean, model?: string }} options
 */
export function service(runtime, reads, { inference, replicas = false, model } = {}) {
  const name = [runtime, reads, ...(inference === "worker" ? ["worker"] : []), ...(replicas ? [`x${REPLICAS}`] : [])];
  // A cluster of Node's starts its own processes.
  const forks = runtime === "fastify";
  return [name.join("-"), {
    ...RUNTIMES[runtime],
    processes: replicas && !forks ? REPLICAS : 1,
    scored: inference !== undefined,
    env: {
      BENCH_READS: reads,
      BENCH_REPLICAS: String(replicas && forks ? REPLICAS : 1),
      ...(inference && { BENCH_INFERENCE: inference, BENCH_MODEL: model }),
    },
  }];
}
