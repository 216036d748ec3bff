// `nine`: requests that read 1,800 keys of nine sets in one batch, 10 at a time, by the ways to read of this client in
// Deno and Bun, and by the official client and the Python clients.
import process from "node:process";
import { bun, deno } from "../scripts/setup.mjs";
import { printComparison } from "./comparison.mjs";
import { binsOf, canonical, first, isFound, KEYS, REQUESTS, setNames } from "./features.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";
import { python } from "./worker-processes.mjs";

const IN_FLIGHT = 10;
const READS = ["eager", "lazy", "columns"];
const WORKER = "bench/workers/nine-ours.mjs";
const RUNTIMES = {
  deno: { command: deno, args: ["run", "-A", "--no-check", WORKER] },
  bun: { command: bun, args: ["run", WORKER] },
};
const ours = Object.entries(RUNTIMES).flatMap(([runtime, started]) =>
  READS.map((reads) => [`${runtime}-${reads}`, { ...started, env: { BENCH_READS: reads } }])
);
const peer = (name) => ({
  command: python,
  // Without compiled files beside the sources.
  args: ["-B", "bench/workers/nine.py"],
  env: { BENCH_PEER: name },
});
const PROCESSES = {
  ...Object.fromEntries(ours),
  aerospike: { command: process.execPath, args: ["bench/workers/nine-aerospike.mjs"] },
  "aerospike-py": peer("aerospike-py"),
  "aerospike-py-unread": peer("aerospike-py-unread"),
  "pypi-aerospike": peer("aerospike"),
};
const REFERENCE = "aerospike";

const CASE = {
  name: `${KEYS.toLocaleString("en-US")} keys, ${IN_FLIGHT} in flight`,
  request: { case: "read", inFlight: IN_FLIGHT },
};

const target = (client, reference, quantity, bound) => ({ case: CASE.name, client, reference, quantity, ...bound });
const targetsOf = (runtime) => [
  target(`${runtime}-eager`, REFERENCE, "perSecond", { atLeast: 5, cpuAtMost: 0.2 }),
  target(`${runtime}-lazy`, REFERENCE, "perSecond", { atLeast: 8 }),
  target(`${runtime}-columns`, REFERENCE, "perSecond", { atLeast: 10, cpuAtMost: 0.07 }),
  target(`${runtime}-eager`, REFERENCE, "cpuMicros", { atMost: 0.2 }),
  target(`${runtime}-columns`, REFERENCE, "cpuMicros", { atMost: 0.07 }),
  target(`${runtime}-eager`, REFERENCE, "lagP99", { atMost: 0.2 }),
  target(`${runtime}-columns`, REFERENCE, "lagP99", { atMost: 0.05 }),
  target(`${runtime}-eager`, "aerospike-py", "perSecond", { atLeast: 3 }),
  target(`${runtime}-columns`, "aerospike-py-unread", "perSecond", { atLeast: 3 }),
];
const TARGETS = Object.keys(RUNTIMES).flatMap(targetsOf);

export const clients = Object.keys(PROCESSES);

export async function run(options) {
  const session = await runSession({ options, processes: PROCESSES, sets: setNames, cases: [CASE], load, verify });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log(
    `\nnine: ${KEYS} keys of nine sets in one batch, 67 % found, records of six bins (two integers, two doubles, a text, ` +
      "a vector of 32 bytes)\n",
  );
  printSession(session);
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printComparison({ samples, cases: [CASE], clients: names, reference: REFERENCE, unit: "ms", random });
  console.log(
    "\n`eager` touches every bin of every found record, `lazy` two of them, `columns` every element of typed arrays;\n" +
      "`aerospike-py-unread` leaves its result as it came. An operation is a request of all keys.\n\ntargets",
  );
  const targets = TARGETS.map((one) => judge(samples, one, random));
  keepSession("nine", session, { targets });
  return failures;
}

/** The reference client writes what all read; where it is left out, the first of this project's that is there. */
async function load(workers) {
  const writer = workers.find(({ name }) => name === REFERENCE) ??
    workers.find(({ name }) => Object.keys(RUNTIMES).includes(name.split("-")[0]));
  if (writer === undefined) throw new Error("none of the clients can write the records: add one that is JavaScript");
  await writer.ask({ case: "load", seconds: 60 });
  console.error(`the records of ${REQUESTS} requests written by ${writer.name}`);
}

/** All keys of the first and the last request, in each client's own way to read. */
async function verify(worker) {
  for (const request of [0, REQUESTS - 1]) {
    const { rows } = await worker.ask({ case: "sample", request });
    if (rows.length !== KEYS) throw new Error(`${worker.name} gave ${rows.length} rows for ${KEYS} keys`);
    for (const [position, read] of rows.entries()) {
      const record = first(request) + position;
      const written = isFound(record) ? canonical(binsOf(record)) : "nothing";
      if (read !== written) {
        throw new Error(`${worker.name} read record ${record} as ${read}, written was ${written}`);
      }
    }
  }
  console.error(`${worker.name}: ${2 * KEYS} rows are as they were written`);
}
