//! Batches as columns: the rows' particles become typed arrays here, so that JavaScript has nothing to do for a cell.

mod cell;
mod column;
mod element;
mod payload;
mod schema;
mod value;

pub(crate) use payload::{assemble, check_size};
pub(crate) use schema::Schema;

/// What is wrong with a cell. The numbers are the ABI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    /// The value has another type, or a path leads through something that is no map.
    WrongType = 1,
    /// The number does not fit the column's type.
    OutOfRange = 2,
    /// A double with a fraction, or that is no number, in a column of integers.
    NotIntegral = 3,
    /// Text that is no UTF-8.
    NotUtf8 = 4,
    /// A vector with too few elements.
    Short = 5,
    /// A vector with too many elements.
    Long = 6,
    /// A blob whose length is no multiple of the element's.
    Partial = 7,
    /// A list or map that is no MessagePack.
    Malformed = 8,
}
