// The tables of `B` and `C`: what the load generator saw, and what the servers' own histograms say.
import { cpus } from "node:os";
import { figure, printTable } from "../results.mjs";
import { compare, summary } from "../schedule.mjs";
import { median } from "../statistics.mjs";
import { addStages, quantile } from "./histograms.mjs";

const SEEN = ["p50", "p90", "p95", "p99"];
const STAGES = ["read", "features", "inference", "total"];

/** What the load generator saw, and what the server's processes took: medians over the repetitions. */
export function printSeen({ samples, cases, clients, reference, random }) {
  const rows = [];
  for (const { name } of cases) {
    for (const client of clients) {
      const of = summary(samples, name, client);
      if (of.repetitions === 0) continue;
      const { ratio, low, high } = compare(samples, name, client, reference, "perSecond", random);
      const interval = Number.isNaN(ratio) ? "-" : `${figure(low)} to ${figure(high)}`;
      rows.push([
        ...[name, client, figure(of.perSecond), `${figure(of.spread * 100)}%`, figure(ratio), interval],
        ...SEEN.map((quantity) => figure(of[quantity])),
        ...[figure(of.cpuMicros / 1000), figure(of.threadMicros / 1000), figure(of.lagP99)],
        ...[figure(of.serverMicros / 1000), figure(medianOf(samples, name, client, loadMs)), share(of.serverShare)],
        share(medianOf(samples, name, client, allShare)),
      ]);
    }
  }
  const heading = ["case", "client", "per second", "spread", `x ${reference}`, "95 % interval"];
  const seen = SEEN.map((quantity) => `${quantity} ms`);
  printTable([
    ...heading,
    ...seen,
    "CPU ms",
    "JS thread ms",
    "lag p99 ms",
    "server ms",
    "load ms",
    "server CPU",
    "all CPU",
  ], rows);
}

const share = (value) => Number.isNaN(value) ? "-" : `${figure(value * 100)}%`;
/** CPU time of the load generator for a request. */
const loadMs = ({ generator, operations }) => generator.cpuSeconds / operations * 1000;
/** What the measured server, Aerospike and the load generator took together, as a share of the machine. */
const allShare = ({ cpuSeconds, serverSeconds, generator, seconds }) =>
  (cpuSeconds + serverSeconds + generator.cpuSeconds) / seconds / cpus().length;

function medianOf(samples, name, client, value) {
  const own = samples.filter((sample) => sample.case === name && sample.client === client);
  return median(own.map(value).filter((one) => !Number.isNaN(one)));
}

/** What the servers observed themselves: means of each stage and the 95th percentile of the whole, in milliseconds. */
export function printStages({ samples, cases, clients }) {
  const rows = [];
  for (const { name } of cases) {
    for (const client of clients) {
      const own = samples.filter((sample) => sample.case === name && sample.client === client);
      if (own.length === 0) continue;
      const all = own.map((sample) => addStages(sample.replicas.map(({ stages }) => stages)));
      const means = STAGES.map((stage) =>
        median(all.filter((stages) => stages[stage]?.count > 0).map(({ [stage]: of }) => of.sum / of.count * 1000))
      );
      rows.push([
        ...[name, client, ...means.map(figure)],
        figure(median(all.map(({ total }) => quantile(total, 0.95) * 1000))),
        median(own.map(busiestShare)).toFixed(2),
      ]);
    }
  }
  const heading = ["case", "client", ...STAGES.map((stage) => `${stage} ms`), "total p95 ms", "busiest replica"];
  printTable(heading, rows);
}

/** The share of a sample's requests that the replica had which had the most. */
function busiestShare({ replicas }) {
  const counts = replicas.map(({ stages }) => stages.total?.count ?? 0);
  return Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0);
}
