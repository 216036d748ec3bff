//! Commands that only read.

use crate::command::{Code, Command, MAX_BIN_NAME, wire};
use crate::expression::Subject;
use crate::namespace::{DigestKey, Namespace};
use crate::operate;
use crate::record::Record;
use crate::reply::Message;
use aerospike_wire::message::{TTL_NEVER, info1};
use aerospike_wire::operation::{self, Operation};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

pub(crate) fn run(command: &Command<'_>, namespace: &Namespace, out: &mut Vec<u8>) -> Code {
    let mut message = Message::begin(out, command.index);
    let shard = namespace.shard(&command.digest).read();
    let result = match shard.get(&DigestKey(command.digest)) {
        None => Err(wire(code::RECORD_NOT_FOUND)),
        Some(record) => {
            (message.header.generation, message.header.ttl) =
                (u32::from(record.generation), record.void_time);
            read(command, namespace, record, &mut message, out)
        }
    };
    drop(shard);
    if let Err(result) = result {
        message.fail(out, result);
    } else if command.header.ttl != 0 && command.header.ttl != TTL_NEVER {
        message.header.ttl = touch(command, namespace).unwrap_or(message.header.ttl);
    }
    let result = message.header.result;
    message.end(out);
    result
}

fn read(
    command: &Command<'_>,
    namespace: &Namespace,
    record: &Record,
    message: &mut Message,
    out: &mut Vec<u8>,
) -> Result<(), Code> {
    if record.is_expired(command.now_ms) {
        return Err(wire(code::RECORD_NOT_FOUND));
    }
    let ttl = command.header.ttl;
    if ttl > 100 && ttl != TTL_NEVER {
        return Err(wire(code::REQUEST_INVALID));
    }
    check_key(command, record)?;
    let subject = Subject::of(command, namespace, Some(record));
    operate::check_filter(command, subject)?;
    if command.header.info1 & info1::NO_BIN_DATA != 0 {
        return Ok(());
    }
    if command.header.info1 & info1::GET_ALL != 0 {
        message.operations(out, &record.bins, record.bin_count);
        return Ok(());
    }
    if command.operations.is_empty() {
        return Err(wire(code::REQUEST_INVALID));
    }
    for operation in command.operations {
        let operation = operation.map_err(|_| wire(code::REQUEST_INVALID))?;
        if operation.name.len() > MAX_BIN_NAME {
            return Err(wire(code::BIN_NAME));
        }
        let bin = record.bin(operation.name);
        match operation.op {
            operation::READ => respond(command, operation, bin, message, out),
            _ => operate::read(command, subject, operation, bin, message, out)?,
        }
    }
    Ok(())
}

/// Answers a bin, or its absence when every operation gets an answer.
pub(crate) fn respond(
    command: &Command<'_>,
    operation: Operation<'_>,
    bin: Option<Operation<'_>>,
    message: &mut Message,
    out: &mut Vec<u8>,
) {
    if let Some(bin) = bin {
        message.operation(
            out,
            Operation {
                op: operation.op,
                ..bin
            },
        );
    } else if command.responds_to_all() {
        message.operation(out, nothing(operation));
    }
}

/// The answer of an operation that has no value.
pub(crate) fn nothing(operation: Operation<'_>) -> Operation<'_> {
    Operation {
        particle: particle::NULL,
        data: &[],
        ..operation
    }
}

/// A user key that was sent must be the stored one.
pub(crate) fn check_key(command: &Command<'_>, record: &Record) -> Result<(), Code> {
    match (command.fields.key, &record.key) {
        (Some([] | [particle::FLOAT, ..]), _) => Err(wire(code::RECORD_KEY_MISMATCH)),
        (Some(sent), Some(stored)) if *sent != **stored => Err(wire(code::RECORD_KEY_MISMATCH)),
        _ => Ok(()),
    }
}

/// A read that asks for it starts the record's time to live anew once so many percent of it have passed.
fn touch(command: &Command<'_>, namespace: &Namespace) -> Option<u32> {
    let mut shard = namespace.shard(&command.digest).write();
    let record = shard.get_mut(&DigestKey(command.digest))?;
    let now = command.now_ms / 1000;
    let ttl = u64::from(record.void_time)
        .checked_sub(record.updated_ms / 1000)
        .filter(|_| record.void_time != 0)?;
    if now.saturating_sub(record.updated_ms / 1000) * 100 >= ttl * u64::from(command.header.ttl) {
        record.void_time = u32::try_from(now + ttl).ok()?;
        record.updated_ms = command.now_ms;
    }
    Some(record.void_time)
}
