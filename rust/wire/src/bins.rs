//! The layout in which TypeScript hands over bins: `u16 count`, then per bin `u8 length, name, u8 particle, u32 length,
//! payload`. Counts and lengths are little-endian; payloads are as on the wire.

use crate::{Cursor, Malformed, particle};
use std::borrow::Cow;

/// One bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bin<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its particle type.
    pub particle: u8,
    /// Its payload, as on the wire.
    pub data: Cow<'a, [u8]>,
}

/// Reads all bins of `bytes`.
///
/// # Errors
/// When a length exceeds the input or something follows the last bin.
pub fn parse(bytes: &[u8]) -> Result<Vec<Bin<'_>>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let count = u16::from_le_bytes(cursor.array()?);
    let mut bins = Vec::with_capacity(usize::from(count).min(bytes.len() / 6));
    for _ in 0..count {
        let len = usize::from(cursor.u8()?);
        let name = cursor.take(len)?;
        let particle = cursor.u8()?;
        let len = u32::from_le_bytes(cursor.array()?) as usize;
        let data = geojson_on_the_wire(particle, cursor.take(len)?);
        bins.push(Bin {
            name,
            particle,
            data,
        });
    }
    if cursor.is_empty() {
        Ok(bins)
    } else {
        Err(Malformed("bytes behind the last bin"))
    }
}

/// TypeScript passes bare GeoJSON text, the wire has flags and a number of cells in front of it.
fn geojson_on_the_wire(kind: u8, data: &[u8]) -> Cow<'_, [u8]> {
    if kind == particle::GEOJSON && data.first().is_some_and(|byte| *byte != 0) {
        return Cow::Owned([&[0, 0, 0], data].concat());
    }
    Cow::Borrowed(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bins_and_refuses_every_truncation() {
        let bytes = [
            &[2, 0, 1, b'a', 1, 8, 0, 0, 0][..],
            &[0; 8],
            &[1, b'g', 23, 2, 0, 0, 0],
            b"{}",
        ]
        .concat();
        let bins = parse(&bytes).unwrap();
        assert_eq!(bins[0].name, b"a");
        assert_eq!(bins[0].data.len(), 8);
        assert_eq!(&*bins[1].data, b"\0\0\0{}");
        for len in 0..bytes.len() {
            assert!(parse(&bytes[..len]).is_err());
        }
        assert!(parse(&[bytes, vec![0]].concat()).is_err());
    }
}
