/**
 * Finds the test that covers each of our names: one that calls it, and rather one that is named after it.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";

/** A test. */
export interface Test {
  /** Its file, in `tests/`. */
  readonly file: string;
  /** Its name, as far as it is written there. */
  readonly title: string;
}

interface Body extends Test {
  readonly text: string;
}

const folder = new URL("../", import.meta.url);
const DECLARATION =
  /^(?: {2}(?:test|covers|on[A-Z]\w*)|(?!assert)[a-z]\w*)\(\s*(["`])((?:\\.|(?!\1).)*)\1,(?: "([^"]*)")?/gm;
/** Files about what commands do come first; those that look at arguments, types and bytes, and no answers, come last. */
const FIRST = ["udf.test.ts", "exp-evaluation.test.ts", "batch.test.ts", "records.test.ts"];
const LAST = /^(?:exp-bytes|exp-types|(?:\w+-)?arguments)\./;
const rank = (file: string): number => LAST.test(file) ? 1 : -1 - FIRST.indexOf(file);

/** The tests of a file, each with what stands up to the next one. In files that come first, what all use is the first's. */
function bodiesOf(file: string, text: string): Body[] {
  const starts = [...text.matchAll(DECLARATION)];
  return starts.map((match, i) => {
    const [kind, what] = [match[2] as string, match[3]];
    const begin = i === 0 && FIRST.includes(file) ? 0 : match.index;
    const title = (what === undefined ? kind : `${kind}: ${what}`).replaceAll(/\\(.)/g, "$1");
    return { file, title, text: text.slice(begin, starts[i + 1]?.index) };
  });
}

const BODIES: readonly Body[] = readdirSync(folder)
  .filter((file) => file.endsWith(".test.ts"))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const bodies = bodiesOf(file, text);
    // What core's bytes are compared for is in a table of its own.
    const table = /\.\/(support\/core-expressions\.ts)"/.exec(text)?.[1];
    const [first, ...others] = bodies;
    if (first === undefined || table === undefined) return bodies;
    return [{ ...first, text: first.text + readFileSync(new URL(table, folder), "utf8") }, ...others];
  });

/** A call of a name: a builder stands alone, a client's method comes after a client. */
function callOf(name: string): RegExp {
  const [scope, method] = name.split(/\.(?=[^.]+$)/);
  const before = scope === "client" ? "\\b\\w*[cC]lient\\w*\\s*\\." : scope === "expression" ? "\\." : undefined;
  const called = before === undefined ? `(?<![.\\w])${name.replaceAll(".", "\\.")}` : `${before}${method}`;
  return new RegExp(`${called}(?:<[^()]*>)?\\(`);
}

/** The test that covers one of our names; undefined where there is none. */
export function testOf(name: string): Test | undefined {
  const call = callOf(name);
  const calling = BODIES.filter(({ text }) => call.test(text));
  // The tests of a client's method have its name alone: "header: ...".
  const written = name.replace(/^client\./, "(?:client\\.)?").replaceAll(/(?<!\\)\.(?=\w)/g, "\\.");
  const begins = new RegExp(`^${written}(?![.\\w])`);
  const named = new RegExp(`(?<![.\\w])${written}(?!\\w)`);
  const test = calling.find(({ title }) => begins.test(title)) ?? calling.find(({ title }) => named.test(title)) ??
    calling[0];
  return test && { file: test.file, title: test.title };
}
