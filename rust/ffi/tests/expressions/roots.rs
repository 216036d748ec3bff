//! Everything but calls of operations.

use std::collections::BTreeMap;

use aerospike_core::expressions::*;
use aerospike_core::operations::cdt_context::*;
use aerospike_core::operations::path::{ModifyFlag, SelectFlag};
use aerospike_core::{RegexFlags, Value};

use crate::Case;

fn a() -> Expression {
    int_bin("a")
}

fn f() -> Expression {
    float_bin("f")
}

fn s() -> Expression {
    string_bin("s")
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(*text)).collect()
}

pub(crate) fn cases() -> Vec<Case> {
    [
        bins(),
        values(),
        metadata(),
        comparisons(),
        arithmetic(),
        control(),
        loops(),
        paths(),
    ]
    .concat()
}

fn bins() -> Vec<Case> {
    vec![
        (r#"exp.intBin("a")"#, int_bin("a")),
        (r#"exp.floatBin("f")"#, float_bin("f")),
        (
            r#"exp.stringBin("a name of 15 b")"#,
            string_bin("a name of 15 b"),
        ),
        (r#"exp.boolBin("ü")"#, bool_bin("ü")),
        (r#"exp.blobBin("blob")"#, blob_bin("blob")),
        (r#"exp.geoBin("place")"#, geo_bin("place")),
        (r#"exp.listBin("l")"#, list_bin("l")),
        (r#"exp.mapBin("m")"#, map_bin("m")),
        (r#"exp.hllBin("h")"#, hll_bin("h")),
        (r#"exp.bin("b", "float")"#, bin("b", ExpType::Float)),
        (r#"exp.bin("b", "nil")"#, bin("b", ExpType::Nil)),
        (r#"exp.binType("b")"#, bin_type("b")),
        (r#"exp.binExists("b")"#, bin_exists("b")),
    ]
}

fn values() -> Vec<Case> {
    let map = BTreeMap::from([
        (Value::from("b"), Value::from(vec![Value::from(1)])),
        (Value::from("a"), Value::Nil),
        (
            Value::from("long key that takes more than a byte"),
            Value::from(true),
        ),
    ]);
    let keys = BTreeMap::from([
        (Value::from(3), Value::from("three")),
        (Value::from(-1), Value::from("less")),
        (Value::from("k"), Value::from(1.5)),
        (Value::Blob(vec![1, 2]), Value::Nil),
    ]);
    vec![
        ("exp.intVal(0)", int_val(0)),
        ("exp.intVal(-0)", int_val(0)),
        ("exp.intVal(127)", int_val(127)),
        ("exp.intVal(128)", int_val(128)),
        ("exp.intVal(255)", int_val(255)),
        ("exp.intVal(256)", int_val(256)),
        ("exp.intVal(65536)", int_val(65536)),
        ("exp.intVal(2 ** 32)", int_val(1 << 32)),
        ("exp.intVal(2n ** 63n - 1n)", int_val(i64::MAX)),
        ("exp.intVal(-1)", int_val(-1)),
        ("exp.intVal(-32)", int_val(-32)),
        ("exp.intVal(-33)", int_val(-33)),
        ("exp.intVal(-129)", int_val(-129)),
        ("exp.intVal(-32769)", int_val(-32769)),
        ("exp.intVal(-(2 ** 31) - 1)", int_val(-(1 << 31) - 1)),
        ("exp.intVal(-(2n ** 63n))", int_val(i64::MIN)),
        ("exp.floatVal(1)", float_val(1.0)),
        ("exp.floatVal(-0)", float_val(-0.0)),
        ("exp.floatVal(new Double(1e300))", float_val(1e300)),
        ("exp.floatVal(Infinity)", float_val(f64::INFINITY)),
        (r#"exp.stringVal("")"#, string_val("")),
        (r#"exp.stringVal("grün 😀")"#, string_val("grün 😀")),
        (
            r#"exp.stringVal("b".repeat(31))"#,
            string_val("b".repeat(31)),
        ),
        (
            r#"exp.stringVal("c".repeat(300))"#,
            string_val("c".repeat(300)),
        ),
        ("exp.boolVal(true)", bool_val(true)),
        ("exp.boolVal(false)", bool_val(false)),
        (
            "exp.blobVal(new Uint8Array([0, 255]))",
            blob_val(vec![0, 255]),
        ),
        ("exp.listVal([])", list_val(vec![])),
        (
            r#"exp.listVal([1, "two", 3.5, null, [true], new Uint8Array([4])])"#,
            list_val(vec![
                Value::from(1),
                Value::from("two"),
                Value::from(3.5),
                Value::Nil,
                Value::from(vec![Value::from(true)]),
                Value::Blob(vec![4]),
            ]),
        ),
        (
            r#"exp.listVal([{ a: 1 }])"#,
            list_val(vec![Value::from(BTreeMap::from([(
                Value::from("a"),
                Value::from(1),
            )]))]),
        ),
        (
            "exp.listVal(Array.from({ length: 20 }, (_, i) => i))",
            list_val((0..20).map(Value::from).collect()),
        ),
        (
            r#"exp.mapVal({ b: [1], a: null, "long key that takes more than a byte": true })"#,
            map_val(map),
        ),
        (
            r#"exp.mapVal(new Map<number | string | Uint8Array, string | number | null>([["k", 1.5], [new Uint8Array([1, 2]), null], [3, "three"], [-1, "less"]]))"#,
            map_val(keys),
        ),
        ("exp.mapVal({})", map_val(BTreeMap::new())),
        (
            r#"exp.geoVal(GeoJSON.point(8.5, 47))"#,
            geo_val(r#"{"type":"Point","coordinates":[8.5,47]}"#),
        ),
        (r#"exp.geoVal("{}")"#, geo_val("{}")),
        ("exp.nil()", nil()),
        ("exp.infinity()", infinity()),
        ("exp.wildcard()", wildcard()),
    ]
}

fn metadata() -> Vec<Case> {
    vec![
        (r#"exp.key("int")"#, key(ExpType::Int)),
        (r#"exp.key("string")"#, key(ExpType::String)),
        (r#"exp.key("blob")"#, key(ExpType::Blob)),
        ("exp.keyExists()", key_exists()),
        ("exp.setName()", set_name()),
        ("exp.recordSize()", record_size()),
        ("exp.lastUpdate()", last_update()),
        ("exp.sinceUpdate()", since_update()),
        ("exp.voidTime()", void_time()),
        ("exp.ttl()", ttl()),
        ("exp.isTombstone()", is_tombstone()),
        ("exp.digestModulo(3)", digest_modulo(3)),
        ("exp.digestModulo(1000)", digest_modulo(1000)),
    ]
}

fn comparisons() -> Vec<Case> {
    let region = r#"{"type":"AeroCircle","coordinates":[[8,47],1000]}"#;
    vec![
        (r#"exp.eq(exp.intBin("a"), 5)"#, eq(a(), int_val(5))),
        (
            r#"exp.eq(exp.intBin("a"), exp.intBin("b"))"#,
            eq(a(), int_bin("b")),
        ),
        (r#"exp.eq(exp.floatBin("f"), 3)"#, eq(f(), float_val(3.0))),
        (
            r#"exp.ne(exp.stringBin("s"), "x")"#,
            ne(s(), string_val("x")),
        ),
        (
            r#"exp.gt(exp.intBin("a"), 2n ** 40n)"#,
            gt(a(), int_val(1 << 40)),
        ),
        (
            r#"exp.ge(exp.boolBin("t"), true)"#,
            ge(bool_bin("t"), bool_val(true)),
        ),
        (
            r#"exp.lt(exp.listBin("l"), [1, "a"])"#,
            lt(
                list_bin("l"),
                list_val(vec![Value::from(1), Value::from("a")]),
            ),
        ),
        (
            r#"exp.le(exp.mapBin("m"), { a: 1 })"#,
            le(
                map_bin("m"),
                map_val(BTreeMap::from([(Value::from("a"), Value::from(1))])),
            ),
        ),
        (
            r#"exp.eq(exp.blobBin("x"), new Uint8Array([9]))"#,
            eq(blob_bin("x"), blob_val(vec![9])),
        ),
        (
            r#"exp.regexCompare(exp.stringBin("s"), "x.*")"#,
            regex_compare("x.*", RegexFlags::NONE, s()),
        ),
        (
            r#"exp.regexCompare(exp.stringBin("s"), "^ü+$", ["icase", "newline"])"#,
            regex_compare("^ü+$", RegexFlags::ICASE | RegexFlags::NEWLINE, s()),
        ),
        (
            r#"exp.regexCompare("text", "(a|b)", ["extended", "nosub"])"#,
            regex_compare(
                "(a|b)",
                RegexFlags::EXTENDED | RegexFlags::NOSUB,
                string_val("text"),
            ),
        ),
        (
            r#"exp.geoCompare(exp.geoBin("place"), new GeoJSON({ type: "AeroCircle", coordinates: [[8, 47], 1000] }))"#,
            geo_compare(geo_bin("place"), geo_val(region)),
        ),
        (
            r#"exp.inList(exp.intBin("a"), [1, 2, 3])"#,
            in_list(a(), list_val((1..4).map(Value::from).collect())),
        ),
        (
            r#"exp.inList("book", exp.mapKeys(exp.mapBin("m")))"#,
            in_list(string_val("book"), map_keys(map_bin("m"))),
        ),
        (r#"exp.mapKeys(exp.mapBin("m"))"#, map_keys(map_bin("m"))),
        (
            r#"exp.mapValues(exp.mapBin("m"))"#,
            map_values(map_bin("m")),
        ),
        (r#"exp.not(exp.boolBin("t"))"#, not(bool_bin("t"))),
        (
            r#"exp.and(exp.gt(exp.ttl(), 1), exp.regexCompare(exp.stringBin("s"), "x.*", ["icase"]))"#,
            and(vec![
                gt(ttl(), int_val(1)),
                regex_compare("x.*", RegexFlags::ICASE, s()),
            ]),
        ),
        (
            r#"exp.or(exp.eq(exp.intBin("a"), 1), exp.eq(exp.intBin("a"), 2), exp.isTombstone(), false)"#,
            or(vec![
                eq(a(), int_val(1)),
                eq(a(), int_val(2)),
                is_tombstone(),
                bool_val(false),
            ]),
        ),
        (
            r#"exp.exclusive(exp.boolBin("t"), exp.boolBin("u"))"#,
            exclusive(vec![bool_bin("t"), bool_bin("u")]),
        ),
        (
            r#"exp.and(...Array.from({ length: 20 }, (_, i) => exp.eq(exp.intBin("a"), i)))"#,
            and((0..20).map(|i| eq(a(), int_val(i))).collect()),
        ),
    ]
}

fn arithmetic() -> Vec<Case> {
    vec![
        (
            r#"exp.add(exp.intBin("a"), 1, exp.intBin("b"))"#,
            num_add(vec![a(), int_val(1), int_bin("b")]),
        ),
        (r#"exp.sub(exp.floatBin("f"))"#, num_sub(vec![f()])),
        (
            r#"exp.sub(exp.floatBin("f"), 1)"#,
            num_sub(vec![f(), float_val(1.0)]),
        ),
        (
            r#"exp.mul(exp.intBin("a"), -2)"#,
            num_mul(vec![a(), int_val(-2)]),
        ),
        (
            r#"exp.div(exp.floatBin("f"), 0.5)"#,
            num_div(vec![f(), float_val(0.5)]),
        ),
        (
            r#"exp.pow(exp.floatBin("f"), 2)"#,
            num_pow(f(), float_val(2.0)),
        ),
        (
            r#"exp.log(exp.floatBin("f"), 10)"#,
            num_log(f(), float_val(10.0)),
        ),
        (r#"exp.mod(exp.intBin("a"), 7)"#, num_mod(a(), int_val(7))),
        (r#"exp.abs(exp.intBin("a"))"#, num_abs(a())),
        (r#"exp.floor(exp.floatBin("f"))"#, num_floor(f())),
        (r#"exp.ceil(2.5)"#, num_ceil(float_val(2.5))),
        (r#"exp.toInt(exp.floatBin("f"))"#, to_int(f())),
        (r#"exp.toFloat(exp.intBin("a"))"#, to_float(a())),
        (r#"exp.min(exp.intBin("a"), 3)"#, min(vec![a(), int_val(3)])),
        (
            r#"exp.max(exp.floatBin("f"), exp.toFloat(exp.intBin("a")), 3)"#,
            max(vec![f(), to_float(a()), float_val(3.0)]),
        ),
        (
            r#"exp.intAnd(exp.intBin("a"), 255)"#,
            int_and(vec![a(), int_val(255)]),
        ),
        (
            r#"exp.intOr(exp.intBin("a"), 1)"#,
            int_or(vec![a(), int_val(1)]),
        ),
        (
            r#"exp.intXor(exp.intBin("a"), 1, 2)"#,
            int_xor(vec![a(), int_val(1), int_val(2)]),
        ),
        (r#"exp.intNot(exp.intBin("a"))"#, int_not(a())),
        (
            r#"exp.intLshift(exp.intBin("a"), 8)"#,
            int_lshift(a(), int_val(8)),
        ),
        (
            r#"exp.intRshift(exp.intBin("a"), 8)"#,
            int_rshift(a(), int_val(8)),
        ),
        (
            r#"exp.intArshift(exp.intBin("a"), 62)"#,
            int_arshift(a(), int_val(62)),
        ),
        (r#"exp.intCount(exp.intBin("a"))"#, int_count(a())),
        (
            r#"exp.intLscan(exp.intBin("a"), true)"#,
            int_lscan(a(), bool_val(true)),
        ),
        (
            r#"exp.intRscan(exp.intBin("a"), false)"#,
            int_rscan(a(), bool_val(false)),
        ),
    ]
}

fn control() -> Vec<Case> {
    vec![
        (
            r#"exp.cond([[exp.gt(exp.intBin("a"), 5), exp.stringVal("high")], [exp.boolBin("t"), exp.stringBin("s")]], exp.stringVal("low"))"#,
            cond(vec![
                gt(a(), int_val(5)),
                string_val("high"),
                bool_bin("t"),
                s(),
                string_val("low"),
            ]),
        ),
        (
            r#"exp.cond([[exp.boolBin("t"), exp.intVal(1)]], exp.unknown())"#,
            cond(vec![bool_bin("t"), int_val(1), unknown()]),
        ),
        (
            r#"exp.let({ x: exp.add(exp.intBin("a"), 1), s: exp.stringBin("s") }, ({ x, s }) => exp.and(exp.gt(x, 5), exp.eq(s, "y")))"#,
            exp_let(vec![
                def("x", num_add(vec![a(), int_val(1)])),
                def("s", s()),
                and(vec![
                    gt(var("x"), int_val(5)),
                    eq(var("s"), string_val("y")),
                ]),
            ]),
        ),
        (
            r#"exp.let({ x: exp.intBin("a"), y: exp.mul(exp.var("x", "int"), 2) }, () => exp.var("x", "int"))"#,
            exp_let(vec![
                def("x", a()),
                def("y", num_mul(vec![var("x"), int_val(2)])),
                var("x"),
            ]),
        ),
        ("exp.unknown()", unknown()),
        (
            r#"exp.fromAel("$.n + 1 == 2")"#,
            from_ael("$.n + 1 == 2").expect("a text"),
        ),
        (
            r#"exp.fromAel("$.ü == '" + "x".repeat(300) + "'")"#,
            from_ael(&format!("$.ü == '{}'", "x".repeat(300))).expect("a text"),
        ),
        (
            r#"exp.fromAel("y".repeat(70000))"#,
            from_ael(&"y".repeat(70000)).expect("a text"),
        ),
        (
            r#"exp.not(exp.fromBase64("k1ECoWE="))"#,
            not(from_base64("k1ECoWE=").expect("Base64")),
        ),
    ]
}

fn loops() -> Vec<Case> {
    use aerospike_core::expressions::LoopVarPart as Part;
    vec![
        (
            r#"exp.boolLoopVar("value")"#,
            exp_bool_loop_var(Part::VALUE),
        ),
        (r#"exp.intLoopVar("index")"#, exp_int_loop_var(Part::INDEX)),
        (
            r#"exp.floatLoopVar("value")"#,
            exp_float_loop_var(Part::VALUE),
        ),
        (
            r#"exp.stringLoopVar("map-key")"#,
            exp_string_loop_var(Part::MAP_KEY),
        ),
        (
            r#"exp.listLoopVar("value")"#,
            exp_list_loop_var(Part::VALUE),
        ),
        (r#"exp.mapLoopVar("value")"#, exp_map_loop_var(Part::VALUE)),
        (
            r#"exp.blobLoopVar("map-key")"#,
            exp_blob_loop_var(Part::MAP_KEY),
        ),
        (r#"exp.hllLoopVar("value")"#, exp_hll_loop_var(Part::VALUE)),
        (r#"exp.nilLoopVar("value")"#, exp_nil_loop_var(Part::VALUE)),
        (
            r#"exp.geoJsonLoopVar("value")"#,
            exp_geo_json_loop_var(Part::VALUE),
        ),
        ("exp.removeResult()", exp_remove_result()),
    ]
}

fn paths() -> Vec<Case> {
    let path = || vec![ctx_map_key(Value::from("book")), ctx_all_children()];
    let dear = || gt(exp_float_loop_var(LoopVarPart::VALUE), float_val(10.0));
    vec![
        (
            r#"exp.selectByPath(exp.mapBin("m"), [ctx.mapKey("book"), ctx.allChildren()], "list")"#,
            exp_select_by_path(ExpType::List, SelectFlag::VALUE, map_bin("m"), &path()),
        ),
        (
            r#"exp.selectByPath(exp.mapBin("m"), [ctx.mapKey("book"), ctx.allChildren()], "map", { select: "matching-tree", noFail: true })"#,
            exp_select_by_path(
                ExpType::Map,
                SelectFlag::MATCHING_TREE | SelectFlag::NO_FAIL,
                map_bin("m"),
                &path(),
            ),
        ),
        (
            r#"exp.selectValues(exp.listBin("l"), [ctx.allChildrenWithFilter(exp.gt(exp.floatLoopVar("value"), 10))], "list")"#,
            exp_select_values(
                ExpType::List,
                list_bin("l"),
                &[ctx_all_children_with_filter(dear())],
            ),
        ),
        (
            r#"exp.selectMapKeys(exp.mapBin("m"), [ctx.mapKeysIn(["a", "b"]), ctx.andFilter(exp.gt(exp.floatLoopVar("value"), 10))], "list")"#,
            exp_select_map_keys(
                ExpType::List,
                map_bin("m"),
                &[ctx_map_keys_in(texts(&["a", "b"])), ctx_and_filter(dear())],
            ),
        ),
        (
            r#"exp.selectMapEntries(exp.mapBin("m"), [ctx.mapIndex(-1), ctx.mapRank(0), ctx.mapValue([1])], "map")"#,
            exp_select_map_entries(
                ExpType::Map,
                map_bin("m"),
                &[
                    ctx_map_index(-1),
                    ctx_map_rank(0),
                    ctx_map_value(Value::from(vec![Value::from(1)])),
                ],
            ),
        ),
        (
            r#"exp.selectMatchingTree(exp.listBin("l"), [ctx.listIndex(2), ctx.listRank(-1), ctx.listValue("x")], "list")"#,
            exp_select_matching_tree(
                ExpType::List,
                list_bin("l"),
                &[
                    ctx_list_index(2),
                    ctx_list_rank(-1),
                    ctx_list_value(Value::from("x")),
                ],
            ),
        ),
        (
            r#"exp.modifyByPath(exp.mapBin("m"), [ctx.mapKey("book"), ctx.allChildren()], exp.mul(exp.floatLoopVar("value"), 2))"#,
            exp_modify(
                ExpType::Map,
                map_bin("m"),
                num_mul(vec![exp_float_loop_var(LoopVarPart::VALUE), float_val(2.0)]),
                &path(),
            ),
        ),
        (
            r#"exp.modifyByPath(exp.mapBin("m"), [ctx.mapKey("book"), ctx.allChildren()], 7, { noFail: true })"#,
            exp_modify_by_path(
                ExpType::Map,
                ModifyFlag::NO_FAIL,
                map_bin("m"),
                int_val(7),
                &path(),
            ),
        ),
        (
            r#"exp.removeByPath(exp.mapBin("m"), [ctx.mapKey("book"), ctx.allChildren()])"#,
            exp_remove(ExpType::Map, map_bin("m"), &path()),
        ),
    ]
}
