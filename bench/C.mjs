// `C`: `B`, and then a DLRM scores the 200 candidates of the first set, on the event loop or in a Worker.
import { fileURLToPath } from "node:url";
import { KEYS } from "./features.mjs";
import { CANDIDATES } from "./http/candidates.mjs";
import { dlrm, SEED } from "./http/dlrm.mjs";
import { writeModel } from "./http/onnx.mjs";
import { CONNECTIONS, openLoop, OURS, PEER, REFERENCE, runPredictions } from "./http/prediction-session.mjs";
import { service } from "./http/services.mjs";

const MODEL = fileURLToPath(new URL("results/dlrm.onnx", import.meta.url));
const here = { inference: "here", model: MODEL };
const worker = { inference: "worker", model: MODEL };
const PROCESSES = Object.fromEntries([
  ...["nine", "batch"].map((reads) => service(PEER, reads, here)),
  service(PEER, "batch", worker),
  ...OURS.flatMap((runtime) => [
    ...["nine", "batch", "columns"].map((reads) => service(runtime, reads, here)),
    service(runtime, "columns", worker),
  ]),
  service(PEER, "batch", { ...here, replicas: true }),
  ...OURS.map((runtime) => service(runtime, "columns", { ...here, replicas: true })),
]);
const THINK_MS = 50;
const CLOSED = {
  name: `closed loop, ${CONNECTIONS} clients that think ${THINK_MS} ms`,
  request: { case: "closed", connections: CONNECTIONS, thinkMs: THINK_MS },
};

export const clients = Object.keys(PROCESSES);
/** One process each, with the model on its event loop. */
export const quickClients = clients.filter((name) => !/-(x\d+|worker)$/.test(name));

export function run(options) {
  const model = dlrm();
  writeModel(MODEL, model);
  return runPredictions({
    ...{ name: "C", options, processes: PROCESSES, model },
    title: `a request over HTTP reads ${KEYS} keys of nine sets, 67 % found, touches everything that it read, and ` +
      `scores ${CANDIDATES} candidates`,
    casesOf: (rate) => [CLOSED, openLoop(Math.ceil(rate / 2)), openLoop(rate)],
    conditionsOf: (rate) => ({
      model: `DLRM of seed ${SEED}, onnxruntime-web (WebAssembly, 1 thread)`,
      "open loop": `${rate} requests a second, and half of it`,
    }),
    targetsOf: (rate) =>
      OURS.flatMap((runtime) =>
        ["batch", "columns"].map((reads) => ({
          ...{ case: openLoop(rate).name, client: `${runtime}-${reads}`, reference: REFERENCE },
          ...{ quantity: "p95", atMost: 0.3 },
        }))
      ),
  });
}
