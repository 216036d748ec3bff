/**
 * The functions that operations on texts are.
 *
 * @module
 */

import type { StringOperations } from "../operations/string.ts";
import * as a from "./argument.ts";
import { type FunctionTable, reads, writes } from "./functions.ts";
import { NUMERIC_TYPES, REGEX_FLAGS, REPLACE_FLAGS, STRING_FLAGS } from "./words.ts";

const flags = a.flags(STRING_FLAGS);
const index = a.int("index");
const start = a.int("start");
const end = a.optionalInt("end");
const value = a.text("value");
const needle = a.text("needle");
const pattern = a.text("pattern");
const replacement = a.text("replacement");
const length = a.int("length");
const padding = a.text("padding");

/** Operations on texts. */
export const STRING_FUNCTIONS: FunctionTable<keyof StringOperations> = {
  strlen: reads(0, ["strlen"]),
  substr: reads(1, ["substr", "substr_from"], start, end),
  charAt: reads(2, ["char_at"], index),
  find: reads(3, ["find", "find_nth"], needle, a.optionalInt("occurrence")),
  contains: reads(4, ["contains"], needle),
  startsWith: reads(5, ["starts_with"], a.text("prefix")),
  endsWith: reads(6, ["ends_with"], a.text("suffix")),
  toInteger: reads(7, ["to_integer"]),
  toDouble: reads(8, ["to_double"]),
  byteLength: reads(9, ["byte_length"]),
  isNumeric: reads(10, ["is_numeric", "is_numeric_typed"], a.optionalChoice("type", NUMERIC_TYPES)),
  isUpper: reads(11, ["is_upper"]),
  isLower: reads(12, ["is_lower"]),
  toBlob: reads(13, ["to_blob"]),
  split: reads(14, ["split", "split_by_separator"], a.optionalText("separator")),
  b64Decode: reads(15, ["b64_decode"]),
  regexCompare: reads(16, ["regex_compare", "regex_compare_with_flags"], pattern, a.flags(REGEX_FLAGS)),
  toString: { ...reads(254, ["to_string"]), nests: false },
  insert: writes(50, ["insert"], index, value, flags),
  overwrite: writes(51, ["overwrite"], index, value, flags),
  concat: writes(52, ["concat", "concat_list"], a.texts("values"), flags),
  snip: writes(53, ["snip", "snip_from"], start, end, flags),
  replace: writes(54, ["replace"], needle, replacement, flags),
  replaceAll: writes(55, ["replace_all"], needle, replacement, flags),
  upper: writes(56, ["upper"], flags),
  lower: writes(57, ["lower"], flags),
  caseFold: writes(58, ["case_fold"], flags),
  normalizeNfc: writes(59, ["normalize_nfc"], flags),
  trimStart: writes(60, ["trim_start"], flags),
  trimEnd: writes(61, ["trim_end"], flags),
  trim: writes(62, ["trim"], flags),
  padStart: writes(63, ["pad_start"], length, padding, flags),
  padEnd: writes(64, ["pad_end"], length, padding, flags),
  repeat: writes(65, ["repeat"], a.int("count"), flags),
  regexReplace: writes(66, ["regex_replace"], pattern, replacement, a.flags(REPLACE_FLAGS), flags),
  append: writes(67, ["append"], value, flags),
  prepend: writes(68, ["prepend"], value, flags),
};
