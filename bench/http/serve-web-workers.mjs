// This project's client behind Bun.serve or Deno.serve in BENCH_WORKERS Workers of one process, which share one cluster and
// one port. The thread that connected serves nothing: it passes on what the harness asks.
import { once } from "node:events";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { connect } from "../../mod.ts";
import { serve, Usage } from "../workers/protocol.mjs";
import { Questions } from "./questions.mjs";
import { clientOptions } from "./reader-ours.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_READS: reads, BENCH_WORKERS: count } = process.env;
/** What one of them does for all, and what all of them do. */
const EACH = ["begin", "end"];

const client = await connect({ hosts, ...clientOptions(reads) });
const token = await client.share();
const questions = new Questions();
const workers = [];
let version;
for (let i = 0; i < Number(count); i++) {
  const worker = new Worker(new URL("serve-web-thread.mjs", import.meta.url), { workerData: { token } });
  worker.on("error", (error) => questions.fail(error));
  [{ version }] = await once(worker, "message");
  worker.on("message", (message) => questions.settle(message));
  workers.push(worker);
}
const ask = (worker, request) => questions.ask((message) => worker.postMessage(message), request);
const askAll = (request) => Promise.all(workers.map((worker) => ask(worker, request)));

let usage;
async function answer(request) {
  if (request.case === "listen") return await listen(request);
  if (!EACH.includes(request.case)) return await ask(workers[0], request);
  if (request.case === "begin") usage = new Usage();
  const answers = await askAll(request);
  if (request.case === "begin") return {};
  // The process's CPU time is that of all threads; a Worker has none of its own to add.
  const replicas = answers.flatMap((one) => one.replicas).map(({ cpuSeconds: _, ...own }) => own);
  return { replicas, primary: { pid: process.pid, cpuSeconds: usage.end().cpuSeconds } };
}

/** The first one's port is everybody's. */
async function listen(request) {
  const [first, ...others] = workers;
  const listening = await ask(first, { ...request, shared: true });
  for (const worker of others) await ask(worker, { ...request, port: listening.port, shared: true });
  return listening;
}

await serve(`${version}, ${count} Workers on one cluster`, answer);
await askAll({ case: "close" });
await Promise.all(workers.map((worker) => worker.terminate()));
await client.close();
