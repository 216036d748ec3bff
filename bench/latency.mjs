// `latency`: gets and batches with a line of 0.5 to 5 ms between the client and the server.
import { printComparison } from "./comparison.mjs";
import { startDelayProxy } from "./delay-proxy.mjs";
import { load, PROCESSES as KV_PROCESSES, verify } from "./kv.mjs";
import { SETS } from "./records.mjs";
import { figure } from "./results.mjs";
import { keepSession, printSession, runSession } from "./session.mjs";
import { generator } from "./statistics.mjs";

const NAMES = ["deno", "deno-auto", "bun", "bun-auto", "aerospike"];
const PROCESSES = Object.fromEntries(NAMES.map((name) => [name, KV_PROCESSES[name]]));
const REFERENCE = "aerospike";
const EVERYWHERE = ["deno", "bun", REFERENCE];
/** Milliseconds of a round trip: another rack, another zone, another zone further away, another region near by. */
const DELAYS_MS = [0.5, 1, 2, 5];
const BATCH = { keys: 1_800, inFlight: 4 };

export const clients = Object.keys(PROCESSES);

const casesOf = (delayMs, hosts) => [
  {
    name: `${delayMs} ms, get, 1 in flight`,
    request: { case: "get", inFlight: 1, hosts },
    clients: EVERYWHERE,
    delayMs,
  },
  { name: `${delayMs} ms, get, 64 in flight`, request: { case: "get", inFlight: 64, hosts }, delayMs },
  {
    name: `${delayMs} ms, batch of ${BATCH.keys.toLocaleString("en-US")}, ${BATCH.inFlight} in flight`,
    request: { case: "batch", ...BATCH, hosts },
    clients: EVERYWHERE,
    delayMs,
  },
];

export async function run(options) {
  const sets = Array.from({ length: SETS }, (_, i) => `bench-${i}`);
  const between = async (server) => {
    const { hosts, description, stop } = await startDelayProxy(server.hosts, DELAYS_MS);
    return { cases: DELAYS_MS.flatMap((delay) => casesOf(delay, hosts[delay])), description, stop };
  };
  const session = await runSession({ options, processes: PROCESSES, sets, between, load, verify });
  const { workers, samples, failures, cases, line } = session;
  if (workers.length === 0) return failures;

  console.log("\nlatency: the records of kv, with a line of some length to the server\n");
  printSession(session, {
    line: line.description,
    "line's lateness": `${figure(line.said.lateP50Micros)} µs median, ${figure(line.said.lateP99Micros)} µs p99, ` +
      `of ${line.said.chunks.toLocaleString("en-US")} pieces that it passed on`,
  });
  const names = workers.map(({ name }) => name);
  const random = generator(options.seed);
  printComparison({ samples, cases, clients: names, reference: REFERENCE, unit: "ms", random });
  console.log(
    "\nThe delay is that of a round trip, beside what loopback takes. The proxy's CPU time is in no column, but it has to share\n" +
      "the cores of this machine with server and client.",
  );
  failures.push(...wentAround(samples, cases));
  keepSession("latency", session, { line });
  return failures;
}

/** No answer can be there before the line's length: a client that is faster has found a way around the proxy. */
function wentAround(samples, cases) {
  const delays = new Map(cases.map(({ name, delayMs }) => [name, delayMs]));
  return samples
    .filter((sample) => sample.p50 < delays.get(sample.case))
    .map(({ client, case: name, p50 }) => `${client}, ${name}: ${figure(p50)} ms, so not by the proxy`);
}
