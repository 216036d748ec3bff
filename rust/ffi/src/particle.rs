//! Particles: a value's type and its bytes as on the wire.

use aerospike_core::{FloatValue, Value};
use aerospike_wire::msgpack::Writer;
use aerospike_wire::particle::{BLOB, BOOL, FLOAT, GEOJSON, HLL, INTEGER, LIST, MAP, NULL, STRING};

use crate::frame::{Malformed, Parsed};

/// Map order flag: by key.
const KEY_ORDERED: u8 = 1;
/// Map order flag: pairs in the order of an answer.
const PAIR_ORDERED: u8 = 8;

/// What stands before GeoJSON on the wire: flags, and that no cells follow.
pub(crate) const GEOJSON_HEADER: [u8; 3] = [0; 3];

/// A particle of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Particle<'a> {
    pub(crate) kind: u8,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Particle<'a> {
    pub(crate) fn new(kind: u8, bytes: &'a [u8]) -> Parsed<Self> {
        // The rest is the server's to judge: what it once stored can be written back, whatever its type and length.
        if kind == NULL && !bytes.is_empty() {
            return Err(Malformed);
        }
        Ok(Self { kind, bytes })
    }

    /// The value core writes. The bytes are on the wire's form already, so core passes them through; only GeoJSON gets
    /// a header: core adds it to what is text.
    #[must_use]
    pub(crate) fn to_core(self) -> Value {
        match (self.kind, std::str::from_utf8(self.bytes)) {
            (NULL, _) => Value::Nil,
            (GEOJSON, Ok(text)) => Value::GeoJson(text.to_owned()),
            (GEOJSON, Err(_)) => Value::Unknown(GEOJSON, [&GEOJSON_HEADER, self.bytes].concat()),
            (kind, _) => Value::Unknown(kind, self.bytes.to_vec()),
        }
    }
}

/// Appends a value that core read: type, length, bytes.
pub(crate) fn push(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Int(value) => push_raw(out, INTEGER, &value.to_be_bytes()),
        Value::Float(value) => push_raw(out, FLOAT, &f64::from(value).to_be_bytes()),
        Value::Bool(value) => push_raw(out, BOOL, &[u8::from(*value)]),
        Value::String(text) => push_raw(out, STRING, text.as_bytes()),
        Value::GeoJson(text) => push_raw(out, GEOJSON, text.as_bytes()),
        Value::Blob(bytes) => push_raw(out, BLOB, bytes),
        Value::Hll(bytes) => push_raw(out, HLL, bytes),
        Value::Unknown(kind, bytes) => push_raw(out, *kind, bytes),
        Value::List(_) | Value::MultiResult(_) => push_packed(out, LIST, value),
        Value::HashMap(_) | Value::OrderedMap(_) | Value::SortedMap(_) | Value::KeyValueList(_) => {
            push_packed(out, MAP, value);
        }
        _ => push_raw(out, NULL, &[]),
    }
}

/// Appends a value by its type and bytes, or that there is none.
pub(crate) fn push_or_null(out: &mut Vec<u8>, value: Option<(u8, &[u8])>) {
    let (kind, bytes) = value.unwrap_or((NULL, &[]));
    push_raw(out, kind, bytes);
}

/// Appends type, length and bytes.
pub(crate) fn push_raw(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    out.push(kind);
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
}

fn push_packed(out: &mut Vec<u8>, kind: u8, value: &Value) {
    out.push(kind);
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    pack(out, value);
    let length = (out.len() - length_at - 4) as u32;
    out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
}

/// Packs a value as it stood in its list or map: core decodes every collection, and callers want the bytes.
pub(crate) fn pack(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Nil => Writer::new(out).nil(),
        Value::Bool(value) => Writer::new(out).boolean(*value),
        Value::Int(value) => Writer::new(out).integer(*value),
        Value::Float(FloatValue::F32(bits)) => {
            out.push(0xca);
            out.extend_from_slice(&bits.to_be_bytes());
        }
        Value::Float(value) => Writer::new(out).float(value.into()),
        Value::String(text) => Writer::new(out).text(STRING, text.as_bytes()),
        Value::GeoJson(text) => Writer::new(out).text(GEOJSON, text.as_bytes()),
        Value::Blob(bytes) => Writer::new(out).bytes(BLOB, bytes),
        Value::Hll(bytes) => Writer::new(out).bytes(HLL, bytes),
        Value::Unknown(kind, bytes) => Writer::new(out).bytes(*kind, bytes),
        Value::List(list) | Value::MultiResult(list) => {
            Writer::new(out).list(list.len() as u32);
            list.iter().for_each(|item| pack(out, item));
        }
        Value::HashMap(map) => pack_pairs(out, None, map.len(), map.iter()),
        Value::OrderedMap(map) => pack_pairs(out, None, map.len(), map.iter()),
        Value::SortedMap(map) => pack_pairs(out, Some(KEY_ORDERED), map.len(), map.iter()),
        Value::KeyValueList(pairs) => {
            pack_pairs(
                out,
                Some(PAIR_ORDERED),
                pairs.len(),
                pairs.iter().map(|(key, value)| (key, value)),
            );
        }
        Value::Infinity => Writer::new(out).packed(&[0xd4, 0xff, 0x01]),
        Value::Wildcard => Writer::new(out).packed(&[0xd4, 0xff, 0x00]),
        // A value of a later core that this code does not know.
        _ => Writer::new(out).nil(),
    }
}

fn pack_pairs<'v>(
    out: &mut Vec<u8>,
    order: Option<u8>,
    length: usize,
    pairs: impl Iterator<Item = (&'v Value, &'v Value)>,
) {
    let mut writer = Writer::new(out);
    // The order stands as a first pair: an extension and nil.
    writer.map((length + usize::from(order.is_some())) as u32);
    if let Some(flags) = order {
        writer.order(flags);
        writer.nil();
    }
    for (key, value) in pairs {
        pack(out, key);
        pack(out, value);
    }
}
