// The cases of `kv`, over a client that offers `get`, `put` and `batch`. Keys are made anew for each command, as an
// application makes them. Every answer is checked: a fast wrong answer is not an answer.
import process from "node:process";
import { binsOf, canonical, PUT_KEYS, PUT_SET, RECORDS, setOf, userKeyOf } from "../records.mjs";
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
      let next = 0;
      const lane = async () => {
        for (let i = next++; i < RECORDS; i = next++) {
          await client.put(key(i), binsOf(i));
        }
      };
      await Promise.all(Array.from({ length: LOAD_IN_FLIGHT }, lane));
      return {};
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
