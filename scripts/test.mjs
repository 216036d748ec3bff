// `npm test`: all set-up, then everything that does not take long. The last line is "N passed, N failed".
import { Checks } from "./checks.mjs";
import { bun, deno, manifest, setup } from "./setup.mjs";
import { runClientInC } from "./client-in-c.mjs";
import { runWithPermissions } from "./permissions.mjs";
import { inBun, inDeno, testFiles, typeScriptFiles } from "./suite.mjs";
import process from "node:process";

setup();

const checks = new Checks();
const suite = testFiles("tests");
const only = process.argv.slice(2);

const steps = {
  rust: async () => {
    await checks.run("rustfmt", "cargo", ["fmt", "--manifest-path", manifest, "--all", "--check"]);
    await checks.run("clippy", "cargo", [
      ...["clippy", "--manifest-path", manifest, "--locked", "--release", "--workspace", "--all-targets"],
      ...["--", "-D", "warnings"],
    ]);
    await checks.run("cargo test", "cargo", [
      "test",
      "--manifest-path",
      manifest,
      "--locked",
      "--release",
      "--workspace",
    ], {
      counts: "cargo",
    });
  },
  c: () => runClientInC(checks),
  types: async () => {
    await checks.run("deno fmt", deno, ["fmt", "--check"]);
    await checks.run("deno lint", deno, ["lint"]);
    // By name: JavaScript beside them imports packages that are installed for benchmarks only.
    const folders = ["src", "deno", "bun", "emulator", "arrow", "examples", "tests", "bench"];
    await checks.run("deno check", deno, ["check", "mod.ts", ...folders.flatMap(typeScriptFiles)]);
    const documented = ["src", "emulator", "arrow"].flatMap(typeScriptFiles);
    await checks.run("examples in the documentation", deno, ["check", "--doc-only", "mod.ts", ...documented]);
    await checks.run("deno doc --lint", deno, ["doc", "--lint", "mod.ts", "emulator/mod.ts", "arrow/mod.ts"]);
    await checks.run("deno publish --dry-run", deno, ["publish", "--dry-run", "--allow-dirty"]);
  },
  deno: async () => {
    await inDeno(checks, "suite in Deno", deno, suite);
    await runWithPermissions(checks);
  },
  bun: () => inBun(checks, "suite in Bun", bun, suite),
};

for (const [name, step] of Object.entries(steps)) {
  if (only.length === 0 || only.includes(name)) await step();
}
checks.end();
