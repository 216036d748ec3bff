// `workers`: 1, 2 and 4 Workers of one process, on one cluster that they share and on a client each.
import { bun, deno } from "../scripts/setup.mjs";
import { printComparison } from "./comparison.mjs";
import { PROCESSES as NINE_PROCESSES, verify } from "./feature-clients.mjs";
import { KEYS, setNames } from "./features.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";
import { WorkerProcess } from "./worker-process.mjs";

const THREADS = "bench/workers/threads.mjs";
export const RUNTIMES = {
  deno: { command: deno, args: ["run", "-A", "--no-check", THREADS] },
  bun: { command: bun, args: ["run", THREADS] },
};
/** One Worker shares with the thread that started it alone. */
const KINDS = [[1, "shared"], [2, "shared"], [4, "shared"], [2, "separate"], [4, "separate"]];
const PROCESSES = Object.fromEntries(
  Object.entries(RUNTIMES).flatMap(([runtime, started]) =>
    KINDS.map(([count, cluster]) => [
      `${runtime}-${count}-${cluster}`,
      { ...started, env: { BENCH_WORKERS: String(count), BENCH_CLUSTER: cluster } },
    ])
  ),
);
const referenceOf = (client) => `${client.split("-")[0]}-1-shared`;

const IN_FLIGHT = 4;
/** Of the Worker whose turn it is. */
const PEAK_IN_FLIGHT = 32;
const ROWS = { name: "200 keys as rows, 8 ms of work", request: { reads: "eager", keys: 200, workMs: 8 } };
const COLUMNS = {
  name: `${KEYS.toLocaleString("en-US")} keys as columns, 8 ms of work`,
  request: { reads: "columns", keys: KEYS, workMs: 8 },
};
const HANDLERS = [
  ROWS,
  COLUMNS,
  { name: `${KEYS.toLocaleString("en-US")} keys as rows`, request: { reads: "eager", keys: KEYS, workMs: 0 } },
];
/** The same load of each Worker, at different times: connections that one does not need now, another can use. */
const TURNS = {
  name: `200 keys as rows, ${PEAK_IN_FLIGHT} in flight, Workers in turn`,
  request: { case: "turns", reads: "eager", keys: 200, workMs: 0, inFlight: PEAK_IN_FLIGHT },
};
const MORE = { connections: "connections", rssMiB: "RSS after MiB" };

const TARGETS = Object.keys(RUNTIMES).flatMap((runtime) => {
  const four = { client: `${runtime}-4-shared`, reference: `${runtime}-4-separate` };
  return [
    ...[ROWS, COLUMNS].map(({ name }) => ({
      ...{ case: name, client: `${runtime}-2-shared`, reference: `${runtime}-1-shared` },
      ...{ quantity: "perSecond", atLeast: 1.7 },
    })),
    { case: TURNS.name, ...four, quantity: "connections", atMost: 0.25 },
    { case: TURNS.name, ...four, quantity: "rssMiB", atMost: 1 },
  ];
});

export const clients = Object.keys(PROCESSES);

/** The same work for all processes of a runtime: what a millisecond is, is found by one of them. */
async function casesOf(workers) {
  const cases = [];
  for (const runtime of Object.keys(RUNTIMES)) {
    const own = workers.filter(({ name }) => name.startsWith(`${runtime}-`));
    if (own.length === 0) continue;
    const { stepsPerMs } = await own[0].ask({ case: "calibrate", seconds: 5 });
    const names = own.map(({ name }) => name);
    for (const { name, request } of HANDLERS) {
      cases.push({ name, clients: names, request: { case: "handle", inFlight: IN_FLIGHT, stepsPerMs, ...request } });
    }
    cases.push({ ...TURNS, clients: names });
  }
  return cases;
}

/** By a process that is thrown away: writing opens connections, which no measured one shall have. */
async function load(_, env) {
  const { command, args, env: own } = NINE_PROCESSES["bun-eager"];
  const writer = await new WorkerProcess("writer", command, args, { ...env, ...own }).start();
  try {
    await writer.ask({ case: "load", seconds: 60 });
  } finally {
    await writer.stop();
  }
}

export async function run(options) {
  const session = await runSession({
    ...{ options, processes: PROCESSES, sets: setNames, cases: casesOf, load, verify },
  });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log("\nworkers: the same handlers in 1, 2 and 4 Workers of a process, on one cluster or on a client each\n");
  printSession(session, { "in flight": `${IN_FLIGHT} for each Worker` });
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  const cases = [...HANDLERS, TURNS];
  printComparison({
    ...{ samples, cases, clients: names, reference: "1 Worker", referenceOf, unit: "ms", more: MORE, random },
  });
  console.log(
    "\n`x 1 Worker` is to the same runtime's. `connections` are those to the server that the process has open when the load has\n" +
      "ended, `RSS after` what it has resident then. Times are those of the Worker that was slowest.\n\ntargets",
  );
  const targets = TARGETS.map((one) => judge(samples, one, random));
  keepSession("workers", session, { targets });
  return failures;
}
