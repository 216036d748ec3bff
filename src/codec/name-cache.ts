/**
 * Bin names, decoded once.
 *
 * @module
 */

import { InternalError } from "../errors.ts";
import { readUtf8 } from "./utf8.ts";

const SLOTS = 1024;

interface Entry {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/** Names by their bytes: one entry for each slot, so the cache is bounded, and a hit is a comparison of few bytes. */
const slots: (Entry | undefined)[] = new Array<Entry | undefined>(SLOTS).fill(undefined);

/** The name in `length` bytes at `start`: the same string object for the same bytes, as long as it is remembered. */
export function readName(bytes: Uint8Array, start: number, length: number): string {
  if (length === 0) return "";
  const first = bytes[start] as number;
  const middle = bytes[start + (length >> 1)] as number;
  const last = bytes[start + length - 1] as number;
  const slot = (length * 31 + first * 7 + middle * 131 + last * 17) & (SLOTS - 1);
  const entry = slots[slot];
  if (entry !== undefined && same(entry.bytes, bytes, start, length)) return entry.name;
  const name = readUtf8(bytes, start, length);
  if (name === undefined) throw new InternalError("a bin's name is not UTF-8");
  slots[slot] = { bytes: bytes.slice(start, start + length), name };
  return name;
}

function same(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (known[i] !== bytes[start + i]) return false;
  }
  return true;
}

/** Sets an own field, also `__proto__`, which an assignment would take for the prototype. */
export function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
  } else {
    object[name] = value;
  }
}
