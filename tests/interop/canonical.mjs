// Values in the form that all programs of this folder exchange: {"integer": "1"}, {"list": [..]} and so on, see cases.json.
// JSON alone would lose what is compared here: int64, -0, bytes, and whether 1 is an integer or a double.

import { Buffer } from "node:buffer";
import process from "node:process";

export const encodeBase64 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** Makes a client's value of a canonical one; `make` holds what differs from client to client. */
export function toClient(value, make) {
  const [[tag, content]] = Object.entries(value);
  switch (tag) {
    case "integer": {
      const number = Number(content);
      // As an application would: a number where it is exact.
      return Number.isSafeInteger(number) ? number : BigInt(content);
    }
    case "double":
      return make.double(Number(content));
    case "bytes":
      return make.bytes(Buffer.from(content, "base64"));
    case "hll":
      return make.hll(make.bytes(Buffer.from(content, "base64")));
    case "geojson":
      return make.geojson(content);
    case "list":
      return content.map((item) => toClient(item, make));
    case "map":
      return new Map(content.map(([key, item]) => [toClient(key, make), toClient(item, make)]));
    case "nil":
      return null;
    default:
      return content; // string, boolean
  }
}

/** The canonical form of a client's value; `special` answers first, for the classes that the client has. */
export function fromClient(value, special) {
  const known = special(value);
  if (known !== undefined) return known;
  const next = (item) => fromClient(item, special);
  switch (typeof value) {
    case "undefined":
      return { nil: true };
    case "bigint":
      return { integer: String(value) };
    case "number":
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { integer: String(value) };
      return { double: Object.is(value, -0) ? "-0" : String(value) };
    case "string":
      return { string: value };
    case "boolean":
      return { boolean: value };
  }
  if (value === null) return { nil: true };
  if (value instanceof Uint8Array) return { bytes: encodeBase64(value) };
  if (Array.isArray(value)) return { list: value.map(next) };
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return { map: entries.map(([key, item]) => [next(key), next(item)]) };
}

/** Runs `work` for each case by its name; what it throws is that case's outcome, not the end of the others. */
export async function each(cases, work) {
  const outcomes = {};
  for (const [at, one] of cases.entries()) {
    try {
      outcomes[one.name] = await work(one, at);
    } catch (error) {
      outcomes[one.name] = { error: error.message };
    }
  }
  return outcomes;
}

/** What the orchestrator asks for: a command, and a request on the standard input. */
export async function readRequest() {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) text += chunk;
  return { command: process.argv[2], ...JSON.parse(text) };
}

/** Writes the answer and waits until it is out, so that the process may end. */
export function answer(outcomes) {
  const text = JSON.stringify(outcomes, (_, value) => typeof value === "bigint" ? String(value) : value);
  return new Promise((resolve) => process.stdout.write(text, resolve));
}
