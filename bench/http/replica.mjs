// One process of a server: it answers `/predict?r=N` and `/metrics`, and the harness's questions.
import process from "node:process";
import { REQUESTS } from "../features.mjs";
import { answer as answerNine } from "../workers/nine.mjs";
import { Usage } from "../workers/protocol.mjs";
import { adIdsOf, keysOf, sparseOf } from "./candidates.mjs";
import { scorerHere, scorerInWorker } from "./scorer.mjs";
import { Stages } from "./stages.mjs";

const SCORERS = { here: scorerHere, worker: scorerInWorker };

/**
 * @typedef {object} Reader one way of one client to read a request
 * @property {string} version
 * @property {(set: string, userKey: string) => unknown} key
 * @property {(key: unknown, bins: object) => Promise<unknown>} put
 * @property {(keys: unknown[]) => Promise<unknown>} read
 * @property {(read: unknown) => { found: number, sum: number }} touch everything that was read, as `nine` does
 * @property {"eager" | "columns"} sums which of the sums of `EXPECTED` that has to be
 * @property {(read: unknown) => Float32Array} dense the model's features of the candidates
 * @property {(read: unknown) => any[]} rows the bins of each key, or nothing
 * @property {() => unknown} close
 */

/**
 * Opens the reader that the environment names, and the model where it names one. Gives the `version`, `answer(request)`
 * for the harness, and `close()`.
 *
 * @param {(options: object) => Promise<Reader>} openReader
 * @param {(handlers: object) => Promise<{ port: number }>} listen opens the HTTP server on `handlers.port`
 */
export async function startReplica(openReader, listen) {
  const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_READS: reads } = process.env;
  const { BENCH_MODEL: model, BENCH_INFERENCE: inference } = process.env;
  const reader = await openReader({ hosts, namespace, reads });
  const scorer = inference ? await SCORERS[inference](model) : undefined;
  const stages = new Stages();
  const handlers = { predict: (r) => predict(r, reader, scorer, stages), stages };
  const measured = {
    ...{ key: reader.key, put: reader.put },
    rows: async (keys) => reader.rows(await reader.read(keys)),
  };
  let server;
  let usage;
  const answer = async (request) => {
    switch (request.case) {
      case "listen":
        server = await listen({ ...handlers, port: request.port, shared: request.shared });
        return { port: server.port, sums: reader.sums };
      case "begin":
        stages.reset();
        usage = new Usage();
        return {};
      case "end":
        return { replicas: [{ pid: process.pid, ...usage.end(), scrape: await stages.text() }] };
      default:
        return await answerNine(measured, request);
    }
  };
  const close = async () => {
    await server?.close();
    await scorer?.close();
    await reader.close();
  };
  return { version: inference ? `${reader.version}, inference ${inference}` : reader.version, answer, close };
}

/** Which request a URL's `r` names; undefined where it names none. */
export function requestNumber(text) {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) % REQUESTS : undefined;
}

async function predict(r, reader, scorer, stages) {
  const started = performance.now();
  const read = await reader.read(keysOf(r, reader.key));
  const readDone = performance.now();
  const { found, sum } = reader.touch(read);
  const tensors = scorer && { dense: reader.dense(read), sparse: sparseOf(r) };
  const featuresDone = performance.now();
  const scores = tensors && await scorer.score(tensors.dense, tensors.sparse);
  const ids = scores && adIdsOf(r);
  const candidates = scores && Array.from(scores, (score, row) => ({ adId: ids[row], score }));
  const done = performance.now();
  stages.observe("read", readDone - started);
  stages.observe("features", featuresDone - readDone);
  if (scores) stages.observe("inference", done - featuresDone);
  stages.observe("total", done - started);
  return { request: r, found, sum, totalMs: done - started, candidates };
}
