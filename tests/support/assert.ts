/**
 * The part of `jsr:@std/assert@1` that the tests use, over `node:assert/strict`, for where JSR cannot be reached. To go
 * back, map `@std/assert` to `jsr:@std/assert@1` in deno.json.
 *
 * @module
 */
import strict from "node:assert/strict";

/** A class of errors. */
// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

export class AssertionError extends Error {
  override name = "AssertionError";
}

export function assert(condition: unknown, message = "expected a truthy value"): asserts condition {
  if (!condition) throw new AssertionError(message);
}

export function assertFalse(condition: unknown, message = "expected a falsy value"): void {
  if (condition) throw new AssertionError(message);
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  said(message, () => strict.deepStrictEqual(actual, expected));
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  said(message, () => strict.notDeepStrictEqual(actual, expected));
}

export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  said(message, () => strict.strictEqual(actual, expected));
}

export function assertExists<T>(actual: T, message = "expected a value"): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) throw new AssertionError(message);
}

export function assertInstanceOf<E>(
  actual: unknown,
  // deno-lint-ignore no-explicit-any
  expected: abstract new (...args: any[]) => E,
  message = `expected an instance of ${expected.name}, got ${describe(actual)}`,
): asserts actual is E {
  if (!(actual instanceof expected)) throw new AssertionError(message);
}

export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  if (!expected.test(actual)) {
    throw new AssertionError(message ?? `expected ${expected}, got ${JSON.stringify(actual)}`);
  }
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    throw new AssertionError(message ?? `expected ${JSON.stringify(actual)} to include ${JSON.stringify(expected)}`);
  }
}

export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  if (!(actual > expected)) throw new AssertionError(message ?? `expected ${actual} > ${expected}`);
}

export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual >= expected)) throw new AssertionError(message ?? `expected ${actual} >= ${expected}`);
}

export function assertLess<T>(actual: T, expected: T, message?: string): void {
  if (!(actual < expected)) throw new AssertionError(message ?? `expected ${actual} < ${expected}`);
}

export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual <= expected)) throw new AssertionError(message ?? `expected ${actual} <= ${expected}`);
}

export function fail(message = "failed"): never {
  throw new AssertionError(message);
}

export function assertThrows<E extends Error = Error>(
  body: () => unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
): E {
  try {
    body();
  } catch (error) {
    return expectError(error, errorClass, includes);
  }
  throw new AssertionError(`expected ${errorClass?.name ?? "an error"} to be thrown`);
}

export async function assertRejects<E extends Error = Error>(
  body: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  includes?: string,
): Promise<E> {
  try {
    await body();
  } catch (error) {
    return expectError(error, errorClass, includes);
  }
  throw new AssertionError(`expected a rejection with ${errorClass?.name ?? "an error"}`);
}

function expectError<E extends Error>(error: unknown, errorClass?: ErrorClass<E>, includes?: string): E {
  if (errorClass !== undefined && !(error instanceof errorClass)) {
    throw new AssertionError(`expected ${errorClass.name}, got ${describe(error)}`, { cause: error });
  }
  if (!(error instanceof Error)) throw new AssertionError(`expected an Error, got ${describe(error)}`);
  if (includes !== undefined && !error.message.includes(includes)) {
    throw new AssertionError(`expected an error that says ${JSON.stringify(includes)}, got: ${error.message}`);
  }
  return error as E;
}

/** Node puts a message in the place of the difference; the standard library's functions say both. */
function said(message: string | undefined, compare: () => void): void {
  try {
    compare();
  } catch (error) {
    throw message === undefined ? error : new AssertionError(`${message}: ${describe(error)}`, { cause: error });
  }
}

function describe(value: unknown): string {
  return value instanceof Error ? `${value.name}: ${value.message}` : String(value);
}
