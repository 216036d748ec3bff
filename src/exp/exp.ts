/**
 * The functions that make expressions; `exp` is this module.
 *
 * @module
 */

export { abs, add, ceil, div, floor, log, max, min, mod, mul, pow, sub, toFloat, toInt } from "./arithmetic.ts";
export {
  bin,
  binExists,
  binType,
  blobBin,
  boolBin,
  floatBin,
  geoBin,
  hllBin,
  intBin,
  listBin,
  mapBin,
  stringBin,
} from "./bin.ts";
export { eq, ge, geoCompare, gt, inList, le, lt, ne, regexCompare } from "./comparison.ts";
export { cond, let_ as let, unknown, var_ as var } from "./control.ts";
export { fromAel, fromBase64 } from "./encoded.ts";
export {
  intAnd,
  intArshift,
  intCount,
  intLscan,
  intLshift,
  intNot,
  intOr,
  intRscan,
  intRshift,
  intXor,
} from "./integer-bits.ts";
export { and, exclusive, not, or } from "./logic.ts";
export {
  blobLoopVar,
  boolLoopVar,
  floatLoopVar,
  geoJsonLoopVar,
  hllLoopVar,
  intLoopVar,
  listLoopVar,
  mapLoopVar,
  nilLoopVar,
  stringLoopVar,
} from "./loop-variable.ts";
export { mapKeys, mapValues } from "./map-parts.ts";
export {
  digestModulo,
  isTombstone,
  key,
  keyExists,
  lastUpdate,
  recordSize,
  setName,
  sinceUpdate,
  ttl,
  voidTime,
} from "./metadata.ts";
export {
  modifyByPath,
  removeByPath,
  removeResult,
  selectByPath,
  selectMapEntries,
  selectMapKeys,
  selectMatchingTree,
  selectValues,
} from "./path.ts";
export {
  blobVal,
  boolVal,
  floatVal,
  geoVal,
  hllVal,
  infinity,
  intVal,
  listVal,
  mapVal,
  nil,
  stringVal,
  wildcard,
} from "./value.ts";
/** Expressions on the bits of bytes. */
export * as bit from "./bit.ts";
/** Expressions on HyperLogLog sketches. */
export * as hll from "./hll.ts";
/** Expressions on lists. */
export * as list from "./list.ts";
/** Expressions on maps. */
export * as map from "./map.ts";
/** Expressions on texts. */
export * as string from "./string.ts";
export type { Collection, ContextOption, IndexRange, InvertedOption, RankRange } from "./collection.ts";
export type { RelativeIndexRange, RelativeRankRange, ValueRange } from "./collection.ts";
export type { RegexFlag } from "./comparison.ts";
export type { Case, Variables } from "./control.ts";
export type { LoopPart } from "./loop-variable.ts";
export type { AnyOperand, Constants, Numeric, Operand } from "./operand.ts";
export type { PathOptions, PathSelectOptions } from "./path.ts";
