// Writes docs/operations.md.
import { writeFileSync } from "node:fs";
import { renderPage } from "./render.ts";

writeFileSync(new URL("../../docs/operations.md", import.meta.url), renderPage());
