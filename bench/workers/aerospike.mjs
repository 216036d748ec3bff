// The official client on Node, for `kv`, `ladder` and `latency`.
import process from "node:process";
import Aerospike from "aerospike";
import { connectAerospike, version } from "./aerospike-client.mjs";
import { answer } from "./kv.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;

/** One for each way to the server that requests name; the first is that of those which name none. */
const clients = new Map([[hosts, await connectAerospike(hosts)]]);

async function clientFor(way) {
  const client = clients.get(way) ?? await connectAerospike(way);
  clients.set(way, client);
  return client;
}

await serve(
  version,
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
