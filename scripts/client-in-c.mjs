// Compiles the C program in tests/ against the header and runs it on the emulator (or AEROSPIKE_HOSTS).
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { startEmulator } from "./emulator-process.mjs";
import { release, root } from "./setup.mjs";

export async function runClientInC(checks) {
  const compiler = process.env.CC ?? "cc";
  if (spawnSync(compiler, ["--version"]).error) return checks.leftOut("client in C", "a C compiler");
  const folder = mkdtempSync(join(tmpdir(), "aerospike-ts-"));
  const program = join(folder, "client");
  const server = process.env.AEROSPIKE_HOSTS ? undefined : await startEmulator();
  try {
    const built = await checks.run("compile the client in C", compiler, [
      ...["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", `-I${root}rust/ffi/include`, `${root}tests/c/client.c`],
      ...["-o", program, `-L${release}`, "-laerospike_ffi", `-Wl,-rpath,${release}`, "-lpthread"],
    ]);
    if (!built) return;
    const [host, port] = (server?.hosts ?? process.env.AEROSPIKE_HOSTS.split(",")[0]).split(":");
    await checks.run("client in C", program, [host, port ?? "3000"], { timeoutMs: 60_000 });
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true });
  }
}
