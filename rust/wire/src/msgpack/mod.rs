//! MessagePack as Aerospike uses it inside lists, maps and expressions.
//!
//! Text and bytes carry their particle type as first byte, also under the `str` and `bin` headers. An `ext` value as the
//! first element of a list, or the first key of a map, holds the container's order flags.

mod reader;
mod writer;

pub use reader::{Reader, Token};
pub use writer::Writer;

/// Deepest nesting that [`Reader::skip`] follows.
pub const MAX_DEPTH: usize = 512;

/// Flags of a list's or map's `ext` marker.
pub mod order {
    /// A list ordered by value, or a map ordered by key.
    pub const ORDERED: u8 = 1;
    /// A map ordered by value, in addition to by key.
    pub const BY_VALUE: u8 = 2;
    /// A map that preserves its order is marked so on the wire.
    pub const PRESERVE: u8 = 8;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Malformed, particle};

    fn skipped(bytes: &[u8]) -> Result<usize, Malformed> {
        let mut reader = Reader::new(bytes);
        reader.skip()?;
        Ok(bytes.len() - reader.rest().len())
    }

    #[test]
    fn numbers_round_trip_in_their_shortest_form() {
        for value in [
            0,
            1,
            127,
            128,
            255,
            256,
            65535,
            65536,
            i64::from(u32::MAX),
            i64::MAX,
            -1,
            -32,
            -33,
            -128,
            -129,
            -32769,
            i64::MIN,
        ] {
            let mut bytes = Vec::new();
            Writer::new(&mut bytes).integer(value);
            assert_eq!(
                Reader::new(&bytes).token(),
                Ok(Token::Integer(value)),
                "{value}"
            );
            assert_eq!(skipped(&bytes), Ok(bytes.len()));
        }
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).integer(5);
        assert_eq!(bytes, [5]);
    }

    #[test]
    fn containers_and_text_round_trip() {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes);
        out.list(4);
        out.text(particle::STRING, "x".repeat(40).as_bytes());
        out.bytes(particle::BLOB, &[1, 2, 3]);
        out.map(1);
        out.nil();
        out.boolean(true);
        out.float(1.5);
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.token(), Ok(Token::List(4)));
        assert_eq!(
            reader.token(),
            Ok(Token::Particle(particle::STRING, "x".repeat(40).as_bytes()))
        );
        assert_eq!(
            reader.token(),
            Ok(Token::Particle(particle::BLOB, &[1, 2, 3]))
        );
        assert_eq!(reader.token(), Ok(Token::Map(1)));
        assert_eq!(reader.token(), Ok(Token::Nil));
        assert_eq!(reader.token(), Ok(Token::Boolean(true)));
        assert_eq!(reader.token(), Ok(Token::Float(1.5)));
        assert!(reader.rest().is_empty());
        for len in 0..bytes.len() {
            assert!(skipped(&bytes[..len]).is_err());
        }
    }

    #[test]
    fn order_markers_are_extensions() {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes);
        out.map(1);
        out.order(order::ORDERED);
        out.nil();
        assert_eq!(bytes, [0x81, 0xc7, 0, 1, 0xc0]);
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.token(), Ok(Token::Map(1)));
        assert_eq!(reader.token(), Ok(Token::Extension(1, &[])));
    }

    #[test]
    fn hostile_lengths_and_depths_are_errors() {
        assert!(skipped(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(skipped(&[0xdf, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(skipped(&[0xc6, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(skipped(&[0x91; 100_000]).is_err());
        assert!(skipped(&[0xc1]).is_err());
        assert!(Reader::new(&[0xa0]).token() == Ok(Token::Particle(0, &[])));
    }
}
