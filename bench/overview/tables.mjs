// The tables of the pages.
import { addStages, quantile } from "../http/histograms.mjs";
import { figure } from "../results.mjs";
import { median } from "../statistics.mjs";
import { count, table, times, within } from "./markdown.mjs";
import { Measured } from "./measured.mjs";

/** Microseconds of CPU time are printed as milliseconds where an operation is a request. */
const milli = ({ median, low, high }) => within({ median: median / 1000, low: low / 1000, high: high / 1000 });

/** Each case and client: what was seen, with intervals, and requests per second as a multiple of the reference's. */
export function comparisonTable(raw, reference, isIn = () => true) {
  const measured = new Measured(raw);
  const rows = measured.cases.filter(isIn).flatMap(({ name }) =>
    measured.clients.filter((client) => measured.has(name, client)).map((client) => [
      ...[name, `\`${client}\``, within(measured.within(name, client, "perSecond"))],
      times(measured.compare(name, client, reference, "perSecond")),
      ...["p50", "p95", "p99"].map((quantity) => within(measured.within(name, client, quantity))),
      milli(measured.within(name, client, "cpuMicros")),
      times(measured.compare(name, client, reference, "cpuMicros")),
      figure(measured.median(name, client, "lagP99")),
      figure(measured.median(name, client, "peakRssMiB")),
    ])
  );
  const of = `of \`${reference}\``;
  return table(
    ["case", "client", "per second", of, "p50 ms", "p95 ms", "p99 ms", "CPU ms", of, "lag p99 ms", "peak RSS MiB"],
    rows,
  );
}

/** One row for each step of a runtime, beside the first step and the one before. */
export function stepsTable(raw, name, steps) {
  const measured = new Measured(raw);
  const there = steps.filter(({ client }) => measured.has(name, client));
  const rows = there.map(({ step, client }, i) => {
    const ratio = (reference, quantity) =>
      i === 0 ? "" : times(measured.compare(name, client, there[reference].client, quantity));
    return [
      ...[
        i === 0 ? step : `+ ${step}`,
        within(measured.within(name, client, "p95")),
        ratio(0, "p95"),
        ratio(i - 1, "p95"),
      ],
      ...[within(measured.within(name, client, "perSecond")), ratio(0, "perSecond")],
      ...["p50", "p99"].map((quantity) => within(measured.within(name, client, quantity))),
      milli(measured.within(name, client, "cpuMicros")),
    ];
  });
  const heading = ["step", "p95 ms", "of the first", "of the one before", "requests/s", "of the first"];
  return table([...heading, "p50 ms", "p99 ms", "CPU ms"], rows);
}

/** What the servers' own histograms say of each stage, beside what the load generator saw. */
export function stagesTable(raw) {
  const measured = new Measured(raw);
  const rows = measured.cases.flatMap(({ name }) =>
    measured.clients.filter((client) => measured.has(name, client)).map((client) => {
      const all = measured.samples(name, client).map(({ replicas }) => addStages(replicas.map(({ stages }) => stages)));
      const mean = (stage) =>
        median(all.filter((stages) => stages[stage]?.count > 0).map(({ [stage]: of }) => of.sum / of.count * 1000));
      return [
        ...[name, `\`${client}\``, ...["read", "features", "inference", "total"].map((stage) => figure(mean(stage)))],
        figure(median(all.filter(({ total }) => total?.count > 0).map(({ total }) => quantile(total, 0.95) * 1000))),
        figure(measured.median(name, client, "p95")),
      ];
    })
  );
  const stages = ["read", "features", "inference", "total"].map((stage) => `${stage} ms`);
  return table(["case", "client", ...stages, "total p95 ms", "client's p95 ms"], rows);
}

/** Throughput and memory of Workers. */
export function workersTable(raw) {
  const measured = new Measured(raw);
  const rows = measured.cases.flatMap(({ name }) =>
    measured.clients.filter((client) => measured.has(name, client)).map((client) => {
      const one = `${client.split("-")[0]}-1-shared`;
      return [
        ...[name, `\`${client}\``, within(measured.within(name, client, "perSecond"))],
        times(measured.compare(name, client, one, "perSecond")),
        ...["p95", "connections", "rssMiB"].map((quantity) => within(measured.within(name, client, quantity))),
      ];
    })
  );
  const heading = ["case", "client", "per second", "of 1 Worker", "p95 ms", "connections", "RSS after MiB"];
  return table(heading, rows);
}

export function targetsTable(targets) {
  return table(
    ["what", "benchmark", "target", "measured", "result"],
    targets.map(({ what, benchmark, target, measured, result, verdict }) => [
      ...[what, `\`${benchmark}\``, target, measured],
      verdict === "MISS" ? `**${result}**` : result,
    ]),
  );
}

export function lossesTable(losses) {
  return table(
    ["benchmark", "case", "client", "against", "quantity", "ratio"],
    losses.map(({ benchmark, name, client, peer, quantity, ...ratio }) => [
      ...[`\`${benchmark}\``, name, `\`${client}\``, `\`${peer}\``, quantity, times(ratio)],
    ]),
  );
}

const CONDITIONS = {
  cpu: "processor",
  cores: "cores",
  memoryGiB: "memory, GiB",
  kernel: "kernel",
  deno: "Deno",
  bun: "Bun",
  node: "Node",
  rustc: "Rust",
  commit: "commit",
  runtimeWorkers: "native workers",
};

/** What is the same for all runs once, and what differs with the runs in which it is so. */
export function conditionsTable(published) {
  const runs = Object.entries(published);
  const rows = [...Object.entries(CONDITIONS), ["server", "server"]].flatMap(([field, title]) => {
    const by = new Map();
    for (const [name, { raw }] of runs) {
      const value = field === "server" ? raw.server : raw.conditions[field];
      if (value !== undefined) by.set(value, [...(by.get(value) ?? []), name]);
    }
    return Array.from(by, ([value, names], i) => [
      ...[i === 0 ? title : "", by.size === 1 ? value : `${value} (${names.map((name) => `\`${name}\``).join(", ")})`],
    ]);
  });
  const versions = new Map(
    runs.flatMap(([, { raw }]) => Object.values(raw.clients ?? {}).map((text) => [text.split(",")[0], 0])),
  );
  const plain = [...versions.keys()].filter((text) => !text.startsWith("aerospike-ts")).sort();
  rows.push(["peers", plain.join("; ")]);
  return table(["", ""], rows).replaceAll("--:", ":--");
}

/** One row for each run: the command and what it was. */
export function runsTable(published, rawAt) {
  const rows = Object.entries(published).map(([name, { command, raw }]) => {
    const { conditions: { date, load, cores }, repeat, seconds, rounds, seed, leftOut = [] } = raw;
    const lengths = rounds ? count(rounds, "start") : repeat ? `${repeat} x ${seconds} s` : `${seconds} s`;
    const busy = load[0] > cores / 2 ? " (busy)" : "";
    return [
      ...[`\`${command}\``, date.slice(0, 16).replace("T", " "), lengths, seed, `${load[0]}${busy}`],
      ...[leftOut.join("; ") || "nothing", `[${name}.json.gz](${rawAt}${name}.json.gz)`],
    ];
  });
  return table(["command", "date (UTC)", "length", "seed", "load before", "left out", "raw numbers"], rows);
}
