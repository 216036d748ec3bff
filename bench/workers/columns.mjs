// This project's client, for `columns`: the same file in Deno and in Bun, and for each way to read (BENCH_READS). All of
// them end with the same in hand: every number added up, every text as a string, every vector in one large array.
import process from "node:process";
import { connect, Key } from "../../mod.ts";
import { canonical } from "../features.mjs";
import { LOAD_BATCH, RECORDS, setOf, shapeNames, SHAPES, VECTOR, writeSetOf } from "../shapes.mjs";
import { serve, sustain } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace, BENCH_READS: reads, BENCH_CLIENT: name } = process.env;
const TIMEOUT_MS = 10_000;
const { deno, bun } = process.versions;

const policy = { totalTimeout: TIMEOUT_MS };
const client = await connect({ hosts, policies: { write: policy, batch: policy } });

const range = (start, count) => Array.from({ length: count }, (_, i) => start + i);

/** Up to which record what sum: sums of neighbours are differences. */
const SUMS = Object.fromEntries(shapeNames.map((shape) => {
  const sums = new Float64Array(RECORDS + 1);
  for (let i = 0; i < RECORDS; i++) sums[i + 1] = sums[i] + SHAPES[shape].sum(SHAPES[shape].bins(i));
  return [shape, sums];
}));

/** The first record of the `n`-th call: the calls go through the records. */
const startOf = (n, keys) => (n % Math.floor(RECORDS / keys)) * keys;

function keysOf(set, start, count) {
  const keys = [];
  for (let i = start; i < start + count; i++) keys.push(new Key(namespace, set, i));
  return keys;
}

function total(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** The first and the last element of each vector. */
function endsOf(tensor) {
  let sum = 0;
  for (let at = 0; at < tensor.length; at += VECTOR) sum += tensor[at] + tensor[at + VECTOR - 1];
  return sum;
}

function lengthsOf(texts) {
  let sum = 0;
  for (const text of texts) sum += text.length;
  return sum;
}

const OBJECTS = {
  "6 scalars": (rows) => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const { imp, clk, age, ctr, cvr, roas } = rows.at(i).record.bins;
      sum += imp + clk + age + ctr + cvr + roas;
    }
    return sum;
  },
  "vector of 128": (rows) => {
    const tensor = new Float32Array(rows.length * VECTOR);
    const bytes = new Uint8Array(tensor.buffer);
    for (let i = 0; i < rows.length; i++) bytes.set(rows.at(i).record.bins.emb, i * VECTOR * 4);
    return endsOf(tensor);
  },
  "3 strings": (rows) => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const { name, cat, note } = rows.at(i).record.bins;
      sum += name.length + cat.length + note.length;
    }
    return sum;
  },
};

const COLUMNS = {
  "6 scalars": ({ imp, clk, age, ctr, cvr, roas }) =>
    total(imp) + total(clk) + total(age) + total(ctr) + total(cvr) + total(roas),
  "vector of 128": ({ emb }) => endsOf(emb),
  "3 strings": ({ name, cat, note }) =>
    lengthsOf(name.toArray()) + lengthsOf(cat.toArray()) + lengthsOf(note.toArray()),
};

/** Memory that no call has at the moment, by shape and number of keys. */
const free = new Map();

/** The caller's own arrays, used again call by call, as a program with a model's input would. */
function takeTargets(shape, count) {
  const left = free.get(`${shape} ${count}`)?.pop();
  if (left) return left;
  if (shape === "vector of 128") return { emb: new Float32Array(count * VECTOR) };
  return Object.fromEntries(
    Object.entries(SHAPES[shape].schema).map(([column, type]) => [
      column,
      type === "i32" ? new Int32Array(count) : new Float64Array(count),
    ]),
  );
}

function giveBack(shape, count, targets) {
  const name = `${shape} ${count}`;
  if (!free.has(name)) free.set(name, []);
  free.get(name).push(targets);
}

async function readColumns(shape, keys) {
  const into = reads === "into" ? takeTargets(shape, keys.length) : undefined;
  const found = await client.batchReadColumns(keys, SHAPES[shape].schema, into && { into });
  if (found.errors.length > 0) throw new Error(`cells that do not fit: ${JSON.stringify(found.errors.slice(0, 3))}`);
  return { found, done: () => into && giveBack(shape, keys.length, into) };
}

/** Reads and adds up. */
async function read(shape, keys) {
  if (reads === "objects") {
    const rows = await client.batchRead(keys);
    return { count: rows.foundCount, sum: OBJECTS[shape](rows) };
  }
  const { found, done } = await readColumns(shape, keys);
  const sum = COLUMNS[shape](found.columns);
  done();
  return { count: found.foundCount, sum };
}

/** Reads, and gives each row as one text. */
async function rowsOf(shape, keys) {
  if (reads === "objects") return (await client.batchRead(keys)).toArray().map(({ record }) => canonical(record?.bins));
  const { found: { columns } } = await readColumns(shape, keys);
  const cell = (column, i) =>
    column.length === keys.length ? column.at(i) : new Uint8Array(column.slice(i * VECTOR, (i + 1) * VECTOR).buffer);
  return keys.map((_, i) =>
    canonical(Object.fromEntries(Object.entries(columns).map(([column, cells]) => [column, cell(cells, i)])))
  );
}

/** What a program that writes has: rows, or typed arrays, of the records from 0 on. Made once. */
const writable = new Map();

function toWrite(shape, count) {
  const made = `${shape} ${count}`;
  if (!writable.has(made)) writable.set(made, makeWritable(range(0, count).map(SHAPES[shape].bins), shape));
  return writable.get(made);
}

function makeWritable(rows, shape) {
  if (reads === "objects") return rows;
  if (shape === "vector of 128") {
    const values = new Float32Array(rows.length * VECTOR);
    const bytes = new Uint8Array(values.buffer);
    for (const [i, { emb }] of rows.entries()) bytes.set(emb, i * VECTOR * 4);
    return { emb: { values, width: VECTOR } };
  }
  return Object.fromEntries(
    Object.entries(SHAPES[shape].schema).map(([column, type]) => {
      const values = rows.map((bins) => bins[column]);
      return [column, type === "i32" ? Int32Array.from(values) : Float64Array.from(values)];
    }),
  );
}

async function write(shape, keys) {
  const data = toWrite(shape, keys.length);
  const written = reads === "objects"
    ? await client.batchWrite(keys.map((key, i) => ({ key, bins: data[i] })))
    : await client.batchWriteColumns(keys, data);
  written.throwIfFailed();
}

async function load() {
  for (const shape of shapeNames) {
    for (let start = 0; start < RECORDS; start += LOAD_BATCH) {
      const keys = keysOf(setOf(shape), start, LOAD_BATCH);
      const rows = await client.batchWrite(keys.map((key, i) => ({ key, bins: SHAPES[shape].bins(start + i) })));
      rows.throwIfFailed();
    }
  }
}

async function answer({ case: what, shape, keys: count, inFlight, seconds }) {
  const writeSet = shape && `${writeSetOf(name)}-${shapeNames.indexOf(shape)}`;
  switch (what) {
    case "load":
      await load();
      return {};
    case "sample":
      return { rows: await rowsOf(shape, keysOf(setOf(shape), 0, count)) };
    case "sample write": {
      const keys = keysOf(writeSet, 0, count);
      await write(shape, keys);
      return { rows: (await client.batchRead(keys)).toArray().map(({ record }) => canonical(record?.bins)) };
    }
    case "read":
      return await sustain(inFlight, seconds, async (n) => {
        const start = startOf(n, count);
        const { count: found, sum } = await read(shape, keysOf(setOf(shape), start, count));
        const wanted = SUMS[shape][start + count] - SUMS[shape][start];
        if (found !== count || sum !== wanted) {
          throw new Error(`${shape}, ${count} keys: ${found} found, sum ${sum} instead of ${wanted}`);
        }
      });
    case "write":
      return await sustain(inFlight, seconds, () => write(shape, keysOf(writeSet, 0, count)));
    default:
      throw new Error(`no such case: ${what}`);
  }
}

await serve(`aerospike-ts on ${deno ? `deno ${deno}` : `bun ${bun}`}, ${reads}`, answer);
await client.close();
