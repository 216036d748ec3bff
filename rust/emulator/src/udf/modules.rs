//! The registered modules, and the info commands about them.

use super::environment;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parking_lot::RwLock;
use std::fmt::Write;
use std::sync::Arc;

/// Longest name of a module.
const MAX_NAME: usize = 127;

/// One module.
#[derive(Clone)]
struct Module {
    name: String,
    source: Arc<[u8]>,
}

/// The modules of a cluster: all of its nodes have the same.
#[derive(Default)]
pub(crate) struct Modules(RwLock<Vec<Module>>);

/// The modules as they are at a time.
#[derive(Clone)]
pub(super) struct Sources(Vec<Module>);

impl Sources {
    /// The source of a file.
    pub(super) fn get(&self, file: &str) -> Option<Arc<[u8]>> {
        let module = self.0.iter().find(|module| module.name == file)?;
        Some(Arc::clone(&module.source))
    }
}

/// The value of `key=` among arguments like `a=1;b=2`.
fn argument<'a>(arguments: &'a str, key: &str) -> Option<&'a str> {
    let mut pairs = arguments.split(';').filter_map(|pair| pair.split_once('='));
    pairs.find(|pair| pair.0 == key).map(|pair| pair.1)
}

/// A name has something before its last dot and behind it, and does not lead out of the folder.
fn is_name(name: &str) -> bool {
    let has_extension = name
        .rsplit_once('.')
        .is_some_and(|(stem, extension)| !stem.is_empty() && !extension.is_empty());
    has_extension && name.len() <= MAX_NAME && !name.starts_with("../")
}

impl Modules {
    pub(super) fn sources(&self) -> Sources {
        Sources(self.0.read().clone())
    }

    /// `udf-put`. The chunk is run, as a server does, so that what fails then is told.
    pub(crate) fn put(&self, arguments: &str) -> String {
        let Some(name) = argument(arguments, "filename").filter(|name| is_name(name)) else {
            return "error=invalid_filename".into();
        };
        let content = argument(arguments, "content");
        let length =
            argument(arguments, "content-len").and_then(|length| length.parse::<usize>().ok());
        let (Some(content), Some(length)) = (content, length) else {
            return "error=invalid_content_len".into();
        };
        if argument(arguments, "udf-type").is_some_and(|kind| kind != "LUA") {
            return "error=invalid_udf_type".into();
        }
        if content.len() != length {
            return "error=invalid_content_len".into();
        }
        let source: Arc<[u8]> = match STANDARD.decode(content) {
            Ok(source) if !source.is_empty() => source.into(),
            _ => return "error=invalid_base64_content".into(),
        };
        if let Err(failure) = environment::check(&self.sources(), name, &source) {
            let (line, message) = split(&failure, name);
            let message = STANDARD.encode(message);
            return format!("error=compile_error;file={name};line={line};message={message}");
        }
        let module = Module {
            name: name.to_owned(),
            source,
        };
        let mut modules = self.0.write();
        match modules.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = module,
            None => modules.push(module),
        }
        "ok".into()
    }

    /// `udf-remove`, which is content with what there is not.
    pub(crate) fn remove(&self, arguments: &str) -> String {
        let Some(name) = argument(arguments, "filename") else {
            return "error=invalid_filename".into();
        };
        self.0.write().retain(|module| module.name != name);
        "ok".into()
    }

    /// `udf-list`. The hash is the emulator's own.
    pub(crate) fn list(&self) -> String {
        let mut answer = String::new();
        for Module { name, source } in self.0.read().iter() {
            let hash = sha1_smol::Sha1::from(source).digest();
            let _ = write!(answer, "filename={name},hash={hash},type=LUA;");
        }
        answer
    }

    /// `udf-get`.
    pub(crate) fn get(&self, arguments: &str) -> String {
        match argument(arguments, "filename") {
            None => "error=invalid_filename".into(),
            Some(name) => match self.sources().get(name) {
                None => "error=not_found".into(),
                Some(source) => format!("type=LUA;content={};", STANDARD.encode(source)),
            },
        }
    }

    pub(crate) fn clear(&self) {
        self.0.write().clear();
    }
}

/// The line that a message of Lua's begins with, and the rest.
fn split<'m>(message: &'m str, name: &str) -> (u32, &'m str) {
    let behind = message
        .strip_prefix(super::FOLDER)
        .and_then(|rest| rest.strip_prefix(name)?.strip_prefix(':'))
        .and_then(|rest| rest.split_once(": "));
    match behind {
        Some((line, rest)) => line.parse().map_or((0, message), |line| (line, rest)),
        None => (0, message),
    }
}
