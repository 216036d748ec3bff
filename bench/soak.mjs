// `soak`: whether memory stays what it is. Both runtimes at once, each under everything that a client does, for ten minutes.
import { setTimeout as sleep } from "node:timers/promises";
import { bun, deno } from "../scripts/setup.mjs";
import { conditions, printConditions } from "./conditions.mjs";
import { setNames } from "./features.mjs";
import { rss } from "./resident-memory.mjs";
import { figure, keep, printTable } from "./results.mjs";
import { startServer } from "./server.mjs";
import { generator, slopeWithin } from "./statistics.mjs";
import { clientConditions, startWorkers, stopWorkers } from "./worker-processes.mjs";

const WORKER = "bench/workers/soak.mjs";
const PROCESSES = {
  deno: { command: deno, args: ["run", "-A", "--no-check", WORKER] },
  bun: { command: bun, args: ["run", WORKER] },
};
const PUT_SET = "bench-soak";
const SAMPLE_MS = 250;
/** Compilers and heaps find their size at first; that part of the time is not looked at. */
const SETTLING = 0.3;
/** Seconds below which growth is that of caches and heaps. */
const LONG_ENOUGH = 300;
/** Means of so many stretches make the slope: what lies in one of them may hang together, as between two collections. */
const BLOCKS = 20;
/** For what was left behind by those that lost interest. */
const DRAINED_MS = 10_000;
const POLL_MS = 100;
const OUTSTANDING = ["inFlight", "resultsHeld", "resultBytesHeld"];

export const clients = Object.keys(PROCESSES);

export async function run({ only, seconds, seed }) {
  const found = conditions();
  const sets = [...setNames, PUT_SET];
  const server = await startServer(sets);
  const env = { AEROSPIKE_HOSTS: server.hosts, BENCH_NAMESPACE: server.namespace };
  const chosen = Object.fromEntries(only.map((name) => [name, PROCESSES[name]]));
  let workers = [];
  let failures = [];
  let leftOut = [];
  let soaked = [];
  try {
    ({ workers, failures, leftOut } = await startWorkers(chosen, env));
    for (const worker of workers) await worker.ask({ case: "load", seconds: 60 });
    const results = await Promise.allSettled(workers.map((worker) => soak(worker, seconds)));
    soaked = results.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    failures.push(...results.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message));
  } finally {
    await stopWorkers(workers);
    await server.cleanUp().finally(server.stop);
  }
  if (soaked.length === 0) return failures;

  console.log(
    "\nsoak: reads, writes, batches, columns, refused writes, aborted batches and new clients, eight at a time\n",
  );
  printConditions(found, {
    ...{ server: server.description, ...clientConditions(workers, leftOut) },
    ...{ lasted: `${seconds} s, the first ${SETTLING * 100} % not looked at`, seed },
  });
  const random = generator(seed);
  const judged = soaked.map((one) => ({ ...one, growth: growthOf(one.memory, seconds, random) }));
  printTable(
    ["client", "operations", "per second", "p99 ms", "RSS MiB", "MiB an hour", "95 % interval", ...OUTSTANDING],
    judged.map(({ client, operations, perSecond, p99, memory, growth, counters }) => [
      ...[client, operations.toLocaleString("en-US"), figure(perSecond), figure(p99), figure(memory.at(-1).rssMiB)],
      ...[figure(growth.slope), `${figure(growth.low)} to ${figure(growth.high)}`],
      ...OUTSTANDING.map((name) => String(counters[name])),
    ]),
  );
  console.log(
    "\n`MiB an hour`: the slope of resident memory over means of stretches of time; the last three columns are what the native\n" +
      "library had outstanding when all calls were settled.\n\ntargets",
  );
  const targets = judged.flatMap((one) => printJudgement(one, seconds));
  const { description } = server;
  keep("soak", { conditions: found, server: description, leftOut, seed, seconds, targets, soaked: judged, failures });
  return failures;
}

/** Runs one client and watches its memory meanwhile. */
async function soak(worker, seconds) {
  const memory = [];
  const started = performance.now();
  let ended = false;
  const watching = (async () => {
    for (let tick = 1; !ended; tick++) {
      const rssMiB = rss(worker.pid);
      if (rssMiB !== null) memory.push({ seconds: (performance.now() - started) / 1000, rssMiB });
      await sleep(Math.max(0, started + tick * SAMPLE_MS - performance.now()));
    }
  })();
  try {
    const measured = await worker.ask({ case: "soak", seconds });
    const counters = await drained(worker);
    const perSecond = measured.operations / measured.seconds;
    return { client: worker.name, ...measured, perSecond, counters, memory };
  } finally {
    ended = true;
    await watching;
  }
}

/** The library's counters as soon as nothing is outstanding, else as they are after some seconds. */
async function drained(worker) {
  const end = performance.now() + DRAINED_MS;
  for (;;) {
    const { counters } = await worker.ask({ case: "counters", seconds: 1 });
    if (OUTSTANDING.every((name) => counters[name] === 0) || performance.now() > end) return counters;
    await sleep(POLL_MS);
  }
}

/** MiB an hour, with its interval. */
function growthOf(memory, seconds, random) {
  const settled = memory.filter((sample) => sample.seconds >= seconds * SETTLING && sample.seconds <= seconds);
  if (settled.length < BLOCKS) return { slope: NaN, low: NaN, high: NaN };
  return slopeWithin(settled.map((sample) => [sample.seconds / 3600, sample.rssMiB]), BLOCKS, random);
}

/** Growth that cannot be told from none: its interval holds 0, or lies below. Gives both targets, for the results. */
function printJudgement({ client, counters, growth }, seconds) {
  const judgeable = seconds >= LONG_ENOUGH && !Number.isNaN(growth.slope);
  const grew = !judgeable ? "NOT MEASURED" : growth.low <= 0 ? "pass" : "MISS";
  console.log(
    `  ${grew.padEnd(12)} ${client}, resident memory: ${figure(growth.slope)} MiB an hour [${figure(growth.low)}, ` +
      `${figure(growth.high)}] (target: not to be told from zero, in ${LONG_ENOUGH} s or more)`,
  );
  const left = OUTSTANDING.filter((name) => counters[name] !== 0).map((name) => `${name} ${counters[name]}`);
  const verdict = left.length === 0 ? "pass" : "MISS";
  console.log(
    `  ${verdict.padEnd(12)} ${client}, outstanding at the end: ${left.join(", ") || "nothing"} (target: nothing)`,
  );
  const { slope, low, high } = growth;
  const memory = { name: `${client}, resident memory`, reached: slope, low, high, unit: " MiB an hour" };
  const bytes = {
    name: `${client}, native bytes outstanding at the end`,
    reached: counters.resultBytesHeld,
    unit: " B",
  };
  return [
    { ...memory, bound: "not to be told from", wanted: 0, verdict: grew },
    { ...bytes, bound: "at most", wanted: 0, verdict },
  ];
}
