import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { FrameWriter } from "../src/codec/frame-writer.ts";

test("a buffer that grows in the middle of any write loses nothing", () => {
  const writes: Record<string, (w: FrameWriter) => void> = {
    name: (w) => w.name("né"),
    text: (w) => w.text("long".repeat(40)),
    blob: (w) => w.blob(Uint8Array.of(1, 2, 3)),
    i64: (w) => w.i64(-2),
    bigI64BE: (w) => w.bigI64BE(-(2n ** 63n)),
    f64BE: (w) => w.f64BE(1.5),
  };
  const capacity = new FrameWriter().bytes.length;
  for (const [name, write] of Object.entries(writes)) {
    const alone = new FrameWriter();
    write(alone);
    const expected = alone.bytes.slice(0, alone.length);
    for (let room = 0; room <= expected.length; room++) {
      const writer = new FrameWriter();
      writer.blob(new Uint8Array(capacity - room));
      write(writer);
      assertEquals(writer.bytes.slice(capacity - room, writer.length), expected, `${name}, room for ${room} bytes`);
    }
  }
});

test("a large frame that is taken back does not keep its memory", () => {
  const writer = new FrameWriter();
  writer.blob(new Uint8Array(4 * 1024 * 1024));
  writer.truncate(0);
  assertEquals([writer.length, writer.bytes.length <= 1024 * 1024], [0, true]);
  writer.u8(1);
  writer.blob(new Uint8Array(4 * 1024 * 1024));
  writer.truncate(1);
  assertEquals([writer.length, writer.bytes[0]], [1, 1]);
});
