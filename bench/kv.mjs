// `kv`: this client in Deno and Bun, the official client on Node, and aerospike-core without JavaScript, on one server.
import process from "node:process";
import { bun, deno, release } from "../scripts/setup.mjs";
import { printComparison } from "./comparison.mjs";
import { binsOf, canonical, PUT_SET, RECORDS, SETS } from "./records.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";
import { buildCore } from "./worker-processes.mjs";

const DENO = { command: deno, args: ["run", "-A", "--no-check", "bench/workers/ours.ts"] };
const BUN = { command: bun, args: ["run", "bench/workers/ours.ts"] };
export const PROCESSES = {
  deno: DENO,
  "deno-callback": { ...DENO, env: { BENCH_WAKE: "callback" } },
  "deno-auto": { ...DENO, env: { BENCH_AUTO_BATCH: "1" } },
  bun: BUN,
  "bun-auto": { ...BUN, env: { BENCH_AUTO_BATCH: "1" } },
  aerospike: { command: process.execPath, args: ["bench/workers/aerospike.mjs"] },
  core: { command: `${release}core-kv`, args: [] },
};
const REFERENCE = "aerospike";
const EVERYWHERE = ["deno", "bun", REFERENCE, "core"];

/** A case, for those clients for which it differs from what another client does in it. */
const get = (inFlight, ...more) => ({
  name: `get, ${inFlight} in flight`,
  request: { case: "get", inFlight },
  clients: [...EVERYWHERE, ...more],
});
const batch = (keys, inFlight) => ({
  name: `batch of ${keys.toLocaleString("en-US")}, ${inFlight} in flight`,
  request: { case: "batch", keys, inFlight },
  clients: EVERYWHERE,
});
const put = (inFlight) => ({
  name: `put, ${inFlight} in flight`,
  request: { case: "put", inFlight },
  clients: EVERYWHERE,
});

const CASES = [
  get(1, "deno-callback"),
  get(16),
  get(64, "deno-callback", "deno-auto", "bun-auto"),
  get(256),
  put(64),
  batch(100, 8),
  batch(1_800, 4),
];

const target = (client, one, quantity, bound) => ({
  ...{ client, case: one.name, reference: REFERENCE, quantity },
  ...bound,
});
const TARGETS = [
  ...["deno", "bun"].flatMap((client) => [
    target(client, get(64), "perSecond", { atLeast: 2 }),
    target(client, get(64), "p99", { atMost: 1 }),
  ]),
  ...["deno-auto", "bun-auto"].flatMap((client) => [
    target(client, get(64), "perSecond", { atLeast: 4 }),
    target(client, get(64), "p99", { atMost: 1 }),
  ]),
  target("bun", get(1), "p50", { atMost: 1.15 }),
  target("deno-callback", get(1), "p50", { atMost: 1.15 }),
  target("deno", get(1), "p50", { atMost: 1.6 }),
  ...["deno", "bun"].map((client) => target(client, put(64), "perSecond", { atLeast: 1.2 })),
];
/** What was asked of the first version, and still has to hold. */
const FORMER_TARGETS = ["deno", "bun"].flatMap((client) => [
  target(client, get(64), "perSecond", { atLeast: 1.2 }),
  target(client, batch(100, 8), "perSecond", { atLeast: 2.5 }),
]);
/** Records that are read and compared before anything is timed: from every set, and the last one. */
const SAMPLE = [0, 1, 199, 200, 777, 1_600, 5_003, 12_345, RECORDS - 1];

export const clients = Object.keys(PROCESSES);

export async function run(options) {
  if (options.only.includes("core")) buildCore();
  const sets = [PUT_SET, ...Array.from({ length: SETS }, (_, i) => `bench-${i}`)];
  const session = await runSession({ options, processes: PROCESSES, sets, cases: CASES, load, verify });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log("\nkv: records of ten bins (four integers, three doubles, three strings)\n");
  printSession(session);
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printComparison({ samples, cases: CASES, clients: names, reference: REFERENCE, unit: "µs", random });
  console.log("\n`CPU` and `JS thread` are per operation, a batch being one operation.\n\ntargets");
  const targets = TARGETS.map((one) => judge(samples, one, random));
  console.log("\ntargets of the first version");
  targets.push(...FORMER_TARGETS.map((one) => judge(samples, one, random)));
  keepSession("kv", session, { targets });
  return failures;
}

/** The reference client writes what all read; where it is left out, the first does. */
export async function load(workers) {
  const writer = workers.find((worker) => worker.name === REFERENCE) ?? workers[0];
  await writer.ask({ case: "load", seconds: 60 });
  console.error(`${RECORDS} records written by ${writer.name}`);
}

/** Records of every set, got and read as a batch, against what they have to be. */
export async function verify(worker) {
  const { gets, rows } = await worker.ask({ case: "sample", records: SAMPLE });
  for (const [position, bins] of [...gets, ...rows].entries()) {
    const record = SAMPLE[position < gets.length ? position : position - gets.length];
    const read = bins ? canonical(bins) : "nothing";
    const written = canonical(binsOf(record));
    if (read !== written) {
      throw new Error(`${worker.name} read record ${record} as ${read}, written was ${written}`);
    }
  }
  console.error(`${worker.name}: ${rows.length} records are as they were written`);
}
