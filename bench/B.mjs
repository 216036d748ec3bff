// `B`: an HTTP server whose requests read 1,800 keys, by the ways to read of this client behind Bun.serve and
// Deno.serve, and of the official client behind Fastify on Node.
import { KEYS } from "./features.mjs";
import { CONNECTIONS, openLoop, OURS, PEER, REFERENCE, runPredictions } from "./http/prediction-session.mjs";
import { service } from "./http/services.mjs";

const replicas = true;
const PROCESSES = Object.fromEntries([
  ...["nine", "batch"].map((reads) => service(PEER, reads)),
  ...OURS.flatMap((runtime) => ["nine", "batch", "columns", "joined"].map((reads) => service(runtime, reads))),
  service(PEER, "batch", { replicas }),
  ...OURS.flatMap((runtime) => ["batch", "columns"].map((reads) => service(runtime, reads, { replicas }))),
]);
const CLOSED = {
  name: `closed loop, ${CONNECTIONS} connections`,
  request: { case: "closed", connections: CONNECTIONS, thinkMs: 0 },
};

const target = (client, reference, quantity, bound) => ({ case: CLOSED.name, client, reference, quantity, ...bound });
const TARGETS = OURS.flatMap((runtime) => [
  // Against the same way to read, and against nine calls, which an application makes that was not thought over.
  ...[REFERENCE, `${PEER}-nine`].flatMap((reference) => [
    target(`${runtime}-batch`, reference, "perSecond", { atLeast: 4 }),
    target(`${runtime}-columns`, reference, "perSecond", { atLeast: 8 }),
  ]),
  // The same in CPU time, which tells the clients apart where all cores are busy with Aerospike.
  target(`${runtime}-batch`, REFERENCE, "cpuMicros", { atMost: 1 / 4 }),
  target(`${runtime}-columns`, REFERENCE, "cpuMicros", { atMost: 1 / 8 }),
]);

export const clients = Object.keys(PROCESSES);
/** One process each, and what nearly all programs do. */
export const quickClients = clients.filter((name) => !/-(x\d+|joined)$/.test(name));

export function run(options) {
  return runPredictions({
    ...{ name: "B", options, processes: PROCESSES },
    title: `a request over HTTP reads ${KEYS} keys of nine sets, 67 % found, and touches everything that it read`,
    casesOf: (rate) => [CLOSED, openLoop(rate)],
    conditionsOf: (rate) => ({ "open loop": `${rate} requests a second` }),
    targetsOf: () => TARGETS,
  });
}
