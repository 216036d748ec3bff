// The cases of `kv`, `ladder` and `latency`, over a client that offers `get`, `put` and `batch`. Keys are made anew for each command, as an
// application makes them. Every answer is checked: a fast wrong answer is not an answer.
import process from "node:process";
import { binsOf, canonical, PUT_KEYS, PUT_SET, RECORDS, setOf, userKeyOf } from "../records.mjs";
import { SIZE_PUT_KEYS, SIZE_RECORDS, SIZE_SET, sizedBinsOf, sizedKeyOf } from "../sized-records.mjs";
import { sustain } from "./protocol.mjs";

const LOAD_IN_FLIGHT = 64;
/** A stride that shares no factor with the number of records, so that neighbours in time are none in the keys. */
const STRIDE = 7_919;

const USER_KEYS = Array.from({ length: RECORDS }, (_, i) => userKeyOf(i));
const SET_NAMES = Array.from({ length: RECORDS }, (_, i) => setOf(i));

function check(bins, i) {
  if (bins?.id !== i) {
    throw new Error(`record ${i} was read as ${bins && canonical(bins)}`);
  }
}

/** The first and the last bin, whole, and how many there are: a fast client must not be the one that reads less. */
function checkSized(bins, size, i, wanted) {
  const last = `b${size.bins - 1}`;
  const same = bins?.b0 === wanted.b0 && bins[last] === wanted[last] && Object.keys(bins).length === size.bins;
  if (!same) throw new Error(`record ${sizedKeyOf(size, i)} was not read as it was written`);
}

/** Runs `operation(i)` for `count` numbers, so many at a time. */
async function forEach(count, operation) {
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < count; i = next++) await operation(i);
  };
  await Promise.all(Array.from({ length: LOAD_IN_FLIGHT }, lane));
}

/**
 * Answers one request.
 *
 * @template K
 * @param {{
 *   key(set: string, userKey: string): K,
 *   get(key: K): Promise<any>,
 *   put(key: K, bins: Record<string, number | string>): Promise<unknown>,
 *   batch(keys: K[]): Promise<any[]>,
 * }} client `get` and the rows of `batch` give bins
 * @param {any} request
 * @returns {Promise<object>}
 */
export async function answer(client, request) {
  const key = (i) => client.key(SET_NAMES[i], USER_KEYS[i]);
  switch (request.case) {
    case "load": {
      await forEach(request.records ?? RECORDS, (i) => client.put(key(i), binsOf(i)));
      return {};
    }
    case "load sized": {
      const { size } = request;
      await forEach(SIZE_RECORDS, (i) => client.put(client.key(SIZE_SET, sizedKeyOf(size, i)), sizedBinsOf(size, i)));
      return {};
    }
    case "sized get": {
      const { size } = request;
      const keys = Array.from({ length: SIZE_RECORDS }, (_, i) => sizedKeyOf(size, i));
      const wanted = keys.map((_, i) => sizedBinsOf(size, i));
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const i = (n * STRIDE) % SIZE_RECORDS;
        checkSized(await client.get(client.key(SIZE_SET, keys[i])), size, i, wanted[i]);
      });
    }
    case "sized put": {
      const { size } = request;
      const keys = Array.from(
        { length: SIZE_PUT_KEYS },
        (_, i) => `${process.env.BENCH_CLIENT}:${sizedKeyOf(size, i)}`,
      );
      const bins = keys.map((_, i) => sizedBinsOf(size, i));
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const i = n % SIZE_PUT_KEYS;
        await client.put(client.key(SIZE_SET, keys[i]), bins[i]);
      });
    }
    case "sample": {
      // In one turn, so that a client which joins reads is seen to tell them apart again.
      const gets = await Promise.all(request.records.map((i) => client.get(key(i))));
      return { gets, rows: await client.batch(request.records.map(key)) };
    }
    case "get":
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const i = (n * STRIDE) % RECORDS;
        check(await client.get(key(i)), i);
      });
    case "put": {
      const keys = Array.from(
        { length: PUT_KEYS },
        (_, i) => `${process.env.BENCH_CLIENT}:${i}`,
      );
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const i = n % PUT_KEYS;
        await client.put(client.key(PUT_SET, keys[i]), binsOf(i));
      });
    }
    case "batch": {
      const starts = RECORDS / request.keys;
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const start = ((n * STRIDE) % starts) * request.keys;
        const keys = [];
        for (let i = 0; i < request.keys; i++) keys.push(key(start + i));
        const rows = await client.batch(keys);
        if (rows.length !== request.keys) {
          throw new Error(`${rows.length} rows for ${request.keys} keys`);
        }
        for (let i = 0; i < request.keys; i++) check(rows[i], start + i);
      });
    }
    default:
      throw new Error(`no such case: ${request.case}`);
  }
}
