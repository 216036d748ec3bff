// One cold start of this project's client, in Deno or Bun: what each step took, as one line; then it waits to be ended.
const started = performance.now();
const { connect, Key } = await import("../../mod.ts");
const imported = performance.now();
const { loadLibrary } = await import("../../src/library.ts");
const { binding } = "Deno" in globalThis ? await import("../../deno/binding.ts") : await import("../../bun/binding.ts");
// What `connect` does first, and does not do again.
loadLibrary(binding, undefined);
const loaded = performance.now();
// Only here, so that the runtime's own modules do not count as the client's.
const { default: process } = await import("node:process");
const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_SET: set, BENCH_KEY: userKey } = process.env;
const prepared = performance.now();
const client = await connect({ hosts });
const connected = performance.now();
const record = await client.get(new Key(namespace, set, userKey));
const read = performance.now();
if (record === null) throw new Error(`there is no record ${userKey} in the set ${set}`);

process.stdout.write(
  `${
    JSON.stringify({
      import: imported - started,
      load: loaded - imported,
      connect: connected - prepared,
      read: read - connected,
      // The environment is this benchmark's, not the client's.
      total: read - started - (prepared - loaded),
      bins: record.bins,
    })
  }\n`,
);
for await (const _ of process.stdin);
await client.close();
