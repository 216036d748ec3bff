// The raw numbers that the pages in `docs` are made of: `published/NAME.json.gz`, one for each benchmark.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";

const folder = new URL("published/", import.meta.url);
const fileOf = (name) => new URL(`${name}.json.gz`, folder);

/** The benchmarks, in the order in which they run and stand on the pages. */
export const PUBLISHED = [
  ...["steps", "A", "B", "C", "nine", "kv", "columns", "workers"],
  ...["ladder", "latency", "competing", "start", "soak", "echo"],
];

/** Keeps a run: `command` as a reader types it, `output` as it was printed, and the raw numbers. */
export function publish(name, { command, output, raw }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(name), gzipSync(JSON.stringify({ command, output, raw })));
}

/** `{ NAME: { command, output, raw } }` of the benchmarks that were published. */
export function readPublished() {
  const there = PUBLISHED.filter((name) => existsSync(fileOf(name)));
  return Object.fromEntries(there.map((name) => [name, JSON.parse(gunzipSync(readFileSync(fileOf(name))).toString())]));
}
