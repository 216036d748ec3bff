/**
 * Batches of rows of different kinds (`docs/abi.md`, "Batch body").
 *
 * @module
 */

import type { MixedRow } from "../batch.ts";
import { choiceOption } from "../option-check.ts";
import { DELETES, removalTemplate, writeRowOperations } from "./batch.ts";
import {
  applyTemplate,
  checkRow,
  functionText,
  ReadTemplates,
  rowTemplates,
  type Template,
  writeRows,
  writeTemplate,
} from "./batch-templates.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { writeOperations } from "./operations.ts";
import type { UndefinedBins } from "./particle.ts";
import type { PolicyBlock } from "./policy.ts";
import { MIXED_APPLY_ROW, MIXED_REMOVE_ROW, MIXED_WRITE_ROW, withoutRecord } from "./row-policy.ts";
import { writeArguments } from "./udf.ts";

const KINDS = ["read", "write", "remove", "apply"] as const;

/** Writes a batch of rows of any kinds. */
export function writeMixedBatch(
  w: FrameWriter,
  policy: PolicyBlock,
  rows: readonly MixedRow[],
  options: object | undefined,
  undefinedBins: UndefinedBins,
): void {
  const start = w.length;
  const shared = policy.writeBatch(w, options);
  const templates: Template[] = [];
  const reads = new ReadTemplates(templates, w, start, { path: "" }, true);
  const writes = rowTemplates(templates, "write policies", shared, MIXED_WRITE_ROW, writeTemplate);
  const removal = withoutRecord(shared);
  const removes = rowTemplates(templates, "policies of removals", removal, MIXED_REMOVE_ROW, removalTemplate);
  const functions = "functions and their policies";
  const applies = rowTemplates(templates, functions, shared, MIXED_APPLY_ROW, applyTemplate, functionText);
  writeRows<MixedRow>(w, rows, {
    templates,
    number: (row, i) => {
      const path = `rows[${i}]`;
      checkRow(row, path, "no object with a kind and a key");
      choiceOption(row.kind, `${path}.kind`, KINDS);
      if (row.kind === "read") return reads.number(row, path);
      if (row.kind === "write") return writes(row, path);
      return row.kind === "apply" ? applies(row, path) : removes(row, path);
    },
    key: (row) => row.key,
    tail: (row, i, template) => {
      if (row.kind === "write") writeRowOperations(w, row, undefinedBins, `rows[${i}]`);
      else if (row.kind === "apply") writeArguments(w, row.args === undefined ? [] : row.args, `rows[${i}].args`);
      else if (template.deletes) writeOperations(w, DELETES, "");
    },
  });
}
