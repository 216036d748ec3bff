import { assertEquals } from "@std/assert";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bit, hll, list, map, path, string } from "../mod.ts";
import { CALLS } from "../src/codec/call.ts";
import {
  BIT_FUNCTIONS,
  type FunctionSpec,
  HLL_FUNCTIONS,
  LIST_FUNCTIONS,
  MAP_FUNCTIONS,
  PATH_FUNCTIONS,
} from "../src/codec/functions.ts";
import { STRING_FUNCTIONS } from "../src/codec/string-functions.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
/** What aerospike-core has; a test of the native library compares it with the crate. */
const core = JSON.parse(readFileSync(`${folder}support/core-operations.json`, "utf8")) as Record<string, string[]>;

const FAMILIES: readonly (readonly [string, object, { readonly [name: string]: FunctionSpec }, string])[] = [
  ["list", list, LIST_FUNCTIONS, "lists"],
  ["map", map, MAP_FUNCTIONS, "maps"],
  ["bit", bit, BIT_FUNCTIONS, "bitwise"],
  ["hll", hll, HLL_FUNCTIONS, "hll"],
  ["string", string, STRING_FUNCTIONS, "string"],
  ["path", path, PATH_FUNCTIONS, "path"],
];

test("every function of core stands behind one of our operations", () => {
  for (const [, , table, module] of FAMILIES) {
    const ours = Object.values(table).flatMap((spec) => spec.core);
    assertEquals(ours.toSorted(), core[`operations::${module}`]?.toSorted());
  }
});

test("every operation has a builder, and a number of its own", () => {
  for (const [name, builders, table] of FAMILIES) {
    assertEquals(Object.keys(builders).toSorted(), Object.keys(table).toSorted(), name);
    const numbers = Object.values(table).map((spec) => spec.number);
    assertEquals(new Set(numbers).size, numbers.length, name);
  }
});

test("every operation has a test that names it", () => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap((file) => [...readFileSync(folder + file, "utf8").matchAll(/\b(?:test|covers|sends)\(\s*"([^"]+)"/g)])
    .map((match) => match[1] as string);
  const tested = new Set(names.flatMap((name) => name.match(/\b(?:list|map|bit|hll|string|path)\.\w+/g) ?? []));
  assertEquals([...CALLS.keys()].filter((kind) => !tested.has(kind as string)), []);
});
