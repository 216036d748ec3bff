// The cases of `nine`, over a client that reads all keys of a request and adds up what it read. Keys are made anew for
// each request, as an application makes them. Every answer is checked: a fast wrong answer is not an answer.
import { binsOf, canonical, EXPECTED, first, isFound, KEYS, REQUESTS, setOf, userKeyOf } from "../features.mjs";
import { sustain } from "./protocol.mjs";

const LOAD_IN_FLIGHT = 64;
const RECORDS = REQUESTS * KEYS;
const USER_KEYS = Array.from({ length: RECORDS }, (_, i) => userKeyOf(i));
const SET_NAMES = Array.from({ length: RECORDS }, (_, i) => setOf(i));

/**
 * Answers one request.
 *
 * @template K
 * @param {{
 *   key(set: string, userKey: string): K,
 *   put(key: K, bins: Record<string, unknown>): Promise<unknown>,
 *   reads: "eager" | "lazy" | "columns",
 *   read(keys: K[]): Promise<{ found: number, sum: number }>,
 *   rows(keys: K[]): Promise<any[]>,
 * }} client `read` is what is timed; `rows` gives the bins of each key in the client's way to read, or nothing
 * @param {any} request
 * @returns {Promise<object>}
 */
export async function answer(client, request) {
  const keysOf = (r) => {
    const start = first(r);
    const keys = [];
    for (let i = start; i < start + KEYS; i++) keys.push(client.key(SET_NAMES[i], USER_KEYS[i]));
    return keys;
  };
  switch (request.case) {
    case "load": {
      let next = 0;
      const lane = async () => {
        for (let i = next++; i < RECORDS; i = next++) {
          if (isFound(i)) await client.put(client.key(SET_NAMES[i], USER_KEYS[i]), binsOf(i));
        }
      };
      await Promise.all(Array.from({ length: LOAD_IN_FLIGHT }, lane));
      return {};
    }
    case "sample":
      return { rows: (await client.rows(keysOf(request.request))).map(canonical) };
    case "read":
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const expected = EXPECTED[n % REQUESTS];
        const { found, sum } = await client.read(keysOf(n));
        if (found !== expected.found || sum !== expected[client.reads]) {
          throw new Error(`request ${n % REQUESTS}: ${found} found, sum ${sum}; it is ${JSON.stringify(expected)}`);
        }
      });
    default:
      throw new Error(`no such case: ${request.case}`);
  }
}
