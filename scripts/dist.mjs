// The library as users get it: small enough, and working. Its build takes minutes, so it belongs to the long tests.
import { statSync } from "node:fs";
import { bun, deno, libraryName, manifest, root } from "./setup.mjs";
import { inBun, inDeno } from "./suite.mjs";

const LIMIT_BYTES = 6_000_000;

export async function runDist(checks) {
  const args = ["build", "--profile", "dist", "--locked", "--manifest-path", manifest, "-p", "aerospike-ffi"];
  if (!await checks.run("library for users", "cargo", args)) return;
  const library = `${root}rust/target/dist/${libraryName}`;
  const { size } = statSync(library);
  console.log(`${library.slice(root.length)}: ${size} bytes, at most ${LIMIT_BYTES}`);
  checks.add("size of the library for users", Number(size <= LIMIT_BYTES), Number(size > LIMIT_BYTES));
  const env = { AEROSPIKE_FFI_LIBRARY: library };
  const suite = ["tests/binding.test.ts", "tests/roundtrip.test.ts", "tests/errors.test.ts"];
  await inDeno(checks, "library for users in Deno", deno, suite, { env });
  await inBun(checks, "library for users in Bun", bun, suite, { env });
}
