//! Commands that write: put, touch, delete and every mix of operations with a write in it.

use crate::command::{Code, Command, MAX_BIN_NAME, wire};
use crate::expression::Subject;
use crate::namespace::{DigestKey, Namespace, Shard};
use crate::operate;
use crate::read::check_key;
use crate::record::{Draft, Record};
use crate::reply::Message;
use aerospike_wire::message::{Header, TTL_KEEP, TTL_NEVER, info1, info2, info3};
use aerospike_wire::operation;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

/// Longest time to live, ten years.
const MAX_TTL: u32 = 10 * 365 * 24 * 3600;
/// Most bins of a record, and operations of a command that writes.
const MAX_BINS: usize = 32_767;
/// Longest name of a set.
const MAX_SET_NAME: usize = 63;

pub(crate) fn run(command: &Command<'_>, namespace: &Namespace, out: &mut Vec<u8>) -> Code {
    let mut message = Message::begin(out, command.index);
    let result = if command.header.info2 & info2::DELETE != 0 {
        delete(command, namespace)
    } else {
        check_request(command).and_then(|()| write(command, namespace, &mut message, out))
    };
    if let Err(result) = result {
        message.fail(out, result);
    }
    let result = message.header.result;
    message.end(out);
    result
}

fn delete(command: &Command<'_>, namespace: &Namespace) -> Result<(), Code> {
    let mut shard = namespace.shard(&command.digest).write();
    let key = DigestKey(command.digest);
    let record = shard
        .get(&key)
        .filter(|record| !record.is_expired(command.now_ms));
    let record = record.ok_or(wire(code::RECORD_NOT_FOUND))?;
    check_generation(&command.header, u32::from(record.generation))?;
    check_key(command, record)?;
    operate::check_filter(command, Subject::of(command, namespace, Some(record)))?;
    shard.remove(&key);
    Ok(())
}

/// What can be refused without looking at the record.
fn check_request(command: &Command<'_>) -> Result<(), Code> {
    let invalid = Err(wire(code::REQUEST_INVALID));
    let Header { info1, info3, .. } = command.header;
    let replaces = info3 & (info3::CREATE_OR_REPLACE | info3::REPLACE_ONLY) != 0;
    let gets_all = info1 & info1::GET_ALL != 0;
    let mut reads_all = false;
    let count = command.operations.len();
    if count == 0 || count > MAX_BINS || gets_all && command.responds_to_all() {
        return invalid;
    }
    for operation in command.operations {
        let operation = operation.map_err(|_| wire(code::REQUEST_INVALID))?;
        if operation.name.len() > MAX_BIN_NAME {
            return Err(wire(code::BIN_NAME));
        }
        match operation.op {
            operation::READ | operation::EXP_READ if info1 & info1::READ == 0 => return invalid,
            operation::READ if gets_all && !operation.name.is_empty() => return invalid,
            operation::READ => reads_all = true,
            operation::WRITE if replaces && operation.particle == particle::NULL => return invalid,
            operation::TOUCH | operation::DELETE if replaces => return invalid,
            operation::WRITE | operation::TOUCH => {}
            // A replaced record has no old bins that an operation could change.
            _ if replaces && operate::is_modification(operation.op) => return invalid,
            _ => {}
        }
    }
    if gets_all && !reads_all
        || command
            .fields
            .set
            .is_some_and(|set| set.len() > MAX_SET_NAME)
    {
        return invalid;
    }
    Ok(())
}

fn write(
    command: &Command<'_>,
    namespace: &Namespace,
    message: &mut Message,
    out: &mut Vec<u8>,
) -> Result<(), Code> {
    let mut shard = namespace.shard(&command.digest).write();
    let shard: &mut Shard = &mut shard;
    let key = DigestKey(command.digest);
    let record = shard
        .get(&key)
        .filter(|record| !record.is_expired(command.now_ms));
    let replaces = command.header.info3 & (info3::CREATE_OR_REPLACE | info3::REPLACE_ONLY) != 0;
    let subject = Subject::of(command, namespace, record);
    let mut draft = Draft::default();
    match record {
        Some(record) => {
            (message.header.generation, message.header.ttl) =
                (u32::from(record.generation), record.void_time);
            if command.header.info2 & info2::CREATE_ONLY != 0 {
                return Err(wire(code::RECORD_EXISTS));
            }
            check_generation(&command.header, u32::from(record.generation))?;
            check_key(command, record)?;
            operate::check_filter(command, subject)?;
            if !replaces {
                draft = Draft::of(record);
            }
        }
        None => {
            if command.header.info3 & (info3::UPDATE_ONLY | info3::REPLACE_ONLY) != 0 {
                return Err(wire(code::RECORD_NOT_FOUND));
            }
            // Whatever else is written with it: a touch creates nothing.
            let mut operations = command.operations.map_while(Result::ok);
            if operations.any(|operation| operation.op == operation::TOUCH) {
                return Err(wire(code::RECORD_NOT_FOUND));
            }
            check_generation(&command.header, 0)?;
        }
    }
    let void_time = void_time(command.header.ttl, command.now_ms, namespace, record)?;
    for operation in command.operations.map_while(Result::ok) {
        operate::apply(command, subject, operation, &mut draft, message, out)?;
    }
    if draft.bins.is_empty() && replaces {
        // A record is not replaced by none.
        return Err(wire(code::RECORD_NOT_FOUND));
    }
    if draft.bins.is_empty() {
        return remove_emptied(command, shard, message);
    }
    let set = command.fields.set.unwrap_or_default();
    let stored_key = command
        .fields
        .key
        .or_else(|| record.and_then(|record| record.key.as_deref()));
    let changed = Changed {
        draft: &draft,
        set,
        key: stored_key,
        void_time,
    };
    let updated = changed.record(command, namespace, record)?;
    (message.header.generation, message.header.ttl) =
        (u32::from(updated.generation), updated.void_time);
    shard.insert(key, updated);
    Ok(())
}

/// A record as a command leaves it.
pub(crate) struct Changed<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) set: &'a [u8],
    /// The user key that is stored, with its particle type before it.
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) void_time: u32,
}

impl Changed<'_> {
    /// The record that is stored in the place of another.
    pub(crate) fn record(
        &self,
        command: &Command<'_>,
        namespace: &Namespace,
        record: Option<&Record>,
    ) -> Result<Record, Code> {
        if stored_size(self.draft, self.set, self.key) > namespace.max_record_size {
            return Err(wire(code::RECORD_TOO_BIG));
        }
        let set = match record {
            Some(record) => record.set,
            None => namespace
                .intern_set(self.set)
                .ok_or(wire(code::REQUEST_INVALID))?,
        };
        let count = u16::try_from(self.draft.bins.len());
        Ok(Record {
            generation: record.map_or(1, Record::next_generation),
            void_time: self.void_time,
            updated_ms: command.now_ms,
            set,
            bin_count: count.map_err(|_| wire(code::REQUEST_INVALID))?,
            bins: self.draft.encode(),
            key: self.key.map(Into::into),
        })
    }
}

/// A record without bins does not exist.
fn remove_emptied(
    command: &Command<'_>,
    shard: &mut Shard,
    message: &mut Message,
) -> Result<(), Code> {
    if message.header.generation == 0 {
        return Err(wire(code::RECORD_NOT_FOUND));
    }
    if command.header.info2 & info2::DURABLE_DELETE != 0 {
        return Err(wire(code::ENTERPRISE_ONLY));
    }
    shard.remove(&DigestKey(command.digest));
    (message.header.generation, message.header.ttl) = (0, 0);
    Ok(())
}

fn check_generation(header: &Header, current: u32) -> Result<(), Code> {
    let refused = header.info2 & info2::GENERATION != 0 && header.generation != current
        || header.info2 & info2::GENERATION_GT != 0 && header.generation <= current;
    if refused {
        Err(wire(code::RECORD_GENERATION))
    } else {
        Ok(())
    }
}

/// When a record expires that is written with a ttl.
pub(crate) fn void_time(
    ttl: u32,
    now_ms: u64,
    namespace: &Namespace,
    record: Option<&Record>,
) -> Result<u32, Code> {
    let ttl = match (ttl, record) {
        (TTL_NEVER, _) => return Ok(0),
        (TTL_KEEP, Some(record)) => return Ok(record.void_time),
        (TTL_KEEP | 0, _) => namespace.default_ttl(),
        (ttl, _) => ttl,
    };
    match ttl {
        0 => Ok(0),
        1..=MAX_TTL => Ok((now_ms / 1000) as u32 + ttl),
        _ => Err(wire(code::REQUEST_INVALID)),
    }
}

/// The size of a record as it is stored, in blocks of 16 bytes.
pub(crate) fn record_size(namespace: &Namespace, record: &Record) -> usize {
    let set = namespace.set_name(record.set);
    let size = stored_size(&Draft::of(record), &set, record.key.as_deref());
    size.next_multiple_of(16)
}

/// The size that counts against the limit: overhead of the record, of the set's name and of every bin.
fn stored_size(draft: &Draft, set: &[u8], key: Option<&[u8]>) -> usize {
    let bins = draft.bins.iter().map(|bin| {
        1 + bin.name.len()
            + match bin.particle {
                particle::INTEGER => 3,
                particle::BOOL => 2,
                particle::FLOAT => 9,
                _ => 5 + bin.data.len(),
            }
    });
    let set = if set.is_empty() { 0 } else { 1 + set.len() };
    40 + set + key.map_or(0, |key| 1 + key.len()) + bins.sum::<usize>()
}
