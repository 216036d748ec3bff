//! RIPEMD-160 of several short messages at a time. The keys of a batch are hashed side by side, in the lanes of vector
//! registers: one by one, hashing was a fifth of a batch's CPU time in this client.

use wide::u32x8;

use super::{Digest, LEN};

/// Messages that are hashed together.
pub(super) const LANES: usize = 8;
/// What fits into one block, with the padding behind it.
pub(super) const LONGEST: usize = 55;

const BLOCK: usize = 64;

type Lanes = u32x8;

/// A block of each lane.
pub(super) struct Blocks {
    bytes: [[u8; BLOCK]; LANES],
    used: usize,
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self {
            bytes: [[0; BLOCK]; LANES],
            used: 0,
        }
    }

    /// Takes a message; false where it is too long. There has to be a lane left.
    pub(super) fn push(&mut self, parts: &[&[u8]]) -> bool {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length > LONGEST {
            return false;
        }
        let block = &mut self.bytes[self.used];
        *block = [0; BLOCK];
        let mut at = 0;
        for part in parts {
            block[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        block[length] = 0x80;
        block[BLOCK - 8..].copy_from_slice(&(length as u64 * 8).to_le_bytes());
        self.used += 1;
        true
    }

    pub(super) fn is_full(&self) -> bool {
        self.used == LANES
    }

    /// The digests of the messages, in order; the lanes are free then.
    pub(super) fn finish(&mut self) -> impl Iterator<Item = Digest> + use<> {
        let mut words = [Lanes::ZERO; BLOCK / 4];
        for (at, word) in words.iter_mut().enumerate() {
            *word = Lanes::from(std::array::from_fn::<u32, LANES, _>(|lane| {
                let bytes = &self.bytes[lane][at * 4..at * 4 + 4];
                u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
            }));
        }
        let state = compress(&words).map(Lanes::to_array);
        let used = std::mem::take(&mut self.used);
        (0..used).map(move |lane| {
            let mut digest = [0; LEN];
            for (bytes, word) in digest.chunks_exact_mut(4).zip(&state) {
                bytes.copy_from_slice(&word[lane].to_le_bytes());
            }
            digest
        })
    }
}

#[inline(always)]
fn rotate(word: Lanes, by: u32) -> Lanes {
    (word << by) | (word >> (32 - by))
}

/// One step of either line: `rol(a + f(b, c, d) + x + k, s) + e`, and the exchange of the five words.
#[inline(always)]
fn step<const ROUND: usize>(words: &mut [Lanes; 5], x: Lanes, k: u32, s: u32) {
    let [a, b, c, d, e] = *words;
    let f = match ROUND {
        0 => b ^ c ^ d,
        1 => (b & c) | (!b & d),
        2 => (b | !c) ^ d,
        3 => (b & d) | (c & !d),
        _ => b ^ (c | !d),
    };
    let turned = rotate(a + f + x + Lanes::splat(k), s) + e;
    *words = [e, turned, b, rotate(c, 10), d];
}

#[inline(always)]
fn round<const LEFT: usize, const RIGHT: usize>(
    words: &[Lanes; BLOCK / 4],
    (left, right): (&mut [Lanes; 5], &mut [Lanes; 5]),
    number: usize,
) {
    for at in number * 16..number * 16 + 16 {
        step::<LEFT>(left, words[ORDER[at]], ADDED[number], TURNS[at]);
        step::<RIGHT>(
            right,
            words[ORDER_RIGHT[at]],
            ADDED_RIGHT[number],
            TURNS_RIGHT[at],
        );
    }
}

/// The state after one block.
fn compress(words: &[Lanes; BLOCK / 4]) -> [Lanes; 5] {
    let start = START.map(Lanes::splat);
    let (mut left, mut right) = (start, start);
    round::<0, 4>(words, (&mut left, &mut right), 0);
    round::<1, 3>(words, (&mut left, &mut right), 1);
    round::<2, 2>(words, (&mut left, &mut right), 2);
    round::<3, 1>(words, (&mut left, &mut right), 3);
    round::<4, 0>(words, (&mut left, &mut right), 4);
    let sum = |at: usize, l: usize, r: usize| start[at] + left[l] + right[r];
    [
        sum(1, 2, 3),
        sum(2, 3, 4),
        sum(3, 4, 0),
        sum(4, 0, 1),
        sum(0, 1, 2),
    ]
}

const START: [u32; 5] = [
    0x6745_2301,
    0xefcd_ab89,
    0x98ba_dcfe,
    0x1032_5476,
    0xc3d2_e1f0,
];
const ADDED: [u32; 5] = [0, 0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xa953_fd4e];
const ADDED_RIGHT: [u32; 5] = [0x50a2_8be6, 0x5c4d_d124, 0x6d70_3ef3, 0x7a6d_76e9, 0];
#[rustfmt::skip]
const ORDER: [usize; 80] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
    3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
    1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
    4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
];
#[rustfmt::skip]
const ORDER_RIGHT: [usize; 80] = [
    5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
    6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
    15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
    8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
    12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
];
#[rustfmt::skip]
const TURNS: [u32; 80] = [
    11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
    7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
    11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
    11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
    9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
];
#[rustfmt::skip]
const TURNS_RIGHT: [u32; 80] = [
    8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
    9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
    9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
    15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
    8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
];
