// What is made of the columns of `features.mjs` that this project's client read.

function total(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/** Every element of every column of numbers; of texts there is no sum. */
export function touchColumns({ columns, foundCount }) {
  const { imp, clk, ctr, cvr, emb } = columns;
  return { found: foundCount, sum: total(imp) + total(clk) + total(ctr) + total(cvr) + total(emb) };
}

/** The columns, row by row again. */
export function rowsOfColumns({ columns, codes, errors, length }) {
  if (errors.length > 0) throw new Error(`cells that do not fit: ${JSON.stringify(errors.slice(0, 3))}`);
  const { imp, clk, ctr, cvr, cat, emb } = columns;
  const width = emb.length / length;
  return Array.from(codes, (code, i) => {
    if (code !== 0) return undefined;
    const vector = emb.slice(i * width, (i + 1) * width);
    return { imp: imp[i], clk: clk[i], ctr: ctr[i], cvr: cvr[i], cat: cat.at(i), emb: new Uint8Array(vector.buffer) };
  });
}
