//! The orders that lists and maps keep.

use super::call::Arguments;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::msgpack::order;
use aerospike_wire::result_code::code;

/// Bit of an order argument: keep the index of a list or map of a bin. An emulator has none to keep.
pub(super) const PERSIST_INDEX: u8 = 0x10;

/// An order argument, of which a server looks at the lowest byte.
pub(super) fn order(arguments: &mut Arguments<'_>) -> Result<u8, Code> {
    arguments.integer().map(|order| order as u8)
}

/// An order argument, none when it is absent.
pub(super) fn optional_order(arguments: &mut Arguments<'_>) -> Result<u8, Code> {
    arguments.flags().map(|order| order as u8)
}

pub(super) fn is_ordered(flags: Option<u8>) -> bool {
    flags.is_some_and(|flags| flags & order::ORDERED != 0)
}

/// Sorts an ordered list anew after an item changed.
pub(super) fn restore(container: &mut Value<'_>) {
    if let Value::List { flags, items } = container
        && is_ordered(*flags)
    {
        items.sort_by(compare);
    }
}

/// No list grows to more items by an index beyond its end: a record of so many bytes is too big.
const MAX_PADDED: usize = 8 << 20;
/// Nor is an index beyond this one looked at.
const MAX_INDEX: i64 = i32::MAX as i64;

pub(super) fn check_index(index: i64) -> Result<(), Code> {
    if index > MAX_INDEX {
        Err(wire(code::OP_NOT_APPLICABLE))
    } else {
        Ok(())
    }
}

/// Fills a list up with nils.
pub(super) fn pad(items: &mut Vec<Value<'_>>, len: usize) -> Result<(), Code> {
    check_index(i64::try_from(len).unwrap_or(i64::MAX))?;
    if len > MAX_PADDED {
        return Err(wire(code::RECORD_TOO_BIG));
    }
    if len > items.len() {
        items.resize(len, Value::Nil);
    }
    Ok(())
}
