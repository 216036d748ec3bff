//! The library `list`, and lists as Lua sees them.

use super::arguments::{Arguments, Function, callable, metatable, nothing, raised};
use super::value::{List, Value};
use mlua::{Lua, MetaMethod, MultiValue, Result, Table, UserData, UserDataFields, UserDataMethods};

const FUNCTIONS: [(&str, Function); 16] = [
    ("append", append),
    ("clone", copy),
    ("concat", concat),
    ("create", create),
    ("drop", drop_first),
    ("insert", insert),
    ("iterator", iterator),
    ("merge", merge),
    ("nbytes", nbytes),
    ("new", create),
    ("prepend", prepend),
    ("remove", remove),
    ("size", size),
    ("take", take),
    ("tostring", tostring),
    ("trim", trim),
];

pub(super) fn open(lua: &Lua) -> Result<Table> {
    callable(lua, &FUNCTIONS, ("list", construct))
}

/// Gives values one after the other, as a `for` asks for them.
pub(super) fn iterate(lua: &Lua, values: Vec<Vec<Value>>) -> Result<MultiValue> {
    let mut values = values.into_iter();
    let next = lua.create_function_mut(move |lua, _: MultiValue| {
        let values = values.next().unwrap_or_default();
        values
            .iter()
            .map(|value| value.to_lua(lua))
            .collect::<Result<MultiValue>>()
    })?;
    Ok(MultiValue::from_iter([mlua::Value::Function(next)]))
}

fn construct(args: &Arguments<'_>) -> Result<MultiValue> {
    let mut values = Vec::new();
    if let Some(table) = args.table(1) {
        for pair in table.pairs::<mlua::Value, mlua::Value>() {
            let (key, value) = pair?;
            if key.is_number() || key.is_integer() {
                values.push(Value::of_lua(&value).unwrap_or(Value::Nil));
            }
        }
    }
    args.give(&Value::List(List::new(values)))
}

fn create(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() == 0 {
        return nothing();
    }
    args.integer(0)?;
    args.give(&Value::List(List::default()))
}

fn append(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    if let (2, Some(value)) = (args.len(), args.value(1)) {
        list.0.borrow_mut().push(value);
    }
    nothing()
}

fn prepend(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    if let (2, Some(value)) = (args.len(), args.value(1)) {
        list.0.borrow_mut().insert(0, value);
    }
    nothing()
}

fn insert(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    if args.len() == 3
        && let (Some(at), Some(value)) = (args.offset(1)?, args.value(2))
        && at < MAX_LENGTH
    {
        let mut list = list.0.borrow_mut();
        fill(&mut list, at);
        list.insert(at, value);
    }
    nothing()
}

/// Most elements that a gap may make.
const MAX_LENGTH: usize = 16 * 1024 * 1024;

fn fill(list: &mut Vec<Value>, length: usize) {
    if length > list.len() {
        list.resize(length, Value::Nil);
    }
}

fn remove(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    if args.len() == 2
        && let Some(at) = args.offset(1)?
    {
        let mut list = list.0.borrow_mut();
        if at < list.len() {
            list.remove(at);
        }
    }
    nothing()
}

fn trim(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    if args.len() == 2
        && let Some(at) = args.offset(1)?
    {
        list.0.borrow_mut().truncate(at);
    }
    nothing()
}

fn concat(args: &Arguments<'_>) -> Result<MultiValue> {
    let (list, other) = (args.list(0)?, args.list(1)?);
    let other = other.0.borrow().clone();
    list.0.borrow_mut().extend(other);
    nothing()
}

fn merge(args: &Arguments<'_>) -> Result<MultiValue> {
    let (list, other) = (args.list(0)?, args.list(1)?);
    let merged = [&list.0.borrow()[..], &other.0.borrow()[..]].concat();
    args.give(&Value::List(List::new(merged)))
}

fn copy(args: &Arguments<'_>) -> Result<MultiValue> {
    let values = args.list(0)?.0.borrow().clone();
    args.give(&Value::List(List::new(values)))
}

/// How many elements are asked for, where it is a number for that.
fn count(args: &Arguments<'_>, least: i64) -> Result<Option<usize>> {
    if args.len() != 2 {
        return Ok(None);
    }
    let count = Some(args.integer(1)?).filter(|count| *count >= least);
    Ok(count.and_then(|count| usize::try_from(count).ok()))
}

fn take(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    let Some(count) = count(args, 1)? else {
        return nothing();
    };
    let values = list.0.borrow().iter().take(count).cloned().collect();
    args.give(&Value::List(List::new(values)))
}

fn drop_first(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    let Some(count) = count(args, 1)? else {
        return nothing();
    };
    let values = list.0.borrow().iter().skip(count).cloned().collect();
    args.give(&Value::List(List::new(values)))
}

fn size(args: &Arguments<'_>) -> Result<MultiValue> {
    let size = args.list(0)?.0.borrow().len();
    args.pack(size)
}

fn nbytes(args: &Arguments<'_>) -> Result<MultiValue> {
    // The mark of an order does not count, other than a map's.
    let values = args.list(0)?.0.borrow().clone();
    let (_, packed) = Value::List(List::new(values)).to_particle();
    args.pack(packed.len())
}

fn tostring(args: &Arguments<'_>) -> Result<MultiValue> {
    args.pack(Value::List(args.list(0)?).to_string())
}

fn iterator(args: &Arguments<'_>) -> Result<MultiValue> {
    let values = args.list(0)?.0.borrow().clone();
    iterate(
        args.lua,
        values.into_iter().map(|value| vec![value]).collect(),
    )
}

fn read(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    let value = args
        .offset(1)?
        .and_then(|at| list.0.borrow().get(at).cloned());
    args.give(&value.unwrap_or(Value::Nil))
}

fn assign(args: &Arguments<'_>) -> Result<MultiValue> {
    let list = args.list(0)?;
    if let Some(at) = args.offset(1)? {
        if at >= MAX_LENGTH {
            return Err(raised(args.lua, "the emulator's lists are not that long"));
        }
        if let Some(value) = args.value(2) {
            let mut list = list.0.borrow_mut();
            fill(&mut list, at + 1);
            list[at] = value;
        }
    }
    nothing()
}

impl UserData for List {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        metatable(fields, "List", read, assign);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Len, |_, this, ()| Ok(this.0.borrow().len()));
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(Value::List(this.clone()).to_string())
        });
    }
}
