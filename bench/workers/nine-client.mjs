// How this project's client reads a request of `nine`, in each of its ways.
import process from "node:process";
import { Key } from "../../mod.ts";
import { rowsOfColumns, touchColumns } from "../feature-columns.mjs";
import { SCHEMA } from "../features.mjs";

const TIMEOUT_MS = 10_000;
const { deno, bun } = process.versions;
export const runtimeVersion = `aerospike-ts on ${deno ? `deno ${deno}` : `bun ${bun}`}`;

const policy = { totalTimeout: TIMEOUT_MS };
export const CLIENT_OPTIONS = { policies: { write: policy, batch: policy } };

/** Every bin of every record that was found. */
async function eager(client, keys) {
  let found = 0;
  let sum = 0;
  const rows = await client.batchRead(keys);
  for (const { record } of rows.toArray()) {
    if (record === null) continue;
    const { imp, clk, ctr, cvr, cat, emb } = record.bins;
    found++;
    sum += imp + clk + ctr + cvr + cat.length + emb.length;
  }
  return { found, sum };
}

/** Two bins of every record that was found; what is not asked for may stay undecoded. */
async function lazy(client, keys) {
  let sum = 0;
  const rows = await client.batchRead(keys);
  for (let i = 0; i < rows.length; i++) {
    const imp = rows.value(i, "imp");
    if (imp !== undefined) sum += imp + rows.value(i, "ctr");
  }
  return { found: rows.foundCount, sum };
}

async function columns(client, keys) {
  return touchColumns(await client.batchReadColumns(keys, SCHEMA));
}

async function objectRows(client, keys) {
  return (await client.batchRead(keys)).toArray().map(({ record }) => record?.bins);
}

async function columnRows(client, keys) {
  return rowsOfColumns(await client.batchReadColumns(keys, SCHEMA));
}

const READS = { eager, lazy, columns };

/** What `nine.mjs` measures, for one way to read. */
export function measuredBy(client, namespace, reads) {
  const read = READS[reads];
  const rows = reads === "columns" ? columnRows : objectRows;
  return {
    reads,
    key: (set, userKey) => new Key(namespace, set, userKey),
    put: (key, bins) => client.put(key, bins),
    read: (keys) => read(client, keys),
    rows: (keys) => rows(client, keys),
  };
}
