// The cases of `operate`, over a client that makes the operations and gives the last result of what it was asked. Every
// answer is checked: a fast wrong answer is not an answer.
import process from "node:process";
import { COUNT, keyOf, LIST, MAP, OPERATE_SET, RECORDS, TAKEN } from "../operate-records.mjs";
import { sustain } from "./protocol.mjs";

const LOAD_IN_FLIGHT = 64;

/** What each case asks for, and what the last of its results has to be. */
const CASES = {
  "list read": {
    operations: (client, n) => client.listRange(n % (COUNT - TAKEN), TAKEN),
    wanted: (n) => LIST.slice(n % (COUNT - TAKEN), n % (COUNT - TAKEN) + TAKEN),
  },
  "list write": { operations: (client, n) => client.listKeep(n, COUNT), wanted: () => COUNT },
  "map read": { operations: (client) => client.mapHighest(TAKEN), wanted: () => Object.values(MAP).slice(-TAKEN) },
  "map write": { operations: (client, n) => client.mapPut(`k${10 + n % COUNT}`, n), wanted: (n) => n },
};

function check(what, answer, wanted) {
  const same = Array.isArray(wanted)
    ? Array.isArray(answer) && answer.length === wanted.length && wanted.every((value, at) => value === answer[at])
    : answer === wanted;
  if (!same) throw new Error(`${what}: ${JSON.stringify(answer)} instead of ${JSON.stringify(wanted)}`);
}

/**
 * Answers one request.
 *
 * @template O
 * @param {{
 *   put(set: string, userKey: string, bins: object): Promise<unknown>,
 *   operate(set: string, userKey: string, operations: O[]): Promise<any>,
 *   listRange(index: number, count: number): O[],
 *   listKeep(value: number, count: number): O[],
 *   mapHighest(count: number): O[],
 *   mapPut(key: string, value: number): O[],
 * }} client `operate` gives the last result
 * @param {any} request
 * @returns {Promise<object>}
 */
export async function answer(client, request) {
  const own = Array.from({ length: RECORDS }, (_, i) => `${process.env.BENCH_CLIENT}:${i}`);
  switch (request.case) {
    case "load": {
      const bins = { list: LIST, map: MAP };
      const keys = [...own, ...Array.from(own, (_, i) => keyOf(i))];
      const lane = async () => {
        for (let key = keys.pop(); key !== undefined; key = keys.pop()) await client.put(OPERATE_SET, key, bins);
      };
      await Promise.all(Array.from({ length: LOAD_IN_FLIGHT }, lane));
      return {};
    }
    case "sample": {
      for (const [what, { operations, wanted }] of Object.entries(CASES)) {
        for (let n = 0; n < request.count; n++) {
          const key = what.endsWith("write") ? own[n] : keyOf(n);
          check(what, await client.operate(OPERATE_SET, key, operations(client, n)), wanted(n));
        }
      }
      return {};
    }
    default: {
      const { operations, wanted } = CASES[request.case];
      const keys = request.case.endsWith("write") ? own : Array.from(own, (_, i) => keyOf(i));
      return await sustain(request.inFlight, request.seconds, async (n) => {
        const result = await client.operate(OPERATE_SET, keys[n % RECORDS], operations(client, n));
        check(request.case, result, wanted(n));
      });
    }
  }
}
