/**
 * Compares the emulator with the server that AEROSPIKE_HOSTS names: `run.ts FAMILY SEQUENCES SEED`, all families when
 * none is named. Ends with 1 when they differ.
 *
 * @module
 */
import process from "node:process";
import { Emulator } from "../../emulator/mod.ts";
import { entry } from "./corpus.ts";
import { differences } from "./differential.ts";
import { FAMILIES, sequences } from "./families.ts";

const hosts = process.env["AEROSPIKE_HOSTS"];
if (!hosts) throw new Error("AEROSPIKE_HOSTS names no server to compare with");
const [named, count = "1000", seed = `${Date.now() % 1e6}`, most = "5"] = process.argv.slice(2);
const families = named === undefined || named === "all" ? Object.keys(FAMILIES) : [named];
await using emulator = await Emulator.start();
let differ = 0;
for (const family of families) {
  const targets = [{ name: "server  ", hosts }, { name: "emulator", hosts: emulator.hosts }] as const;
  const found = await differences(
    targets,
    "differential",
    sequences(family, Number(seed), Number(count)),
    Number(most),
  );
  for (const { text, sequence, answers } of found) {
    console.log(`\n${family} differs\n${text}`);
    if (process.env["DIFFERENTIAL_ENTRIES"]) {
      console.log(entry({ what: family, sequence, answers: answers["server  "] ?? [] }));
    }
  }
  differ += found.length;
  console.log(`${family}: ${count} sequences from seed ${seed}, ${found.length} differ`);
}
process.exitCode = differ === 0 ? 0 : 1;
