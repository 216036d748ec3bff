// The npm package `aerospike`, connected; it is among the packages of the benchmarks.
import { createRequire } from "node:module";

export const Aerospike = createRequire(new URL("../../bench/package.json", import.meta.url))("aerospike");

export function connect(hosts) {
  // Its default of a second is short on a machine that is busy with other tests.
  const patient = { totalTimeout: 20_000, socketTimeout: 20_000 };
  return Aerospike.connect({
    hosts,
    log: { level: Aerospike.log.OFF },
    policies: {
      read: new Aerospike.ReadPolicy(patient),
      write: new Aerospike.WritePolicy(patient),
      remove: new Aerospike.RemovePolicy(patient),
      operate: new Aerospike.OperatePolicy(patient),
      batch: new Aerospike.BatchPolicy(patient),
      batchParentWrite: new Aerospike.BatchPolicy(patient),
    },
  });
}
