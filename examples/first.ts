/**
 * The first steps: connect, write, read. The server is the one that AEROSPIKE_HOSTS names, else 127.0.0.1:3000.
 *
 * @module
 */
import { connect, Key } from "../mod.ts";

await using client = await connect();

const key = new Key("test", "users", "alice");
await client.put(key, { name: "Alice", age: 30, tags: ["admin", "staff"] }, { ttl: "never" });

const record = await client.get<{ name: string; age: number; tags: string[] }>(key);
if (record === null) throw new Error("the record is gone");
console.log(`${record.bins.name}, ${record.bins.age}, ${record.bins.tags.join(" and ")}`);

const rows = await client.batchRead([key, new Key("test", "users", "nobody")], { bins: ["name"] });
for (const row of rows) console.log(row.status, row.record?.bins);
