//! What an expression evaluates to.

use crate::collection::Answer;
use aerospike_wire::msgpack::{Token, Writer};
use aerospike_wire::particle;
use std::borrow::Cow;

/// Bytes of the record or the expression, or computed ones.
pub(crate) type Bytes<'a> = Cow<'a, [u8]>;

/// A type as expressions number them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Nil,
    Boolean,
    Integer,
    String,
    List,
    Map,
    Blob,
    Float,
    Geo,
    Hll,
    /// Infinity and the wildcard, which are for arguments of operations only.
    End,
    /// What a path's expression gives to have an element removed.
    Removal,
}

impl Type {
    pub(crate) fn of_number(number: i64) -> Option<Self> {
        Some(match number {
            0 => Self::Nil,
            1 => Self::Boolean,
            2 => Self::Integer,
            3 => Self::String,
            4 => Self::List,
            5 => Self::Map,
            6 => Self::Blob,
            7 => Self::Float,
            8 => Self::Geo,
            9 => Self::Hll,
            _ => return None,
        })
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }
}

/// A value. Lists and maps stay packed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Nil,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(Bytes<'a>),
    Blob(Bytes<'a>),
    /// The text alone.
    Geo(Bytes<'a>),
    List(Bytes<'a>),
    Map(Bytes<'a>),
    Hll(Bytes<'a>),
    /// Above every value, as an argument of a list or map operation.
    Infinity,
    /// Equal to every value, as an argument of a list or map operation.
    Wildcard,
}

/// Flags and number of cells in front of the text of a stored GeoJSON value.
const GEO_HEADER: [u8; 3] = [0; 3];
/// Types of the extensions that stand for values.
const EXTENSION: u8 = 0xff;
const WILDCARD: u8 = 0;
const INFINITY: u8 = 1;

impl<'a> Value<'a> {
    pub(crate) fn kind(&self) -> Type {
        match self {
            Self::Nil => Type::Nil,
            Self::Boolean(_) => Type::Boolean,
            Self::Integer(_) => Type::Integer,
            Self::Float(_) => Type::Float,
            Self::String(_) => Type::String,
            Self::Blob(_) => Type::Blob,
            Self::Geo(_) => Type::Geo,
            Self::List(_) => Type::List,
            Self::Map(_) => Type::Map,
            Self::Hll(_) => Type::Hll,
            Self::Infinity | Self::Wildcard => Type::End,
        }
    }

    /// The value of a bin, unless expressions know no type for it.
    pub(crate) fn of_particle(kind: u8, data: &'a [u8]) -> Option<Self> {
        Some(match kind {
            particle::INTEGER => Self::Integer(i64::from_be_bytes(data.try_into().ok()?)),
            particle::FLOAT => Self::Float(f64::from_be_bytes(data.try_into().ok()?)),
            particle::BOOL => Self::Boolean(data == [1]),
            particle::STRING => Self::String(data.into()),
            particle::BLOB => Self::Blob(data.into()),
            particle::LIST => Self::List(data.into()),
            particle::MAP => Self::Map(data.into()),
            particle::HLL => Self::Hll(data.into()),
            particle::GEOJSON => Self::Geo(data.get(GEO_HEADER.len()..)?.into()),
            _ => return None,
        })
    }

    /// The value of an element of a list or map; `packed` is all of it.
    pub(crate) fn of_token(token: Token<'a>, packed: &'a [u8]) -> Option<Self> {
        Some(match token {
            Token::Nil => Self::Nil,
            Token::Boolean(value) => Self::Boolean(value),
            Token::Integer(value) => Self::Integer(value),
            // The bits are kept, as everywhere in a server's integers.
            Token::Unsigned(value) => Self::Integer(value as i64),
            Token::Float(value) => Self::Float(value),
            Token::Single(value) => Self::Float(f64::from(value)),
            Token::Particle(particle::STRING, data) => Self::String(data.into()),
            Token::Particle(particle::GEOJSON, data) => Self::Geo(data.into()),
            Token::Particle(particle::HLL, data) => Self::Hll(data.into()),
            Token::Particle(particle::BLOB, data) => Self::Blob(data.into()),
            Token::List(_) => Self::List(packed.into()),
            Token::Map(_) => Self::Map(packed.into()),
            Token::Extension(EXTENSION, [INFINITY]) => Self::Infinity,
            Token::Extension(EXTENSION, [WILDCARD]) => Self::Wildcard,
            Token::Particle(..) | Token::Extension(..) => return None,
        })
    }

    /// Particle type and data, as a bin has them.
    pub(crate) fn answer(&self) -> Option<Answer> {
        let (particle, data) = match self {
            Self::Nil => (particle::NULL, Vec::new()),
            Self::Boolean(value) => (particle::BOOL, vec![u8::from(*value)]),
            Self::Integer(value) => (particle::INTEGER, value.to_be_bytes().to_vec()),
            Self::Float(value) => (particle::FLOAT, value.to_be_bytes().to_vec()),
            Self::String(data) => (particle::STRING, data.to_vec()),
            Self::Blob(data) => (particle::BLOB, data.to_vec()),
            Self::Geo(text) => (particle::GEOJSON, [&GEO_HEADER, &text[..]].concat()),
            Self::List(data) => (particle::LIST, data.to_vec()),
            Self::Map(data) => (particle::MAP, data.to_vec()),
            Self::Hll(data) => (particle::HLL, data.to_vec()),
            Self::Infinity | Self::Wildcard => return None,
        };
        Some(Answer { particle, data })
    }

    pub(crate) fn of_answer<'b>(answer: &Answer) -> Option<Value<'b>> {
        match answer.particle {
            particle::NULL => Some(Value::Nil),
            kind => Value::of_particle(kind, &answer.data).map(Value::into_owned),
        }
    }

    /// The value with bytes of its own.
    pub(crate) fn into_owned<'b>(self) -> Value<'b> {
        let own = |bytes: Bytes<'_>| Cow::Owned(bytes.into_owned());
        match self {
            Self::Nil => Value::Nil,
            Self::Boolean(value) => Value::Boolean(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Float(value) => Value::Float(value),
            Self::String(data) => Value::String(own(data)),
            Self::Blob(data) => Value::Blob(own(data)),
            Self::Geo(data) => Value::Geo(own(data)),
            Self::List(data) => Value::List(own(data)),
            Self::Map(data) => Value::Map(own(data)),
            Self::Hll(data) => Value::Hll(own(data)),
            Self::Infinity => Value::Infinity,
            Self::Wildcard => Value::Wildcard,
        }
    }

    /// Appends the value as an element of a list.
    pub(crate) fn pack(&self, out: &mut Vec<u8>) {
        let mut writer = Writer::new(out);
        match self {
            Self::Nil => writer.nil(),
            Self::Boolean(value) => writer.boolean(*value),
            Self::Integer(value) => writer.integer(*value),
            Self::Float(value) => writer.float(*value),
            Self::String(data) => writer.text(particle::STRING, data),
            Self::Blob(data) => writer.text(particle::BLOB, data),
            Self::Geo(text) => writer.text(particle::GEOJSON, text),
            Self::Hll(data) => writer.text(particle::HLL, data),
            Self::List(data) | Self::Map(data) => writer.packed(data),
            Self::Infinity => writer.packed(&[0xd4, EXTENSION, INFINITY]),
            Self::Wildcard => writer.packed(&[0xd4, EXTENSION, WILDCARD]),
        }
    }
}
