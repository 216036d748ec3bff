// One run of a benchmark that compares clients on one server.
import { conditions, printConditions } from "./conditions.mjs";
import { keep } from "./results.mjs";
import { measure } from "./schedule.mjs";
import { startServer } from "./server.mjs";
import { generator } from "./statistics.mjs";
import { clientConditions, startWorkers, stopWorkers } from "./worker-processes.mjs";

/**
 * Starts the server and the clients, lets `load(workers, env)` write what is read, `verify(worker)` compare what each client reads
 * with that, and measures; then takes away what was written to `sets`. Where something stands between clients and server,
 * `between(server)` starts it and gives `{ cases, description, stop }`: the cases know how to get there.
 *
 * `cases` may be a function of the workers, asked after that; `start` takes the place of `startWorkers`.
 *
 * Resolves to `{ found, server, workers, leftOut, failures, samples, cases, line, options }`, without samples where no client
 * runs; `line` has the description of what was between, and what its `stop` said.
 */
export async function runSession({ options, processes, sets, cases, between, load, verify, start = startWorkers }) {
  const { only, repeat, seconds, seed } = options;
  const found = conditions();
  const server = await startServer(sets);
  const env = { AEROSPIKE_HOSTS: server.hosts, BENCH_NAMESPACE: server.namespace };
  const chosen = Object.fromEntries(only.map((name) => [name, processes[name]]));
  let workers = [];
  let failures = [];
  let leftOut = [];
  let samples;
  let started;
  let line;
  try {
    ({ workers, failures, leftOut } = await start(chosen, env));
    if (workers.length > 0) {
      await load(workers, env);
      for (const worker of workers) await verify(worker);
      started = await between?.(server);
      cases = started?.cases ?? cases;
      if (typeof cases === "function") cases = await cases(workers);
      const measured = await measure({
        workers,
        cases,
        repeat,
        seconds,
        random: generator(seed),
        server: server.process,
      });
      samples = measured.samples;
      failures.push(...measured.failures);
    }
  } finally {
    await stopWorkers(workers);
    if (started) line = { description: started.description, said: await started.stop() };
    await server.cleanUp().finally(server.stop);
  }
  return { found, server, workers, leftOut, failures, samples, cases, line, options };
}

/** Prints under what conditions a session ran; `more` are the benchmark's own. */
export function printSession({ found, server, workers, leftOut, options }, more = {}) {
  const { repeat, seconds, seed } = options;
  printConditions(found, {
    server: server.description,
    ...clientConditions(workers, leftOut),
    repetitions: `${repeat} of ${seconds} s, medians`,
    ...more,
    seed,
  });
}

/** Keeps a session's raw numbers; `more` are the benchmark's own. */
export function keepSession(name, session, more = {}) {
  const { found, server, workers, leftOut, failures, samples, cases, options } = session;
  const { repeat, seconds, seed } = options;
  keep(name, {
    ...{ conditions: found, server: server.description, leftOut, seed, repeat, seconds },
    clients: Object.fromEntries(workers.map((worker) => [worker.name, worker.version])),
    cases: distinct(cases),
    ...{ ...more, samples, failures },
  });
}

/** The cases as a reader knows them: one for each name, without the addresses of this run. */
function distinct(cases) {
  const named = new Map();
  for (const { name, request: { hosts: _, ...request }, ...more } of cases) {
    const same = named.get(name);
    if (same === undefined) named.set(name, { name, request, ...more });
    else same.clients = [...same.clients, ...more.clients];
  }
  return [...named.values()];
}
