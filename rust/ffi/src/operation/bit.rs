//! Operations on the bits of bytes.

use aerospike_core::Value;
use aerospike_core::operations::Operation;
use aerospike_core::operations::bitwise::{
    self, BitPolicy, BitwiseOverflowActions as Overflow, BitwiseResizeFlags, BitwiseWriteFlags,
};

use super::call::Call;
use super::refused::{Result, refused};

pub(super) fn writes(function: u8) -> bool {
    function < 50
}

pub(super) fn build(call: &mut Call<'_>) -> Result<Operation> {
    match call.function {
        0..=2 => bytes(call),
        3..=12 => bits(call),
        50..=55 => read(call),
        _ => Err(call.unknown()),
    }
}

fn bytes(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    Ok(match call.function {
        0 => {
            let (size, flags) = (call.int()?, BitwiseResizeFlags::from_bits(call.flags()?));
            bitwise::resize(bin, size, flags, &policy(call)?)
        }
        1 => {
            let (offset, value) = (call.int()?, call.bytes()?);
            bitwise::insert(bin, offset, value, &policy(call)?)
        }
        _ => {
            let (offset, size) = (call.int()?, call.int()?);
            bitwise::remove(bin, offset, size, &policy(call)?)
        }
    })
}

fn bits(call: &mut Call<'_>) -> Result<Operation> {
    type Masks = fn(String, i64, i64, Value, &BitPolicy) -> Operation;
    let (bin, offset, size) = (call.bin, call.int()?, call.int()?);
    let masks: Masks = match call.function {
        3 => bitwise::set,
        4 => bitwise::or,
        5 => bitwise::xor,
        6 => bitwise::and,
        7 => return Ok(bitwise::not(bin, offset, size, &policy(call)?)),
        8 | 9 => {
            let (shift, policy) = (call.int()?, policy(call)?);
            return Ok(if call.function == 8 {
                bitwise::lshift(bin, offset, size, shift, &policy)
            } else {
                bitwise::rshift(bin, offset, size, shift, &policy)
            });
        }
        10 | 11 => {
            let (value, signed, overflow) = (call.int()?, call.bool()?, overflow(call)?);
            let policy = policy(call)?;
            return Ok(if call.function == 10 {
                bitwise::add(bin, offset, size, value, signed, overflow, &policy)
            } else {
                bitwise::subtract(bin, offset, size, value, signed, overflow, &policy)
            });
        }
        _ => {
            let value = call.int()?;
            return Ok(bitwise::set_int(bin, offset, size, value, &policy(call)?));
        }
    };
    let value = call.bytes()?;
    Ok(masks(bin.to_owned(), offset, size, value, &policy(call)?))
}

fn read(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    if call.function == 55 {
        return base64(call);
    }
    let (offset, size) = (call.int()?, call.int()?);
    Ok(match call.function {
        50 => bitwise::get(bin, offset, size),
        51 => bitwise::count(bin, offset, size),
        52 => bitwise::lscan(bin, offset, size, call.bool()?),
        53 => bitwise::rscan(bin, offset, size, call.bool()?),
        _ => bitwise::get_int(bin, offset, size, call.bool()?),
    })
}

fn base64(call: &mut Call<'_>) -> Result<Operation> {
    let (offset, size) = (call.optional_int()?, call.optional_int()?);
    let inverted = call.bool()?;
    Ok(match (offset, size) {
        (None, None) => bitwise::b64_encode(call.bin),
        // An inverted size of 0 reaches to the end.
        (offset, None) => bitwise::b64_encode_range(call.bin, offset.unwrap_or(0), 0, true),
        (offset, Some(size)) => {
            bitwise::b64_encode_range(call.bin, offset.unwrap_or(0), size, inverted)
        }
    })
}

fn overflow(call: &mut Call<'_>) -> Result<Overflow> {
    match call.int()? {
        0 => Ok(Overflow::Fail),
        2 => Ok(Overflow::Saturate),
        4 => Ok(Overflow::Wrap),
        other => Err(refused(format!("an overflow action {other}"))),
    }
}

fn policy(call: &mut Call<'_>) -> Result<BitPolicy> {
    Ok(BitPolicy::new(BitwiseWriteFlags::from_bits(call.flags()?)))
}
