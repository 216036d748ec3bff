//! HyperLogLog operations.

use aerospike_core::operations::Operation;
use aerospike_core::operations::hll::{self, HllPolicy, HllWriteFlags};

use super::call::Call;
use super::refused::{Result, refused};

pub(super) fn writes(function: u8) -> bool {
    function < 50
}

pub(super) fn build(call: &mut Call<'_>) -> Result<Operation> {
    if !call.contexts.is_empty() {
        return Err(refused("the server has no sketches within lists and maps"));
    }
    let bin = call.bin;
    Ok(match call.function {
        0 => match (call.int()?, call.optional_int()?, policy(call)?) {
            (index, Some(min_hash), policy) => {
                hll::init_with_min_hash(&policy, bin, index, min_hash)
            }
            (index, None, policy) => hll::init(&policy, bin, index),
        },
        1 => add(call)?,
        2 => {
            let sketches = call.values()?;
            hll::set_union(&policy(call)?, bin, sketches)
        }
        3 => hll::refresh_count(bin),
        4 => hll::fold(bin, call.int()?),
        50 => hll::get_count(bin),
        51 => hll::get_union(bin, call.values()?),
        52 => hll::get_union_count(bin, call.values()?),
        53 => hll::get_intersect_count(bin, call.values()?),
        54 => hll::get_similarity(bin, call.values()?),
        55 => hll::describe(bin),
        _ => return Err(call.unknown()),
    })
}

fn add(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, values) = (call.bin, call.values()?);
    let bits = (call.optional_int()?, call.optional_int()?);
    let policy = policy(call)?;
    Ok(match bits {
        (None, None) => hll::add(&policy, bin, values),
        (Some(index), None) => hll::add_with_index(&policy, bin, values, index),
        (Some(index), Some(min_hash)) => {
            hll::add_with_index_and_min_hash(&policy, bin, values, index, min_hash)
        }
        (None, Some(_)) => return Err(refused("bits of a min-hash without those of an index")),
    })
}

fn policy(call: &mut Call<'_>) -> Result<HllPolicy> {
    Ok(HllPolicy::new(HllWriteFlags::from_bits(call.flags()?)))
}
