// The targets of all benchmarks, as their runs judged them.
import { figure, multiple } from "../results.mjs";
import { times, unknown, within } from "./markdown.mjs";

const RESULTS = { pass: "met", MISS: "missed", "NOT MEASURED": "not measured" };
const QUANTITIES = {
  perSecond: "per second",
  cpuMicros: "client CPU per operation",
  lagP99: "lag p99",
  connections: "connections left idle",
  rssMiB: "resident memory",
};

/** `[{ benchmark, what, measured, target, result, verdict }]` */
export function targetsOf(published) {
  return Object.entries(published).flatMap(([benchmark, { raw }]) => [
    ...(raw.targets ?? []).map((target) => ({ benchmark, ...(target.case ? ofRatio(target) : ofValue(target)) })),
    ...(raw.rungs ?? []).map((rung) => ({ benchmark, ...ofLadder(rung) })),
  ]);
}

function result(verdict, unsure) {
  return verdict !== "NOT MEASURED" && unsure ? `${RESULTS[verdict]}, within the interval` : RESULTS[verdict];
}

function ofRatio(target) {
  const { client, case: name, quantity, reference, wanted, bound, verdict, unsure, decidedByCpu } = target;
  const measured = `${times(target)} of \`${reference}\``;
  return {
    ...{ verdict, what: `\`${client}\`, ${name}, ${QUANTITIES[quantity] ?? quantity}` },
    measured: decidedByCpu ? `${measured}; the server was busy: CPU ${times(decidedByCpu)}` : measured,
    target: `${bound} ${multiple(wanted)}x` +
      (decidedByCpu ? `, or CPU ${decidedByCpu.bound} ${multiple(decidedByCpu.wanted)}x` : ""),
    result: result(verdict, decidedByCpu ? decidedByCpu.unsure : unsure),
  };
}

function ofValue({ name, reached, low, high, unit, bound, wanted, verdict }) {
  const measured = unknown(low) ? figure(reached) : within({ median: reached, low, high });
  return {
    ...{ verdict, what: name, measured: unknown(reached) ? "–" : `${measured}${unit}` },
    target: `${bound} ${wanted.toLocaleString("en-US")}${unit}`,
    result: result(verdict, low <= wanted && wanted <= high && bound !== "not to be told from"),
  };
}

function ofLadder({ client, what, verdict, wanted, steps }) {
  const known = steps.filter(({ ratio }) => !unknown(ratio));
  const worst = known.length > 0 ? known.reduce((a, b) => a.ratio <= b.ratio ? a : b) : {};
  return {
    ...{ verdict, what: `\`${client}\`, ${what}, per second on the worst rung (${worst.inFlight ?? "?"} in flight)` },
    ...{ measured: `${times(worst)} of the best rung below`, target: `at least ${multiple(wanted)}x` },
    result: result(verdict, worst.low <= wanted && wanted <= worst.high),
  };
}
