// This project's client: the same file in Deno and in Bun.
import process from "node:process";
import { type Bins, type Client, connect, Key, type WakeMode } from "../../mod.ts";
import { answer } from "./kv.mjs";
import { serve } from "./protocol.mjs";

const hosts = process.env.AEROSPIKE_HOSTS;
const namespace = process.env.BENCH_NAMESPACE ?? "test";
const TIMEOUT_MS = 10_000;
const { deno, bun } = process.versions;

if (hosts === undefined) throw new Error("AEROSPIKE_HOSTS is not set");
const policy = { totalTimeout: TIMEOUT_MS };
const clientOf = (hosts: string) =>
  connect({
    hosts,
    wake: process.env.BENCH_WAKE as WakeMode | undefined,
    autoBatch: process.env.BENCH_AUTO_BATCH === "1",
    policies: { read: policy, write: policy, batch: policy },
  });

/** One for each way to the server that requests name; the first is that of those which name none. */
const clients = new Map<string, Client>([[hosts, await clientOf(hosts)]]);

async function measuredBy(way: string) {
  const client = clients.get(way) ?? await clientOf(way);
  clients.set(way, client);
  return measured(client);
}

const measured = (client: Client) => ({
  key: (set: string, userKey: string) => new Key(namespace, set, userKey),
  get: async (key: Key) => (await client.get(key))?.bins,
  put: (key: Key, bins: Bins) => client.put(key, bins),
  batch: async (keys: Key[]) => {
    const rows = await client.batchRead(keys);
    const bins = [];
    for (const row of rows) bins.push(row.record?.bins);
    return bins;
  },
});

await serve(
  `aerospike-ts on ${deno ? `deno ${deno}` : `bun ${bun}`}`,
  async (request) => answer(await measuredBy(request.hosts ?? hosts), request),
);
for (const client of clients.values()) await client.close();
