// The servers that `B` and `C` measure: a runtime, a way to read, where inference runs, and how many replicas.
import process from "node:process";
import { bun, deno } from "../../scripts/setup.mjs";

const WEB = "bench/http/serve-web.mjs";
const WEB_WORKERS = "bench/http/serve-web-workers.mjs";
const RUNTIMES = {
  bun: { command: bun, args: ["run", WEB] },
  // Several listeners on one port (`reusePort`) are unstable in Deno.
  deno: { command: deno, args: ["run", "-A", "--no-check", "--unstable-net", WEB] },
  fastify: { command: process.execPath, args: ["bench/http/serve-fastify.mjs"] },
};
const REPLICAS = 2;

const WORKERS = 2;

/**
 * One server, named by what it is: `bun-columns`, `bun-columns-worker`, `bun-columns-x2`, `bun-columns-workers`.
 *
 * @param {"bun" | "deno" | "fastify"} runtime `fastify` is npm `aerospike` on Node
 * @param {string} reads
 * @param {{ inference?: "here" | "worker", replicas?: boolean, workers?: boolean, model?: string }} options `workers`: the
 *   handlers run in Workers of one process that share a cluster, which Fastify and npm `aerospike` do not have
 */
export function service(runtime, reads, { inference, replicas = false, workers = false, model } = {}) {
  const kind = [inference === "worker" && "worker", replicas && `x${REPLICAS}`, workers && "workers"];
  const name = [runtime, reads, ...kind.filter(Boolean)];
  const { command, args } = RUNTIMES[runtime];
  // A cluster of Node's starts its own processes.
  const forks = runtime === "fastify";
  return [name.join("-"), {
    command,
    args: workers ? args.with(-1, WEB_WORKERS) : args,
    processes: replicas && !forks ? REPLICAS : 1,
    scored: inference !== undefined,
    env: {
      BENCH_READS: reads,
      BENCH_WORKERS: String(WORKERS),
      BENCH_REPLICAS: String(replicas && forks ? REPLICAS : 1),
      ...(inference && { BENCH_INFERENCE: inference, BENCH_MODEL: model }),
    },
  }];
}
