// The files of the suite, and how each runtime runs them.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { root } from "./setup.mjs";

/** Longest time of one test; Bun's own limit is five seconds. */
const TEST_MS = 180_000;

export function testFiles(folder) {
  const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  return readdirSync(path).filter((name) => name.endsWith(".test.ts")).sort().map((name) => `${folder}/${name}`);
}

/** Every TypeScript file below a folder, without what npm installed there. */
export function typeScriptFiles(folder) {
  return readdirSync(fileURLToPath(new URL(`../${folder}/`, import.meta.url)), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => `${folder}/${name}`);
}

/** Runs test files in a Deno. */
export function inDeno(checks, name, deno, files, options = {}) {
  const flags = ["test", "-A", "--no-check", "--v8-flags=--expose-gc"];
  return checks.run(name, deno, [...flags, ...files], { counts: "deno", cwd: root, ...options });
}

/** Runs test files in a Bun. */
export function inBun(checks, name, bun, files, options = {}) {
  const flags = ["test", "--timeout", String(TEST_MS)];
  return checks.run(name, bun, [...flags, ...files.map((file) => `./${file}`)], {
    counts: "bun",
    cwd: root,
    ...options,
  });
}
