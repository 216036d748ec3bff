// A Worker of `threads.mjs`: handlers on the cluster whose token it was given, else on a client of its own.
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { attach, connect } from "../../mod.ts";
import { answering } from "../http/questions.mjs";
import { answer as answerNine } from "./nine.mjs";
import { CLIENT_OPTIONS, measuredBy } from "./nine-client.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;
const { token } = workerData;
const client = token === undefined ? await connect({ hosts, ...CLIENT_OPTIONS }) : await attach(token, CLIENT_OPTIONS);
const measured = Object.fromEntries(["eager", "columns"].map((reads) => [reads, measuredBy(client, namespace, reads)]));

async function answer(request) {
  const { reads = "eager" } = request;
  switch (request.case) {
    case "handle":
      return await answerNine(measured[reads], { ...request, case: request.workMs > 0 ? "compete" : "read" });
    case "close":
      await client.close();
      return {};
    default:
      return await answerNine(measured[reads], request);
  }
}

parentPort.on("message", answering(answer, (message) => parentPort.postMessage(message)));
parentPort.postMessage({});
