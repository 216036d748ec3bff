/**
 * Lua functions, and what a server 8.1.2 answers to them: `corpus.json` has their bodies by module. Each is called with
 * {@link ARGUMENTS} on a record with {@link BINS}, or in the module `absent` on one that there is not.
 *
 * @module
 */
import process from "node:process";
import { type Client, Double, GeoJSON, Key, ServerError, UdfError } from "../../mod.ts";

/** What a body is called with: `a`, `b`, `d`, `g`. */
const ARGUMENTS = [
  [1, 2, 3],
  new Map<string | number, unknown>([["x", 1], ["y", "z"], [5, 6]]),
  new Uint8Array([97, 98, 99]),
  new GeoJSON({ type: "Point", coordinates: [1, 2] }),
];

const BINS = {
  i: 7,
  s: "str",
  l: [1, [2, 3], "q"],
  m: { a: 1, n: { z: [1] } },
  f: new Double(1.5),
  b: new Uint8Array([1, 2]),
  t: true,
  g: new GeoJSON({ type: "Point", coordinates: [1, 2] }),
};

/** The answers by module and body: `returns ..` or `fails ..`, and the record where it changed. */
export type Corpus = Record<string, Record<string, string | null>>;

/** Runs all bodies, each on a record of its own in this set. The client wraps doubles. */
export async function answersOf(client: Client, set: string, corpus: Corpus): Promise<Corpus> {
  const answers: Corpus = {};
  for (const [module, bodies] of Object.entries(corpus)) {
    const functions = Object.keys(bodies).map((body, i) => `function f${i + 1}(rec, a, b, d, g) ${body} end`);
    // Modules are the server's, and another runtime may run the same.
    const own = `ats_${process.pid}_${module}`;
    const task = await client.registerUdf({ name: `${own}.lua`, source: functions.join("\n") });
    await task.done();
    const cases = Object.keys(bodies).map(async (body, i) => {
      const key = new Key("test", set, `${module} ${i}`);
      if (module !== "absent") await client.put(key, BINS, { sendKey: module === "keyed" });
      return [body, await answerOf(client, key, own, i + 1)] as const;
    });
    answers[module] = Object.fromEntries(await Promise.all(cases));
    await client.removeUdf(task.name);
  }
  return answers;
}

async function answerOf(client: Client, key: Key, module: string, line: number): Promise<string> {
  let answer: string;
  try {
    answer = `returns ${show(await client.apply(key, module, `f${line}`, ARGUMENTS, { ttl: 1000 }))}`;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const words = error.message.replace("UDF (100): ", "").replace(/ \(node [^)]*\)$/, "");
    answer = error instanceof UdfError ? `fails ${words}` : `fails with ${error.codeName}`;
  }
  // Where a server keeps its modules is its own affair.
  answer = answer.replace(/\/\S*\//g, "").replaceAll(`${module}.lua:${line}:`, "here:");
  const record = await client.get(key);
  if (record === null) return `${answer}; no record`;
  const before: Record<string, unknown> = module.endsWith("_absent") ? {} : BINS;
  const bins: Record<string, unknown> = record.bins;
  const changed = Object.keys(bins).filter((name) => show(bins[name]) !== show(before[name])).sort();
  const gone = Object.keys(before).filter((name) => !(name in bins));
  if (record.generation === 1 && record.ttl === "never" && changed.length === 0) return answer;
  // A second may have passed.
  const ttl = record.ttl === "never" ? record.ttl : Math.ceil(record.ttl / 10) * 10;
  const changes = [...changed.map((name) => `${name} = ${show(bins[name])}`), ...gone.map((name) => `no ${name}`)];
  return [`${answer}; generation ${record.generation}, ttl ${ttl}`, ...changes].join(", ");
}

/** A value as text that tells types apart, with keys in order. */
function show(value: unknown): string {
  if (value instanceof Double) return `${value.value}d`;
  if (value instanceof Uint8Array) {
    return `<${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}>`;
  }
  if (value instanceof GeoJSON) return `geo ${value.json}`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
    return `{${pairs.map(([key, item]) => `${show(key)}: ${show(item)}`).sort().join(", ")}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}
