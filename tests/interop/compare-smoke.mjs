// The clients of others do the same everyday work here as on the server that tests/interop/smoke/expected was recorded
// on. Where the emulator answers otherwise, it is the emulator that is wrong.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { deno, must } from "../../scripts/setup.mjs";
import { ask, FAILED, printWrong, show, since } from "./peers.mjs";

export async function compareSmoke(checks, peers, where, record) {
  for (const { name, command, smoke } of peers.filter((peer) => peer.smoke)) {
    const file = new URL(`smoke/expected/${name.replaceAll(" ", "-")}.json`, import.meta.url);
    const started = performance.now();
    const outcomes = await ask(`${name}, smoke,`, command, [smoke, "smoke"], { ...where, set: "interop-smoke" })
      .catch((error) => ({ [FAILED]: error.message }));
    if (record && !outcomes[FAILED]) {
      writeFileSync(file, `${format(outcomes)}\n`);
      must(deno, ["fmt", "--quiet", fileURLToPath(file)]);
    }
    const expected = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    const steps = new Set([...Object.keys(expected), ...Object.keys(outcomes)]);
    const wrong = [];
    for (const step of steps) {
      if (isDeepStrictEqual(outcomes[step], expected[step])) continue;
      wrong.push(`${name}, ${step}: ${show(outcomes[step])}, expected ${show(expected[step])}`);
    }
    printWrong(outcomes, wrong);
    if (outcomes[FAILED]) wrong.push(name); // with nothing expected, too
    checks.add(
      `interop: ${name} at everyday work`,
      Math.max(0, steps.size - wrong.length),
      wrong.length,
      since(started),
    );
  }
}

/** Names in an order of their own, as Python has none. */
function format(outcomes) {
  const sorted = (_, value) =>
    value?.constructor === Object
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
      : value;
  const line = ([step, result]) => `  ${JSON.stringify(step)}: ${JSON.stringify(result, sorted)}`;
  return `{\n${Object.entries(outcomes).map(line).join(",\n")}\n}`;
}
