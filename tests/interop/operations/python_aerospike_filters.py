"""The filters of ours-filters.ts in the words of PyPI's `aerospike`."""

import aerospike
from aerospike_helpers import expressions as exp

FILTERED = {"a": 7, "f": 2.5, "s": "hello", "l": [1, 5, 9], "m": {"a": 1, "b": 20}, "x": bytes([0xF0, 1])}

A, S = exp.IntBin("a"), exp.StrBin("s")
INTEGER = exp.ResultType.INTEGER

FILTERS = {
    "an integer is greater": exp.GT(A, 5),
    "an integer is another": exp.NE(A, 7),
    "a double is less": exp.LT(exp.FloatBin("f"), 3.5),
    "a text is equal": exp.Eq(S, "hello"),
    "a text matches": exp.CmpRegex(aerospike.REGEX_ICASE, "^HE.*o$", S),
    "a text does not match": exp.CmpRegex(aerospike.REGEX_NONE, "^x", S),
    "bytes are equal": exp.Eq(exp.BlobBin("x"), bytes([0xF0, 1])),
    "both are true": exp.And(exp.GE(A, 7), exp.LE(A, 7)),
    "one is true": exp.Or(exp.Eq(A, 1), exp.Eq(S, "hello")),
    "one of two is true": exp.Exclusive(exp.Eq(A, 7), exp.Eq(S, "hello")),
    "it is not so": exp.Not(exp.Eq(A, 7)),
    "a bin is there": exp.BinExists("a"),
    "a bin is missing": exp.BinExists("none"),
    "a missing bin has no value": exp.Eq(exp.IntBin("none"), 1),
    "a bin has a type": exp.Eq(exp.BinType("a"), 1),
    "a sum": exp.Eq(exp.Add(A, 3), 10),
    "a quotient and a rest": exp.Eq(exp.Mod(exp.Div(exp.Mul(A, 6), 4), 4), 2),
    "a double of an integer": exp.GT(exp.ToFloat(A), 6.5),
    "bits of an integer": exp.Eq(exp.IntAnd(A, 6), 6),
    "an integer is shifted": exp.Eq(exp.IntLeftShift(A, 2), 28),
    "the least and the greatest": exp.LT(exp.Min(A, 3), exp.Max(A, 9)),
    "the size of a list": exp.Eq(exp.ListSize(None, "l"), 3),
    "an item of a list": exp.Eq(exp.ListGetByIndex(None, aerospike.LIST_RETURN_VALUE, INTEGER, 1, "l"), 5),
    "items in a range": exp.Eq(exp.ListGetByValueRange(None, aerospike.LIST_RETURN_COUNT, 2, 10, "l"), 2),
    "an entry of a map": exp.Eq(exp.MapGetByKey(None, aerospike.MAP_RETURN_VALUE, INTEGER, "b", "m"), 20),
    "keys of a map": exp.Eq(exp.MapGetByKeyRange(None, aerospike.MAP_RETURN_KEY, "a", "b", "m"), ["a"]),
    "bits of bytes": exp.Eq(exp.BitCount(0, 16, "x"), 5),
    "a condition": exp.Eq(exp.Cond(exp.GT(A, 5), "big", "small"), "big"),
    "a variable": exp.Let(exp.Def("twice", exp.Mul(A, 2)), exp.GT(exp.Var("twice"), 13)),
    "a key is stored": exp.KeyExists(),
    "it never expires": exp.Eq(exp.TTL(), -1),
}
