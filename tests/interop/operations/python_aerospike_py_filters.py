"""The filters of ours-filters.ts in the words of PyPI's `aerospike-py`, which has no expressions of lists, maps and bytes."""

import aerospike_py
from aerospike_py import exp

FILTERED = {"a": 7, "f": 2.5, "s": "hello", "l": [1, 5, 9], "m": {"a": 1, "b": 20}, "x": bytes([0xF0, 1])}

A, S = exp.int_bin("a"), exp.string_bin("s")
integer, text = exp.int_val, exp.string_val

FILTERS = {
    "an integer is greater": exp.gt(A, integer(5)),
    "an integer is another": exp.ne(A, integer(7)),
    "a double is less": exp.lt(exp.float_bin("f"), exp.float_val(3.5)),
    "a text is equal": exp.eq(S, text("hello")),
    "a text matches": exp.regex_compare("^HE.*o$", aerospike_py.REGEX_ICASE, S),
    "a text does not match": exp.regex_compare("^x", aerospike_py.REGEX_NONE, S),
    "bytes are equal": exp.eq(exp.blob_bin("x"), exp.blob_val(bytes([0xF0, 1]))),
    "both are true": exp.and_(exp.ge(A, integer(7)), exp.le(A, integer(7))),
    "one is true": exp.or_(exp.eq(A, integer(1)), exp.eq(S, text("hello"))),
    "one of two is true": exp.xor_(exp.eq(A, integer(7)), exp.eq(S, text("hello"))),
    "it is not so": exp.not_(exp.eq(A, integer(7))),
    "a bin is there": exp.bin_exists("a"),
    "a bin is missing": exp.bin_exists("none"),
    "a missing bin has no value": exp.eq(exp.int_bin("none"), integer(1)),
    "a bin has a type": exp.eq(exp.bin_type("a"), integer(1)),
    "a sum": exp.eq(exp.num_add(A, integer(3)), integer(10)),
    "a quotient and a rest": exp.eq(
        exp.num_mod(exp.num_div(exp.num_mul(A, integer(6)), integer(4)), integer(4)), integer(2)
    ),
    "a double of an integer": exp.gt(exp.to_float(A), exp.float_val(6.5)),
    "bits of an integer": exp.eq(exp.int_and(A, integer(6)), integer(6)),
    "an integer is shifted": exp.eq(exp.int_lshift(A, integer(2)), integer(28)),
    "the least and the greatest": exp.lt(exp.min_(A, integer(3)), exp.max_(A, integer(9))),
    "a condition": exp.eq(exp.cond(exp.gt(A, integer(5)), text("big"), text("small")), text("big")),
    "a variable": exp.let_(exp.def_("twice", exp.num_mul(A, integer(2))), exp.gt(exp.var("twice"), integer(13))),
    "a key is stored": exp.key_exists(),
    "it never expires": exp.eq(exp.ttl(), integer(-1)),
}
