//! The one file that turns raw pointers into slices.

use std::slice;

/// The `len` bytes at `data`; none when `data` is null.
///
/// # Safety
/// `data` must be null or valid for reads of `len` bytes until the slice is gone.
pub(crate) unsafe fn read<'a>(data: *const u8, len: u32) -> &'a [u8] {
    if data.is_null() {
        return &[];
    }
    // SAFETY: the caller vouches for the pointer, and u32 fits in usize on every supported platform.
    unsafe { slice::from_raw_parts(data, len as usize) }
}

/// The `len` bytes at `data` for writing; none when `data` is null.
///
/// # Safety
/// `data` must be null or valid for writes of `len` bytes, and nothing else may use them until the slice is gone.
pub(crate) unsafe fn write<'a>(data: *mut u8, len: u32) -> &'a mut [u8] {
    if data.is_null() {
        return &mut [];
    }
    // SAFETY: as above.
    unsafe { slice::from_raw_parts_mut(data, len as usize) }
}
