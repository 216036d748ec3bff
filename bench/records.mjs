// The records that every client writes and reads: ten bins of integers, doubles and strings. The program
// `rust/core-kv` makes the same ones; the harness compares what each client read with what this file says.

/** Records that are there before anything is timed. */
export const RECORDS = 18_000;
/** Records of one set lie side by side, so that 100 keys share a set and 1,800 keys name all of them. */
export const KEYS_PER_SET = 200;
export const SETS = 9;
/** What the timed puts write: a set of its own, which each client cycles through under its own prefix. */
export const PUT_SET = "bench-put";
export const PUT_KEYS = 4_096;

const CITIES = [
  "Lisbon",
  "Zürich",
  "Oslo",
  "Kyoto",
  "Quito",
  "Accra",
  "Perth",
  "Turin",
];

export const setOf = (i) => `bench-${Math.floor(i / KEYS_PER_SET) % SETS}`;
export const userKeyOf = (i) => `user:${i}`;

/** The bins of record `i`. Doubles have a fraction, so that each client stores them as doubles without being told. */
export function binsOf(i) {
  return {
    id: i,
    views: (i * 7_919) % 1_000_003,
    stock: i % 1_000,
    balance: 5 - i * 1_000_000_007,
    score: (i % 97) + 0.25,
    rating: (i % 5) + 0.5,
    weight: i + 0.75,
    name: `record ${i}`,
    city: CITIES[i % CITIES.length],
    note: `The quick brown fox jumps over the lazy dog ${i}`,
  };
}

/** One text for equal bins, whatever the order in which a client gave them. */
export function canonical(bins) {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(bins).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  );
}
