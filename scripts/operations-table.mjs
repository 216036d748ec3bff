// Writes docs/operations.md: what other clients have, and what stands for it here. With --names, reads first what npm's
// `aerospike` and PyPI's `aerospike-py` have, which need to be installed; core's names come from
// `UPDATE_OPERATIONS=1 cargo test --test operations`.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { Checks } from "./checks.mjs";
import { findPeers } from "../tests/interop/peers.mjs";
import { namesFile, namesOf } from "../tests/operations-table/peer-names.mjs";
import { deno, must, root } from "./setup.mjs";

if (process.argv.includes("--names")) {
  writeFileSync(namesFile, `${JSON.stringify(namesOf(findPeers(new Checks())), null, 2)}\n`);
}
must(deno, ["run", "--no-check", "--allow-read", "--allow-write=docs", `${root}tests/operations-table/write.ts`]);
// npm's client keeps a thread of its own.
process.exit();
