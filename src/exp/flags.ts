/**
 * Options of calls, as the numbers that the server reads.
 *
 * @module
 */

import { checkNames, choiceOption } from "../option-check.ts";

/** Throws where options have another name than these; gives them as an object that may be empty. */
export function checkedOptions<O extends object>(
  options: O | undefined,
  name: string,
  valid: readonly string[],
): Partial<O> {
  if (options === undefined) return {};
  checkNames(options, `${name}() options`, valid);
  return options as Partial<O>;
}

/** The number of a word, which is `fallback` where it is left out. */
export function numberOf(
  word: unknown,
  numbers: ReadonlyMap<string, number>,
  fallback: string,
  path: string,
): number {
  const words = [...numbers.keys()];
  return numbers.get(words[choiceOption(word === undefined ? fallback : word, path, words)] as string) as number;
}
