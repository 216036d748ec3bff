//! Map operations.

use std::collections::BTreeMap;
use std::mem;

use aerospike_core::Value;
use aerospike_core::operations::maps::{self, MapPolicy, MapReturnType as Return};
use aerospike_core::operations::{MapOrder, MapWriteFlags, Operation};

use super::call::Call;
use super::refused::{Result, refused};

// Both have the server's number of setting the policy.
const CREATE: u8 = 255;
const SET_ORDER: u8 = 254;

pub(super) fn writes(function: u8) -> bool {
    !(96..=127).contains(&function)
}

pub(super) fn build(call: &mut Call<'_>) -> Result<Operation> {
    match call.function {
        64..=75 | SET_ORDER | CREATE => modify(call),
        76..=89 => remove_by(call),
        96..=110 => get_by(call),
        _ => Err(call.unknown()),
    }
}

fn modify(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    Ok(match call.function {
        CREATE => match (order(call)?, call.bool()?) {
            (order, false) => maps::create(bin, order, mem::take(&mut call.contexts)),
            (order, true) => maps::create_with_index(bin, order),
        },
        SET_ORDER => maps::set_order(bin, order(call)?),
        64 => {
            let policy = policy(call)?;
            maps::set_policy(&policy, bin, mem::take(&mut call.contexts))
        }
        67 => {
            let (key, value) = (call.value()?, call.value()?);
            put(&policy(call)?, bin, key, value)
        }
        68 => {
            let items = call.value()?;
            let policy = policy(call)?;
            match items {
                Value::SortedMap(items) => maps::put_items(&policy, bin, items),
                Value::OrderedMap(items) => maps::put_items(&policy, bin, items),
                _ => return Err(refused("an argument that is no map")),
            }
        }
        73 => {
            let (key, delta) = (call.value()?, call.something()?);
            maps::increment_value(&policy(call)?, bin, key, delta)
        }
        74 => {
            let (key, delta) = (call.value()?, call.something()?);
            maps::decrement_value(&policy(call)?, bin, key, delta)
        }
        75 => maps::clear(bin),
        _ => return Err(call.unknown()),
    })
}

/// Core leaves out a nil where there are no flags, and what follows would stand in its place.
fn put(policy: &MapPolicy, bin: &str, key: Value, value: Value) -> Operation {
    if value.is_nil() && policy.flags == MapWriteFlags::DEFAULT && key.is_valid_map_key() {
        maps::put_items(policy, bin, BTreeMap::from([(key, value)]))
    } else {
        maps::put(policy, bin, key, value)
    }
}

fn remove_by(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, what) = (call.bin, Return::from_bits(call.int()?));
    Ok(match call.function {
        76 => maps::remove_by_key(bin, call.value()?, what),
        77 => maps::remove_by_index(bin, call.int()?, what),
        79 => maps::remove_by_rank(bin, call.int()?, what),
        81 => maps::remove_by_key_list(bin, call.values()?, what),
        82 => maps::remove_by_value(bin, call.value()?, what),
        83 => maps::remove_by_value_list(bin, call.values()?, what),
        84 => maps::remove_by_key_range(bin, call.value()?, call.value()?, what),
        85 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => maps::remove_by_index_range(bin, index, count, what),
            (index, None) => maps::remove_by_index_range_from(bin, index, what),
        },
        86 => maps::remove_by_value_range(bin, call.value()?, call.value()?, what),
        87 => match (call.int()?, call.optional_int()?) {
            (rank, Some(count)) => maps::remove_by_rank_range(bin, rank, count, what),
            (rank, None) => maps::remove_by_rank_range_from(bin, rank, what),
        },
        88 => match (call.value()?, call.int()?, call.optional_int()?) {
            (key, index, Some(count)) => {
                maps::remove_by_key_relative_index_range_count(bin, key, index, count, what)
            }
            (key, index, None) => maps::remove_by_key_relative_index_range(bin, key, index, what),
        },
        89 => match (call.value()?, call.int()?, call.optional_int()?) {
            (value, rank, Some(count)) => {
                maps::remove_by_value_relative_rank_range_count(bin, value, rank, count, what)
            }
            (value, rank, None) => {
                maps::remove_by_value_relative_rank_range(bin, value, rank, what)
            }
        },
        _ => return Err(call.unknown()),
    })
}

fn get_by(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    if call.function == 96 {
        return Ok(maps::size(bin));
    }
    let what = Return::from_bits(call.int()?);
    Ok(match call.function {
        97 => maps::get_by_key(bin, call.value()?, what),
        98 => maps::get_by_index(bin, call.int()?, what),
        100 => maps::get_by_rank(bin, call.int()?, what),
        102 => maps::get_by_value(bin, call.value()?, what),
        103 => maps::get_by_key_range(bin, call.value()?, call.value()?, what),
        104 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => maps::get_by_index_range(bin, index, count, what),
            (index, None) => maps::get_by_index_range_from(bin, index, what),
        },
        105 => maps::get_by_value_range(bin, call.value()?, call.value()?, what),
        106 => match (call.int()?, call.optional_int()?) {
            (rank, Some(count)) => maps::get_by_rank_range(bin, rank, count, what),
            (rank, None) => maps::get_by_rank_range_from(bin, rank, what),
        },
        107 => maps::get_by_key_list(bin, call.values()?, what),
        108 => maps::get_by_value_list(bin, call.values()?, what),
        109 => match (call.value()?, call.int()?, call.optional_int()?) {
            (key, index, Some(count)) => {
                maps::get_by_key_relative_index_range_count(bin, key, index, count, what)
            }
            (key, index, None) => maps::get_by_key_relative_index_range(bin, key, index, what),
        },
        110 => match (call.value()?, call.int()?, call.optional_int()?) {
            (value, rank, Some(count)) => {
                maps::get_by_value_relative_rank_range_count(bin, value, rank, count, what)
            }
            (value, rank, None) => maps::get_by_value_relative_rank_range(bin, value, rank, what),
        },
        _ => return Err(call.unknown()),
    })
}

fn order(call: &mut Call<'_>) -> Result<MapOrder> {
    match call.int()? {
        0 => Ok(MapOrder::Unordered),
        1 => Ok(MapOrder::KeyOrdered),
        3 => Ok(MapOrder::KeyValueOrdered),
        other => Err(refused(format!("a map of the order {other}"))),
    }
}

/// Order, write flags, and whether its index is persisted.
fn policy(call: &mut Call<'_>) -> Result<MapPolicy> {
    let (order, flags) = (order(call)?, MapWriteFlags::from_bits(call.flags()?));
    Ok(if call.bool()? {
        MapPolicy::with_persisted_index(order, flags)
    } else {
        MapPolicy::new(order, flags)
    })
}
