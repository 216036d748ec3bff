/**
 * Tokens: how a client on another thread finds a cluster.
 *
 * @module
 */

import { InvalidArgumentError } from "./errors.ts";
import { hex } from "./key.ts";
import { checkNames, describe } from "./option-check.ts";
import { TOKEN_BYTES } from "./symbols.ts";

/**
 * What `client.share()` gives and `attach` takes: plain data, to be sent to a Worker with `postMessage` or with what it is
 * started with. It is good in this process, for as long as the cluster has a client; it keeps neither of them alive.
 */
export interface ClusterToken {
  /** Says what it is. */
  readonly kind: "aerospike-ts.cluster";
  /** The process that it is good in: hexadecimal digits. */
  readonly process: string;
  /** The cluster: hexadecimal digits. */
  readonly cluster: string;
}

const KIND = "aerospike-ts.cluster";
/** Hexadecimal digits of either number: each is a half of the token. */
const DIGITS = TOKEN_BYTES;
const CURE = "give what client.share() gave";

/** The token of the native library's bytes. */
export function tokenOf(bytes: Uint8Array): ClusterToken {
  const digits = hex(bytes);
  return Object.freeze({ kind: KIND, process: digits.slice(0, DIGITS), cluster: digits.slice(DIGITS) });
}

/**
 * The bytes of a token.
 *
 * @throws {InvalidArgumentError} where it is none
 */
export function bytesOfToken(token: unknown): Uint8Array {
  if (typeof token !== "object" || token === null) {
    throw new InvalidArgumentError(`token is ${describe(token)}: ${CURE}`);
  }
  checkNames(token, "token", ["kind", "process", "cluster"]);
  if (token.kind !== KIND) throw new InvalidArgumentError(`token.kind is not "${KIND}": ${CURE}`);
  const digits = digitsOf(token.process, "token.process") + digitsOf(token.cluster, "token.cluster");
  return Uint8Array.from({ length: TOKEN_BYTES }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

function digitsOf(value: unknown, path: string): string {
  if (typeof value === "string" && value.length === DIGITS && /^[0-9a-f]+$/.test(value)) return value;
  throw new InvalidArgumentError(`${path} is not a number of ${DIGITS} hexadecimal digits: ${CURE}`);
}
