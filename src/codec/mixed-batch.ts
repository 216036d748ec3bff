/**
 * Batches of rows of different kinds (`docs/abi.md`, "Batch body").
 *
 * @module
 */

import type { MixedRemoveRow, MixedRow } from "../batch.ts";
import { choiceOption } from "../option-check.ts";
import { DELETES, removalOf, writeRowOperations } from "./batch.ts";
import {
  ApplyTemplates,
  checkRow,
  Numbering,
  ReadTemplates,
  type Template,
  TEMPLATE_WRITE,
  writeRows,
  WriteTemplates,
} from "./batch-templates.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { writeOperations } from "./operations.ts";
import type { UndefinedBins } from "./particle.ts";
import type { PolicyBlock } from "./policy.ts";
import { MIXED_APPLY_ROW, MIXED_REMOVE_ROW, MIXED_WRITE_ROW, rowBlock, withoutRecord } from "./row-policy.ts";
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
  const writes = new WriteTemplates(templates, TEMPLATE_WRITE, shared, MIXED_WRITE_ROW);
  const removes = new RemoveTemplates(templates, shared);
  const applies = new ApplyTemplates(templates, shared, MIXED_APPLY_ROW);
  const removedByOperation = new Uint8Array(rows.length);
  writeRows<MixedRow>(w, rows, {
    templates,
    number: (row, i) => {
      const path = `rows[${i}]`;
      checkRow(row, path, "no object with a kind and a key");
      choiceOption(row.kind, `${path}.kind`, KINDS);
      if (row.kind === "read") return reads.number(row, path);
      if (row.kind === "write") return writes.number(row, path);
      if (row.kind === "apply") return applies.number(row, path);
      const { number, sendsKey } = removes.number(row, path);
      if (sendsKey) removedByOperation[i] = 1;
      return number;
    },
    key: (row) => row.key,
    tail: (row, i) => {
      if (row.kind === "write") writeRowOperations(w, row, undefinedBins, `rows[${i}]`);
      else if (row.kind === "apply") writeArguments(w, row.args === undefined ? [] : row.args, `rows[${i}].args`);
      else if (removedByOperation[i] === 1) writeOperations(w, DELETES, "");
    },
  });
}

/** The templates of rows that remove. */
class RemoveTemplates {
  readonly #numbering: Numbering<Template>;
  readonly #shared: Uint8Array<ArrayBuffer>;

  constructor(templates: Template[], shared: Uint8Array<ArrayBuffer>) {
    this.#numbering = new Numbering("policies of removals", templates);
    this.#shared = withoutRecord(shared);
  }

  number(row: MixedRemoveRow, path: string): { readonly number: number; readonly sendsKey: boolean } {
    const block = rowBlock(this.#shared, row, path, MIXED_REMOVE_ROW);
    const { sendsKey, template } = removalOf(block);
    return { number: this.#numbering.number(block.join(), template), sendsKey };
  }
}
