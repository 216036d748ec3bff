// `start`: from nothing to the first record, each time in a process of its own; and how large the library is.
import { statSync } from "node:fs";
import process from "node:process";
import { buildDist, bun, deno, must, root } from "../scripts/setup.mjs";
import { conditions, printConditions } from "./conditions.mjs";
import { binsOf, canonical, setOf, userKeyOf } from "./records.mjs";
import { figure, keep, printTable, printTarget } from "./results.mjs";
import { startServer } from "./server.mjs";
import { generator, medianWithin, shuffled } from "./statistics.mjs";
import { WorkerProcess } from "./worker-process.mjs";

const OURS = "bench/workers/start.mjs";
const BUNDLES = `${root}bench/results/bundle`;
const BUNDLED = `${BUNDLES}/start.js`;
const PROCESSES = {
  deno: { command: deno, args: ["run", "-A", "--no-check", OURS] },
  "deno-bundled": { command: deno, args: ["run", "-A", "--no-check", BUNDLED] },
  bun: { command: bun, args: ["run", OURS] },
  "bun-bundled": { command: bun, args: ["run", BUNDLED] },
  aerospike: { command: process.execPath, args: ["bench/workers/start-aerospike.mjs"] },
};
const REFERENCE = "aerospike";
const RECORD = 0;
/** A process takes less than a measurement of other benchmarks: so many for each of their repetitions. */
const STARTS_PER_REPETITION = 5;
/** Files are read from disk and code is compiled to a runtime's cache by the first ones. */
const UNCOUNTED = 2;
const STEPS = {
  import: "import ms",
  load: "library ms",
  connect: "connect ms",
  read: "record ms",
  total: "import to record ms",
};
const TARGET_MS = 60;
const TARGET_MB = 6;

export const clients = Object.keys(PROCESSES);

export async function run({ only, repeat, seed }) {
  const found = conditions();
  const library = buildDist();
  // As a service is that starts where it is asked for: one file, and chunks for what is imported when it is used.
  must(bun, ["build", OURS, "--target=bun", "--splitting", "--minify-whitespace", "--outdir", BUNDLES]);
  const server = await startServer([setOf(RECORD)]);
  const env = {
    AEROSPIKE_FFI_LIBRARY: library,
    ...{ AEROSPIKE_HOSTS: server.hosts, BENCH_NAMESPACE: server.namespace },
    ...{ BENCH_SET: setOf(RECORD), BENCH_KEY: userKeyOf(RECORD) },
  };
  const rounds = repeat * STARTS_PER_REPETITION;
  const random = generator(seed);
  const samples = [];
  const failures = [];
  let running = only;
  try {
    await writeRecord(env);
    for (let round = 1 - UNCOUNTED; round <= rounds; round++) {
      for (const client of shuffled(running, random)) {
        try {
          const sample = await start(client, env);
          if (round > 0) samples.push({ client, round, ...sample });
        } catch (error) {
          failures.push(error.message);
          running = running.filter((other) => other !== client);
        }
      }
    }
  } finally {
    await server.cleanUp().finally(server.stop);
  }

  console.log("\nstart: a fresh process, which imports the client, loads its library, connects and reads one record\n");
  printConditions(found, {
    ...{ server: server.description, starts: `${rounds} of each, after ${UNCOUNTED} that do not count; medians`, seed },
  });
  const libraryMB = statSync(library).size / 1e6;
  const totals = printStarts(samples, only, random);
  console.log(
    "\nThe bundled ones are the same program after `bun build`, as services are deployed; the others import some hundred files.\n" +
      "npm aerospike loads its native part when it is imported. `process` runs from starting the process to the line that it\n" +
      `prints, the runtime's own start included. The library has ${figure(libraryMB)} MB.\n\ntargets`,
  );
  const targets = only.filter((name) => name !== REFERENCE).map((client) => ({
    ...printTarget(`${client}, import to first record`, totals[client].median, TARGET_MS, " ms", "at most"),
    ...{ low: totals[client].low, high: totals[client].high },
  }));
  targets.push(printTarget("the library", libraryMB, TARGET_MB, " MB", "at most"));
  const { description } = server;
  keep("start", { conditions: found, server: description, seed, rounds, libraryMB, targets, samples, failures });
  return failures;
}

/** Written by a client that is thrown away, so that no measured one has to. */
async function writeRecord(env) {
  const { command, args } = { command: bun, args: ["run", "bench/workers/ours.ts"] };
  const worker = await new WorkerProcess("writer", command, args, env).start();
  try {
    await worker.ask({ case: "load", records: 1, seconds: 10 });
  } finally {
    await worker.stop();
  }
}

/** One start, checked: a client that is quick to read nothing has not started. */
async function start(client, env) {
  const { command, args } = PROCESSES[client];
  const spawned = performance.now();
  const worker = new WorkerProcess(client, command, args, env);
  try {
    const { bins, ...steps } = await worker.hello();
    const processMs = performance.now() - spawned;
    const [read, written] = [canonical(bins), canonical(binsOf(RECORD))];
    if (read !== written) throw new Error(`${client} read the record as ${read}, written was ${written}`);
    return { ...steps, processMs, peakRssMiB: worker.readPeakRss() };
  } finally {
    await worker.stop();
  }
}

/** Prints a line for each client; gives the medians from import to record and their intervals. */
function printStarts(samples, only, random) {
  const totals = {};
  const rows = only.map((client) => {
    const own = samples.filter((sample) => sample.client === client);
    const of = (quantity) =>
      medianWithin(own.map((sample) => sample[quantity]).filter((value) => value !== null), random);
    const { median, low, high } = totals[client] = of("total");
    return [
      client,
      ...Object.keys(STEPS).map((step) => figure(of(step).median)),
      ...[Number.isNaN(median) ? "-" : `${figure(low)} to ${figure(high)}`, figure(of("processMs").median)],
      figure(of("peakRssMiB").median),
    ];
  });
  printTable(["client", ...Object.values(STEPS), "95 % interval", "process ms", "RSS MiB"], rows);
  return totals;
}
