// Scores candidates with the model of `C`, by onnxruntime-web as WebAssembly on one thread: the same code and the same
// bytes in Bun, Deno and Node. On the thread that asks, or in a Worker of its own.
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import * as ort from "onnxruntime-web";
import { DENSE, SPARSE } from "./dlrm.mjs";

/** `{ score(dense, sparse), close() }`, which works on the calling thread. */
export async function scorerHere(file) {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(file), { executionProviders: ["wasm"] });
  const run = async (dense, sparse) => {
    const rows = sparse.length / SPARSE;
    const { score } = await session.run({
      dense: new ort.Tensor("float32", dense, [rows, DENSE]),
      sparse: new ort.Tensor("int32", sparse, [rows, SPARSE]),
    });
    return score.data;
  };
  let last = Promise.resolve();
  return {
    /**
     * One after the other: `run` awaits in the midst of what it has on WebAssembly's stack, and two that interleave
     * there spoil each other. Nothing is lost by it, because the work itself fills the thread.
     */
    score: (dense, sparse) => {
      const scores = last.then(() => run(dense, sparse));
      last = scores.catch(() => {});
      return scores;
    },
    close: () => session.release(),
  };
}

/** The same in a Worker. The arrays that are given go to it without being copied, and are empty afterwards. */
export async function scorerInWorker(file) {
  const worker = new Worker(new URL("scorer-thread.mjs", import.meta.url), { workerData: { file } });
  const waiting = new Map();
  let next = 0;
  let failed;
  const ready = deferred();
  const fail = (error) => {
    failed ??= error;
    ready.reject(failed);
    for (const { reject } of waiting.values()) reject(failed);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`the Worker that scores ended with ${code}`)));
  worker.on("message", ({ id, scores, error }) => {
    if (id === undefined) return ready.resolve();
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(scores);
    else reject(new Error(error));
  });
  await ready.promise;
  return {
    score: (dense, sparse) =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed);
        waiting.set(next, { resolve, reject });
        worker.postMessage({ id: next++, dense, sparse }, [dense.buffer, sparse.buffer]);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** As `Promise.withResolvers`, which Node has since 22 only. */
function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
