/**
 * Operations on texts.
 *
 * @module
 */

import type { Operation } from "../operation.ts";
import type { ContextOptions, Int, NumericType } from "./fields.ts";
import { make } from "./make.ts";

/** Options of operations that write texts. */
export interface StringWriteOptions extends ContextOptions {
  /** Refuses a bin that is there: code 6 (`BIN_EXISTS`). Only for what can create one, and not with `ctx`. */
  readonly createOnly?: boolean | undefined;
  /** Leaves alone a bin that is not there. */
  readonly updateOnly?: boolean | undefined;
  /** What is refused is left out, and no error. */
  readonly noFail?: boolean | undefined;
}

/** How `string.regexCompare` reads a pattern. */
export interface StringRegexOptions extends ContextOptions {
  /** Regardless of case. */
  readonly caseInsensitive?: boolean | undefined;
  /** `^` and `$` are the ends of each line. */
  readonly multiline?: boolean | undefined;
  /** `.` is line breaks too. */
  readonly dotAll?: boolean | undefined;
  /** Only a line feed ends a line. */
  readonly unixLines?: boolean | undefined;
}

/** Options of `string.regexReplace`. */
export interface StringRegexReplaceOptions extends StringRegexOptions, StringWriteOptions {
  /** Replaces every match, not only the first. */
  readonly global?: boolean | undefined;
}

/** The builders of operations on texts: plain functions that return plain, frozen objects. */
export interface StringOperations {
  /** Reads how many code points there are. */
  strlen(bin: string, options?: ContextOptions): Operation;
  /** Reads the code points from `start` up to `end`, which is not among them; to the last where `end` is left out. */
  substr(bin: string, start: Int, end?: Int | undefined, options?: ContextOptions): Operation;
  /** Reads the code point at a position. */
  charAt(bin: string, index: Int, options?: ContextOptions): Operation;
  /** Reads where a text begins within; -1 where it does not. `occurrence` says which time it does: 1 the first, -1 the last. */
  find(bin: string, needle: string, occurrence?: Int | undefined, options?: ContextOptions): Operation;
  /** Reads whether a text is within. */
  contains(bin: string, needle: string, options?: ContextOptions): Operation;
  /** Reads whether it begins with a text. */
  startsWith(bin: string, prefix: string, options?: ContextOptions): Operation;
  /** Reads whether it ends with a text. */
  endsWith(bin: string, suffix: string, options?: ContextOptions): Operation;
  /** Reads the integer that it says. Of a text that says none, code 4 (`REQUEST_INVALID`). */
  toInteger(bin: string, options?: ContextOptions): Operation;
  /** Reads the double that it says. Of a text that says none, code 4 (`REQUEST_INVALID`). */
  toDouble(bin: string, options?: ContextOptions): Operation;
  /** Reads how many bytes it has in UTF-8. */
  byteLength(bin: string, options?: ContextOptions): Operation;
  /** Reads whether it says a number. */
  isNumeric(bin: string, type?: NumericType | undefined, options?: ContextOptions): Operation;
  /** Reads whether there is no lower-case letter. */
  isUpper(bin: string, options?: ContextOptions): Operation;
  /** Reads whether there is no upper-case letter. */
  isLower(bin: string, options?: ContextOptions): Operation;
  /** Reads its bytes in UTF-8. */
  toBlob(bin: string, options?: ContextOptions): Operation;
  /** Reads the texts between a separator; without one its code points. */
  split(bin: string, separator?: string | undefined, options?: ContextOptions): Operation;
  /** Reads the bytes whose Base64 it is. */
  b64Decode(bin: string, options?: ContextOptions): Operation;
  /** Reads whether a pattern in ICU's syntax has a match. */
  regexCompare(bin: string, pattern: string, options?: StringRegexOptions): Operation;
  /** Reads what is in the bin, an integer, a double, bytes or a text, as a text. */
  toString(bin: string): Operation;
  /** Inserts a text at a position. */
  insert(bin: string, index: Int, value: string, options?: StringWriteOptions): Operation;
  /** Writes a text over it from a position on. */
  overwrite(bin: string, index: Int, value: string, options?: StringWriteOptions): Operation;
  /** Puts texts behind it, in their order. */
  concat(bin: string, values: readonly string[], options?: StringWriteOptions): Operation;
  /** Puts a text behind it. */
  append(bin: string, value: string, options?: StringWriteOptions): Operation;
  /** Puts a text before it. */
  prepend(bin: string, value: string, options?: StringWriteOptions): Operation;
  /** Removes the code points from `start` up to `end`, which is not among them. Without `end`, to the last; then there are no write flags. */
  snip(bin: string, start: Int, end?: Int | undefined, options?: StringWriteOptions): Operation;
  /** Replaces the first occurrence of a text. */
  replace(bin: string, needle: string, replacement: string, options?: StringWriteOptions): Operation;
  /** Replaces every occurrence of a text. */
  replaceAll(bin: string, needle: string, replacement: string, options?: StringWriteOptions): Operation;
  /** Makes it upper case. */
  upper(bin: string, options?: StringWriteOptions): Operation;
  /** Makes it lower case. */
  lower(bin: string, options?: StringWriteOptions): Operation;
  /** Gives it the form in which texts are compared regardless of case. */
  caseFold(bin: string, options?: StringWriteOptions): Operation;
  /** Gives it Unicode's normal form C. */
  normalizeNfc(bin: string, options?: StringWriteOptions): Operation;
  /** Removes white space at its beginning. */
  trimStart(bin: string, options?: StringWriteOptions): Operation;
  /** Removes white space at its end. */
  trimEnd(bin: string, options?: StringWriteOptions): Operation;
  /** Removes white space at its ends. */
  trim(bin: string, options?: StringWriteOptions): Operation;
  /** Puts a text before it, as often as it takes to have so many code points. */
  padStart(bin: string, length: Int, padding: string, options?: StringWriteOptions): Operation;
  /** Puts a text behind it, as often as it takes to have so many code points. */
  padEnd(bin: string, length: Int, padding: string, options?: StringWriteOptions): Operation;
  /** Repeats it so many times. */
  repeat(bin: string, count: Int, options?: StringWriteOptions): Operation;
  /** Replaces the first match of a pattern in ICU's syntax, or with `global` every match. */
  regexReplace(bin: string, pattern: string, replacement: string, options?: StringRegexReplaceOptions): Operation;
}

/**
 * Builders of operations on texts, for `operate` and for the rows of batches. Server 8.2 or later: an earlier one refuses them
 * with code 4 (`REQUEST_INVALID`).
 *
 * Positions count code points from 0, negative ones from the end, and those beyond it are taken as the end. `ctx` leads to a
 * text within lists and maps. A bin that holds no text is code 12 (`BIN_INCOMPATIBLE_TYPE`). `insert`, `overwrite`, `concat`,
 * `append`, `prepend`, `padStart`, `padEnd` and `repeat` create a bin that is not there; what else writes leaves that alone.
 *
 * ```ts
 * import { connect, Key, string } from "@aerospike-ts/client";
 *
 * await using client = await connect({ hosts: "127.0.0.1:3000" });
 * const key = new Key("test", "users", "alice");
 * await client.put(key, { name: "  Alice " });
 * const result = await client.operate(key, [
 *   string.trim("name"),
 *   string.upper("name"),
 *   string.startsWith("name", "AL"), // true
 * ]);
 * console.log(result?.results);
 * ```
 */
export const string: StringOperations = Object.freeze({
  strlen: (bin: string, options?: ContextOptions): Operation => make("string.strlen", bin, {}, options),
  substr: (bin: string, start: Int, end?: Int | undefined, options?: ContextOptions): Operation =>
    make("string.substr", bin, { start, end }, options),
  charAt: (bin: string, index: Int, options?: ContextOptions): Operation =>
    make("string.charAt", bin, { index }, options),
  find: (bin: string, needle: string, occurrence?: Int | undefined, options?: ContextOptions): Operation =>
    make("string.find", bin, { needle, occurrence }, options),
  contains: (bin: string, needle: string, options?: ContextOptions): Operation =>
    make("string.contains", bin, { needle }, options),
  startsWith: (bin: string, prefix: string, options?: ContextOptions): Operation =>
    make("string.startsWith", bin, { prefix }, options),
  endsWith: (bin: string, suffix: string, options?: ContextOptions): Operation =>
    make("string.endsWith", bin, { suffix }, options),
  toInteger: (bin: string, options?: ContextOptions): Operation => make("string.toInteger", bin, {}, options),
  toDouble: (bin: string, options?: ContextOptions): Operation => make("string.toDouble", bin, {}, options),
  byteLength: (bin: string, options?: ContextOptions): Operation => make("string.byteLength", bin, {}, options),
  isNumeric: (bin: string, type?: NumericType | undefined, options?: ContextOptions): Operation =>
    make("string.isNumeric", bin, { type }, options),
  isUpper: (bin: string, options?: ContextOptions): Operation => make("string.isUpper", bin, {}, options),
  isLower: (bin: string, options?: ContextOptions): Operation => make("string.isLower", bin, {}, options),
  toBlob: (bin: string, options?: ContextOptions): Operation => make("string.toBlob", bin, {}, options),
  split: (bin: string, separator?: string | undefined, options?: ContextOptions): Operation =>
    make("string.split", bin, { separator }, options),
  b64Decode: (bin: string, options?: ContextOptions): Operation => make("string.b64Decode", bin, {}, options),
  regexCompare: (bin: string, pattern: string, options?: StringRegexOptions): Operation =>
    make("string.regexCompare", bin, { pattern }, options),
  toString: (bin: string): Operation => make("string.toString", bin, {}, undefined),
  insert: (bin: string, index: Int, value: string, options?: StringWriteOptions): Operation =>
    make("string.insert", bin, { index, value }, options),
  overwrite: (bin: string, index: Int, value: string, options?: StringWriteOptions): Operation =>
    make("string.overwrite", bin, { index, value }, options),
  concat: (bin: string, values: readonly string[], options?: StringWriteOptions): Operation =>
    make("string.concat", bin, { values }, options),
  append: (bin: string, value: string, options?: StringWriteOptions): Operation =>
    make("string.append", bin, { value }, options),
  prepend: (bin: string, value: string, options?: StringWriteOptions): Operation =>
    make("string.prepend", bin, { value }, options),
  snip: (bin: string, start: Int, end?: Int | undefined, options?: StringWriteOptions): Operation =>
    make("string.snip", bin, { start, end }, options),
  replace: (bin: string, needle: string, replacement: string, options?: StringWriteOptions): Operation =>
    make("string.replace", bin, { needle, replacement }, options),
  replaceAll: (bin: string, needle: string, replacement: string, options?: StringWriteOptions): Operation =>
    make("string.replaceAll", bin, { needle, replacement }, options),
  upper: (bin: string, options?: StringWriteOptions): Operation => make("string.upper", bin, {}, options),
  lower: (bin: string, options?: StringWriteOptions): Operation => make("string.lower", bin, {}, options),
  caseFold: (bin: string, options?: StringWriteOptions): Operation => make("string.caseFold", bin, {}, options),
  normalizeNfc: (bin: string, options?: StringWriteOptions): Operation => make("string.normalizeNfc", bin, {}, options),
  trimStart: (bin: string, options?: StringWriteOptions): Operation => make("string.trimStart", bin, {}, options),
  trimEnd: (bin: string, options?: StringWriteOptions): Operation => make("string.trimEnd", bin, {}, options),
  trim: (bin: string, options?: StringWriteOptions): Operation => make("string.trim", bin, {}, options),
  padStart: (bin: string, length: Int, padding: string, options?: StringWriteOptions): Operation =>
    make("string.padStart", bin, { length, padding }, options),
  padEnd: (bin: string, length: Int, padding: string, options?: StringWriteOptions): Operation =>
    make("string.padEnd", bin, { length, padding }, options),
  repeat: (bin: string, count: Int, options?: StringWriteOptions): Operation =>
    make("string.repeat", bin, { count }, options),
  regexReplace: (bin: string, pattern: string, replacement: string, options?: StringRegexReplaceOptions): Operation =>
    make("string.regexReplace", bin, { pattern, replacement }, options),
});
