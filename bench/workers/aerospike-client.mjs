// The official client on Node, tuned as its documentation advises: as many connections as commands in flight, because
// beyond them its commands fail, and a command queue behind them for what it opens beside (a batch over several nodes).
import process from "node:process";
import Aerospike from "aerospike";

const CONNECTIONS = 256;
const TIMEOUT_MS = 10_000;

export const version = `npm aerospike 6.7.1 on node ${process.versions.node}`;

Aerospike.setupGlobalCommandQueue({ maxCommandsInProcess: CONNECTIONS, maxCommandsInQueue: 1_000 });
const policy = { totalTimeout: TIMEOUT_MS };

export function connectAerospike(hosts) {
  return Aerospike.connect({
    hosts,
    maxConnsPerNode: CONNECTIONS,
    policies: {
      read: new Aerospike.ReadPolicy(policy),
      write: new Aerospike.WritePolicy(policy),
      batch: new Aerospike.BatchPolicy(policy),
    },
  });
}

/** The bins of each key, or nothing, by one batch. */
export async function readBins(client, keys) {
  const rows = await client.batchRead(keys.map((key) => ({ key, readAllBins: true })));
  return rows.map(({ status, record }) => status === Aerospike.status.OK ? record.bins : undefined);
}

/** Writes a record of `features.mjs`: it stores bytes as they are only of a Buffer. */
export function putFeatures(client, key, bins) {
  return client.put(key, { ...bins, emb: Buffer.from(bins.emb) });
}
