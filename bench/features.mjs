// The records of `nine`: features of nine kinds, each kind in its set, of which a request reads 200 a set. 67 % of the
// keys have a record. `workers/features.py` makes the same ones; the harness compares what each client read with what
// this file says.

export const SETS = 9;
export const KEYS_PER_SET = 200;
/** Keys of one request. */
export const KEYS = SETS * KEYS_PER_SET;
/** Requests with keys of their own. */
export const REQUESTS = 10;
/** Of each hundred keys in a row, so many have a record: spread over them, and the same number in each request. */
const FOUND_PER_HUNDRED = 67;
/** Shares no factor with 100. */
const SPREAD = 37;
const VECTOR_WIDTH = 8;
const CATEGORIES = ["books", "garden", "kitchen", "music", "outdoor", "pets", "toys", "travel"];

export const setOf = (i) => `bench-nine-${Math.floor(i / KEYS_PER_SET) % SETS}`;
export const setNames = Array.from({ length: SETS }, (_, i) => setOf(i * KEYS_PER_SET));
/** 27 characters, as the identifiers of the workload that this follows. */
export const userKeyOf = (i) => `nad-a001-${String(i).padStart(18, "0")}`;
/** The key of a record that nobody writes. */
export const absentKeyOf = (i) => `none-a01-${String(i).padStart(18, "0")}`;
export const isFound = (i) => (i * SPREAD) % 100 < FOUND_PER_HUNDRED;

/** The records of request `r` are those from `first(r)` on. */
export const first = (r) => (r % REQUESTS) * KEYS;

/**
 * The records of a request for fewer keys, as `{ start, step }`: they lie spread over a whole request, so over all sets.
 * `keys` divides {@link KEYS}; with all of them it is the request itself.
 */
export function spanOf(n, keys) {
  const step = KEYS / keys;
  return { start: first(n) + Math.floor(n / REQUESTS) % step, step };
}

/** Numbers of requests for so many keys that differ. */
export const requestsOf = (keys) => REQUESTS * (KEYS / keys);

/**
 * The bins of record `i`. Doubles have a fraction, so that each client stores them as doubles without being told, and
 * are such that sums of them are exact.
 */
export function binsOf(i) {
  const vector = Float32Array.from({ length: VECTOR_WIDTH }, (_, at) => ((i + at) % 64) * 0.25);
  return {
    imp: i,
    clk: (i * 7_919) % 100_003,
    ctr: (i % 97) + 0.25,
    cvr: (i % 89) + 0.5,
    cat: `category of ${CATEGORIES[i % CATEGORIES.length]}`,
    emb: new Uint8Array(vector.buffer),
  };
}

/** The columns that hold all of it. A missing number is 0, so that sums need no look at what is missing. */
export const SCHEMA = {
  imp: "i32",
  clk: "i32",
  ctr: { type: "f64", fill: 0 },
  cvr: { type: "f64", fill: 0 },
  cat: "string",
  emb: { type: ["f32", VECTOR_WIDTH], fill: 0 },
};

/** One text for equal bins; bytes as hexadecimal digits. */
export function canonical(bins) {
  if (!bins) return "nothing";
  const names = Object.keys(bins).sort();
  return names.map((name) => `${name}=${bins[name] instanceof Uint8Array ? hex(bins[name]) : bins[name]}`).join(" ");
}

const hex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");

/** What readers that touch everything, two bins, and columns have to arrive at in request `n` for so many keys. */
export function expected(n, keys) {
  const { start, step } = spanOf(n, keys);
  const sums = { found: 0, eager: 0, lazy: 0, columns: 0 };
  for (let i = start, left = keys; left > 0; i += step, left--) {
    if (!isFound(i)) continue;
    const { imp, clk, ctr, cvr, cat, emb } = binsOf(i);
    sums.found++;
    sums.eager += imp + clk + ctr + cvr + cat.length + emb.length;
    sums.lazy += imp + ctr;
    sums.columns += imp + clk + ctr + cvr + new Float32Array(emb.buffer).reduce((sum, value) => sum + value, 0);
  }
  return sums;
}
