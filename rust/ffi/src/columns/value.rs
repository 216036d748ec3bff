//! Values where they stand: a bin's particle, or something inside a list or map, without decoding what is not asked for.

use aerospike_wire::msgpack::{Reader, Token};
use aerospike_wire::particle::{BLOB, BOOL, FLOAT, INTEGER, LIST, MAP, STRING};

use super::Reason;
use super::schema::Path;

/// A value, as far as columns tell values apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Nil,
    Boolean(bool),
    Integer(i64),
    /// Above the signed range.
    Unsigned(u64),
    Double(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
    /// MessagePack that begins with the list.
    List(&'a [u8]),
    /// MessagePack that begins with the map.
    Map(&'a [u8]),
    /// Something that no column holds.
    Other,
}

impl From<aerospike_wire::Malformed> for Reason {
    fn from(_: aerospike_wire::Malformed) -> Self {
        Self::Malformed
    }
}

impl<'a> Value<'a> {
    pub(super) fn of_particle(kind: u8, bytes: &'a [u8]) -> Self {
        let number = || bytes.first_chunk::<8>().filter(|_| bytes.len() == 8);
        match kind {
            INTEGER => number().map_or(Self::Other, |bytes| {
                Self::Integer(i64::from_be_bytes(*bytes))
            }),
            FLOAT => number().map_or(Self::Other, |bytes| {
                Self::Double(f64::from_be_bytes(*bytes))
            }),
            BOOL if bytes.len() == 1 => Self::Boolean(bytes[0] != 0),
            STRING => Self::Text(bytes),
            BLOB => Self::Blob(bytes),
            LIST => Self::List(bytes),
            MAP => Self::Map(bytes),
            _ => Self::Other,
        }
    }

    /// The value that the reader is in front of; a list or map is not stepped over.
    pub(super) fn next(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        let start = reader.rest();
        Ok(match reader.token()? {
            Token::Nil => Self::Nil,
            Token::Boolean(value) => Self::Boolean(value),
            Token::Integer(value) => Self::Integer(value),
            Token::Unsigned(value) => Self::Unsigned(value),
            Token::Float(value) => Self::Double(value),
            Token::Single(value) => Self::Double(value.into()),
            Token::Particle(STRING, bytes) => Self::Text(bytes),
            Token::Particle(BLOB, bytes) => Self::Blob(bytes),
            Token::List(_) => Self::List(start),
            Token::Map(_) => Self::Map(start),
            Token::Particle(..) | Token::Extension(..) => Self::Other,
        })
    }

    /// What stands at the end of a path through maps; `None` where nothing does.
    pub(super) fn at(self, path: Path<'_>) -> Result<Option<Self>, Reason> {
        let mut value = self;
        for name in path.names() {
            value = match value {
                Self::Nil => return Ok(None),
                Self::Map(packed) => match find(packed, name.as_bytes())? {
                    Some(found) => found,
                    None => return Ok(None),
                },
                _ => return Err(Reason::WrongType),
            };
        }
        Ok((value != Self::Nil).then_some(value))
    }
}

/// The value of a key of a map.
fn find<'a>(packed: &'a [u8], name: &[u8]) -> Result<Option<Value<'a>>, Reason> {
    let mut reader = Reader::new(packed);
    // A particle without a payload is an empty collection.
    if packed.is_empty() {
        return Ok(None);
    }
    let Token::Map(pairs) = reader.token()? else {
        return Err(Reason::Malformed);
    };
    for _ in 0..pairs {
        if reader.clone().token()? == Token::Particle(STRING, name) {
            reader.skip()?;
            return Value::next(&mut reader).map(Some);
        }
        reader.skip()?;
        reader.skip()?;
    }
    Ok(None)
}

/// The number of a list's elements and a reader in front of the first.
pub(super) fn elements(packed: &[u8]) -> Result<(usize, Reader<'_>), Reason> {
    let mut reader = Reader::new(packed);
    if packed.is_empty() {
        return Ok((0, reader));
    }
    let Token::List(count) = reader.token()? else {
        return Err(Reason::Malformed);
    };
    // An ordered list says so in a first element, which is none.
    let mut ahead = reader.clone();
    if count > 0 && matches!(ahead.token()?, Token::Extension(..)) {
        return Ok((count as usize - 1, ahead));
    }
    Ok((count as usize, reader))
}
