/**
 * List and map operations: their numbers and arguments.
 *
 * @module
 */
/** What an argument is; with "?" it and all behind it may be absent. */
export type Argument =
  | "value"
  | "values"
  | "anyOf"
  | "pairs"
  | "key"
  | "keys"
  | "index"
  | "place"
  | "count?"
  | "count"
  | "end?"
  | "keyEnd?"
  | "delta?"
  | "returns"
  | "listOrder"
  | "listOrder?"
  | "mapOrder"
  | "mapOrder?"
  | "listFlags?"
  | "mapFlags?"
  | "sortFlags?";

/** An operation's number and its arguments. */
export type Verb = readonly [verb: number, ...Argument[]];

/** Every selection by its verbs for reading and for removing. */
const LIST_SELECTIONS: readonly (readonly [number, number, ...Argument[]])[] = [
  [19, 32, "index"],
  [21, 34, "index"],
  [22, 35, "value"],
  [23, 36, "anyOf"],
  [24, 37, "index", "count?"],
  [25, 38, "value", "end?"],
  [26, 39, "index", "count?"],
  [27, 40, "value", "index", "count?"],
];
const MAP_SELECTIONS: readonly (readonly [number, number, ...Argument[]])[] = [
  [97, 76, "key"],
  [98, 77, "index"],
  [100, 79, "index"],
  [107, 81, "keys"],
  [102, 82, "value"],
  [108, 83, "anyOf"],
  [103, 84, "key", "keyEnd?"],
  [104, 85, "index", "count?"],
  [105, 86, "value", "end?"],
  [106, 87, "index", "count?"],
  [109, 88, "key", "index", "count?"],
  [110, 89, "value", "index", "count?"],
];

/** Operations that read lists. */
export const LIST_READS: readonly Verb[] = [
  [16],
  [17, "index"],
  [18, "index", "count?"],
  ...LIST_SELECTIONS.map(([verb, , ...rest]): Verb => [verb, "returns", ...rest]),
];
/** Operations that change lists. */
export const LIST_WRITES: readonly Verb[] = [
  [0, "listOrder"],
  [1, "value", "listOrder?", "listFlags?"],
  [1, "value", "listOrder?", "listFlags?"],
  [2, "values", "listOrder?", "listFlags?"],
  [2, "values", "listOrder?", "listFlags?"],
  [3, "place", "value", "listFlags?"],
  [4, "place", "anyOf", "listFlags?"],
  [5, "index"],
  [6, "index", "count?"],
  [7, "index"],
  [8, "index", "count?"],
  [9, "place", "value", "listFlags?"],
  [10, "index", "count"],
  [11],
  [12, "index", "delta?", "listOrder?", "listFlags?"],
  [12, "index", "delta?", "listFlags?"],
  [13, "sortFlags?"],
  ...LIST_SELECTIONS.map(([, verb, ...rest]): Verb => [verb, "returns", ...rest]),
];
/** Operations that read maps. */
export const MAP_READS: readonly Verb[] = [
  [96],
  ...MAP_SELECTIONS.map(([verb, , ...rest]): Verb => [verb, "returns", ...rest]),
];
/** Operations that change maps. */
export const MAP_WRITES: readonly Verb[] = [
  [64, "mapOrder"],
  [65, "key", "value", "mapOrder?"],
  [66, "pairs", "mapOrder?"],
  [67, "key", "value", "mapOrder?", "mapFlags?"],
  [67, "key", "value", "mapOrder?", "mapFlags?"],
  [68, "pairs", "mapOrder?", "mapFlags?"],
  [68, "pairs", "mapOrder?", "mapFlags?"],
  [69, "key", "value"],
  [70, "pairs"],
  [73, "key", "delta?", "mapOrder?"],
  [74, "key", "delta?", "mapOrder?"],
  [75],
  ...MAP_SELECTIONS.map(([, verb, ...rest]): Verb => [verb, "returns", ...rest]),
];
