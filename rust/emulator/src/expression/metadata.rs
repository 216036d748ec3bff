//! What expressions ask about a record other than what its bins hold.

use super::evaluate::{Evaluated, Subject, Unknown};
use super::value::Value;
use crate::write;
use aerospike_wire::message::EPOCH;

/// The answer about a time that never comes.
const NEVER: i64 = -1;
/// The size of a record that is being created.
const EMPTY_SIZE: usize = 16;

/// A question about the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    DigestModulo(i64),
    /// What the record takes on a device: none is used.
    DeviceSize,
    /// What the record takes in memory.
    Size,
    LastUpdate,
    SinceUpdate,
    VoidTime,
    TimeToLive,
    SetName,
    KeyExists,
    IsTombstone,
}

impl Metadata {
    pub(crate) fn answer<'a>(self, subject: &Subject<'a>) -> Evaluated<'a> {
        if let Self::DigestModulo(modulo) = self {
            return digest_modulo(&subject.digest, modulo).map(Value::Integer);
        }
        Ok(match self {
            Self::SetName => Value::String(subject.set_name().into()),
            Self::KeyExists => {
                Value::Boolean(subject.record.is_some_and(|record| record.key.is_some()))
            }
            // Community servers keep none.
            Self::IsTombstone => Value::Boolean(false),
            Self::LastUpdate => {
                let unix_ms = subject.updated_ms() as i64 + EPOCH * 1000;
                Value::Integer(unix_ms * 1_000_000)
            }
            Self::SinceUpdate => {
                Value::Integer(subject.now_ms.saturating_sub(subject.updated_ms()) as i64)
            }
            Self::VoidTime => Value::Integer(subject.void_time().map_or(NEVER, |void_time| {
                (i64::from(void_time) + EPOCH) * 1_000_000_000
            })),
            Self::TimeToLive => Value::Integer(subject.void_time().map_or(NEVER, |void_time| {
                i64::from(void_time) - (subject.now_ms / 1000) as i64
            })),
            Self::Size => {
                let size = subject.record.map_or(EMPTY_SIZE, |record| {
                    write::record_size(subject.namespace, record)
                });
                Value::Integer(size as i64)
            }
            Self::DeviceSize | Self::DigestModulo(_) => Value::Integer(0),
        })
    }
}

impl Subject<'_> {
    fn set_name(&self) -> Vec<u8> {
        match self.record {
            Some(record) => self.namespace.set_name(record.set),
            None => self.new_set.to_vec(),
        }
    }

    /// A record that is being created is updated now.
    fn updated_ms(&self) -> u64 {
        self.record.map_or(self.now_ms, |record| record.updated_ms)
    }

    /// When the record expires, if it does.
    fn void_time(&self) -> Option<u32> {
        let void_time = self.record.map_or(0, |record| record.void_time);
        Some(void_time).filter(|void_time| *void_time != 0)
    }
}

/// The digest's last four bytes, little-endian, as a server takes them.
fn digest_modulo(digest: &[u8; 20], modulo: i64) -> Result<i64, Unknown> {
    let [.., a, b, c, d] = *digest;
    let value = i64::from(u32::from_le_bytes([a, b, c, d]));
    value.checked_rem(modulo).ok_or(Unknown)
}
