// The records of `columns`: shapes that are read in thousands, and what a reader of all of it adds up.

/** Records of each shape; a case of fewer keys reads a part of them. */
export const RECORDS = 10_000;
/** Batches that write them. */
export const LOAD_BATCH = 1_000;
const VECTOR_WIDTH = 128;
const WORDS = ["books", "garden", "kitchen", "music", "outdoor", "pets", "toys", "travel"];

/** Elements are such that sums of them are exact. */
function vectorOf(i) {
  return Float32Array.from({ length: VECTOR_WIDTH }, (_, at) => ((i + at) % 64) * 0.25);
}

/** The numbers of each shape: `bins` of record `i`, the `schema` that reads them, and their `sum` as a check. */
export const SHAPES = {
  "6 scalars": {
    bins: (i) => ({
      imp: i,
      clk: (i * 7_919) % 100_003,
      age: i % 120,
      ctr: (i % 97) + 0.25,
      cvr: (i % 89) + 0.5,
      roas: (i % 83) + 0.75,
    }),
    schema: { imp: "i32", clk: "i32", age: "i32", ctr: "f64", cvr: "f64", roas: "f64" },
    sum: ({ imp, clk, age, ctr, cvr, roas }) => imp + clk + age + ctr + cvr + roas,
  },
  "vector of 128": {
    bins: (i) => ({ emb: new Uint8Array(vectorOf(i).buffer) }),
    schema: { emb: ["f32", VECTOR_WIDTH] },
    // The first and the last element: adding up 128 numbers would be most of what is measured.
    sum: ({ emb }) => {
      const view = new DataView(emb.buffer, emb.byteOffset, emb.byteLength);
      return view.getFloat32(0, true) + view.getFloat32((VECTOR_WIDTH - 1) * 4, true);
    },
  },
  "3 strings": {
    bins: (i) => ({
      name: `the name of record ${i}`,
      cat: `category of ${WORDS[i % WORDS.length]}`,
      note: `The quick brown fox jumps over the lazy dog ${i}`,
    }),
    schema: { name: "string", cat: "string", note: "string" },
    sum: ({ name, cat, note }) => name.length + cat.length + note.length,
  },
};

export const VECTOR = VECTOR_WIDTH;
export const shapeNames = Object.keys(SHAPES);
export const setOf = (shape) => `bench-columns-${shapeNames.indexOf(shape)}`;
/** Each client writes to a set of its own. */
export const writeSetOf = (client) => `bench-columns-${client}`;
