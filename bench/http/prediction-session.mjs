// What `B` and `C` do alike: start the servers, compare what they answer, find the rate of the open loops, measure, print.
import { COMPARED, verify } from "../feature-clients.mjs";
import { REQUESTS, setNames } from "../features.mjs";
import { keepSession, printSession, runSession } from "../session.mjs";
import { generator } from "../statistics.mjs";
import { judge } from "../target.mjs";
import { checkAnswer, expectedCandidates } from "./checked-answer.mjs";
import { startServices } from "./http-service.mjs";
import { heldRate } from "./rate.mjs";
import { printSeen, printStages } from "./report.mjs";

export const OURS = ["bun", "deno"];
export const PEER = "fastify";
/** The server that the others are set against where no other is named, and that sets the rate. */
export const REFERENCE = `${PEER}-batch`;
export const CONNECTIONS = 10;

export const openLoop = (rate) => ({ name: `open loop, ${rate}/s`, request: { case: "open", rate } });

/**
 * Runs `processes` (see `services.mjs`). `casesOf(rate)`, `conditionsOf(rate)` and `targetsOf(rate)` give the benchmark's own for
 * a rate of requests a second, which is that of `options.rate`, or what the reference just holds; where nothing is `rated`,
 * for none. `model` is what scores are compared with, where there are scores; `more` is kept beside the raw numbers. Resolves
 * to the failures.
 */
export async function runPredictions(
  { name, title, options, processes, model, reference = REFERENCE, rated = true, ...own },
) {
  const { casesOf, conditionsOf, targetsOf = () => [], more = {} } = own;
  const candidates = COMPARED.map((r) => model && expectedCandidates(model, r));
  let stopGenerator = () => {};
  let rate = options.rate;
  let session;
  try {
    session = await runSession({
      ...{ options, processes, sets: setNames, load },
      start: async (...given) => {
        const started = await startServices(...given);
        stopGenerator = started.stopGenerator;
        return started;
      },
      verify: (service) => verifyService(service, candidates),
      cases: async (services) => {
        if (rated) {
          rate ??= await heldRate(services.find(({ name }) => name === REFERENCE) ?? services[0], options.quick);
        }
        return casesOf(rate);
      },
    });
  } finally {
    await stopGenerator();
  }
  const { workers, samples, failures, cases } = session;
  if (workers.length === 0) return failures;

  console.log(`\n${name}: ${title}\n`);
  printSession(session, conditionsOf(rate));
  const random = generator(options.seed);
  const clients = workers.map(({ name }) => name);
  printSeen({ samples, cases, clients, reference, random });
  printStages({ samples, cases, clients });
  const wanted = targetsOf(rate);
  if (wanted.length > 0) console.log("\ntargets");
  const targets = wanted.map((one) => judge(samples, one, random));
  keepSession(name, session, { rate, targets, ...more });
  return failures;
}

async function load(services) {
  await services[0].ask({ case: "load", seconds: 60 });
  console.error(`the records of ${REQUESTS} requests written by ${services[0].name}`);
}

/** The rows that the server's process read, and what it answers over HTTP. */
async function verifyService(service, candidates) {
  await verify(service);
  for (const [i, r] of COMPARED.entries()) {
    const answer = await service.predict(r);
    try {
      checkAnswer(r, answer, service.sums, candidates[i]);
    } catch (error) {
      throw new Error(`${service.name}: ${error.message}`, { cause: error });
    }
  }
}
