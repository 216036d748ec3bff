// The ways in which the official client reads a request: tuned as in `kv`.
import Aerospike from "aerospike";
import { KEYS_PER_SET } from "../features.mjs";
import { connectAerospike, putFeatures, readBins, version } from "../workers/aerospike-client.mjs";
import { denseOfObjects, partsOf, touchObjects } from "./object-features.mjs";

/** Connects, and gives the reader that `reads` names: see `replica.mjs`. */
export async function openReader({ hosts, namespace, reads }) {
  const client = await connectAerospike(hosts);
  const batch = (keys) => readBins(client, keys);
  const ways = {
    nine: async (keys) => (await Promise.all(partsOf(keys, KEYS_PER_SET).map(batch))).flat(),
    batch,
  };
  if (!Object.hasOwn(ways, reads)) throw new Error(`npm aerospike has no way to read ${reads}`);
  return {
    version: `${version}, ${reads}`,
    key: (set, userKey) => new Aerospike.Key(namespace, set, userKey),
    put: (key, bins) => putFeatures(client, key, bins),
    read: ways[reads],
    ...{ touch: touchObjects, dense: denseOfObjects, rows: (read) => read, sums: "eager" },
    close: () => {
      client.close();
      Aerospike.releaseEventLoop();
    },
  };
}
