//! Where in the bytes an operation works. An offset below zero counts from the end.

use super::call::INVALID;
use super::failure::Failure;
use crate::collection::Arguments;
use crate::command::{Code, wire};
use aerospike_wire::result_code::code;
use std::ops::Range;

/// No offset, size or shift is larger, in bytes and in bits.
pub(super) const MAX_BYTES: u64 = 1 << 27;
pub(super) const MAX_BITS: u64 = MAX_BYTES * 8;

pub(super) fn offset(arguments: &mut Arguments<'_>, most: u64) -> Result<i64, Code> {
    let offset = match arguments.integer()? {
        // It has no opposite that a server could find too large, and of its lowest bits none is set.
        i64::MIN => 0,
        offset => offset,
    };
    if offset.unsigned_abs() > most {
        return Err(INVALID);
    }
    Ok(offset)
}

/// An argument from 0 to `most`.
pub(super) fn amount(arguments: &mut Arguments<'_>, most: u64) -> Result<usize, Code> {
    match u64::try_from(arguments.integer()?) {
        Ok(amount) if amount <= most => Ok(amount as usize),
        _ => Err(INVALID),
    }
}

/// The place of an offset, which may be behind the end.
pub(super) fn place(offset: i64, len: usize) -> Result<usize, Failure> {
    let from = if offset < 0 { len } else { 0 };
    from.checked_add_signed(offset as isize)
        .ok_or(Failure::Wrong(INVALID))
}

/// An offset and a size, in bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits {
    offset: i64,
    pub(super) size: usize,
}

impl Bits {
    pub(super) fn parse(arguments: &mut Arguments<'_>, most: u64) -> Result<Self, Code> {
        let offset = offset(arguments, MAX_BITS)?;
        match amount(arguments, most)? {
            0 => Err(INVALID),
            size => Ok(Self { offset, size }),
        }
    }

    /// The bits that are meant, of which a partial operation needs only the first to exist.
    pub(super) fn of(self, bytes: &[u8], is_partial: bool) -> Result<Range<usize>, Failure> {
        let len = bytes.len() * 8;
        let start = place(self.offset, len)?;
        let end = start + self.size;
        if start >= len || end > len && !is_partial {
            return Err(Failure::Refused(wire(code::OP_NOT_APPLICABLE)));
        }
        Ok(start..end.min(len))
    }
}
