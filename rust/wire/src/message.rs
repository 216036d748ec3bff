//! The 22-byte header of a data message and its bits.

use crate::{Cursor, Malformed};

/// Length of the header.
pub const HEADER_LEN: usize = 22;

/// First byte of bits: what is read.
pub mod info1 {
    /// The command reads.
    pub const READ: u8 = 1;
    /// All bins.
    pub const GET_ALL: u8 = 1 << 1;
    /// A short query.
    pub const SHORT_QUERY: u8 = 1 << 2;
    /// A batch.
    pub const BATCH: u8 = 1 << 3;
    /// Sent by cross-datacenter replication.
    pub const XDR: u8 = 1 << 4;
    /// No bins, metadata only.
    pub const NO_BIN_DATA: u8 = 1 << 5;
    /// Ask all replicas.
    pub const READ_MODE_AP_ALL: u8 = 1 << 6;
    /// The answer may be compressed.
    pub const COMPRESS_RESPONSE: u8 = 1 << 7;
}

/// Second byte of bits: what is written.
pub mod info2 {
    /// The command writes.
    pub const WRITE: u8 = 1;
    /// Delete the record.
    pub const DELETE: u8 = 1 << 1;
    /// The record's generation must be the given one.
    pub const GENERATION: u8 = 1 << 2;
    /// The given generation must be greater than the record's.
    pub const GENERATION_GT: u8 = 1 << 3;
    /// Leave a tombstone.
    pub const DURABLE_DELETE: u8 = 1 << 4;
    /// The record must not exist.
    pub const CREATE_ONLY: u8 = 1 << 5;
    /// A long query with relaxed consistency.
    pub const RELAX_AP_LONG_QUERY: u8 = 1 << 6;
    /// Every operation gets a result.
    pub const RESPOND_ALL_OPS: u8 = 1 << 7;
}

/// Third byte of bits: how it is written, and stream markers.
pub mod info3 {
    /// The last message of a stream.
    pub const LAST: u8 = 1;
    /// Answer once the master has the write.
    pub const COMMIT_MASTER: u8 = 1 << 1;
    /// A query's partition is done.
    pub const PARTITION_DONE: u8 = 1 << 2;
    /// The record must exist.
    pub const UPDATE_ONLY: u8 = 1 << 3;
    /// Drop the bins that are not written.
    pub const CREATE_OR_REPLACE: u8 = 1 << 4;
    /// As [`CREATE_OR_REPLACE`], and the record must exist.
    pub const REPLACE_ONLY: u8 = 1 << 5;
    /// Strong consistency read type.
    pub const SC_READ_TYPE: u8 = 1 << 6;
    /// Strong consistency read relaxation.
    pub const SC_READ_RELAX: u8 = 1 << 7;
}

/// Fourth byte of bits: transactions.
pub mod info4 {
    /// Verify a read of a transaction.
    pub const TXN_VERIFY_READ: u8 = 1;
    /// Commit a record of a transaction.
    pub const TXN_ROLL_FORWARD: u8 = 1 << 1;
    /// Abort a record of a transaction.
    pub const TXN_ROLL_BACK: u8 = 1 << 2;
    /// Fail unless the record can be locked.
    pub const TXN_ON_LOCKING_ONLY: u8 = 1 << 4;
}

/// Seconds between the Unix epoch and the epoch of void times (2010-01-01).
pub const EPOCH: i64 = 1_262_304_000;
/// In a request's [`Header::ttl`]: the record never expires.
pub const TTL_NEVER: u32 = u32::MAX;
/// In a request's [`Header::ttl`]: keep the record's expiry.
pub const TTL_KEEP: u32 = u32::MAX - 1;

/// A data message's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Bits of [`info1`].
    pub info1: u8,
    /// Bits of [`info2`].
    pub info2: u8,
    /// Bits of [`info3`].
    pub info3: u8,
    /// Bits of [`info4`].
    pub info4: u8,
    /// The result code, in an answer.
    pub result: u8,
    /// The record's generation, or the expected one.
    pub generation: u32,
    /// A request's time to live in seconds; an answer's void time in seconds since [`EPOCH`], 0 for never.
    pub ttl: u32,
    /// A request's time-out in milliseconds; the row's index in a batch's answer.
    pub index: u32,
    /// Number of fields that follow.
    pub fields: u16,
    /// Number of operations behind the fields.
    pub operations: u16,
}

impl Header {
    /// Reads a header and skips what a longer one would have.
    ///
    /// # Errors
    /// When the input is shorter than the header says.
    pub fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Malformed> {
        let len = usize::from(cursor.u8()?);
        let extra = len
            .checked_sub(HEADER_LEN)
            .ok_or(Malformed("message header too short"))?;
        let header = Self {
            info1: cursor.u8()?,
            info2: cursor.u8()?,
            info3: cursor.u8()?,
            info4: cursor.u8()?,
            result: cursor.u8()?,
            generation: cursor.u32()?,
            ttl: cursor.u32()?,
            index: cursor.u32()?,
            fields: cursor.u16()?,
            operations: cursor.u16()?,
        };
        cursor.take(extra)?;
        Ok(header)
    }

    /// The header's bytes.
    #[must_use]
    #[inline]
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[0] = HEADER_LEN as u8;
        bytes[1] = self.info1;
        bytes[2] = self.info2;
        bytes[3] = self.info3;
        bytes[4] = self.info4;
        bytes[5] = self.result;
        bytes[6..10].copy_from_slice(&self.generation.to_be_bytes());
        bytes[10..14].copy_from_slice(&self.ttl.to_be_bytes());
        bytes[14..18].copy_from_slice(&self.index.to_be_bytes());
        bytes[18..20].copy_from_slice(&self.fields.to_be_bytes());
        bytes[20..22].copy_from_slice(&self.operations.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let header = Header {
            info1: 1,
            info2: 2,
            info3: 3,
            info4: 4,
            result: 5,
            generation: 6,
            ttl: 7,
            index: 8,
            fields: 9,
            operations: 10,
        };
        let bytes = header.encode();
        assert_eq!(Header::parse(&mut Cursor::new(&bytes)), Ok(header));
        for len in 0..bytes.len() {
            assert!(Header::parse(&mut Cursor::new(&bytes[..len])).is_err());
        }
    }
}
