// The official client on Node, for `nine`: tuned as in `kv`; all keys of a request in one batch.
import process from "node:process";
import Aerospike from "aerospike";
import { connectAerospike, putFeatures, readBins, version } from "./aerospike-client.mjs";
import { answer } from "./nine.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;

const client = await connectAerospike(hosts);
const batchRead = (keys) => client.batchRead(keys.map((key) => ({ key, readAllBins: true })));

await serve(version, (request) =>
  answer({
    reads: "eager",
    key: (set, userKey) => new Aerospike.Key(namespace, set, userKey),
    put: (key, bins) => putFeatures(client, key, bins),
    read: async (keys) => {
      let found = 0;
      let sum = 0;
      for (const { status, record } of await batchRead(keys)) {
        if (status !== Aerospike.status.OK) continue;
        const { imp, clk, ctr, cvr, cat, emb } = record.bins;
        found++;
        sum += imp + clk + ctr + cvr + cat.length + emb.length;
      }
      return { found, sum };
    },
    rows: (keys) => readBins(client, keys),
  }, request));
client.close();
Aerospike.releaseEventLoop();
