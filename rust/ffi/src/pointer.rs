//! The one file that turns raw pointers into Rust types. `clippy.toml` bans the functions used here everywhere else.
//!
//! Nothing made here outlives the call that brought the pointer.

#![allow(clippy::disallowed_methods)]

/// What rings a queue: a function of the caller that takes the queue's handle.
pub(crate) type Wake = extern "C" fn(queue: u32);

/// Borrows `len` bytes to read. A null pointer is an empty slice.
///
/// # Safety
/// `pointer` is null or valid for reads of `len` bytes for as long as the slice lives.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, len: u32) -> &'a [u8] {
    if pointer.is_null() || len == 0 {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(pointer, len as usize) }
}

/// Borrows `len` bytes to write. A null pointer is an empty slice.
///
/// # Safety
/// `pointer` is null or valid for writes of `len` bytes, and nothing else uses them while the slice lives.
pub(crate) unsafe fn bytes_mut<'a>(pointer: *mut u8, len: u32) -> &'a mut [u8] {
    if pointer.is_null() || len == 0 {
        return &mut [];
    }
    unsafe { std::slice::from_raw_parts_mut(pointer, len as usize) }
}

/// Borrows `count` counters to write. A null pointer is an empty slice.
///
/// # Safety
/// As [`bytes_mut`], and `pointer` is aligned to 8 bytes.
pub(crate) unsafe fn words_mut<'a>(pointer: *mut u64, count: u32) -> &'a mut [u64] {
    if pointer.is_null() || count == 0 {
        return &mut [];
    }
    unsafe { std::slice::from_raw_parts_mut(pointer, count as usize) }
}
