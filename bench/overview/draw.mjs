// Draws plots as SVG.
import { mkdirSync, writeFileSync } from "node:fs";
import * as vega from "vega";
import { compile } from "vega-lite";
import { markOf } from "./figures.mjs";

/** Writes a figure to `folder`, and at its end what tells of which numbers it was drawn. */
export async function draw(figure, folder) {
  const view = new vega.View(vega.parse(compile(figure.spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${figure.name}.svg`, `${svg}\n${markOf(figure)}\n`);
}
