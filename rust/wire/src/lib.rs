//! The Aerospike wire format, as far as this project needs it: what the emulator answers and what the client's own
//! read path sends. No I/O and no runtime in here.
//!
//! A message is a [`proto`] header of 8 bytes and a body. The body of a data message is a [`message`] header of 22 bytes,
//! then [`field`]s, then [`operation`]s. All numbers are big-endian unless a name says otherwise. Every parser checks
//! lengths before it trusts them: hostile input is an error, never a panic.

pub mod batch;
pub mod bins;
mod cursor;
pub mod digest;
pub mod field;
pub mod message;
pub mod msgpack;
pub mod operation;
pub mod particle;
pub mod proto;
pub mod read;
pub mod record;
pub mod request;
pub mod result_code;

pub use cursor::{Cursor, Malformed};
pub use digest::Digest;
