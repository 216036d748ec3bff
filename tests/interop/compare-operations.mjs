// Every peer builds lists, maps, sketches and bits through its own operations; every peer then reads what every other one
// built and asks the same of it. All get what a real server answered when operations/expected.json was recorded.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { deno, must } from "../../scripts/setup.mjs";
import { normal } from "./cases.mjs";
import { answers, codeOf, otherwise, reads } from "./limits.mjs";
import { cases } from "./operations/cases.mjs";
import { askOperations, FAILED, printKnown, printWrong, show, since } from "./peers.mjs";

const file = new URL("operations/expected.json", import.meta.url);

export async function compareOperations(checks, peers, where, record) {
  const [first] = peers;
  const setOf = (peer) => `interop-ops-${peer.name.replaceAll(" ", "-")}`;
  const ask = (peer, command, set, asked) => askOperations(peer, command, { ...where, set, cases: asked });
  const expected = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { cases: {}, filters: {}, cannot: {} };
  if (record) Object.assign(expected, await recorded(ask, first, setOf(first)));
  const cannot = {};
  const built = new Map();
  for (const writer of peers) {
    const started = performance.now();
    const outcomes = await ask(writer, "build", setOf(writer), cases);
    const tally = new Tally(writer, cannot);
    built.set(writer, []);
    for (const one of cases) {
      const outcome = outcomes[one.name];
      const able = tally.answers(one, one.writes, outcome, expected.cases[one.name]?.writes, true);
      if (able) built.get(writer).push(one);
    }
    tally.end(checks, `interop: ${writer.name} builds`, outcomes, started);
  }
  for (const writer of peers) {
    const asked = built.get(writer);
    for (const reader of peers) {
      const started = performance.now();
      const outcomes = await ask(reader, "look", setOf(writer), asked);
      const tally = new Tally(reader, cannot);
      for (const one of asked) {
        tally.value(`${one.name}, its bin`, outcomes[one.name]?.bin, expected.cases[one.name]?.bin);
        tally.answers(one, one.reads, outcomes[one.name], expected.cases[one.name]?.reads);
      }
      tally.end(checks, `interop: built by ${writer.name}, asked by ${reader.name}`, outcomes, started);
    }
  }
  for (const peer of peers) {
    const started = performance.now();
    const outcomes = await ask(peer, "filter", setOf(peer), []);
    const tally = new Tally(peer, cannot);
    for (const [name, passes] of Object.entries(expected.filters)) {
      if (outcomes[name] === undefined && !outcomes[FAILED]) tally.note(`filter: ${name}`);
      else tally.same(`filter: ${name}`, outcomes[name], { passes });
    }
    tally.end(checks, `interop: filters of ${peer.name}`, outcomes, started);
  }
  for (const writer of peers) {
    const names = [...built.get(writer), { name: "filtered" }].map(({ name }) => ({ name, writes: [], reads: [] }));
    await ask(first, "build", setOf(writer), names); // which removes, and builds nothing
  }
  const lacks = Object.fromEntries(Object.entries(cannot).map(([name, lines]) => [name, [...lines].sort()]));
  if (record) write({ ...expected, cannot: { ...expected.cannot, ...lacks } });
  else compareLacks(checks, peers, lacks, expected.cannot);
  printKnown(
    "what clients have no operation for, or another one, counted neither way (operations/expected.json has them):",
    Object.entries(lacks).map(([name, lines]) => `${name}: ${lines.length}`),
  );
}

/** What one client gets of a server is what all have to get of it. */
async function recorded(ask, peer, set) {
  const built = await ask(peer, "build", set, cases);
  const seen = await ask(peer, "look", set, cases);
  const filtered = await ask(peer, "filter", set, []);
  for (const outcomes of [built, seen, filtered]) if (outcomes[FAILED]) throw new Error(outcomes[FAILED]);
  const one = ({ name }) => [name, { writes: built[name].answers, bin: seen[name].bin, reads: seen[name].answers }];
  const passes = Object.entries(filtered).map(([name, outcome]) => [name, outcome.passes]);
  return { cases: Object.fromEntries(cases.map(one)), filters: Object.fromEntries(passes) };
}

function write(expected) {
  writeFileSync(file, `${JSON.stringify(expected)}\n`);
  must(deno, ["fmt", "--quiet", fileURLToPath(file)]);
}

/** A client that suddenly lacks something would be compared in less than before, unseen. */
function compareLacks(checks, peers, lacks, expected) {
  for (const { name } of peers) {
    const same = isDeepStrictEqual(lacks[name] ?? [], expected[name] ?? []);
    if (!same) {
      const more = (lacks[name] ?? []).filter((line) => !expected[name]?.includes(line));
      console.log(`  ${name} lacks other things than expected.json says, such as ${show(more.slice(0, 3))}`);
    }
    checks.add(`interop: what ${name} has no operation for`, Number(same), Number(!same));
  }
}

/** Counts one client's answers. */
class Tally {
  #passed = 0;
  #wrong = [];

  constructor(peer, cannot) {
    this.peer = peer;
    this.cannot = cannot;
  }

  note(what) {
    (this.cannot[this.peer.name] ??= new Set()).add(what);
  }

  same(what, got, expected) {
    if (isDeepStrictEqual(got, expected)) this.#passed++;
    else this.#wrong.push(`${this.peer.name}, ${what}: ${show(got)}, expected ${show(expected)}`);
  }

  value(what, got, expected) {
    this.same(what, normal(got), normal(this.#seen(expected)));
  }

  /** What this client makes of a value that the server answers. */
  #seen(expected) {
    return expected === undefined ? undefined : reads[this.peer.name]?.(expected) ?? expected;
  }

  /** Whether the client could say all of these operations; those that build something build on each other. */
  answers(one, steps, outcome, expected, build = false) {
    let able = true;
    if (outcome?.error !== undefined) this.same(one.name, outcome, { answers: steps.length });
    for (const [i, step] of steps.entries()) {
      if (build && !able) break; // on something else than the others
      const [kind, args, options] = step;
      const what = `${one.name}: ${kind} ${JSON.stringify(args)} ${JSON.stringify(options)}`;
      const got = outcome?.answers?.[i];
      const answered = expected?.[i];
      const why = got?.cannot ?? otherwise[this.peer.name]?.(step);
      if (why) {
        able = false;
        this.note(`${kind}: ${why}`);
      } else if (answered?.code !== undefined) {
        this.same(what, codeOf(got), answered);
      } else {
        this.value(what, got, answers[this.peer.name]?.(step, answered) ?? answered);
      }
    }
    return able;
  }

  end(checks, name, outcomes, started) {
    printWrong(outcomes, this.#wrong);
    const failed = this.#wrong.length + Number(outcomes[FAILED] !== undefined);
    checks.add(name, this.#passed, failed, since(started));
  }
}
