/**
 * What is wrong with a value that cannot be written, with the path to it.
 *
 * The encoder itself carries no path: each container adds its own segment while the problem passes through it, so
 * that a value without a problem pays nothing.
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";

const SEGMENT_LIMIT = 40;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A problem on its way out of the encoder. */
export class ValueProblem extends Error {
  /** What it is, to follow the path: "is a Date". */
  what: string;
  /** What to do about it. */
  readonly cure: string;
  /** The container that was one too deep; the same one further out says that the value is cyclic. */
  readonly container: object | undefined;
  #path = "";
  #period: string | undefined;

  /** Makes a problem. */
  constructor(what: string, cure: string, container?: object) {
    super(what);
    this.what = what;
    this.cure = cure;
    this.container = container;
  }

  /** Passes through a container, at an index or a key. */
  through(container: object, at: number | string): void {
    this.#path = segment(at) + this.#path;
    if (container !== this.container) return;
    // The path since the last time is one round of the cycle: the first round says where it closes.
    this.#period ??= this.#path;
    this.#path = this.#period;
    this.what = "is cyclic";
  }

  /** The typed error; `root` names where the path begins. */
  toError(root: string): InvalidArgumentError {
    return new InvalidArgumentError(`${root}${this.#path} ${this.what}: ${this.cure}`);
  }
}

function segment(at: number | string): string {
  if (typeof at === "number") return `[${at}]`;
  const name = at.length > SEGMENT_LIMIT ? `${at.slice(0, SEGMENT_LIMIT)}…` : at;
  return IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Gives what an encoder threw as the typed error, with `root` before the path. */
export function toArgumentError(error: unknown, root: string): unknown {
  return error instanceof ValueProblem ? error.toError(root) : error;
}

/** The problem of an operand of the wrong type; it says the type, never the value. */
export function unsupportedOperand(value: unknown, cure: string): ValueProblem {
  return new ValueProblem(`is ${value === null ? "null" : `of the type ${typeof value}`}`, cure);
}
