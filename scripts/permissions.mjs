// The README's example in Deno with no more than the permissions that the README names.
import process from "node:process";
import { startEmulator } from "./emulator-process.mjs";
import { deno, release } from "./setup.mjs";

const LIBRARY = { darwin: "libaerospike_ffi.dylib", win32: "aerospike_ffi.dll" }[process.platform] ??
  "libaerospike_ffi.so";

export async function runWithPermissions(checks) {
  const server = process.env.AEROSPIKE_HOSTS ? undefined : await startEmulator();
  const env = server ? { AEROSPIKE_HOSTS: server.hosts } : {};
  const program = ["--no-prompt", "--no-check", "examples/first.ts"];
  const variables = "--allow-env=AEROSPIKE_HOSTS,AEROSPIKE_FFI_LIBRARY";
  try {
    await checks.run("README example, permissions scoped to the library", deno, [
      ...["run", `--allow-ffi=${release}${LIBRARY}`, variables],
      ...program,
    ], { env, timeoutMs: 60_000 });
  } finally {
    await server?.stop();
  }
}
