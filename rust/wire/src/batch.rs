//! The batch field: `u32 rows, u8 flags`, then per row `u32 index, digest, u8 row flags` and, unless the row repeats the
//! one before it, its own attributes, fields and operations.

use crate::message::Header;
use crate::operation::{Operation, Operations};
use crate::request::Fields;
use crate::{Cursor, Digest, Malformed};

/// The rows may be answered on the thread that read the request.
pub const ALLOW_INLINE: u8 = 1;
/// The same for namespaces on SSD.
pub const ALLOW_INLINE_SSD: u8 = 1 << 1;
/// Failed rows do not end the batch.
pub const RESPOND_ALL_KEYS: u8 = 1 << 2;
/// When a row ends the batch, its own code and index are sent.
pub const ROW_ERRORS: u8 = 1 << 3;

/// Row flag: as the row before.
pub const REPEAT: u8 = 1;
/// Row flag: three info bytes follow.
pub const INFO: u8 = 1 << 1;
/// Row flag: a generation (u16) follows.
pub const GENERATION: u8 = 1 << 2;
/// Row flag: a time to live (u32) follows.
pub const TTL: u8 = 1 << 3;
/// Row flag: the fourth info byte follows.
pub const INFO4: u8 = 1 << 4;

/// What a row asks for; repeated rows share it.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    /// Info bits, generation and ttl, as in a single command's header.
    pub header: Header,
    /// Namespace, set, key, filter.
    pub fields: Fields<'a>,
    /// Operations, already checked.
    pub operations: Operations<'a>,
    /// Tells sets of attributes apart: rows with the same number share them.
    pub number: u32,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Index, which the answer repeats.
    pub index: u32,
    /// The key's digest.
    pub digest: Digest,
    /// What is asked for.
    pub attributes: Attributes<'a>,
}

/// Iterates over the rows of a batch field.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    cursor: Cursor<'a>,
    left: u32,
    /// Bits such as [`RESPOND_ALL_KEYS`].
    pub flags: u8,
    /// Bits of the message's header that rows of the old form inherit.
    info1: u8,
    last: Option<Attributes<'a>>,
}

impl<'a> Rows<'a> {
    /// Starts on the data of a batch field of a message with `header`.
    ///
    /// # Errors
    /// When the field is too short for the rows that it announces.
    pub fn parse(data: &'a [u8], header: &Header) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(data);
        let left = cursor.u32()?;
        let flags = cursor.u8()?;
        if (left as usize).saturating_mul(25) > cursor.rest().len() {
            return Err(Malformed("fewer batch rows than announced"));
        }
        Ok(Self {
            cursor,
            left,
            flags,
            info1: header.info1,
            last: None,
        })
    }

    /// Rows that are left.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.left
    }

    /// True when no row is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    fn row(&mut self) -> Result<Row<'a>, Malformed> {
        let index = self.cursor.u32()?;
        let digest = self.cursor.array()?;
        let flags = self.cursor.u8()?;
        if flags & REPEAT == 0 {
            self.last = Some(self.attributes(flags)?);
        }
        let attributes = self.last.ok_or(Malformed("the first batch row repeats"))?;
        Ok(Row {
            index,
            digest,
            attributes,
        })
    }

    fn attributes(&mut self, flags: u8) -> Result<Attributes<'a>, Malformed> {
        let cursor = &mut self.cursor;
        let mut header = Header {
            info1: self.info1,
            ..Header::default()
        };
        if flags & !REPEAT == 0 {
            // Clients of servers before 6.0 sent one byte of attributes.
            header.info1 = cursor.u8()?;
        } else {
            if flags & INFO != 0 {
                [header.info1, header.info2, header.info3] = cursor.array()?;
            }
            if flags & INFO4 != 0 {
                header.info4 = cursor.u8()?;
            }
            if flags & GENERATION != 0 {
                header.generation = u32::from(cursor.u16()?);
            }
            if flags & TTL != 0 {
                header.ttl = cursor.u32()?;
            }
        }
        header.fields = cursor.u16()?;
        header.operations = cursor.u16()?;
        let fields = Fields::parse(cursor, header.fields)?;
        let start = cursor.rest();
        for _ in 0..header.operations {
            Operation::parse(cursor)?;
        }
        let operations = Operations::new(
            &start[..start.len() - cursor.rest().len()],
            header.operations,
        );
        let number = self.last.map_or(0, |last| last.number + 1);
        Ok(Attributes {
            header,
            fields,
            operations,
            number,
        })
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let row = self.row();
        if row.is_err() {
            self.left = 0;
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{self, Field};

    fn sample() -> Vec<u8> {
        let mut data = vec![0, 0, 0, 2, RESPOND_ALL_KEYS];
        data.extend_from_slice(&[0, 0, 0, 5]);
        data.extend_from_slice(&[1; 20]);
        data.push(INFO | GENERATION | TTL);
        data.extend_from_slice(&[3, 1, 0, 0, 9, 0, 0, 0, 60, 0, 2, 0, 0]);
        Field {
            kind: field::NAMESPACE,
            data: b"test",
        }
        .write(&mut data);
        Field {
            kind: field::SET,
            data: b"set",
        }
        .write(&mut data);
        data.extend_from_slice(&[0, 0, 0, 6]);
        data.extend_from_slice(&[2; 20]);
        data.push(REPEAT);
        data
    }

    #[test]
    fn repeated_rows_share_attributes() {
        let data = sample();
        let rows: Vec<_> = Rows::parse(&data, &Header::default())
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!((rows[0].index, rows[1].index), (5, 6));
        assert_eq!(rows[1].digest, [2; 20]);
        assert_eq!(rows[1].attributes.header.generation, 9);
        assert_eq!(rows[1].attributes.header.ttl, 60);
        assert_eq!(rows[1].attributes.fields.set, Some(&b"set"[..]));
    }

    #[test]
    fn truncated_batches_are_errors() {
        let data = sample();
        for len in 0..data.len() {
            let ok = Rows::parse(&data[..len], &Header::default())
                .is_ok_and(|mut rows| rows.all(|row| row.is_ok()));
            assert!(!ok);
        }
        // A first row that repeats has nothing to repeat.
        let mut data = vec![0, 0, 0, 1, 0];
        data.extend_from_slice(&[0; 24]);
        data.push(REPEAT);
        assert!(
            Rows::parse(&data, &Header::default())
                .unwrap()
                .next()
                .unwrap()
                .is_err()
        );
    }
}
