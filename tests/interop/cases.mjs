// The table of cases, with what is written in short there written out.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";

const table = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8"));

export const values = table.values.map(({ name, value }) => ({ name, value: expand(value) }));
export const keys = table.keys.map(({ name, key }) => ({ name, key: expand(key) }));

/** `"repeat": n` stands beside the piece that a long value repeats, `"deep": n` beside what a deep one nests. */
function expand({ repeat = 1, deep = 1, ...value }) {
  const [[tag, content]] = Object.entries(value);
  if (deep > 1) {
    const inner = expand({ ...value, deep: deep - 1 });
    return tag === "list" ? { list: [inner] } : { map: [[expand(content[0][0]), inner]] };
  }
  if (tag === "list") {
    const items = content.map(expand);
    return { list: Array.from({ length: repeat }, () => items).flat() };
  }
  if (tag === "map") return { map: content.map((entry) => entry.map(expand)) };
  if (repeat === 1) return value;
  if (tag === "string") return { string: content.repeat(repeat) };
  return { [tag]: Buffer.concat(Array(repeat).fill(Buffer.from(content, "base64"))).toString("base64") };
}

/**
 * One spelling of each value: doubles and GeoJSON as JavaScript writes them, and a map's entries in an order of their
 * own.
 */
export function normal(value) {
  if (value?.geojson !== undefined) return { geojson: JSON.stringify(JSON.parse(value.geojson)) };
  if (value?.double !== undefined) {
    const number = Number(value.double);
    return { double: Object.is(number, -0) ? "-0" : String(number) };
  }
  if (value?.list) return { list: value.list.map(normal) };
  if (value?.map) {
    const entries = value.map.map(([key, item]) => [JSON.stringify(normal(key)), normal(item)]);
    return { map: entries.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0) };
  }
  return value;
}
