/**
 * The emulator's library under Deno.
 *
 * @module
 */
import type { EmulatorSymbols } from "./library.ts";

/** Loads the library at a path; throws Deno's own error when that fails. */
export function open(path: string): EmulatorSymbols {
  return Deno.dlopen(path, {
    aee_abi_version: { parameters: [], result: "u32" },
    aee_call: { parameters: ["buffer", "u32"], result: "u32" },
    aee_result_len: { parameters: ["u32"], result: "u32" },
    aee_result_copy: { parameters: ["u32", "buffer", "u32"], result: "i32" },
  }).symbols;
}
