// The programs that take part: ours in each runtime, and the clients of others that are installed here.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { bun, deno, installPackages, root } from "../../scripts/setup.mjs";

const folder = `${root}tests/interop/`;
const TIMEOUT_MS = 120_000;
const WRONG_LINES = 10;

/** `{ name, command, args, operations, smoke? }` of each; what is not installed is left out, and that is said. */
export function findPeers(checks) {
  const peers = [
    ours("ours in Deno", deno, ["run", "-A", "--no-check"]),
    ours("ours in Bun", bun, ["run"]),
  ];
  try {
    // The benchmarks compare with the same package.
    installPackages(`${root}bench/`);
    peers.push(foreign("npm aerospike", process.execPath, "node.mjs"));
  } catch (error) {
    console.error(error.message);
    checks.leftOut("interop with npm aerospike", "its package, from npm");
  }
  for (const [name, module] of [["PyPI aerospike", "aerospike"], ["PyPI aerospike-py", "aerospike_py"]]) {
    const python = findPython(module);
    if (python) peers.push(foreign(name, python, `python_${module}.py`));
    else checks.leftOut(`interop with ${name}`, `Python with ${module}: python3, .interop-venv or AEROSPIKE_TS_PYTHON`);
  }
  return peers;
}

const ours = (name, command, args) => ({
  name,
  command,
  args: [...args, `${folder}ours.ts`],
  operations: [...args, `${folder}operations/ours.ts`],
});

const foreign = (name, command, file) => ({
  name,
  command,
  args: [`${folder}${file}`],
  operations: [`${folder}operations/${file}`],
  smoke: `${folder}smoke/${file}`,
});

function findPython(module) {
  const candidates = [process.env.AEROSPIKE_TS_PYTHON, `${root}.interop-venv/bin/python`, "python3", "python"];
  return candidates.find((python) =>
    python && (!python.includes("/") || existsSync(python)) &&
    spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0
  );
}

/** Runs a program for one command: the request goes to its input, the outcomes come from its output. */
export function ask(name, command, args, request) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      // No compiled Python beside the sources, and no colour codes in what is shown.
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", NO_COLOR: "1" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
    child.stdin.on("error", () => {}); // it ended early: "close" says so
    child.on("error", reject);
    child.on("close", (code, signal) => {
      try {
        if (code === 0) return resolve(JSON.parse(stdout));
      } catch { /* said below */ }
      reject(new Error(`${name} ended with ${code ?? signal}: ${(stderr || stdout).slice(0, 2000)}`));
    });
    child.stdin.end(JSON.stringify(request));
  });
}

/** Runs a peer's own program. Where the program fails there are no outcomes, and `[FAILED]` says why. */
export function askPeer(peer, command, request) {
  return ask(`${peer.name}, ${command},`, peer.command, [...peer.args, command], request)
    .catch((error) => ({ [FAILED]: error.message }));
}

/** Runs a peer's program of operations, as {@link askPeer} does. */
export function askOperations(peer, command, request) {
  return ask(`${peer.name}, ${command},`, peer.command, [...peer.operations, command], request)
    .catch((error) => ({ [FAILED]: error.message }));
}

/** Where a program that failed has its message. */
export const FAILED = Symbol("failed");

/** Seconds since a time of performance.now(). */
export const since = (started) => (performance.now() - started) / 1000;

/** A value in a line of output. */
export function show(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  return text.length > 240 ? `${text.slice(0, 240)}… (${text.length} characters)` : text;
}

/** Prints what went wrong in one comparison, as far as a reader will read it. */
export function printWrong(outcomes, lines) {
  if (outcomes[FAILED]) return console.log(`  ${outcomes[FAILED]}`);
  for (const line of lines.slice(0, WRONG_LINES)) console.log(`  ${line}`);
  if (lines.length > WRONG_LINES) console.log(`  ... and ${lines.length - WRONG_LINES} more`);
}

/** Prints facts about peers that are neither passed nor failed. */
export function printKnown(title, lines) {
  if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
