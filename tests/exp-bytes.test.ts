import { assert, assertEquals, assertGreaterOrEqual, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { ctx, exp, Expression, Unparsed } from "../mod.ts";
import { coreExpressions } from "./support/core-expressions.ts";

const hex = (expression: Expression) => Buffer.from(expression.bytes).toString("hex");

test("expressions are packed as core packs them", () => {
  assertGreaterOrEqual(coreExpressions.length, 150);
  for (const [source, make, base64] of coreExpressions) {
    const expression = make();
    assertInstanceOf(expression, Expression);
    assertStrictEquals(expression.toBase64(), base64, source);
  }
});

test("no builder is missing in what is compared with core", () => {
  const sources = coreExpressions.map(([source]) => source).join("\n");
  let count = 0;
  const look = (builders: object, path: string) => {
    for (const [name, member] of Object.entries(builders)) {
      if (typeof member !== "function") {
        look(member as object, `${path}.${name}`);
        continue;
      }
      count++;
      // Core has no such constant, but packs one within a list.
      if (name === "hllVal") continue;
      assert(sources.includes(`${path}.${name}(`), `${path}.${name}`);
    }
  };
  look(exp, "exp");
  assertGreaterOrEqual(count, 200);
});

test("bytes that other clients were seen to send", () => {
  assertStrictEquals(hex(exp.eq(exp.intBin("a"), 5)), "9301935102a16105");
  assertStrictEquals(hex(exp.recordSize()), "914a");
  assertStrictEquals(
    hex(exp.and(exp.gt(exp.ttl(), 1), exp.regexCompare(exp.stringBin("s"), "x.*", ["icase"]))),
    "93109303914501940702a3782e2a935103a173",
  );
  // The official Node client packs the first as NOT, and the second without its operand.
  assertStrictEquals(hex(exp.isTombstone()), "9148");
  assertStrictEquals(hex(exp.digestModulo(3)), "924003");
});

test("a step that creates says so; core leaves that out in expressions", () => {
  const steps = [
    ctx.listIndexCreate(0),
    ctx.listIndexCreate(0, { pad: true }),
    ctx.listIndexCreate(0, { order: "ordered" }),
    ctx.mapKeyCreate("k"),
    ctx.mapKeyCreate("k", { order: "key-ordered" }),
    ctx.mapKeyCreate("k", { order: "key-value-ordered" }),
  ];
  const numbers = steps.map((step) => {
    const source = step.kind === "mapKeyCreate" ? exp.mapBin("m") : exp.listBin("m");
    // [127, type, module, [255, [step, ...
    const bytes = exp.list.append(source, 1, { ctx: [step] }).bytes;
    assertEquals([...bytes.slice(4, 8)], [0x93, 0xcc, 0xff, 0x92]);
    return bytes[8] === 0xcc ? bytes[9] : bytes[8];
  });
  assertEquals(numbers, [0x50, 0x90, 0xd0, 0x62, 0xa2, 0xe2]);
});

test("to Base64 and back, as a whole and within another", () => {
  for (const [source, make] of coreExpressions) {
    const expression = make();
    const again = exp.fromBase64(expression.toBase64());
    assertStrictEquals(again.toBase64(), expression.toBase64(), source);
  }
  const inner = exp.gt(exp.intBin("a"), 1);
  assertStrictEquals(
    exp.not(exp.fromBase64(inner.toBase64())).toBase64(),
    exp.not(inner).toBase64(),
  );
  const sum = exp.add(exp.intBin("a"), 1);
  assertStrictEquals(exp.eq(exp.fromBase64(sum.toBase64(), "int"), 3).toBase64(), exp.eq(sum, 3).toBase64());
});

test("an expression does not change: not by its bytes, its constants or where else it is used", () => {
  const list = [1, 2];
  const constant = exp.listVal(list);
  const shared = exp.inList(exp.intBin("a"), constant);
  const before = exp.or(shared, shared).toBase64();
  list.push(3);
  const { bytes } = shared;
  bytes.fill(0);
  assertStrictEquals(exp.or(shared, shared).toBase64(), before);
  assertStrictEquals(exp.not(shared).toBase64(), exp.not(exp.inList(exp.intBin("a"), [1, 2])).toBase64());
  assertStrictEquals(exp.or(shared, shared).toBase64(), before);
});

test("a constant whose getter builds expressions is packed as any other", () => {
  const value = {
    get a() {
      return exp.intVal(1).bytes.length;
    },
  };
  assertStrictEquals(exp.mapVal(value).toBase64(), exp.mapVal({ a: 1 }).toBase64());
});

test("a list that is not parsed is a constant, and no expression", () => {
  const list = new Unparsed(20, new Uint8Array([0x92, 1, 2]));
  assertStrictEquals(
    exp.list.append(exp.listBin("l"), list).toBase64(),
    exp.list.append(exp.listBin("l"), [1, 2]).toBase64(),
  );
});

test("an expression in a log shows its type only", () => {
  const expression = exp.eq(exp.stringBin("s"), "secret");
  assertStrictEquals(String(expression), "Expression<bool>");
  assert(!JSON.stringify(expression).includes("secret"));
});
