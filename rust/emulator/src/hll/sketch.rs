//! Sketches as a server stores them: flags, bits of the index, bits of the minhash, a count of 8 bytes (lowest first,
//! 0 when there is none yet), and registers of 6 bits and those of the minhash each.

use super::hash::murmur3;

const HEADER: usize = 11;
const RANK_BITS: u8 = 6;
const MAX_RANK: u64 = 63;

/// The bits of a sketch's index, and of the minhash in every register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) index_bits: u8,
    pub(super) minhash_bits: u8,
}

impl Shape {
    /// One hash of 64 bits has to be enough for both.
    pub(super) fn is_valid(self) -> bool {
        matches!(self.index_bits, 4..=16)
            && matches!(self.minhash_bits, 0 | 4..=51)
            && self.index_bits + self.minhash_bits <= 64
    }

    /// The shape of a union: the smallest index, and a minhash only when all have the same.
    pub(super) fn common(sketches: &[&Sketch]) -> Self {
        let shapes = || sketches.iter().map(|sketch| sketch.shape);
        let minhash_bits = shapes().map(|shape| shape.minhash_bits).max().unwrap_or(0);
        let is_same = shapes().all(|shape| shape.minhash_bits == minhash_bits);
        Self {
            index_bits: shapes().map(|shape| shape.index_bits).min().unwrap_or(4),
            minhash_bits: if is_same { minhash_bits } else { 0 },
        }
    }

    fn register_bits(self) -> usize {
        usize::from(RANK_BITS + self.minhash_bits)
    }

    fn data_len(self) -> usize {
        ((1 << self.index_bits) * self.register_bits()).div_ceil(8)
    }
}

/// An unpacked sketch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sketch {
    pub(super) shape: Shape,
    /// The count when it was last made; 0 when registers changed since.
    pub(super) counted: u64,
    /// Every rank with its minhash below it.
    pub(super) registers: Vec<u64>,
}

impl Sketch {
    pub(super) fn empty(shape: Shape) -> Self {
        Self {
            shape,
            counted: 0,
            registers: vec![0; 1 << shape.index_bits],
        }
    }

    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let [_flags, index_bits, minhash_bits, counted @ ..] = data.first_chunk::<HEADER>()?;
        let shape = Shape {
            index_bits: *index_bits,
            minhash_bits: *minhash_bits,
        };
        let packed = &data[HEADER..];
        if !shape.is_valid() || packed.len() != shape.data_len() {
            return None;
        }
        let width = shape.register_bits();
        let (mut buffer, mut held) = (0_u128, 0);
        let mut bytes = packed.iter();
        let registers = (0..1 << index_bits).map(|_| {
            while held < width {
                buffer = buffer << 8 | u128::from(*bytes.next().unwrap_or(&0));
                held += 8;
            }
            held -= width;
            (buffer >> held) as u64 & ((1 << width) - 1)
        });
        Some(Self {
            shape,
            counted: u64::from_le_bytes(*counted),
            registers: registers.collect(),
        })
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        let mut out = vec![0, self.shape.index_bits, self.shape.minhash_bits];
        out.extend_from_slice(&self.counted.to_le_bytes());
        let width = self.shape.register_bits();
        let (mut buffer, mut held) = (0_u128, 0);
        for register in &self.registers {
            buffer = buffer << width | u128::from(*register);
            held += width;
            while held >= 8 {
                held -= 8;
                out.push((buffer >> held) as u8);
            }
        }
        if held > 0 {
            out.push((buffer << (8 - held)) as u8);
        }
        out
    }

    /// Index and register of a packed value.
    fn place(&self, packed: &[u8]) -> (usize, u64) {
        let Shape {
            index_bits,
            minhash_bits,
        } = self.shape;
        let (first, second) = murmur3(packed);
        let index = first & ((1 << index_bits) - 1);
        let minhash = first >> index_bits & ((1 << minhash_bits) - 1);
        let rank = u64::from(second.trailing_zeros() + 1).min(MAX_RANK);
        (index as usize, rank << minhash_bits | minhash)
    }

    /// Adds a packed value and says whether that changed anything.
    pub(super) fn add(&mut self, packed: &[u8]) -> bool {
        let (index, register) = self.place(packed);
        let changes = register > self.registers[index];
        if changes {
            self.registers[index] = register;
            self.counted = 0;
        }
        changes
    }

    /// Whether a packed value may have been added.
    pub(super) fn may_contain(&self, packed: &[u8]) -> bool {
        let (index, register) = self.place(packed);
        register <= self.registers[index]
    }

    /// Whether a server takes the sketch for an empty one where it compares minhashes: it looks at as many bytes as there
    /// are registers, which have more bits than a byte.
    pub(super) fn seems_empty(&self) -> bool {
        let looked_at = (8 * self.registers.len()).div_ceil(self.shape.register_bits());
        self.registers[..looked_at]
            .iter()
            .all(|register| *register == 0)
    }

    /// The sketch with a smaller index, and with its minhash or none.
    pub(super) fn folded(&self, shape: Shape) -> Self {
        if shape == self.shape {
            return self.clone();
        }
        let mut folded = Self::empty(shape);
        let cut = self.shape.minhash_bits - shape.minhash_bits;
        let mask = folded.registers.len() - 1;
        for (index, register) in self.registers.iter().enumerate() {
            let into = &mut folded.registers[index & mask];
            *into = (*into).max(register >> cut);
        }
        folded
    }

    /// The union of sketches, in their common shape.
    pub(super) fn union(sketches: &[&Sketch]) -> Self {
        let mut union = Self::empty(Shape::common(sketches));
        for sketch in sketches {
            let folded = sketch.folded(union.shape);
            for (into, register) in union.registers.iter_mut().zip(folded.registers) {
                *into = (*into).max(register);
            }
        }
        union
    }
}
