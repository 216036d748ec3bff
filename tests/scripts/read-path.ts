/**
 * Reads in every way there is and prints, as JSON, what was read and the client's stats.
 * Arguments: hosts, set, readPath of the client and of every call (none when it is left out).
 */
import process from "node:process";
import { connect, Key, type ReadPath } from "../../mod.ts";
import { until } from "../support/wait.ts";

const [hosts = "", set = "", readPath] = process.argv.slice(2) as [string, string, ReadPath | undefined];
const options = { readPath, totalTimeout: 30_000 };
await using client = await connect({ hosts, readPath });
const keys = [1, 2, 3].map((i) => new Key("test", set, i));
const [key, , missing] = keys as [Key, Key, Key];
for (const key of keys.slice(0, 2)) await client.put(key, { a: key.userKey as number });
await until("the direct path is ready, or is not there", async () => {
  const { direct } = await client.stats();
  return direct.ready || !direct.enabled;
});
const read = [
  (await client.get(key, options))?.bins["a"],
  (await client.header(key, options)) !== null,
  await client.exists(key, options),
  await client.get(missing, options),
  (await client.batchRead(keys, options)).toArray().map((row) => row.record?.bins["a"] ?? null),
];
const { direct, core } = await client.stats();
console.log(JSON.stringify({ read, direct, core }));
