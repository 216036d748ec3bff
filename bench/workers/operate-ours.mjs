// This project's client, for `operate`: the same file in Deno and in Bun.
import process from "node:process";
import { connect, Key, list, map } from "../../mod.ts";
import { CLIENT_OPTIONS, runtimeVersion } from "./nine-client.mjs";
import { answer } from "./operate.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;

const client = await connect({ hosts, ...CLIENT_OPTIONS });
const measured = {
  put: (set, userKey, bins) => client.put(new Key(namespace, set, userKey), bins),
  operate: async (set, userKey, operations) => {
    const { results } = await client.operate(new Key(namespace, set, userKey), operations);
    return results[results.length - 1];
  },
  listRange: (index, count) => [list.getRange("list", { index, count })],
  listKeep: (value, count) => [list.append("list", value), list.trim("list", -count, count), list.size("list")],
  mapHighest: (count) => [map.getByRankRange("map", { rank: -count, count }, { return: "values" })],
  mapPut: (key, value) => [map.increment("map", "k10", 1), map.put("map", key, value), map.getByKey("map", key)],
};

await serve(runtimeVersion, (request) => answer(measured, request));
await client.close();
