// Targets: ratios to a reference in the same run, and whether they were reached.
import { figure, multiple } from "./results.mjs";
import { compare, summary } from "./schedule.mjs";

/** Above this share of its cores the server is what limits requests per second; then the client's CPU time decides. */
const SERVER_BUSY = 0.8;
const UNITS = {
  perSecond: "per second",
  cpuMicros: "client CPU per operation",
  lagP99: "lag p99",
  p50: "p50",
  p95: "p95",
  p99: "p99",
  connections: "connections left idle",
  rssMiB: "resident memory",
};

/**
 * Judges one target and says so in a line. A target is
 * `{ case, client, reference, quantity, atLeast | atMost, cpuAtMost? }`; one for `perSecond` is decided by the client's
 * CPU time where the server was busy, which then has to be `cpuAtMost` of the reference's, or the inverse of `atLeast`.
 * Gives what it found, for the file of results.
 */
export function judge(samples, target, random) {
  const found = assess(samples, target, target.quantity, target, random);
  const { serverShare } = summary(samples, target.case, target.client);
  const decides = target.quantity === "perSecond" && serverShare > SERVER_BUSY && !Number.isNaN(found.ratio);
  const cpu = decides
    ? assess(samples, target, "cpuMicros", { atMost: target.cpuAtMost ?? 1 / target.atLeast }, random)
    : undefined;
  const { verdict } = cpu ?? found;
  const what = `${target.client}, ${target.case}, ${UNITS[target.quantity]}`;
  console.log(`  ${verdict.padEnd(12)} ${what}: ${said(found)} ${target.reference}`);
  if (cpu) {
    console.log(
      `  ${" ".repeat(12)}   the server was at ${figure(serverShare * 100)} % of its cores, so the client's CPU time ` +
        `decides: ${said(cpu)} ${target.reference}`,
    );
  }
  return { ...target, ...found, verdict, serverShare, ...(cpu && { decidedByCpu: cpu }) };
}

function assess(samples, target, quantity, { atLeast, atMost }, random) {
  const { ratio, low, high } = compare(samples, target.case, target.client, target.reference, quantity, random);
  const reached = atLeast === undefined ? ratio <= atMost : ratio >= atLeast;
  const wanted = atLeast ?? atMost;
  return {
    ...{ ratio, low, high, wanted, bound: atLeast === undefined ? "at most" : "at least" },
    verdict: Number.isNaN(ratio) ? "NOT MEASURED" : reached ? "pass" : "MISS",
    // Another run might well come out the other way.
    unsure: low <= wanted && wanted <= high,
  };
}

function said({ ratio, low, high, wanted, bound, unsure }) {
  const interval = Number.isNaN(ratio) ? "" : ` [${multiple(low)}, ${multiple(high)}]`;
  return `${multiple(ratio)}x${interval} (target ${bound} ${multiple(wanted)}x${
    unsure ? ", within the interval" : ""
  }) of`;
}
