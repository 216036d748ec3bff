// Interop with the clients of others: what one writes all read, digests agree, and others' clients work on the emulator.
// Alone: `node scripts/interop.mjs`, on AEROSPIKE_HOSTS where that names a server. With --record, which needs one, what
// others' clients answer there becomes what is expected.
import process from "node:process";
import { pathToFileURL } from "node:url";
import { compareDigests } from "../tests/interop/compare-digests.mjs";
import { compareNames } from "../tests/interop/compare-names.mjs";
import { compareNodes } from "../tests/interop/compare-nodes.mjs";
import { compareOperations } from "../tests/interop/compare-operations.mjs";
import { compareSmoke } from "../tests/interop/compare-smoke.mjs";
import { compareValues } from "../tests/interop/compare-values.mjs";
import { findPeers } from "../tests/interop/peers.mjs";
import { Checks } from "./checks.mjs";
import { startEmulator } from "./emulator-process.mjs";

export async function runInterop(checks, { record = false } = {}) {
  const named = process.env.AEROSPIKE_HOSTS;
  if (record && !named) throw new Error("--record needs AEROSPIKE_HOSTS: the emulator is not the measure of itself");
  const peers = findPeers(checks);
  compareNames(checks, peers);
  const server = named ? undefined : await startEmulator();
  const where = { hosts: server?.hosts ?? named, namespace: "test" };
  try {
    await compareSmoke(checks, peers, where, record);
    await compareDigests(checks, peers, where);
    await compareValues(checks, peers, where);
    await compareOperations(checks, peers, where, record);
  } finally {
    await server?.stop();
  }
  if (named) checks.leftOut("interop on three nodes", "the emulator");
  else await compareNodes(checks, peers);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const checks = new Checks();
  await runInterop(checks, { record: process.argv.includes("--record") });
  checks.end();
}
