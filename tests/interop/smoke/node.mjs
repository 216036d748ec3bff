// Everyday work with the npm package `aerospike`. Prints what each step gave: a value, or the code of its error.
import { answer, readRequest } from "../canonical.mjs";
import { Aerospike, connect } from "../node-client.mjs";

const { exists, gen } = Aerospike.policy;
const { operations: op, batchType } = Aerospike;

const request = await readRequest();
const { namespace, set } = request;
const client = await connect(request.hosts);
const key = new Aerospike.Key(namespace, set, "node");
const other = new Aerospike.Key(namespace, set, "node-other");
const missing = new Aerospike.Key(namespace, set, "node-missing");
const steps = {};

async function step(name, work) {
  try {
    steps[name] = await work() ?? null;
  } catch (error) {
    steps[name] = { error: error.code ?? error.message };
  }
}
const put = (bins, meta, policy) => client.put(key, bins, meta, policy).then(() => "ok");
const get = async () => {
  const { bins, gen } = await client.get(key);
  return { bins, gen };
};
/** A time to live as a step prints it: a second may pass between two calls. */
const near = async (seconds) => {
  const { ttl } = await client.get(key);
  return ttl > seconds - 10 && ttl <= seconds ? `about ${seconds}` : ttl;
};
const rows = (results) =>
  results.map(({ status, record }) => ({ status, bins: record?.bins ?? null, gen: record?.gen ?? null }));

for (const used of [key, other, missing]) await client.remove(used).catch(() => {});

await step("put", () => put({ a: 1, b: "two", c: 3.5 }));
await step("get", get);
await step("get of a missing record", () => client.get(missing));
await step("exists", () => client.exists(key));
await step("exists of a missing record", () => client.exists(missing));
await step("select", async () => (await client.select(key, ["a", "none"])).bins);
await step("put merges bins", () => put({ d: true }));
await step("get merged", get);
await step("put null deletes a bin", () => put({ d: null }));
await step("get without it", get);
await step("ttl without one", async () => (await client.get(key)).ttl);
await step("put with ttl", () => put({ a: 1 }, { ttl: 1000 }));
await step("its ttl", () => near(1000));
await step("put that keeps the ttl", () => put({ a: 1 }, { ttl: Aerospike.ttl.DONT_UPDATE }));
await step("its ttl, kept", () => near(1000));
await step("put that never expires", () => put({ a: 1 }, { ttl: Aerospike.ttl.NEVER_EXPIRE }));
await step("its ttl, never", async () => (await client.get(key)).ttl);
await step("touch", () => client.operate(key, [op.touch(500)]).then(() => "ok"));
await step("ttl after touch", () => near(500));
await step("touch of a missing record", () => client.operate(missing, [op.touch(500)]));
await step("append", () => client.append(key, { b: "!" }).then(() => "ok"));
await step("prepend", () => client.prepend(key, { b: ">" }).then(() => "ok"));
await step("add", () => client.add(key, { a: 41 }).then(() => "ok"));
await step("add to a double", () => client.add(key, { c: 0.25 }).then(() => "ok"));
await step("get after them", get);
await step("add to a string", () => client.add(key, { b: 1 }));
await step("add an integer to a double", () => client.add(key, { c: 1 }));
await step("append to an integer", () => client.append(key, { a: "x" }));
await step("add past int64", async () => {
  await put({ n: 9223372036854775807n });
  await client.add(key, { n: 1 });
  return String((await client.get(key)).bins.n);
});
await step("add to a missing bin", () => client.add(key, { fresh: 5 }).then(() => "ok"));
await step("operate", async () => {
  const operations = [op.incr("a", 1), op.append("b", "."), op.write("e", 9), op.read("a"), op.read("b")];
  return (await client.operate(key, operations)).bins;
});
await step(
  "operate reads a missing bin",
  async () => (await client.operate(key, [op.read("none"), op.read("e")])).bins,
);
await step("operate reads a missing record", () => client.operate(missing, [op.read("a")]));
await step("operate fails as a whole", () => client.operate(key, [op.write("e", 10), op.incr("b", 1)]));
await step("get after it", get);
await step("create on an existing record", () => put({ a: 1 }, null, { exists: exists.CREATE }));
await step("update of a missing record", () => client.put(missing, { a: 1 }, null, { exists: exists.UPDATE }));
await step("replace of a missing record", () => client.put(missing, { a: 1 }, null, { exists: exists.REPLACE }));
await step("create or replace", () => put({ a: 7, z: 8 }, null, { exists: exists.CREATE_OR_REPLACE }));
await step("get after the replace", async () => (await client.get(key)).bins);
await step("write with another generation", () => put({ a: 1 }, { gen: 999 }, { gen: gen.EQ }));
await step("write with its generation", async () => {
  return await put({ a: 1 }, { gen: (await client.get(key)).gen }, { gen: gen.EQ });
});
await step("write with a generation that is not greater", () => put({ a: 1 }, { gen: 1 }, { gen: gen.GT }));
await step("remove with another generation", () => client.remove(key, { gen: gen.EQ, generation: 999 }));
await step("bin name of 16 bytes", () => put({ abcdefghijklmnop: 1 }));
await step("unknown namespace", () => client.put(new Aerospike.Key("nowhere", set, 1), { a: 1 }));
await step("record too big", () => put({ big: Buffer.alloc(2 ** 20) }));
await step("durable delete", () => client.remove(key, { durableDelete: true }));
await step("ttl of 20 years", () => put({ a: 1 }, { ttl: 20 * 365 * 86400 }));
await step("lists and maps", async () => {
  await put({ l: [1, [2], null], m: { b: 1, a: { c: [] } } });
  const { l, m } = (await client.get(key)).bins;
  return { l, m };
});
await step("send the key", () => put({ a: 1 }, null, { key: Aerospike.policy.key.SEND }));
await step("batch write", async () => {
  return rows(
    await client.batchWrite([
      { type: batchType.BATCH_WRITE, key, ops: [op.write("a", 1), op.incr("count", 2)] },
      { type: batchType.BATCH_WRITE, key: other, ops: [op.write("a", 2)] },
      { type: batchType.BATCH_WRITE, key: missing, ops: [op.write("a", 3)], policy: { exists: exists.UPDATE } },
      { type: batchType.BATCH_WRITE, key: other, ops: [op.append("a", "x")] },
    ]),
  );
});
await step("batch read", async () => {
  return rows(
    await client.batchRead([
      { type: batchType.BATCH_READ, key, bins: ["a", "count", "none"] },
      { type: batchType.BATCH_READ, key: missing, readAllBins: true },
      { type: batchType.BATCH_READ, key: other, readAllBins: true },
      { type: batchType.BATCH_READ, key: other, bins: [] },
    ]),
  );
});
await step("batch of 300 reads", async () => {
  const keys = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? other : missing));
  const results = await client.batchRead(keys.map((key) => ({ type: batchType.BATCH_READ, key, readAllBins: true })));
  return results.map(({ status }) => status).join("").replaceAll("022", "").length;
});
await step("2,000 rows written, read and removed", async () => {
  const keys = Array.from({ length: 2000 }, (_, i) => new Aerospike.Key(namespace, set, `node-${i}`));
  await client.batchWrite(keys.map((key, i) => ({ type: batchType.BATCH_WRITE, key, ops: [op.write("a", i)] })));
  const read = await client.batchRead(keys.map((key) => ({ type: batchType.BATCH_READ, key, readAllBins: true })));
  const right = read.filter(({ record }, i) => record.bins.a === i).length;
  const removed = (await client.batchRemove(keys)).filter(({ status }) => status === 0).length;
  return { right, removed };
});
await step("100 commands at once", async () => {
  const keys = Array.from({ length: 100 }, (_, i) => new Aerospike.Key(namespace, set, `node-${i}`));
  await Promise.all(keys.map((key, i) => client.put(key, { a: i })));
  const records = await Promise.all(keys.map((key) => client.get(key)));
  await Promise.all(keys.map((key) => client.remove(key)));
  return records.filter(({ bins }, i) => bins.a === i).length;
});
await step("record of 900,000 bytes", async () => {
  const bytes = Buffer.alloc(900_000, "0123456789");
  await client.put(other, { bytes });
  return (await client.get(other)).bins.bytes.equals(bytes);
});
await step("record of 1,000 bins", async () => {
  const bins = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`bin${i}`, i]));
  await client.put(other, bins, null, { exists: exists.REPLACE });
  return Object.entries((await client.get(other)).bins).filter(([name, value]) => bins[name] === value).length;
});
await step("batch exists", async () => (await client.batchExists([key, missing])).map(({ status }) => status));
await step("batch remove", async () => rows(await client.batchRemove([other, missing])));
await step("get after the batch remove", () => client.get(other));
await step("remove", () => client.remove(key).then(() => "ok"));
await step("remove of a missing record", () => client.remove(key));
await step("generation of a new record", async () => {
  await put({ a: 1 });
  const { gen } = await client.get(key);
  await client.remove(key);
  return gen;
});

client.close();
await answer(steps);
