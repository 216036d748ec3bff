//! Calls of operations on lists and maps.

use std::collections::BTreeMap;

use aerospike_core::Value;
use aerospike_core::expressions::{
    ExpType, Expression, float_val, infinity, int_bin, int_val, list_bin, list_val, lists, map_bin,
    map_val, maps, nil, string_bin, string_val,
};
use aerospike_core::operations::cdt_context::*;
use aerospike_core::operations::{
    ListOrderType, ListPolicy, ListReturnType, ListSortFlags, ListWriteFlags, MapOrder, MapPolicy,
    MapReturnType, MapWriteFlags,
};

use crate::Case;

fn l() -> Expression {
    list_bin("l")
}

fn m() -> Expression {
    map_bin("m")
}

fn numbers() -> Expression {
    list_val(vec![Value::from(1), Value::from(2)])
}

fn within() -> Vec<CdtContext> {
    vec![ctx_map_key(Value::from("k")), ctx_list_index(-1)]
}

pub(crate) fn cases() -> Vec<Case> {
    [
        lists_that_change(),
        lists_that_read(),
        maps_that_change(),
        maps_that_read(),
    ]
    .concat()
}

fn lists_that_change() -> Vec<Case> {
    vec![
        (
            r#"exp.list.append(exp.listBin("l"), 1)"#,
            lists::append(ListPolicy::default(), int_val(1), l(), &[]),
        ),
        (
            r#"exp.list.append(exp.listBin("l"), [1, 2], { order: "ordered", addUnique: true, noFail: true })"#,
            lists::append(
                ListPolicy::new(
                    ListOrderType::Ordered,
                    ListWriteFlags::ADD_UNIQUE | ListWriteFlags::NO_FAIL,
                ),
                numbers(),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.append(exp.mapBin("m"), exp.intBin("a"), { ctx: [ctx.mapKey("k"), ctx.listIndex(-1)] })"#,
            lists::append(ListPolicy::default(), int_bin("a"), m(), &within()),
        ),
        (
            r#"exp.list.append(exp.listBin("l"), null, { ctx: [ctx.listRank(0)] })"#,
            lists::append(ListPolicy::default(), nil(), l(), &[ctx_list_rank(0)]),
        ),
        (
            r#"exp.list.appendItems(exp.listBin("l"), [1, 2], { partial: true, noFail: true })"#,
            lists::append_items(
                ListPolicy::new(
                    ListOrderType::Unordered,
                    ListWriteFlags::PARTIAL | ListWriteFlags::NO_FAIL,
                ),
                numbers(),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.insert(exp.listBin("l"), 0, "x", { insertBounded: true })"#,
            lists::insert(
                ListPolicy::new(ListOrderType::Unordered, ListWriteFlags::INSERT_BOUNDED),
                int_val(0),
                string_val("x"),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.insertItems(exp.listBin("l"), exp.intBin("a"), [1, 2])"#,
            lists::insert_items(ListPolicy::default(), int_bin("a"), numbers(), l(), &[]),
        ),
        (
            r#"exp.list.increment(exp.listBin("l"), 2, 5)"#,
            lists::increment(ListPolicy::default(), int_val(2), int_val(5), l(), &[]),
        ),
        (
            r#"exp.list.increment(exp.listBin("l"), 2, 0.5, { order: "ordered" })"#,
            lists::increment(
                ListPolicy::new(ListOrderType::Ordered, ListWriteFlags::DEFAULT),
                int_val(2),
                float_val(0.5),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.set(exp.listBin("l"), -1, exp.stringBin("s"))"#,
            lists::set(
                ListPolicy::default(),
                int_val(-1),
                string_bin("s"),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.clear(exp.listBin("l"))"#,
            lists::clear(l(), &[]),
        ),
        (
            r#"exp.list.clear(exp.mapBin("m"), { ctx: [ctx.mapKey("k"), ctx.listIndex(-1)] })"#,
            lists::clear(m(), &within()),
        ),
        (
            r#"exp.list.sort(exp.listBin("l"))"#,
            lists::sort(ListSortFlags::DEFAULT, l(), &[]),
        ),
        (
            r#"exp.list.sort(exp.listBin("l"), { descending: true, dropDuplicates: true })"#,
            lists::sort(
                ListSortFlags::DESCENDING | ListSortFlags::DROP_DUPLICATES,
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.removeByValue(exp.listBin("l"), "x")"#,
            lists::remove_by_value(ListReturnType::NONE, string_val("x"), l(), &[]),
        ),
        (
            r#"exp.list.removeByValue(exp.listBin("l"), "x", { inverted: true })"#,
            lists::remove_by_value(ListReturnType::NONE.inverted(), string_val("x"), l(), &[]),
        ),
        (
            r#"exp.list.removeByValueList(exp.listBin("l"), [1, 2])"#,
            lists::remove_by_value_list(ListReturnType::NONE, numbers(), l(), &[]),
        ),
        (
            r#"exp.list.removeByValueRange(exp.listBin("l"), { begin: 1, end: 5 })"#,
            lists::remove_by_value_range(
                ListReturnType::NONE,
                Some(int_val(1)),
                Some(int_val(5)),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.removeByValueRange(exp.listBin("l"), { end: exp.intBin("a") })"#,
            lists::remove_by_value_range(ListReturnType::NONE, None, Some(int_bin("a")), l(), &[]),
        ),
        (
            r#"exp.list.removeByValueRange(exp.listBin("l"), { begin: 5, end: null })"#,
            lists::remove_by_value_range(ListReturnType::NONE, Some(int_val(5)), None, l(), &[]),
        ),
        (
            r#"exp.list.removeByValueRelRankRange(exp.listBin("l"), { value: 5, rank: -1 })"#,
            lists::remove_by_value_relative_rank_range(
                ListReturnType::NONE,
                int_val(5),
                int_val(-1),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.removeByValueRelRankRange(exp.listBin("l"), { value: 5, rank: -1, count: 2 })"#,
            lists::remove_by_value_relative_rank_range_count(
                ListReturnType::NONE,
                int_val(5),
                int_val(-1),
                int_val(2),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.removeByIndex(exp.listBin("l"), 3)"#,
            lists::remove_by_index(ListReturnType::NONE, int_val(3), l(), &[]),
        ),
        (
            r#"exp.list.removeByIndexRange(exp.listBin("l"), { index: 3 })"#,
            lists::remove_by_index_range(ListReturnType::NONE, int_val(3), l(), &[]),
        ),
        (
            r#"exp.list.removeByIndexRange(exp.mapBin("m"), { index: 3, count: 2 }, { inverted: true, ctx: [ctx.mapKey("k"), ctx.listIndex(-1)] })"#,
            lists::remove_by_index_range_count(
                ListReturnType::NONE.inverted(),
                int_val(3),
                int_val(2),
                m(),
                &within(),
            ),
        ),
        (
            r#"exp.list.removeByRank(exp.listBin("l"), 0)"#,
            lists::remove_by_rank(ListReturnType::NONE, int_val(0), l(), &[]),
        ),
        (
            r#"exp.list.removeByRankRange(exp.listBin("l"), { rank: -3 })"#,
            lists::remove_by_rank_range(ListReturnType::NONE, int_val(-3), l(), &[]),
        ),
        (
            r#"exp.list.removeByRankRange(exp.listBin("l"), { count: 2 })"#,
            lists::remove_by_rank_range_count(
                ListReturnType::NONE,
                int_val(0),
                int_val(2),
                l(),
                &[],
            ),
        ),
    ]
}

fn lists_that_read() -> Vec<Case> {
    vec![
        (r#"exp.list.size(exp.listBin("l"))"#, lists::size(l(), &[])),
        (
            r#"exp.list.size(exp.mapBin("m"), { ctx: [ctx.mapKey("k"), ctx.listIndex(-1)] })"#,
            lists::size(m(), &within()),
        ),
        (r#"exp.list.join(exp.listBin("l"))"#, lists::join(l(), &[])),
        (
            r#"exp.list.join(exp.listBin("l"), { separator: "|" })"#,
            lists::join_by_separator(string_val("|"), l(), &[]),
        ),
        (
            r#"exp.list.getByValue(exp.listBin("l"), "abc", { return: "count" })"#,
            lists::get_by_value(ListReturnType::COUNT, string_val("abc"), l(), &[]),
        ),
        (
            r#"exp.list.getByValue(exp.listBin("l"), "abc", { return: "exists" })"#,
            lists::get_by_value(ListReturnType::EXISTS, string_val("abc"), l(), &[]),
        ),
        (
            r#"exp.list.getByValueList(exp.listBin("l"), [1, 2], { inverted: true })"#,
            lists::get_by_value_list(ListReturnType::VALUES.inverted(), numbers(), l(), &[]),
        ),
        (
            r#"exp.list.getByValueRange(exp.listBin("l"), { begin: 10, end: 20 })"#,
            lists::get_by_value_range(
                ListReturnType::VALUES,
                Some(int_val(10)),
                Some(int_val(20)),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByValueRange(exp.listBin("l"), { end: 20 }, { return: "reverse-rank" })"#,
            lists::get_by_value_range(
                ListReturnType::REVERSE_RANK,
                None,
                Some(int_val(20)),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByValueRange(exp.listBin("l"), { begin: exp.nil(), end: exp.infinity() })"#,
            lists::get_by_value_range(
                ListReturnType::VALUES,
                Some(nil()),
                Some(infinity()),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByValueRelRankRange(exp.listBin("l"), { value: 5 })"#,
            lists::get_by_value_relative_rank_range(
                ListReturnType::VALUES,
                int_val(5),
                int_val(0),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByValueRelRankRange(exp.listBin("l"), { value: 5, rank: 1, count: 1 }, { return: "rank" })"#,
            lists::get_by_value_relative_rank_range_count(
                ListReturnType::RANK,
                int_val(5),
                int_val(1),
                int_val(1),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByIndex(exp.listBin("l"), 3, "int")"#,
            lists::get_by_index(ListReturnType::VALUES, ExpType::Int, int_val(3), l(), &[]),
        ),
        (
            r#"exp.list.getByIndex(exp.mapBin("m"), exp.intBin("a"), "string", { ctx: [ctx.mapKey("k"), ctx.listIndex(-1)] })"#,
            lists::get_by_index(
                ListReturnType::VALUES,
                ExpType::String,
                int_bin("a"),
                m(),
                &within(),
            ),
        ),
        (
            r#"exp.list.getByIndex(exp.listBin("l"), 3, "int", { return: "rank" })"#,
            lists::get_by_index(ListReturnType::RANK, ExpType::Int, int_val(3), l(), &[]),
        ),
        (
            r#"exp.list.getByIndexRange(exp.listBin("l"), { index: 3 })"#,
            lists::get_by_index_range(ListReturnType::VALUES, int_val(3), l(), &[]),
        ),
        (
            r#"exp.list.getByIndexRange(exp.listBin("l"), { index: -3, count: 2 }, { return: "index" })"#,
            lists::get_by_index_range_count(
                ListReturnType::INDEX,
                int_val(-3),
                int_val(2),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByRank(exp.listBin("l"), -1, "float")"#,
            lists::get_by_rank(
                ListReturnType::VALUES,
                ExpType::Float,
                int_val(-1),
                l(),
                &[],
            ),
        ),
        (
            r#"exp.list.getByRankRange(exp.listBin("l"), { rank: 1 }, { return: "reverse-index" })"#,
            lists::get_by_rank_range(ListReturnType::REVERSE_INDEX, int_val(1), l(), &[]),
        ),
        (
            r#"exp.list.getByRankRange(exp.listBin("l"), { rank: 1, count: 300 })"#,
            lists::get_by_rank_range_count(
                ListReturnType::VALUES,
                int_val(1),
                int_val(300),
                l(),
                &[],
            ),
        ),
    ]
}

fn maps_that_change() -> Vec<Case> {
    vec![
        (
            r#"exp.map.put(exp.mapBin("m"), "k", 1)"#,
            maps::put(&MapPolicy::default(), string_val("k"), int_val(1), m(), &[]),
        ),
        (
            r#"exp.map.put(exp.mapBin("m"), "k", exp.intBin("a"), { order: "key-ordered", createOnly: true, noFail: true })"#,
            maps::put(
                &MapPolicy::new(
                    MapOrder::KeyOrdered,
                    MapWriteFlags::CREATE_ONLY | MapWriteFlags::NO_FAIL,
                ),
                string_val("k"),
                int_bin("a"),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.put(exp.listBin("l"), 7, "v", { ctx: [ctx.listIndex(0)] })"#,
            maps::put(
                &MapPolicy::default(),
                int_val(7),
                string_val("v"),
                l(),
                &[ctx_list_index(0)],
            ),
        ),
        (
            r#"exp.map.putItems(exp.mapBin("m"), { a: 1 }, { order: "key-value-ordered", updateOnly: true, partial: true })"#,
            maps::put_items(
                &MapPolicy::new(
                    MapOrder::KeyValueOrdered,
                    MapWriteFlags::UPDATE_ONLY | MapWriteFlags::PARTIAL,
                ),
                map_val(BTreeMap::from([(Value::from("a"), Value::from(1))])),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.increment(exp.mapBin("m"), "k", 2)"#,
            maps::increment(&MapPolicy::default(), string_val("k"), int_val(2), m(), &[]),
        ),
        (
            r#"exp.map.increment(exp.mapBin("m"), "k", 0.25, { order: "key-ordered", ctx: [ctx.mapKey("x")] })"#,
            maps::increment(
                &MapPolicy::new(MapOrder::KeyOrdered, MapWriteFlags::DEFAULT),
                string_val("k"),
                float_val(0.25),
                m(),
                &[ctx_map_key(Value::from("x"))],
            ),
        ),
        (r#"exp.map.clear(exp.mapBin("m"))"#, maps::clear(m(), &[])),
        (
            r#"exp.map.removeByKey(exp.mapBin("m"), "k")"#,
            maps::remove_by_key(MapReturnType::NONE, string_val("k"), m(), &[]),
        ),
        (
            r#"exp.map.removeByKeyList(exp.mapBin("m"), [1, 2], { inverted: true })"#,
            maps::remove_by_key_list(MapReturnType::NONE.inverted(), numbers(), m(), &[]),
        ),
        (
            r#"exp.map.removeByKeyRange(exp.mapBin("m"), { begin: "a" })"#,
            maps::remove_by_key_range(MapReturnType::NONE, Some(string_val("a")), None, m(), &[]),
        ),
        (
            r#"exp.map.removeByKeyRange(exp.mapBin("m"), { end: "b" })"#,
            maps::remove_by_key_range(MapReturnType::NONE, None, Some(string_val("b")), m(), &[]),
        ),
        (
            r#"exp.map.removeByKeyRelIndexRange(exp.mapBin("m"), { key: "a", index: 1 })"#,
            maps::remove_by_key_relative_index_range(
                MapReturnType::NONE,
                string_val("a"),
                int_val(1),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.removeByKeyRelIndexRange(exp.mapBin("m"), { key: "a", index: 1, count: 3 })"#,
            maps::remove_by_key_relative_index_range_count(
                MapReturnType::NONE,
                string_val("a"),
                int_val(1),
                int_val(3),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.removeByValue(exp.mapBin("m"), 5)"#,
            maps::remove_by_value(MapReturnType::NONE, int_val(5), m(), &[]),
        ),
        (
            r#"exp.map.removeByValueList(exp.mapBin("m"), [1, 2])"#,
            maps::remove_by_value_list(MapReturnType::NONE, numbers(), m(), &[]),
        ),
        (
            r#"exp.map.removeByValueRange(exp.mapBin("m"), { begin: 1, end: 2 })"#,
            maps::remove_by_value_range(
                MapReturnType::NONE,
                Some(int_val(1)),
                Some(int_val(2)),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.removeByValueRelRankRange(exp.mapBin("m"), { value: 5 })"#,
            maps::remove_by_value_relative_rank_range(
                MapReturnType::NONE,
                int_val(5),
                int_val(0),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.removeByValueRelRankRange(exp.mapBin("m"), { value: 5, rank: 1, count: 1 })"#,
            maps::remove_by_value_relative_rank_range_count(
                MapReturnType::NONE,
                int_val(5),
                int_val(1),
                int_val(1),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.removeByIndex(exp.mapBin("m"), -1)"#,
            maps::remove_by_index(MapReturnType::NONE, int_val(-1), m(), &[]),
        ),
        (
            r#"exp.map.removeByIndexRange(exp.mapBin("m"), {})"#,
            maps::remove_by_index_range(MapReturnType::NONE, int_val(0), m(), &[]),
        ),
        (
            r#"exp.map.removeByIndexRange(exp.mapBin("m"), { index: 1, count: 2 })"#,
            maps::remove_by_index_range_count(
                MapReturnType::NONE,
                int_val(1),
                int_val(2),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.removeByRank(exp.mapBin("m"), 0)"#,
            maps::remove_by_rank(MapReturnType::NONE, int_val(0), m(), &[]),
        ),
        (
            r#"exp.map.removeByRankRange(exp.mapBin("m"), { rank: 1 })"#,
            maps::remove_by_rank_range(MapReturnType::NONE, int_val(1), m(), &[]),
        ),
        (
            r#"exp.map.removeByRankRange(exp.mapBin("m"), { rank: 1, count: 2 })"#,
            maps::remove_by_rank_range_count(MapReturnType::NONE, int_val(1), int_val(2), m(), &[]),
        ),
    ]
}

fn maps_that_read() -> Vec<Case> {
    vec![
        (r#"exp.map.size(exp.mapBin("m"))"#, maps::size(m(), &[])),
        (
            r#"exp.map.getByKey(exp.mapBin("m"), "k", "int")"#,
            maps::get_by_key(
                MapReturnType::VALUE,
                ExpType::Int,
                string_val("k"),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByKey(exp.mapBin("m"), exp.stringBin("s"), "list", { ctx: [ctx.mapKey("x"), ctx.mapRank(-1)] })"#,
            maps::get_by_key(
                MapReturnType::VALUE,
                ExpType::List,
                string_bin("s"),
                m(),
                &[ctx_map_key(Value::from("x")), ctx_map_rank(-1)],
            ),
        ),
        (
            r#"exp.map.getByKey(exp.mapBin("m"), "k", "bool", { return: "exists" })"#,
            maps::get_by_key(
                MapReturnType::EXISTS,
                ExpType::Bool,
                string_val("k"),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByKeyRange(exp.mapBin("m"), { begin: "a", end: "c" }, { return: "keys" })"#,
            maps::get_by_key_range(
                MapReturnType::KEY,
                Some(string_val("a")),
                Some(string_val("c")),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByKeyRange(exp.mapBin("m"), { end: "c" }, { return: "key-values" })"#,
            maps::get_by_key_range(
                MapReturnType::KEY_VALUE,
                None,
                Some(string_val("c")),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByKeyList(exp.mapBin("m"), [1, 2], { return: "ordered-map", inverted: true })"#,
            maps::get_by_key_list(MapReturnType::ORDERED_MAP.inverted(), numbers(), m(), &[]),
        ),
        (
            r#"exp.map.getByKeyRelIndexRange(exp.mapBin("m"), { key: 1, index: 1 })"#,
            maps::get_by_key_relative_index_range(
                MapReturnType::VALUE,
                int_val(1),
                int_val(1),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByKeyRelIndexRange(exp.mapBin("m"), { key: 1, index: 1, count: 4 }, { return: "unordered-map" })"#,
            maps::get_by_key_relative_index_range_count(
                MapReturnType::UNORDERED_MAP,
                int_val(1),
                int_val(1),
                int_val(4),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByValue(exp.mapBin("m"), 5, { return: "rank" })"#,
            maps::get_by_value(MapReturnType::RANK, int_val(5), m(), &[]),
        ),
        (
            r#"exp.map.getByValueList(exp.mapBin("m"), [1, 2], { return: "count" })"#,
            maps::get_by_value_list(MapReturnType::COUNT, numbers(), m(), &[]),
        ),
        (
            r#"exp.map.getByValueRange(exp.mapBin("m"), { begin: 5 }, { return: "index" })"#,
            maps::get_by_value_range(MapReturnType::INDEX, Some(int_val(5)), None, m(), &[]),
        ),
        (
            r#"exp.map.getByValueRelRankRange(exp.mapBin("m"), { value: 5, rank: -1 }, { return: "reverse-index" })"#,
            maps::get_by_value_relative_rank_range(
                MapReturnType::REVERSE_INDEX,
                int_val(5),
                int_val(-1),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByValueRelRankRange(exp.mapBin("m"), { value: 5, rank: -1, count: 2 })"#,
            maps::get_by_value_relative_rank_range_count(
                MapReturnType::VALUE,
                int_val(5),
                int_val(-1),
                int_val(2),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByIndex(exp.mapBin("m"), 0, "string", { return: "keys" })"#,
            maps::get_by_index(MapReturnType::KEY, ExpType::String, int_val(0), m(), &[]),
        ),
        (
            r#"exp.map.getByIndexRange(exp.mapBin("m"), { index: 2 })"#,
            maps::get_by_index_range(MapReturnType::VALUE, int_val(2), m(), &[]),
        ),
        (
            r#"exp.map.getByIndexRange(exp.mapBin("m"), { index: 2, count: 1 }, { return: "reverse-rank" })"#,
            maps::get_by_index_range_count(
                MapReturnType::REVERSE_RANK,
                int_val(2),
                int_val(1),
                m(),
                &[],
            ),
        ),
        (
            r#"exp.map.getByRank(exp.mapBin("m"), -1, "int")"#,
            maps::get_by_rank(MapReturnType::VALUE, ExpType::Int, int_val(-1), m(), &[]),
        ),
        (
            r#"exp.map.getByRankRange(exp.mapBin("m"), { rank: -2 }, { return: "key-values" })"#,
            maps::get_by_rank_range(MapReturnType::KEY_VALUE, int_val(-2), m(), &[]),
        ),
        (
            r#"exp.map.getByRankRange(exp.mapBin("m"), { rank: -2, count: exp.intBin("a") }, { return: "exists" })"#,
            maps::get_by_rank_range_count(
                MapReturnType::EXISTS,
                int_val(-2),
                int_bin("a"),
                m(),
                &[],
            ),
        ),
    ]
}
