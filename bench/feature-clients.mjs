// The clients that read the records of `features.mjs`, for the benchmarks that set them against each other: the ways to
// read of this client in Deno and Bun, the official client and the Python clients.
import process from "node:process";
import { bun, deno } from "../scripts/setup.mjs";
import { binsOf, canonical, first, isFound, KEYS, REQUESTS } from "./features.mjs";
import { python } from "./worker-processes.mjs";

const READS = ["eager", "lazy", "columns"];
const WORKER = "bench/workers/nine-ours.mjs";
export const RUNTIMES = {
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
export const PROCESSES = {
  ...Object.fromEntries(ours),
  aerospike: { command: process.execPath, args: ["bench/workers/nine-aerospike.mjs"] },
  "aerospike-py": peer("aerospike-py"),
  "aerospike-py-unread": peer("aerospike-py-unread"),
  "pypi-aerospike": peer("aerospike"),
};
/** The client that the others are set against. */
export const REFERENCE = "aerospike";

/** The reference client writes what all read; where it is left out, the first of this project's that is there. */
export async function load(workers) {
  const writer = workers.find(({ name }) => name === REFERENCE) ??
    workers.find(({ name }) => Object.keys(RUNTIMES).includes(name.split("-")[0]));
  if (writer === undefined) throw new Error("none of the clients can write the records: add one that is JavaScript");
  await writer.ask({ case: "load", seconds: 60 });
  console.error(`the records of ${REQUESTS} requests written by ${writer.name}`);
}

/** The requests of which every row is compared: the first and the last. */
export const COMPARED = [0, REQUESTS - 1];

/** All keys of those requests, in each client's own way to read. */
export async function verify(worker) {
  for (const request of COMPARED) {
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
  console.error(`${worker.name}: ${COMPARED.length * KEYS} rows are as they were written`);
}
