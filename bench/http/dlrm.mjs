// The model of `C`: a DLRM of the shapes that aerospike-py's benchmark serves, with seeded weights. Its batch norms are
// gone: freshly initialised and in evaluation they do nothing but divide by the root of 1 + 1e-5. Dropout does nothing
// either. `onnx.mjs` writes it as a file; `forward` computes the same in plain JavaScript, which is what every client's
// scores are compared with.
import { generator } from "../statistics.mjs";

export const SEED = 42;
/** Rows of each embedding table: ad, ad group, campaign, channel, gender. */
export const VOCABULARIES = [100_000, 50_000, 20_000, 10_000, 3];
export const SPARSE = VOCABULARIES.length;
export const DENSE = 8;
export const WIDTH = 16;
/** The five embeddings and what the bottom layers make of the dense features. */
export const VECTORS = SPARSE + 1;
const BOTTOM = [DENSE, 128, 64, WIDTH];
/** Pairs of vectors, each once: rows and columns above the diagonal. */
export const PAIRS = Array.from({ length: VECTORS }, (_, i) => i).flatMap((i) =>
  Array.from({ length: VECTORS - i - 1 }, (_, j) => [i, i + 1 + j])
);
const TOP = [PAIRS.length + WIDTH, 256, 128, 1];

function normals(count, random) {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    // Box and Muller; 1 - random() is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** A layer as PyTorch initialises it: uniform within one over the root of its inputs. */
function layer(inputs, outputs, random) {
  const bound = 1 / Math.sqrt(inputs);
  const uniform = (count) => Float32Array.from({ length: count }, () => (2 * random() - 1) * bound);
  return { inputs, outputs, weights: uniform(inputs * outputs), bias: uniform(outputs) };
}

const layers = (sizes, random) => sizes.slice(1).map((outputs, i) => layer(sizes[i], outputs, random));

/** `{ tables: Float32Array[], bottom, top }`; layers are `{ inputs, outputs, weights, bias }`, weights by input. */
export function dlrm(seed = SEED) {
  const random = generator(seed);
  return {
    tables: VOCABULARIES.map((rows) => normals(rows * WIDTH, random)),
    bottom: layers(BOTTOM, random),
    top: layers(TOP, random),
  };
}

function dense({ inputs, outputs, weights, bias }, values) {
  const result = Float64Array.from(bias);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) result[o] += values[i] * weights[i * outputs + o];
  }
  return result;
}

const relu = (values) => values.map((value) => Math.max(0, value));

/** The score of each row: `denses` has 8 floats a row, `sparses` 5 indices a row. */
export function forward({ tables, bottom, top }, denses, sparses) {
  return Float32Array.from({ length: sparses.length / SPARSE }, (_, row) => {
    let values = denses.subarray(row * DENSE, (row + 1) * DENSE);
    for (const one of bottom) values = relu(dense(one, values));
    const vectors = [values];
    for (let s = 0; s < SPARSE; s++) {
      const index = sparses[row * SPARSE + s];
      vectors.push(tables[s].subarray(index * WIDTH, (index + 1) * WIDTH));
    }
    const dots = PAIRS.map(([i, j]) => vectors[i].reduce((sum, value, at) => sum + value * vectors[j][at], 0));
    let scored = Float64Array.from([...dots, ...values]);
    for (const [at, one] of top.entries()) {
      scored = dense(one, scored);
      if (at < top.length - 1) scored = relu(scored);
    }
    return 1 / (1 + Math.exp(-scored[0]));
  });
}
