// The ways in which the official client reads a request: tuned as in `workers/aerospike.mjs`.
import process from "node:process";
import Aerospike from "aerospike";
import { KEYS_PER_SET } from "../features.mjs";
import { denseOfObjects, partsOf, touchObjects } from "./object-features.mjs";

const CONNECTIONS = 256;
const TIMEOUT_MS = 10_000;

/** Connects, and gives the reader that `reads` names: see `replica.mjs`. */
export async function openReader({ hosts, namespace, reads }) {
  Aerospike.setupGlobalCommandQueue({ maxCommandsInProcess: CONNECTIONS, maxCommandsInQueue: 1_000 });
  const policy = { totalTimeout: TIMEOUT_MS };
  const client = await Aerospike.connect({
    hosts,
    maxConnsPerNode: CONNECTIONS,
    policies: { write: new Aerospike.WritePolicy(policy), batch: new Aerospike.BatchPolicy(policy) },
  });
  const batch = async (keys) => {
    const rows = await client.batchRead(keys.map((key) => ({ key, readAllBins: true })));
    return rows.map(({ status, record }) => status === Aerospike.status.OK ? record.bins : undefined);
  };
  const ways = {
    nine: async (keys) => (await Promise.all(partsOf(keys, KEYS_PER_SET).map(batch))).flat(),
    batch,
  };
  if (!Object.hasOwn(ways, reads)) throw new Error(`npm aerospike has no way to read ${reads}`);
  return {
    version: `npm aerospike 6.7.1 on node ${process.versions.node}, ${reads}`,
    key: (set, userKey) => new Aerospike.Key(namespace, set, userKey),
    // It stores bytes as they are only of a Buffer.
    put: (key, bins) => client.put(key, { ...bins, emb: Buffer.from(bins.emb) }),
    read: ways[reads],
    ...{ touch: touchObjects, dense: denseOfObjects, rows: (read) => read, sums: "eager" },
    close: () => {
      client.close();
      Aerospike.releaseEventLoop();
    },
  };
}
