// This project's client, for `nine`: the same file in Deno and in Bun, and for each way to read (BENCH_READS).
import process from "node:process";
import { connect, Key } from "../../mod.ts";
import { rowsOfColumns, touchColumns } from "../feature-columns.mjs";
import { SCHEMA } from "../features.mjs";
import { answer } from "./nine.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_READS: reads } = process.env;
const TIMEOUT_MS = 10_000;
const { deno, bun } = process.versions;

const policy = { totalTimeout: TIMEOUT_MS };
const client = await connect({ hosts, policies: { write: policy, batch: policy } });

/** Every bin of every record that was found. */
async function eager(keys) {
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
async function lazy(keys) {
  let sum = 0;
  const rows = await client.batchRead(keys);
  for (let i = 0; i < rows.length; i++) {
    const imp = rows.value(i, "imp");
    if (imp !== undefined) sum += imp + rows.value(i, "ctr");
  }
  return { found: rows.foundCount, sum };
}

async function columns(keys) {
  return touchColumns(await client.batchReadColumns(keys, SCHEMA));
}

async function objectRows(keys) {
  return (await client.batchRead(keys)).toArray().map(({ record }) => record?.bins);
}

async function columnRows(keys) {
  return rowsOfColumns(await client.batchReadColumns(keys, SCHEMA));
}

const measured = {
  reads,
  key: (set, userKey) => new Key(namespace, set, userKey),
  put: (key, bins) => client.put(key, bins),
  read: { eager, lazy, columns }[reads],
  rows: reads === "columns" ? columnRows : objectRows,
};

const version = `aerospike-ts on ${deno ? `deno ${deno}` : `bun ${bun}`}, ${reads}`;
await serve(version, (request) => answer(measured, request));
await client.close();
