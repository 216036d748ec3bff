//! An operation as it is sent: `[verb, arguments…]`, or `[0xff, [step, value, …], [verb, arguments…]]` with a path.

use super::context::Step;
use crate::command::{Code, wire};
use crate::container::{self, Value};
use aerospike_wire::msgpack::{Reader, Token};
use aerospike_wire::result_code::code;

const INVALID: Code = wire(code::REQUEST_INVALID);
/// In place of a verb: a path and an operation follow.
const WITH_PATH: i64 = 0xff;
/// A parsed operation.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    /// From the bin's value to the list or map that is meant.
    pub(super) path: Vec<Step<'a>>,
    /// Negative for what no operation has.
    pub(super) verb: i64,
    pub(super) arguments: Arguments<'a>,
}

impl<'a> Call<'a> {
    pub(super) fn parse(packed: &'a [u8]) -> Result<Self, Code> {
        let mut reader = Reader::new(packed);
        let mut left = list(&mut reader)?;
        let mut first = integer(&mut reader)?;
        let mut path = Vec::new();
        if first == WITH_PATH {
            if left != 3 {
                return Err(INVALID);
            }
            path = steps(&mut reader)?;
            left = list(&mut reader)?;
            first = integer(&mut reader)?;
        }
        let arguments = Arguments::parse(&mut reader, left - 1)?;
        if !reader.rest().is_empty() {
            return Err(INVALID);
        }
        Ok(Self {
            path,
            verb: first,
            arguments,
        })
    }
}

fn steps<'a>(reader: &mut Reader<'a>) -> Result<Vec<Step<'a>>, Code> {
    let len = list(reader)?;
    if len == 0 || len % 2 != 0 {
        return Err(INVALID);
    }
    (0..len / 2)
        .map(|_| {
            let tag = integer(reader)?;
            let value = container::argument(reader).map_err(|_| INVALID)?;
            Ok(Step::new(tag, container::shortened(value)))
        })
        .collect()
}

fn list(reader: &mut Reader<'_>) -> Result<u32, Code> {
    match reader.token() {
        Ok(Token::List(len)) if len > 0 => Ok(len),
        _ => Err(INVALID),
    }
}

fn integer(reader: &mut Reader<'_>) -> Result<i64, Code> {
    match reader.token() {
        Ok(Token::Integer(value)) => Ok(value),
        _ => Err(INVALID),
    }
}

/// What follows the verb, taken one by one.
#[derive(Clone, Debug)]
pub(crate) struct Arguments<'a>(std::vec::IntoIter<Value<'a>>);

impl<'a> Arguments<'a> {
    pub(crate) fn parse(reader: &mut Reader<'a>, count: u32) -> Result<Self, Code> {
        let arguments: Result<Vec<_>, _> =
            (0..count).map(|_| container::argument(reader)).collect();
        Ok(Self(arguments.map_err(|_| INVALID)?.into_iter()))
    }

    pub(crate) fn value(&mut self) -> Result<Value<'a>, Code> {
        self.0.next().ok_or(INVALID)
    }

    pub(crate) fn optional_value(&mut self) -> Option<Value<'a>> {
        self.0.next()
    }

    pub(crate) fn integer(&mut self) -> Result<i64, Code> {
        self.optional_integer()?.ok_or(INVALID)
    }

    pub(crate) fn optional_integer(&mut self) -> Result<Option<i64>, Code> {
        match self.0.next() {
            None => Ok(None),
            Some(Value::Integer(value)) => Ok(Some(value)),
            // The bits are kept, as everywhere in a server's integers.
            Some(Value::Unsigned(value)) => Ok(Some(value as i64)),
            Some(_) => Err(INVALID),
        }
    }

    /// A value that is to be stored, which no open end can be.
    pub(super) fn stored_value(&mut self) -> Result<Value<'a>, Code> {
        self.value().and_then(storable)
    }

    /// Values that are to be stored.
    pub(super) fn stored_list(&mut self) -> Result<Vec<Value<'a>>, Code> {
        self.list()?.into_iter().map(storable).collect()
    }

    /// Bits, none of them when absent.
    pub(crate) fn flags(&mut self) -> Result<u64, Code> {
        Ok(self.optional_integer()?.unwrap_or(0) as u64)
    }

    pub(crate) fn list(&mut self) -> Result<Vec<Value<'a>>, Code> {
        match self.value()? {
            Value::List { items, .. } => Ok(items),
            _ => Err(INVALID),
        }
    }

    /// Whether there is a list or map with elements among them.
    pub(super) fn have_elements(&self) -> bool {
        self.0.as_slice().iter().any(|argument| match argument {
            Value::List { items, .. } => !items.is_empty(),
            Value::Map { pairs, .. } => !pairs.is_empty(),
            _ => false,
        })
    }

    /// An operation takes no more than it knows.
    pub(crate) fn end(&mut self) -> Result<(), Code> {
        match self.0.next() {
            None => Ok(()),
            Some(_) => Err(INVALID),
        }
    }
}

fn storable(value: Value<'_>) -> Result<Value<'_>, Code> {
    container::stored(value).map_err(|_| INVALID)
}
