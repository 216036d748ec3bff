// `npm run bench -- NAME [options]`: all set-up, then one benchmark of `bench/`.
import process from "node:process";
import { installPackages, root, setup } from "./setup.mjs";

/**
 * What there is, whether it needs the packages of `bench/`, whether it has a rate, and what a measurement takes where that
 * differs: `repeat` and `seconds`, or with --quick `quick`.
 */
const BENCHMARKS = {
  echo: {
    what: "what the binding itself costs, without a server",
    peers: false,
    quick: { seconds: 0.1 },
  },
  kv: { what: "single reads and writes, and batches, beside the official client", peers: true },
  nine: { what: "1,800 keys of nine sets, 10 requests in flight, beside other clients", peers: true },
  A: {
    what: "the client alone: batches of 50 to 1,800 keys, 1 to 50 in flight, and of keys without a record",
    peers: true,
    seconds: 1,
    quick: { seconds: 0.06 },
  },
  competing: {
    what: "2 to 21 ms of CPU work a request on the same event loop, and what a bystander waits",
    peers: true,
    quick: { seconds: 0.15 },
  },
  ladder: {
    what: "gets and puts with 1 to 1,000 in flight, and records of 3 x 10 B to 50 x 1 KiB",
    peers: true,
    seconds: 1,
    quick: { seconds: 0.1 },
  },
  operate: {
    what: "list and map operations with 1 to 64 in flight, beside the official client",
    peers: true,
    seconds: 1,
    quick: { seconds: 0.1 },
  },
  latency: {
    what: "gets and batches with 0.5 to 5 ms of network between client and server",
    peers: true,
    seconds: 1,
    quick: { seconds: 0.1 },
  },
  start: {
    what: "from a fresh process to the first record, and the size of the library",
    peers: true,
    quick: { repeat: 2 },
  },
  soak: {
    what: "whether memory stays what it is: ten minutes, with --quick 10 s",
    peers: false,
    repeat: 1,
    seconds: 600,
    quick: { repeat: 1, seconds: 10 },
  },
  columns: {
    what: "objects against columns, this client alone; by default 1 s each",
    peers: false,
    seconds: 1,
    quick: { seconds: 0.1 },
  },
  B: { what: "1,800 keys a request over HTTP, beside the official client on Fastify", peers: true, rated: true },
  C: { what: "B and a model that scores 200 candidates", peers: true, rated: true, quick: { seconds: 0.15 } },
  steps: {
    what: "C in stacked steps, from the official client's nine calls to columns in two Workers",
    peers: true,
    quick: { seconds: 0.15 },
  },
  workers: {
    what: "1, 2 and 4 Workers on one cluster, and on a client each",
    peers: false,
    seconds: 1,
    quick: { seconds: 0.1 },
  },
  overview: {
    what: "all of these but operate, and from their numbers docs/performance.md and docs/benchmarks.md",
    peers: true,
  },
};
const FULL = { repeat: 7, seconds: 2 };
const QUICK = { repeat: 5, seconds: 0.2 };
const OPTIONS = {
  "--quick":
    `${QUICK.repeat} x ${QUICK.seconds} s instead of ${FULL.repeat} x ${FULL.seconds} s; some take less, of fewer cases`,
  "--seconds s": "seconds of one measurement",
  "--repeat n": "repetitions, of which the medians are printed; below 5 they say little",
  "--only a,b": "these clients alone; overview: these benchmarks, beside what the others' last run gave",
  "--rate n": "B and C: requests a second of the open loop, instead of what the official client just holds",
  "--seed n": "the seed of the order, which a run prints",
  "--render": "overview: measure nothing, make the pages of the numbers that are kept",
};

function usage(problem) {
  console.error(`${problem}\n\nnpm run bench -- NAME [options]\nNAME:`);
  for (const [name, { what }] of Object.entries(BENCHMARKS)) console.error(`  ${name.padEnd(12)} ${what}`);
  console.error("options:");
  for (const [option, meaning] of Object.entries(OPTIONS)) {
    console.error(`  ${option.padEnd(12)} ${meaning}`);
  }
  process.exit(2);
}

function positive(option, text, whole) {
  const value = Number(text);
  if (!(value > 0) || (whole && !Number.isInteger(value))) {
    usage(`${option} needs a positive number, not ${text}`);
  }
  return value;
}

/** What a benchmark has of its own of what a full measurement takes. */
function defaultsOf({ repeat = FULL.repeat, seconds = FULL.seconds }) {
  return { repeat, seconds };
}

function parse([name, ...rest]) {
  if (name === undefined || !Object.hasOwn(BENCHMARKS, name)) {
    usage(name ? `no such benchmark: ${name}` : "which benchmark?");
  }
  const options = {
    ...defaultsOf(BENCHMARKS[name]),
    quick: false,
    only: undefined,
    seed: Date.now() % 1_000_000 + 1,
  };
  const given = {};
  for (let i = 0; i < rest.length; i++) {
    if (rest[i] === "--quick") Object.assign(options, QUICK, BENCHMARKS[name].quick, { quick: true });
    else if (rest[i] === "--render") {
      if (name !== "overview") usage(`${name} has no --render`);
      given.render = true;
    } else if (rest[i] === "--seconds") {
      given.seconds = positive(rest[i], rest[++i], false);
    } else if (rest[i] === "--repeat") {
      given.repeat = positive(rest[i], rest[++i], true);
    } else if (rest[i] === "--rate") {
      if (!BENCHMARKS[name].rated) usage(`${name} has no --rate`);
      given.rate = positive(rest[i], rest[++i], true);
    } else if (rest[i] === "--seed") {
      given.seed = positive(rest[i], rest[++i], true);
    } else if (rest[i] === "--only") given.only = (rest[++i] ?? "").split(",");
    else usage(`no such option: ${rest[i]}`);
  }
  return { name, options: { ...options, ...given, given } };
}

const { name, options } = parse(process.argv.slice(2));
// Before the benchmark is imported: it may import what is installed here.
if (!options.render) setup();
if (BENCHMARKS[name].peers) installPackages(`${root}bench/`);
const benchmark = await import(`../bench/${name}.mjs`);
options.only ??= (options.quick ? benchmark.quickClients : undefined) ?? benchmark.clients;
for (const client of options.only) {
  if (!benchmark.clients.includes(client)) {
    usage(`${name} has no client ${client}: ${benchmark.clients.join(", ")}`);
  }
}
const failures = await benchmark.run(options);
for (const failure of failures) console.error(`FAILED ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
