// Markdown of numbers.
import { figure, multiple } from "../results.mjs";

/** A table; the first column is text, the others are flush right. */
export function table(heading, rows) {
  if (rows.length === 0) return "Nothing.";
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heading), line(heading.map((_, i) => i === 0 ? ":--" : "--:")), ...rows.map(line)].join("\n");
}

export const code = (text) => "```text\n" + text + "\n```";

/** A median with its interval. */
export function within({ median, low, high }) {
  return unknown(median) ? "–" : `${figure(median)} [${figure(low)}, ${figure(high)}]`;
}

/** A ratio with its interval. */
export function times({ ratio, low, high }) {
  return unknown(ratio) ? "–" : `${multiple(ratio)}x [${multiple(low)}, ${multiple(high)}]`;
}

/** JSON has no NaN: what was not measured comes back as null. */
export const unknown = (value) => value === null || value === undefined || Number.isNaN(value);

/** `1 thing`, `2 things`. */
export const count = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
