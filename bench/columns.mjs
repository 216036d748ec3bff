// `columns`: reading rows as objects, as columns, and as columns into memory that is there, in Deno and in Bun; and
// writing both ways. No other client has columns, so there is no peer: `nine` has those.
import { bun, deno } from "../scripts/setup.mjs";
import { printComparison } from "./comparison.mjs";
import { conditions, printConditions } from "./conditions.mjs";
import { canonical } from "./features.mjs";
import { keep } from "./results.mjs";
import { measure } from "./schedule.mjs";
import { startServer } from "./server.mjs";
import { setOf, shapeNames, SHAPES, writeSetOf } from "./shapes.mjs";
import { generator } from "./statistics.mjs";
import { clientConditions, startWorkers, stopWorkers } from "./worker-processes.mjs";

const WORKER = "bench/workers/columns.mjs";
const RUNTIMES = {
  deno: { command: deno, args: ["run", "-A", "--no-check", WORKER] },
  bun: { command: bun, args: ["run", WORKER] },
};
const READS = ["objects", "columns", "into"];
const REFERENCE = "objects";
const PROCESSES = Object.fromEntries(
  Object.entries(RUNTIMES).flatMap(([runtime, started]) =>
    READS.map((reads) => [`${runtime}-${reads}`, { ...started, env: { BENCH_READS: reads } }])
  ),
);

export const clients = Object.keys(PROCESSES);
const all = (...reads) => clients.filter((name) => reads.includes(name.split("-")[1]));

/** Keys of one call, and calls in flight: about as much work at a time. */
const SIZES = [[100, 8], [1_800, 4], [10_000, 2]];
/** `into` is for numbers and vectors. */
const INTO = ["6 scalars", "vector of 128"];
const WRITE_SIZE = [1_800, 4];

const one = (what, shape, [keys, inFlight], names) => ({
  name: `${what} ${shape}, ${keys.toLocaleString("en-US")} keys`,
  request: { case: what, shape, keys, inFlight },
  clients: names,
});
const CASES = [
  ...shapeNames.flatMap((shape) =>
    SIZES.map((size) => one("read", shape, size, INTO.includes(shape) ? clients : all("objects", "columns")))
  ),
  ...INTO.map((shape) => one("write", shape, WRITE_SIZE, all("objects", "columns"))),
];
const SETS = [
  ...shapeNames.map(setOf),
  ...clients.flatMap((name) => shapeNames.map((_, i) => `${writeSetOf(name)}-${i}`)),
];

export async function run({ only, repeat, seconds, seed }) {
  const found = conditions();
  const server = await startServer(SETS);
  const env = { AEROSPIKE_HOSTS: server.hosts, BENCH_NAMESPACE: server.namespace };
  const chosen = Object.fromEntries(only.map((name) => [name, PROCESSES[name]]));
  let workers = [];
  let failures = [];
  let leftOut = [];
  let samples;
  try {
    ({ workers, failures, leftOut } = await startWorkers(chosen, env));
    if (workers.length === 0) return failures;
    await workers[0].ask({ case: "load", seconds: 60 });
    for (const worker of workers) await verify(worker);
    const measured = await measure({
      workers,
      cases: CASES,
      repeat,
      seconds,
      random: generator(seed),
      server: server.process,
    });
    samples = measured.samples;
    failures.push(...measured.failures);
  } finally {
    await stopWorkers(workers);
    await server.cleanUp().finally(server.stop);
  }

  console.log("\ncolumns: rows as objects against typed arrays, all keys found\n");
  printConditions(found, {
    server: server.description,
    ...clientConditions(workers, leftOut),
    repetitions: `${repeat} of ${seconds} s, medians`,
    "in flight": SIZES.map(([keys, inFlight]) => `${inFlight} of ${keys} keys`).join(", "),
    seed,
  });
  printComparison({
    samples,
    cases: CASES,
    clients: workers.map(({ name }) => name),
    reference: REFERENCE,
    referenceOf: (client) => `${client.split("-")[0]}-${REFERENCE}`,
    unit: "ms",
    perRow: true,
    random: generator(seed),
  });
  console.log(
    "\n`x objects` is to the same runtime's. `CPU` and `JS thread` are per row. All ways end with the same in hand: numbers\n" +
      "added up, texts as strings, vectors in one large array.",
  );
  const { description } = server;
  keep("columns", { conditions: found, server: description, leftOut, seed, repeat, seconds, samples, failures });
  return failures;
}

/** Each case's rows, as each client reads or writes them, against what they have to be. */
async function verify(worker) {
  for (const { request: { case: what, shape, keys }, clients: names } of CASES) {
    if (!names.includes(worker.name)) continue;
    const { rows } = await worker.ask({ case: what === "read" ? "sample" : "sample write", shape, keys, seconds: 30 });
    if (rows.length !== keys) throw new Error(`${worker.name} gave ${rows.length} rows for ${keys} keys`);
    for (const [i, row] of rows.entries()) {
      const wanted = canonical(SHAPES[shape].bins(i));
      if (row !== wanted) throw new Error(`${worker.name}, ${what} ${shape}: row ${i} is ${row} instead of ${wanted}`);
    }
  }
  console.error(`${worker.name}: all rows are as they were written`);
}
