//! One column on its way into the payload.

use super::schema::{Shape, Spec};
use super::value::Value;
use super::{Reason, cell};

/// Where a column's parts stand in the payload, and what is to be put there at the end.
pub(super) struct Column<'s> {
    pub(super) spec: Spec<'s>,
    /// Where its cells begin, where they have a fixed width.
    pub(super) data: usize,
    /// The bytes of all cells.
    pub(super) length: usize,
    pub(super) validity: usize,
    /// Where its offsets begin, where its cells have none.
    pub(super) offsets: usize,
    /// Bytes of a cell, 0 where they differ.
    stride: usize,
    /// Cells that differ in width, in the order in which they came.
    bytes: Vec<u8>,
    /// Where the cell of a row begins in them. Its length stands in its offset's place until all are laid out.
    starts: Vec<u32>,
}

impl<'s> Column<'s> {
    pub(super) fn new(spec: Spec<'s>, rows: usize) -> Self {
        let stride = spec.stride();
        Self {
            spec,
            data: 0,
            length: 0,
            validity: 0,
            offsets: 0,
            stride: stride.unwrap_or(0) as usize,
            bytes: Vec::new(),
            starts: match stride {
                Some(_) => Vec::new(),
                None => vec![0; rows],
            },
        }
    }

    pub(super) fn is_fixed(&self) -> bool {
        self.stride > 0
    }

    /// How many bytes the cells take that differ in width.
    pub(super) fn held(&self) -> usize {
        self.bytes.len()
    }

    /// Takes a value as the cell of a row. The last of several counts, as it does where rows are read.
    pub(super) fn take(
        &mut self,
        out: &mut [u8],
        row: usize,
        kind: u8,
        bytes: &[u8],
    ) -> Result<(), Reason> {
        let bit = 1 << (row % 8);
        let byte = self.validity + row / 8;
        out[byte] &= !bit;
        if !self.is_fixed() {
            self.set_offset(out, row, 0);
        }
        let value = Value::of_particle(kind, bytes);
        let value = if self.spec.path.is_empty() {
            value
        } else {
            match value.at(self.spec.path)? {
                Some(value) => value,
                None => return Ok(()),
            }
        };
        if self.is_fixed() {
            let start = self.data + row * self.stride;
            cell::put(&self.spec, value, &mut out[start..start + self.stride])?;
        } else {
            let start = self.bytes.len();
            if let Err(reason) = cell::push(&self.spec, value, &mut self.bytes) {
                self.bytes.truncate(start);
                return Err(reason);
            }
            // Where these bytes outgrow 32 bits, the payload is refused as too large.
            self.starts[row] = start as u32;
            self.set_offset(out, row, (self.bytes.len() - start) as u32);
        }
        out[byte] |= bit;
        Ok(())
    }

    /// Gives the cells without a value what they hold instead.
    pub(super) fn fill(&self, out: &mut [u8], rows: usize) {
        if !self.is_fixed() {
            return;
        }
        let size = self.spec.element.size().unwrap_or(1);
        let element = &self.spec.default_element()[..size];
        for row in 0..rows {
            if out[self.validity + row / 8] & (1 << (row % 8)) == 0 {
                let start = self.data + row * self.stride;
                for slot in out[start..start + self.stride].chunks_exact_mut(size) {
                    slot.copy_from_slice(element);
                }
            }
        }
    }

    /// Appends the cells that differ in width, in the order of the rows, and writes their offsets: in elements of a
    /// vector, else in bytes.
    pub(super) fn lay_out(&mut self, out: &mut Vec<u8>) {
        let size = match self.spec.shape {
            Shape::Ragged => self.spec.element.size().unwrap_or(1),
            _ => 1,
        };
        let start = out.len();
        for row in 0..self.starts.len() {
            let slot = self.offset_of(row);
            let length =
                u32::from_le_bytes([out[slot], out[slot + 1], out[slot + 2], out[slot + 3]]);
            let from = self.starts[row] as usize;
            out.extend_from_slice(&self.bytes[from..from + length as usize]);
            let end = ((out.len() - start) / size) as u32;
            self.set_offset(out, row, end);
        }
        self.data = start;
        self.length = out.len() - start;
        self.bytes = Vec::new();
    }

    /// Where the offset behind a row's cell stands.
    fn offset_of(&self, row: usize) -> usize {
        self.offsets + (row + 1) * 4
    }

    fn set_offset(&self, out: &mut [u8], row: usize, value: u32) {
        let slot = self.offset_of(row);
        out[slot..slot + 4].copy_from_slice(&value.to_le_bytes());
    }
}
