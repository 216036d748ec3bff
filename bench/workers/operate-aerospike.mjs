// The official client on Node, for `operate`.
import process from "node:process";
import Aerospike from "aerospike";
import { connectAerospike, version } from "./aerospike-client.mjs";
import { answer } from "./operate.mjs";
import { serve } from "./protocol.mjs";

const { AEROSPIKE_HOSTS: hosts, BENCH_NAMESPACE: namespace } = process.env;
const { lists, maps } = Aerospike;
const { VALUE } = maps.returnType;

const client = await connectAerospike(hosts);
const measured = {
  put: (set, userKey, bins) => client.put(new Aerospike.Key(namespace, set, userKey), bins),
  // Where several operations are about a bin, what it gives has the last one's result.
  operate: async (set, userKey, operations) => {
    const { bins } = await client.operate(new Aerospike.Key(namespace, set, userKey), operations);
    return bins[operations[0].bin];
  },
  listRange: (index, count) => [lists.getRange("list", index, count)],
  listKeep: (value, count) => [lists.append("list", value), lists.trim("list", -count, count), lists.size("list")],
  mapHighest: (count) => [maps.getByRankRange("map", -count, count, VALUE)],
  mapPut: (
    key,
    value,
  ) => [maps.increment("map", "k10", 1), maps.put("map", key, value), maps.getByKey("map", key, VALUE)],
};

await serve(version, (request) => answer(measured, request));
client.close();
Aerospike.releaseEventLoop();
