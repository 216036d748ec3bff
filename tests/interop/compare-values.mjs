// Every peer writes every value, and every peer reads what every other one wrote.
import { isDeepStrictEqual } from "node:util";
import { normal, values } from "./cases.mjs";
import { reads, refuses, stores } from "./limits.mjs";
import { askPeer, printKnown, printWrong, show, since } from "./peers.mjs";

export async function compareValues(checks, peers, where) {
  const known = new Map();
  const written = new Map();
  for (const writer of peers) {
    const request = { ...where, set: `interop-${writer.name.replaceAll(" ", "-")}` };
    request.values = values.filter(({ name, value }) => {
      const why = refuses[writer.name]?.(value);
      if (why) note(known, `${writer.name} does not write, because ${why}`, name);
      return !why;
    });
    const started = performance.now();
    const outcomes = await askPeer(writer, "write", request);
    const wrong = request.values.filter(({ name }) => !outcomes[name]?.ok);
    printWrong(outcomes, wrong.map(({ name }) => `${writer.name} wrote no ${name}: ${show(outcomes[name])}`));
    checks.add(`interop: ${writer.name} writes`, request.values.length - wrong.length, wrong.length, since(started));
    written.set(writer, request);
  }
  const rows = [["written by \\ read by", ...peers.map((peer) => peer.name)]];
  for (const writer of peers) {
    const request = written.get(writer);
    const started = performance.now();
    const answers = await Promise.all(peers.map(async (reader) => {
      const outcomes = await askPeer(reader, "read", request);
      return { reader, outcomes, seconds: since(started) };
    }));
    rows.push([writer.name, ...answers.map((answer) => compare(checks, writer, request.values, answer, known))]);
  }
  // Nothing stays behind on a server of someone.
  for (const request of written.values()) await askPeer(peers[0], "clear", request);
  const lines = [...known].map(([fact, names]) => `${fact}: ${[...names].join(", ")}`);
  printKnown("known differences (limits.mjs says which), counted neither way:", lines);
  printMatrix(rows);
}

function compare(checks, writer, values, { reader, outcomes, seconds }, known) {
  let passed = 0;
  const wrong = [];
  let differ = 0;
  for (const { name, value } of values) {
    const got = normal(outcomes[name]?.value);
    const stored = stores[writer.name]?.(value) ?? value;
    const seen = reads[reader.name]?.(stored) ?? stored;
    if (isDeepStrictEqual(got, normal(value))) passed++;
    else if (isDeepStrictEqual(got, normal(seen))) {
      differ++;
      if (!isDeepStrictEqual(stored, value)) note(known, `${writer.name} stores otherwise`, name);
      if (!isDeepStrictEqual(seen, stored)) note(known, `${reader.name} reads otherwise`, name);
    } else {
      const came = outcomes[name]?.value ?? outcomes[name];
      wrong.push(`${writer.name} -> ${reader.name}, ${name}: ${show(value)} came as ${show(came)}`);
    }
  }
  printWrong(outcomes, wrong);
  checks.add(`interop: ${writer.name} -> ${reader.name}`, passed, wrong.length, seconds);
  return `${passed} of ${passed + wrong.length}${differ > 0 ? ` (+${differ} known)` : ""}`;
}

function note(known, fact, name) {
  known.set(fact, (known.get(fact) ?? new Set()).add(name));
}

function printMatrix(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
  console.log(`\n${rows.map(line).join("\n")}\n`);
}
