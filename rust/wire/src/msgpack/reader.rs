use super::MAX_DEPTH;
use crate::{Cursor, Malformed};

/// One element. Containers announce how many elements follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// No value.
    Nil,
    /// A boolean.
    Boolean(bool),
    /// An integer of the signed range.
    Integer(i64),
    /// An integer above the signed range.
    Unsigned(u64),
    /// A double.
    Float(f64),
    /// A float of single precision.
    Single(f32),
    /// Text or bytes: the particle type in front of it and the rest. Empty input has type 0.
    Particle(u8, &'a [u8]),
    /// A list of so many elements.
    List(u32),
    /// A map of so many pairs.
    Map(u32),
    /// Type and data of an extension, which mark a container's order, infinity or a wildcard.
    Extension(u8, &'a [u8]),
}

/// Reads MessagePack element by element.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(bytes),
        }
    }

    /// What has not been read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.cursor.rest()
    }

    /// The next element.
    ///
    /// # Errors
    /// At the end of the input, when a length exceeds it, or for the unused byte 0xc1.
    pub fn token(&mut self) -> Result<Token<'a>, Malformed> {
        let tag = self.cursor.u8()?;
        Ok(match tag {
            0..=0x7f => Token::Integer(i64::from(tag)),
            0x80..=0x8f => Token::Map(u32::from(tag & 15)),
            0x90..=0x9f => Token::List(u32::from(tag & 15)),
            0xa0..=0xbf => self.particle(usize::from(tag & 31))?,
            0xc0 => Token::Nil,
            0xc2 => Token::Boolean(false),
            0xc3 => Token::Boolean(true),
            0xc4 | 0xd9 => {
                let len = usize::from(self.cursor.u8()?);
                self.particle(len)?
            }
            0xc5 | 0xda => {
                let len = usize::from(self.cursor.u16()?);
                self.particle(len)?
            }
            0xc6 | 0xdb => {
                let len = self.cursor.u32()? as usize;
                self.particle(len)?
            }
            0xc7 => {
                let len = usize::from(self.cursor.u8()?);
                self.extension(len)?
            }
            0xc8 => {
                let len = usize::from(self.cursor.u16()?);
                self.extension(len)?
            }
            0xc9 => {
                let len = self.cursor.u32()? as usize;
                self.extension(len)?
            }
            0xca => Token::Single(f32::from_be_bytes(self.cursor.array()?)),
            0xcb => Token::Float(f64::from_be_bytes(self.cursor.array()?)),
            0xcc => Token::Integer(i64::from(self.cursor.u8()?)),
            0xcd => Token::Integer(i64::from(self.cursor.u16()?)),
            0xce => Token::Integer(i64::from(self.cursor.u32()?)),
            0xcf => {
                let value = self.cursor.u64()?;
                i64::try_from(value).map_or(Token::Unsigned(value), Token::Integer)
            }
            0xd0 => Token::Integer(i64::from(i8::from_be_bytes(self.cursor.array()?))),
            0xd1 => Token::Integer(i64::from(i16::from_be_bytes(self.cursor.array()?))),
            0xd2 => Token::Integer(i64::from(i32::from_be_bytes(self.cursor.array()?))),
            0xd3 => Token::Integer(i64::from_be_bytes(self.cursor.array()?)),
            0xd4..=0xd8 => self.extension(1 << (tag - 0xd4))?,
            0xdc => Token::List(u32::from(self.cursor.u16()?)),
            0xdd => Token::List(self.cursor.u32()?),
            0xde => Token::Map(u32::from(self.cursor.u16()?)),
            0xdf => Token::Map(self.cursor.u32()?),
            0xe0..=0xff => Token::Integer(i64::from(tag as i8)),
            0xc1 => return Err(Malformed("unknown MessagePack type")),
        })
    }

    /// Steps over one element with all that it contains.
    ///
    /// # Errors
    /// As [`Reader::token`], and when the nesting exceeds [`MAX_DEPTH`].
    pub fn skip(&mut self) -> Result<(), Malformed> {
        self.skip_at(0)
    }

    /// The bytes of the next element with all that it contains.
    ///
    /// # Errors
    /// As [`Reader::skip`].
    pub fn packed(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.rest();
        self.skip()?;
        Ok(&start[..start.len() - self.rest().len()])
    }

    fn skip_at(&mut self, depth: usize) -> Result<(), Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed("MessagePack nested too deep"));
        }
        let elements = match self.token()? {
            Token::List(len) => u64::from(len),
            Token::Map(len) => u64::from(len) * 2,
            _ => 0,
        };
        // An element has at least one byte, so a false count ends before it costs time.
        if elements > self.rest().len() as u64 {
            return Err(Malformed("truncated"));
        }
        (0..elements).try_for_each(|_| self.skip_at(depth + 1))
    }

    fn particle(&mut self, len: usize) -> Result<Token<'a>, Malformed> {
        let data = self.cursor.take(len)?;
        Ok(data
            .split_first()
            .map_or(Token::Particle(0, data), |(kind, rest)| {
                Token::Particle(*kind, rest)
            }))
    }

    fn extension(&mut self, len: usize) -> Result<Token<'a>, Malformed> {
        let kind = self.cursor.u8()?;
        Ok(Token::Extension(kind, self.cursor.take(len)?))
    }
}
