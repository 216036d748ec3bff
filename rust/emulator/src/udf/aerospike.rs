//! The object `aerospike`: what becomes of the record.

use super::arguments::{Arguments, Function, nothing, wrapped};
use super::record::Record;
use mlua::{AnyUserData, Lua, MetaMethod, MultiValue, Result, UserData, UserDataFields};
use std::time::{SystemTime, UNIX_EPOCH};

const FUNCTIONS: [(&str, Function); 8] = [
    ("create", create),
    ("exists", exists),
    ("get_config", |args| {
        subject(args).and_then(|_| args.pack(0))
    }),
    ("get_current_time", get_current_time),
    ("log", |_| nothing()),
    ("remove", remove),
    ("set_context", |_| nothing()),
    ("update", update),
];

/// The object has no state: the record has it.
#[derive(Clone)]
struct Aerospike;

pub(super) fn open(lua: &Lua) -> Result<AnyUserData> {
    lua.create_userdata(Aerospike)
}

impl UserData for Aerospike {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field(MetaMethod::Type, "Aerospike");
        fields.add_meta_field_with(MetaMethod::Index, |lua| {
            let functions = lua.create_table()?;
            for (name, function) in FUNCTIONS {
                functions.set(name, wrapped(lua, name, 1, function)?)?;
            }
            Ok(functions)
        });
    }
}

/// The record of a method's call.
fn subject(args: &Arguments<'_>) -> Result<Record> {
    if args.is::<Aerospike>(0) {
        args.record(1)
    } else {
        Err(args.bad(0, "Aerospike"))
    }
}

fn create(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = subject(args)?;
    let mut record = record.0.borrow_mut();
    if record.is_there() && !record.is_removed {
        return args.pack(1);
    }
    record.update();
    args.pack(0)
}

fn update(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = subject(args)?;
    let mut record = record.0.borrow_mut();
    if !record.is_there() {
        return args.pack(-2);
    }
    record.update();
    args.pack(0)
}

fn remove(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = subject(args)?;
    let mut record = record.0.borrow_mut();
    if !record.is_there() {
        return args.pack(1);
    }
    record.remove();
    args.pack(0)
}

/// Also of one that was removed before, as on a server.
fn exists(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = subject(args)?;
    let is_there = record.0.borrow().is_there();
    args.pack(is_there)
}

fn get_current_time(args: &Arguments<'_>) -> Result<MultiValue> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    args.pack(since.map_or(0, |since| since.as_millis() as i64))
}
