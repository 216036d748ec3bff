// This project's client under everything at once, for `soak`, in Deno or Bun. Every answer is checked, and so is every
// failure: each of the kinds below has to end in its own way.
import process from "node:process";
import { AerospikeError, connect, Key } from "../../mod.ts";
import {
  absentKeyOf,
  binsOf,
  expected,
  first,
  isFound,
  KEYS,
  REQUESTS,
  SCHEMA,
  setOf,
  userKeyOf,
} from "../features.mjs";
import { serve, sustain } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_CLIENT: name } = process.env;
const { deno, bun } = process.versions;
const LOAD_IN_FLIGHT = 64;
const IN_FLIGHT = 8;
const TIMEOUT_MS = 10_000;
/** Once in so many operations a cluster is opened, used and closed. */
const RECONNECT_EVERY = 2_000;
const PUT_SET = "bench-soak";
const PUT_KEYS = 1_024;
const NO_GENERATION = 60_000;
const MICROTASKS = 16;
const ABORTED = new Error("the caller has lost interest");

const policy = { totalTimeout: TIMEOUT_MS };
const options = { hosts, policies: { read: policy, write: policy, batch: policy } };
const client = await connect(options);
const EXPECTED = Array.from({ length: REQUESTS }, (_, n) => expected(n, KEYS));
const FOUND = Array.from({ length: REQUESTS * KEYS }, (_, i) => i).filter(isFound);

const keyOf = (i) => new Key(namespace, setOf(i), userKeyOf(i));
const foundAt = (n) => FOUND[(n * 7_919) % FOUND.length];
const ownKey = (n) => new Key(namespace, PUT_SET, `${name}:${n % PUT_KEYS}`);

function keysOf(n) {
  const keys = [];
  for (let i = first(n); keys.length < KEYS; i++) keys.push(keyOf(i));
  return keys;
}

function must(holds, what) {
  if (!holds) throw new Error(what);
}

/** What a call fails with. */
async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("what has to fail did not");
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** Each kind of operation, by how many of {@link TURN} in a row are of it. */
const KINDS = [
  [6, async function found(n) {
    const i = foundAt(n);
    const record = await client.get(keyOf(i));
    must(record?.bins.imp === i, `record ${i} was read as ${JSON.stringify(record?.bins.imp)}`);
  }],
  [2, async function absent(n) {
    const i = foundAt(n);
    must(
      await client.get(new Key(namespace, setOf(i), absentKeyOf(i))) === null,
      `there is a record ${absentKeyOf(i)}`,
    );
  }],
  [4, async function written(n) {
    await client.put(ownKey(n), { ...binsOf(n % PUT_KEYS), text: "written over and over" });
  }],
  [2, async function rows(n) {
    const rows = await client.batchRead(keysOf(n));
    let found = 0;
    let sum = 0;
    for (const { record } of rows.toArray()) {
      if (record === null) continue;
      const { imp, clk, ctr, cvr, cat, emb } = record.bins;
      found++;
      sum += imp + clk + ctr + cvr + cat.length + emb.length;
    }
    const wanted = EXPECTED[n % REQUESTS];
    must(found === wanted.found && sum === wanted.eager, `request ${n % REQUESTS}: ${found} found, sum ${sum}`);
  }],
  [2, async function columns(n) {
    const { foundCount, columns: { imp, clk, ctr, cvr, emb } } = await client.batchReadColumns(keysOf(n), SCHEMA);
    const wanted = EXPECTED[n % REQUESTS];
    const sum = total(imp) + total(clk) + total(ctr) + total(cvr) + total(emb);
    must(foundCount === wanted.found && sum === wanted.columns, `request ${n % REQUESTS}: sum ${sum} of columns`);
  }],
  [2, async function refused(n) {
    const error = await failureOf(client.put(ownKey(n), { a: 1 }, { generation: NO_GENERATION }));
    must(error instanceof AerospikeError, `a write of the wrong generation failed with ${error}`);
  }],
  [2, async function aborted(n) {
    const controller = new AbortController();
    const read = failureOf(client.batchRead(keysOf(n), { signal: controller.signal }));
    // Commands are handed over in a microtask and settled in a task: after some microtasks this one is in flight.
    for (let i = 0; i < MICROTASKS; i++) await Promise.resolve();
    controller.abort(ABORTED);
    must(await read === ABORTED, `an aborted batch failed with ${await read}`);
  }],
];
const TURN = KINDS.flatMap(([count, operation]) => Array.from({ length: count }, () => operation));

async function reconnect() {
  const other = await connect(options);
  must(await other.get(keyOf(FOUND[0])) !== null, "a new client does not find what there is");
  await other.close();
}

async function load() {
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < FOUND.length; at = next++) await client.put(keyOf(FOUND[at]), binsOf(FOUND[at]));
    for (let at = next++ - FOUND.length; at < PUT_KEYS; at = next++ - FOUND.length) {
      await client.put(ownKey(at), binsOf(at));
    }
  };
  await Promise.all(Array.from({ length: LOAD_IN_FLIGHT }, lane));
}

async function answer({ case: what, seconds }) {
  switch (what) {
    case "load":
      await load();
      return {};
    case "soak": {
      const measured = await sustain(IN_FLIGHT, seconds, async (n) => {
        if (n % RECONNECT_EVERY === RECONNECT_EVERY - 1) await reconnect();
        await TURN[n % TURN.length](n);
      });
      return measured;
    }
    case "counters":
      return { counters: client.counters() };
    default:
      throw new Error(`no such case: ${what}`);
  }
}

await serve(`aerospike-ts on ${deno ? `deno ${deno}` : `bun ${bun}`}`, answer);
await client.close();
