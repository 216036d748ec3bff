//! Operations on bins: `[u32 length][u8 op][u8 particle][u8 version][u8 name length][name][data]`, in requests and answers.

use crate::{Cursor, Malformed};

/// Read a bin, all bins or none.
pub const READ: u8 = 1;
/// Write a bin.
pub const WRITE: u8 = 2;
/// Read from a list or map.
pub const CDT_READ: u8 = 3;
/// Modify a list or map.
pub const CDT_MODIFY: u8 = 4;
/// Add to a number.
pub const INCREMENT: u8 = 5;
/// Evaluate an expression.
pub const EXP_READ: u8 = 7;
/// Evaluate an expression into a bin.
pub const EXP_MODIFY: u8 = 8;
/// Append to text or bytes.
pub const APPEND: u8 = 9;
/// Prepend to text or bytes.
pub const PREPEND: u8 = 10;
/// Refresh the record's expiry.
pub const TOUCH: u8 = 11;
/// Read bits.
pub const BIT_READ: u8 = 12;
/// Modify bits.
pub const BIT_MODIFY: u8 = 13;
/// Delete the record.
pub const DELETE: u8 = 14;
/// Read a HyperLogLog sketch.
pub const HLL_READ: u8 = 15;
/// Modify a HyperLogLog sketch.
pub const HLL_MODIFY: u8 = 16;
/// Read text, on newer servers.
pub const STRING_READ: u8 = 17;
/// Modify text, on newer servers.
pub const STRING_MODIFY: u8 = 18;
/// Convert to text, on newer servers.
pub const TO_STRING: u8 = 19;

/// Length of an operation's header with its length.
pub const HEADER_LEN: usize = 8;

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Its type.
    pub op: u8,
    /// Particle type of the data.
    pub particle: u8,
    /// Bin name.
    pub name: &'a [u8],
    /// Value or arguments.
    pub data: &'a [u8],
}

impl<'a> Operation<'a> {
    /// Reads one operation.
    ///
    /// # Errors
    /// When a length is too small or exceeds the input.
    #[inline]
    pub fn parse(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let len = cursor.u32()? as usize;
        let mut body = Cursor::new(cursor.take(len)?);
        let [op, particle, _version, name_len] = body.array::<4>()?;
        let name = body.take(usize::from(name_len))?;
        Ok(Self {
            op,
            particle,
            name,
            data: body.rest(),
        })
    }

    /// Appends the operation. The name must have at most 255 bytes.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        debug_assert!(self.name.len() <= 255);
        out.extend_from_slice(&((4 + self.name.len() + self.data.len()) as u32).to_be_bytes());
        out.extend_from_slice(&[self.op, self.particle, 0, self.name.len() as u8]);
        out.extend_from_slice(self.name);
        out.extend_from_slice(self.data);
    }

    /// Bytes that [`Operation::write`] appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        HEADER_LEN + self.name.len() + self.data.len()
    }
}

/// Iterates over a known number of operations.
#[derive(Clone, Copy, Debug)]
pub struct Operations<'a> {
    cursor: Cursor<'a>,
    left: u16,
}

impl<'a> Operations<'a> {
    /// Operations in `bytes`, not yet checked.
    #[must_use]
    pub fn new(bytes: &'a [u8], count: u16) -> Self {
        Self {
            cursor: Cursor::new(bytes),
            left: count,
        }
    }

    /// How many are left.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.left)
    }

    /// True when none is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// What follows the operations that were read so far.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.cursor.rest()
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Result<Operation<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let parsed = Operation::parse(&mut self.cursor);
        if parsed.is_err() {
            self.left = 0;
        }
        Some(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_truncation() {
        let operation = Operation {
            op: WRITE,
            particle: 3,
            name: b"bin",
            data: b"value",
        };
        let mut bytes = Vec::new();
        operation.write(&mut bytes);
        assert_eq!(bytes.len(), operation.encoded_len());
        assert_eq!(Operation::parse(&mut Cursor::new(&bytes)), Ok(operation));
        for len in 0..bytes.len() {
            assert!(Operation::parse(&mut Cursor::new(&bytes[..len])).is_err());
        }
    }

    #[test]
    fn a_name_longer_than_the_operation_is_refused() {
        assert!(Operation::parse(&mut Cursor::new(&[0, 0, 0, 4, 1, 0, 0, 200])).is_err());
        assert!(Operation::parse(&mut Cursor::new(&[0, 0, 0, 2, 1, 0])).is_err());
    }
}
