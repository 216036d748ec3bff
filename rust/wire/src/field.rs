//! Fields: what a message says about its key, its filter and its query, as `[u32 length][u8 type][data]`.

use crate::{Cursor, Malformed};

/// Namespace.
pub const NAMESPACE: u8 = 0;
/// Set.
pub const SET: u8 = 1;
/// User key: a particle type and its bytes.
pub const KEY: u8 = 2;
/// Record version of a transaction, 7 bytes.
pub const RECORD_VERSION: u8 = 3;
/// Digest, 20 bytes.
pub const DIGEST: u8 = 4;
/// Transaction id, little-endian.
pub const TXN_ID: u8 = 5;
/// Transaction deadline, little-endian.
pub const TXN_DEADLINE: u8 = 6;
/// Id of a query.
pub const TASK_ID: u8 = 7;
/// Socket time-out of a query.
pub const SOCKET_TIMEOUT: u8 = 9;
/// Records per second of a query.
pub const RECORDS_PER_SECOND: u8 = 10;
/// Partition ids of a query.
pub const PARTITION_IDS: u8 = 11;
/// Digests after which a query resumes.
pub const DIGESTS: u8 = 12;
/// Most records of a query.
pub const MAX_RECORDS: u8 = 13;
/// Bin values after which a query resumes.
pub const BIN_VALUES: u8 = 15;
/// Index name.
pub const INDEX_NAME: u8 = 21;
/// Index range.
pub const INDEX_RANGE: u8 = 22;
/// Index context.
pub const INDEX_CONTEXT: u8 = 23;
/// Index expression.
pub const INDEX_EXPRESSION: u8 = 24;
/// Index type.
pub const INDEX_TYPE: u8 = 26;
/// UDF package.
pub const UDF_PACKAGE: u8 = 30;
/// UDF function.
pub const UDF_FUNCTION: u8 = 31;
/// UDF arguments.
pub const UDF_ARGUMENTS: u8 = 32;
/// UDF kind of a query.
pub const UDF_OP: u8 = 33;
/// Bins of a query.
pub const QUERY_BINS: u8 = 40;
/// Batch rows.
pub const BATCH_INDEX: u8 = 41;
/// Batch rows, in the form whose rows always carry a set.
pub const BATCH_INDEX_WITH_SET: u8 = 42;
/// Filter expression.
pub const FILTER: u8 = 43;
/// Textual query of newer servers.
pub const WHERE: u8 = 44;
/// Error details of newer servers.
pub const ERROR_DETAILS: u8 = 45;

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its type.
    pub kind: u8,
    /// Its data.
    pub data: &'a [u8],
}

impl<'a> Field<'a> {
    /// Reads one field.
    ///
    /// # Errors
    /// When the length is 0 or exceeds the input.
    #[inline]
    pub fn parse(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let len = cursor.u32()? as usize;
        let kind = cursor.u8()?;
        let data = cursor.take(
            len.checked_sub(1)
                .ok_or(Malformed("field without a type"))?,
        )?;
        Ok(Self { kind, data })
    }

    /// Appends the field.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.data.len() as u32 + 1).to_be_bytes());
        out.push(self.kind);
        out.extend_from_slice(self.data);
    }
}
