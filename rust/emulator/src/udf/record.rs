//! The library `record`, and the record as Lua sees it.

use super::arguments::{Arguments, Function, library, metatable, nothing, raised};
use super::buffer::Buffer;
use super::value::{Bytes, Value};
use crate::command::{Code, MAX_BIN_NAME, wire};
use crate::particle as checked;
use crate::record::Draft;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use mlua::{Lua, MetaMethod, MultiValue, Result, Table, UserData, UserDataFields, UserDataMethods};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const FUNCTIONS: [(&str, Function); 13] = [
    ("bin_names", bin_names),
    ("device_size", |args| {
        args.record(0).and_then(|_| args.pack(0))
    }),
    ("digest", digest),
    ("drop_key", drop_key),
    ("gen", |args| about(args, |state| state.generation.into())),
    ("key", key),
    ("last_update_time", |args| {
        about(args, |state| state.updated_ms as i64)
    }),
    ("memory_size", |args| about(args, |state| state.size as i64)),
    ("numbins", |args| {
        about(args, |state| state.draft.bins.len() as i64)
    }),
    ("set_ttl", set_ttl),
    ("setname", setname),
    ("size", |args| about(args, |state| state.size as i64)),
    ("ttl", |args| about(args, State::seconds_left)),
];

pub(super) fn open(lua: &Lua) -> Result<Table> {
    library(lua, &FUNCTIONS)
}

/// The record that a function is called on.
#[derive(Clone)]
pub(super) struct Record(pub(super) Rc<RefCell<State>>);

/// What a function knows of the record, and what it has done to it.
#[derive(Default)]
pub(super) struct State {
    /// Whether there was one.
    pub(super) exists: bool,
    /// The bins, with the changes of the updates so far.
    pub(super) draft: Draft,
    pub(super) digest: Vec<u8>,
    pub(super) set: Vec<u8>,
    /// The user key that is stored, or that was sent, with its particle type before it.
    pub(super) key: Option<Vec<u8>>,
    pub(super) generation: u16,
    pub(super) void_time: u32,
    pub(super) updated_ms: u64,
    pub(super) now_ms: u64,
    /// What it takes, in bytes.
    pub(super) size: usize,
    /// Bins that were read or assigned. What changes in one that was only read is not written.
    pub(super) bins: HashMap<Vec<u8>, Value>,
    /// Those that were assigned since the last update, in that order.
    pub(super) assigned: Vec<Vec<u8>>,
    pub(super) ttl: Option<u32>,
    /// Why what was assigned cannot be written.
    pub(super) failed: Option<Code>,
    pub(super) is_written: bool,
    pub(super) is_removed: bool,
}

impl State {
    /// Until it expires; 0 where it never does.
    fn seconds_left(&self) -> i64 {
        match self.void_time {
            0 => 0,
            void_time => i64::from(void_time) - (self.now_ms / 1000) as i64,
        }
    }

    /// Takes over what was assigned. A bin whose name no bin can have is left out, as a server does.
    pub(super) fn update(&mut self) {
        for name in std::mem::take(&mut self.assigned) {
            if name.is_empty() || name.len() > MAX_BIN_NAME {
                continue;
            }
            let value = self.bins.get(&name);
            let (kind, data) = value.map_or((particle::NULL, Vec::new()), Value::to_particle);
            if kind == particle::NULL {
                // A server has the last bin in the place of one that goes.
                if let Some(at) = self.draft.bins.iter().position(|bin| *bin.name == *name) {
                    self.draft.bins.swap_remove(at);
                }
                continue;
            }
            match checked::stored(kind, &data) {
                Ok(data) => self.draft.set(&name, kind, data),
                Err(failed) => self.failed = Some(failed),
            }
        }
        (self.is_written, self.is_removed) = (true, false);
    }

    /// Whether there is a record by now.
    pub(super) fn is_there(&self) -> bool {
        self.exists || self.is_written
    }

    pub(super) fn remove(&mut self) {
        self.draft.bins.clear();
        self.bins.clear();
        self.assigned.clear();
        (self.is_written, self.is_removed) = (false, true);
    }

    fn bin(&mut self, name: &[u8]) -> Value {
        if let Some(value) = self.bins.get(name) {
            return value.clone();
        }
        let Some(bin) = self.draft.get(name) else {
            return Value::Nil;
        };
        let value = Value::of_particle(bin.particle, &bin.data);
        self.bins.insert(name.to_vec(), value.clone());
        value
    }
}

fn about(args: &Arguments<'_>, what: fn(&State) -> i64) -> Result<MultiValue> {
    let record = args.record(0)?;
    let value = what(&record.0.borrow());
    args.pack(value)
}

fn bin_names(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = args.record(0)?;
    let record = record.0.borrow();
    let names = record
        .draft
        .bins
        .iter()
        .map(|bin| args.lua.create_string(&bin.name));
    let names = names.collect::<Result<Vec<_>>>()?;
    args.pack(args.lua.create_sequence_from(names)?)
}

fn digest(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = args.record(0)?;
    let digest = Buffer::of(particle::BLOB, &record.0.borrow().digest);
    args.give(&Value::Bytes(Bytes::new(digest)))
}

fn key(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = args.record(0)?;
    let record = record.0.borrow();
    let key = match record.key.as_deref().filter(|_| record.is_there()) {
        Some([kind, data @ ..]) => Value::of_particle(*kind, data),
        _ => Value::Nil,
    };
    args.give(&key)
}

fn drop_key(args: &Arguments<'_>) -> Result<MultiValue> {
    args.record(0)?.0.borrow_mut().key = None;
    nothing()
}

fn setname(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = args.record(0)?;
    let record = record.0.borrow();
    if record.is_there() {
        args.pack(args.lua.create_string(&record.set)?)
    } else {
        nothing()
    }
}

/// Seconds, or one of a write's special numbers: -1 never, -2 as it is.
fn set_ttl(args: &Arguments<'_>) -> Result<MultiValue> {
    let (record, ttl) = (args.record(0)?, args.integer(1)?);
    record.0.borrow_mut().ttl = Some(ttl as u32);
    nothing()
}

fn read(args: &Arguments<'_>) -> Result<MultiValue> {
    let record = args.record(0)?;
    let name = args.text(1)?;
    let value = record.0.borrow_mut().bin(&name);
    args.give(&value)
}

fn assign(args: &Arguments<'_>) -> Result<MultiValue> {
    let (record, name) = (args.record(0)?, args.text(1)?);
    let Some(value) = args.value(2) else {
        if args.is::<Record>(2) {
            // A value, but none of a bin: that is found when it is to be written.
            record.0.borrow_mut().failed = Some(wire(code::BIN_INCOMPATIBLE_TYPE));
            return nothing();
        }
        let name = String::from_utf8_lossy(&name);
        let why = format!("can't set bin {name} to unsupported type");
        return Err(raised(args.lua, &why));
    };
    let mut record = record.0.borrow_mut();
    if !record.assigned.contains(&name) {
        record.assigned.push(name.clone());
    }
    record.bins.insert(name, value);
    nothing()
}

impl UserData for Record {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        metatable(fields, "Record", read, assign);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(format!("Record: {:p}", Rc::as_ptr(&this.0)))
        });
    }
}
