// `competing`: the event loop is not the client's alone. Between its reads each request computes for 2, 8 or 21 ms on the same
// thread, as inference or rendering does, and a bystander that has nothing to do with either has to get its turn.
import { printComparison } from "./comparison.mjs";
import { load, PROCESSES, REFERENCE, RUNTIMES, verify } from "./feature-clients.mjs";
import { KEYS, setNames } from "./features.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";

const IN_FLIGHT = 10;
const WORK_MS = [2, 8, 21];
const OURS = Object.keys(RUNTIMES).flatMap((runtime) => [`${runtime}-eager`, `${runtime}-columns`]);

export const clients = [...OURS, REFERENCE, "aerospike-py", "pypi-aerospike"];

const CASES = WORK_MS.map((workMs) => ({
  name: `${workMs} ms of work a request`,
  request: { case: "compete", keys: KEYS, inFlight: IN_FLIGHT, workMs },
}));
const MORE = { bystanderP50: "bystander p50 ms", bystanderP99: "bystander p99 ms" };

export async function run(options) {
  const session = await runSession({ options, processes: PROCESSES, sets: setNames, cases: CASES, load, verify });
  const { workers, samples, failures } = session;
  if (workers.length === 0) return failures;

  console.log(`\ncompeting: requests that read ${KEYS} keys, then compute on the same event loop\n`);
  printSession(session, { "in flight": IN_FLIGHT });
  const random = generator(options.seed);
  const names = workers.map(({ name }) => name);
  printComparison({ samples, cases: CASES, clients: names, reference: REFERENCE, unit: "ms", more: MORE, random });
  console.log(
    "\nA request's time is its read and its work, waiting for the thread included; `CPU` and `JS thread` include the work, which\n" +
      "is so many milliseconds of CPU time of an idle process. The bystander is due every 10 ms and wants the thread twice,\n" +
      "for some microseconds; its time runs from being due to being done.",
  );
  keepSession("competing", session);
  return failures;
}
