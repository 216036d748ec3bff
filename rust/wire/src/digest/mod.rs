//! The digest of a key: RIPEMD-160 over set, particle type and key.

mod lanes;

use ripemd::{Digest as _, Ripemd160};

use lanes::Blocks;

/// Length of a digest.
pub const LEN: usize = 20;

/// Identifies a record within its namespace.
pub type Digest = [u8; LEN];

/// Partitions of a namespace.
pub const PARTITIONS: usize = 4096;

/// Digest of a key whose bytes are as on the wire (integers in 8 bytes, big-endian).
#[must_use]
pub fn compute(set: &[u8], particle: u8, key: &[u8]) -> Digest {
    let mut hash = Ripemd160::new();
    hash.update(set);
    hash.update([particle]);
    hash.update(key);
    hash.finalize().into()
}

/// A key to be hashed: its set, its particle type, and its bytes as on the wire.
pub type Hashed<'a> = (&'a [u8], u8, &'a [u8]);

/// Digests of many keys, in order; what [`compute`] gives for each, in a fraction of the time.
#[must_use]
pub fn compute_all<'a>(keys: impl ExactSizeIterator<Item = Hashed<'a>>) -> Vec<Digest> {
    let mut digests = Vec::with_capacity(keys.len());
    let mut blocks = Blocks::new();
    for (set, particle, key) in keys {
        if !blocks.push(&[set, &[particle], key]) {
            // Too long for a lane; those before it come first.
            digests.extend(blocks.finish());
            digests.push(compute(set, particle, key));
        } else if blocks.is_full() {
            digests.extend(blocks.finish());
        }
    }
    digests.extend(blocks.finish());
    digests
}

/// The partition that a digest belongs to.
#[must_use]
pub fn partition(digest: &Digest) -> usize {
    usize::from(u16::from_le_bytes([digest[0], digest[1]])) & (PARTITIONS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::particle;

    fn hex(digest: &Digest) -> String {
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Digests as the Rust client computes them.
    #[test]
    fn known_digests() {
        let integer = |key: i64| hex(&compute(b"set", particle::INTEGER, &key.to_be_bytes()));
        assert_eq!(integer(0), "93d943aae37b017ad7e011b0c1d2e2143c2fb37d");
        assert_eq!(integer(-1), "22116d253745e29fc63fdf760b6e26f7e197e01d");
        assert_eq!(integer(1), "82d7213b469812947c109a6d341e3b5b1dedec1f");
    }

    #[test]
    fn many_digests_are_those_of_each() {
        // Every length around the longest that a lane takes, and every number of keys around a full set of lanes.
        let bytes: Vec<u8> = (0..=255).collect();
        for count in 0..40 {
            let keys: Vec<Hashed<'_>> = (0..count)
                .map(|at| {
                    let (set, key) = ((at * 7) % 20, (at * 13 + count) % 70);
                    (&bytes[..set], (at % 5) as u8, &bytes[at..at + key])
                })
                .collect();
            let one_by_one: Vec<_> = keys
                .iter()
                .map(|(set, particle, key)| compute(set, *particle, key))
                .collect();
            assert_eq!(compute_all(keys.into_iter()), one_by_one);
        }
    }

    #[test]
    fn partitions_are_twelve_bits() {
        assert_eq!(partition(&[0xff; LEN]), 4095);
        let mut digest = [0; LEN];
        digest[1] = 0x10;
        assert_eq!(partition(&digest), 0);
    }
}
