//! The digest of a key: RIPEMD-160 over set, particle type and key.

use ripemd::{Digest as _, Ripemd160};

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
    fn partitions_are_twelve_bits() {
        assert_eq!(partition(&[0xff; LEN]), 4095);
        let mut digest = [0; LEN];
        digest[1] = 0x10;
        assert_eq!(partition(&digest), 0);
    }
}
