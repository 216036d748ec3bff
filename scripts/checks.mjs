// Runs checks one after another, adds up what they passed and failed, and says so in the last line.
import { spawn } from "node:child_process";
import process from "node:process";
import { root } from "./setup.mjs";

const KILL_GRACE_MS = 5_000;

/** How each runner says what it counted. */
const COUNTS = {
  // "test result: ok. 12 passed; 0 failed; 0 ignored; ..." once for each test binary
  cargo: (text) => sum(text, /^test result: \w+\. (\d+) passed; (\d+) failed/gm),
  // "ok | 34 passed | 0 failed (2s)"
  deno: (text) => sum(text, /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm),
  // " 34 pass\n 0 fail"
  bun: (text) => ({ passed: total(text, /^ *(\d+) pass$/gm), failed: total(text, /^ *(\d+) fail$/gm) }),
  // one check, by its exit code
  exit: () => ({ passed: 0, failed: 0 }),
};

function total(text, pattern) {
  return [...text.matchAll(pattern)].reduce((n, match) => n + Number(match[1]), 0);
}

function sum(text, pattern) {
  const found = { passed: 0, failed: 0 };
  for (const match of text.matchAll(pattern)) {
    found.passed += Number(match[1]);
    found.failed += Number(match[2]);
  }
  return found;
}

export class Checks {
  #passed = 0;
  #failed = 0;
  #rows = [];

  /** Runs one command; `counts` names the runner whose numbers its output holds. */
  async run(name, command, args, { counts = "exit", env = {}, cwd = root, timeoutMs = 900_000 } = {}) {
    console.log(`\n== ${name}`);
    const started = performance.now();
    const { status, text } = await output(command, args, { env: { ...process.env, ...env }, cwd }, timeoutMs);
    // Colour codes would hide the counts.
    // deno-lint-ignore no-control-regex
    let { passed, failed } = COUNTS[counts](text.replace(/\x1b\[[0-9;]*m/g, ""));
    if (counts === "exit") status === 0 ? passed++ : failed++;
    // A runner that failed without counting a failure did not run what it should; one that counted nothing ran nothing.
    else if ((status !== 0 && failed === 0) || passed + failed === 0) failed++;
    this.add(name, passed, failed, (performance.now() - started) / 1000);
    return failed === 0;
  }

  add(name, passed, failed, seconds = 0) {
    this.#passed += passed;
    this.#failed += failed;
    this.#rows.push(
      `${failed === 0 ? "ok    " : "FAILED"} ${name}: ${passed} passed, ${failed} failed (${seconds.toFixed(1)} s)`,
    );
    console.log(this.#rows.at(-1));
  }

  leftOut(name, needs) {
    this.#rows.push(`left out: ${name} (needs ${needs})`);
    console.log(this.#rows.at(-1));
  }

  /** Prints the summary and sets the exit code. */
  end() {
    console.log(`\n${this.#rows.join("\n")}\n`);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    process.exitCode = this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}

function output(command, args, options, timeoutMs) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    const take = (stream) => (chunk) => {
      text += chunk;
      stream.write(chunk);
    };
    child.stdout.on("data", take(process.stdout));
    child.stderr.on("data", take(process.stderr));
    const timer = setTimeout(() => {
      text += `\nended after ${timeoutMs} ms`;
      console.error(`${command} ${args.join(" ")}: no end after ${timeoutMs} ms`);
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), KILL_GRACE_MS).unref();
    }, timeoutMs);
    child.on("error", (error) => {
      clearTimeout(timer);
      console.error(error.message);
      resolve({ status: 127, text });
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, text });
    });
  });
}
