// Runs cases on clients in an order that spreads whatever the machine does over all of them.
import process from "node:process";
import { median, shuffled, spread } from "./statistics.mjs";

/**
 * Measures every case on every client `repeat` times. One repetition goes through all cases in a shuffled order, and
 * through all clients of a case in a shuffled order, so that what is compared lies close together in time.
 *
 * Resolves to `{ samples: [{ case, client, repetition, ...answer }], failures: [text] }`; a client that fails a case
 * is left out of the rest.
 */
export async function measure({ workers, cases, repeat, seconds, random }) {
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
  // Before anything counts, every compiler has seen every case.
  for (const one of cases) {
    for (const worker of running) {
      await attempt(worker, {
        ...one.request,
        seconds: Math.min(0.5, seconds),
      });
    }
  }
  for (let repetition = 1; repetition <= repeat; repetition++) {
    process.stderr.write(`repetition ${repetition} of ${repeat}\n`);
    for (const one of shuffled(cases, random)) {
      for (const worker of shuffled(running, random)) {
        const answer = await attempt(worker, { ...one.request, seconds });
        if (answer) {
          samples.push({
            case: one.name,
            client: worker.name,
            repetition,
            ...answer,
          });
        }
      }
    }
  }
  return { samples, failures };
}

/** Medians over the repetitions of one case on one client. */
export function summary(samples, name, client) {
  const own = samples.filter((sample) => sample.case === name && sample.client === client);
  const of = (value) =>
    median(
      own.map(value).filter((number) => number !== null && number !== undefined),
    );
  return {
    repetitions: own.length,
    perSecond: of((sample) => sample.operations / sample.seconds),
    spread: own.length === 0 ? NaN : spread(own.map((sample) => sample.operations / sample.seconds)),
    cpuMicros: of((sample) => (sample.cpuSeconds / sample.operations) * 1e6),
    threadMicros: of((sample) =>
      sample.threadSeconds === null ? null : (sample.threadSeconds / sample.operations) * 1e6
    ),
    p50: of((sample) => sample.p50),
    p99: of((sample) => sample.p99),
    lagP99: of((sample) => sample.lagP99),
  };
}
