/**
 * The runtime that the suite runs in.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Binding, WakeMode } from "../../src/binding.ts";

/** Whether this is Bun; else it is Deno. */
export const isBun: boolean = process.versions["bun"] !== undefined;

/** This runtime's binding. */
export const binding: Binding = isBun
  ? (await import("../../bun/binding.ts")).binding
  : (await import("../../deno/binding.ts")).binding;

/** The ways in which this runtime can wake its thread. */
export const WAKES: readonly WakeMode[] = isBun ? ["callback", "socket"] : ["wait", "callback"];

/** What a script printed and how it ended. */
export interface Ended {
  /** Its exit code, or null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const END_MS = 60_000;

/** Runs a script of tests/scripts in a process of its own, in the same runtime. */
export function runScript(name: string, ...args: string[]): Promise<Ended> {
  return runScriptWith({}, name, ...args);
}

/** The same with these variables in its environment, which the native library reads too. */
export function runScriptWith(env: Record<string, string>, name: string, ...args: string[]): Promise<Ended> {
  const file = fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));
  const flags = isBun ? ["run"] : ["run", "-A", "--no-check"];
  return run(process.execPath, [...flags, file, ...args], env);
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => stdout += chunk);
    child.stderr.on("data", (chunk) => stderr += chunk);
    const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
