// docs/operations.md knows the names that the clients of others have. Where another version of one is installed, it says so.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { namesFile, namesOf } from "../operations-table/peer-names.mjs";

export function compareNames(checks, peers) {
  const kept = JSON.parse(readFileSync(namesFile, "utf8"));
  for (const [client, names] of Object.entries(namesOf(peers))) {
    const same = isDeepStrictEqual(kept[client], names);
    if (!same) console.log(`  ${client} has other names: node scripts/operations-table.mjs --names`);
    checks.add(`interop: the names of ${client}`, Number(same), Number(!same));
  }
}
