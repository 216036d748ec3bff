//! What expressions ask about a record other than what its bins hold.

use super::evaluate::{Evaluated, Subject, Unknown};
use super::value::Value;
use crate::write;
use aerospike_wire::message::EPOCH;

/// A question about the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    DigestModulo(i64),
    /// Sizes on the device, in memory and of the record are one.
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
        let record = subject.record.ok_or(Unknown)?;
        let age_ms = subject.now_ms.saturating_sub(record.updated_ms) as i64;
        Ok(match self {
            Self::SetName => Value::String(subject.namespace.set_name(record.set).into()),
            Self::KeyExists => Value::Boolean(record.key.is_some()),
            // Community servers keep none.
            Self::IsTombstone => Value::Boolean(false),
            Self::LastUpdate => {
                let unix_ms = record.updated_ms as i64 + EPOCH * 1000;
                Value::Integer(unix_ms * 1_000_000)
            }
            Self::SinceUpdate => Value::Integer(age_ms),
            Self::VoidTime if record.void_time == 0 => Value::Integer(-1),
            Self::VoidTime => {
                let unix = i64::from(record.void_time) + EPOCH;
                Value::Integer(unix * 1_000_000_000)
            }
            Self::TimeToLive if record.void_time == 0 => Value::Integer(-1),
            Self::TimeToLive => {
                Value::Integer(i64::from(record.void_time) - (subject.now_ms / 1000) as i64)
            }
            Self::Size => Value::Integer(write::record_size(subject.namespace, record) as i64),
            Self::DigestModulo(_) => return Err(Unknown),
        })
    }
}

/// The digest's last four bytes, little-endian, as a server takes them.
fn digest_modulo(digest: &[u8; 20], modulo: i64) -> Result<i64, Unknown> {
    let [.., a, b, c, d] = *digest;
    let value = i64::from(u32::from_le_bytes([a, b, c, d]));
    value.checked_rem(modulo).ok_or(Unknown)
}
