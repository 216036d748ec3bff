//! Operations along a path, which is the call's context.

use aerospike_core::operations::Operation;
use aerospike_core::operations::path::{self, ModifyFlag, SelectFlag};

use super::call::Call;
use super::refused::{Result, refused};

pub(super) fn writes(function: u8) -> bool {
    function != 0
}

pub(super) fn build(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, steps) = (call.bin, std::mem::take(&mut call.contexts));
    if steps.is_empty() {
        return Err(refused("a path without a step"));
    }
    Ok(match call.function {
        0 => match (SelectFlag::from_bits(call.int()?), call.int()?) {
            (SelectFlag::VALUE, 0) => path::select_values(bin, &steps),
            (SelectFlag::MAP_KEY, 0) => path::select_map_keys(bin, &steps),
            (SelectFlag::MAP_KEY_VALUE, 0) => path::select_map_entries(bin, &steps),
            (SelectFlag::MATCHING_TREE, 0) => path::select_matching_tree(bin, &steps),
            (what, flags) => path::select_by_path(bin, what | SelectFlag::from_bits(flags), &steps),
        },
        1 => match (call.expression()?, ModifyFlag::from_bits(call.int()?)) {
            (value, ModifyFlag::DEFAULT) => path::modify(bin, value, &steps),
            (value, ModifyFlag::NO_FAIL) => path::modify_no_fail(bin, value, &steps),
            (value, flags) => path::modify_by_path(bin, flags, value, &steps),
        },
        2 => path::remove(bin, &steps),
        _ => return Err(call.unknown()),
    })
}
