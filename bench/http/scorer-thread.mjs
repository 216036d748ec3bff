// The Worker of `scorer.mjs`.
import { parentPort, workerData } from "node:worker_threads";
import { scorerHere } from "./scorer.mjs";

const scorer = await scorerHere(workerData.file);
parentPort.on("message", async ({ id, dense, sparse }) => {
  try {
    const scores = await scorer.score(dense, sparse);
    parentPort.postMessage({ id, scores }, [scores.buffer]);
  } catch (error) {
    parentPort.postMessage({ id, error: String(error?.stack ?? error) });
  }
});
parentPort.postMessage({});
