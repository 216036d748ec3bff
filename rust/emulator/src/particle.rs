//! Checks values before they are stored, and brings them into the form in which they are.

use crate::command::{Code, wire};
use crate::{container, geojson};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

/// The stored form of a value that was sent.
pub(crate) fn stored(kind: u8, data: &[u8]) -> Result<Vec<u8>, Code> {
    let invalid = Err(wire(code::REQUEST_INVALID));
    match kind {
        particle::INTEGER => match data.len() {
            1 | 2 | 4 => {
                let mut wide = vec![0; 8 - data.len()];
                wide.extend_from_slice(data);
                Ok(wide)
            }
            8 => Ok(data.to_vec()),
            _ => invalid,
        },
        particle::FLOAT if data.len() != 8 => invalid,
        particle::BOOL if !matches!(data, [0 | 1]) => invalid,
        particle::HLL if !is_sketch(data) => invalid,
        particle::LIST => container::stored_list(data).map_err(|_| wire(code::SERVER)),
        particle::MAP => container::stored_map(data).map_err(|_| wire(code::SERVER)),
        particle::GEOJSON => geojson::stored(data).ok_or(wire(code::GEO_INVALID_GEOJSON)),
        particle::FLOAT
        | particle::STRING
        | particle::BLOB
        | particle::JAVA_BLOB..=particle::ERLANG_BLOB
        | 16
        | particle::BOOL
        | particle::HLL => Ok(data.to_vec()),
        _ => invalid,
    }
}

/// A sketch has 11 bytes of description and then 6 bits and the minhash bits for each of its 2^n registers.
fn is_sketch(data: &[u8]) -> bool {
    let [_flags, index_bits @ 4..=16, minhash_bits @ (0 | 4..=51), ..] = data else {
        return false;
    };
    let bits = (1_usize << index_bits) * (6 + usize::from(*minhash_bits));
    data.len() == 11 + bits.div_ceil(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_integers_are_widened() {
        assert_eq!(
            stored(particle::INTEGER, &[7]),
            Ok(vec![0, 0, 0, 0, 0, 0, 0, 7])
        );
        assert_eq!(stored(particle::INTEGER, &[1, 2, 3]), Err(4));
    }

    #[test]
    fn unknown_types_are_refused() {
        for kind in [5, 6, 13, 21, 22, 24, 99] {
            assert_eq!(stored(kind, b"x"), Err(4));
        }
        assert_eq!(stored(particle::LIST, b"x"), Err(1));
        assert_eq!(stored(particle::GEOJSON, b"x"), Err(160));
    }
}
