//! Calls of operations on bits, sketches and texts.

use aerospike_core::Value;
use aerospike_core::expressions::{
    Expression, bitwise, blob_bin, blob_val, bool_val, float_bin, hll, hll_bin, int_bin, int_val,
    list_val, string, string_bin, string_val,
};
use aerospike_core::operations::bitwise::{
    BitPolicy, BitwiseOverflowActions as Overflow, BitwiseResizeFlags, BitwiseWriteFlags,
};
use aerospike_core::operations::hll::{HllPolicy, HllWriteFlags};
use aerospike_core::operations::string::{
    StringNumericType, StringPolicy, StringRegexFlags, StringWriteFlags,
};

use crate::Case;

fn x() -> Expression {
    blob_bin("x")
}

fn h() -> Expression {
    hll_bin("h")
}

fn s() -> Expression {
    string_bin("s")
}

fn bits() -> BitPolicy {
    BitPolicy::default()
}

fn plain() -> StringPolicy {
    StringPolicy::default()
}

fn sketch() -> Expression {
    list_val(vec![Value::Hll(vec![0, 12, 0])])
}

fn texts(texts: &[&str]) -> Expression {
    list_val(texts.iter().map(|text| Value::from(*text)).collect())
}

pub(crate) fn cases() -> Vec<Case> {
    [
        on_bits(),
        on_sketches(),
        texts_that_read(),
        texts_that_change(),
    ]
    .concat()
}

fn on_bits() -> Vec<Case> {
    vec![
        (
            r#"exp.bit.resize(exp.blobBin("x"), 16)"#,
            bitwise::resize(&bits(), int_val(16), BitwiseResizeFlags::DEFAULT, x()),
        ),
        (
            r#"exp.bit.resize(exp.blobBin("x"), 16, { createOnly: true, fromFront: true, growOnly: true })"#,
            bitwise::resize(
                &BitPolicy::new(BitwiseWriteFlags::CREATE_ONLY),
                int_val(16),
                BitwiseResizeFlags::FROM_FRONT | BitwiseResizeFlags::GROW_ONLY,
                x(),
            ),
        ),
        (
            r#"exp.bit.resize(exp.blobBin("x"), 16, { shrinkOnly: true })"#,
            bitwise::resize(&bits(), int_val(16), BitwiseResizeFlags::SHRINK_ONLY, x()),
        ),
        (
            r#"exp.bit.insert(exp.blobBin("x"), 1, new Uint8Array([7]))"#,
            bitwise::insert(&bits(), int_val(1), blob_val(vec![7]), x()),
        ),
        (
            r#"exp.bit.remove(exp.blobBin("x"), 1, 2, { noFail: true, partial: true })"#,
            bitwise::remove(
                &BitPolicy::new(BitwiseWriteFlags::NO_FAIL | BitwiseWriteFlags::PARTIAL),
                int_val(1),
                int_val(2),
                x(),
            ),
        ),
        (
            r#"exp.bit.set(exp.blobBin("x"), 3, 4, new Uint8Array([0xf0]), { updateOnly: true })"#,
            bitwise::set(
                &BitPolicy::new(BitwiseWriteFlags::UPDATE_ONLY),
                int_val(3),
                int_val(4),
                blob_val(vec![0xf0]),
                x(),
            ),
        ),
        (
            r#"exp.bit.or(exp.blobBin("x"), 3, 4, exp.blobBin("y"))"#,
            bitwise::or(&bits(), int_val(3), int_val(4), blob_bin("y"), x()),
        ),
        (
            r#"exp.bit.xor(exp.blobBin("x"), 3, 4, new Uint8Array([1]))"#,
            bitwise::xor(&bits(), int_val(3), int_val(4), blob_val(vec![1]), x()),
        ),
        (
            r#"exp.bit.and(exp.blobBin("x"), 3, 4, new Uint8Array([1]))"#,
            bitwise::and(&bits(), int_val(3), int_val(4), blob_val(vec![1]), x()),
        ),
        (
            r#"exp.bit.not(exp.blobBin("x"), 3, exp.intBin("a"))"#,
            bitwise::not(&bits(), int_val(3), int_bin("a"), x()),
        ),
        (
            r#"exp.bit.lshift(exp.blobBin("x"), 0, 32, 8)"#,
            bitwise::lshift(&bits(), int_val(0), int_val(32), int_val(8), x()),
        ),
        (
            r#"exp.bit.rshift(exp.blobBin("x"), 0, 32, 8)"#,
            bitwise::rshift(&bits(), int_val(0), int_val(32), int_val(8), x()),
        ),
        (
            r#"exp.bit.add(exp.blobBin("x"), 0, 8, 1)"#,
            bitwise::add(
                &bits(),
                int_val(0),
                int_val(8),
                int_val(1),
                false,
                Overflow::Fail,
                x(),
            ),
        ),
        (
            r#"exp.bit.add(exp.blobBin("x"), 0, 8, 1, { signed: true, overflow: "wrap" })"#,
            bitwise::add(
                &bits(),
                int_val(0),
                int_val(8),
                int_val(1),
                true,
                Overflow::Wrap,
                x(),
            ),
        ),
        (
            r#"exp.bit.subtract(exp.blobBin("x"), 0, 8, 1, { overflow: "saturate", noFail: true })"#,
            bitwise::subtract(
                &BitPolicy::new(BitwiseWriteFlags::NO_FAIL),
                int_val(0),
                int_val(8),
                int_val(1),
                false,
                Overflow::Saturate,
                x(),
            ),
        ),
        (
            r#"exp.bit.setInt(exp.blobBin("x"), 0, 64, -1)"#,
            bitwise::set_int(&bits(), int_val(0), int_val(64), int_val(-1), x()),
        ),
        (
            r#"exp.bit.get(exp.blobBin("x"), 0, 8)"#,
            bitwise::get(int_val(0), int_val(8), x()),
        ),
        (
            r#"exp.bit.count(exp.blobBin("x"), 0, 8)"#,
            bitwise::count(int_val(0), int_val(8), x()),
        ),
        (
            r#"exp.bit.lscan(exp.blobBin("x"), 0, 8, true)"#,
            bitwise::lscan(int_val(0), int_val(8), bool_val(true), x()),
        ),
        (
            r#"exp.bit.rscan(exp.blobBin("x"), 0, 8, false)"#,
            bitwise::rscan(int_val(0), int_val(8), bool_val(false), x()),
        ),
        (
            r#"exp.bit.getInt(exp.blobBin("x"), -8, 8)"#,
            bitwise::get_int(int_val(-8), int_val(8), false, x()),
        ),
        (
            r#"exp.bit.getInt(exp.blobBin("x"), 0, 8, { signed: true })"#,
            bitwise::get_int(int_val(0), int_val(8), true, x()),
        ),
        (
            r#"exp.bit.b64Encode(exp.blobBin("x"))"#,
            bitwise::b64_encode(x()),
        ),
        (
            r#"exp.bit.b64Encode(exp.blobBin("x"), { offset: 1, size: 2 })"#,
            bitwise::b64_encode_range(int_val(1), int_val(2), false, x()),
        ),
        (
            r#"exp.bit.b64Encode(exp.blobBin("x"), { size: 2, invertSize: true })"#,
            bitwise::b64_encode_range(int_val(0), int_val(2), true, x()),
        ),
    ]
}

fn on_sketches() -> Vec<Case> {
    vec![
        (
            r#"exp.hll.init(exp.hllBin("h"), 12)"#,
            hll::init(HllPolicy::default(), int_val(12), h()),
        ),
        (
            r#"exp.hll.init(exp.hllBin("h"), 12, { minHashBits: 20, createOnly: true })"#,
            hll::init_with_min_hash(
                HllPolicy::new(HllWriteFlags::CREATE_ONLY),
                int_val(12),
                int_val(20),
                h(),
            ),
        ),
        (
            r#"exp.hll.add(exp.hllBin("h"), ["a", "b"])"#,
            hll::add(HllPolicy::default(), texts(&["a", "b"]), h()),
        ),
        (
            r#"exp.hll.add(exp.hllBin("h"), ["a"], { indexBits: 8 })"#,
            hll::add_with_index(HllPolicy::default(), texts(&["a"]), int_val(8), h()),
        ),
        (
            r#"exp.hll.add(exp.hllBin("h"), ["a"], { indexBits: 8, minHashBits: 10, noFail: true, allowFold: true })"#,
            hll::add_with_index_and_min_hash(
                HllPolicy::new(HllWriteFlags::NO_FAIL | HllWriteFlags::ALLOW_FOLD),
                texts(&["a"]),
                int_val(8),
                int_val(10),
                h(),
            ),
        ),
        (r#"exp.hll.getCount(exp.hllBin("h"))"#, hll::get_count(h())),
        (
            r#"exp.hll.getUnion(exp.hllBin("h"), [new HyperLogLog(new Uint8Array([0, 12, 0]))])"#,
            hll::get_union(sketch(), h()),
        ),
        (
            r#"exp.hll.getUnionCount(exp.hllBin("h"), [new HyperLogLog(new Uint8Array([0, 12, 0]))])"#,
            hll::get_union_count(sketch(), h()),
        ),
        (
            r#"exp.hll.getIntersectCount(exp.hllBin("h"), [new HyperLogLog(new Uint8Array([0, 12, 0]))])"#,
            hll::get_intersect_count(sketch(), h()),
        ),
        (
            r#"exp.hll.getSimilarity(exp.hllBin("h"), [new HyperLogLog(new Uint8Array([0, 12, 0]))])"#,
            hll::get_similarity(sketch(), h()),
        ),
        (r#"exp.hll.describe(exp.hllBin("h"))"#, hll::describe(h())),
        (
            r#"exp.hll.mayContain(exp.hllBin("h"), ["a"])"#,
            hll::may_contain(texts(&["a"]), h()),
        ),
    ]
}

fn texts_that_read() -> Vec<Case> {
    vec![
        (
            r#"exp.string.strlen(exp.stringBin("s"))"#,
            string::strlen(s()),
        ),
        (
            r#"exp.string.substr(exp.stringBin("s"), 2)"#,
            string::substr(s(), int_val(2)),
        ),
        (
            r#"exp.string.substr(exp.stringBin("s"), 2, -1)"#,
            string::substr_range(s(), int_val(2), int_val(-1)),
        ),
        (
            r#"exp.string.charAt(exp.stringBin("s"), 0)"#,
            string::char_at(s(), int_val(0)),
        ),
        (
            r#"exp.string.find(exp.stringBin("s"), "n")"#,
            string::find(s(), string_val("n")),
        ),
        (
            r#"exp.string.find(exp.stringBin("s"), "n", -1)"#,
            string::find_nth(s(), string_val("n"), int_val(-1)),
        ),
        (
            r#"exp.string.contains(exp.stringBin("s"), "n")"#,
            string::contains(s(), string_val("n")),
        ),
        (
            r#"exp.string.startsWith(exp.stringBin("s"), "n")"#,
            string::starts_with(s(), string_val("n")),
        ),
        (
            r#"exp.string.endsWith(exp.stringBin("s"), "n")"#,
            string::ends_with(s(), string_val("n")),
        ),
        (
            r#"exp.string.toInteger(exp.stringBin("s"))"#,
            string::to_integer(s()),
        ),
        (
            r#"exp.string.toDouble(exp.stringBin("s"))"#,
            string::to_double(s()),
        ),
        (
            r#"exp.string.byteLength(exp.stringBin("s"))"#,
            string::byte_length(s()),
        ),
        (
            r#"exp.string.isNumeric(exp.stringBin("s"))"#,
            string::is_numeric(s()),
        ),
        (
            r#"exp.string.isNumeric(exp.stringBin("s"), "any")"#,
            string::is_numeric_typed(s(), StringNumericType::Any),
        ),
        (
            r#"exp.string.isNumeric(exp.stringBin("s"), "float")"#,
            string::is_numeric_typed(s(), StringNumericType::Float),
        ),
        (
            r#"exp.string.isUpper(exp.stringBin("s"))"#,
            string::is_upper(s()),
        ),
        (
            r#"exp.string.isLower(exp.stringBin("s"))"#,
            string::is_lower(s()),
        ),
        (
            r#"exp.string.toBlob(exp.stringBin("s"))"#,
            string::to_blob(s()),
        ),
        (
            r#"exp.string.split(exp.stringBin("s"))"#,
            string::split(s()),
        ),
        (
            r#"exp.string.split(exp.stringBin("s"), ",")"#,
            string::split_by_separator(s(), string_val(",")),
        ),
        (
            r#"exp.string.b64Decode(exp.stringBin("s"))"#,
            string::b64_decode(s()),
        ),
        (
            r#"exp.string.regexCompare(exp.stringBin("s"), "a+")"#,
            string::regex_compare(s(), string_val("a+")),
        ),
        (
            r#"exp.string.regexCompare(exp.stringBin("s"), "a+", {})"#,
            string::regex_compare_with_flags(s(), string_val("a+"), StringRegexFlags::DEFAULT),
        ),
        (
            r#"exp.string.regexCompare(exp.stringBin("s"), "a+", { caseInsensitive: true, multiline: true, dotAll: true, unixLines: true })"#,
            string::regex_compare_with_flags(
                s(),
                string_val("a+"),
                StringRegexFlags::CASE_INSENSITIVE
                    | StringRegexFlags::MULTILINE
                    | StringRegexFlags::DOT_ALL
                    | StringRegexFlags::UNIX_LINES,
            ),
        ),
        (
            r#"exp.string.toString(exp.floatBin("f"))"#,
            string::to_string(float_bin("f")),
        ),
    ]
}

fn texts_that_change() -> Vec<Case> {
    vec![
        (
            r#"exp.string.insert(exp.stringBin("s"), 1, "x")"#,
            string::insert(&plain(), s(), int_val(1), string_val("x")),
        ),
        (
            r#"exp.string.overwrite(exp.stringBin("s"), 1, "x", { createOnly: true })"#,
            string::overwrite(
                &StringPolicy::new(StringWriteFlags::CREATE_ONLY),
                s(),
                int_val(1),
                string_val("x"),
            ),
        ),
        (
            r#"exp.string.concat(exp.stringBin("s"), ["x", "y"], { updateOnly: true, noFail: true })"#,
            string::concat(
                &StringPolicy::new(StringWriteFlags::UPDATE_ONLY | StringWriteFlags::NO_FAIL),
                s(),
                texts(&["x", "y"]),
            ),
        ),
        (
            r#"exp.string.append(exp.stringBin("s"), "x")"#,
            string::append(&plain(), s(), string_val("x")),
        ),
        (
            r#"exp.string.prepend(exp.stringBin("s"), "x")"#,
            string::prepend(&plain(), s(), string_val("x")),
        ),
        (
            r#"exp.string.snip(exp.stringBin("s"), 2)"#,
            string::snip_from(&plain(), s(), int_val(2)),
        ),
        (
            r#"exp.string.snip(exp.stringBin("s"), 2, 4)"#,
            string::snip(&plain(), s(), int_val(2), int_val(4)),
        ),
        (
            r#"exp.string.replace(exp.stringBin("s"), "a", "b")"#,
            string::replace(&plain(), s(), string_val("a"), string_val("b")),
        ),
        (
            r#"exp.string.replaceAll(exp.stringBin("s"), "a", exp.stringBin("t"))"#,
            string::replace_all(&plain(), s(), string_val("a"), string_bin("t")),
        ),
        (
            r#"exp.string.upper(exp.stringBin("s"))"#,
            string::upper(&plain(), s()),
        ),
        (
            r#"exp.string.lower(exp.stringBin("s"), { noFail: true })"#,
            string::lower(&StringPolicy::new(StringWriteFlags::NO_FAIL), s()),
        ),
        (
            r#"exp.string.caseFold(exp.stringBin("s"))"#,
            string::case_fold(&plain(), s()),
        ),
        (
            r#"exp.string.normalizeNfc(exp.stringBin("s"))"#,
            string::normalize_nfc(&plain(), s()),
        ),
        (
            r#"exp.string.trimStart(exp.stringBin("s"))"#,
            string::trim_start(&plain(), s()),
        ),
        (
            r#"exp.string.trimEnd(exp.stringBin("s"))"#,
            string::trim_end(&plain(), s()),
        ),
        (
            r#"exp.string.trim(exp.string.upper("x"))"#,
            string::trim(&plain(), string::upper(&plain(), string_val("x"))),
        ),
        (
            r#"exp.string.padStart(exp.stringBin("s"), 10, "0")"#,
            string::pad_start(&plain(), s(), int_val(10), string_val("0")),
        ),
        (
            r#"exp.string.padEnd(exp.stringBin("s"), 10, "0")"#,
            string::pad_end(&plain(), s(), int_val(10), string_val("0")),
        ),
        (
            r#"exp.string.repeat(exp.stringBin("s"), 3)"#,
            string::repeat(&plain(), s(), int_val(3)),
        ),
        (
            r#"exp.string.regexReplace(exp.stringBin("s"), "a+", "b")"#,
            string::regex_replace(
                &plain(),
                s(),
                string_val("a+"),
                string_val("b"),
                StringRegexFlags::DEFAULT,
            ),
        ),
        (
            r#"exp.string.regexReplace(exp.stringBin("s"), "a+", "b", { global: true, caseInsensitive: true, noFail: true })"#,
            string::regex_replace(
                &StringPolicy::new(StringWriteFlags::NO_FAIL),
                s(),
                string_val("a+"),
                string_val("b"),
                StringRegexFlags::GLOBAL | StringRegexFlags::CASE_INSENSITIVE,
            ),
        ),
    ]
}
