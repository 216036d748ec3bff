import { assertStrictEquals } from "@std/assert";
import { test } from "node:test";
import { readUtf8 } from "../src/codec/utf8.ts";

const read = (bytes: Uint8Array): string | undefined => {
  const padded = new Uint8Array(bytes.length + 7);
  padded.set(bytes, 3);
  return readUtf8(padded, 3, bytes.length);
};

test("texts of every length and kind are read as they were written", () => {
  for (const kind of ["a", "é", "日", "😀", "\ufeff", "\ufffd", "\0"]) {
    for (let count = 0; count < 40; count++) {
      const text = kind.repeat(count);
      assertStrictEquals(read(new TextEncoder().encode(text)), text);
    }
  }
});

test("bytes that are no UTF-8 are no text, short or long, also beside a real U+FFFD", () => {
  const broken = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]];
  for (const bytes of broken) {
    for (const before of ["", "abc", "\ufffd", "a".repeat(300)]) {
      assertStrictEquals(read(Uint8Array.of(...new TextEncoder().encode(before), ...bytes)), undefined);
    }
  }
});
