//! The schema of a frame: what each column takes from a record.

use super::element::{Bool, Element, Number, with_number};
use crate::frame::{Cursor, Malformed, Parsed};

/// A vector of no fixed width.
const RAGGED: u32 = u32::MAX;

/// The encoded columns of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema<'a>(u16, &'a [u8]);

/// How many elements a cell has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar,
    Vector(u32),
    /// Any number.
    Ragged,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec<'a> {
    pub(super) bin: &'a str,
    pub(super) element: Element,
    pub(super) shape: Shape,
    pub(super) path: Path<'a>,
    /// What a cell without a value holds; of its bytes, as many as the element has.
    pub(super) fill: Option<[u8; 8]>,
}

/// The keys that lead from a bin's map to the value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a>(u8, &'a [u8]);

impl<'a> Path<'a> {
    fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let count = cursor.u8()?;
        let names = cursor.span(|cursor| (0..count).try_for_each(|_| cursor.name().map(drop)))?;
        Ok(Self(count, names))
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn names(self) -> impl Iterator<Item = &'a str> {
        let mut cursor = Cursor::new(self.1);
        (0..self.0).map_while(move |_| cursor.name().ok())
    }
}

impl<'a> Schema<'a> {
    /// Reads the columns; one that cannot be is malformed.
    pub(crate) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let count = cursor.u16()?;
        if count == 0 {
            return Err(Malformed);
        }
        let bytes =
            cursor.span(|cursor| (0..count).try_for_each(|_| Spec::parse(cursor).map(drop)))?;
        Ok(Self(count, bytes))
    }

    pub(super) fn columns(self) -> impl Iterator<Item = Spec<'a>> {
        let mut cursor = Cursor::new(self.1);
        (0..self.0).map_while(move |_| Spec::parse(&mut cursor).ok())
    }
}

impl<'a> Spec<'a> {
    fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let bin = cursor.name()?;
        let element = Element::parse(cursor.u8()?)?;
        let shape = match cursor.u32()? {
            0 => Shape::Scalar,
            RAGGED => Shape::Ragged,
            width => Shape::Vector(width),
        };
        let path = Path::parse(cursor)?;
        let fill = match cursor.u8()? {
            0 => None,
            1 => Some(*cursor.array::<8>()?),
            _ => return Err(Malformed),
        };
        let is_number = element.size().is_some();
        let bad_shape = !is_number && shape != Shape::Scalar;
        let bad_fill = fill.is_some_and(|fill| {
            !is_number
                || shape == Shape::Ragged
                || (element == Element::Bool && Bool::check(&fill[..1]).is_err())
        });
        if bad_shape || bad_fill {
            return Err(Malformed);
        }
        Ok(Self {
            bin,
            element,
            shape,
            path,
            fill,
        })
    }

    /// The bytes of a cell, where all cells have as many.
    pub(super) fn stride(&self) -> Option<u64> {
        let size = self.element.size()? as u64;
        match self.shape {
            Shape::Scalar => Some(size),
            Shape::Vector(width) => Some(size * u64::from(width)),
            Shape::Ragged => None,
        }
    }

    /// One element of a cell without a value.
    pub(super) fn default_element(&self) -> [u8; 8] {
        self.fill.unwrap_or_else(|| {
            let mut bytes = [0; 8];
            with_number!(self.element, N => N::DEFAULT.put(&mut bytes[..N::SIZE]), ());
            bytes
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(element: u8, width: u32, fill: &[u8]) -> Vec<u8> {
        let mut out = vec![1, 0, 1, b'b', element];
        out.extend_from_slice(&width.to_le_bytes());
        out.push(0);
        out.extend_from_slice(fill);
        out
    }

    fn is_accepted(bytes: &[u8]) -> bool {
        Schema::parse(&mut Cursor::new(bytes)).is_ok()
    }

    #[test]
    fn what_cannot_be_is_malformed() {
        let fill = |byte: u8| [1, byte, 0, 0, 0, 0, 0, 0, 0];
        assert!(!is_accepted(&[0, 0]), "no column");
        for element in 1..=13 {
            let is_number = element <= 11;
            assert!(is_accepted(&column(element, 0, &[0])));
            assert_eq!(is_accepted(&column(element, 7, &[0])), is_number);
            assert_eq!(is_accepted(&column(element, RAGGED, &[0])), is_number);
            assert_eq!(is_accepted(&column(element, 0, &fill(1))), is_number);
            assert!(!is_accepted(&column(element, RAGGED, &fill(1))));
            assert!(!is_accepted(&column(element, 0, &[2])));
        }
        assert!(!is_accepted(&column(0, 0, &[0])));
        assert!(!is_accepted(&column(14, 0, &[0])));
        assert!(!is_accepted(&column(11, 0, &fill(2))), "a boolean of 2");
        let whole = column(1, 0, &fill(1));
        for cut in 0..whole.len() {
            assert!(!is_accepted(&whole[..cut]), "cut at {cut}");
        }
    }
}
