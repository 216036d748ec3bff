//! Lua with Aerospike's libraries, as modules find it.

use super::modules::Sources;
use super::record::Record;
use super::value::Value;
use super::{FOLDER, aerospike, bytes, list, map, record};
use mlua::{
    ChunkMode, Error, Function, HookTriggers, Lua, LuaOptions, MultiValue, Result, StdLib, VmState,
};
use std::cell::Cell;

const PRELUDE: &str = include_str!("prelude.lua");
/// After so many instructions a function is ended: less than a second. A server lets one run as long as its client waits.
const MAX_INSTRUCTIONS: u64 = 20_000_000;
/// How many instructions are counted at a time.
const STEP: u32 = 10_000;
const MAX_MEMORY: usize = 256 * 1024 * 1024;

/// Why a function has no result: what the answer says.
pub(super) type Failed = String;

/// Runs a module's chunk.
pub(super) fn check(
    sources: &Sources,
    file: &str,
    source: &[u8],
) -> std::result::Result<(), Failed> {
    let lua = open(sources).map_err(|error| words(&error))?;
    load(&lua, file, source).map_err(|error| words(&error))
}

/// Runs a function of a module on a record.
pub(super) fn apply(
    sources: &Sources,
    module: &str,
    function: &str,
    arguments: &[Value],
    record: Record,
) -> std::result::Result<Value, Failed> {
    // The words of a server for a module that there is not, or that cannot be loaded.
    let no_module = || "UDF: Execution Error 1".to_owned();
    let file = format!("{module}.lua");
    let source = sources.get(&file).ok_or_else(no_module)?;
    let lua = open(sources).map_err(|error| words(&error))?;
    load(&lua, &file, &source).map_err(|_| no_module())?;
    let found: mlua::Value = lua.globals().get(function).map_err(|error| words(&error))?;
    if found.is_nil() {
        return Err("function not found".into());
    }
    call(&lua, found, arguments, record).unwrap_or_else(|error| Err(words(&error)))
}

fn call(
    lua: &Lua,
    function: mlua::Value,
    arguments: &[Value],
    record: Record,
) -> Result<std::result::Result<Value, Failed>> {
    let mut values = MultiValue::from_iter([
        function,
        mlua::Value::UserData(lua.create_userdata(record)?),
    ]);
    for argument in arguments {
        values.push_back(argument.to_lua(lua)?);
    }
    let pcall: Function = lua.globals().get("pcall")?;
    let (is_done, result): (bool, mlua::Value) = pcall.call(values)?;
    Ok(match (is_done, result) {
        // What is none of Aerospike's values becomes nil.
        (true, result) => Ok(Value::of_lua(&result).unwrap_or(Value::Nil)),
        (false, mlua::Value::String(text)) => Err(text.to_string_lossy()),
        (false, _) => Err("result value type unexpected".into()),
    })
}

fn open(sources: &Sources) -> Result<Lua> {
    let libraries =
        StdLib::COROUTINE | StdLib::TABLE | StdLib::STRING | StdLib::UTF8 | StdLib::MATH;
    let lua = Lua::new_with(libraries | StdLib::OS | StdLib::PACKAGE, LuaOptions::new())?;
    lua.set_memory_limit(MAX_MEMORY)?;
    limit(&lua)?;
    let globals = lua.globals();
    globals.set("aerospike", aerospike::open(&lua)?)?;
    globals.set("record", record::open(&lua)?)?;
    globals.set("list", list::open(&lua)?)?;
    globals.set("map", map::open(&lua)?)?;
    globals.set("bytes", bytes::open(&lua)?)?;
    globals.set("geojson", lua.create_table()?)?;
    require_from(&lua, sources.clone())?;
    let plain = lua.create_function(|lua, raised: mlua::Value| match raised {
        mlua::Value::Error(error) => lua.create_string(words(&error)).map(mlua::Value::String),
        other => Ok(other),
    })?;
    let (pcall, xpcall): (Function, Function) = (globals.get("pcall")?, globals.get("xpcall")?);
    lua.load(PRELUDE)
        .set_name("aerospike.lua")
        .call::<()>((plain, pcall, xpcall))?;
    Ok(lua)
}

fn load(lua: &Lua, file: &str, source: &[u8]) -> Result<()> {
    lua.load(source)
        .set_name(format!("@{FOLDER}{file}"))
        .set_mode(ChunkMode::Text)
        .exec()
}

/// Ends what runs too long, also where it catches errors: from then on each instruction is the last.
fn limit(lua: &Lua) -> Result<()> {
    let left = Cell::new(MAX_INSTRUCTIONS);
    lua.set_global_hook(
        HookTriggers::new().every_nth_instruction(STEP),
        move |lua, _| {
            left.set(left.get().saturating_sub(u64::from(STEP)));
            if left.get() > 0 {
                return Ok(VmState::Continue);
            }
            let every = HookTriggers::new().every_nth_instruction(1);
            lua.set_hook(every, |_, _| Err(too_long()))?;
            Err(too_long())
        },
    )
}

fn too_long() -> Error {
    Error::RuntimeError(format!(
        "the emulator ends a function after {MAX_INSTRUCTIONS} instructions"
    ))
}

/// `require` finds the registered modules.
fn require_from(lua: &Lua, sources: Sources) -> Result<()> {
    let searcher = lua.create_function(move |lua, name: String| {
        let file = format!("{}.lua", name.replace('.', "/"));
        match sources.get(&file) {
            Some(source) => lua
                .load(&source[..])
                .set_name(format!("@{FOLDER}{file}"))
                .set_mode(ChunkMode::Text)
                .into_function()
                .map(mlua::Value::Function),
            None => {
                let missing = format!("no file '{FOLDER}{file}'");
                lua.create_string(missing).map(mlua::Value::String)
            }
        }
    })?;
    let package: mlua::Table = lua.globals().get("package")?;
    let searchers: mlua::Table = package.get("searchers")?;
    let preloaded: mlua::Value = searchers.get(1)?;
    package.set(
        "searchers",
        lua.create_sequence_from([preloaded, mlua::Value::Function(searcher)])?,
    )?;
    package.set("path", format!("{FOLDER}?.lua"))?;
    package.set("cpath", "")
}

/// An error's own words, without what Lua was doing.
fn words(error: &Error) -> String {
    let text = match error {
        Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => {
            return words(cause);
        }
        Error::RuntimeError(text) | Error::SyntaxError { message: text, .. } => text.clone(),
        other => other.to_string(),
    };
    match text.split_once("\nstack traceback:") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}
