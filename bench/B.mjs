// `B`: an HTTP server whose requests read 1,800 keys, by the ways to read of this client behind Bun.serve and
// Deno.serve, and of the official client behind Fastify on Node.
import { KEYS } from "./features.mjs";
import { runPredictions } from "./http/prediction-session.mjs";
import { printSeen, printStages } from "./http/report.mjs";
import { service } from "./http/services.mjs";
import { keepSession, printSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";

const OURS = ["bun", "deno"];
const PEER = "fastify";
const replicas = true;
const PROCESSES = Object.fromEntries([
  ...["nine", "batch"].map((reads) => service(PEER, reads)),
  ...OURS.flatMap((runtime) => ["nine", "batch", "columns", "joined"].map((reads) => service(runtime, reads))),
  service(PEER, "batch", { replicas }),
  ...OURS.flatMap((runtime) => ["batch", "columns"].map((reads) => service(runtime, reads, { replicas }))),
]);
const REFERENCE = `${PEER}-batch`;
const CONNECTIONS = 10;
const CLOSED = {
  name: `closed loop, ${CONNECTIONS} connections`,
  request: { case: "closed", connections: CONNECTIONS, thinkMs: 0 },
};
const open = (rate) => ({ name: `open loop, ${rate}/s`, request: { case: "open", rate } });

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

export async function run(options) {
  const casesOf = (rate) => [CLOSED, open(rate)];
  const { session, rate, cases } = await runPredictions({
    ...{ options, processes: PROCESSES, reference: REFERENCE, casesOf },
  });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log(
    `\nB: a request over HTTP reads ${KEYS} keys of nine sets, 67 % found, and touches everything that it read\n`,
  );
  printSession(session, { "open loop": `${rate} requests a second` });
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printSeen({ samples, cases, clients: names, reference: REFERENCE, random });
  printStages({ samples, cases, clients: names });
  console.log("\ntargets");
  const targets = TARGETS.map((one) => judge(samples, one, random));
  keepSession("B", session, { rate, targets });
  return failures;
}
