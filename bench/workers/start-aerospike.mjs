// One cold start of the official client on Node: what each step took, as one line; then it waits to be ended.
import process from "node:process";

const started = performance.now();
// Its native part is loaded by the import.
const { default: Aerospike } = await import("aerospike");
const imported = performance.now();
const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_SET: set, BENCH_KEY: userKey } = process.env;
const client = await Aerospike.connect({ hosts });
const connected = performance.now();
const record = await client.get(new Aerospike.Key(namespace, set, userKey));
const read = performance.now();

process.stdout.write(
  `${
    JSON.stringify({
      ...{ import: imported - started, load: null, connect: connected - imported },
      ...{ read: read - connected, total: read - started, bins: record.bins },
    })
  }\n`,
);
for await (const _ of process.stdin);
client.close();
Aerospike.releaseEventLoop();
