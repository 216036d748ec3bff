// `kv`: this client in Deno and Bun, the official client on Node, and aerospike-core without JavaScript, on one server.
import process from "node:process";
import { bun, deno, manifest, must, release } from "../scripts/setup.mjs";
import { conditions, printConditions } from "./conditions.mjs";
import { binsOf, canonical, RECORDS } from "./records.mjs";
import { figure, keep, printTable, printTarget } from "./results.mjs";
import { measure, summary } from "./schedule.mjs";
import { startServer } from "./server.mjs";
import { generator } from "./statistics.mjs";
import { WorkerProcess } from "./worker-process.mjs";

const PROCESSES = {
  deno: [deno, ["run", "-A", "--no-check", "bench/workers/ours.ts"]],
  bun: [bun, ["run", "bench/workers/ours.ts"]],
  aerospike: [process.execPath, ["bench/workers/aerospike.mjs"]],
  core: [`${release}examples/core_kv`, []],
};
const REFERENCE = "aerospike";
const OURS = ["deno", "bun"];

const get = (inFlight) => ({
  name: `get, ${inFlight} in flight`,
  request: { case: "get", inFlight },
});
const batch = (keys, inFlight) => ({
  name: `batch of ${keys.toLocaleString("en-US")}, ${inFlight} in flight`,
  request: { case: "batch", keys, inFlight },
});
const put = (inFlight) => ({
  name: `put, ${inFlight} in flight`,
  request: { case: "put", inFlight },
});

const CASES = [
  get(1),
  get(16),
  get(64),
  get(256),
  put(64),
  batch(100, 8),
  batch(1_800, 4),
];
const TARGETS = [[get(64).name, 1.2], [batch(100, 8).name, 2.5]];
/** Records that are read and compared before anything is timed: from every set, and the last one. */
const SAMPLE = [0, 1, 199, 200, 777, 1_600, 5_003, 12_345, RECORDS - 1];

export const clients = Object.keys(PROCESSES);

export async function run({ only, repeat, seconds, seed }) {
  if (only.includes("core")) {
    const example = ["--example", "core_kv", "-p", "aerospike-ffi"];
    must("cargo", [
      "build",
      "--release",
      "--locked",
      "--manifest-path",
      manifest,
      ...example,
    ]);
  }
  const found = conditions();
  const failures = [];
  const workers = [];
  const server = await startServer();
  let samples;
  try {
    const env = {
      AEROSPIKE_HOSTS: server.hosts,
      BENCH_NAMESPACE: server.namespace,
    };
    for (const name of only) {
      const [command, args] = PROCESSES[name];
      const worker = new WorkerProcess(name, command, args, {
        ...env,
        BENCH_CLIENT: name,
      });
      try {
        workers.push(await worker.start());
      } catch (error) {
        failures.push(error.message);
        await worker.stop();
      }
    }
    if (workers.length === 0) return failures;
    await load(workers);
    for (const worker of workers) await verify(worker);
    const measured = await measure({
      workers,
      cases: CASES,
      repeat,
      seconds,
      random: generator(seed),
    });
    samples = measured.samples;
    failures.push(...measured.failures);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await server.cleanUp().finally(server.stop);
  }

  console.log(
    "\nkv: records of ten bins (four integers, three doubles, three strings)\n",
  );
  printConditions(found, {
    server: `${server.kind}, build ${server.build}, namespace ${server.namespace}`,
    ...Object.fromEntries(
      workers.map((worker) => [worker.name, worker.version]),
    ),
    repetitions: `${repeat} of ${seconds} s, medians`,
    seed,
  });
  const ratio = (name, client) =>
    summary(samples, name, client).perSecond /
    summary(samples, name, REFERENCE).perSecond;
  const rows = [];
  for (const { name } of CASES) {
    for (const worker of workers) {
      const of = summary(samples, name, worker.name);
      rows.push([
        ...[
          name,
          worker.name,
          figure(of.perSecond),
          `${figure(of.spread * 100)}%`,
          figure(ratio(name, worker.name)),
        ],
        ...[
          figure(of.p50 * 1000),
          figure(of.p99 * 1000),
          figure(of.cpuMicros),
          figure(of.threadMicros),
        ],
        figure(of.lagP99),
      ]);
    }
  }
  printTable([
    ...[
      "case",
      "client",
      "per second",
      "spread",
      "x aerospike",
      "p50 µs",
      "p99 µs",
      "CPU µs",
      "JS thread µs",
    ],
    "lag p99 ms",
  ], rows);
  console.log(
    "\n`CPU` and `JS thread` are per operation, a batch being one operation.\n\ntargets",
  );
  for (const [name, wanted] of TARGETS) {
    for (const client of OURS) {
      printTarget(
        `${client}, ${name}`,
        ratio(name, client),
        wanted,
        "x npm aerospike",
      );
    }
  }
  const { kind, build, namespace } = server;
  keep("kv", {
    conditions: found,
    server: { kind, build, namespace },
    seed,
    repeat,
    seconds,
    samples,
    failures,
  });
  return failures;
}

/** The reference client writes what all read; where it is left out, the first does. */
async function load(workers) {
  const writer = workers.find((worker) => worker.name === REFERENCE) ??
    workers[0];
  await writer.ask({ case: "load", seconds: 60 });
  console.error(`${RECORDS} records written by ${writer.name}`);
}

async function verify(worker) {
  const { one, rows } = await worker.ask({ case: "sample", records: SAMPLE });
  for (const [position, bins] of [one, ...rows].entries()) {
    const record = SAMPLE[Math.max(0, position - 1)];
    const read = bins ? canonical(bins) : "nothing";
    const written = canonical(binsOf(record));
    if (read !== written) {
      throw new Error(
        `${worker.name} read record ${record} as ${read}, written was ${written}`,
      );
    }
  }
  console.error(
    `${worker.name}: ${rows.length} records are as they were written`,
  );
}
