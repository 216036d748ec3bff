// `ladder`: gets and puts with 1 to 1,000 in flight, where a client that is asked for more than it can do must not do less;
// and records from 3 x 10 B to 50 x 1 KiB.
import { printComparison } from "./comparison.mjs";
import { load, PROCESSES as KV_PROCESSES, verify } from "./kv.mjs";
import { PUT_SET, SETS } from "./records.mjs";
import { figure } from "./results.mjs";
import { compareCases, summary } from "./schedule.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { nameOf, SIZE_SET, SIZES } from "./sized-records.mjs";
import { generator } from "./statistics.mjs";

const { deno, bun, aerospike } = KV_PROCESSES;
const PROCESSES = { deno, bun, aerospike };
const REFERENCE = "aerospike";
const RUNGS = [1, 4, 16, 64, 256, 1_000];
const SIZED_IN_FLIGHT = 64;
/** The share of its best rung below that a client has to keep on every later one. */
const KEEPS_AT_LEAST = 0.8;

const rung = (what, inFlight) => ({
  name: `${what}, ${inFlight.toLocaleString("en-US")} in flight`,
  request: { case: what, inFlight },
});
const sized = (what, size) => ({
  name: `${what} ${nameOf(size)}, ${SIZED_IN_FLIGHT} in flight`,
  request: { case: `sized ${what}`, inFlight: SIZED_IN_FLIGHT, size },
});
const OPERATIONS = ["get", "put"];
const CASES = OPERATIONS.flatMap((what) => [
  ...RUNGS.map((inFlight) => rung(what, inFlight)),
  ...SIZES.map((size) => sized(what, size)),
]);

export const clients = Object.keys(PROCESSES);

export async function run(options) {
  const sets = [PUT_SET, SIZE_SET, ...Array.from({ length: SETS }, (_, i) => `bench-${i}`)];
  const session = await runSession({
    ...{ options, processes: PROCESSES, sets, cases: CASES },
    load: async (workers) => {
      await load(workers);
      const [writer] = workers;
      for (const size of SIZES) await writer.ask({ case: "load sized", size, seconds: 60 });
    },
    verify,
  });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log("\nladder: single reads and writes, 1 to 1,000 in flight, and by the size of the record\n");
  printSession(session);
  const names = workers.map(({ name }) => name);
  const random = generator(options.seed);
  printComparison({ samples, cases: CASES, clients: names, reference: REFERENCE, unit: "µs", random });
  console.log(
    `\nwithout collapse: on every rung at least ${
      KEEPS_AT_LEAST * 100
    } % of the requests per second of the best one below it`,
  );
  const rungs = names.flatMap((client) => OPERATIONS.map((what) => judgeLadder(samples, client, what, random)));
  keepSession("ladder", session, { rungs });
  return failures;
}

/** Says on which rung a client keeps the least of what it had below, and whether that is enough. */
function judgeLadder(samples, client, what, random) {
  const climbed = RUNGS.map((inFlight) => {
    const { name } = rung(what, inFlight);
    return { inFlight, name, perSecond: summary(samples, name, client).perSecond };
  });
  const steps = climbed.slice(1).map(({ inFlight, name }, below) => {
    const best = climbed.slice(0, below + 1).reduce((a, b) => a.perSecond >= b.perSecond ? a : b);
    return { inFlight, bestAt: best.inFlight, ...compareCases(samples, client, name, best.name, "perSecond", random) };
  });
  const measured = steps.every(({ ratio }) => !Number.isNaN(ratio));
  const worst = steps.reduce((a, b) => a.ratio <= b.ratio ? a : b);
  const verdict = !measured ? "NOT MEASURED" : worst.ratio >= KEEPS_AT_LEAST ? "pass" : "MISS";
  const unsure = worst.low <= KEEPS_AT_LEAST && KEEPS_AT_LEAST <= worst.high ? ", within the interval" : "";
  const [share, low, high] = [worst.ratio, worst.low, worst.high].map((ratio) => figure(ratio * 100));
  console.log(
    `  ${verdict.padEnd(12)} ${client}, ${what}: at ${worst.inFlight} in flight ${share} % [${low}, ${high}] of ` +
      `the best below, at ${worst.bestAt}${unsure}`,
  );
  return { client, what, verdict, wanted: KEEPS_AT_LEAST, steps };
}
