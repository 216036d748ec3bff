import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);

/** Built from parts, so that this file does not find itself. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  [
    "a path of a machine",
    new RegExp(["/ro", "ot/|/ho", "me/\\w|/wo", "rk/|/op", "t/\\w|\\b[A-Z]:\\\\Us", "ers"].join("")),
  ],
  ["a registry's host", new RegExp(["registry\\.npm", "js|static\\.cra", "tes\\.io|index\\.cra", "tes\\.io"].join(""))],
  ["a lock file's download address", new RegExp(['"resol', 'ved": "http'].join(""))],
];

test("nothing committed names a path of a machine or a registry's host", () => {
  const found: string[] = [];
  for (const file of committed) {
    let text: string;
    try {
      text = readFileSync(`${root}${file}`, "utf8");
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") continue; // deleted, not yet committed
      throw error;
    }
    text.split("\n").forEach((line, i) => {
      for (const [what, pattern] of FORBIDDEN) {
        if (pattern.test(line)) found.push(`${file}:${i + 1}: ${what}: ${line.trim().slice(0, 100)}`);
      }
    });
  }
  assertEquals(found, []);
});

test("no lock file of a runtime is committed: they name hosts", () => {
  assertEquals(committed.filter((file) => /(^|\/)(deno\.lock|bun\.lockb?)$/.test(file)), []);
});
