//! The arguments of a library's functions, with the errors that Lua's own libraries have.

use super::record::Record;
use super::value::{Bytes, GeoJson, List, Map, Value};
use mlua::{AnyUserData, Error, Lua, MetaMethod, MultiValue, Result, Table, UserDataFields};

/// A function of a library.
pub(super) type Function = fn(&Arguments<'_>) -> Result<MultiValue>;

/// What a function was called with.
pub(super) struct Arguments<'l> {
    pub(super) lua: &'l Lua,
    name: &'static str,
    values: MultiValue,
    /// How many arguments come before those that errors count: 1 in what is called as a method.
    before: usize,
}

/// A table of functions.
pub(super) fn library(lua: &Lua, functions: &[(&'static str, Function)]) -> Result<Table> {
    let library = lua.create_table()?;
    for &(name, function) in functions {
        library.set(name, wrapped(lua, name, 0, function)?)?;
    }
    Ok(library)
}

/// A library that is called to make a value: `list{1, 2}`.
pub(super) fn callable(
    lua: &Lua,
    functions: &[(&'static str, Function)],
    (name, construct): (&'static str, Function),
) -> Result<Table> {
    let library = library(lua, functions)?;
    let own = lua.create_table()?;
    own.set("__call", wrapped(lua, name, 0, construct)?)?;
    own.set("__metatable", &library)?;
    library.set_metatable(Some(own))?;
    Ok(library)
}

/// What every type has: its name, and how it is indexed.
pub(super) fn metatable<T>(
    fields: &mut impl UserDataFields<T>,
    name: &'static str,
    read: Function,
    assign: Function,
) {
    fields.add_meta_field(MetaMethod::Type, name);
    fields.add_meta_field_with(MetaMethod::Index, move |lua| wrapped(lua, "index", 0, read));
    fields.add_meta_field_with(MetaMethod::NewIndex, move |lua| {
        wrapped(lua, "newindex", 0, assign)
    });
}

/// A function of Lua's.
pub(super) fn wrapped(
    lua: &Lua,
    name: &'static str,
    before: usize,
    function: Function,
) -> Result<mlua::Function> {
    lua.create_function(move |lua, values: MultiValue| {
        function(&Arguments {
            lua,
            name,
            values,
            before,
        })
    })
}

/// Where Lua called the function. None where it did not: a library's function may be what `pcall` is given.
fn place(lua: &Lua) -> Option<String> {
    let place = lua.inspect_stack(1, |caller| {
        let source = caller.source();
        Some(format!("{}:{}: ", source.short_src?, caller.current_line()?))
    });
    place.flatten()
}

/// An error of a function, which begins with where it was called.
pub(super) fn raised(lua: &Lua, message: &str) -> Error {
    let place = place(lua).unwrap_or_default();
    Error::RuntimeError(format!("{place}{message}"))
}

/// The type of a value as errors say it.
fn type_name(value: Option<&mlua::Value>) -> &'static str {
    match value {
        None => "no value",
        Some(mlua::Value::UserData(data)) if data.is::<List>() => "List",
        Some(mlua::Value::UserData(data)) if data.is::<Map>() => "Map",
        Some(mlua::Value::UserData(data)) if data.is::<Bytes>() => "Bytes",
        Some(mlua::Value::UserData(data)) if data.is::<GeoJson>() => "GeoJSON",
        Some(mlua::Value::UserData(data)) if data.is::<Record>() => "Record",
        Some(mlua::Value::Integer(_)) => "number",
        Some(value) => value.type_name(),
    }
}

impl Arguments<'_> {
    fn at(&self, index: usize) -> Option<&mlua::Value> {
        self.values.get(index)
    }

    /// The error of an argument that has another type.
    pub(super) fn bad(&self, index: usize, expected: &str) -> Error {
        let number = index + 1 - self.before.min(index);
        let got = type_name(self.at(index));
        let why = format!("{expected} expected, got {got}");
        self.refused(number, &why)
    }

    fn refused(&self, number: usize, why: &str) -> Error {
        // Lua has a function's name from its caller.
        let name = place(self.lua).map_or("?", |_| self.name);
        let message = format!("bad argument #{number} to '{name}' ({why})");
        raised(self.lua, &message)
    }

    /// An argument of a type of Aerospike's.
    pub(super) fn of<T: Clone + 'static>(&self, index: usize, name: &str) -> Result<T> {
        match self.at(index) {
            Some(mlua::Value::UserData(data)) => match data.borrow::<T>() {
                Ok(value) => Ok(value.clone()),
                Err(_) => Err(self.bad(index, name)),
            },
            // A value that is none of Aerospike's at all is refused in another way.
            _ if self.before == 0 => Err(self.bad(index, "userdata")),
            _ => Err(self.bad(index, name)),
        }
    }

    pub(super) fn list(&self, index: usize) -> Result<List> {
        self.of(index, "List")
    }

    pub(super) fn map(&self, index: usize) -> Result<Map> {
        self.of(index, "Map")
    }

    pub(super) fn bytes(&self, index: usize) -> Result<Bytes> {
        self.of(index, "Bytes")
    }

    pub(super) fn record(&self, index: usize) -> Result<Record> {
        self.of(index, "Record")
    }

    pub(super) fn is<T: 'static>(&self, index: usize) -> bool {
        self.at(index)
            .and_then(mlua::Value::as_userdata)
            .is_some_and(AnyUserData::is::<T>)
    }

    /// How many arguments there are: with another number of them, much does nothing.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// An integer; texts and doubles that are one count.
    pub(super) fn integer(&self, index: usize) -> Result<i64> {
        let value = self.at(index).cloned().unwrap_or(mlua::Value::Nil);
        let is_number = self
            .lua
            .coerce_number(value.clone())
            .is_ok_and(|number| number.is_some());
        match self.lua.coerce_integer(value).ok().flatten() {
            Some(integer) => Ok(integer),
            None if is_number => {
                Err(self.refused(index + 1, "number has no integer representation"))
            }
            None => Err(self.bad(index, "number")),
        }
    }

    /// An index from 1, as an offset. None where it is less.
    pub(super) fn offset(&self, index: usize) -> Result<Option<usize>> {
        Ok(usize::try_from(self.integer(index)?)
            .ok()
            .and_then(|position| position.checked_sub(1)))
    }

    /// A number of elements or bytes.
    pub(super) fn count(&self, index: usize) -> Result<usize> {
        Ok(usize::try_from(self.integer(index)?).unwrap_or(0))
    }

    pub(super) fn text(&self, index: usize) -> Result<Vec<u8>> {
        let text = self
            .at(index)
            .and_then(|value| self.lua.coerce_string(value.clone()).ok().flatten());
        text.map(|text| text.as_bytes().to_vec())
            .ok_or_else(|| self.bad(index, "string"))
    }

    /// A value; nothing where it is none of Aerospike's.
    pub(super) fn value(&self, index: usize) -> Option<Value> {
        self.at(index).and_then(Value::of_lua)
    }

    pub(super) fn function(&self, index: usize) -> Option<mlua::Function> {
        self.at(index).and_then(mlua::Value::as_function).cloned()
    }

    pub(super) fn table(&self, index: usize) -> Option<Table> {
        self.at(index).and_then(mlua::Value::as_table).cloned()
    }

    /// Returns a value.
    pub(super) fn give(&self, value: &Value) -> Result<MultiValue> {
        self.pack(value.to_lua(self.lua)?)
    }

    /// Returns something of Lua's own.
    pub(super) fn pack(&self, values: impl mlua::IntoLuaMulti) -> Result<MultiValue> {
        values.into_lua_multi(self.lua)
    }
}

/// Returns nothing, which is not nil.
pub(super) fn nothing() -> Result<MultiValue> {
    Ok(MultiValue::new())
}
