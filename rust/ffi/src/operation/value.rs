//! Values of arguments: core packs each again, so it needs them decoded. Bins pass through as they are.

use std::collections::BTreeMap;

use aerospike_core::{IndexMap, Value};
use aerospike_wire::msgpack::{Reader, Token, order};
use aerospike_wire::particle::{BLOB, BOOL, FLOAT, GEOJSON, HLL, INTEGER, LIST, MAP, NULL, STRING};

use super::refused::{Result, refused};
use crate::particle::Particle;

/// Deeper than what TypeScript writes; a bound against exhausting the stack.
const MAX_DEPTH: usize = 128;
/// The particle type, in calls only, of what stands for a value: a wildcard or infinity.
pub(super) const PLACEHOLDER: u8 = 255;
const WILDCARD: u8 = 0;
const INFINITY: u8 = 1;
/// The type of the extensions that are placeholders within collections.
const PLACEHOLDER_EXTENSION: u8 = 0xff;

/// The value that a particle of a call stands for.
pub(crate) fn decode(particle: Particle<'_>) -> Result<Value> {
    let bytes = particle.bytes;
    match particle.kind {
        NULL => Ok(Value::Nil),
        INTEGER => fixed(bytes).map(|bytes| Value::Int(i64::from_be_bytes(bytes))),
        FLOAT => fixed(bytes).map(|bytes| Value::from(f64::from_be_bytes(bytes))),
        BOOL => fixed::<1>(bytes).map(|[byte]| Value::Bool(byte != 0)),
        LIST | MAP => collection(particle),
        PLACEHOLDER => placeholder(bytes),
        kind => text(kind, bytes),
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes
        .try_into()
        .map_err(|_| refused("a number of a wrong length"))
}

fn placeholder(bytes: &[u8]) -> Result<Value> {
    match bytes {
        [WILDCARD] => Ok(Value::Wildcard),
        [INFINITY] => Ok(Value::Infinity),
        _ => Err(refused(
            "an extension that is neither infinity nor a wildcard",
        )),
    }
}

/// What is a type and bytes, on its own and in collections.
fn text(kind: u8, bytes: &[u8]) -> Result<Value> {
    let utf8 = || {
        std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| refused("a text that is not UTF-8"))
    };
    match kind {
        STRING => utf8().map(Value::String),
        GEOJSON => utf8().map(Value::GeoJson),
        BLOB => Ok(Value::Blob(bytes.to_vec())),
        HLL => Ok(Value::Hll(bytes.to_vec())),
        _ => Err(refused(format!(
            "a value of the type {kind}, which cannot be an argument"
        ))),
    }
}

fn collection(particle: Particle<'_>) -> Result<Value> {
    let mut reader = Reader::new(particle.bytes);
    let value = nested(&mut reader, 0)?;
    let fits = match value {
        Value::List(_) => particle.kind == LIST,
        Value::OrderedMap(_) | Value::SortedMap(_) => particle.kind == MAP,
        _ => false,
    };
    if fits && reader.rest().is_empty() {
        Ok(value)
    } else {
        Err(refused("a list or map that is malformed"))
    }
}

fn nested(reader: &mut Reader<'_>, depth: usize) -> Result<Value> {
    if depth > MAX_DEPTH {
        return Err(refused("a value that nests too deep"));
    }
    let token = reader
        .token()
        .map_err(|_| refused("a list or map that is malformed"))?;
    Ok(match token {
        Token::Nil => Value::Nil,
        Token::Boolean(value) => Value::Bool(value),
        Token::Integer(value) => Value::Int(value),
        Token::Unsigned(_) => return Err(refused("an integer out of the range of int64")),
        Token::Float(value) => Value::from(value),
        Token::Single(value) => Value::from(value),
        Token::Particle(kind, bytes) => text(kind, bytes)?,
        Token::Extension(PLACEHOLDER_EXTENSION, bytes) => placeholder(bytes)?,
        // The order of a list or a map is read with it.
        Token::Extension(..) => return Err(refused("a list with an order of its own")),
        Token::List(count) => Value::List(
            (0..count)
                .map(|_| nested(reader, depth + 1))
                .collect::<Result<_>>()?,
        ),
        Token::Map(count) => map(reader, count, depth + 1)?,
    })
}

fn map(reader: &mut Reader<'_>, count: u32, depth: usize) -> Result<Value> {
    let Some(flags) = order_of(reader, count) else {
        return Ok(Value::OrderedMap(pairs::<IndexMap<_, _>>(
            reader, count, depth,
        )?));
    };
    if flags & order::PRESERVE != 0 {
        return Err(refused("a map that keeps the order of an answer"));
    }
    let count = count - 1;
    Ok(if flags & order::ORDERED == 0 {
        Value::OrderedMap(pairs::<IndexMap<_, _>>(reader, count, depth)?)
    } else {
        Value::SortedMap(pairs::<BTreeMap<_, _>>(reader, count, depth)?)
    })
}

/// Takes the pair that a map's order is, where there is one.
fn order_of(reader: &mut Reader<'_>, count: u32) -> Option<u8> {
    let mut ahead = reader.clone();
    let token = ahead.token().ok().filter(|_| count > 0)?;
    let Token::Extension(flags, []) = token else {
        return None;
    };
    ahead.token().ok()?;
    *reader = ahead;
    Some(flags)
}

/// Keys are checked first: core's maps panic on what cannot be one.
fn pairs<M: FromIterator<(Value, Value)>>(
    reader: &mut Reader<'_>,
    count: u32,
    depth: usize,
) -> Result<M> {
    (0..count)
        .map(|_| {
            let key = nested(reader, depth)?;
            if !key.is_valid_map_key() {
                return Err(refused(
                    "a map with a key that is no integer, string or bytes",
                ));
            }
            Ok((key, nested(reader, depth)?))
        })
        .collect()
}
