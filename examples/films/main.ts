/**
 * The demo: real films, loaded into two sets and read back in three ways, checked against their source.
 * Runs on an embedded emulator, or on the cluster that AEROSPIKE_HOSTS names.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import { type AerospikeRecord, type Client, connect, Key } from "../../mod.ts";
import { Emulator } from "../../emulator/mod.ts";
import { binsOf, checkTable, columnsOf, type Film, SETS } from "./bins.ts";
import { measure, type Measurement, table } from "./measure.ts";

const NAMESPACE = "test";
/** Films of one request: the keys are twice as many, one in each set. */
const FILMS_A_REQUEST = 200;
const IN_FLIGHT = 64;

const films = JSON.parse(
  readFileSync(new URL("../../node_modules/vega-datasets/data/movies.json", import.meta.url), "utf8"),
) as Film[];
checkTable(films);

const key = (row: number, set: string) => new Key(NAMESPACE, set, row);
const requests = Array.from(
  { length: Math.ceil(films.length / FILMS_A_REQUEST) },
  (_, i) => films.slice(i * FILMS_A_REQUEST, (i + 1) * FILMS_A_REQUEST).map((_, row) => i * FILMS_A_REQUEST + row),
);
const keysOf = (rows: readonly number[]) => rows.flatMap((row) => SETS.map((set) => key(row, set)));
const records = films.length * SETS.length;

function progress(done: number, of: number): void {
  if (process.stdout.isTTY) process.stdout.write(`\rloading ${done}/${of}${done === of ? "\n" : ""}`);
  else if (done === of || done % 2_000 < FILMS_A_REQUEST * SETS.length) console.log(`loading ${done}/${of}`);
}

function load(client: Client): Promise<Measurement> {
  return measure("load, batches", records, async (time) => {
    let done = 0;
    for (const rows of requests) {
      const writes = rows.flatMap((row) =>
        SETS.map((set) => ({ key: key(row, set), bins: binsOf(films[row] as Film, set) }))
      );
      (await time(() => client.batchWrite(writes, { recordExists: "replace" }))).throwIfFailed();
      progress(done += writes.length, records);
    }
  });
}

/** What was read, by row of the source and set. */
type Found = Map<string, AerospikeRecord | null>;
const nameOf = (key: Key) => `${key.set}/${key.userKey}`;

function readByKey(client: Client, found: Found): Promise<Measurement> {
  return measure(`get, ${IN_FLIGHT} in flight`, records, async (time) => {
    const keys = requests.flatMap(keysOf);
    let next = 0;
    await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
      for (let i = next++; i < keys.length; i = next++) {
        const key = keys[i] as Key;
        found.set(nameOf(key), await time(() => client.get(key)));
      }
    }));
  });
}

function readOneByOne(client: Client, found: Found): Promise<Measurement> {
  return measure("400 keys, one by one", records, async (time) => {
    for (const rows of requests) {
      const keys = keysOf(rows);
      const read = await time(() => Promise.all(keys.map((key) => client.get(key))));
      keys.forEach((key, i) => found.set(nameOf(key), read[i] ?? null));
    }
  });
}

function readByBatch(client: Client, found: Found): Promise<Measurement> {
  return measure("400 keys, one mixed batch", records, async (time) => {
    for (const rows of requests) {
      const read = await time(() => client.batchRead(keysOf(rows)));
      for (const row of read.throwIfFailed()) found.set(nameOf(row.key), row.record);
    }
  });
}

function check(found: Found, how: string): void {
  for (const [row, film] of films.entries()) {
    const read = Object.assign({}, ...SETS.map((set) => columnsOf(found.get(`${set}/${row}`)?.bins ?? null, set)));
    if (!isDeepStrictEqual({ ...film }, read)) {
      throw new Error(`row ${row}, ${how}: read ${JSON.stringify(read)}, the source has ${JSON.stringify(film)}`);
    }
  }
}

const external = process.env["AEROSPIKE_HOSTS"];
const server = external ? undefined : await Emulator.start();
const runtime = process.versions["bun"] ? `Bun ${process.versions["bun"]}` : `Deno ${process.versions["deno"]}`;
try {
  await using client = await connect({ hosts: server?.hosts ?? external ?? "" });
  console.log(`\n${runtime} on ${server ? `the embedded emulator at ${server.hosts}` : external}`);
  const measurements = [await load(client)];
  for (const read of [readByKey, readOneByOne, readByBatch]) {
    const found: Found = new Map();
    const measurement = await read(client, found);
    check(found, measurement.name);
    measurements.push(measurement);
  }
  console.log(table(measurements));
  console.log(`${films.length} films in ${SETS.length} sets: every column read back equals the source, three times`);
} finally {
  await server?.close();
}
