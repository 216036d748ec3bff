/**
 * The emulator's library under Bun.
 *
 * @module
 */
import { bunFfi } from "../bun/runtime.ts";
import type { EmulatorSymbols } from "./library.ts";

/** Loads the library at a path; throws Bun's own error when that fails. */
export function open(path: string): EmulatorSymbols {
  const { symbols } = bunFfi().dlopen(path, {
    aee_abi_version: { args: [], returns: "u32" },
    aee_call: { args: ["ptr", "u32"], returns: "u32" },
    aee_result_len: { args: ["u32"], returns: "u32" },
    aee_result_copy: { args: ["u32", "ptr", "u32"], returns: "i32" },
  });
  return symbols as EmulatorSymbols;
}
