// The server that benchmarks run on, and what it says of itself.
import { connect } from "node:net";
import process from "node:process";
import { startEmulator } from "../scripts/emulator-process.mjs";
import { findServerProcess } from "./server-process.mjs";

const INFO = 0x0201;
const TIMEOUT_MS = 5_000;

/**
 * AEROSPIKE_HOSTS, else the emulator as a process of its own: `{ hosts, namespace, description, process, cleanUp, stop }`.
 * `sets` are what the benchmark writes.
 */
export async function startServer(sets) {
  const named = process.env.AEROSPIKE_HOSTS;
  const emulator = named ? undefined : await startEmulator();
  const hosts = emulator?.hosts ?? named;
  const said = await info(hosts, ["build", "edition", "namespaces"]);
  const namespaces = (said.namespaces ?? "").split(";").filter(Boolean);
  const namespace = namespaces.includes("test") ? "test" : namespaces[0];
  const found = findServerProcess(hosts);
  const kind = emulator ? "the emulator of this repository, as a process of its own" : "AEROSPIKE_HOSTS";
  const build = `${said.build}${said.edition ? ` (${said.edition})` : ""}`;
  return {
    hosts,
    namespace,
    description: `${kind}, build ${build}, namespace ${namespace}, ` +
      (found ? `process ${found.name}, which may use ${found.cores} of the cores` : "whose CPU time is not to be had"),
    /** For its CPU time; undefined where it does not run on this machine, or the system does not say. */
    process: found,
    /** Takes the benchmark's records away again. */
    cleanUp: async () => {
      if (named) await info(hosts, sets.map((set) => `truncate:namespace=${namespace};set=${set}`));
    },
    stop: async () => await emulator?.stop(),
  };
}

/** Asks the first host by the info protocol: one name a line, `name\tanswer` a line back. */
export function info(hosts, names) {
  const [host, port = "3000"] = hosts.split(",")[0].split(":");
  return new Promise((resolve, reject) => {
    const body = new TextEncoder().encode(
      names.map((name) => `${name}\n`).join(""),
    );
    const request = Buffer.alloc(8 + body.length);
    request.writeUInt16BE(INFO, 0);
    request.writeUInt32BE(body.length, 4);
    request.set(body, 8);
    const socket = connect(
      { host, port: Number(port), timeout: TIMEOUT_MS },
      () => socket.write(request),
    );
    let answer = Buffer.alloc(0);
    socket.on(
      "timeout",
      () =>
        socket.destroy(
          new Error(`${host}:${port} did not answer in ${TIMEOUT_MS} ms`),
        ),
    );
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 8 || answer.length < 8 + answer.readUInt32BE(4)) {
        return;
      }
      socket.destroy();
      const lines = answer.subarray(8).toString().split("\n").filter(Boolean);
      resolve(Object.fromEntries(lines.map((line) => line.split("\t"))));
    });
  });
}
