// The table of a benchmark that sets clients against each other.
import { figure, printTable } from "./results.mjs";
import { compare, summary } from "./schedule.mjs";

/** What times per operation are printed in: as many of it as a microsecond is. */
const SCALES = { "µs": 1, ms: 1 / 1000 };

function heading(reference, unit, cost, more) {
  return [
    ...["case", "client", "per second", "spread"],
    ...(reference ? [`x ${reference}`, "95 % interval"] : []),
    ...["p50", "p90", "p95", "p99"].map((quantity) => `${quantity} ${unit}`),
    ...[`CPU ${cost}`, `JS thread ${cost}`, "lag p99 ms", ...more],
    ...["RSS MiB", `server ${cost}`, "server CPU"],
  ];
}

/**
 * Prints a line for each case and client that was measured. `reference` is the client that others are compared with;
 * where that differs from client to client, `referenceOf` names each one's. With `perRow`, CPU time is printed in
 * nanoseconds for each of a case's keys instead of for an operation. `more` names quantities that a benchmark has beside
 * those of all, with their titles.
 *
 * @param {{ samples: any[], cases: any[], clients: string[], reference?: string, unit: "µs" | "ms",
 *   referenceOf?: (client: string) => string, perRow?: boolean, more?: Record<string, string>, random: () => number }} options
 */
export function printComparison(options) {
  const { samples, cases, clients, reference, referenceOf = () => reference, unit, perRow = false, random } = options;
  const more = Object.entries(options.more ?? {});
  const scale = SCALES[unit];
  const rows = [];
  for (const { name, request } of cases) {
    const costScale = perRow ? 1000 / request.keys : scale;
    for (const client of clients) {
      const of = summary(samples, name, client);
      if (of.repetitions === 0) continue;
      rows.push([
        ...[name, client, figure(of.perSecond), `${figure(of.spread * 100)}%`],
        ...(reference ? multiples(compare(samples, name, client, referenceOf(client), "perSecond", random)) : []),
        // Times of calls are in milliseconds, those per operation in microseconds.
        ...[of.p50, of.p90, of.p95, of.p99].map((time) => figure(time * 1000 * scale)),
        ...[figure(of.cpuMicros * costScale), figure(of.threadMicros * costScale), figure(of.lagP99)],
        ...more.map(([quantity]) => figure(of[quantity])),
        ...[figure(of.peakRssMiB), figure(of.serverMicros * costScale)],
        Number.isNaN(of.serverShare) ? "-" : `${figure(of.serverShare * 100)}%`,
      ]);
    }
  }
  const titles = more.map(([, title]) => title);
  printTable(heading(reference, unit, perRow ? "ns/row" : unit, titles), rows);
}

function multiples({ ratio, low, high }) {
  return [figure(ratio), Number.isNaN(ratio) ? "-" : `${figure(low)} to ${figure(high)}`];
}
