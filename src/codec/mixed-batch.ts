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
  Spaces,
  type Template,
  TEMPLATE_WRITE,
  WriteTemplates,
  writeTemplates,
} from "./batch-templates.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { writeKeyValue } from "./key.ts";
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
  const spaces = new Spaces();
  const reads = new ReadTemplates(templates, w, start, { path: "" }, true);
  const writes = new WriteTemplates(templates, TEMPLATE_WRITE, shared, MIXED_WRITE_ROW);
  const removes = new RemoveTemplates(templates, shared);
  const applies = new ApplyTemplates(templates, shared, MIXED_APPLY_ROW);
  const count = rows.length;
  const numbers = new Uint16Array(count * 2);
  const removedByOperation = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as MixedRow;
    const path = `rows[${i}]`;
    checkRow(row, path, "no object with a kind and a key");
    choiceOption(row.kind, `${path}.kind`, KINDS);
    numbers[i * 2] = spaces.number(row.key);
    let number: number;
    if (row.kind === "read") number = reads.number(row, path);
    else if (row.kind === "write") number = writes.number(row, path);
    else if (row.kind === "apply") number = applies.number(row, path);
    else {
      const removal = removes.number(row, path);
      number = removal.number;
      if (removal.sendsKey) removedByOperation[i] = 1;
    }
    numbers[i * 2 + 1] = number;
  }
  spaces.write(w);
  writeTemplates(w, templates);
  w.u32(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as MixedRow;
    w.u16(numbers[i * 2] as number);
    w.u16(numbers[i * 2 + 1] as number);
    writeKeyValue(w, row.key);
    if (row.kind === "write") writeRowOperations(w, row, undefinedBins, `rows[${i}]`);
    else if (row.kind === "apply") writeArguments(w, row.args === undefined ? [] : row.args, `rows[${i}].args`);
    else if (removedByOperation[i] === 1) writeOperations(w, DELETES, "");
  }
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
