/**
 * The words of operations' arguments, and the server's numbers for them. Expressions have the same.
 *
 * @module
 */

/** Orders of lists. */
export const LIST_ORDERS: ReadonlyMap<string, number> = new Map([["unordered", 0], ["ordered", 1]]);

/** Orders of maps. */
export const MAP_ORDERS: ReadonlyMap<string, number> = new Map([
  ["unordered", 0],
  ["key-ordered", 1],
  ["key-value-ordered", 3],
]);

/** What list operations answer. */
export const LIST_RETURNS: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["index", 1],
  ["reverse-index", 2],
  ["rank", 3],
  ["reverse-rank", 4],
  ["count", 5],
  ["values", 7],
  ["exists", 13],
]);

/** What map operations answer. */
export const MAP_RETURNS: ReadonlyMap<string, number> = new Map([
  ...LIST_RETURNS,
  ["keys", 6],
  ["key-values", 8],
  ["unordered-map", 16],
  ["ordered-map", 17],
]);

/** What a number does that leaves its bits. */
export const OVERFLOWS: ReadonlyMap<string, number> = new Map([["fail", 0], ["saturate", 2], ["wrap", 4]]);

/** Flags of writes to lists. */
export const LIST_FLAGS = { addUnique: 1, insertBounded: 2, noFail: 4, partial: 8 } as const;

/** Flags of sorting a list. */
export const SORT_FLAGS = { descending: 1, dropDuplicates: 2 } as const;

/** Flags of writes to maps. */
export const MAP_FLAGS = { createOnly: 1, updateOnly: 2, noFail: 4, partial: 8 } as const;

/** Flags of writes to bits. */
export const BIT_FLAGS = { createOnly: 1, updateOnly: 2, noFail: 4, partial: 8 } as const;

/** Flags of resizing bytes. */
export const RESIZE_FLAGS = { fromFront: 1, growOnly: 2, shrinkOnly: 4 } as const;

/** Flags of writes to sketches. */
export const HLL_FLAGS = { createOnly: 1, updateOnly: 2, noFail: 4, allowFold: 8 } as const;

/** What a path selects. */
export const PATH_SELECTS: ReadonlyMap<string, number> = new Map([
  ["matching-tree", 0],
  ["values", 1],
  ["map-keys", 2],
  ["map-entries", 3],
]);

/** Flags of operations along a path. */
export const PATH_FLAGS = { noFail: 0x10 } as const;

/** Which numbers a text may say. */
export const NUMERIC_TYPES: ReadonlyMap<string, number> = new Map([["any", 0], ["int", 1], ["float", 2]]);

/** Flags of writes to texts. */
export const STRING_FLAGS = { createOnly: 1, updateOnly: 2, noFail: 4 } as const;

/** Flags of patterns in texts. */
export const REGEX_FLAGS = { caseInsensitive: 1, multiline: 2, dotAll: 4, unixLines: 8 } as const;

/** Flags of patterns that are replaced. */
export const REPLACE_FLAGS = { ...REGEX_FLAGS, global: 16 } as const;
