/**
 * A column of texts.
 *
 * @module
 */

import { readUtf8 } from "../codec/utf8.ts";
import { isSet } from "./element.ts";
import { OffsetColumn } from "./offset-column.ts";

/** From this many texts on, a look at all bytes pays for itself. */
const BULK = 8;

/**
 * A column of texts, as UTF-8 behind each other. A cell is null where the row has no text, and is decoded when it is read;
 * all of them at once where they are iterated over. The layout is Apache Arrow's `Utf8`.
 */
export class StringColumn extends OffsetColumn<string | null> {
  /** The bytes of all texts. */
  readonly bytes: Uint8Array;

  /** A column over memory that it does not copy. */
  constructor(offsets: Uint32Array, bytes: Uint8Array, valid: Uint8Array) {
    super(offsets, valid);
    this.bytes = bytes;
  }

  /** The text of a row, or null. */
  protected override cell(row: number, start: number, end: number): string | null {
    return isSet(this.valid, row) ? readUtf8(this.bytes, start, end - start) ?? null : null;
  }

  /** Goes through the rows in order. */
  override *[Symbol.iterator](): IterableIterator<string | null> {
    yield* this.toArray();
  }

  /** All texts. */
  override toArray(): (string | null)[] {
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
