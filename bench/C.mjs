// `C`: `B`, and then a DLRM scores the 200 candidates of the first set, on the event loop or in a Worker.
import { fileURLToPath } from "node:url";
import { KEYS } from "./features.mjs";
import { CANDIDATES } from "./http/candidates.mjs";
import { dlrm, SEED } from "./http/dlrm.mjs";
import { writeModel } from "./http/onnx.mjs";
import { runPredictions } from "./http/prediction-session.mjs";
import { printSeen, printStages } from "./http/report.mjs";
import { service } from "./http/services.mjs";
import { keepSession, printSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";

const MODEL = fileURLToPath(new URL("results/dlrm.onnx", import.meta.url));
const OURS = ["bun", "deno"];
const PEER = "fastify";
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
const REFERENCE = `${PEER}-batch`;
const CONNECTIONS = 10;
const THINK_MS = 50;
const CLOSED = {
  name: `closed loop, ${CONNECTIONS} clients that think ${THINK_MS} ms`,
  request: { case: "closed", connections: CONNECTIONS, thinkMs: THINK_MS },
};
const open = (rate) => ({ name: `open loop, ${rate}/s`, request: { case: "open", rate } });

export const clients = Object.keys(PROCESSES);

export async function run(options) {
  const model = dlrm();
  writeModel(MODEL, model);
  const casesOf = (rate) => [CLOSED, open(Math.ceil(rate / 2)), open(rate)];
  const { session, rate, cases } = await runPredictions({
    ...{ options, processes: PROCESSES, reference: REFERENCE, casesOf, model },
  });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log(
    `\nC: a request over HTTP reads ${KEYS} keys of nine sets, 67 % found, touches everything that it read, and ` +
      `scores ${CANDIDATES} candidates\n`,
  );
  printSession(session, {
    model: `DLRM of seed ${SEED}, onnxruntime-web (WebAssembly, 1 thread)`,
    "open loop": `${rate} requests a second, and half of it`,
  });
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printSeen({ samples, cases, clients: names, reference: REFERENCE, random });
  printStages({ samples, cases, clients: names });
  console.log("\ntargets");
  const targets = OURS.flatMap((runtime) =>
    ["batch", "columns"].map((reads) => {
      const bound = { quantity: "p95", atMost: 0.3 };
      const one = { case: open(rate).name, client: `${runtime}-${reads}`, reference: REFERENCE, ...bound };
      return judge(samples, one, random);
    })
  );
  keepSession("C", session, { rate, targets });
  return failures;
}
