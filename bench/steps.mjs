// `steps`: from npm `aerospike` with nine calls to this client's columns in two Workers, one change at a time, in one run:
// the environment of `C`, its model on the event loop that serves.
import { fileURLToPath } from "node:url";
import { KEYS } from "./features.mjs";
import { CANDIDATES } from "./http/candidates.mjs";
import { dlrm, SEED } from "./http/dlrm.mjs";
import { writeModel } from "./http/onnx.mjs";
import { CONNECTIONS, OURS, PEER, runPredictions } from "./http/prediction-session.mjs";
import { service } from "./http/services.mjs";

const MODEL = fileURLToPath(new URL("results/dlrm.onnx", import.meta.url));
const here = { inference: "here", model: MODEL };
const FIRST = service(PEER, "nine", here);
/** What each step changes, on top of the one before. */
const STEPS = [
  { step: "npm aerospike, nine calls", of: () => FIRST },
  { step: "this client, nine calls", of: (runtime) => service(runtime, "nine", here) },
  { step: "one batch of mixed sets", of: (runtime) => service(runtime, "batch", here) },
  { step: "columns", of: (runtime) => service(runtime, "columns", here) },
  { step: "two Workers", of: (runtime) => service(runtime, "columns", { ...here, workers: true }) },
];
const steps = Object.fromEntries(
  OURS.map((runtime) => [runtime, STEPS.map(({ step, of }) => ({ step, client: of(runtime)[0] }))]),
);
/** The peer with the second step's change, so that its own best is in the run too. */
const PROCESSES = Object.fromEntries([
  FIRST,
  service(PEER, "batch", here),
  ...OURS.flatMap((runtime) => STEPS.slice(1).map(({ of }) => of(runtime))),
]);
const THINK_MS = [50, 0];
const closed = (thinkMs) => ({
  name: thinkMs > 0
    ? `closed loop, ${CONNECTIONS} clients that think ${thinkMs} ms`
    : `closed loop, ${CONNECTIONS} connections`,
  request: { case: "closed", connections: CONNECTIONS, thinkMs },
});

export const clients = Object.keys(PROCESSES);

export function run(options) {
  const model = dlrm();
  writeModel(MODEL, model);
  return runPredictions({
    ...{ name: "steps", options, processes: PROCESSES, model, reference: FIRST[0], rated: false, more: { steps } },
    title:
      `one change at a time: a request over HTTP reads ${KEYS} keys of nine sets, touches everything that it read, ` +
      `and scores ${CANDIDATES} candidates on the thread that serves`,
    casesOf: () => THINK_MS.map(closed),
    conditionsOf: () => ({ model: `DLRM of seed ${SEED}, onnxruntime-web (WebAssembly, 1 thread)` }),
  });
}
