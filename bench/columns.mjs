// `columns`: reading rows as objects, as columns, and as columns into memory that is there, in Deno and in Bun; and
// writing both ways. No other client has columns, so there is no peer: `nine` has those.
import { bun, deno } from "../scripts/setup.mjs";
import { printComparison } from "./comparison.mjs";
import { canonical } from "./features.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { setOf, shapeNames, SHAPES, writeSetOf } from "./shapes.mjs";
import { generator } from "./statistics.mjs";

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
/** One size, each shape. */
const QUICK_CASES = CASES.filter(({ request }) => request.keys === WRITE_SIZE[0]);
const SETS = [
  ...shapeNames.map(setOf),
  ...clients.flatMap((name) => shapeNames.map((_, i) => `${writeSetOf(name)}-${i}`)),
];

export async function run(options) {
  const cases = options.quick ? QUICK_CASES : CASES;
  const session = await runSession({ options, processes: PROCESSES, sets: SETS, cases, load, verify });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log("\ncolumns: rows as objects against typed arrays, all keys found\n");
  printSession(session, {
    "in flight": SIZES.map(([keys, inFlight]) => `${inFlight} of ${keys} keys`).join(", "),
  });
  printComparison({
    samples,
    cases,
    clients: workers.map(({ name }) => name),
    reference: REFERENCE,
    referenceOf: (client) => `${client.split("-")[0]}-${REFERENCE}`,
    unit: "ms",
    perRow: true,
    random: generator(options.seed),
  });
  console.log(
    "\n`x objects` is to the same runtime's. `CPU` and `JS thread` are per row. All ways end with the same in hand: numbers\n" +
      "added up, texts as strings, vectors in one large array.",
  );
  keepSession("columns", session);
  return failures;
}

/** Any of the clients can write what all read. */
async function load(workers) {
  await workers[0].ask({ case: "load", seconds: 60 });
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
