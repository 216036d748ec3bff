import { assertEquals, assertRejects } from "@std/assert";
import { bit, ctx, InvalidArgumentError } from "../mod.ts";
import { fails, NOTHING, operationTests } from "./support/operations.ts";

const { covers, isAtLeast, run, test } = operationTests();

const PARAMETER = 4;
const BIN_EXISTS = 6;
const WRONG_TYPE = 12;
const BIN_NOT_FOUND = 17;
const NOT_APPLICABLE = 26;

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const five = bytes(0b00000001, 0b01000010, 0b00000011, 0b00000100, 0b00000101);

covers("bit.resize", "makes bytes more or fewer", [
  [NOTHING, bit.resize("b", 2), null, bytes(0, 0)],
  [bytes(1, 2), bit.resize("b", 4), null, bytes(1, 2, 0, 0)],
  [bytes(1, 2), bit.resize("b", 4, { fromFront: true }), null, bytes(0, 0, 1, 2)],
  [bytes(1, 2), bit.resize("b", 1), null, bytes(1)],
  [bytes(1, 2), bit.resize("b", 1, { fromFront: true, shrinkOnly: true }), null, bytes(2)],
  [bytes(1, 2), bit.resize("b", 1, { growOnly: true }), fails(PARAMETER)],
  [bytes(1, 2), bit.resize("b", 1, { growOnly: true, noFail: true }), null],
  [bytes(1, 2), bit.resize("b", 4, { createOnly: true }), fails(BIN_EXISTS)],
  [NOTHING, bit.resize("b", 4, { updateOnly: true }), fails(BIN_NOT_FOUND)],
  [NOTHING, bit.resize("b", 4, { updateOnly: true, noFail: true }), null],
  ["text", bit.resize("b", 4), fails(WRONG_TYPE)],
]);

covers("bit.insert", "inserts bytes", [
  [five, bit.insert("b", 1, bytes(0xff, 0xc7)), null, bytes(1, 0xff, 0xc7, 0x42, 3, 4, 5)],
  [NOTHING, bit.insert("b", 1, bytes(7)), null, bytes(0, 7)],
]);

covers("bit.remove", "removes bytes", [
  [five, bit.remove("b", 2, 3), null, bytes(1, 0x42)],
  [five, bit.remove("b", -1, 1), null, bytes(1, 0x42, 3, 4)],
  [five, bit.remove("b", 4, 3), fails(PARAMETER)],
  [five, bit.remove("b", 4, 3, { partial: true }), null, bytes(1, 0x42, 3, 4)],
]);

covers("bit.set", "overwrites bits", [
  [five, bit.set("b", 13, 3, bytes(0b11100000)), null, bytes(1, 0b01000111, 3, 4, 5)],
  [five, bit.set("b", 38, 8, bytes(0xff)), fails(NOT_APPLICABLE)],
  [five, bit.set("b", 38, 8, bytes(0xff), { partial: true }), null, bytes(1, 0x42, 3, 4, 7)],
  // No server so far has operations on the bits of what is in a list or map.
  [[five, 1], bit.set("b", 0, 8, bytes(9), { ctx: [ctx.listIndex(0)] }), fails(PARAMETER)],
]);

covers("bit.or", "sets bits", [
  [five, bit.or("b", 17, 6, bytes(0b10101000)), null, bytes(1, 0x42, 0b01010111, 4, 5)],
]);

covers("bit.xor", "inverts bits", [
  [five, bit.xor("b", 17, 6, bytes(0b10101100)), null, bytes(1, 0x42, 0b01010101, 4, 5)],
]);

covers("bit.and", "clears bits", [
  [five, bit.and("b", 23, 9, bytes(0b00111100, 0b10000000)), null, bytes(1, 0x42, 0b00000010, 0, 5)],
]);

covers("bit.not", "inverts bits", [
  [five, bit.not("b", 25, 6), null, bytes(1, 0x42, 3, 0b01111010, 5)],
]);

covers("bit.lshift", "shifts to the left", [
  [five, bit.lshift("b", 32, 8, 3), null, bytes(1, 0x42, 3, 4, 0b00101000)],
]);

covers("bit.rshift", "shifts to the right", [
  [five, bit.rshift("b", 0, 9, 1), null, bytes(0, 0b11000010, 3, 4, 5)],
]);

covers("bit.add", "adds to the number that bits are", [
  [five, bit.add("b", 24, 16, 128), null, bytes(1, 0x42, 3, 4, 0b10000101)],
  [bytes(255), bit.add("b", 0, 8, 1), fails(NOT_APPLICABLE)],
  [bytes(255), bit.add("b", 0, 8, 1, { noFail: true }), null],
  [bytes(255), bit.add("b", 0, 8, 1, { overflow: "saturate" }), null],
  [bytes(255), bit.add("b", 0, 8, 1, { overflow: "wrap" }), null, bytes(0)],
  [bytes(127), bit.add("b", 0, 8, 1, { signed: true }), fails(NOT_APPLICABLE)],
  [bytes(127), bit.add("b", 0, 8, 1, { signed: true, overflow: "saturate" }), null],
]);

covers("bit.subtract", "subtracts from the number that bits are", [
  [five, bit.subtract("b", 24, 16, 128), null, bytes(1, 0x42, 3, 3, 0b10000101)],
  [bytes(0), bit.subtract("b", 0, 8, 1), fails(NOT_APPLICABLE)],
  [bytes(0), bit.subtract("b", 0, 8, 1, { overflow: "wrap" }), null, bytes(255)],
  [bytes(0), bit.subtract("b", 0, 8, 1n, { signed: true }), null, bytes(255)],
]);

covers("bit.setInt", "overwrites bits with an integer", [
  [five, bit.setInt("b", 1, 8, 127), null, bytes(0b00111111, 0b11000010, 3, 4, 5)],
  [bytes(0), bit.setInt("b", 0, 8, -1), null, bytes(255)],
]);

covers("bit.get", "reads bits", [
  [five, bit.get("b", 9, 5), bytes(0b10000000)],
  [five, bit.get("b", -8, 8), bytes(5)],
  [{ a: five }, bit.get("b", 8, 8, { ctx: [ctx.mapKey("a")] }), fails(PARAMETER)],
  [five, bit.get("b", 38, 8), fails(NOT_APPLICABLE)],
  ["text", bit.get("b", 0, 8), fails(WRONG_TYPE)],
]);

covers("bit.count", "counts bits that are set", [
  [five, bit.count("b", 20, 4), 2],
  [five, bit.count("b", 0, 40), 8],
]);

covers("bit.lscan", "finds the first bit", [
  [five, bit.lscan("b", 24, 8, true), 5],
  [five, bit.lscan("b", 24, 8, false), 0],
  [bytes(0), bit.lscan("b", 0, 8, true), -1],
]);

covers("bit.rscan", "finds the last bit", [
  [five, bit.rscan("b", 32, 8, true), 7],
  [five, bit.rscan("b", 32, 8, false), 6],
]);

covers("bit.getInt", "reads the number that bits are", [
  [five, bit.getInt("b", 8, 16), 16899],
  [bytes(0xff, 0xfe), bit.getInt("b", 0, 16), 65534],
  [bytes(0xff, 0xfe), bit.getInt("b", 0, 16, { signed: true }), -2],
  [bytes(0x7f, 255, 255, 255, 255, 255, 255, 255), bit.getInt("b", 0, 64), 2n ** 63n - 1n],
]);

test("bit.b64Encode: encodes bytes, where the server can", async () => {
  const three = { b: bytes(1, 0x42, 3) };
  const encodes = [
    bit.b64Encode("b"),
    bit.b64Encode("b", { offset: 1 }),
    bit.b64Encode("b", { offset: 1, size: 2 }),
    bit.b64Encode("b", { size: 1, invertSize: true }),
  ];
  if (await isAtLeast(8, 2)) {
    assertEquals((await run(three, encodes)).results, ["AUID", "QgM=", "QgM=", "AUI="]);
    return;
  }
  for (const encode of encodes) {
    const refused = await run(three, [encode]).then(() => undefined, (error: { code: number }) => error);
    assertEquals(refused?.code, PARAMETER);
  }
});

test("what is wrong with an argument is said with its place, before anything is sent", async () => {
  const wrong: [ReturnType<typeof bit.get>, string][] = [
    [bit.get("b", 0.5, 8), "operations[0].offset is 0.5: bit.get takes an integer of 64 bits"],
    [bit.get("b", 0, -8), "operations[0].size is -8: bit.get takes an integer of 0 or more"],
    [bit.set("b", 0, 8, [1] as never), "operations[0].value is an array: bit.set takes a Uint8Array"],
    [bit.lscan("b", 0, 8, 1 as never), "operations[0].value is 1: bit.lscan takes true or false"],
    [bit.add("b", 0, 8, 1, { overflow: "fails" as never }), 'operations[0].overflow is "fails"'],
    [
      bit.resize("b", 8, { growonly: true } as never),
      "operations[0].growonly is not an option: did you mean growOnly?",
    ],
    [bit.setInt("b", 0, 8, 2n ** 63n), "operations[0].value is 9223372036854775808: bit.setInt takes an integer"],
  ];
  for (const [operation, message] of wrong) {
    await assertRejects(() => run({ b: five }, [operation]), InvalidArgumentError, message);
  }
});
