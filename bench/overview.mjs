// `overview`: runs the other benchmarks one after the other, keeps their raw numbers, and makes the pages and plots in
// `docs` of them. With --render it makes them of the numbers that are kept.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import process from "node:process";
import { root } from "../scripts/setup.mjs";
import { draw } from "./overview/draw.mjs";
import { PAGES } from "./overview/pages.mjs";
import { publish, PUBLISHED, readPublished } from "./published.mjs";
import { figuresOf } from "./overview/figures.mjs";
import { RAW_NUMBERS } from "./results.mjs";

export const clients = PUBLISHED;

export async function run({ only, quick, given, render = false }) {
  const failures = [];
  if (!render) {
    const options = [
      ...(quick ? ["--quick"] : []),
      ...["seconds", "repeat", "seed"].flatMap((name) => given[name] === undefined ? [] : [`--${name}`, given[name]]),
    ].map(String);
    for (const name of PUBLISHED.filter((one) => only.includes(one))) {
      try {
        publish(name, await measure(name, options));
      } catch (error) {
        failures.push(error.message);
      }
    }
  }
  const published = readPublished();
  for (const [file, page] of Object.entries(PAGES)) {
    writeFileSync(`${root}docs/${file}`, page(published));
    console.log(`written: docs/${file}`);
  }
  for (const figure of figuresOf(published)) {
    await draw(figure, `${root}docs/performance/`);
    console.log(`written: docs/performance/${figure.name}.svg`);
  }
  return failures;
}

/** Runs one benchmark as a reader would, and gives what it printed and what it kept. */
async function measure(name, options) {
  const command = ["npm", "run", "bench", "--", name, ...options].join(" ");
  console.log(`\n== ${command}`);
  const started = performance.now();
  const child = spawn(process.execPath, ["scripts/bench.mjs", name, ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    process.stdout.write(chunk);
  });
  const [status] = await once(child, "close");
  console.log(`== ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const file = text.match(RAW_NUMBERS)?.[1];
  if (file === undefined) throw new Error(`${command} ended with ${status} and kept no numbers`);
  if (status !== 0) console.log(`${command} ended with ${status}: what it could not run is in its output`);
  // What names a place of this machine is of no use to others.
  const shared = (own) => own.replaceAll(root, "");
  return {
    command,
    output: shared(text.replace(RAW_NUMBERS, "")).trim(),
    raw: JSON.parse(shared(readFileSync(file, "utf8"))),
  };
}
