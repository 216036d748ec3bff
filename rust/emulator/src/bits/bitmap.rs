//! Single bits of bytes, the highest of the first byte first.

use std::ops::Range;

pub(super) fn bit(bytes: &[u8], index: usize) -> bool {
    bytes[index / 8] & (0x80 >> (index % 8)) != 0
}

pub(super) fn set_bit(bytes: &mut [u8], index: usize, value: bool) {
    let mask = 0x80 >> (index % 8);
    if value {
        bytes[index / 8] |= mask;
    } else {
        bytes[index / 8] &= !mask;
    }
}

/// The bits of a range, moved to the front of bytes of their own.
pub(super) fn extract(bytes: &[u8], range: Range<usize>) -> Vec<u8> {
    let mut extracted = vec![0; range.len().div_ceil(8)];
    for (to, from) in range.enumerate() {
        set_bit(&mut extracted, to, bit(bytes, from));
    }
    extracted
}

/// Replaces every bit of a range by what `make` gives for its place in the range and its value.
pub(super) fn replace(bytes: &mut [u8], range: Range<usize>, make: impl Fn(usize, bool) -> bool) {
    for (place, index) in range.enumerate() {
        let value = make(place, bit(bytes, index));
        set_bit(bytes, index, value);
    }
}

/// The number that up to 64 bits are, without a sign.
pub(super) fn number(bytes: &[u8], range: Range<usize>) -> u64 {
    range.fold(0, |number, index| {
        number << 1 | u64::from(bit(bytes, index))
    })
}

/// Overwrites up to 64 bits with the lowest ones of a number.
pub(super) fn set_number(bytes: &mut [u8], range: Range<usize>, number: u64) {
    for (place, index) in range.rev().enumerate() {
        set_bit(bytes, index, number >> place & 1 != 0);
    }
}
