// The official client behind Fastify on Node; with BENCH_REPLICAS beyond 1, as so many processes of a cluster.
import cluster from "node:cluster";
import { once } from "node:events";
import process from "node:process";
import Fastify from "fastify";
import { serve, Usage } from "../workers/protocol.mjs";
import { answering, Questions } from "./questions.mjs";
import { openReader } from "./reader-aerospike.mjs";
import { requestNumber, startReplica } from "./replica.mjs";

/** Its documentation advises a schema of what is answered: it is faster than JSON.stringify. */
const BODY = {
  type: "object",
  properties: {
    request: { type: "integer" },
    found: { type: "integer" },
    sum: { type: "number" },
    totalMs: { type: "number" },
    candidates: {
      type: "array",
      items: { type: "object", properties: { adId: { type: "string" }, score: { type: "number" } } },
    },
  },
};

async function listen({ predict, stages, port }) {
  const app = Fastify({ logger: false });
  app.get("/predict", { schema: { response: { 200: BODY } } }, async ({ query }, reply) => {
    const r = requestNumber(query.r);
    if (r === undefined) return reply.code(400).send({ error: "r has to be the number of a request" });
    return await predict(r);
  });
  app.get("/metrics", async (_, reply) => reply.type(stages.contentType).send(await stages.text()));
  await app.listen({ host: "127.0.0.1", port });
  return { port: app.server.address().port, close: () => app.close() };
}

const replicas = Number(process.env.BENCH_REPLICAS ?? 1);
if (cluster.isWorker) await answerPrimary();
else if (replicas > 1) await runCluster();
else {
  const { version, answer, close } = await startReplica(openReader, listen);
  await serve(version, answer);
  await close();
}

/** A replica, which takes its questions from the process that started it. */
async function answerPrimary() {
  const { version, answer, close } = await startReplica(openReader, listen);
  process.on("message", answering(answer, (message) => process.send(message)));
  process.send({ version });
  await once(process, "disconnect");
  await close();
}

/** Starts the replicas and passes on what the harness asks: to one of them what only one need do. */
async function runCluster() {
  const workers = Array.from({ length: replicas }, () => cluster.fork());
  const started = await Promise.all(workers.map((worker) => once(worker, "message")));
  const questions = new Questions();
  for (const worker of workers) {
    worker.on("message", (message) => questions.settle(message));
    worker.on("exit", (code) => questions.fail(new Error(`a replica ended with ${code}`)));
  }
  const ask = (worker, request) => questions.ask((message) => worker.send(message), request);
  let usage;
  await serve(`${started[0][0].version}, ${replicas} replicas of a cluster`, async (request) => {
    if (request.case === "begin") usage = new Usage();
    if (!["listen", "begin", "end"].includes(request.case)) return await ask(workers[0], request);
    const answers = await Promise.all(workers.map((worker) => ask(worker, request)));
    if (request.case !== "end") return answers[0];
    // The primary takes the connections, and passes them on.
    const { cpuSeconds } = usage.end();
    return { replicas: answers.flatMap((one) => one.replicas), primary: { pid: process.pid, cpuSeconds } };
  });
  const ended = workers.map((worker) => once(worker, "exit"));
  for (const worker of workers) worker.disconnect();
  await Promise.all(ended);
}
