// `A`: the clients alone, without anything around them. One batch a request, of 50 to 1,800 keys of nine sets, with 1 to 50
// requests in flight; and batches of keys that have no record.
import { printComparison } from "./comparison.mjs";
import { load, PROCESSES, REFERENCE, RUNTIMES, verify } from "./feature-clients.mjs";
import { setNames } from "./features.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";

const IN_FLIGHT = [1, 10, 50];
const KEYS = [50, 200, 1_800];
/** The case of a page's request, which the quick mode varies one way at a time. */
const MIDDLE = { inFlight: 10, keys: 1_800 };

const one = (keys, inFlight, absent = false) => ({
  name: `${keys.toLocaleString("en-US")} keys, ${absent ? "0 % found, " : ""}${inFlight} in flight`,
  request: { case: "read", keys, inFlight, ...(absent && { absent }) },
});
const CASES = [
  ...KEYS.flatMap((keys) => IN_FLIGHT.map((inFlight) => one(keys, inFlight))),
  ...KEYS.map((keys) => one(keys, MIDDLE.inFlight, true)),
];
/** Every size and every concurrency, but not each with each. */
const QUICK_CASES = [
  ...KEYS.map((keys) => one(keys, MIDDLE.inFlight)),
  ...IN_FLIGHT.filter((inFlight) => inFlight !== MIDDLE.inFlight).map((inFlight) => one(MIDDLE.keys, inFlight)),
  one(MIDDLE.keys, MIDDLE.inFlight, true),
];
/** The official Python client blocks: a thread for each request in flight. */
const THREADS = { BENCH_THREADS: String(Math.max(...IN_FLIGHT)) };
const OWN_PROCESSES = Object.fromEntries(
  Object.entries(PROCESSES).map(([name, started]) => [name, { ...started, env: { ...started.env, ...THREADS } }]),
);
const TARGETS = Object.keys(RUNTIMES).flatMap((runtime) =>
  [["eager", 4], ["columns", 8]].map(([reads, atLeast]) => ({
    ...{ case: one(MIDDLE.keys, MIDDLE.inFlight).name, client: `${runtime}-${reads}`, reference: REFERENCE },
    ...{ quantity: "perSecond", atLeast },
  }))
);

export const clients = Object.keys(PROCESSES);

export async function run(options) {
  const cases = options.quick ? QUICK_CASES : CASES;
  const session = await runSession({ options, processes: OWN_PROCESSES, sets: setNames, cases, load, verify });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log("\nA: one batch a request, keys spread over nine sets, 67 % found where it does not say 0 %\n");
  printSession(session, options.quick ? { cases: "those of the quick mode" } : {});
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printComparison({ samples, cases, clients: names, reference: REFERENCE, unit: "ms", random });
  console.log(
    "\nClients and what they touch are those of `nine`. An operation is a request. With no record found, `eager` and `lazy`\n" +
      "have nothing to touch: what is left is sending keys and learning that they are not there.\n\ntargets",
  );
  const targets = TARGETS.map((target) => judge(samples, target, random));
  keepSession("A", session, { targets });
  return failures;
}
