// `echo`: what the binding itself costs, without a server.
import { bun, deno } from "../scripts/setup.mjs";
import { conditions, printConditions } from "./conditions.mjs";
import { figure, keep, printTable, printTarget } from "./results.mjs";
import { measure, summary } from "./schedule.mjs";
import { generator, median } from "./statistics.mjs";
import { WorkerProcess } from "./worker-process.mjs";

const WORKER = "bench/workers/echo.ts";
const DENO = [deno, ["run", "-A", "--no-check", WORKER]];
const BUN = [bun, ["run", WORKER]];
const PROCESSES = {
  "deno-wait": [...DENO, "wait"],
  "deno-callback": [...DENO, "callback"],
  "bun-callback": [...BUN, "callback"],
  "bun-socket": [...BUN, "socket"],
};
const IN_FLIGHT = [1, 16, 256];
const TARGET_PER_SECOND = 200_000;

export const clients = Object.keys(PROCESSES);

export async function run({ only, repeat, seconds, seed }) {
  const found = conditions();
  const cases = IN_FLIGHT.map((inFlight) => ({
    name: `${inFlight} in flight`,
    request: { case: "echo", inFlight },
  }));
  const workers = [];
  const failures = [];
  const bareCalls = {};
  let samples;
  try {
    for (const name of only) {
      const [command, args, wake] = PROCESSES[name];
      const worker = new WorkerProcess(name, command, args, {
        BENCH_WAKE: wake,
      });
      workers.push(worker);
      await worker.start();
    }
    for (const worker of workers) {
      const rounds = [];
      for (let i = 0; i < repeat + 1; i++) {
        rounds.push((await worker.ask({ case: "ffi" })).nanoseconds);
      }
      // The first round compiles.
      bareCalls[worker.name] = median(rounds.slice(1));
    }
    const measured = await measure({
      workers,
      cases,
      repeat,
      seconds,
      random: generator(seed),
    });
    samples = measured.samples;
    failures.push(...measured.failures);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  console.log(
    "\necho: a command of 16 bytes to the native library and back, no server\n",
  );
  printConditions(found, {
    repetitions: `${repeat} of ${seconds} s, medians`,
    seed,
  });
  const rows = [];
  for (const { name } of cases) {
    for (const worker of workers) {
      const of = summary(samples, name, worker.name);
      const bare = bareCalls[worker.name];
      rows.push([
        ...[
          name,
          worker.name,
          figure(of.perSecond),
          `${figure(of.spread * 100)}%`,
        ],
        ...[
          figure(of.p50 * 1000),
          figure(of.p99 * 1000),
          figure(of.cpuMicros),
          figure(of.threadMicros),
        ],
        ...[
          figure(bare),
          figure(1e6 / of.perSecond - bare / 1000),
          figure(of.lagP99),
        ],
      ]);
    }
  }
  printTable([
    ...[
      "case",
      "client",
      "per second",
      "spread",
      "p50 µs",
      "p99 µs",
      "CPU µs",
      "JS thread µs",
    ],
    ...["bare call ns", "added µs", "lag p99 ms"],
  ], rows);
  console.log(
    "\n`added`: time per command minus one bare call. `CPU` and `JS thread` are per command.\n\ntargets",
  );
  const targets = workers.map((worker) => {
    const { perSecond } = summary(samples, "256 in flight", worker.name);
    return printTarget(`${worker.name}, 256 in flight`, perSecond, TARGET_PER_SECOND, " per second");
  });
  keep("echo", {
    conditions: found,
    seed,
    repeat,
    seconds,
    bareCalls,
    clients: Object.fromEntries(workers.map(({ name, version }) => [name, version])),
    cases,
    targets,
    samples,
    failures,
  });
  return failures;
}
