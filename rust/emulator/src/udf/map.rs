//! The library `map`, and maps as Lua sees them.

use super::arguments::{Arguments, Function, callable, metatable, nothing};
use super::list::iterate;
use super::value::{Key, Map, Value};
use mlua::{Lua, MetaMethod, MultiValue, Result, Table, UserData, UserDataFields, UserDataMethods};
use std::collections::BTreeMap;

const FUNCTIONS: [(&str, Function); 13] = [
    ("clone", copy),
    ("create", create),
    ("diff", diff),
    ("iterator", pairs),
    ("keys", keys),
    ("merge", merge),
    ("nbytes", nbytes),
    ("new", create),
    ("pairs", pairs),
    ("remove", remove),
    ("size", size),
    ("tostring", tostring),
    ("values", values),
];

pub(super) fn open(lua: &Lua) -> Result<Table> {
    callable(lua, &FUNCTIONS, ("map", construct))
}

fn construct(args: &Arguments<'_>) -> Result<MultiValue> {
    let mut map = BTreeMap::new();
    if let Some(table) = args.table(1) {
        for pair in table.pairs::<mlua::Value, mlua::Value>() {
            let (key, value) = pair?;
            let key = Value::of_lua(&key).and_then(|key| Key::of(&key));
            if let (Some(key), Some(value)) = (key, Value::of_lua(&value)) {
                map.insert(key, value);
            }
        }
    }
    args.give(&Value::Map(Map::new(map)))
}

fn create(args: &Arguments<'_>) -> Result<MultiValue> {
    if args.len() == 0 {
        return nothing();
    }
    args.integer(0)?;
    args.give(&Value::Map(Map::default()))
}

/// The key that is the second argument.
fn key(args: &Arguments<'_>) -> Option<Key> {
    args.value(1).as_ref().and_then(Key::of)
}

fn copy(args: &Arguments<'_>) -> Result<MultiValue> {
    let pairs = args.map(0)?.0.borrow().clone();
    args.give(&Value::Map(Map::new(pairs)))
}

/// Both maps' pairs; of a key that both have, the second's value, or what a function makes of the two.
fn merge(args: &Arguments<'_>) -> Result<MultiValue> {
    let (mut merged, other) = (
        args.map(0)?.0.borrow().clone(),
        args.map(1)?.0.borrow().clone(),
    );
    let combine = args.function(2);
    for (key, value) in other {
        let value = match (merged.get(&key), &combine) {
            (Some(own), Some(combine)) => {
                let both = (own.to_lua(args.lua)?, value.to_lua(args.lua)?);
                Value::of_lua(&combine.call(both)?).unwrap_or(Value::Nil)
            }
            _ => value,
        };
        merged.insert(key, value);
    }
    args.give(&Value::Map(Map::new(merged)))
}

/// The pairs of which only one of the maps has the key.
fn diff(args: &Arguments<'_>) -> Result<MultiValue> {
    let (map, other) = (args.map(0)?, args.map(1)?);
    let (map, other) = (map.0.borrow(), other.0.borrow());
    let only = |one: &BTreeMap<Key, Value>, two: &BTreeMap<Key, Value>| -> Vec<_> {
        let pairs = one.iter().filter(|(key, _)| !two.contains_key(key));
        pairs
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let pairs = [only(&map, &other), only(&other, &map)].concat();
    args.give(&Value::Map(Map::new(pairs.into_iter().collect())))
}

fn remove(args: &Arguments<'_>) -> Result<MultiValue> {
    let map = args.map(0)?;
    if let Some(key) = key(args) {
        map.0.borrow_mut().remove(&key);
    }
    nothing()
}

fn size(args: &Arguments<'_>) -> Result<MultiValue> {
    let size = args.map(0)?.0.borrow().len();
    args.pack(size)
}

fn nbytes(args: &Arguments<'_>) -> Result<MultiValue> {
    let (_, packed) = Value::Map(args.map(0)?).to_particle();
    args.pack(packed.len())
}

fn tostring(args: &Arguments<'_>) -> Result<MultiValue> {
    args.pack(Value::Map(args.map(0)?).to_string())
}

/// Iterates over what is made of each pair.
fn each(args: &Arguments<'_>, of: fn((&Key, &Value)) -> Vec<Value>) -> Result<MultiValue> {
    let values = args.map(0)?.0.borrow().iter().map(of).collect();
    iterate(args.lua, values)
}

fn pairs(args: &Arguments<'_>) -> Result<MultiValue> {
    each(args, |(key, value)| vec![key.to_value(), value.clone()])
}

fn keys(args: &Arguments<'_>) -> Result<MultiValue> {
    each(args, |(key, _)| vec![key.to_value()])
}

fn values(args: &Arguments<'_>) -> Result<MultiValue> {
    each(args, |(_, value)| vec![value.clone()])
}

fn read(args: &Arguments<'_>) -> Result<MultiValue> {
    let map = args.map(0)?;
    let value = key(args).and_then(|key| map.0.borrow().get(&key).cloned());
    args.give(&value.unwrap_or(Value::Nil))
}

fn assign(args: &Arguments<'_>) -> Result<MultiValue> {
    let map = args.map(0)?;
    if let Some(key) = key(args) {
        // What no map can hold takes the pair away.
        match args.value(2) {
            Some(value) => map.0.borrow_mut().insert(key, value),
            None => map.0.borrow_mut().remove(&key),
        };
    }
    nothing()
}

impl UserData for Map {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        metatable(fields, "Map", read, assign);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Len, |_, this, ()| Ok(this.0.borrow().len()));
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(Value::Map(this.clone()).to_string())
        });
    }
}
