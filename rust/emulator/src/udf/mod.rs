//! User-defined functions: Lua on one record, as a server 8.1 runs it.
//!
//! A call has a Lua state of its own, so that nothing of an earlier one is left in it. What a function changes is written
//! when it has returned, and only then.

mod aerospike;
mod arguments;
mod buffer;
mod bytes;
mod call;
mod environment;
mod list;
mod map;
mod modules;
mod record;
mod text;
mod value;

pub(crate) use call::run;
pub(crate) use modules::Modules;

/// The folder of modules, as a server has it in its own: errors name it.
const FOLDER: &str = "/usr/udf/lua/";
