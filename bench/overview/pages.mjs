// The pages in `docs` that are made of raw numbers. All that they say of a number is computed; what is written here holds
// whatever the numbers are.
import { figure } from "../results.mjs";
import { figuresOf } from "./figures.mjs";
import { lossesOf } from "./losses.mjs";
import { code, count, times } from "./markdown.mjs";
import { Measured } from "./measured.mjs";
import { targetsOf } from "./targets.mjs";
import * as tables from "./tables.mjs";

const MADE =
  "<!-- Made by `npm run bench -- overview --render` of the raw numbers in bench/published. Do not edit. -->";
const RAW = "../bench/published/";
const RUNTIMES = { deno: "Deno", bun: "Bun" };

/** Parts of a page, those that have nothing to say left out. */
const join = (...parts) => `${parts.flat(Infinity).filter(Boolean).join("\n\n")}\n`;
const command = (published, name) =>
  `Command: \`${published[name].command}\`. Raw numbers: [${name}.json.gz](${RAW}${name}.json.gz).`;

function plot(published, name, text) {
  const figure = figuresOf(published).find((one) => one.name === name);
  return figure && [`![${figure.title}](performance/${name}.svg)`, text];
}

function performancePage(published) {
  const targets = targetsOf(published);
  return join(
    "# Performance",
    MADE,
    "What this client does in Deno and in Bun, beside npm `aerospike` on Node, the Python clients `aerospike-py` and `aerospike`, and " +
      "`aerospike-core` driven from Rust, which is the floor. One command measures all of it and writes this page:",
    code("npm run bench -- overview"),
    "Clients of one benchmark run interleaved, in shuffled order, each in a process of its own. Every answer is checked. A number is the " +
      "median of the repetitions; brackets are its 95 % bootstrap interval. A ratio is one of medians in one run. Numbers of different " +
      "benchmarks are different runs: do not combine them. [Benchmarks](benchmarks.md) has every number, what each " +
      "command printed, and how to repeat it; [Performance notes](performance-notes.md) say what helped and what did not.",
    shortRuns(published),
    summary(targets),
    published.steps && stepsSection(published),
    "## Conditions",
    tables.conditionsTable(published),
    "Clients, load generator and server share this machine, over loopback. So absolute numbers are not those of a deployment, and where all " +
      "cores are busy, requests per second compare the sum of client and server. CPU time tells the clients apart.",
    environment(
      published,
      "A",
      "A: the clients alone",
      "aerospike",
      "One batch a request. An operation is a request.",
      isMiddle,
    ),
    environment(
      published,
      "B",
      "B: behind an HTTP server",
      "fastify-batch",
      "A request reads 1,800 keys of nine sets. `-x2` is two processes behind one port.",
    ),
    plot(published, "throughput"),
    environment(
      published,
      "C",
      "C: with a model",
      "fastify-batch",
      "As B, and a DLRM scores 200 candidates of each request: on the event loop, or in a Worker where the name ends in `worker`. The open loops ask for a fixed rate, whatever becomes of the answers.",
    ),
    plot(published, "rate"),
    published.workers && [
      "## Workers",
      "Handlers that read and then compute, in 1, 2 and 4 Workers of one process: on one cluster that they share, or on a client each. `connections` and " +
      "`RSS after` are what the process has open and resident when the load has ended.",
      ...plot(published, "workers"),
      tables.workersTable(published.workers.raw),
      command(published, "workers"),
    ],
    plots(published),
    "## Targets",
    "Set before anything was built. Where the interval holds the target, another run may come out the other way, and the result says so. Where " +
      "the server is busy above 80 % of its cores, client CPU time decides in place of requests per second.",
    tables.targetsTable(targets),
    lossesSection(published),
    "## Commands and raw numbers",
    tables.runsTable(published, RAW),
  );
}

/** The middle of `A` is enough here; the other page has all. */
const isMiddle = ({ request }) => request.inFlight === 10;

function environment(published, name, title, reference, text, isIn) {
  if (published[name] === undefined) return undefined;
  return [
    `## ${title}`,
    text,
    tables.comparisonTable(published[name].raw, reference, isIn),
    command(published, name),
  ];
}

function shortRuns(published) {
  const short = Object.entries(published).filter(([, { command }]) => /--(quick|seconds|repeat)/.test(command));
  const busy = Object.entries(published).filter(([, { raw: { conditions } }]) =>
    conditions.load[0] > conditions.cores / 2
  );
  const names = (runs) => runs.map(([name]) => `\`${name}\``).join(", ");
  return [
    short.length > 0 && `**Shorter than a full run: ${names(short)}. Read them for large differences only.**`,
    busy.length > 0 &&
    `The machine was not idle before ${
      names(busy)
    } (load average above half of the cores), which may be the run before.`,
  ];
}

function summary(targets) {
  const of = (verdict) => targets.filter((one) => one.verdict === verdict).length;
  return `Of ${count(targets.length, "target")}, ${of("pass")} are met, ${of("MISS")} are missed and ${
    of("NOT MEASURED")
  } were not measured: ` +
    "[targets](#targets). What other clients do better: [where we lose](#where-we-lose).";
}

function stepsSection(published) {
  const { raw } = published.steps;
  const measured = new Measured(raw);
  const parts = raw.cases.flatMap(({ name }) =>
    Object.entries(raw.steps).flatMap(([runtime, steps]) => [
      `### ${RUNTIMES[runtime]}, ${name}`,
      stepsSaid(measured, name, steps, RUNTIMES[runtime]),
      tables.stepsTable(raw, name, steps),
    ])
  );
  return [
    "## Step by step",
    "One change at a time, in one run. A request over HTTP reads 1,800 keys of nine sets and scores 200 candidates on the thread that serves. It begins " +
    "with npm `aerospike` behind Fastify, which makes nine calls, one a set. Then this client makes the same nine calls; then one batch of mixed sets; " +
    "then it reads columns in place of rows; then two Workers of the process serve, on one cluster.",
    ...(plot(published, "steps") ?? []),
    parts,
    command(published, "steps"),
  ];
}

/** Where the steps lead, and which of them did not help. */
function stepsSaid(measured, name, steps, runtime) {
  const there = steps.filter(({ client }) => measured.has(name, client));
  if (there.length < 2) return undefined;
  const [first, last] = [there[0], there.at(-1)];
  const p95 = ({ client }) => figure(measured.median(name, client, "p95"));
  const all = times(measured.compare(name, last.client, first.client, "p95"));
  const more = times(measured.compare(name, last.client, first.client, "perSecond"));
  const useless = there.slice(1).filter(({ client }, i) =>
    !(measured.compare(name, client, there[i].client, "p95").high < 1)
  );
  const missing = steps.length - there.length;
  return `p95 goes from ${p95(first)} to ${p95(last)} ms in ${runtime}: ${all}; requests per second: ${more}. ` +
    (useless.length === 0
      ? "Every step lowers p95 beyond its interval."
      : `No lower p95 beyond the interval came of: ${useless.map(({ step }) => step).join(", ")}.`) +
    (missing > 0 ? ` Not measured: ${count(missing, "step")}.` : "");
}

function plots(published) {
  const parts = [
    plot(published, "ladder", published.ladder && command(published, "ladder")),
    plot(published, "latency", published.latency && command(published, "latency")),
    plot(
      published,
      "competing",
      published.competing &&
        "The bystander has nothing to do with the client, and is due every 10 ms. " + command(published, "competing"),
    ),
    plot(published, "memory", published.nine && command(published, "nine")),
  ].filter(Boolean);
  return parts.length > 0 && ["## Single records, longer lines, competing work, memory", ...parts];
}

function lossesSection(published) {
  const { compared, worse } = lossesOf(published);
  const sure = worse.filter((one) => one.sure);
  const unsure = worse.filter((one) => !one.sure);
  return [
    "## Where we lose",
    `Every client of this project is compared with every peer of the same benchmark and case that has as many processes, in throughput, times, client CPU ` +
    `time, lag of the event loop and memory: ${
      count(compared, "comparison")
    }. In ${worse.length} of them the peer's median is better: in ${sure.length} beyond ` +
    `the interval, in ${unsure.length} within it.`,
    ...folded(
      "Beyond the interval, in work and time",
      sure.filter((one) => !isMemory(one)),
      tables.lossesTable,
      " open",
    ),
    ...folded("Beyond the interval, in memory", sure.filter(isMemory), tables.lossesTable),
    ...folded("Within the interval", unsure, tables.lossesTable),
  ];
}

const isMemory = ({ quantity }) => quantity === "peak RSS";

/** A table that a reader may close, or opens, because it is long. */
function folded(title, rows, table, state = "") {
  return rows.length === 0
    ? []
    : [`<details${state}><summary>${title}: ${rows.length}</summary>\n\n${table(rows)}\n\n</details>`];
}

function benchmarksPage(published) {
  return join(
    "# Benchmarks",
    MADE,
    "Every environment's numbers, what each command printed, and how to repeat it. [Performance](performance.md) is the overview; " +
      "[bench/README.md](../bench/README.md) says what each benchmark does, how it measures and how to read the columns.",
    "## How to repeat",
    "On a fresh clone, with a server on the same machine and the Python clients in an environment of their own:",
    code([
      "python3 -m venv /tmp/peers && /tmp/peers/bin/pip install aerospike==19.3.0 aerospike-py==0.14.4",
      "export AEROSPIKE_HOSTS=127.0.0.1:3000 BENCH_PYTHON=/tmp/peers/bin/python",
      "npm run bench -- overview           # everything, and these pages; --quick for minutes",
      "npm run bench -- overview --only B  # one benchmark, beside what the others' last run gave",
      "npm run bench -- overview --render  # the pages and plots alone, of the raw numbers that are kept",
    ].join("\n")),
    "Without `AEROSPIKE_HOSTS` the server is the emulator; the conditions say which it was. Where a Python client is not installed, it is left out, and said to be. A " +
      "run with another seed has another order; `--seed` repeats one. To read raw numbers: `gunzip -c bench/published/B.json.gz`. They have the " +
      "conditions, and of each repetition what the load generator saw, what the server's process and Aerospike took, and every bucket of the server's histograms.",
    "## Runs",
    tables.runsTable(published, RAW),
    tables.conditionsTable(published),
    Object.entries(published).flatMap(([name, run]) => benchmarkSection(name, run, published)),
  );
}

const REFERENCES = {
  A: "aerospike",
  nine: "aerospike",
  kv: "aerospike",
  B: "fastify-batch",
  C: "fastify-batch",
  steps: "fastify-nine",
};

function benchmarkSection(name, { output, raw }, published) {
  const hasStages = raw.samples?.some(({ replicas }) => replicas !== undefined);
  return [
    `## ${name}`,
    command(published, name),
    REFERENCES[name] && tables.comparisonTable(raw, REFERENCES[name]),
    hasStages && [
      "What the servers' own histograms (prom-client, `/metrics`) say of the stages of a request, beside the 95th percentile that the load generator saw. " +
      "`total` ends when the answer is an object: JSON, HTTP and the wait before the handler runs are not in it.",
      tables.stagesTable(raw),
    ],
    `<details><summary>What it printed</summary>\n\n${code(output)}\n\n</details>`,
  ];
}

/** The pages by file name: each a function of what was published. */
export const PAGES = { "performance.md": performancePage, "benchmarks.md": benchmarksPage };
