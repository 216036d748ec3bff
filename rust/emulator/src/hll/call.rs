//! Arguments of operations, `[verb, arguments…]`.

use super::sketch::{Shape, Sketch};
use crate::collection::Arguments;
use crate::command::{Code, wire};
use crate::container::{self, Value};
use aerospike_wire::msgpack::{Reader, Token};
use aerospike_wire::result_code::code;

pub(super) const INVALID: Code = wire(code::REQUEST_INVALID);

/// Bits of how a change is to be made.
pub(super) mod flags {
    pub(in crate::hll) const CREATE_ONLY: u64 = 1;
    pub(in crate::hll) const UPDATE_ONLY: u64 = 2;
    pub(in crate::hll) const NO_FAIL: u64 = 4;
    pub(in crate::hll) const ALLOW_FOLD: u64 = 8;
}

/// The verb, and a reader of its arguments and their number. Bytes behind the operation are of no meaning.
pub(super) fn verb(packed: &[u8]) -> Result<(i64, Reader<'_>, u32), Code> {
    let mut reader = Reader::new(packed);
    match (reader.token(), reader.token()) {
        (Ok(Token::List(len @ 1..)), Ok(Token::Integer(verb))) => Ok((verb, reader, len - 1)),
        _ => Err(INVALID),
    }
}

/// Flags, of which only some have a meaning for an operation.
pub(super) fn flags(arguments: &mut Arguments<'_>, allowed: u64) -> Result<u64, Code> {
    const NEVER: u64 = flags::CREATE_ONLY | flags::UPDATE_ONLY;
    match arguments.flags()? {
        flags if flags & !allowed != 0 || flags & NEVER == NEVER => Err(INVALID),
        flags => Ok(flags),
    }
}

/// The bits of index and minhash that an operation asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    index_bits: Option<u8>,
    minhash_bits: Option<u8>,
}

impl Wanted {
    pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Self, Code> {
        let wanted = Self {
            index_bits: bits(arguments.optional_integer()?)?,
            minhash_bits: bits(arguments.optional_integer()?)?,
        };
        // What is not asked for makes nothing invalid.
        let shape = Shape {
            index_bits: wanted.index_bits.unwrap_or(4),
            minhash_bits: wanted.minhash_bits.unwrap_or(0),
        };
        if shape.is_valid() {
            Ok(wanted)
        } else {
            Err(INVALID)
        }
    }

    /// The shape, with what was not asked for as an old sketch has it.
    pub(super) fn shape(self, old: Option<Shape>) -> Option<Shape> {
        let shape = Shape {
            index_bits: self.index_bits.or(old.map(|old| old.index_bits))?,
            minhash_bits: self
                .minhash_bits
                .or(old.map(|old| old.minhash_bits))
                .unwrap_or(0),
        };
        Some(shape).filter(|shape| shape.is_valid())
    }
}

/// Bits, or -1 for as many as there are.
fn bits(argument: Option<i64>) -> Result<Option<u8>, Code> {
    match argument {
        None | Some(-1) => Ok(None),
        Some(bits) => u8::try_from(bits).map(Some).map_err(|_| INVALID),
    }
}

/// Values to hash, in the form in which a server hashes them.
pub(super) fn values(arguments: &mut Arguments<'_>) -> Result<Vec<Vec<u8>>, Code> {
    let values = arguments.list()?;
    let holds = |value: &Value<'_>| matches!(value, Value::List { .. } | Value::Map { .. });
    if values.is_empty() || values.iter().any(holds) {
        return Err(INVALID);
    }
    let packed = |value| container::encode(&container::shortened(value));
    Ok(values.into_iter().map(packed).collect())
}

/// One or more sketches.
pub(super) fn sketches(arguments: &mut Arguments<'_>) -> Result<Vec<Sketch>, Code> {
    let values = match arguments.value()? {
        Value::List { items, .. } => items,
        single => vec![single],
    };
    if values.is_empty() {
        return Err(INVALID);
    }
    let sketch = |value: &Value<'_>| match value {
        Value::Particle(_, data) | Value::Binary(_, data) => Sketch::parse(data).ok_or(INVALID),
        _ => Err(INVALID),
    };
    values.iter().map(sketch).collect()
}
