/**
 * Expressions on texts. Server 8.2 or later.
 *
 * Positions count code points from 0, negative ones from the end, and those beyond it are taken as the end. What changes a
 * text gives it as it then is, and leaves the bin alone.
 *
 * @module
 */

import { NUMERIC_TYPES, REGEX_FLAGS, REPLACE_FLAGS, STRING_FLAGS } from "../codec/words.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Expression, ValueType } from "./expression.ts";
import { checkedOptions, numberOf } from "./flags.ts";
import type { NumericType } from "../operations/fields.ts";
import { flagBits } from "../option-check.ts";
import { int, type Operand, operand, typed } from "./operand.ts";
import { type Argument, call, Module, node, Op } from "./pack.ts";

/** Options of expressions that change texts. */
export interface StringWriteOptions {
  /** Refuses a text that is there. */
  readonly createOnly?: boolean | undefined;
  /** Refuses a text that is not there. */
  readonly updateOnly?: boolean | undefined;
  /** What is refused leaves the text as it is, and is no error. */
  readonly noFail?: boolean | undefined;
}

/** How a pattern in ICU's syntax is read. */
export interface StringRegexOptions {
  /** Regardless of case. */
  readonly caseInsensitive?: boolean | undefined;
  /** `^` and `$` are the ends of each line. */
  readonly multiline?: boolean | undefined;
  /** `.` is line breaks too. */
  readonly dotAll?: boolean | undefined;
  /** Only a line feed ends a line. */
  readonly unixLines?: boolean | undefined;
}

/** Options of `exp.string.regexReplace`. */
export interface StringRegexReplaceOptions extends StringRegexOptions, StringWriteOptions {
  /** Replaces every match, not only the first. */
  readonly global?: boolean | undefined;
}

const WRITE_OPTIONS: readonly string[] = Object.keys(STRING_FLAGS);

function text(value: unknown, path: string): Expression<"string"> {
  return operand(value, "string", path);
}

function reads<T extends ValueType>(
  type: T,
  source: Operand<"string">,
  args: readonly Argument[],
  name: string,
): Expression<T> {
  return call(type, type, { module: Module.STRING, source: text(source, `${name}() source`), args });
}

function changed(source: Operand<"string">, args: readonly Argument[], name: string): Expression<"string"> {
  const on = text(source, `${name}() source`);
  return call("string", "string", { module: Module.STRING, modifies: true, source: on, args });
}

function writes(
  source: Operand<"string">,
  args: readonly Argument[],
  options: StringWriteOptions | undefined,
  name: string,
): Expression<"string"> {
  const flags = flagBits(checkedOptions(options, name, WRITE_OPTIONS), STRING_FLAGS, `${name}() options`);
  return changed(source, [...args, flags], name);
}

/** Two texts as one argument, that the server does not take for an expression. */
function quoted(first: Expression<"string">, second: Expression<"string">): Argument {
  return node("list", Op.QUOTED, [PAIR, first, second], 1);
}

/** The header of an array of two. */
const PAIR: Uint8Array = Uint8Array.of(0x92);

/** How many code points there are. */
export function strlen(source: Operand<"string">): Expression<"int"> {
  return reads("int", source, [0], "exp.string.strlen");
}

/** The code points from `start` up to `end`, which is not among them; to the last where `end` is left out. */
export function substr(
  source: Operand<"string">,
  start: Operand<"int">,
  end?: Operand<"int">,
): Expression<"string"> {
  const last = end === undefined ? [] : [int(end, "exp.string.substr() end")];
  return reads("string", source, [1, int(start, "exp.string.substr() start"), ...last], "exp.string.substr");
}

/** The code point at a position. */
export function charAt(source: Operand<"string">, index: Operand<"int">): Expression<"string"> {
  return reads("string", source, [2, int(index, "exp.string.charAt() index")], "exp.string.charAt");
}

/** Where a text begins within; -1 where it does not. `occurrence` says which time it does: 1 the first, -1 the last. */
export function find(
  source: Operand<"string">,
  needle: Operand<"string">,
  occurrence?: Operand<"int">,
): Expression<"int"> {
  const last = occurrence === undefined ? [] : [int(occurrence, "exp.string.find() occurrence")];
  return reads("int", source, [3, text(needle, "exp.string.find() needle"), ...last], "exp.string.find");
}

/** Whether a text is within. */
export function contains(source: Operand<"string">, needle: Operand<"string">): Expression<"bool"> {
  return reads("bool", source, [4, text(needle, "exp.string.contains() needle")], "exp.string.contains");
}

/** Whether it begins with a text. */
export function startsWith(source: Operand<"string">, prefix: Operand<"string">): Expression<"bool"> {
  return reads("bool", source, [5, text(prefix, "exp.string.startsWith() prefix")], "exp.string.startsWith");
}

/** Whether it ends with a text. */
export function endsWith(source: Operand<"string">, suffix: Operand<"string">): Expression<"bool"> {
  return reads("bool", source, [6, text(suffix, "exp.string.endsWith() suffix")], "exp.string.endsWith");
}

/** The integer that it says. */
export function toInteger(source: Operand<"string">): Expression<"int"> {
  return reads("int", source, [7], "exp.string.toInteger");
}

/** The double that it says. */
export function toDouble(source: Operand<"string">): Expression<"float"> {
  return reads("float", source, [8], "exp.string.toDouble");
}

/** How many bytes it has in UTF-8. */
export function byteLength(source: Operand<"string">): Expression<"int"> {
  return reads("int", source, [9], "exp.string.byteLength");
}

/** Whether it says a number: of any type, an integer, or a double, which has a point and a digit behind it. */
export function isNumeric(source: Operand<"string">, type?: NumericType): Expression<"bool"> {
  const name = "exp.string.isNumeric";
  const number = type === undefined ? [] : [numberOf(type, NUMERIC_TYPES, "any", `${name}() type`)];
  return reads("bool", source, [10, ...number], name);
}

/** Whether there is no lower-case letter. */
export function isUpper(source: Operand<"string">): Expression<"bool"> {
  return reads("bool", source, [11], "exp.string.isUpper");
}

/** Whether there is no upper-case letter. */
export function isLower(source: Operand<"string">): Expression<"bool"> {
  return reads("bool", source, [12], "exp.string.isLower");
}

/** Its bytes in UTF-8. */
export function toBlob(source: Operand<"string">): Expression<"blob"> {
  return reads("blob", source, [13], "exp.string.toBlob");
}

/** Its parts between a separator; its code points where there is none. */
export function split(
  source: Operand<"string">,
  separator?: Operand<"string">,
): Expression<"list"> {
  const last = separator === undefined ? [] : [text(separator, "exp.string.split() separator")];
  return reads("list", source, [14, ...last], "exp.string.split");
}

/** The bytes whose Base64 it is. */
export function b64Decode(source: Operand<"string">): Expression<"blob"> {
  return reads("blob", source, [15], "exp.string.b64Decode");
}

/** Whether a pattern in ICU's syntax has a match. */
export function regexCompare(
  source: Operand<"string">,
  pattern: Operand<"string">,
  options?: StringRegexOptions,
): Expression<"bool"> {
  const name = "exp.string.regexCompare";
  const flags = options === undefined
    ? []
    : [flagBits(checkedOptions(options, name, Object.keys(REGEX_FLAGS)), REGEX_FLAGS, `${name}() options`)];
  return reads("bool", source, [16, text(pattern, `${name}() pattern`), ...flags], name);
}

/** The text with another inserted at a position. */
export function insert(
  source: Operand<"string">,
  index: Operand<"int">,
  value: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.insert";
  return writes(source, [50, int(index, `${name}() index`), text(value, `${name}() value`)], options, name);
}

/** The text with another over it from a position on. */
export function overwrite(
  source: Operand<"string">,
  index: Operand<"int">,
  value: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.overwrite";
  return writes(source, [51, int(index, `${name}() index`), text(value, `${name}() value`)], options, name);
}

/** The text with others behind it, in their order. */
export function concat(
  source: Operand<"string">,
  values: Operand<"list">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.concat";
  return writes(source, [52, operand(values, "list", `${name}() values`)], options, name);
}

/** The text with another behind it. */
export function append(
  source: Operand<"string">,
  value: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.append";
  return writes(source, [67, text(value, `${name}() value`)], options, name);
}

/** The text with another before it. */
export function prepend(
  source: Operand<"string">,
  value: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.prepend";
  return writes(source, [68, text(value, `${name}() value`)], options, name);
}

/** The text without the code points from `start` up to `end`. Without `end`, to the last; then there are no options. */
export function snip(
  source: Operand<"string">,
  start: Operand<"int">,
  end?: Operand<"int">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.snip";
  const first = int(start, `${name}() start`);
  if (end !== undefined) return writes(source, [53, first, int(end, `${name}() end`)], options, name);
  // The server would take flags in the place of the end for the end.
  if (options !== undefined) throw new InvalidArgumentError(`${name}() options have no place without an end`);
  return changed(source, [53, first], name);
}

/** The text with the first occurrence of another replaced. */
export function replace(
  source: Operand<"string">,
  needle: Operand<"string">,
  replacement: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.replace";
  const pair = quoted(text(needle, `${name}() needle`), text(replacement, `${name}() replacement`));
  return writes(source, [54, pair], options, name);
}

/** The text with every occurrence of another replaced. */
export function replaceAll(
  source: Operand<"string">,
  needle: Operand<"string">,
  replacement: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.replaceAll";
  const pair = quoted(text(needle, `${name}() needle`), text(replacement, `${name}() replacement`));
  return writes(source, [55, pair], options, name);
}

/** The text in upper case. */
export function upper(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [56], options, "exp.string.upper");
}

/** The text in lower case. */
export function lower(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [57], options, "exp.string.lower");
}

/** The text in the form in which texts are compared regardless of case. */
export function caseFold(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [58], options, "exp.string.caseFold");
}

/** The text in Unicode's normal form C. */
export function normalizeNfc(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [59], options, "exp.string.normalizeNfc");
}

/** The text without white space at its beginning. */
export function trimStart(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [60], options, "exp.string.trimStart");
}

/** The text without white space at its end. */
export function trimEnd(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [61], options, "exp.string.trimEnd");
}

/** The text without white space at its ends. */
export function trim(source: Operand<"string">, options?: StringWriteOptions): Expression<"string"> {
  return writes(source, [62], options, "exp.string.trim");
}

/** The text with another before it, as often as it takes to have so many code points. */
export function padStart(
  source: Operand<"string">,
  length: Operand<"int">,
  padding: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.padStart";
  return writes(source, [63, int(length, `${name}() length`), text(padding, `${name}() padding`)], options, name);
}

/** The text with another behind it, as often as it takes to have so many code points. */
export function padEnd(
  source: Operand<"string">,
  length: Operand<"int">,
  padding: Operand<"string">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.padEnd";
  return writes(source, [64, int(length, `${name}() length`), text(padding, `${name}() padding`)], options, name);
}

/** The text so many times. */
export function repeat(
  source: Operand<"string">,
  count: Operand<"int">,
  options?: StringWriteOptions,
): Expression<"string"> {
  const name = "exp.string.repeat";
  return writes(source, [65, int(count, `${name}() count`)], options, name);
}

/** The text with the first match of a pattern in ICU's syntax replaced, or with `global` every match. */
export function regexReplace(
  source: Operand<"string">,
  pattern: Operand<"string">,
  replacement: Operand<"string">,
  options?: StringRegexReplaceOptions,
): Expression<"string"> {
  const name = "exp.string.regexReplace";
  const given = checkedOptions(options, name, [...Object.keys(REPLACE_FLAGS), ...WRITE_OPTIONS]);
  const pair = quoted(text(pattern, `${name}() pattern`), text(replacement, `${name}() replacement`));
  return changed(source, [
    66,
    pair,
    flagBits(given, REPLACE_FLAGS, `${name}() options`),
    flagBits(given, STRING_FLAGS, `${name}() options`),
  ], name);
}

/** An integer, a double, bytes or a text as a text. */
export function toString(value: Expression<"int" | "float" | "string" | "blob">): Expression<"string"> {
  return node("string", Op.TO_STRING, [
    typed(value, ["int", "float", "string", "blob"], "exp.string.toString() value"),
  ]);
}
