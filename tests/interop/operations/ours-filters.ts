// Filters in this client's words. All clients have the same ones, on the same record, and get the same records for them.
import { type BinInput, exp, type Filter } from "../../../mod.ts";

/** The record that is filtered. */
export const FILTERED: Record<string, BinInput> = {
  a: 7,
  f: 2.5,
  s: "hello",
  l: [1, 5, 9],
  m: { a: 1, b: 20 },
  x: new Uint8Array([0xf0, 1]),
};

const a = exp.intBin("a");
const l = exp.listBin("l");
const m = exp.mapBin("m");
const s = exp.stringBin("s");

/** Each by its name. */
export const filters: Record<string, Filter> = {
  "an integer is greater": exp.gt(a, 5),
  "an integer is another": exp.ne(a, 7),
  "a double is less": exp.lt(exp.floatBin("f"), 3.5),
  "a text is equal": exp.eq(s, "hello"),
  "a text matches": exp.regexCompare(s, "^HE.*o$", ["icase"]),
  "a text does not match": exp.regexCompare(s, "^x"),
  "bytes are equal": exp.eq(exp.blobBin("x"), new Uint8Array([0xf0, 1])),
  "both are true": exp.and(exp.ge(a, 7), exp.le(a, 7)),
  "one is true": exp.or(exp.eq(a, 1), exp.eq(s, "hello")),
  "one of two is true": exp.exclusive(exp.eq(a, 7), exp.eq(s, "hello")),
  "it is not so": exp.not(exp.eq(a, 7)),
  "a bin is there": exp.binExists("a"),
  "a bin is missing": exp.binExists("none"),
  "a missing bin has no value": exp.eq(exp.intBin("none"), 1),
  "a bin has a type": exp.eq(exp.binType("a"), 1),
  "a sum": exp.eq(exp.add(a, 3), 10),
  "a quotient and a rest": exp.eq(exp.mod(exp.div(exp.mul(a, 6), 4), 4), 2),
  "a double of an integer": exp.gt(exp.toFloat(a), 6.5),
  "bits of an integer": exp.eq(exp.intAnd(a, 6), 6),
  "an integer is shifted": exp.eq(exp.intLshift(a, 2), 28),
  "the least and the greatest": exp.lt(exp.min(a, 3), exp.max(a, 9)),
  "the size of a list": exp.eq(exp.list.size(l), 3),
  "an item of a list": exp.eq(exp.list.getByIndex(l, 1, "int"), 5),
  "items in a range": exp.eq(exp.list.getByValueRange(l, { begin: 2, end: 10 }, { return: "count" }), 2),
  "an entry of a map": exp.eq(exp.map.getByKey(m, "b", "int"), 20),
  "keys of a map": exp.eq(exp.map.getByKeyRange(m, { begin: "a", end: "b" }, { return: "keys" }), ["a"]),
  "bits of bytes": exp.eq(exp.bit.count(exp.blobBin("x"), 0, 16), 5),
  "a condition": exp.eq(exp.cond([[exp.gt(a, 5), exp.stringVal("big")]], exp.stringVal("small")), "big"),
  "a variable": exp.let({ twice: exp.mul(a, 2) }, ({ twice }) => exp.gt(twice, 13)),
  "a key is stored": exp.keyExists(),
  "it never expires": exp.eq(exp.ttl(), -1),
};
