// A process of `workers`: handlers in BENCH_WORKERS Workers, on one cluster that the main thread holds (BENCH_CLUSTER=shared)
// or each on its own client.
import { once } from "node:events";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { connect } from "../../mod.ts";
import { Questions } from "../http/questions.mjs";
import { openConnections } from "../open-connections.mjs";
import { rss } from "../resident-memory.mjs";
import { CLIENT_OPTIONS, runtimeVersion } from "./nine-client.mjs";
import { serve, Usage } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_CLUSTER: cluster, BENCH_WORKERS: count } = process.env;
/** What all Workers do, at once or one after the other; the rest one of them can do for all. */
const EACH = ["handle", "turns"];

const client = cluster === "shared" ? await connect({ hosts, ...CLIENT_OPTIONS }) : undefined;
const token = await client?.share();
const questions = new Questions();
const workers = [];
for (let i = 0; i < Number(count); i++) {
  const worker = new Worker(new URL("thread.mjs", import.meta.url), { workerData: { token } });
  worker.on("error", (error) => questions.fail(error));
  await once(worker, "message");
  worker.on("message", (message) => questions.settle(message));
  workers.push(worker);
}
const ask = (worker, request) => questions.ask((message) => worker.postMessage(message), request);
const askAll = (request) => Promise.all(workers.map((worker) => ask(worker, request)));

/** Each has its part of the time, and what it did in it. */
async function askInTurn({ seconds, ...request }) {
  const answers = [];
  for (const worker of workers) {
    answers.push(await ask(worker, { ...request, case: "handle", seconds: seconds / workers.length }));
  }
  return answers;
}

async function answer(request) {
  if (!EACH.includes(request.case)) return await ask(workers[0], request);
  const usage = new Usage();
  const inTurn = request.case === "turns";
  const answers = await (inTurn ? askInTurn : askAll)(request);
  const { cpuSeconds } = usage.end();
  const values = (quantity) => answers.map((one) => one[quantity]);
  const sum = (quantity) => values(quantity).reduce((total, value) => total + value, 0);
  const longest = (quantity) => Math.max(...values(quantity));
  return {
    operations: sum("operations"),
    seconds: inTurn ? sum("seconds") : longest("seconds"),
    cpuSeconds,
    threadSeconds: values("threadSeconds").includes(null) ? null : sum("threadSeconds"),
    // Of that Worker whose were the longest.
    ...Object.fromEntries(["p50", "p90", "p95", "p99", "lagP50", "lagP99"].map((name) => [name, longest(name)])),
    // What is left open and resident when the load is over.
    connections: openConnections(process.pid, hosts),
    rssMiB: rss(process.pid),
    workers: values("operations"),
  };
}

await serve(`${runtimeVersion}, ${count} Workers, ${client ? "one cluster" : "a client each"}`, answer);
await askAll({ case: "close" });
await Promise.all(workers.map((worker) => worker.terminate()));
await client?.close();
