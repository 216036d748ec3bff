// The filters of ours-filters.ts in the words of npm's `aerospike`, but for `mod`, `toFloat` and `intLshift`: it makes lists in
// lists of their operands, and refuses those itself.
import { Buffer } from "node:buffer";
import { Aerospike } from "../node-client.mjs";

const { exp, lists, maps, regex } = Aerospike;

export const FILTERED = {
  a: 7,
  f: 2.5,
  s: "hello",
  l: [1, 5, 9],
  m: { a: 1, b: 20 },
  x: Buffer.from([0xf0, 1]),
};

const [a, l, m, s] = [exp.binInt("a"), exp.binList("l"), exp.binMap("m"), exp.binStr("s")];
const { int, str } = exp;

export const filters = {
  "an integer is greater": exp.gt(a, int(5)),
  "an integer is another": exp.ne(a, int(7)),
  "a double is less": exp.lt(exp.binFloat("f"), exp.float(3.5)),
  "a text is equal": exp.eq(s, str("hello")),
  "a text matches": exp.cmpRegex(regex.ICASE, "^HE.*o$", s),
  "a text does not match": exp.cmpRegex(regex.BASIC, "^x", s),
  "bytes are equal": exp.eq(exp.binBlob("x"), exp.bytes(Buffer.from([0xf0, 1]), 2)),
  "both are true": exp.and(exp.ge(a, int(7)), exp.le(a, int(7))),
  "one is true": exp.or(exp.eq(a, int(1)), exp.eq(s, str("hello"))),
  "one of two is true": exp.exclusive(exp.eq(a, int(7)), exp.eq(s, str("hello"))),
  "it is not so": exp.not(exp.eq(a, int(7))),
  "a bin is there": exp.binExists("a"),
  "a bin is missing": exp.binExists("none"),
  "a missing bin has no value": exp.eq(exp.binInt("none"), int(1)),
  "a bin has a type": exp.eq(exp.binType("a"), int(1)),
  "a sum": exp.eq(exp.add(a, int(3)), int(10)),
  "bits of an integer": exp.eq(exp.intAnd(a, int(6)), int(6)),
  "the least and the greatest": exp.lt(exp.min(a, int(3)), exp.max(a, int(9))),
  "the size of a list": exp.eq(exp.lists.size(l), int(3)),
  "an item of a list": exp.eq(exp.lists.getByIndex(l, int(1), exp.type.INT, lists.returnType.VALUE), int(5)),
  "items in a range": exp.eq(exp.lists.getByValueRange(l, int(2), int(10), lists.returnType.COUNT), int(2)),
  "an entry of a map": exp.eq(exp.maps.getByKey(m, str("b"), exp.type.INT, maps.returnType.VALUE), int(20)),
  // Its range has the end in front.
  "keys of a map": exp.eq(exp.maps.getByKeyRange(m, str("b"), str("a"), maps.returnType.KEY), exp.list(["a"])),
  "bits of bytes": exp.eq(exp.bit.count(exp.binBlob("x"), int(16), int(0)), int(5)),
  "a condition": exp.eq(exp.cond(exp.gt(a, int(5)), str("big"), str("small")), str("big")),
  "a variable": exp.let(exp.def("twice", exp.mul(a, int(2))), exp.gt(exp.var("twice"), int(13))),
  "a key is stored": exp.keyExist(),
  "it never expires": exp.eq(exp.ttl(), int(-1)),
};
