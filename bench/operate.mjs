// `operate`: list and map operations with 1, 8 and 64 in flight, beside the official client.
import process from "node:process";
import { bun, deno } from "../scripts/setup.mjs";
import { printComparison } from "./comparison.mjs";
import { COUNT, OPERATE_SET, TAKEN } from "./operate-records.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";

const OURS = "bench/workers/operate-ours.mjs";
const PROCESSES = {
  deno: { command: deno, args: ["run", "-A", "--no-check", OURS] },
  bun: { command: bun, args: ["run", OURS] },
  aerospike: { command: process.execPath, args: ["bench/workers/operate-aerospike.mjs"] },
};
const REFERENCE = "aerospike";
const MOST = 64;
const WHAT = ["list read", "list write", "map read", "map write"];
/** How often each case is asked and compared before anything is timed. */
const SAMPLE = 200;

const one = (what, inFlight) => ({
  name: `${what}, ${inFlight} in flight`,
  request: { case: what, inFlight },
});
const CASES = WHAT.flatMap((what) => [1, 8, MOST].map((inFlight) => one(what, inFlight)));
const TARGETS = ["deno", "bun"].flatMap((client) =>
  WHAT.map((what) => ({
    ...{ client, case: one(what, MOST).name, reference: REFERENCE, quantity: "perSecond", atLeast: 1.2 },
  }))
);

export const clients = Object.keys(PROCESSES);

export async function run(options) {
  const session = await runSession({
    ...{ options, processes: PROCESSES, sets: [OPERATE_SET], cases: CASES },
    load: async (workers) => {
      // Each writes what it changes itself.
      for (const worker of workers) await worker.ask({ case: "load", seconds: 60 });
    },
    verify: async (worker) => {
      await worker.ask({ case: "sample", count: SAMPLE, seconds: 60 });
      console.error(`${worker.name}: ${SAMPLE} answers of each case are as they have to be`);
    },
  });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log(
    `\noperate: lists and maps of ${COUNT} elements, of which reads take ${TAKEN}; writes are three operations\n`,
  );
  printSession(session);
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printComparison({ samples, cases: CASES, clients: names, reference: REFERENCE, unit: "µs", random });
  console.log("\ntargets");
  const targets = TARGETS.map((target) => judge(samples, target, random));
  keepSession("operate", session, { targets });
  return failures;
}
