// The README's example in Deno with no more than the permissions that the README names.
import process from "node:process";
import { startEmulator } from "./emulator-process.mjs";
import { deno, libraryName, release } from "./setup.mjs";

export async function runWithPermissions(checks) {
  const server = process.env.AEROSPIKE_HOSTS ? undefined : await startEmulator();
  const env = server ? { AEROSPIKE_HOSTS: server.hosts } : {};
  const run = (name, program) =>
    checks.run(name, deno, [
      ...["run", "--no-prompt", "--no-check", `--allow-ffi=${release}${libraryName}`],
      ...["--allow-env=AEROSPIKE_HOSTS,AEROSPIKE_FFI_LIBRARY", program],
    ], { env, timeoutMs: 60_000 });
  try {
    await run("README example, permissions scoped to the library", "examples/first.ts");
    await run("callback wake without the permission for it", "tests/scripts/scoped-callback.ts");
  } finally {
    await server?.stop();
  }
}
