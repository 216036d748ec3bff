//! List operations.

use aerospike_core::operations::lists::{self, ListPolicy, ListReturnType as Return};
use aerospike_core::operations::{ListOrderType, ListSortFlags, ListWriteFlags, Operation};

use super::call::Call;
use super::refused::{Result, refused};

/// Creating a list has the server's number of setting its order.
const CREATE: u8 = 255;

pub(super) fn writes(function: u8) -> bool {
    !(16..=31).contains(&function)
}

pub(super) fn build(call: &mut Call<'_>) -> Result<Operation> {
    match call.function {
        0..=13 | CREATE => modify(call),
        16..=18 | 28 => read(call),
        19..=27 => get_by(call),
        32..=40 => remove_by(call),
        _ => Err(call.unknown()),
    }
}

fn modify(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    Ok(match call.function {
        CREATE => {
            let (order, pad, index) = (order(call)?, call.bool()?, call.bool()?);
            match (pad, index) {
                (pad, false) => lists::create(bin, order, pad),
                (false, true) => lists::create_with_index(bin, order),
                (true, true) => lists::create_persistent(bin, order, true, true),
            }
        }
        0 => match (order(call)?, call.bool()?) {
            (order, false) => lists::set_order(bin, order),
            (order, true) => lists::set_order_with_index(bin, order),
        },
        1 => {
            let value = call.value()?;
            lists::append(&policy(call)?, bin, value)
        }
        2 => {
            let values = call.items()?;
            lists::append_items(&policy(call)?, bin, values)
        }
        3 => {
            let (index, value) = (call.int()?, call.value()?);
            lists::insert(&policy(call)?, bin, index, value)
        }
        4 => {
            let (index, values) = (call.int()?, call.items()?);
            lists::insert_items(&policy(call)?, bin, index, values)
        }
        5 => lists::pop(bin, call.int()?),
        6 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => lists::pop_range(bin, index, count),
            (index, None) => lists::pop_range_from(bin, index),
        },
        7 => lists::remove(bin, call.int()?),
        8 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => lists::remove_range(bin, index, count),
            (index, None) => lists::remove_range_from(bin, index),
        },
        9 => {
            let (index, value, policy) = (call.int()?, call.something()?, policy(call)?);
            if policy == ListPolicy::default() {
                lists::set(bin, index, value)
            } else {
                lists::set_with_policy(&policy, bin, index, value)
            }
        }
        10 => lists::trim(bin, call.int()?, call.int()?),
        11 => lists::clear(bin),
        12 => increment(call)?,
        13 => lists::sort(bin, ListSortFlags::from_bits(call.flags()?)),
        _ => return Err(call.unknown()),
    })
}

/// The policy goes with an increment by one only: core sends the flags of the other in the place of the order.
fn increment(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, index, delta, policy) = (call.bin, call.int()?, call.int()?, policy(call)?);
    let is_default = policy == ListPolicy::default();
    Ok(match (delta, is_default) {
        (1, true) => lists::increment_by_one(bin, index),
        (1, false) => lists::increment_by_one_with_policy(&policy, bin, index),
        (delta, true) => lists::increment(&policy, bin, index, delta),
        _ => {
            return Err(refused(
                "an order or flags of an increment by more than one",
            ));
        }
    })
}

fn read(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    Ok(match call.function {
        16 => lists::size(bin),
        17 => lists::get(bin, call.int()?),
        18 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => lists::get_range(bin, index, count),
            (index, None) => lists::get_range_from(bin, index),
        },
        28 => match call.optional_text()? {
            Some(separator) => lists::join_by_separator(bin, separator),
            None => lists::join(bin),
        },
        _ => return Err(call.unknown()),
    })
}

fn get_by(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, what) = (call.bin, Return::from_bits(call.int()?));
    Ok(match call.function {
        19 => lists::get_by_index(bin, call.int()?, what),
        21 => lists::get_by_rank(bin, call.int()?, what),
        22 => lists::get_by_value(bin, call.value()?, what),
        23 => lists::get_by_value_list(bin, call.values()?, what),
        24 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => lists::get_by_index_range_count(bin, index, count, what),
            (index, None) => lists::get_by_index_range(bin, index, what),
        },
        25 => lists::get_by_value_range(bin, call.value()?, call.value()?, what),
        26 => match (call.int()?, call.optional_int()?) {
            (rank, Some(count)) => lists::get_by_rank_range_count(bin, rank, count, what),
            (rank, None) => lists::get_by_rank_range(bin, rank, what),
        },
        27 => match (call.value()?, call.int()?, call.optional_int()?) {
            (value, rank, Some(count)) => {
                lists::get_by_value_relative_rank_range_count(bin, value, rank, count, what)
            }
            (value, rank, None) => lists::get_by_value_relative_rank_range(bin, value, rank, what),
        },
        _ => return Err(call.unknown()),
    })
}

fn remove_by(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, what) = (call.bin, Return::from_bits(call.int()?));
    Ok(match call.function {
        32 => lists::remove_by_index(bin, call.int()?, what),
        34 => lists::remove_by_rank(bin, call.int()?, what),
        35 => lists::remove_by_value(bin, call.value()?, what),
        36 => lists::remove_by_value_list(bin, call.values()?, what),
        37 => match (call.int()?, call.optional_int()?) {
            (index, Some(count)) => lists::remove_by_index_range_count(bin, index, count, what),
            (index, None) => lists::remove_by_index_range(bin, index, what),
        },
        38 => lists::remove_by_value_range(bin, what, call.value()?, call.value()?),
        39 => match (call.int()?, call.optional_int()?) {
            (rank, Some(count)) => lists::remove_by_rank_range_count(bin, rank, count, what),
            (rank, None) => lists::remove_by_rank_range(bin, rank, what),
        },
        40 => match (call.value()?, call.int()?, call.optional_int()?) {
            (value, rank, Some(count)) => {
                lists::remove_by_value_relative_rank_range_count(bin, what, value, rank, count)
            }
            (value, rank, None) => {
                lists::remove_by_value_relative_rank_range(bin, what, value, rank)
            }
        },
        _ => return Err(call.unknown()),
    })
}

fn order(call: &mut Call<'_>) -> Result<ListOrderType> {
    match call.int()? {
        0 => Ok(ListOrderType::Unordered),
        1 => Ok(ListOrderType::Ordered),
        other => Err(refused(format!("a list of the order {other}"))),
    }
}

fn policy(call: &mut Call<'_>) -> Result<ListPolicy> {
    let (order, flags) = (order(call)?, call.flags()?);
    Ok(ListPolicy::new(order, ListWriteFlags::from_bits(flags)))
}
