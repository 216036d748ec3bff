//! Values of functions: Lua's own, and what has a type of Aerospike's. Lists, maps and bytes are shared, as in Lua.

use super::buffer::Buffer;
use crate::container;
use aerospike_wire::msgpack::{Writer, order};
use aerospike_wire::particle;
use mlua::{Lua, Result};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A list may be in itself: then what is deeper is nil.
pub(super) const MAX_DEPTH: usize = 200;
const GEOJSON_HEADER: [u8; 3] = [0; 3];

/// A value.
#[derive(Clone)]
pub(super) enum Value {
    Nil,
    Boolean(bool),
    Integer(i64),
    Double(f64),
    Text(Vec<u8>),
    Bytes(Bytes),
    List(List),
    Map(Map),
    GeoJson(GeoJson),
}

/// A key of a map; other values are none.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Integer(i64),
    Text(Vec<u8>),
    Bytes(u8, Vec<u8>),
}

/// A list, and whether it is stored in order.
#[derive(Clone, Default)]
pub(super) struct List(pub(super) Rc<RefCell<Vec<Value>>>, bool);

/// A map, and the flags of the order that it is stored in.
#[derive(Clone, Default)]
pub(super) struct Map(pub(super) Rc<RefCell<BTreeMap<Key, Value>>>, Option<u8>);

/// Bytes.
#[derive(Clone)]
pub(super) struct Bytes(pub(super) Rc<RefCell<Buffer>>);

/// GeoJSON, its text.
#[derive(Clone)]
pub(super) struct GeoJson(pub(super) Vec<u8>);

impl List {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(Rc::new(RefCell::new(values)), false)
    }
}

impl Map {
    pub(super) fn new(pairs: BTreeMap<Key, Value>) -> Self {
        Self(Rc::new(RefCell::new(pairs)), None)
    }
}

impl Bytes {
    pub(super) fn new(buffer: Buffer) -> Self {
        Self(Rc::new(RefCell::new(buffer)))
    }
}

impl Key {
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => Some(Self::Integer(*value)),
            Value::Text(text) => Some(Self::Text(text.clone())),
            Value::Bytes(bytes) => {
                let bytes = bytes.0.borrow();
                Some(Self::Bytes(bytes.kind, bytes.content().to_vec()))
            }
            _ => None,
        }
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Integer(value) => Value::Integer(*value),
            Self::Text(text) => Value::Text(text.clone()),
            Self::Bytes(kind, bytes) => Value::Bytes(Bytes::new(Buffer::of(*kind, bytes))),
        }
    }
}

impl Value {
    /// A text ends at a NUL, on its way to Lua and back.
    fn text(bytes: &[u8]) -> Self {
        Self::Text(bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
    }

    /// What a bin or a message holds.
    pub(super) fn of_particle(kind: u8, data: &[u8]) -> Self {
        match kind {
            particle::NULL => Self::Nil,
            particle::INTEGER => data
                .try_into()
                .map_or(Self::Nil, |data| Self::Integer(i64::from_be_bytes(data))),
            particle::FLOAT => data
                .try_into()
                .map_or(Self::Nil, |data| Self::Double(f64::from_be_bytes(data))),
            particle::BOOL => Self::Boolean(data != [0]),
            particle::STRING => Self::text(data),
            particle::GEOJSON => Self::GeoJson(GeoJson(
                data.get(GEOJSON_HEADER.len()..)
                    .unwrap_or_default()
                    .to_vec(),
            )),
            particle::LIST | particle::MAP => {
                container::whole(data).map_or(Self::Nil, |value| Self::of(&value))
            }
            kind => Self::Bytes(Bytes::new(Buffer::of(kind, data))),
        }
    }

    /// What a list or a map holds.
    pub(super) fn of(value: &container::Value<'_>) -> Self {
        use container::Value as Packed;
        match value {
            Packed::Boolean(value) => Self::Boolean(*value),
            Packed::Integer(value) => Self::Integer(*value),
            Packed::Unsigned(value) => Self::Integer(*value as i64),
            Packed::Float(value) => Self::Double(*value),
            Packed::Single(value) => Self::Double(f64::from(*value)),
            Packed::Particle(particle::STRING | 0, data)
            | Packed::Binary(particle::STRING, data) => Self::text(data),
            Packed::Particle(particle::GEOJSON, data) | Packed::Binary(particle::GEOJSON, data) => {
                Self::GeoJson(GeoJson(data.to_vec()))
            }
            Packed::Particle(kind, data) | Packed::Binary(kind, data) => {
                Self::Bytes(Bytes::new(Buffer::of(*kind, data)))
            }
            Packed::List { items, flags } => {
                let values = items.iter().map(Self::of).collect();
                let is_ordered = flags.is_some_and(|flags| flags & order::ORDERED != 0);
                Self::List(List(Rc::new(RefCell::new(values)), is_ordered))
            }
            Packed::Map { pairs, flags } => {
                let pairs = pairs
                    .iter()
                    .filter_map(|(key, value)| Some((Key::of(&Self::of(key))?, Self::of(value))))
                    .collect();
                Self::Map(Map(Rc::new(RefCell::new(pairs)), *flags))
            }
            Packed::Nil | Packed::Infinity | Packed::Wildcard => Self::Nil,
        }
    }

    /// Type and data as a bin has them.
    pub(super) fn to_particle(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Nil => (particle::NULL, Vec::new()),
            Self::Boolean(value) => (particle::BOOL, vec![u8::from(*value)]),
            Self::Integer(value) => (particle::INTEGER, value.to_be_bytes().to_vec()),
            Self::Double(value) => (particle::FLOAT, value.to_be_bytes().to_vec()),
            Self::Text(text) => (particle::STRING, text.clone()),
            Self::GeoJson(GeoJson(text)) => {
                (particle::GEOJSON, [&GEOJSON_HEADER, &text[..]].concat())
            }
            Self::Bytes(bytes) => {
                let bytes = bytes.0.borrow();
                (bytes.kind, bytes.content().to_vec())
            }
            Self::List(_) | Self::Map(_) => {
                let mut out = Vec::new();
                self.pack(&mut out, 0);
                let kind = if matches!(self, Self::List(_)) {
                    particle::LIST
                } else {
                    particle::MAP
                };
                (kind, out)
            }
        }
    }

    /// Appends it as lists and maps hold it.
    pub(super) fn pack(&self, out: &mut Vec<u8>, depth: usize) {
        let mut writer = Writer::new(out);
        match self {
            Self::Nil => writer.nil(),
            _ if depth > MAX_DEPTH => writer.nil(),
            Self::Boolean(value) => writer.boolean(*value),
            Self::Integer(value) => writer.integer(*value),
            Self::Double(value) => writer.float(*value),
            Self::Text(text) => writer.text(particle::STRING, text),
            Self::GeoJson(GeoJson(text)) => writer.text(particle::GEOJSON, text),
            Self::Bytes(bytes) => {
                let bytes = bytes.0.borrow();
                writer.bytes(bytes.kind, bytes.content());
            }
            Self::List(List(values, is_ordered)) => {
                let values = values.borrow();
                writer.list((values.len() + usize::from(*is_ordered)) as u32);
                if *is_ordered {
                    writer.order(order::ORDERED);
                }
                let mut packed: Vec<_> = values
                    .iter()
                    .map(|value| {
                        let mut packed = Vec::new();
                        value.pack(&mut packed, depth + 1);
                        packed
                    })
                    .collect();
                if *is_ordered {
                    packed.sort_by(|left, right| in_order(left, right));
                }
                packed.iter().for_each(|value| out.extend_from_slice(value));
            }
            Self::Map(Map(pairs, flags)) => {
                let pairs = pairs.borrow();
                writer.map((pairs.len() + usize::from(flags.is_some())) as u32);
                if let Some(flags) = flags {
                    writer.order(*flags);
                    writer.nil();
                }
                for (key, value) in pairs.iter() {
                    key.to_value().pack(out, depth + 1);
                    value.pack(out, depth + 1);
                }
            }
        }
    }

    pub(super) fn to_lua(&self, lua: &Lua) -> Result<mlua::Value> {
        Ok(match self {
            Self::Nil => mlua::Value::Nil,
            Self::Boolean(value) => mlua::Value::Boolean(*value),
            Self::Integer(value) => mlua::Value::Integer(*value),
            Self::Double(value) => mlua::Value::Number(*value),
            Self::Text(text) => mlua::Value::String(lua.create_string(text)?),
            Self::Bytes(bytes) => mlua::Value::UserData(lua.create_userdata(bytes.clone())?),
            Self::List(list) => mlua::Value::UserData(lua.create_userdata(list.clone())?),
            Self::Map(map) => mlua::Value::UserData(lua.create_userdata(map.clone())?),
            Self::GeoJson(text) => mlua::Value::UserData(lua.create_userdata(text.clone())?),
        })
    }

    /// Nothing where Lua's value is none of Aerospike's: a table, a function, the record.
    pub(super) fn of_lua(value: &mlua::Value) -> Option<Self> {
        Some(match value {
            mlua::Value::Nil => Self::Nil,
            mlua::Value::Boolean(value) => Self::Boolean(*value),
            mlua::Value::Integer(value) => Self::Integer(*value),
            mlua::Value::Number(value) => Self::Double(*value),
            mlua::Value::String(text) => Self::text(&text.as_bytes()),
            mlua::Value::UserData(data) => {
                if let Ok(list) = data.borrow::<List>() {
                    Self::List(list.clone())
                } else if let Ok(map) = data.borrow::<Map>() {
                    Self::Map(map.clone())
                } else if let Ok(bytes) = data.borrow::<Bytes>() {
                    Self::Bytes(bytes.clone())
                } else {
                    Self::GeoJson(data.borrow::<GeoJson>().ok()?.clone())
                }
            }
            _ => return None,
        })
    }
}

fn in_order(left: &[u8], right: &[u8]) -> Ordering {
    match (container::whole(left), container::whole(right)) {
        (Ok(left), Ok(right)) => container::compare(&left, &right),
        _ => Ordering::Equal,
    }
}
