// The table of a benchmark that sets clients against each other.
import { figure, printTable } from "./results.mjs";
import { compare, summary } from "./schedule.mjs";

/** What times per operation are printed in: as many of it as a microsecond is. */
const SCALES = { "µs": 1, ms: 1 / 1000 };

/** The client that others are compared with, as a heading has it. */
function heading(reference, unit) {
  return [
    ...["case", "client", "per second", "spread"],
    ...(reference ? [`x ${reference}`, "95 % interval"] : []),
    ...[`p50 ${unit}`, `p99 ${unit}`, `CPU ${unit}`, `JS thread ${unit}`, "lag p99 ms", "server CPU"],
  ];
}

/**
 * Prints a line for each case and client that was measured.
 *
 * @param {{ samples: any[], cases: { name: string }[], clients: string[], reference?: string, unit: "µs" | "ms",
 *   random: () => number }} options
 */
export function printComparison({ samples, cases, clients, reference, unit, random }) {
  const scale = SCALES[unit];
  const rows = [];
  for (const { name } of cases) {
    for (const client of clients) {
      const of = summary(samples, name, client);
      if (of.repetitions === 0) continue;
      rows.push([
        ...[name, client, figure(of.perSecond), `${figure(of.spread * 100)}%`],
        ...(reference ? multiples(compare(samples, name, client, reference, "perSecond", random)) : []),
        // Times of calls are in milliseconds, those per operation in microseconds.
        ...[figure(of.p50 * 1000 * scale), figure(of.p99 * 1000 * scale)],
        ...[figure(of.cpuMicros * scale), figure(of.threadMicros * scale), figure(of.lagP99)],
        Number.isNaN(of.serverShare) ? "-" : `${figure(of.serverShare * 100)}%`,
      ]);
    }
  }
  printTable(heading(reference, unit), rows);
}

function multiples({ ratio, low, high }) {
  return [figure(ratio), Number.isNaN(ratio) ? "-" : `${figure(low)} to ${figure(high)}`];
}
