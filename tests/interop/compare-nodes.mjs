// On three nodes, of which it is told one, every client finds all of them, and asks of each what it is the master of.
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { startEmulator } from "../../scripts/emulator-process.mjs";
import { askPeer, FAILED, printWrong, show, since } from "./peers.mjs";

const NODES = 3;
const KEYS = 300;
const values = Array.from({ length: KEYS }, (_, i) => ({ name: `key ${i}`, value: { integer: String(i) } }));

export async function compareNodes(checks, peers) {
  for (const peer of peers) {
    const started = performance.now();
    const server = await startEmulator(["--nodes", String(NODES), "--quiet"]);
    const wrong = [];
    try {
      const request = { hosts: server.hosts, namespace: "test", set: "interop-nodes", values };
      const written = await askPeer(peer, "write", request);
      const read = await askPeer(peer, "read", request);
      for (const { name, value } of values) {
        if (!written[name]?.ok) wrong.push(`${peer.name} wrote no ${name}: ${show(written[name])}`);
        else if (read[name]?.value?.integer !== value.integer) {
          wrong.push(`${peer.name} read ${show(read[name])} of ${name}`);
        }
      }
      for (const node of server.nodes) {
        const figures = await statistics(node);
        if (figures.emulator_proxied !== "0") {
          wrong.push(`${peer.name} asked ${node} for ${figures.emulator_proxied} records of other nodes`);
        }
        if (Number(figures.emulator_commands) < KEYS / NODES) {
          wrong.push(`${peer.name} sent ${figures.emulator_commands} commands to ${node}`);
        }
      }
      printWrong(written[FAILED] ? written : read, wrong);
    } finally {
      await server.stop();
    }
    const checked = KEYS + NODES;
    checks.add(
      `interop: ${peer.name} on three nodes`,
      Math.max(0, checked - wrong.length),
      wrong.length,
      since(started),
    );
  }
}

/** What a node says of itself, asked as `asinfo` does. */
function statistics(node) {
  const [host, port] = node.split(":");
  const body = Buffer.from("statistics\n");
  const header = Buffer.alloc(8);
  // Version 2, type 1, and the length in the low six bytes.
  header.writeBigUInt64BE((2n << 56n) | (1n << 48n) | BigInt(body.length));
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(Buffer.concat([header, body])));
    const chunks = [];
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 8 || all.length < 8 + Number(all.readBigUInt64BE() & 0xffff_ffff_ffffn)) return;
      socket.destroy();
      const [, answer] = all.toString("utf8", 8).trimEnd().split("\t");
      resolve(Object.fromEntries(answer.split(";").map((pair) => pair.split("="))));
    });
  });
}
