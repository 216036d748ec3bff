//! The 8-byte header in front of every message: version, type and the length of the body.

use crate::{Cursor, Malformed};

/// The version that every client and server sends.
pub const VERSION: u8 = 2;
/// Text requests and answers (`name\n` and `name\tvalue\n`).
pub const INFO: u8 = 1;
/// User administration.
pub const ADMIN: u8 = 2;
/// A data message.
pub const MESSAGE: u8 = 3;
/// A data message behind zlib, with the original length in front.
pub const COMPRESSED: u8 = 4;
/// Length of the header.
pub const HEADER_LEN: usize = 8;
/// The largest body that a server accepts.
pub const MAX_BODY: usize = 128 * 1024 * 1024;

/// A parsed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proto {
    /// One of [`INFO`], [`ADMIN`], [`MESSAGE`] and [`COMPRESSED`], or something unknown.
    pub kind: u8,
    /// Bytes that follow the header.
    pub len: usize,
}

impl Proto {
    /// Reads a header.
    ///
    /// # Errors
    /// When the input is too short, the version is not 2, or the body would exceed [`MAX_BODY`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let word = Cursor::new(bytes).u64()?;
        if (word >> 56) as u8 != VERSION {
            return Err(Malformed("unknown protocol version"));
        }
        let len = (word & 0xffff_ffff_ffff) as usize;
        if len > MAX_BODY {
            return Err(Malformed("message too long"));
        }
        Ok(Self {
            kind: (word >> 48) as u8,
            len,
        })
    }

    /// The header's bytes.
    #[must_use]
    pub fn encode(self) -> [u8; HEADER_LEN] {
        (u64::from(VERSION) << 56 | u64::from(self.kind) << 48 | self.len as u64).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let proto = Proto {
            kind: MESSAGE,
            len: 1234,
        };
        assert_eq!(Proto::parse(&proto.encode()), Ok(proto));
    }

    #[test]
    fn refuses_what_is_not_aerospike() {
        assert!(Proto::parse(b"GET / HT").is_err());
        assert!(Proto::parse(&[2, 3, 0]).is_err());
        assert!(Proto::parse(&[2, 3, 255, 255, 255, 255, 255, 255]).is_err());
    }
}
