// The process that makes the requests of `B` and `C` and takes their times: closed loop (so many connections, each of
// which asks again when it has its answer) or open loop (a fixed rate, whatever becomes of the answers).
import { Agent, get } from "node:http";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { REQUESTS } from "../features.mjs";
import { percentile } from "../statistics.mjs";
import { serve, Times, Usage } from "../workers/protocol.mjs";
import { checkAnswer, expectedCandidates } from "./checked-answer.mjs";
import { dlrm } from "./dlrm.mjs";

const HOST = "127.0.0.1";
/** The open loop has as many connections as requests are on their way, and those from the start, in turn. */
const OPEN_AT_START = 16;

let scored;
/** What each request's candidates have to score, computed once. */
function allCandidates() {
  if (scored === undefined) {
    const model = dlrm();
    scored = Array.from({ length: REQUESTS }, (_, r) => expectedCandidates(model, r));
  }
  return scored;
}

/** One answer's status and text. */
function fetchText(agent, port, path) {
  return new Promise((resolve, reject) => {
    get({ agent, host: HOST, port, path }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => text += chunk);
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", reject);
    }).on("error", reject);
  });
}

/** Every answer is checked: a fast wrong answer is not an answer. */
function check(r, { status, text }, sums, scored) {
  if (status !== 200) throw new Error(`/predict?r=${r} answered ${status}: ${text.slice(0, 200)}`);
  checkAnswer(r, JSON.parse(text), sums, scored?.[r]);
}

/** As many at a time as there are connections; a time begins when its request is sent. */
async function closedLoop(request, ask, times) {
  const { connections, thinkMs, seconds } = request;
  const started = performance.now();
  const end = started + seconds * 1000;
  const lane = async (number) => {
    // Spread over the time to think, so that they do not start in step.
    if (thinkMs > 0) await sleep(thinkMs * number / connections);
    for (let now = performance.now(); now < end; now = performance.now()) {
      await ask();
      times.add(performance.now() - now);
      if (thinkMs > 0) await sleep(thinkMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => lane(number)));
  return {};
}

/**
 * At `rate` requests a second, evenly spaced. A time begins when its request was due, sent or not: one that could not
 * be sent in time, because the server or this process was late, counts with all of its wait (no coordinated omission).
 */
async function openLoop({ rate, seconds }, ask, times) {
  const count = Math.max(1, Math.round(rate * seconds));
  const late = new Times();
  const running = [];
  const started = performance.now();
  const due = (n) => started + n * 1000 / rate;
  const send = async (n) => {
    late.add(Math.max(0, performance.now() - due(n)));
    await ask();
    times.add(performance.now() - due(n));
  };
  for (let n = 0; n < count;) {
    for (const now = performance.now(); n < count && due(n) <= now; n++) {
      const sent = send(n);
      // It is awaited below; until then a failure must not count as one that nobody handles.
      sent.catch(() => {});
      running.push(sent);
    }
    if (n < count) await sleep(Math.max(0, due(n) - performance.now()));
  }
  await Promise.all(running);
  return { sendDelayP99: percentile(late.sorted(), 0.99) };
}

/** Connects before anything counts: what connecting takes is no answer's time, and replicas share the connections. */
async function connectAll(agent, port, connections) {
  const answers = Array.from({ length: connections }, () => fetchText(agent, port, "/metrics"));
  for (const { status } of await Promise.all(answers)) {
    if (status !== 200) throw new Error(`/metrics answered ${status}`);
  }
}

async function measure(request) {
  const { port, connections = Infinity } = request;
  const expected = request.scored ? allCandidates() : undefined;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });
  const times = new Times();
  let next = 0;
  const ask = async () => {
    const r = next++ % REQUESTS;
    check(r, await fetchText(agent, port, `/predict?r=${r}`), request.sums, expected);
  };
  try {
    await connectAll(agent, port, Math.min(connections, OPEN_AT_START));
    const usage = new Usage();
    const started = performance.now();
    let more;
    let used;
    try {
      more = await (request.case === "closed" ? closedLoop : openLoop)(request, ask, times);
    } finally {
      used = usage.end();
    }
    // To the last answer: what had to be waited for beyond the end lowers the throughput.
    const seconds = Math.max(request.seconds, (performance.now() - started) / 1000);
    const sorted = times.sorted();
    return {
      ...{ operations: times.count, seconds },
      ...Object.fromEntries([50, 90, 95, 99].map((share) => [`p${share}`, percentile(sorted, share / 100)])),
      max: sorted.at(-1),
      generator: { cpuSeconds: used.cpuSeconds, lagP99: used.lagP99, ...more },
    };
  } finally {
    agent.destroy();
  }
}

await serve(`load generator on node ${process.versions.node}`, measure);
