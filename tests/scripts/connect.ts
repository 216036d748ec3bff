// Connects with the hosts of the environment, or with those that are given, and says how that went.
import process from "node:process";
import { AerospikeError, connect } from "../../mod.ts";

const [environment = "", option = "-"] = process.argv.slice(2);
process.env["AEROSPIKE_HOSTS"] = environment;
try {
  await using client = await connect({ connectTimeout: 5_000, ...(option === "-" ? {} : { hosts: option }) });
  await client.info("node");
  console.log("connected");
} catch (error) {
  console.log(AerospikeError.is(error) ? `${error.name}: ${error.message}` : String(error));
}
