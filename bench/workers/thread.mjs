// A Worker of `threads.mjs`: handlers on the cluster whose token it was given, else on a client of its own.
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { attach, connect } from "../../mod.ts";
import { binsOf } from "../features.mjs";
import { answering } from "../http/questions.mjs";
import { answer as answerNine } from "./nine.mjs";
import { CLIENT_OPTIONS, measuredBy } from "./nine-client.mjs";
import { sustain } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_CLIENT: name, BENCH_NAMESPACE: namespace } = process.env;
const { token, number } = workerData;
const PUT_KEYS = 1_000;
const client = token === undefined ? await connect({ hosts, ...CLIENT_OPTIONS }) : await attach(token, CLIENT_OPTIONS);
const measured = Object.fromEntries(["eager", "columns"].map((reads) => [reads, measuredBy(client, namespace, reads)]));

async function answer(request) {
  const { reads = "eager" } = request;
  switch (request.case) {
    case "handle":
      return await answerNine(measured[reads], { ...request, case: request.workMs > 0 ? "compete" : "read" });
    case "put":
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const i = n % PUT_KEYS;
        await client.put(measured.eager.key(request.set, `${name}:${number}:${i}`), binsOf(i));
      });
    case "close":
      await client.close();
      return {};
    default:
      return await answerNine(measured[reads], request);
  }
}

parentPort.on("message", answering(answer, (message) => parentPort.postMessage(message)));
parentPort.postMessage({});
