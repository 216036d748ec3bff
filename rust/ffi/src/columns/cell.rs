//! From a value to the bytes of a cell.

use super::Reason;
use super::element::{Element, Number, with_number};
use super::schema::{Shape, Spec};
use super::value::{Value, elements};

fn convert<N: Number>(value: Value<'_>) -> Result<N, Reason> {
    match value {
        Value::Integer(value) => N::from_integer(value),
        Value::Unsigned(value) => N::from_double(value as f64),
        Value::Double(value) => N::from_double(value),
        Value::Boolean(value) => N::from_boolean(value),
        _ => Err(Reason::WrongType),
    }
}

/// Writes a cell of a fixed width. After an error it holds anything.
pub(super) fn put(spec: &Spec<'_>, value: Value<'_>, cell: &mut [u8]) -> Result<(), Reason> {
    match spec.shape {
        Shape::Scalar => with_number!(
            spec.element,
            N => convert::<N>(value).map(|number| number.put(cell)),
            Err(Reason::WrongType)
        ),
        _ => with_number!(spec.element, N => vector::<N>(value, cell), Err(Reason::WrongType)),
    }
}

fn vector<N: Number>(value: Value<'_>, cell: &mut [u8]) -> Result<(), Reason> {
    let length = |actual: usize, wanted: usize| match actual.cmp(&wanted) {
        std::cmp::Ordering::Less => Err(Reason::Short),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(Reason::Long),
    };
    match value {
        Value::Blob(bytes) => {
            length(bytes.len(), cell.len())?;
            N::check(bytes)?;
            cell.copy_from_slice(bytes);
            Ok(())
        }
        Value::List(packed) => {
            let (count, mut reader) = elements(packed)?;
            length(count, cell.len() / N::SIZE)?;
            for element in cell.chunks_exact_mut(N::SIZE) {
                convert::<N>(Value::next(&mut reader)?)?.put(element);
            }
            Ok(())
        }
        _ => Err(Reason::WrongType),
    }
}

/// Appends a cell of any width. After an error it has appended anything.
pub(super) fn push(spec: &Spec<'_>, value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    match (spec.element, value) {
        (Element::Text, Value::Text(bytes)) => {
            std::str::from_utf8(bytes).map_err(|_| Reason::NotUtf8)?;
            out.extend_from_slice(bytes);
            Ok(())
        }
        (Element::Blob, Value::Blob(bytes)) => {
            out.extend_from_slice(bytes);
            Ok(())
        }
        _ => with_number!(spec.element, N => ragged::<N>(value, out), Err(Reason::WrongType)),
    }
}

fn ragged<N: Number>(value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Reason> {
    match value {
        Value::Blob(bytes) if bytes.len() % N::SIZE != 0 => Err(Reason::Partial),
        Value::Blob(bytes) => {
            N::check(bytes)?;
            out.extend_from_slice(bytes);
            Ok(())
        }
        Value::List(packed) => {
            let (count, mut reader) = elements(packed)?;
            // An element has at least a byte, so a false count ends before it costs memory.
            if count > reader.rest().len() {
                return Err(Reason::Malformed);
            }
            let start = out.len();
            out.resize(start + count * N::SIZE, 0);
            for element in out[start..].chunks_exact_mut(N::SIZE) {
                convert::<N>(Value::next(&mut reader)?)?.put(element);
            }
            Ok(())
        }
        _ => Err(Reason::WrongType),
    }
}
