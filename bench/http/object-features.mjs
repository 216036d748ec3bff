// What a request makes of records that it read as objects, whichever client read them.
import { CANDIDATES, emptyDense, putDense } from "./candidates.mjs";

/** Touches every bin of every record that was found, as `eager` of `nine` does. */
export function touchObjects(rows) {
  let found = 0;
  let sum = 0;
  for (const bins of rows) {
    if (!bins) continue;
    const { imp, clk, ctr, cvr, cat, emb } = bins;
    found++;
    sum += imp + clk + ctr + cvr + cat.length + emb.length;
  }
  return { found, sum };
}

export function denseOfObjects(rows) {
  const dense = emptyDense();
  for (let row = 0; row < CANDIDATES; row++) {
    const bins = rows[row];
    if (!bins) continue;
    const { imp, clk, ctr, cvr, emb } = bins;
    const vector = new DataView(emb.buffer, emb.byteOffset, emb.byteLength);
    const at = (element) => vector.getFloat32(element * 4, true);
    putDense(dense, row, imp, clk, ctr, cvr, at(0), at(1), at(2));
  }
  return dense;
}

/** Nine parts of `keys`, as an application has them that reads one set after the other. */
export function partsOf(keys, size) {
  const parts = [];
  for (let i = 0; i < keys.length; i += size) parts.push(keys.slice(i, i + size));
  return parts;
}
