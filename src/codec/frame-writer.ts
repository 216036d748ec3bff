/**
 * The growing buffer that frames are written to.
 *
 * @module
 */

import type { DeclaredBins } from "../values/bin-type.ts";
import { ValueProblem } from "./value-problem.ts";

/** The size of a frame's header (`docs/abi.md`). */
const FRAME_HEADER = 24;

const FIRST_CAPACITY = 64 * 1024;
/** A buffer that a large write made bigger than this is given back after it was sent. */
const KEPT_CAPACITY = 1024 * 1024;
/** Up to this length a loop in JavaScript beats the call of TextEncoder. */
const SHORT_TEXT = 48;

const CURE = "it has no UTF-8 form, so store its bytes as a Uint8Array";

const encoder: TextEncoder = new TextEncoder();

/**
 * Writes frames one after the other. Integers of frames are little-endian; the methods with `BE` are for particles.
 * The fields are public because the hot paths read them; only the methods change them.
 */
export class FrameWriter {
  /** The buffer's bytes. Another object after the buffer grew. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_CAPACITY);
  /** The same buffer for numbers. Another object after the buffer grew. */
  view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  /** How many bytes are written. */
  length = 0;
  /** Whether what is being written may have infinity and wildcards in it. */
  takesPlaceholders = false;
  /** What the bins that are written are declared to hold. */
  declared: DeclaredBins | undefined;

  /** Makes room for `size` more bytes. */
  ensure(size: number): void {
    const needed = this.length + size;
    if (needed > this.bytes.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    let capacity = this.bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    this.#replace(capacity, this.length);
  }

  #replace(capacity: number, keep: number): void {
    const bytes = new Uint8Array(capacity);
    if (keep > 0) bytes.set(this.bytes.subarray(0, keep));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  /** Begins a frame and returns where it starts; {@link FrameWriter.end} completes it. */
  begin(tag: number, command: number, cluster: number, deadlineMs: number): number {
    this.ensure(FRAME_HEADER);
    const start = this.length;
    const view = this.view;
    view.setUint32(start, 0, true);
    view.setUint32(start + 4, tag, true);
    view.setUint32(start + 8, command, true);
    view.setUint32(start + 12, cluster, true);
    view.setUint32(start + 16, deadlineMs, true);
    view.setUint32(start + 20, 0, true);
    this.length = start + FRAME_HEADER;
    return start;
  }

  /** Ends the frame that began at `start`. */
  end(start: number): void {
    this.view.setUint32(start, this.length - start, true);
  }

  /** Takes back what was written from `start` on; where nothing is left, as {@link FrameWriter.clear} does. */
  truncate(start: number): void {
    if (start === 0) this.clear();
    else this.length = start;
  }

  /** Takes away the first `count` bytes; what follows moves to the front. */
  discard(count: number): void {
    this.bytes.copyWithin(0, count, this.length);
    this.length = Math.max(0, this.length - count);
  }

  /** Empties the buffer, and gives it back when a large write had made it big. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_CAPACITY) this.#replace(FIRST_CAPACITY, 0);
  }

  /** Writes one byte. */
  u8(value: number): void {
    this.ensure(1);
    this.bytes[this.length++] = value;
  }

  /** Writes a u16, little-endian. */
  u16(value: number): void {
    this.ensure(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  /** Writes a u32, little-endian. */
  u32(value: number): void {
    this.ensure(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** Writes a safe integer as an i64, little-endian. */
  i64(value: number): void {
    this.ensure(8);
    this.view.setUint32(this.length, value >>> 0, true);
    this.view.setInt32(this.length + 4, Math.floor(value / 0x1_0000_0000), true);
    this.length += 8;
  }

  /** Writes a bigint in the range of int64 as an i64, little-endian. */
  bigI64(value: bigint): void {
    this.ensure(8);
    this.view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  /** Writes an f32, little-endian. */
  f32(value: number): void {
    this.ensure(4);
    this.view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  /** Writes a u16, big-endian. */
  u16BE(value: number): void {
    this.ensure(2);
    this.view.setUint16(this.length, value);
    this.length += 2;
  }

  /** Writes a u32, big-endian. */
  u32BE(value: number): void {
    this.ensure(4);
    this.view.setUint32(this.length, value);
    this.length += 4;
  }

  /** Writes a safe integer as an i64, big-endian. */
  i64BE(value: number): void {
    this.ensure(8);
    this.view.setInt32(this.length, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.length + 4, value >>> 0);
    this.length += 8;
  }

  /** Writes a bigint in the range of int64 as an i64, big-endian. */
  bigI64BE(value: bigint): void {
    this.ensure(8);
    this.view.setBigInt64(this.length, value);
    this.length += 8;
  }

  /** Writes an f64, big-endian. */
  f64BE(value: number): void {
    this.ensure(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  /** Writes bytes. */
  blob(value: Uint8Array): void {
    this.ensure(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Writes again what stands at `at`. */
  copy(at: number, length: number): void {
    this.ensure(length);
    this.bytes.copyWithin(this.length, at, at + length);
    this.length += length;
  }

  /** Writes a text as UTF-8, without its length, and returns how many bytes that were. */
  utf8(text: string): number {
    const chars = text.length;
    this.ensure(chars);
    if (chars <= SHORT_TEXT) {
      const bytes = this.bytes;
      const start = this.length;
      let at = 0;
      for (; at < chars; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f) break;
        bytes[start + at] = code;
      }
      if (at === chars) {
        this.length = start + chars;
        return chars;
      }
    }
    return this.#encode(text);
  }

  #encode(text: string): number {
    const start = this.length;
    let rest = text;
    for (;;) {
      const { read, written } = encoder.encodeInto(rest, this.bytes.subarray(this.length));
      this.length += written;
      if (read === rest.length) break;
      rest = rest.slice(read);
      // Three bytes for each UTF-16 code unit are always enough.
      this.ensure(rest.length * 3);
    }
    const size = this.length - start;
    // TextEncoder writes U+FFFD for a lone surrogate: what is read would not be what was written.
    if (size !== text.length && !text.isWellFormed()) throw new ValueProblem("is a text with a lone surrogate", CURE);
    return size;
  }

  /** Writes a u8 length and the text as UTF-8; the caller has checked that it is at most 255 bytes. */
  name(text: string): void {
    this.ensure(1);
    const at = this.length++;
    // The text may make the buffer grow, so `this.bytes` must be read after it was written.
    const size = this.utf8(text);
    this.bytes[at] = size;
  }

  /** Writes a u32 length and the text as UTF-8. */
  text(text: string): void {
    this.ensure(4);
    const at = this.length;
    this.length += 4;
    const size = this.utf8(text);
    this.view.setUint32(at, size, true);
  }
}
