// A Worker of `serve-web-workers.mjs`: it attaches to the cluster of the thread that started it, and serves on the port
// that all of them share.
import { parentPort, workerData } from "node:worker_threads";
import { attach } from "../../mod.ts";
import { answering } from "./questions.mjs";
import { clientOptions, readerOf } from "./reader-ours.mjs";
import { startReplica } from "./replica.mjs";
import { listen } from "./web-server.mjs";

const openReader = async (options) => readerOf(await attach(workerData.token, clientOptions(options.reads)), options);
const { version, answer, close } = await startReplica(openReader, listen);
const ended = async () => {
  await close();
  return {};
};
const send = (message) => parentPort.postMessage(message);
parentPort.on("message", answering((request) => request.case === "close" ? ended() : answer(request), send));
send({ version });
