//! Runs the function that a command names, and answers.

use super::environment;
use super::modules::Modules;
use super::record::{Record as Subject, State};
use super::value::Value;
use crate::command::{Code, Command, wire};
use crate::expression;
use crate::namespace::{DigestKey, Namespace, Shard};
use crate::operate;
use crate::read::check_key;
use crate::record::{Draft, Record};
use crate::reply::Message;
use crate::{container, write};
use aerospike_wire::field;
use aerospike_wire::message::{Header, info2, info3};
use aerospike_wire::operation::{self, Operation};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use std::cell::RefCell;
use std::rc::Rc;

/// Runs the function and appends the answer: what it returned in the bin `SUCCESS`, or what went wrong in `FAILURE`.
pub(crate) fn run(
    command: &Command<'_>,
    namespace: &Namespace,
    modules: &Modules,
    out: &mut Vec<u8>,
) -> Code {
    let mut message = Message::begin(out, command.index);
    if let Err(result) = answer(command, namespace, modules, &mut message, out) {
        message.fail(out, result);
    }
    let result = message.header.result;
    message.end(out);
    result
}

fn answer(
    command: &Command<'_>,
    namespace: &Namespace,
    modules: &Modules,
    message: &mut Message,
    out: &mut Vec<u8>,
) -> Result<(), Code> {
    if has_conditions(&command.header) {
        return Err(wire(code::REQUEST_INVALID));
    }
    let fields = &command.fields;
    let arguments = arguments(fields.find(field::UDF_ARGUMENTS).unwrap_or(&[0x90]))?;
    let text =
        |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or_default()).into_owned();
    let (module, function) = (
        text(fields.udf_package),
        text(fields.find(field::UDF_FUNCTION)),
    );
    let mut shard = namespace.shard(&command.digest).write();
    let shard: &mut Shard = &mut shard;
    let record = shard
        .get(&DigestKey(command.digest))
        .filter(|record| !record.is_expired(command.now_ms));
    if let Some(record) = record {
        (message.header.generation, message.header.ttl) =
            (u32::from(record.generation), record.void_time);
        check_key(command, record)?;
        operate::check_filter(
            command,
            expression::Subject::of(command, namespace, Some(record)),
        )?;
    }
    let state = Rc::new(RefCell::new(state(command, namespace, record)));
    let subject = Subject(Rc::clone(&state));
    let returned = environment::apply(&modules.sources(), &module, &function, &arguments, subject);
    let (name, (kind, data)) = match returned {
        Ok(value) => {
            let draft = state.replace(State::default());
            commit(command, namespace, shard, draft, message)?;
            let (kind, data) = value.to_particle();
            // Whatever type a function gave them, what it returns are bytes.
            let is_bytes = matches!(value, Value::Bytes(_));
            let kind = if is_bytes { particle::BLOB } else { kind };
            (&b"SUCCESS"[..], (kind, data))
        }
        Err(words) => {
            message.header.result = wire(code::UDF);
            (&b"FAILURE"[..], (particle::STRING, words.into_bytes()))
        }
    };
    let bin = Operation {
        op: operation::READ,
        particle: kind,
        name,
        data: &data,
    };
    message.operation(out, bin);
    Ok(())
}

/// Whether a command says what record it is for, other than by a filter: that is the function's to decide.
fn has_conditions(header: &Header) -> bool {
    let of_write = info2::GENERATION | info2::GENERATION_GT | info2::CREATE_ONLY;
    let of_record = info3::UPDATE_ONLY | info3::CREATE_OR_REPLACE | info3::REPLACE_ONLY;
    header.info2 & of_write != 0 || header.info3 & of_record != 0
}

/// The arguments: a list.
fn arguments(packed: &[u8]) -> Result<Vec<Value>, Code> {
    let list = container::whole(packed).map_err(|_| wire(code::REQUEST_INVALID))?;
    match Value::of(&list) {
        Value::List(list) => Ok(list.0.take()),
        _ => Err(wire(code::REQUEST_INVALID)),
    }
}

fn state(command: &Command<'_>, namespace: &Namespace, record: Option<&Record>) -> State {
    let sent = || command.fields.key.map(<[u8]>::to_vec);
    let set = || command.fields.set.unwrap_or_default().to_vec();
    let mut state = State {
        digest: command.digest.to_vec(),
        now_ms: command.now_ms,
        ..State::default()
    };
    match record {
        None => (state.set, state.key) = (set(), sent()),
        Some(record) => {
            state.exists = true;
            state.draft = Draft::of(record);
            state.set = namespace.set_name(record.set);
            state.key = record.key.as_deref().map(<[u8]>::to_vec).or_else(sent);
            state.generation = record.generation;
            state.void_time = record.void_time;
            state.updated_ms = record.updated_ms;
            state.size = write::record_size(namespace, record);
        }
    }
    state
}

/// Writes what the function has done.
fn commit(
    command: &Command<'_>,
    namespace: &Namespace,
    shard: &mut Shard,
    state: State,
    message: &mut Message,
) -> Result<(), Code> {
    let key = DigestKey(command.digest);
    if state.is_removed || state.is_written && state.draft.bins.is_empty() {
        (message.header.generation, message.header.ttl) = (0, 0);
        return match shard.remove(&key) {
            Some(_) => Ok(()),
            None => Err(wire(code::RECORD_NOT_FOUND)),
        };
    }
    if !state.is_written {
        return Ok(());
    }
    if let Some(failed) = state.failed {
        return Err(failed);
    }
    let ttl = state.ttl.unwrap_or(command.header.ttl);
    let void_time = write::void_time(ttl, command.now_ms, namespace, shard.get(&key))?;
    let updated = write::Changed {
        draft: &state.draft,
        set: &state.set,
        key: state.key.as_deref(),
        void_time,
    };
    let updated = updated.record(command, namespace, shard.get(&key))?;
    (message.header.generation, message.header.ttl) =
        (u32::from(updated.generation), updated.void_time);
    shard.insert(key, updated);
    Ok(())
}
