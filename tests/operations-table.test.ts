import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PARTS } from "./operations-table/mapping.ts";
import { OURS } from "./operations-table/ours.ts";
import { renderPage } from "./operations-table/render.ts";
import { isReason, NAMES, resolveAll } from "./operations-table/resolve.ts";
import { testOf } from "./operations-table/tested.ts";

test("docs/operations.md is what the code and the names of other clients give", () => {
  const written = readFileSync(new URL("../docs/operations.md", import.meta.url), "utf8");
  assert(written === renderPage(), "docs/operations.md is stale: node scripts/operations-table.mjs");
});

test("no cell of docs/operations.md is empty", () => {
  const rows = renderPage().split("\n").filter((line) => line.startsWith("|"));
  assert(rows.length > OURS.length);
  assertEquals(rows.filter((line) => /\|\s*\|/.test(line)), []);
});

test("every name of every client is in the table once, and every name that is mapped one by one is there", () => {
  const resolved = resolveAll();
  for (const [client, { names }] of Object.entries(NAMES)) {
    const expected = Object.values(names).flat().length;
    assertEquals(resolved.filter((one) => one.client === client).length, expected, client);
    for (const [part, { names: mapped = {} }] of Object.entries(PARTS[client] ?? {})) {
      assertEquals(Object.keys(mapped).filter((name) => !names[part]?.includes(name)), [], `${client}: ${part}`);
    }
  }
});

test("expressions stand for the functions of core that pack the same bytes", () => {
  const cases = new URL("../rust/ffi/tests/expressions/", import.meta.url);
  const core = new Map(
    resolveAll().filter(({ client }) => client === "aerospike-core").map(({ name, target }) => [name, target]),
  );
  const seen = new Set<string>();
  for (const file of readdirSync(cases)) {
    const source = readFileSync(new URL(file, cases), "utf8");
    for (const [, ours, function_] of source.matchAll(/r#"(exp[.\w]+)\((?:(?!"#).)*"#,\s*((?:\w+::)*\w+)\(/g)) {
      const name = `expressions::${function_}`;
      const target = core.get(name) ?? core.get(`expressions::ael::${function_}`);
      if (target === undefined) continue; // a helper of those cases
      assert(!isReason(target) && target.includes(ours as string), `${name} is packed by ${ours}`);
      seen.add(name);
    }
  }
  assertGreaterOrEqual(seen.size, 200);
});

test("a test is found by its call, and one that is named after it first", () => {
  assertEquals(testOf("list.sort"), { file: "list-operations.test.ts", title: "list.sort: sorts once" });
  assertEquals(testOf("exp.list.sort")?.file, "exp-evaluation.test.ts");
  assertEquals(testOf("client.put")?.file, "records.test.ts");
  assertEquals(testOf("client.noSuchCommand"), undefined);
  assertEquals(testOf("exp.list.noSuch"), undefined);
});
