//! Sums of numbers that have so many bits.

use super::call::INVALID;
use super::failure::Failure;
use crate::collection::Arguments;
use crate::command::{Code, wire};
use aerospike_wire::result_code::code;

/// What becomes of a sum that needs more bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overflow {
    Fail,
    Saturate,
    Wrap,
}

/// How numbers are summed up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    pub(super) subtracts: bool,
    is_signed: bool,
    overflow: Overflow,
}

impl Sum {
    pub(super) fn parse(arguments: &mut Arguments<'_>, subtracts: bool) -> Result<Self, Code> {
        let flags = arguments.flags()?;
        let overflow = match flags & !1 {
            0 => Overflow::Fail,
            2 => Overflow::Saturate,
            4 => Overflow::Wrap,
            _ => return Err(INVALID),
        };
        Ok(Self {
            subtracts,
            is_signed: flags & 1 != 0,
            overflow,
        })
    }

    /// The sum, in its lowest bits, of numbers of so many bits.
    pub(super) fn of(self, number: u64, by: u64, bits: usize) -> Result<u64, Failure> {
        let (sum, least, most) = if self.is_signed {
            let most = i128::from(i64::MAX >> (64 - bits));
            let by = signed(by, bits);
            // A server adds the opposite, and the lowest number is its own.
            let by = match self.subtracts {
                true => signed(by.wrapping_neg() as u64, bits),
                false => by,
            };
            let sum = i128::from(signed(number, bits)) + i128::from(by);
            (sum, -most - 1, most)
        } else {
            let most = u64::MAX >> (64 - bits);
            let by = i128::from(by & most);
            let by = if self.subtracts { -by } else { by };
            (i128::from(number) + by, 0, i128::from(most))
        };
        match self.overflow {
            Overflow::Fail if sum < least || sum > most => {
                Err(Failure::Refused(wire(code::OP_NOT_APPLICABLE)))
            }
            Overflow::Saturate => Ok(sum.clamp(least, most) as u64),
            Overflow::Fail | Overflow::Wrap => Ok(sum as u64),
        }
    }
}

/// The number that the lowest bits are, with a sign.
pub(super) fn signed(number: u64, bits: usize) -> i64 {
    (number << (64 - bits)) as i64 >> (64 - bits)
}
