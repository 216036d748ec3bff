// The cases of `nine`, `A` and `competing`, over a client that reads all keys of a request and adds up what it read. Keys
// are made anew for each request, as an application makes them. Every answer is checked: a fast wrong answer is none.
import * as features from "../features.mjs";
import { Bystander, calibrate, Work } from "./work.mjs";
import { sustain } from "./protocol.mjs";

const { absentKeyOf, binsOf, canonical, expected, isFound, KEYS, REQUESTS, requestsOf, setOf, spanOf, userKeyOf } =
  features;

const LOAD_IN_FLIGHT = 64;
const RECORDS = REQUESTS * KEYS;
const USER_KEYS = Array.from({ length: RECORDS }, (_, i) => userKeyOf(i));
const ABSENT_KEYS = Array.from({ length: RECORDS }, (_, i) => absentKeyOf(i));
const SET_NAMES = Array.from({ length: RECORDS }, (_, i) => setOf(i));
const NOTHING = { found: 0, eager: 0, lazy: 0, columns: 0 };
/** By number of keys: what each request comes to, computed before a measurement begins. */
const EXPECTED = new Map();

function expectedOf(keys) {
  if (!EXPECTED.has(keys)) EXPECTED.set(keys, Array.from({ length: requestsOf(keys) }, (_, n) => expected(n, keys)));
  return EXPECTED.get(keys);
}

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
  const { keys: count = KEYS, absent = false } = request;
  const userKeys = absent ? ABSENT_KEYS : USER_KEYS;
  const keysOf = (n) => {
    const { start, step } = spanOf(n, count);
    const keys = [];
    for (let i = start; keys.length < count; i += step) keys.push(client.key(SET_NAMES[i], userKeys[i]));
    return keys;
  };
  const readChecked = async (wanted, n) => {
    const { found, sum } = await client.read(keysOf(n));
    const { found: count, [client.reads]: total } = absent ? NOTHING : wanted[n % wanted.length];
    if (found !== count || sum !== total) {
      throw new Error(`request ${n}: ${found} found, sum ${sum}; it is ${count} found, sum ${total}`);
    }
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
    case "read": {
      const wanted = expectedOf(count);
      return await sustain(request.inFlight, request.seconds, (n) => readChecked(wanted, n));
    }
    case "compete": {
      const wanted = expectedOf(count);
      const work = Work.ofMilliseconds(request.workMs, request.stepsPerMs);
      const bystander = new Bystander();
      const measured = await sustain(request.inFlight, request.seconds, async (n) => {
        await readChecked(wanted, n);
        work.do();
      });
      return { ...measured, ...bystander.stop() };
    }
    case "calibrate":
      return { stepsPerMs: calibrate() };
    default:
      throw new Error(`no such case: ${request.case}`);
  }
}
