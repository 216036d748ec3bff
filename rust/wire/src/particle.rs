//! Particle types: the kinds of value that a bin can hold.

/// No value.
pub const NULL: u8 = 0;
/// A signed 64-bit integer, big-endian.
pub const INTEGER: u8 = 1;
/// An IEEE 754 double, big-endian.
pub const FLOAT: u8 = 2;
/// UTF-8 text.
pub const STRING: u8 = 3;
/// Bytes.
pub const BLOB: u8 = 4;
/// A value serialised by the Java client.
pub const JAVA_BLOB: u8 = 7;
/// A value serialised by the C# client.
pub const CSHARP_BLOB: u8 = 8;
/// A value serialised by the Python client.
pub const PYTHON_BLOB: u8 = 9;
/// A value serialised by the Ruby client.
pub const RUBY_BLOB: u8 = 10;
/// A value serialised by the PHP client.
pub const PHP_BLOB: u8 = 11;
/// A value serialised by the Erlang client.
pub const ERLANG_BLOB: u8 = 12;
/// One byte, 0 or 1.
pub const BOOL: u8 = 17;
/// A HyperLogLog sketch.
pub const HLL: u8 = 18;
/// A map, in MessagePack.
pub const MAP: u8 = 19;
/// A list, in MessagePack.
pub const LIST: u8 = 20;
/// GeoJSON text behind a small header.
pub const GEOJSON: u8 = 23;
