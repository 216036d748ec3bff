// Prints tables and keeps the raw numbers.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Prints rows of texts under a heading; the first column is flush left, the others flush right. */
export function printTable(heading, rows) {
  const widths = heading.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (row) =>
    row.map((
      cell,
      column,
    ) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  console.log(
    `\n${line(heading)}\n${widths.map((width) => "-".repeat(width)).join("  ")}`,
  );
  for (const row of rows) console.log(line(row));
}

/** A number with a sensible count of digits, thousands separated; a dash for what was not measured. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "-";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A ratio: small ones need more digits to be told from their target. */
export function multiple(value) {
  return value < 1 ? value.toFixed(3) : figure(value);
}

/** One line for one target: what was reached, what was to be reached, and whether it was. Gives that, for the results. */
export function printTarget(name, reached, wanted, unit, bound = "at least") {
  const isReached = bound === "at least" ? reached >= wanted : reached <= wanted;
  const verdict = Number.isNaN(reached) ? "NOT MEASURED" : isReached ? "pass" : "MISS";
  console.log(
    `  ${verdict.padEnd(12)} ${name}: ${figure(reached)}${unit} (target ${bound} ${figure(wanted)}${unit})`,
  );
  return { name, reached, unit, bound, wanted, verdict };
}

/** The line by which {@link keep} says where it wrote. */
export const RAW_NUMBERS = /^raw numbers: (.+)$/m;

/** Writes everything that was measured to `bench/results/NAME-<date>.json` and says where. */
export function keep(name, results) {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(
    `${name}-${results.conditions.date.replaceAll(":", "-")}.json`,
    folder,
  );
  writeFileSync(file, JSON.stringify(results, null, 1));
  console.log(`\nraw numbers: ${fileURLToPath(file)}`);
}
