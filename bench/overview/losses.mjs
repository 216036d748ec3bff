// Where this client is worse than another one: every comparison of the same work in the same run.
import { generator, ratioOfMedians } from "../statistics.mjs";
import { Measured } from "./measured.mjs";

/** What is compared, and which way is better. */
const QUANTITIES = [
  ["perSecond", "per second", "more"],
  ...["p50", "p95", "p99"].map((name) => [name, name, "less"]),
  ["bystanderP99", "bystander p99", "less"],
  ["cpuMicros", "client CPU", "less"],
  ["lagP99", "lag p99", "less"],
  ["peakRssMiB", "peak RSS", "less"],
];
const START = [["total", "import to record"], ["processMs", "whole process"], ["peakRssMiB", "peak RSS"]];
/** In Rust, without JavaScript: a floor to measure by, not a peer. */
const FLOOR = "core";
/** Looks at nothing of what it read, as columns may be left. */
const UNREAD = "aerospike-py-unread";

const isOurs = (client) => /^(deno|bun)(-|$)/.test(client);
/** As many processes as it: two against two. */
const replicas = (client) => /-x\d+$/.exec(client)?.[0] ?? "";
const isPeer = (peer, client) =>
  !isOurs(peer) && peer !== FLOOR && replicas(peer) === replicas(client) &&
  (peer !== UNREAD || client.endsWith("columns"));

/**
 * `{ compared, worse }`: how many comparisons there are, and those that a peer wins, as
 * `{ benchmark, name, client, peer, quantity, ratio, low, high, sure }`; `sure` where the interval leaves out 1.
 */
export function lossesOf(published) {
  let compared = 0;
  const worse = [];
  const look = (ratio, interval, better, more) => {
    if (Number.isNaN(ratio)) return;
    compared++;
    if (better === "more" ? ratio >= 1 : ratio <= 1) return;
    const { low, high } = interval();
    worse.push({ ...more, ratio, low, high, sure: better === "more" ? high < 1 : low > 1 });
  };
  for (const [benchmark, { raw }] of Object.entries(published)) {
    if (benchmark === "start") lookAtStarts(raw, look);
    else if (raw.samples) lookAt(benchmark, new Measured(raw), look);
  }
  return { compared, worse };
}

function lookAt(benchmark, measured, look) {
  const { clients } = measured;
  for (const { name, request } of measured.cases) {
    const there = clients.filter((client) => measured.has(name, client));
    for (const client of there.filter(isOurs)) {
      for (const peer of there.filter((one) => isPeer(one, client))) {
        for (const [quantity, title, better] of QUANTITIES) {
          // In an open loop it is what was asked for.
          if (quantity === "perSecond" && request.case === "open") continue;
          const interval = () => measured.compare(name, client, peer, quantity);
          look(measured.ratio(name, client, peer, quantity), interval, better, {
            ...{ benchmark, name, client, peer, quantity: title },
          });
        }
      }
    }
  }
}

function lookAtStarts({ samples, seed }, look) {
  const clients = [...new Set(samples.map(({ client }) => client))].sort();
  const of = (client) => new Map(samples.filter((one) => one.client === client).map((one) => [one.round, one]));
  for (const client of clients.filter(isOurs)) {
    for (const peer of clients.filter((one) => !isOurs(one))) {
      const others = of(peer);
      for (const [quantity, title] of START) {
        const pairs = [...of(client)].filter(([round]) => others.has(round))
          .map(([round, one]) => [one[quantity], others.get(round)[quantity]])
          .filter((pair) => pair.every((value) => value !== null));
        look(ratioOfMedians(pairs).ratio, () => ratioOfMedians(pairs, generator(seed)), "less", {
          ...{ benchmark: "start", name: "a fresh process", client, peer, quantity: title },
        });
      }
    }
  }
}
