//! Keys, from the frame to core.

use aerospike_core::{Key, Value};

use crate::frame::{Cursor, Malformed, Parsed};

/// A key as it stands in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct KeyRef<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) set: &'a str,
    pub(crate) value: KeyValue<'a>,
}

/// What tells a record from the others of its set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum KeyValue<'a> {
    /// The digest itself.
    Digest(&'a [u8; 20]),
    /// An integer.
    Integer(i64),
    /// A string.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> KeyRef<'a> {
    pub(crate) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        Ok(Self {
            namespace: cursor.name()?,
            set: cursor.name()?,
            value: KeyValue::parse(cursor)?,
        })
    }

    pub(crate) fn to_core(self, send_key: bool) -> Key {
        self.value.to_core(self.namespace, self.set, send_key)
    }
}

impl<'a> KeyValue<'a> {
    pub(crate) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        match cursor.u8()? {
            0 => Ok(Self::Digest(cursor.array()?)),
            1 => Ok(Self::Integer(i64::from_le_bytes(*cursor.array()?))),
            3 => {
                let length = cursor.u32()?;
                Ok(Self::Text(cursor.text(length as usize)?))
            }
            4 => {
                let length = cursor.u32()?;
                Ok(Self::Bytes(cursor.take(length as usize)?))
            }
            _ => Err(Malformed),
        }
    }

    /// The user key goes along only when it is to be stored: the digest alone addresses the record.
    pub(crate) fn to_core(self, namespace: &str, set: &str, send_key: bool) -> Key {
        let digest = self.digest(set);
        let user_key = match self {
            _ if !send_key => None,
            Self::Digest(_) => None,
            Self::Integer(value) => Some(Value::Int(value)),
            Self::Text(text) => Some(Value::String(text.to_owned())),
            Self::Bytes(bytes) => Some(Value::Blob(bytes.to_vec())),
        };
        Key::with_digest(namespace, set, user_key, digest)
    }

    /// The user key as it is stored: its particle type in front of its bytes. Empty where there is none.
    pub(crate) fn stored(self) -> Vec<u8> {
        use aerospike_wire::particle::{BLOB, INTEGER, STRING};
        let of = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
        match self {
            Self::Digest(_) => Vec::new(),
            Self::Integer(value) => of(INTEGER, &value.to_be_bytes()),
            Self::Text(text) => of(STRING, text.as_bytes()),
            Self::Bytes(bytes) => of(BLOB, bytes),
        }
    }

    /// The digest of the key in a set.
    pub(crate) fn digest(self, set: &str) -> aerospike_wire::Digest {
        use aerospike_wire::{digest, particle};
        match self {
            Self::Digest(digest) => *digest,
            Self::Integer(value) => {
                digest::compute(set.as_bytes(), particle::INTEGER, &value.to_be_bytes())
            }
            Self::Text(text) => digest::compute(set.as_bytes(), particle::STRING, text.as_bytes()),
            Self::Bytes(bytes) => digest::compute(set.as_bytes(), particle::BLOB, bytes),
        }
    }
}

/// The digests of many keys, each with its set.
pub(crate) fn digests(keys: &[(&str, KeyValue<'_>)]) -> Vec<aerospike_wire::Digest> {
    use aerospike_wire::{digest, particle};
    let integers: Vec<[u8; 8]> = keys
        .iter()
        .map(|(_, value)| match value {
            KeyValue::Integer(value) => value.to_be_bytes(),
            _ => [0; 8],
        })
        .collect();
    let hashed = keys.iter().zip(&integers).map(|((set, value), integer)| {
        let (particle, bytes): (u8, &[u8]) = match value {
            // Needs none; what comes of it is replaced.
            KeyValue::Digest(digest) => (particle::NULL, &digest[..]),
            KeyValue::Integer(_) => (particle::INTEGER, integer),
            KeyValue::Text(text) => (particle::STRING, text.as_bytes()),
            KeyValue::Bytes(bytes) => (particle::BLOB, bytes),
        };
        (set.as_bytes(), particle, bytes)
    });
    let mut digests = digest::compute_all(hashed);
    for (digest, (_, value)) in digests.iter_mut().zip(keys) {
        if let KeyValue::Digest(given) = value {
            *digest = **given;
        }
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_core() {
        let cases = [
            (KeyValue::Integer(-7), Value::Int(-7)),
            (KeyValue::Text("élan"), Value::String("élan".into())),
            (KeyValue::Bytes(&[0, 1, 255]), Value::Blob(vec![0, 1, 255])),
        ];
        for (value, core) in cases {
            let expected = Key::new("test", "set", core).unwrap();
            let key = value.to_core("test", "set", true);
            assert_eq!(
                (key.digest(), key.user_key()),
                (expected.digest(), expected.user_key())
            );
            assert_eq!(value.to_core("test", "set", false).user_key(), None);
        }
    }

    #[test]
    fn many_digests_are_those_of_each_key() {
        let long = "long ".repeat(20);
        let given = [7; 20];
        let kinds = [
            KeyValue::Integer(-7),
            KeyValue::Text("élan"),
            KeyValue::Digest(&given),
            KeyValue::Text(&long),
            KeyValue::Bytes(&[0, 1, 255]),
        ];
        let keys: Vec<_> = ["", "set", "another"]
            .into_iter()
            .flat_map(|set| kinds.map(|value| (set, value)))
            .collect();
        let each: Vec<_> = keys.iter().map(|(set, value)| value.digest(set)).collect();
        assert_eq!(digests(&keys), each);
    }
}
