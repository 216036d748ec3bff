//! The library `bytes`, and bytes as Lua sees them.

use super::arguments::{Arguments, Function, callable, metatable, nothing};
use super::buffer::Buffer;
use super::value::{Bytes, GeoJson, Value};
use mlua::{Lua, MetaMethod, MultiValue, Result, Table, UserData, UserDataFields, UserDataMethods};

const FUNCTIONS: [(&str, Function); 16] = [
    ("append_byte", |args| append(args, byte)),
    ("append_bytes", append_bytes),
    ("append_string", append_string),
    ("append_var_int", append_var_int),
    ("get_byte", |args| get(args, |[byte]| byte.into())),
    ("get_bytes", get_bytes),
    ("get_string", get_string),
    ("get_type", get_type),
    ("get_var_int", get_var_int),
    ("set_byte", |args| set(args, byte)),
    ("set_bytes", set_bytes),
    ("set_size", set_size),
    ("set_string", set_string),
    ("set_type", set_type),
    ("set_var_int", set_var_int),
    ("size", size),
];

/// What appends, reads and writes integers of a width, in an order of bytes.
macro_rules! integers {
    ($type:ident, $name:literal, $encode:ident, $decode:ident) => {
        [
            (
                concat!("append_", $name),
                (|args| append(args, |n| Some($type::try_from(n).ok()?.$encode().to_vec())))
                    as Function,
            ),
            (concat!("get_", $name), |args| {
                get(args, |bytes| i64::from($type::$decode(bytes)))
            }),
            (concat!("set_", $name), |args| {
                set(args, |n| Some($type::try_from(n).ok()?.$encode().to_vec()))
            }),
        ]
    };
}

const INTEGERS: [[(&str, Function); 3]; 9] = [
    integers!(i16, "int16", to_be_bytes, from_be_bytes),
    integers!(i16, "int16_be", to_be_bytes, from_be_bytes),
    integers!(i16, "int16_le", to_le_bytes, from_le_bytes),
    integers!(i32, "int32", to_be_bytes, from_be_bytes),
    integers!(i32, "int32_be", to_be_bytes, from_be_bytes),
    integers!(i32, "int32_le", to_le_bytes, from_le_bytes),
    integers!(i64, "int64", to_be_bytes, from_be_bytes),
    integers!(i64, "int64_be", to_be_bytes, from_be_bytes),
    integers!(i64, "int64_le", to_le_bytes, from_le_bytes),
];

pub(super) fn open(lua: &Lua) -> Result<Table> {
    let functions = [&FUNCTIONS[..], INTEGERS.as_flattened()].concat();
    callable(lua, &functions, ("bytes", construct))
}

fn construct(args: &Arguments<'_>) -> Result<MultiValue> {
    let room = if args.len() > 1 { args.integer(1)? } else { 0 };
    let buffer = Buffer::with_room(usize::try_from(room).unwrap_or(0));
    args.give(&Value::Bytes(Bytes::new(buffer)))
}

/// Encodes a number, where it is in range.
type Encode = fn(i64) -> Option<Vec<u8>>;

fn byte(value: i64) -> Option<Vec<u8>> {
    u8::try_from(value).ok().map(|byte| vec![byte])
}

fn size(args: &Arguments<'_>) -> Result<MultiValue> {
    let size = args.bytes(0)?.0.borrow().size;
    args.pack(size)
}

/// Says whether there is so much room, and changes nothing.
fn set_size(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 2 {
        return args.pack(false);
    }
    let (bytes, size) = (args.bytes(0)?, args.count(1)?);
    let fits = size <= bytes.0.borrow().room(0).len();
    args.pack(fits)
}

fn get_type(args: &Arguments<'_>) -> Result<MultiValue> {
    let kind = args.bytes(0)?.0.borrow().kind;
    args.pack(kind)
}

fn set_type(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 2 {
        return args.pack(false);
    }
    let (bytes, kind) = (args.bytes(0)?, args.integer(1)?);
    bytes.0.borrow_mut().kind = kind as u8;
    args.pack(true)
}

fn append(args: &Arguments<'_>, encode: Encode) -> Result<MultiValue> {
    if args.len() != 2 {
        return args.pack(false);
    }
    let (bytes, value) = (args.bytes(0)?, args.integer(1)?);
    append_all(args, &bytes, encode(value).as_deref())
}

fn append_all(args: &Arguments<'_>, bytes: &Bytes, added: Option<&[u8]>) -> Result<MultiValue> {
    let mut bytes = bytes.0.borrow_mut();
    let end = bytes.size;
    args.pack(added.is_some_and(|added| bytes.write(end, added)))
}

fn append_string(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 2 {
        return args.pack(false);
    }
    append_all(args, &args.bytes(0)?, Some(&args.text(1)?))
}

/// The first `length` of some bytes, as far as there are so many.
fn first(bytes: &Bytes, length: usize) -> Vec<u8> {
    let bytes = bytes.0.borrow();
    bytes.content()[..length.min(bytes.size)].to_vec()
}

fn append_bytes(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 3 {
        return args.pack(false);
    }
    let (bytes, other, length) = (args.bytes(0)?, args.bytes(1)?, args.count(2)?);
    append_all(args, &bytes, Some(&first(&other, length)))
}

fn set(args: &Arguments<'_>, encode: Encode) -> Result<MultiValue> {
    if args.len() != 3 {
        return args.pack(false);
    }
    let (bytes, at, value) = (args.bytes(0)?, args.offset(1)?, args.integer(2)?);
    let values = encode(value);
    set_all(args, &bytes, at.zip(values.as_deref()))
}

fn set_all(
    args: &Arguments<'_>,
    bytes: &Bytes,
    values: Option<(usize, &[u8])>,
) -> Result<MultiValue> {
    let done = values.is_some_and(|(at, values)| bytes.0.borrow_mut().write(at, values));
    args.pack(done)
}

fn set_string(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 3 {
        return args.pack(false);
    }
    let (bytes, at, text) = (args.bytes(0)?, args.offset(1)?, args.text(2)?);
    set_all(args, &bytes, at.map(|at| (at, &text[..])))
}

fn set_bytes(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 4 {
        return args.pack(false);
    }
    let (bytes, at, other) = (args.bytes(0)?, args.offset(1)?, args.bytes(2)?);
    let values = first(&other, args.count(3)?);
    set_all(args, &bytes, at.map(|at| (at, &values[..])))
}

/// Reads a number of so many bytes; nothing where they are not all there.
fn get<const N: usize>(args: &Arguments<'_>, decode: fn([u8; N]) -> i64) -> Result<MultiValue> {
    if args.len() != 2 {
        return nothing();
    }
    let (bytes, at) = (args.bytes(0)?, args.offset(1)?);
    let found = at.and_then(|at| bytes.0.borrow().read(at, N)?.try_into().ok());
    match found {
        Some(found) => args.pack(decode(found)),
        None => nothing(),
    }
}

/// Bytes from an offset on, as many as are asked for and there are, and how many are asked for.
fn part(args: &Arguments<'_>) -> Result<Option<(Vec<u8>, usize)>> {
    if args.len() != 3 {
        return Ok(None);
    }
    let (bytes, at, length) = (args.bytes(0)?, args.offset(1)?, args.count(2)?);
    let bytes = bytes.0.borrow();
    Ok(at.map(|at| {
        let rest = bytes.content().get(at..).unwrap_or_default();
        (rest[..length.min(rest.len())].to_vec(), length)
    }))
}

fn get_string(args: &Arguments<'_>) -> Result<MultiValue> {
    match part(args)? {
        Some((bytes, _)) => args.pack(args.lua.create_string(bytes)?),
        None => nothing(),
    }
}

/// As many bytes as were asked for: where there are less, zeros.
fn get_bytes(args: &Arguments<'_>) -> Result<MultiValue> {
    let Some((bytes, length)) = part(args)? else {
        return nothing();
    };
    let mut given = Buffer::with_room(length);
    given.write(0, &bytes);
    given.use_all();
    args.give(&Value::Bytes(Bytes::new(given)))
}

/// Seven bits in each byte, the lowest first; all but the last have the highest bit.
fn encode_var_int(value: u32) -> Vec<u8> {
    let (mut rest, mut bytes) = (value, Vec::new());
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// Writes into the room from an offset on, which does not become used by that, as on a server.
fn write_var_int(args: &Arguments<'_>, at: Option<usize>, value: i64) -> Result<MultiValue> {
    let bytes = args.bytes(0)?;
    let encoded = i32::try_from(value).map(|value| encode_var_int(value as u32));
    let written = match (at, encoded) {
        (Some(at), Ok(encoded)) if bytes.0.borrow_mut().write_room(at, &encoded) => encoded.len(),
        _ => 0,
    };
    args.pack(written)
}

fn set_var_int(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 3 {
        return args.pack(0);
    }
    write_var_int(args, args.offset(1)?, args.integer(2)?)
}

fn append_var_int(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() != 2 {
        return args.pack(0);
    }
    let end = args.bytes(0)?.0.borrow().size;
    write_var_int(args, Some(end), args.integer(1)?)
}

/// The number, and how many bytes it takes.
fn get_var_int(args: &Arguments<'_>) -> Result<MultiValue> {
    let (bytes, at) = (args.bytes(0)?, args.offset(1)?);
    let bytes = bytes.0.borrow();
    let mut value = 0_u32;
    let Some(at) = at else {
        return nothing();
    };
    let room = bytes.room(at);
    for (count, byte) in room.iter().take(5).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * count);
        if byte & 0x80 == 0 {
            return args.pack((value, count + 1));
        }
    }
    args.pack((0, 0))
}

fn read(args: &Arguments<'_>) -> Result<MultiValue> {
    get(args, |[byte]| byte.into())
}

/// What is no byte is not set.
fn assign(args: &Arguments<'_>) -> Result<MultiValue> {
    let (bytes, at, value) = (args.bytes(0)?, args.offset(1)?, args.integer(2)?);
    if let (Some(at), Ok(value)) = (at, u8::try_from(value)) {
        bytes.0.borrow_mut().write(at, &[value]);
    }
    nothing()
}

impl UserData for Bytes {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        metatable(fields, "Bytes", read, assign);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        // A server's has no length either, whatever it holds: bytes.size() tells.
        methods.add_meta_method(MetaMethod::Len, |_, _, ()| Ok(0));
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(this.0.borrow().to_string())
        });
    }
}

impl UserData for GeoJson {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, "GeoJSON");
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(Value::GeoJson(this.clone()).to_string())
        });
    }
}
