// The ways in which this project's client reads a request.
import process from "node:process";
import { connect, Key } from "../../mod.ts";
import { rowsOfColumns, touchColumns } from "../feature-columns.mjs";
import { KEYS_PER_SET, SCHEMA } from "../features.mjs";
import { CANDIDATES, emptyDense, putDense } from "./candidates.mjs";
import { denseOfObjects, partsOf, touchObjects } from "./object-features.mjs";

const TIMEOUT_MS = 10_000;

const binsOfRows = (rows) => rows.toArray().map(({ record }) => record?.bins);

function denseOfColumns({ columns, codes, length }) {
  const { imp, clk, ctr, cvr, emb } = columns;
  const width = emb.length / length;
  const dense = emptyDense();
  for (let row = 0; row < CANDIDATES; row++) {
    if (codes[row] !== 0) continue;
    const at = row * width;
    putDense(dense, row, imp[row], clk[row], ctr[row], cvr[row], emb[at], emb[at + 1], emb[at + 2]);
  }
  return dense;
}

const objects = { touch: touchObjects, dense: denseOfObjects, rows: (read) => read, sums: "eager" };
const WAYS = {
  nine: (client) => ({
    ...objects,
    read: async (keys) =>
      (await Promise.all(partsOf(keys, KEYS_PER_SET).map((part) => client.batchRead(part)))).flatMap(binsOfRows),
  }),
  batch: (client) => ({ ...objects, read: async (keys) => binsOfRows(await client.batchRead(keys)) }),
  /** Nine calls of code that reads record by record: `autoBatch` joins what they read in one turn of the event loop. */
  joined: (client) => {
    const readSet = (keys) => Promise.all(keys.map(async (key) => (await client.get(key))?.bins));
    return { ...objects, read: async (keys) => (await Promise.all(partsOf(keys, KEYS_PER_SET).map(readSet))).flat() };
  },
  columns: (client) => ({
    read: (keys) => client.batchReadColumns(keys, SCHEMA),
    ...{ touch: touchColumns, dense: denseOfColumns, rows: rowsOfColumns, sums: "columns" },
  }),
};

/** The options of a client that reads in one of the ways. */
export function clientOptions(reads) {
  const policy = { totalTimeout: TIMEOUT_MS };
  return { autoBatch: reads === "joined", policies: { read: policy, write: policy, batch: policy } };
}

/** Connects, and gives the reader that `reads` names: see `replica.mjs`. */
export async function openReader({ hosts, namespace, reads }) {
  return readerOf(await connect({ hosts, ...clientOptions(reads) }), { namespace, reads });
}

/** The reader that `reads` names, over a client that is there. */
export function readerOf(client, { namespace, reads }) {
  if (!Object.hasOwn(WAYS, reads)) throw new Error(`this client has no way to read ${reads}`);
  const { deno, bun } = process.versions;
  return {
    version: `aerospike-ts on ${deno ? `deno ${deno}` : `bun ${bun}`}, ${reads}`,
    key: (set, userKey) => new Key(namespace, set, userKey),
    put: (key, bins) => client.put(key, bins),
    ...WAYS[reads](client),
    close: () => client.close(),
  };
}
