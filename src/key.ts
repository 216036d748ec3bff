/**
 * Keys of records.
 *
 * @module
 */

import type * as Crypto from "node:crypto";
import { InvalidArgumentError } from "./errors.ts";
import { Particle } from "./codec/particle-type.ts";
import { isDetached } from "./values/detached.ts";

/** The value that an application chose as a record's key. */
export type UserKey = string | number | bigint | Uint8Array;

const NAMESPACE_LIMIT = 31;
const SET_LIMIT = 63;
const DIGEST_BYTES = 20;
const NOT_ASCII = /[^\0-\x7f]/;
const encoder: TextEncoder = new TextEncoder();

// The names of the last key: keys come in runs of the same set, and these have been checked.
let checkedNamespace = "";
let checkedSet = "";

let valueOf: (key: Key) => UserKey | undefined;
let isKeyOf: (value: object) => boolean;
let identityOf: (key: Key) => string;

/**
 * The key of a record: namespace, set and user key. The server knows a record by its digest, a hash of set and user key.
 *
 * Immutable. Making one needs no connection, and nothing is hashed until the digest is asked for.
 *
 * ```ts
 * import { Key } from "@aerospike-ts/client";
 *
 * const key = new Key("test", "users", "alice");
 * console.log(key.digest.length); // 20
 * console.log(key.equals(Key.fromDigest("test", "users", key.digest))); // true
 * ```
 */
export class Key {
  /** The namespace, 1 to 31 bytes. */
  readonly namespace: string;
  /** The set, up to 63 bytes; empty for records without a set. */
  readonly set: string;
  readonly #value: UserKey | undefined;
  #digest: Uint8Array<ArrayBuffer> | undefined;

  static {
    valueOf = (key) => key.#value;
    isKeyOf = (value) => #value in value;
    identityOf = (key) => {
      key.#digest ??= computeDigest(key.set, key.#value as UserKey);
      return String.fromCharCode(...key.#digest) + key.namespace;
    };
  }

  /**
   * Makes a key. `userKey` is a string, a safe integer, a bigint in the range of int64, or bytes (copied).
   *
   * @throws {InvalidArgumentError} where a part is not valid
   */
  constructor(namespace: string, set: string, userKey: UserKey) {
    checkNames(namespace, set);
    this.namespace = namespace;
    this.set = set;
    this.#value = checkUserKey(userKey);
  }

  /**
   * A key by its digest of 20 bytes (copied), where the user key is not known.
   *
   * @throws {InvalidArgumentError} where a part is not valid
   */
  static fromDigest(namespace: string, set: string, digest: Uint8Array): Key {
    if (!(digest instanceof Uint8Array) || digest.length !== DIGEST_BYTES) {
      throw new InvalidArgumentError(`a digest is a Uint8Array of ${DIGEST_BYTES} bytes`);
    }
    const key = new Key(namespace, set, DIGEST_ONLY as unknown as UserKey);
    key.#digest = new Uint8Array(digest);
    return key;
  }

  /** The user key, or undefined for a key that was made from a digest. Bytes are a copy. */
  get userKey(): UserKey | undefined {
    const value = this.#value;
    return value instanceof Uint8Array ? value.slice() : value;
  }

  /** The digest: RIPEMD-160 of the set, the type of the user key, and the user key. A copy. */
  get digest(): Uint8Array<ArrayBuffer> {
    this.#digest ??= computeDigest(this.set, this.#value as UserKey);
    return this.#digest.slice();
  }

  /** Whether both keys name the same record: namespace and digest are equal. */
  equals(other: Key): boolean {
    if (this === other) return true;
    if (!isKey(other) || this.namespace !== other.namespace) return false;
    const mine = this.digest;
    const others = other.digest;
    return mine.every((byte, at) => byte === others[at]);
  }

  /** Namespace, set and digest; never the user key, which may be personal data. */
  toString(): string {
    return `${this.namespace}:${this.set}:${hex(this.digest)}`;
  }
}

/** Stands for the user key while a key is made from a digest. */
const DIGEST_ONLY: unique symbol = Symbol("digest only");

/** Whether a value is a key of this copy of the package. */
export function isKey(value: unknown): value is Key {
  return typeof value === "object" && value !== null && isKeyOf(value);
}

/** The user key without a copy; for the codec, which does not keep it. */
export function userKeyOf(key: Key): UserKey | undefined {
  return valueOf(key);
}

/** A text that two keys have in common when they name the same record: digest and namespace, as {@link Key.equals}. */
export function keyIdentity(key: Key): string {
  return identityOf(key);
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

function checkNames(namespace: string, set: string): void {
  if (namespace === checkedNamespace && set === checkedSet && namespace !== "") return;
  checkName("namespace", namespace, NAMESPACE_LIMIT);
  checkName("set", set, SET_LIMIT);
  if (namespace === "") throw new InvalidArgumentError(`a key's namespace has 1 to ${NAMESPACE_LIMIT} bytes, not none`);
  checkedNamespace = namespace;
  checkedSet = set;
}

function checkName(what: string, name: unknown, limit: number): void {
  if (typeof name !== "string") {
    const none = what === "set" ? `; "" is no set` : "";
    throw new InvalidArgumentError(`a key's ${what} is a string, not ${name === null ? "null" : typeof name}${none}`);
  }
  const size = NOT_ASCII.test(name) ? encoder.encode(name).length : name.length;
  if (size > limit) throw new InvalidArgumentError(`a key's ${what} has at most ${limit} bytes, not ${size}`);
  if (!name.isWellFormed()) throw new InvalidArgumentError(`a key's ${what} is no valid text: it has a lone surrogate`);
  if (name.includes("\0")) throw new InvalidArgumentError(`a key's ${what} has a NUL character: leave it out`);
}

// The messages describe the user key by its type only: its value may be personal data.
function checkUserKey(value: UserKey): UserKey | undefined {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) {
        throw new InvalidArgumentError(
          "a user key with a lone surrogate is no valid text: use its bytes, a Uint8Array",
        );
      }
      return value;
    case "number":
      if (!Number.isSafeInteger(value)) {
        const what = Number.isNaN(value) ? "NaN" : Number.isInteger(value) ? "an integer beyond 2^53" : "fractional";
        throw new InvalidArgumentError(
          `a numeric user key is a safe integer, not ${what}: use a bigint (in the range of int64) or a string`,
        );
      }
      // There is one zero among the integers.
      return value === 0 ? 0 : value;
    case "bigint":
      if (BigInt.asIntN(64, value) !== value) {
        throw new InvalidArgumentError("a bigint user key is in the range of int64: use a string or bytes");
      }
      return value;
    default:
      if (value instanceof Uint8Array) {
        if (!ArrayBuffer.isView(value) || isDetached(value)) {
          throw new InvalidArgumentError(
            "a user key is a Proxy of a Uint8Array, or its buffer is detached: copy it first",
          );
        }
        return new Uint8Array(value);
      }
      if (value as unknown === DIGEST_ONLY) return undefined;
      throw new InvalidArgumentError(
        `a user key is a string, an integer, a bigint or a Uint8Array, not ${value === null ? "null" : typeof value}`,
      );
  }
}

/** Node's own modules by name, in both runtimes. */
interface BuiltinModules {
  readonly process: { getBuiltinModule(name: "node:crypto"): typeof Crypto };
}

function computeDigest(set: string, value: UserKey): Uint8Array<ArrayBuffer> {
  // Not imported: to load it takes as long as all the rest of a cold start, and most programs never ask for a digest.
  const { createHash } = (globalThis as unknown as BuiltinModules).process.getBuiltinModule("node:crypto");
  const hash = createHash("ripemd160");
  hash.update(set, "utf8");
  if (typeof value === "string") {
    hash.update(TYPE_STRING).update(value, "utf8");
  } else if (value instanceof Uint8Array) {
    hash.update(TYPE_BYTES).update(value);
  } else {
    const bytes = new Uint8Array(9);
    bytes[0] = Particle.INTEGER;
    new DataView(bytes.buffer).setBigInt64(1, BigInt(value));
    hash.update(bytes);
  }
  return new Uint8Array(hash.digest());
}

const TYPE_STRING: Uint8Array = new Uint8Array([Particle.STRING]);
const TYPE_BYTES: Uint8Array = new Uint8Array([Particle.BYTES]);
