/**
 * Keys in frames (`docs/abi.md`, "Key").
 *
 * @module
 */

import { InvalidArgumentError } from "../errors.ts";
import { isKey, type Key, userKeyOf } from "../key.ts";
import type { FrameWriter } from "./frame-writer.ts";

const KIND_DIGEST = 0;
const KIND_INTEGER = 1;
const KIND_STRING = 3;
const KIND_BYTES = 4;

/** Throws where a value is no key; `path` names it. */
export function checkKey(key: unknown, path: string): asserts key is Key {
  if (!isKey(key)) {
    throw new InvalidArgumentError(`${path} is not a Key: make one with new Key(namespace, set, userKey)`);
  }
}

/** Writes namespace, set and key value. */
export function writeKey(w: FrameWriter, key: Key): void {
  checkKey(key, "key");
  w.name(key.namespace);
  w.name(key.set);
  writeKeyValue(w, key);
}

/** Writes the key value alone. */
export function writeKeyValue(w: FrameWriter, key: Key): void {
  const value = userKeyOf(key);
  switch (typeof value) {
    case "string":
      w.u8(KIND_STRING);
      return w.text(value);
    case "number":
      w.u8(KIND_INTEGER);
      return w.i64(value);
    case "bigint":
      w.u8(KIND_INTEGER);
      return w.bigI64(value);
    case "undefined":
      w.u8(KIND_DIGEST);
      return w.blob(key.digest);
    default:
      w.u8(KIND_BYTES);
      w.u32(value.length);
      w.blob(value);
  }
}
