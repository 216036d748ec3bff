//! Operations that change bytes.

use super::bitmap::{self, bit};
use super::call::{Call, Flags, INVALID};
use super::failure::Failure;
use super::integer::Sum;
use super::range::{self, Bits, MAX_BITS, MAX_BYTES};
use crate::collection::Arguments;
use crate::command::{Code, wire};
use crate::container::Value;
use aerospike_wire::result_code::code;

/// Bits of how bytes are resized.
mod resize {
    pub(super) const FROM_FRONT: u64 = 1;
    pub(super) const GROW_ONLY: u64 = 2;
    pub(super) const SHRINK_ONLY: u64 = 4;
}

/// A record of so many bytes is too big.
const MAX_STORED: usize = 8 << 20;

#[derive(Clone, Copy, Debug)]
enum With {
    Set,
    Or,
    Xor,
    And,
}

#[derive(Clone, Debug)]
enum What<'a> {
    Resize {
        size: usize,
        flags: u64,
    },
    Insert {
        offset: i64,
        value: &'a [u8],
    },
    Remove {
        offset: i64,
        size: usize,
    },
    Combine {
        bits: Bits,
        value: &'a [u8],
        with: With,
    },
    Invert {
        bits: Bits,
    },
    Shift {
        bits: Bits,
        by: usize,
        to_left: bool,
    },
    Add {
        bits: Bits,
        by: u64,
        sum: Sum,
    },
    SetNumber {
        bits: Bits,
        number: u64,
    },
}

/// A parsed operation.
#[derive(Clone, Debug)]
pub(super) struct Change<'a> {
    what: What<'a>,
    pub(super) flags: Flags,
}

impl<'a> Change<'a> {
    pub(super) fn parse(call: Call<'a>) -> Result<Self, Code> {
        let mut arguments = call.arguments;
        let arguments = &mut arguments;
        let change = match call.verb {
            0 => Self::resize(arguments)?,
            1 => Self {
                what: What::Insert {
                    offset: range::offset(arguments, MAX_BYTES)?,
                    value: bytes(arguments, 1)?,
                },
                flags: Flags::parse(arguments, Flags::OF_BYTES)?,
            },
            2 => Self {
                what: What::Remove {
                    offset: range::offset(arguments, MAX_BYTES)?,
                    size: match range::amount(arguments, MAX_BYTES)? {
                        0 => return Err(INVALID),
                        size => size,
                    },
                },
                flags: Flags::parse(arguments, Flags::OF_BITS)?,
            },
            3 => Self::combine(arguments, With::Set)?,
            4 => Self::combine(arguments, With::Or)?,
            5 => Self::combine(arguments, With::Xor)?,
            6 => Self::combine(arguments, With::And)?,
            7 => Self {
                what: What::Invert {
                    bits: Bits::parse(arguments, MAX_BITS)?,
                },
                flags: Flags::parse(arguments, Flags::OF_BITS)?,
            },
            verb @ (8 | 9) => Self {
                what: What::Shift {
                    bits: Bits::parse(arguments, MAX_BITS)?,
                    by: range::amount(arguments, MAX_BITS)?,
                    to_left: verb == 8,
                },
                flags: Flags::parse(arguments, Flags::OF_BITS)?,
            },
            verb @ (10 | 11) => {
                let bits = Bits::parse(arguments, 64)?;
                let by = number(arguments)?;
                let flags = Flags::parse(arguments, Flags::OF_NUMBER)?;
                let sum = Sum::parse(arguments, verb == 11)?;
                Self {
                    what: What::Add { bits, by, sum },
                    flags,
                }
            }
            12 => Self {
                what: What::SetNumber {
                    bits: Bits::parse(arguments, 64)?,
                    number: number(arguments)?,
                },
                flags: Flags::parse(arguments, Flags::OF_NUMBER)?,
            },
            _ => return Err(INVALID),
        };
        arguments.end()?;
        Ok(change)
    }

    fn resize(arguments: &mut Arguments<'a>) -> Result<Self, Code> {
        const NEVER: u64 = resize::GROW_ONLY | resize::SHRINK_ONLY;
        let size = range::amount(arguments, MAX_BYTES - 1)?;
        let policy = Flags::parse(arguments, Flags::OF_BYTES)?;
        let flags = arguments.flags()?;
        if flags & !(NEVER | resize::FROM_FRONT) != 0 || flags & NEVER == NEVER {
            return Err(INVALID);
        }
        Ok(Self {
            what: What::Resize { size, flags },
            flags: policy,
        })
    }

    fn combine(arguments: &mut Arguments<'a>, with: With) -> Result<Self, Code> {
        let bits = Bits::parse(arguments, MAX_BITS)?;
        let value = bytes(arguments, bits.size.div_ceil(8))?;
        Ok(Self {
            what: What::Combine { bits, value, with },
            flags: Flags::parse(arguments, Flags::OF_BITS)?,
        })
    }

    /// Whether a bin that is not there is created.
    pub(super) fn creates(&self) -> bool {
        matches!(self.what, What::Resize { .. } | What::Insert { .. }) && !self.flags.update_only()
    }

    pub(super) fn apply(&self, bytes: &mut Vec<u8>) -> Result<(), Failure> {
        let is_partial = self.flags.partial();
        match self.what {
            What::Resize { size, flags } => resized(bytes, size, flags)?,
            What::Insert { offset, value } => inserted(bytes, offset, value)?,
            What::Remove { offset, size } => removed(bytes, offset, size, is_partial)?,
            What::Combine { bits, value, with } => {
                let range = bits.of(bytes, is_partial)?;
                bitmap::replace(bytes, range, |place, old| match with {
                    With::Set => bit(value, place),
                    With::Or => old | bit(value, place),
                    With::Xor => old ^ bit(value, place),
                    With::And => old & bit(value, place),
                });
            }
            What::Invert { bits } => {
                let range = bits.of(bytes, is_partial)?;
                bitmap::replace(bytes, range, |_, old| !old);
            }
            What::Shift { bits, by, to_left } => {
                let range = bits.of(bytes, is_partial)?;
                let (start, size) = (range.start, range.len());
                let before = bytes.clone();
                bitmap::replace(bytes, range, |place, _| {
                    let from = if to_left {
                        Some(place + by).filter(|from| *from < size)
                    } else {
                        place.checked_sub(by)
                    };
                    from.is_some_and(|from| bit(&before, start + from))
                });
            }
            What::Add { bits, by, sum } => {
                let range = bits.of(bytes, false)?;
                let number = bitmap::number(bytes, range.clone());
                bitmap::set_number(bytes, range, sum.of(number, by, bits.size)?);
            }
            What::SetNumber { bits, number } => {
                let range = bits.of(bytes, false)?;
                bitmap::set_number(bytes, range, number);
            }
        }
        Ok(())
    }
}

fn resized(bytes: &mut Vec<u8>, size: usize, flags: u64) -> Result<(), Failure> {
    let len = bytes.len();
    if flags & resize::GROW_ONLY != 0 && size < len
        || flags & resize::SHRINK_ONLY != 0 && size > len
    {
        return Err(Failure::Refused(INVALID));
    }
    check_size(size)?;
    if flags & resize::FROM_FRONT == 0 {
        bytes.resize(size, 0);
    } else if size > len {
        bytes.splice(0..0, vec![0; size - len]);
    } else {
        bytes.drain(..len - size);
    }
    Ok(())
}

fn inserted(bytes: &mut Vec<u8>, offset: i64, value: &[u8]) -> Result<(), Failure> {
    let place = range::place(offset, bytes.len())?;
    let size = bytes.len().max(place) + value.len();
    check_size(size)?;
    if place > bytes.len() {
        bytes.resize(place, 0);
    }
    bytes.splice(place..place, value.iter().copied());
    Ok(())
}

fn removed(bytes: &mut Vec<u8>, offset: i64, size: usize, is_partial: bool) -> Result<(), Failure> {
    let start = range::place(offset, bytes.len())?;
    let end = start + size;
    if start >= bytes.len() || end > bytes.len() && !is_partial {
        return Err(Failure::Refused(INVALID));
    }
    bytes.drain(start..end.min(bytes.len()));
    Ok(())
}

/// Refuses what no record can hold, before it takes memory.
fn check_size(size: usize) -> Result<(), Failure> {
    if size as u64 >= MAX_BYTES {
        Err(Failure::Wrong(INVALID))
    } else if size > MAX_STORED {
        Err(Failure::Wrong(wire(code::RECORD_TOO_BIG)))
    } else {
        Ok(())
    }
}

/// Bytes or text of a length.
fn bytes<'a>(arguments: &mut Arguments<'a>, least: usize) -> Result<&'a [u8], Code> {
    match arguments.value()? {
        Value::Particle(_, data) | Value::Binary(_, data) if data.len() >= least => Ok(data),
        _ => Err(INVALID),
    }
}

/// A number whose lowest bits are taken.
fn number(arguments: &mut Arguments<'_>) -> Result<u64, Code> {
    match arguments.value()? {
        Value::Integer(number) => Ok(number as u64),
        Value::Unsigned(number) => Ok(number),
        _ => Err(INVALID),
    }
}
