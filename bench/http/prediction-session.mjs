// What `B` and `C` do alike: start the servers, compare what they answer, find the rate of the open loops, measure.
import { binsOf, canonical, first, isFound, KEYS, REQUESTS, setNames } from "../features.mjs";
import { runSession } from "../session.mjs";
import { adIdsOf, EXPECTED, sparseOf, writtenDense } from "./candidates.mjs";
import { forward } from "./dlrm.mjs";
import { startServices } from "./http-service.mjs";
import { heldRate } from "./rate.mjs";
import { sameCandidates } from "./same-candidates.mjs";

/** The first and the last: every row of both is compared. */
const COMPARED = [0, REQUESTS - 1];

/**
 * Runs `processes` (see `services.mjs`). `casesOf(rate)` gives the cases for a rate of requests a second, which is that
 * of `options.rate`, or what `reference` just holds. `model` is what scores are compared with, where there are scores.
 * Resolves to what `runSession` does, and `{ rate, cases }`.
 */
export async function runPredictions({ options, processes, reference, casesOf, model }) {
  let stopGenerator = () => {};
  let rate = options.rate;
  let cases = [];
  try {
    const session = await runSession({
      ...{ options, processes, sets: setNames, load },
      start: async (...given) => {
        const started = await startServices(...given);
        stopGenerator = started.stopGenerator;
        return started;
      },
      verify: (service) => verify(service, model),
      cases: async (services) => {
        rate ??= await heldRate(services.find(({ name }) => name === reference) ?? services[0]);
        cases = casesOf(rate);
        return cases;
      },
    });
    return { session, rate, cases };
  } finally {
    await stopGenerator();
  }
}

async function load(services) {
  await services[0].ask({ case: "load", seconds: 60 });
  console.error(`the records of ${REQUESTS} requests written by ${services[0].name}`);
}

/** The rows that the server's process read, and what it answers over HTTP. */
async function verify(service, model) {
  for (const r of COMPARED) {
    const { rows } = await service.ask({ case: "sample", request: r });
    if (rows.length !== KEYS) throw new Error(`${service.name} gave ${rows.length} rows for ${KEYS} keys`);
    for (const [position, read] of rows.entries()) {
      const record = first(r) + position;
      const written = isFound(record) ? canonical(binsOf(record)) : "nothing";
      if (read !== written) {
        throw new Error(`${service.name} read record ${record} as ${read}, written was ${written}`);
      }
    }
    verifyAnswer(service, r, await service.predict(r), model);
  }
  const scores = model ? ", scores as plain JavaScript has them" : "";
  console.error(`${service.name}: ${COMPARED.length * KEYS} rows are as they were written${scores}`);
}

function verifyAnswer(service, r, { found, sum, candidates }, model) {
  const expected = EXPECTED[r];
  if (found !== expected.found || sum !== expected[service.sums]) {
    throw new Error(`${service.name} answered ${found} found, sum ${sum}; it is ${JSON.stringify(expected)}`);
  }
  if (model === undefined) return;
  const scores = forward(model, writtenDense(r), sparseOf(r));
  sameCandidates(candidates, adIdsOf(r).map((adId, i) => ({ adId, score: scores[i] })));
}
