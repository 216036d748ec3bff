/**
 * A column of texts.
 *
 * @module
 */

import { readUtf8 } from "../codec/utf8.ts";
import { isSet } from "./element.ts";

/** From this many texts on, a look at all bytes pays for itself. */
const BULK = 8;

/**
 * A column of texts, as UTF-8 behind each other. A text is decoded when it is read; all of them at once where they are
 * iterated over. The layout is Apache Arrow's `Utf8`.
 */
export class StringColumn implements Iterable<string | null> {
  /** How many rows there are. */
  readonly length: number;
  /** Row `i` has the bytes from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
  /** The bytes of all texts. */
  readonly bytes: Uint8Array;
  /** The validity bitmap: bit 0 is the lowest one of byte 0. */
  readonly valid: Uint8Array;

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, bytes: Uint8Array, valid: Uint8Array) {
    this.length = Math.max(0, offsets.length - 1);
    this.offsets = offsets;
    this.bytes = bytes;
    this.valid = valid;
  }

  /** Whether a row has a text. */
  isValid(row: number): boolean {
    return row >= 0 && row < this.length && isSet(this.valid, row);
  }

  /** The text of a row, null where it has none; negative rows count from the end. Undefined where there is no row. */
  at(row: number): string | null | undefined {
    const at = row < 0 ? this.length + row : row;
    const start = this.offsets[at];
    const end = this.offsets[at + 1];
    if (start === undefined || end === undefined) return undefined;
    return isSet(this.valid, at) ? readUtf8(this.bytes, start, end - start) ?? null : null;
  }

  /** Goes through the rows in order. */
  *[Symbol.iterator](): IterableIterator<string | null> {
    yield* this.toArray();
  }

  /** All texts. */
  toArray(): (string | null)[] {
    const { length, offsets, valid } = this;
    const all = length >= BULK ? this.#ascii() : undefined;
    const texts = new Array<string | null>(length);
    for (let i = 0; i < length; i++) {
      // One text is decoded and cut, which costs a fraction of decoding each.
      if (all === undefined) texts[i] = this.at(i) as string | null;
      else texts[i] = isSet(valid, i) ? all.slice(offsets[i] as number, offsets[i + 1] as number) : null;
    }
    return texts;
  }

  /** All bytes as one text, where they are ASCII and so as many as characters. */
  #ascii(): string | undefined {
    const { bytes } = this;
    const text = readUtf8(bytes, 0, bytes.length);
    return text?.length === bytes.length ? text : undefined;
  }
}
