// Every peer writes every value, and every peer reads what every other one wrote.
import { isDeepStrictEqual } from "node:util";
import { normal, values } from "./cases.mjs";
import { reads, refuses, stores } from "./limits.mjs";
import { askPeer, printKnown, printWrong, show, since } from "./peers.mjs";

export async function compareValues(checks, peers, where) {
  const known = new Set();
  const written = new Map();
  for (const writer of peers) {
    const request = { ...where, set: `interop-${writer.name.replaceAll(" ", "-")}` };
    request.values = values.filter(({ name, value }) => {
      const why = refuses[writer.name]?.(value);
      if (why) known.add(`${writer.name} does not write ${name}: ${why}`);
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
    const row = [writer.name];
    for (const reader of peers) row.push(await compare(checks, writer, reader, written.get(writer), known));
    rows.push(row);
  }
  // Nothing stays behind on a server of someone.
  for (const request of written.values()) await askPeer(peers[0], "clear", request);
  printKnown("known differences, counted neither way:", known);
  printMatrix(rows);
}

async function compare(checks, writer, reader, request, known) {
  const started = performance.now();
  const outcomes = await askPeer(reader, "read", request);
  let passed = 0;
  const wrong = [];
  let differ = 0;
  for (const { name, value } of request.values) {
    const got = normal(outcomes[name]?.value);
    const stored = stores[writer.name]?.(value) ?? value;
    const seen = reads[reader.name]?.(stored) ?? stored;
    if (isDeepStrictEqual(got, normal(value))) passed++;
    else if (isDeepStrictEqual(got, normal(seen))) {
      differ++;
      if (!isDeepStrictEqual(stored, value)) known.add(`${writer.name} stores ${name} as ${show(stored)}`);
      if (!isDeepStrictEqual(seen, stored)) known.add(`${reader.name} reads ${name} as ${show(seen)}`);
    } else {
      const came = outcomes[name]?.value ?? outcomes[name];
      wrong.push(`${writer.name} -> ${reader.name}, ${name}: ${show(value)} came as ${show(came)}`);
    }
  }
  printWrong(outcomes, wrong);
  checks.add(`interop: ${writer.name} -> ${reader.name}`, passed, wrong.length, since(started));
  return `${passed} of ${passed + wrong.length}${differ > 0 ? ` (+${differ} known)` : ""}`;
}

function printMatrix(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
  console.log(`\n${rows.map(line).join("\n")}\n`);
}
