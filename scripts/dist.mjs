// The library as users get it: small enough, and working. Its build takes minutes, so it belongs to the long tests.
import { statSync } from "node:fs";
import { bun, deno, DIST, distLibrary, root } from "./setup.mjs";
import { inBun, inDeno } from "./suite.mjs";

const LIMIT_BYTES = 6_000_000;

export async function runDist(checks) {
  if (!await checks.run("library for users", "cargo", DIST)) return;
  const { size } = statSync(distLibrary);
  console.log(`${distLibrary.slice(root.length)}: ${size} bytes, at most ${LIMIT_BYTES}`);
  checks.add("size of the library for users", Number(size <= LIMIT_BYTES), Number(size > LIMIT_BYTES));
  const env = { AEROSPIKE_FFI_LIBRARY: distLibrary };
  const suite = ["tests/binding.test.ts", "tests/roundtrip.test.ts", "tests/errors.test.ts"];
  await inDeno(checks, "library for users in Deno", deno, suite, { env });
  await inBun(checks, "library for users in Bun", bun, suite, { env });
}
