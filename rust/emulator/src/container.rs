//! Lists and maps as a server stores them: canonical MessagePack, the keys of every map in order.

use aerospike_wire::msgpack::{MAX_DEPTH, Reader, Token, Writer, order};
use aerospike_wire::{Malformed, particle};
use std::cmp::Ordering;

/// Text and bytes below this length have the short header, which does not tell them apart.
const SHORT: usize = 31;

/// A value within a list or map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Nil,
    Boolean(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Single(f32),
    Particle(u8, &'a [u8]),
    /// The same under a `bin` header, which is stored only when there are 32 bytes or more with the particle type.
    Binary(u8, &'a [u8]),
    List {
        flags: Option<u8>,
        items: Vec<Value<'a>>,
    },
    Map {
        flags: Option<u8>,
        pairs: Vec<(Value<'a>, Value<'a>)>,
    },
    /// In arguments only: above everything.
    Infinity,
    /// In arguments only: equal to everything, and within a list to all that follows.
    Wildcard,
}

/// The stored form of a list that was sent.
pub(crate) fn stored_list(data: &[u8]) -> Result<Vec<u8>, Malformed> {
    match whole(data)? {
        list @ Value::List { .. } => Ok(encode(&shortened(list))),
        _ => Err(Malformed("not a list")),
    }
}

/// The stored form of a map that was sent.
pub(crate) fn stored_map(data: &[u8]) -> Result<Vec<u8>, Malformed> {
    match whole(data)? {
        map @ Value::Map { .. } => Ok(encode(&shortened(map))),
        _ => Err(Malformed("not a map")),
    }
}

/// A list, a map or what one of them holds, and nothing behind it.
pub(crate) fn whole(data: &[u8]) -> Result<Value<'_>, Malformed> {
    let mut reader = Reader::new(data);
    let value = parse(&mut reader, 0, false)?;
    if reader.rest().is_empty() {
        Ok(value)
    } else {
        Err(Malformed("bytes behind the value"))
    }
}

/// The next argument of an operation, which may be or contain an open end.
pub(crate) fn argument<'a>(reader: &mut Reader<'a>) -> Result<Value<'a>, Malformed> {
    parse(reader, 0, true)
}

fn parse<'a>(
    reader: &mut Reader<'a>,
    depth: usize,
    has_ends: bool,
) -> Result<Value<'a>, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed("nested too deep"));
    }
    let is_binary = matches!(reader.rest().first(), Some(0xc4..=0xc6));
    Ok(match reader.token()? {
        Token::Nil => Value::Nil,
        Token::Boolean(value) => Value::Boolean(value),
        Token::Integer(value) => Value::Integer(value),
        Token::Unsigned(value) => Value::Unsigned(value),
        Token::Float(value) => Value::Float(value),
        Token::Single(value) => Value::Single(value),
        Token::Particle(kind, data) if is_binary => Value::Binary(kind, data),
        Token::Particle(kind, data) => Value::Particle(kind, data),
        Token::List(len) => parse_list(reader, len, depth, has_ends)?,
        Token::Map(len) => parse_map(reader, len, depth, has_ends)?,
        Token::Extension(0xff, [0]) if has_ends => Value::Wildcard,
        Token::Extension(0xff, [1]) if has_ends => Value::Infinity,
        Token::Extension(..) => return Err(Malformed("an extension is no value")),
    })
}

/// The flags of an order marker, when one comes next.
fn marker(reader: &mut Reader<'_>) -> Option<u8> {
    let mut ahead = reader.clone();
    let Ok(Token::Extension(flags, [])) = ahead.token() else {
        return None;
    };
    *reader = ahead;
    Some(flags)
}

fn parse_list<'a>(
    reader: &mut Reader<'a>,
    len: u32,
    depth: usize,
    has_ends: bool,
) -> Result<Value<'a>, Malformed> {
    let flags = if len == 0 { None } else { marker(reader) };
    let count = len as usize - usize::from(flags.is_some());
    if count > reader.rest().len() {
        return Err(Malformed("truncated"));
    }
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        items.push(parse(reader, depth + 1, has_ends)?);
    }
    let is_ordered = flags.is_some_and(|flags| flags & order::ORDERED != 0);
    if is_ordered
        && items
            .windows(2)
            .any(|pair| compare(&pair[0], &pair[1]) == Ordering::Greater)
    {
        return Err(Malformed("the list is not in order"));
    }
    Ok(Value::List { flags, items })
}

fn parse_map<'a>(
    reader: &mut Reader<'a>,
    len: u32,
    depth: usize,
    has_ends: bool,
) -> Result<Value<'a>, Malformed> {
    let flags = if len == 0 { None } else { marker(reader) };
    if flags.is_some() {
        // The marker is a key, and has a value to skip.
        reader.skip()?;
    }
    let count = len as usize - usize::from(flags.is_some());
    if count > reader.rest().len() / 2 {
        return Err(Malformed("truncated"));
    }
    let mut pairs = Vec::with_capacity(count);
    for _ in 0..count {
        let key = parse(reader, depth + 1, has_ends)?;
        if !matches!(
            key,
            Value::Integer(_) | Value::Unsigned(_) | Value::Particle(..) | Value::Binary(..)
        ) {
            return Err(Malformed("a map key must be an integer, text or bytes"));
        }
        pairs.push((key, parse(reader, depth + 1, has_ends)?));
    }
    let map = Value::Map { flags, pairs };
    // An argument is compared with as it is.
    if has_ends { Ok(map) } else { canonical(map) }
}

/// The form in which a value that was sent is stored. What expressions make keeps the headers and markers of its parts.
pub(crate) fn stored(value: Value<'_>) -> Result<Value<'_>, Malformed> {
    canonical(value).map(shortened)
}

/// The bits of a map's marker that are stored.
fn kept_order(flags: Option<u8>) -> Option<u8> {
    flags
        .map(|flags| flags & (order::ORDERED | order::BY_VALUE))
        .filter(|flags| *flags != 0)
}

/// The value with short headers for short bytes, and no more than the order in the markers of maps.
pub(crate) fn shortened(value: Value<'_>) -> Value<'_> {
    let pair = |(key, value)| (shortened(key), shortened(value));
    match value {
        Value::Binary(kind, data) if data.len() < SHORT => Value::Particle(kind, data),
        Value::List { flags, items } => Value::List {
            flags,
            items: items.into_iter().map(shortened).collect(),
        },
        Value::Map { flags, pairs } => Value::Map {
            flags: kept_order(flags),
            pairs: pairs.into_iter().map(pair).collect(),
        },
        other => other,
    }
}

/// The keys of every map in order.
fn canonical(value: Value<'_>) -> Result<Value<'_>, Malformed> {
    match value {
        Value::List { flags, items } => Ok(Value::List {
            flags,
            items: items.into_iter().map(canonical).collect::<Result<_, _>>()?,
        }),
        Value::Map { flags, pairs } => {
            let mut pairs: Vec<_> = pairs
                .into_iter()
                .map(|(key, value)| Ok((key, canonical(value)?)))
                .collect::<Result<_, _>>()?;
            if kept_order(flags).is_none() {
                pairs.sort_by(|left, right| compare(&left.0, &right.0));
            }
            // A map that claims to be ordered must be, and none has a key twice.
            if pairs
                .windows(2)
                .any(|pair| compare(&pair[0].0, &pair[1].0) != Ordering::Less)
            {
                return Err(Malformed("map keys repeat or are not in order"));
            }
            Ok(Value::Map { flags, pairs })
        }
        Value::Infinity | Value::Wildcard => Err(Malformed("an open end is no value")),
        other => Ok(other),
    }
}

/// A value, packed.
pub(crate) fn encode(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    let mut writer = Writer::new(out);
    match value {
        Value::Nil => writer.nil(),
        Value::Boolean(value) => writer.boolean(*value),
        Value::Integer(value) => writer.integer(*value),
        Value::Unsigned(value) => writer.unsigned(*value),
        Value::Float(value) => writer.float(*value),
        Value::Single(value) => writer.single(*value),
        Value::Particle(0, []) => writer.packed(&[0xa0]),
        Value::Particle(kind, data) => writer.text(*kind, data),
        Value::Binary(kind, data) => writer.bytes(*kind, data),
        Value::Wildcard => writer.packed(&[0xd4, 0xff, 0]),
        Value::Infinity => writer.packed(&[0xd4, 0xff, 1]),
        Value::List { flags, items } => {
            writer.list((items.len() + usize::from(flags.is_some())) as u32);
            if let Some(flags) = flags {
                writer.order(*flags);
            }
            items.iter().for_each(|item| write(item, out));
        }
        Value::Map { flags, pairs } => {
            writer.map((pairs.len() + usize::from(flags.is_some())) as u32);
            if let Some(flags) = flags {
                writer.order(*flags);
                writer.nil();
            }
            for (key, value) in pairs {
                write(key, out);
                write(value, out);
            }
        }
    }
}

fn float(value: &Value<'_>) -> f64 {
    match value {
        Value::Float(value) => *value,
        Value::Single(value) => f64::from(*value),
        _ => 0.0,
    }
}

/// The order of values across types.
fn rank(value: &Value<'_>) -> u8 {
    match value {
        Value::Nil => 0,
        Value::Boolean(_) => 1,
        Value::Integer(_) | Value::Unsigned(_) => 2,
        Value::Particle(particle::GEOJSON, _) | Value::Binary(particle::GEOJSON, _) => 8,
        Value::Particle(particle::STRING, _) | Value::Binary(particle::STRING, _) => 3,
        Value::Particle(..) | Value::Binary(..) => 6,
        Value::List { .. } => 4,
        Value::Map { .. } => 5,
        Value::Float(_) | Value::Single(_) => 7,
        Value::Infinity | Value::Wildcard => 9,
    }
}

/// Compares values as ordered lists and maps do.
pub(crate) fn compare(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Wildcard, _) | (_, Value::Wildcard) => Ordering::Equal,
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Unsigned(left), Value::Unsigned(right)) => left.cmp(right),
        (Value::Integer(_), Value::Unsigned(_)) => Ordering::Less,
        (Value::Unsigned(_), Value::Integer(_)) => Ordering::Greater,
        (Value::Float(_) | Value::Single(_), Value::Float(_) | Value::Single(_)) => {
            float(left).total_cmp(&float(right))
        }
        (
            Value::Particle(_, left_data) | Value::Binary(_, left_data),
            Value::Particle(_, right_data) | Value::Binary(_, right_data),
        ) => rank(left)
            .cmp(&rank(right))
            .then_with(|| left_data.cmp(right_data)),
        (Value::List { items: left, .. }, Value::List { items: right, .. }) => left
            .iter()
            .zip(right)
            .find_map(|pair| match pair {
                (Value::Wildcard, _) | (_, Value::Wildcard) => Some(Ordering::Equal),
                (left, right) => Some(compare(left, right)).filter(|order| order.is_ne()),
            })
            .unwrap_or_else(|| left.len().cmp(&right.len())),
        (Value::Map { pairs: left, .. }, Value::Map { pairs: right, .. }) => {
            left.len().cmp(&right.len()).then_with(|| {
                left.iter()
                    .zip(right)
                    .map(|(left, right)| {
                        compare(&left.0, &right.0).then_with(|| compare(&left.1, &right.1))
                    })
                    .find(|order| order.is_ne())
                    .unwrap_or(Ordering::Equal)
            })
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_keys_are_sorted_at_every_depth() {
        let map = [
            0x81, 0xa2, 3, b'k', 0x82, 0xa2, 3, b'b', 1, 0xa2, 3, b'a', 2,
        ];
        let sorted = [
            0x81, 0xa2, 3, b'k', 0x82, 0xa2, 3, b'a', 2, 0xa2, 3, b'b', 1,
        ];
        assert_eq!(stored_map(&map).unwrap(), sorted);
    }

    #[test]
    fn numbers_and_text_become_canonical() {
        assert_eq!(
            stored_list(&[0x92, 0xcc, 5, 0xd3, 0, 0, 0, 0, 0, 0, 0, 7]).unwrap(),
            [0x92, 5, 7]
        );
        assert_eq!(
            stored_list(&[0x91, 0xd9, 2, 3, b'a']).unwrap(),
            [0x91, 0xa2, 3, b'a']
        );
        assert_eq!(
            stored_list(&[0x91, 0xc4, 2, 4, b'a']).unwrap(),
            [0x91, 0xa2, 4, b'a']
        );
        assert_eq!(stored_list(&[0x91, 0xa0]).unwrap(), [0x91, 0xa0]);
    }

    #[test]
    fn order_flags_are_checked_and_reduced() {
        assert_eq!(
            stored_map(&[0x82, 0xc7, 0, 0x11, 0xc0, 1, 1]).unwrap(),
            [0x82, 0xc7, 0, 1, 0xc0, 1, 1]
        );
        assert_eq!(
            stored_map(&[0x83, 0xc7, 0, 8, 0xc0, 2, 1, 1, 1]).unwrap(),
            [0x82, 1, 1, 2, 1]
        );
        assert!(stored_map(&[0x83, 0xc7, 0, 1, 0xc0, 2, 1, 1, 1]).is_err());
        assert!(stored_list(&[0x93, 0xc7, 0, 1, 2, 1]).is_err());
        assert_eq!(
            stored_list(&[0x91, 0xc7, 0, 1]).unwrap(),
            [0x91, 0xc7, 0, 1]
        );
    }

    #[test]
    fn what_no_server_stores_is_refused() {
        assert!(stored_map(&[0x82, 1, 1, 1, 2]).is_err());
        assert!(stored_map(&[0x81, 0xc0, 1]).is_err());
        assert!(stored_map(&[0x81, 0xc3, 1]).is_err());
        assert!(stored_map(&[0x81, 0x90, 1]).is_err());
        assert!(stored_list(&[0x91, 0xd4, 0xff, 0]).is_err());
        assert!(stored_list(&[0x90, 0]).is_err());
        assert!(stored_list(&[0x80]).is_err());
        assert!(stored_list(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(stored_map(&[0xdf, 0xff, 0xff, 0xff, 0xff]).is_err());
    }
}
