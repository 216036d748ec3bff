// The official client on Node, for `nine`: tuned as in `aerospike.mjs`; all keys of a request in one batch.
import process from "node:process";
import Aerospike from "aerospike";
import { answer } from "./nine.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;
const CONNECTIONS = 256;
const TIMEOUT_MS = 10_000;

Aerospike.setupGlobalCommandQueue({ maxCommandsInProcess: CONNECTIONS, maxCommandsInQueue: 1_000 });
const policy = { totalTimeout: TIMEOUT_MS };
const client = await Aerospike.connect({
  hosts,
  maxConnsPerNode: CONNECTIONS,
  policies: { write: new Aerospike.WritePolicy(policy), batch: new Aerospike.BatchPolicy(policy) },
});

const batchRead = (keys) => client.batchRead(keys.map((key) => ({ key, readAllBins: true })));

await serve(`npm aerospike 6.7.1 on node ${process.versions.node}`, (request) =>
  answer({
    reads: "eager",
    key: (set, userKey) => new Aerospike.Key(namespace, set, userKey),
    // It stores bytes as they are only of a Buffer.
    put: (key, bins) => client.put(key, { ...bins, emb: Buffer.from(bins.emb) }),
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
    rows: async (keys) =>
      (await batchRead(keys)).map(({ status, record }) => status === Aerospike.status.OK ? record.bins : undefined),
  }, request));
client.close();
Aerospike.releaseEventLoop();
