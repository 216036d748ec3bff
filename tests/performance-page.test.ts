import { assert, assertEquals } from "@std/assert";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { figuresOf, markOf } from "../bench/overview/figures.mjs";
import { PAGES } from "../bench/overview/pages.mjs";
import { readPublished } from "../bench/published.mjs";

const docs = new URL("../docs/", import.meta.url);
const published = readPublished();

test("the pages of numbers are what the renderer makes of the raw numbers that are kept", () => {
  for (const [file, page] of Object.entries(PAGES)) {
    const written = readFileSync(new URL(file, docs), "utf8");
    assert(written === page(published), `docs/${file} differs: npm run bench -- overview --render`);
  }
});

test("the plots were drawn of the same numbers", () => {
  const figures = figuresOf(published);
  assert(figures.length > 0, "nothing is published");
  for (const figure of figures) {
    const file = new URL(`performance/${figure.name}.svg`, docs);
    assert(existsSync(file), `docs/performance/${figure.name}.svg is not there: npm run bench -- overview --render`);
    const mark = readFileSync(file, "utf8").trimEnd().split("\n").at(-1);
    assertEquals(mark, markOf(figure), `docs/performance/${figure.name}.svg was drawn of other numbers`);
  }
});
