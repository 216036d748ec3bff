// `nine`: requests that read 1,800 keys of nine sets in one batch, 10 at a time, by the ways to read of this client in
// Deno and Bun, and by the official client and the Python clients.
import { printComparison } from "./comparison.mjs";
import { load, PROCESSES, REFERENCE, RUNTIMES, verify } from "./feature-clients.mjs";
import { KEYS, setNames } from "./features.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";
import { judge } from "./target.mjs";

const IN_FLIGHT = 10;

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
