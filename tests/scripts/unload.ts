/**
 * Opens a native library, closes it again and prints whether it is mapped still. Argument: its file.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

const [file = ""] = process.argv.slice(2);
const runtime = globalThis as { Deno?: { dlopen(file: string, symbols: object): { close(): void } } };
if (runtime.Deno !== undefined) runtime.Deno.dlopen(file, {}).close();
else {
  const { dlopen } = await import("bun:ffi");
  dlopen(file, { aef_abi_version: { args: [], returns: "u32" } }).close();
}
console.log(readFileSync("/proc/self/maps", "utf8").includes(file) ? "mapped" : "unmapped");
