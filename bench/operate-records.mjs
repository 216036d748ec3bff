// The records of `operate`: a list and a map of as many elements, in a set of its own.

export const OPERATE_SET = "bench-operate";
export const RECORDS = 1_024;
/** The elements of each list and each map. */
export const COUNT = 90;
/** How many of them a read takes. */
export const TAKEN = 10;
export const LIST = Array.from({ length: COUNT }, (_, i) => i * 1_000_003);
/** Keys of the same length, so that their order is that of the values. */
export const MAP = Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`k${10 + i}`, i]));
export const keyOf = (i) => `operate:${i}`;
