//! Applies operations to a draft of a record. Families of operations are dispatched from here, each in its own file.

use crate::collection::{Answer, Particle};
use crate::command::{Code, Command, wire};
use crate::expression::{self, Expression, Subject, path};
use crate::read::{nothing, respond};
use crate::record::Draft;
use crate::reply::Message;
use crate::{bits, collection, hll, particle as checked, scalar};
use aerospike_wire::operation::{self, Operation};
use aerospike_wire::result_code::code;
use aerospike_wire::{message::info1, particle};

/// True when an operation changes what a bin holds, other than by writing it anew.
pub(crate) fn is_modification(op: u8) -> bool {
    matches!(
        op,
        operation::INCREMENT
            | operation::APPEND
            | operation::PREPEND
            | operation::CDT_MODIFY
            | operation::BIT_MODIFY
            | operation::HLL_MODIFY
    )
}

/// Refuses a record that the command's filter does not hold for. As on a server, only a record that exists has the filter
/// looked at, even to find that it is none.
pub(crate) fn check_filter(command: &Command<'_>, subject: Subject<'_>) -> Result<(), Code> {
    match (command.fields.filter, command.batch_filter) {
        (Some(packed), _) => Expression::filter(packed)?.check(subject),
        (None, Some(filter)) => filter.check(subject),
        (None, None) => Ok(()),
    }
}

/// Answers an operation of a read-only command that is not a plain read.
pub(crate) fn read(
    command: &Command<'_>,
    subject: Subject<'_>,
    operation: Operation<'_>,
    bin: Option<Operation<'_>>,
    message: &mut Message,
    out: &mut Vec<u8>,
) -> Result<(), Code> {
    let bin = bin.map(|bin| (bin.particle, bin.data));
    let answer = match operation.op {
        operation::CDT_READ => {
            read_collection(operation.data, bin)?.unwrap_or_else(Answer::nothing)
        }
        operation::EXP_READ => expression::operation::read(operation.data, subject)?,
        operation::BIT_READ => bits::read(operation.data, bin)?,
        operation::HLL_READ => hll::read(operation.data, bin)?,
        _ => return Err(wire(code::REQUEST_INVALID)),
    };
    // What a row only reads comes back as if it had been a plain read.
    let op = if command.is_row {
        operation::READ
    } else {
        operation.op
    };
    let answered = Operation { op, ..operation };
    respond_value(command, answered, &answer, message, out);
    Ok(())
}

/// Applies one operation of a command that writes.
pub(crate) fn apply(
    command: &Command<'_>,
    subject: Subject<'_>,
    operation: Operation<'_>,
    draft: &mut Draft,
    message: &mut Message,
    out: &mut Vec<u8>,
) -> Result<(), Code> {
    match operation.op {
        operation::READ => {
            read_draft(command, operation, draft, message, out);
            return Ok(());
        }
        // A server answers nothing for a touch, even when every operation is to be answered.
        operation::TOUCH => return Ok(()),
        operation::WRITE => write(operation, draft)?,
        operation::INCREMENT => scalar::increment(operation, draft)?,
        operation::APPEND => scalar::append(operation, draft)?,
        operation::PREPEND => scalar::prepend(operation, draft)?,
        operation::DELETE => draft.bins.clear(),
        operation::EXP_READ => {
            let subject = Subject {
                draft: Some(draft),
                ..subject
            };
            let answer = expression::operation::read(operation.data, subject)?;
            // Among operations that write, no value is an answer too.
            message.operation(out, valued(operation, &answer));
            return Ok(());
        }
        operation::EXP_MODIFY => {
            expression::operation::modify(operation.data, operation.name, subject, draft)?;
        }
        operation::CDT_READ => {
            match read_collection(operation.data, draft_bin(draft, operation))? {
                // Among operations that write, no value of a bin that exists is an answer too.
                Some(answer) => message.operation(out, valued(operation, &answer)),
                None => respond_value(command, operation, &Answer::nothing(), message, out),
            }
            return Ok(());
        }
        operation::BIT_READ | operation::HLL_READ => {
            let bin = draft_bin(draft, operation);
            let answer = if operation.op == operation::BIT_READ {
                bits::read(operation.data, bin)?
            } else {
                hll::read(operation.data, bin)?
            };
            respond_value(command, operation, &answer, message, out);
            return Ok(());
        }
        operation::CDT_MODIFY => {
            let answer = modify_collection(operation, draft)?;
            respond_value(command, operation, &answer, message, out);
            return Ok(());
        }
        operation::BIT_MODIFY => {
            if let Some(bytes) = bits::modify(operation.data, draft_bin(draft, operation))? {
                draft.set(operation.name, particle::BLOB, bytes);
            }
        }
        operation::HLL_MODIFY => {
            let modified = hll::modify(operation.data, draft_bin(draft, operation))?;
            if let Some(sketch) = modified.sketch {
                draft.set(operation.name, particle::HLL, sketch);
            }
            respond_value(command, operation, &modified.answer, message, out);
            return Ok(());
        }
        _ => return Err(wire(code::REQUEST_INVALID)),
    }
    if command.responds_to_all() {
        message.operation(out, nothing(operation));
    }
    Ok(())
}

/// What the bin of an operation holds.
fn draft_bin<'d>(draft: &'d Draft, operation: Operation<'_>) -> Option<Particle<'d>> {
    let bin = draft.get(operation.name)?;
    Some((bin.particle, bin.data.as_slice()))
}

fn read_collection(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Option<Answer>, Code> {
    if path::is_path(packed) {
        path::read(packed, bin)
    } else {
        collection::read(packed, bin)
    }
}

fn modify_collection(operation: Operation<'_>, draft: &mut Draft) -> Result<Answer, Code> {
    let bin = draft_bin(draft, operation);
    let modified = if path::is_path(operation.data) {
        path::modify(operation.data, bin)?
    } else {
        collection::modify(operation.data, bin)?
    };
    if let Some(bin) = modified.bin {
        draft.set(operation.name, bin.particle, bin.data);
    }
    Ok(modified.answer)
}

/// Answers a value, or that there is none when every operation gets an answer.
fn respond_value(
    command: &Command<'_>,
    operation: Operation<'_>,
    answer: &Answer,
    message: &mut Message,
    out: &mut Vec<u8>,
) {
    if answer.particle != particle::NULL || command.responds_to_all() {
        message.operation(out, valued(operation, answer));
    }
}

fn valued<'a>(operation: Operation<'a>, answer: &'a Answer) -> Operation<'a> {
    Operation {
        particle: answer.particle,
        data: &answer.data,
        ..operation
    }
}

fn read_draft(
    command: &Command<'_>,
    read: Operation<'_>,
    draft: &Draft,
    message: &mut Message,
    out: &mut Vec<u8>,
) {
    if command.header.info1 & info1::GET_ALL != 0 {
        for bin in &draft.bins {
            let bin = Operation {
                op: operation::READ,
                particle: bin.particle,
                name: &bin.name,
                data: &bin.data,
            };
            message.operation(out, bin);
        }
        return;
    }
    let bin = draft.get(read.name).map(|bin| Operation {
        particle: bin.particle,
        data: &bin.data,
        ..read
    });
    respond(command, read, bin, message, out);
}

fn write(operation: Operation<'_>, draft: &mut Draft) -> Result<(), Code> {
    if operation.particle == particle::NULL {
        draft.remove(operation.name);
    } else {
        draft.set(
            operation.name,
            operation.particle,
            checked::stored(operation.particle, operation.data)?,
        );
    }
    Ok(())
}
