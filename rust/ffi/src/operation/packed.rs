//! Operations in the server's form, for the direct path: core packs its own, and keeps what it packed.
//!
//! Only what is common, and only what is right: everything else is core's, which says what is wrong with it.

use aerospike_wire::msgpack::Writer;
use aerospike_wire::operation::{self as wire, CDT_MODIFY, CDT_READ, Operation};
use aerospike_wire::particle::{BLOB, BOOL, FLOAT, GEOJSON, HLL, INTEGER, LIST, MAP, NULL, STRING};
use aerospike_wire::read::{self, Want};

use super::call::{CallRef, Family};
use super::context::ContextRef;
use super::value::PLACEHOLDER;
use super::{OperationRef, Operations, Verb};
use crate::frame::Cursor;
use crate::particle::{GEOJSON_HEADER, Particle};

/// What stands in front of a context.
const CONTEXT: i64 = 0xff;
/// The longest name of a bin.
const LONGEST: usize = 15;
/// The most operations of a command: their results are sorted by bin while others wait.
const MOST: usize = 256;
/// In the order of a map: its index is kept on the device.
const PERSIST_INDEX: i64 = 0x10;

/// What an argument has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Argument {
    Int,
    Value,
    /// A value that is something.
    Something,
    List,
    /// A list that has something in it.
    Items,
    /// A number of elements, which is left out where it is nothing.
    Count,
    /// An end, which is left out where it is nothing.
    End,
    /// The order of a list that is there already, which is not sent.
    Unsent,
    /// Flags, which are left out where there are none.
    Flags,
}

use Argument::{Count, End, Flags, Int, Items, List, Something, Unsent, Value};

/// The arguments of a function in the order in which they are sent, a return type among them.
fn arguments(family: Family, function: u8) -> Option<&'static [Argument]> {
    Some(match family {
        Family::List => match function {
            11 | 16 => &[],
            5 | 7 | 13 | 17 => &[Int],
            6 | 8 | 18 => &[Int, Count],
            10 | 19 | 21 | 32 | 34 => &[Int, Int],
            1 => &[Value, Int, Int],
            2 => &[Items, Int, Int],
            3 => &[Int, Value, Unsent, Int],
            4 => &[Int, Items, Unsent, Int],
            9 => &[Int, Something, Unsent, Flags],
            22 | 35 => &[Int, Value],
            23 | 36 => &[Int, List],
            24 | 26 | 37 | 39 => &[Int, Int, Count],
            25 | 38 => &[Int, Value, End],
            27 | 40 => &[Int, Value, Int, Count],
            _ => return None,
        },
        Family::Map => match function {
            75 | 96 => &[],
            77 | 79 | 98 | 100 => &[Int, Int],
            76 | 82 | 97 | 102 => &[Int, Value],
            81 | 83 | 107 | 108 => &[Int, List],
            85 | 87 | 104 | 106 => &[Int, Int, Count],
            84 | 86 | 103 | 105 => &[Int, Value, End],
            88 | 89 | 109 | 110 => &[Int, Value, Int, Count],
            _ => return None,
        },
        _ => return None,
    })
}

/// Appends a particle of a call. `None` where it is none that could be packed.
fn push_value(out: &mut Vec<u8>, particle: Particle<'_>) -> Option<()> {
    let Particle { kind, bytes } = particle;
    let mut writer = Writer::new(out);
    match kind {
        NULL => writer.nil(),
        INTEGER => writer.integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        FLOAT => writer.float(f64::from_be_bytes(bytes.try_into().ok()?)),
        BOOL => writer.boolean(*bytes.first()? != 0),
        // Bytes too, as official clients do.
        STRING | GEOJSON | BLOB | HLL => writer.text(kind, bytes),
        LIST | MAP => writer.packed(bytes),
        PLACEHOLDER => writer.packed(&[0xd4, 0xff, *bytes.first()?]),
        _ => return None,
    }
    Some(())
}

fn push_context(out: &mut Vec<u8>, context: ContextRef<'_>) -> Option<()> {
    let (kind, particle) = context.plain()?;
    Writer::new(out).integer(kind.into());
    push_value(out, particle)
}

fn int(particle: Particle<'_>) -> Option<i64> {
    let bytes = Some(particle.bytes).filter(|_| particle.kind == INTEGER)?;
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}

/// Appends the arguments of a call; gives their number.
fn push_arguments(out: &mut Vec<u8>, call: CallRef<'_>, wanted: &[Argument]) -> Option<u32> {
    let mut cursor = Cursor::new(call.arguments);
    let mut count = 0;
    for argument in wanted {
        let particle = cursor.particle().ok()?;
        let fits = match argument {
            Count | End if particle.kind == NULL => continue,
            Unsent if int(particle)? == 0 => continue,
            Flags if int(particle)? == 0 => continue,
            Unsent => false,
            Int | Count | Flags => particle.kind == INTEGER,
            Something => particle.kind != NULL,
            List => particle.kind == LIST,
            Items => particle.kind == LIST && !is_empty_list(particle.bytes),
            Value | End => true,
        };
        if !fits {
            return None;
        }
        push_value(out, particle)?;
        count += 1;
    }
    cursor.rest().is_empty().then_some(count)
}

fn is_empty_list(packed: &[u8]) -> bool {
    const EMPTY: u8 = 0x90;
    packed == [EMPTY]
}

/// Appends the arguments of a function that writes an entry of a map: key, value, order and persisted index in one, and
/// flags where there are some.
fn push_entry(out: &mut Vec<u8>, call: CallRef<'_>) -> Option<u32> {
    let mut cursor = Cursor::new(call.arguments);
    let mut next = || cursor.particle().ok();
    let (key, value, order, flags, persists) = (next()?, next()?, next()?, next()?, next()?);
    // Core sends nil as a map of one.
    if !cursor.rest().is_empty() || value.kind == NULL || persists.kind != BOOL {
        return None;
    }
    let (order, flags) = (int(order)?, int(flags)?);
    let persists = persists.bytes == [1];
    push_value(out, key)?;
    push_value(out, value)?;
    Writer::new(out).integer(if persists {
        order | PERSIST_INDEX
    } else {
        order
    });
    if flags == 0 {
        return Some(3);
    }
    Writer::new(out).integer(flags);
    Some(4)
}

fn push_call(out: &mut Vec<u8>, family: Family, call: CallRef<'_>) -> Option<()> {
    let mut packed = Vec::new();
    let sent = match (family, call.function) {
        (Family::Map, 67 | 73 | 74) => push_entry(&mut packed, call)?,
        (family, function) => push_arguments(&mut packed, call, arguments(family, function)?)?,
    };
    let (count, contexts) = call.contexts;
    if count > 0 {
        let mut writer = Writer::new(out);
        writer.list(3);
        writer.integer(CONTEXT);
        writer.list(u32::from(count) * 2);
        let mut cursor = Cursor::new(contexts);
        for _ in 0..count {
            push_context(out, ContextRef::parse(&mut cursor).ok()?)?;
        }
    }
    let mut writer = Writer::new(out);
    writer.list(1 + sent);
    writer.integer(call.function.into());
    writer.packed(&packed);
    Some(())
}

/// Appends an operation that writes a particle.
pub(crate) fn push_write(
    out: &mut Vec<u8>,
    op: u8,
    name: &str,
    particle: Particle<'_>,
) -> Option<()> {
    if !is_name(name) {
        return None;
    }
    let text;
    let data = if particle.kind == GEOJSON {
        text = [&GEOJSON_HEADER, particle.bytes].concat();
        &text
    } else {
        particle.bytes
    };
    Operation {
        op,
        particle: particle.kind,
        name: name.as_bytes(),
        data,
    }
    .write(out);
    Some(())
}

fn is_name(bin: &str) -> bool {
    !bin.is_empty() && bin.len() <= LONGEST
}

impl OperationRef<'_> {
    fn push(self, out: &mut Vec<u8>, packed: &mut Vec<u8>) -> Option<()> {
        let op = match self.verb {
            Verb::Read if is_name(self.bin) => {
                read::push_bin(out, self.bin);
                return Some(());
            }
            Verb::Call(family, _) if is_name(self.bin) => {
                packed.clear();
                push_call(packed, family, CallRef::parse(self.particle.bytes).ok()?)?;
                Operation {
                    op: if self.verb.writes() {
                        CDT_MODIFY
                    } else {
                        CDT_READ
                    },
                    particle: BLOB,
                    name: self.bin.as_bytes(),
                    data: packed,
                }
                .write(out);
                return Some(());
            }
            Verb::Write => wire::WRITE,
            Verb::Add => wire::INCREMENT,
            Verb::Append => wire::APPEND,
            Verb::Prepend => wire::PREPEND,
            _ => return None,
        };
        push_write(out, op, self.bin, self.particle)
    }
}

impl Operations<'_> {
    /// Appends the operations that are sent, which are those that are not about the header: generation and TTL come with
    /// every answer. Gives their number; `None` where core has to look at them.
    pub(crate) fn push(self, out: &mut Vec<u8>) -> Option<u16> {
        if self.len() > MOST {
            return None;
        }
        let mut packed = Vec::new();
        let mut count = 0;
        for operation in self.iter() {
            if operation.verb != Verb::ReadHeader {
                operation.push(out, &mut packed)?;
                count += 1;
            }
        }
        Some(count)
    }

    /// What operations that read ask the direct path for. `None` where core has to look at them.
    pub(crate) fn to_want(self, out: &mut Vec<u8>) -> Option<Want<'_>> {
        Some(match self.push(out)? {
            0 => Want::Header,
            count => Want::Results(count, out),
        })
    }
}
