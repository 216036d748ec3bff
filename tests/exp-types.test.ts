// What does not compile is refused where nobody compiles, too: `deno check` covers the comments, the suite the calls.
import { assert, assertThrows } from "@std/assert";
import { test } from "node:test";
import { ctx, exp, type Expression, INFINITY, InvalidArgumentError, Key, op } from "../mod.ts";

const a = exp.intBin("a");
const s = exp.stringBin("s");
const f = exp.floatBin("f");
const t = exp.boolBin("t");
const l = exp.listBin("l");
const m = exp.mapBin("m");

const refused = (cases: readonly (readonly [() => unknown, RegExp])[]) => {
  for (const [build, message] of cases) {
    const error = assertThrows(build, InvalidArgumentError) as Error;
    assert(message.test(error.message), error.message);
  }
};

test("both sides of a comparison are of one type", () => {
  refused([
    [
      // @ts-expect-error: a text and a number
      () => exp.eq(s, 5),
      /^exp\.eq\(\) right is a number: it must be a string, or an expression of the type string/,
    ],
    // @ts-expect-error: a number and a text
    [() => exp.ne(a, "5"), /^exp\.ne\(\) right is a string: it must be a safe integer or a bigint/],
    // @ts-expect-error: a text and an integer
    [() => exp.gt(s, a), /^exp\.gt\(\) right is an expression of the type int: it must be of the type string/],
    // @ts-expect-error: an integer and a double
    [() => exp.lt(a, f), /type float: it must be of the type int/],
    // @ts-expect-error: nothing says the type
    [() => exp.le(1, a), /^exp\.le\(\) left is a number: it must be an expression/],
    // @ts-expect-error: a list and a map
    [() => exp.eq(l, { a: 1 }), /right is a value of the type map: it must be an array/],
    // @ts-expect-error: a boolean and a text
    [() => exp.ge(t, "true"), /it must be a boolean/],
    // @ts-expect-error: nothing
    [() => exp.eq(a, undefined), /right is undefined/],
    // @ts-expect-error: null is no integer
    [() => exp.eq(a, null), /right is null/],
  ]);
});

test("operands are of the type that the operation has", () => {
  refused([
    // @ts-expect-error: an integer is no condition
    [() => exp.and(a, t), /^exp\.and\(\) operand 1 is an expression of the type int: it must be of the type bool/],
    // @ts-expect-error: neither is a text
    [() => exp.not("x"), /^exp\.not\(\) condition is a string/],
    [
      // @ts-expect-error: a text has no sum
      () => exp.add(s, "x"),
      /^exp\.add\(\) operand 1 is an expression of the type string: it must be of the type int or float/,
    ],
    // @ts-expect-error: integers and doubles do not mix
    [() => exp.mul(a, f), /^exp\.mul\(\) operand 2/],
    // @ts-expect-error: a remainder of doubles
    [() => exp.mod(f, 2), /^exp\.mod\(\) numerator/],
    // @ts-expect-error: a pattern is for texts
    [() => exp.regexCompare(a, "x"), /^exp\.regexCompare\(\) text/],
    // @ts-expect-error: no such flag
    [() => exp.regexCompare(s, "x", ["i"]), /^exp\.regexCompare\(\) flags\[0\] is "i": it must be one of "extended"/],
    // @ts-expect-error: a text is no geometry
    [() => exp.geoCompare(exp.geoBin("g"), "{}"), /^exp\.geoCompare\(\) right is a string: it must be a GeoJSON/],
    // @ts-expect-error: a map has no size as a list, which nothing but ctx could say
    [() => exp.list.size(s), /^exp\.list\.size\(\) source is an expression of the type string/],
    // @ts-expect-error: a double has no bits
    [() => exp.intAnd(f, 1), /^exp\.intAnd\(\) operand 1/],
    // @ts-expect-error: a text is no bytes
    [() => exp.bit.get(s, 0, 8), /^exp\.bit\.get\(\) source/],
    // @ts-expect-error: a list is no sketch
    [() => exp.hll.getCount(l), /^exp\.hll\.getCount\(\) source/],
    // @ts-expect-error: an integer has no letters
    [() => exp.string.upper(a), /^exp\.string\.upper\(\) source/],
    // @ts-expect-error: no such type
    [() => exp.bin("a", "integer"), /^exp\.bin\(\) type is "integer": it must be one of/],
    // @ts-expect-error: no such type of a key
    [() => exp.key("float"), /^exp\.key\(\) type is "float"/],
    // @ts-expect-error: the cases are of one type
    [() => exp.cond([[t, exp.intVal(1)]], s), /^exp\.cond\(\) cases\[0\] value is an expression of the type int/],
    // @ts-expect-error: an integer is no case
    [() => exp.cond([a], a), /^exp\.cond\(\) cases\[0\] is not \[condition, value\]/],
    // @ts-expect-error: the variable is an integer
    [() => exp.let({ x: a }, ({ x }) => exp.eq(x, "x")), /^exp\.eq\(\) right is a string/],
    // @ts-expect-error: no such part
    [() => exp.intLoopVar("key"), /^exp\.intLoopVar\(\) part is "key"/],
    // @ts-expect-error: a text is no position
    [() => exp.list.getByIndex(l, "0", "int"), /^exp\.list\.getByIndex\(\) index/],
    // @ts-expect-error: a list has no keys
    [() => exp.list.getByValue(l, 1, { return: "keys" }), /^exp\.list\.getByValue\(\) options\.return is "keys"/],
    // @ts-expect-error: a text that the server compiles is nothing within an expression
    [() => exp.not(exp.fromAel("$.a == 1")), /^exp\.not\(\) condition is an AEL text/],
    // @ts-expect-error: an option that there is not
    [() => exp.list.size(l, { context: [] }), /^exp\.list\.size\(\) options\.context is not an option/],
    // @ts-expect-error: a count is an integer, and no text
    [() => exp.eq(exp.list.getByValue(l, 1, { return: "count" }), "1"), /^exp\.eq\(\) right/],
  ]);
});

test("filters are conditions, and operations read and write values", () => {
  const key = new Key("test", "s", 1);
  // @ts-expect-error: an integer
  const notACondition: Expression<"bool"> = a;
  assert((notACondition.type as string) === "int");
  // @ts-expect-error: an unknown option
  op.readExp("x", a, { createOnly: true });
  // @ts-expect-error: a text that the server compiles
  op.readExp("x", exp.fromAel("$.a"));
  const typed = (client: import("../mod.ts").Client) => [
    () => client.get(key, { filter: exp.fromAel("$.a == 1") }),
    // @ts-expect-error: an integer
    () => client.get(key, { filter: a }),
    // @ts-expect-error: a text
    () => client.put(key, { a: 1 }, { filter: "$.a == 1" }),
    // @ts-expect-error: an integer
    () => client.batchRead([{ key, filter: a }]),
    // @ts-expect-error: no expression at all
    () => client.operate(key, [op.writeExp("a", 1)]),
  ];
  assert(typeof typed === "function");
});

test("null is no option that was left out", () => {
  const none = null as never;
  const h = exp.hllBin("h");
  refused([
    [() => exp.list.append(l, 1, { order: none }), /^exp\.list\.append\(\) options\.order is null/],
    [() => exp.list.getByIndex(l, 0, "int", { return: none }), /^exp\.list\.getByIndex\(\) options\.return is null/],
    [() => exp.list.getByIndexRange(l, { index: none }), /^exp\.list\.getByIndexRange\(\) range\.index is null/],
    [() => exp.map.put(m, "a", 1, { order: none }), /^exp\.map\.put\(\) options\.order is null/],
    [() => exp.bit.b64Encode(exp.blobBin("b"), { offset: none, size: 1 }), /^exp\.bit\.b64Encode\(\) offset is null/],
    [() => exp.string.isNumeric(s, none), /^exp\.string\.isNumeric\(\) type is null/],
    [() => exp.hll.init(h, 4, { minHashBits: none }), /^exp\.hll\.init\(\) options\.minHashBits is null/],
    [() => exp.hll.add(h, [1], { indexBits: none }), /^exp\.hll\.add\(\) options\.indexBits is null/],
  ]);
});

test("what is wrong beyond types is refused by name", () => {
  refused([
    [() => exp.intBin("a name of 16 byt"), /^exp\.intBin\(\) name: "a name of 16 byt" cannot be the name of a bin/],
    [() => exp.intBin(""), /^exp\.intBin\(\) name/],
    [() => exp.intVal(1.5), /^exp\.intVal\(\) value is a number: it must be a safe integer/],
    [() => exp.intVal(2 ** 53), /^exp\.intVal\(\) value is a number: it must/],
    [() => exp.intVal(2n ** 63n), /^exp\.intVal\(\) value is a bigint out of the range of int64/],
    [() => exp.listVal([1, new Date(0)]), /^exp\.listVal\(\) value\[1\] is a Date/],
    [() => exp.mapVal({ a: { b: undefined as never } }), /^exp\.mapVal\(\) value\.a\.b is undefined/],
    [() => exp.eq(m, { a: [Symbol.iterator as never] }), /^exp\.eq\(\) right\.a\[0\] is a symbol/],
    [() => exp.stringVal("\ud800"), /^exp\.stringVal\(\) value is a text with a lone surrogate/],
    [() => exp.regexCompare(s, "\ud800"), /^exp\.regexCompare\(\) pattern has a lone surrogate/],
    [() => exp.and(), /^exp\.and\(\) has no operand: give at least one/],
    [() => exp.cond([], a), /^exp\.cond\(\) cases are an array of at least one case/],
    [() => exp.let({}, () => a), /^exp\.let\(\) definitions are empty/],
    [() => exp.let({ 1: a }, () => a), /^exp\.let\(\) definitions\.1 is a number/],
    [() => exp.digestModulo(0), /^exp\.digestModulo\(\) modulo is 0: it must be an integer from 1/],
    [() => exp.fromBase64("x"), /^exp\.fromBase64\(\) text is no Base64/],
    [() => exp.fromBase64(""), /^exp\.fromBase64\(\) text is no Base64/],
    [() => exp.fromAel(""), /^exp\.fromAel\(\) text is no text/],
    [() => exp.intVal(a as never), /^exp\.intVal\(\) was given an expression/],
    [
      () => exp.list.size(m),
      /^exp\.list\.size\(\) source is an expression of the type map: it must be of the type list/,
    ],
    [() => exp.map.size(l), /^exp\.map\.size\(\) source is an expression of the type list/],
    [() => exp.list.size(m, { ctx: [{} as never] }), /^exp\.list\.size\(\) options\.ctx\[0\] is no step/],
    [
      () => exp.list.size(m, { ctx: [ctx.mapKey(1.5)] }),
      /^exp\.list\.size\(\) options\.ctx\[0\]\.key has the key 1\.5/,
    ],
    [() => exp.list.size(m, { ctx: ctx.mapKey("a") as never }), /^exp\.list\.size\(\) options\.ctx is not an array/],
    [() => exp.list.append(l, 1, { order: "sorted" as never }), /^exp\.list\.append\(\) options\.order is "sorted"/],
    [() => exp.list.append(l, 1, { noFail: 1 as never }), /^exp\.list\.append\(\) options\.noFail/],
    [() => exp.list.increment(l, 0, "1" as never), /^exp\.list\.increment\(\) delta is a string/],
    [() => exp.map.increment(m, "k", s as never), /^exp\.map\.increment\(\) delta is an expression of the type string/],
    [
      () => exp.map.putItems(m, INFINITY as never),
      /^exp\.map\.putItems\(\) items is an object: it must be a plain object/,
    ],
    [() => exp.list.insert(l, 0, 1, { order: "ordered" } as never), /options\.order is not an option/],
    [
      () => exp.list.getByIndexRange(l, { begin: 1 } as never),
      /^exp\.list\.getByIndexRange\(\) range\.begin is not an option/,
    ],
    [() => exp.selectValues(m, [], "list"), /^exp\.selectValues\(\) path is empty/],
    [
      () => exp.selectValues(m, [ctx.allChildrenWithFilter(a as never)], "list"),
      /path\[0\]\.filter is an expression of the type int/,
    ],
    [() => exp.hll.add(exp.hllBin("h"), [1], { minHashBits: 4 }), /minHashBits says nothing without indexBits/],
    [() => exp.bit.b64Encode(exp.blobBin("x"), { offset: 1 }), /options\.size is missing/],
    [() => exp.string.snip(s, 1, undefined, { noFail: true }), /options have no place without an end/],
  ]);
});
