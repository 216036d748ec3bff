// Runs cases on clients in an order that spreads whatever the machine does over all of them.
import process from "node:process";
import { median, medianWithin, ratioOfMedians, shuffled, spread } from "./statistics.mjs";

/**
 * Measures every case on every client `repeat` times. One repetition goes through all cases in a shuffled order, and
 * through all clients of a case in a shuffled order, so that what is compared lies close together in time. A case with
 * `clients` is measured on those alone. `server` is the server's process where it is known.
 *
 * Resolves to `{ samples: [{ case, client, repetition, peakRssMiB, serverSeconds, serverShare, ...answer }], failures: [text] }`;
 * a client that fails a case is left out of the rest.
 */
export async function measure({ workers, cases, repeat, seconds, random, server }) {
  const samples = [];
  const failures = [];
  let running = [...workers];
  const attempt = async (worker, request) => {
    try {
      return await worker.ask(request);
    } catch (error) {
      failures.push(error.message);
      console.log(`FAILED ${error.message}`);
      running = running.filter((other) => other !== worker);
    }
  };
  const of = (one) => running.filter(({ name }) => one.clients === undefined || one.clients.includes(name));
  // Before anything counts, every compiler has seen every case.
  for (const one of cases) {
    for (const worker of of(one)) {
      await attempt(worker, { ...one.request, seconds: Math.min(0.5, seconds) });
    }
  }
  for (let repetition = 1; repetition <= repeat; repetition++) {
    process.stderr.write(`repetition ${repetition} of ${repeat}\n`);
    for (const one of shuffled(cases, random)) {
      for (const worker of shuffled(of(one), random)) {
        worker.resetPeakRss();
        const served = server && watch(server);
        const answer = await attempt(worker, { ...one.request, seconds });
        if (answer) {
          const own = { case: one.name, client: worker.name, repetition, peakRssMiB: worker.readPeakRss() };
          samples.push({ ...own, ...served?.(), ...answer });
        }
      }
    }
  }
  return { samples, failures };
}

/** Begins to watch the server; the result ends it: the CPU seconds that it took, and as a share of what it may take. */
function watch(server) {
  const before = server.cpuSeconds();
  const started = performance.now();
  return () => {
    const serverSeconds = server.cpuSeconds() - before;
    return { serverSeconds, serverShare: serverSeconds / ((performance.now() - started) / 1000) / server.cores };
  };
}

/** What is computed of each sample; null where it was not measured. */
const QUANTITIES = {
  perSecond: (sample) => sample.operations / sample.seconds,
  cpuMicros: (sample) => (sample.cpuSeconds / sample.operations) * 1e6,
  threadMicros: (sample) => sample.threadSeconds === null ? null : (sample.threadSeconds / sample.operations) * 1e6,
  p50: (sample) => sample.p50,
  p90: (sample) => sample.p90,
  p95: (sample) => sample.p95,
  p99: (sample) => sample.p99,
  lagP99: (sample) => sample.lagP99,
  serverMicros: (sample) => (sample.serverSeconds / sample.operations) * 1e6,
  serverShare: (sample) => sample.serverShare,
  peakRssMiB: (sample) => sample.peakRssMiB,
  bystanderP50: (sample) => sample.bystanderP50,
  bystanderP99: (sample) => sample.bystanderP99,
  connections: (sample) => sample.connections,
  rssMiB: (sample) => sample.rssMiB,
};

const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
const samplesOf = (samples, name, client) =>
  samples.filter((sample) => sample.case === name && sample.client === client);

/** Medians over the repetitions of one case on one client. */
export function summary(samples, name, client) {
  const own = samplesOf(samples, name, client);
  return {
    repetitions: own.length,
    spread: own.length === 0 ? NaN : spread(own.map(QUANTITIES.perSecond)),
    ...Object.fromEntries(
      Object.entries(QUANTITIES).map(([quantity, value]) => [quantity, median(own.map(value).filter(known))]),
    ),
  };
}

/** A quantity's median over the repetitions and its bootstrap interval: `{ median, low, high }`. */
export function within(samples, name, client, quantity, random) {
  return medianWithin(samplesOf(samples, name, client).map(QUANTITIES[quantity]).filter(known), random);
}

/** A quantity of one client as a multiple of another's in the same case: `{ ratio, low, high }`. */
export function compare(samples, name, client, reference, quantity, random) {
  return ratioOf(samplesOf(samples, name, client), samplesOf(samples, name, reference), quantity, random);
}

/** A quantity of one client in one case as a multiple of what it is in another: `{ ratio, low, high }`. */
export function compareCases(samples, client, name, reference, quantity, random) {
  return ratioOf(samplesOf(samples, name, client), samplesOf(samples, reference, client), quantity, random);
}

function ratioOf(above, below, quantity, random) {
  const value = QUANTITIES[quantity];
  const others = new Map(below.map((sample) => [sample.repetition, value(sample)]));
  const pairs = above
    .map((sample) => [value(sample), others.get(sample.repetition)])
    .filter((pair) => pair.every(known));
  return ratioOfMedians(pairs, random);
}
