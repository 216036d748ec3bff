// The official client on Node, tuned as its documentation advises: as many connections as commands in flight, because
// beyond them its commands fail, and a command queue behind them for what it opens beside (a batch over several nodes).
import process from "node:process";
import Aerospike from "aerospike";
import { answer } from "./kv.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;
const CONNECTIONS = 256;
const TIMEOUT_MS = 10_000;

Aerospike.setupGlobalCommandQueue({
  maxCommandsInProcess: CONNECTIONS,
  maxCommandsInQueue: 1_000,
});
const policy = { totalTimeout: TIMEOUT_MS };
const clientOf = (hosts) =>
  Aerospike.connect({
    hosts,
    maxConnsPerNode: CONNECTIONS,
    policies: {
      read: new Aerospike.ReadPolicy(policy),
      write: new Aerospike.WritePolicy(policy),
      batch: new Aerospike.BatchPolicy(policy),
    },
  });

/** One for each way to the server that requests name; the first is that of those which name none. */
const clients = new Map([[hosts, await clientOf(hosts)]]);

async function clientFor(way) {
  const client = clients.get(way) ?? await clientOf(way);
  clients.set(way, client);
  return client;
}

await serve(
  `npm aerospike 6.7.1 on node ${process.versions.node}`,
  async (request) => {
    const client = await clientFor(request.hosts ?? hosts);
    return await answer({
      key: (set, userKey) => new Aerospike.Key(namespace, set, userKey),
      get: async (key) => (await client.get(key)).bins,
      put: (key, bins) => client.put(key, bins),
      batch: async (keys) => {
        const rows = await client.batchRead(
          keys.map((key) => ({ key, readAllBins: true })),
        );
        return rows.map((row) => row.record.bins);
      },
    }, request);
  },
);
for (const client of clients.values()) client.close();
Aerospike.releaseEventLoop();
