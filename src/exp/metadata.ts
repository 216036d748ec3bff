/**
 * What the server knows about a record beside its bins. It is kept in memory, so that a filter of nothing else reads no
 * record from the device.
 *
 * @module
 */

import { choiceOption, integerOption } from "../option-check.ts";
import type { Expression } from "./expression.ts";
import { node, Op, pack, TYPE_NUMBERS, writeInt } from "./pack.ts";

/** The user key, where it is stored (`sendKey`) and of this type. */
export function key<T extends "int" | "string" | "blob">(type: T): Expression<T> {
  choiceOption(type, "exp.key() type", ["int", "string", "blob"]);
  return node(type, Op.KEY, [pack((w) => writeInt(w, TYPE_NUMBERS[type]))]);
}

/** Whether the user key is stored with the record. */
export function keyExists(): Expression<"bool"> {
  return node("bool", Op.KEY_EXISTS);
}

/** The set's name. */
export function setName(): Expression<"string"> {
  return node("string", Op.SET_NAME);
}

/** The record's size in bytes. Server 7.0 or later. */
export function recordSize(): Expression<"int"> {
  return node("int", Op.RECORD_SIZE);
}

/** When the record was last changed, in nanoseconds since 1970. */
export function lastUpdate(): Expression<"int"> {
  return node("int", Op.LAST_UPDATE);
}

/** How long ago the record was last changed, in milliseconds. */
export function sinceUpdate(): Expression<"int"> {
  return node("int", Op.SINCE_UPDATE);
}

/** When the record expires, in nanoseconds since 1970; -1 never. */
export function voidTime(): Expression<"int"> {
  return node("int", Op.VOID_TIME);
}

/** How long the record lives on, in seconds; -1 for ever. */
export function ttl(): Expression<"int"> {
  return node("int", Op.TTL);
}

/** Whether the record was deleted, and its tombstone is still there. */
export function isTombstone(): Expression<"bool"> {
  return node("bool", Op.IS_TOMBSTONE);
}

/** The digest modulo an integer from 1, to choose a share of the records. */
export function digestModulo(modulo: number): Expression<"int"> {
  const checked = integerOption(modulo, "exp.digestModulo() modulo", 1, Number.MAX_SAFE_INTEGER);
  return node("int", Op.DIGEST_MODULO, [pack((w) => writeInt(w, checked))]);
}
