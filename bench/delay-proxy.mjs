// A line of some length to the server: the proxy of `delay-proxy.rs`, as a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { must, release, root } from "../scripts/setup.mjs";
import { info } from "./server.mjs";

const SOURCE = `${root}bench/delay-proxy.rs`;
const BUILT = `${release}delay-proxy`;

function build() {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs >= statSync(SOURCE).mtimeMs) return;
  must("rustc", ["--edition", "2021", "-O", "-o", BUILT, SOURCE]);
}

/** The addresses of one innermost list of `peers-clear-std`; one without a port has the default one. */
const addressesOf = (list, port) => list.split(",").map((each) => each.includes(":") ? each : `${each}:${port}`);

/** The nodes of the cluster, each as the addresses that it is known by, the one to connect to first. */
async function nodesOf(hosts) {
  const seed = hosts.split(",")[0];
  const said = await info(hosts, ["service-clear-std", "peers-clear-std"]);
  const own = (said["service-clear-std"] ?? "").split(/[,;]/).filter(Boolean);
  const peers = said["peers-clear-std"] ?? "";
  const port = peers.split(",")[1];
  const lists = [...peers.matchAll(/\[([^[\]]+)\]/g)].map(([, list]) => addressesOf(list, port));
  return [[...new Set([seed.includes(":") ? seed : `${seed}:3000`, ...own])], ...lists];
}

/**
 * Starts a line to the cluster for each delay, in milliseconds a round trip: `{ hosts, description, stop() }`. `hosts` has
 * the seed for each delay; `stop` resolves to what the proxy says of itself,
 * `{ chunks, lateP50Micros, lateP99Micros }`.
 */
export async function startDelayProxy(hosts, delaysMs) {
  build();
  const nodes = await nodesOf(hosts);
  const delays = delaysMs.map((delay) => Math.round(delay * 1_000)).join(",");
  const child = spawn(BUILT, [delays, ...nodes.map((names) => names.join(","))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the delaying proxy ended before it was told to");
    return value;
  };
  const seeds = [];
  for (const _ of delaysMs) seeds.push((await next()).split(" ")[0]);
  return {
    hosts: Object.fromEntries(delaysMs.map((delay, at) => [delay, seeds[at]])),
    description:
      `a proxy on this machine before ${nodes.length} node${nodes.length === 1 ? "" : "s"}, half of the delay on ` +
      "each way; what nodes say of their addresses by the info protocol is rewritten to the proxy's, so that clients stay on it",
    stop: async () => {
      child.stdin.end();
      const said = JSON.parse(await next());
      await exited;
      return said;
    },
  };
}
