//! Operations that change a sketch.

use super::call::{self, INVALID, Wanted, flags};
use super::sketch::{Shape, Sketch};
use super::{Modified, estimate, integer};
use crate::collection::{Answer, Arguments};
use crate::command::{Code, wire};
use aerospike_wire::result_code::code;

const BIN_EXISTS: Code = wire(code::BIN_EXISTS);
const BIN_NOT_FOUND: Code = wire(code::BIN_NOT_FOUND);
const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);

pub(super) fn apply(
    verb: i64,
    old: Option<Sketch>,
    arguments: &mut Arguments<'_>,
) -> Result<Modified, Code> {
    match verb {
        0 => init(old, arguments),
        1 => add(old, arguments),
        2 => set_union(old, arguments),
        3 => refresh_count(old, arguments),
        4 => fold(old, arguments),
        _ => Err(INVALID),
    }
}

fn init(old: Option<Sketch>, arguments: &mut Arguments<'_>) -> Result<Modified, Code> {
    const ALLOWED: u64 = flags::CREATE_ONLY | flags::UPDATE_ONLY | flags::NO_FAIL;
    let wanted = Wanted::parse(arguments)?;
    let flags = call::flags(arguments, ALLOWED)?;
    arguments.end()?;
    if let Some(code) = refusal(old.is_some(), flags) {
        return refused(code, flags);
    }
    let shape = wanted.shape(old.map(|old| old.shape));
    Ok(written(&Sketch::empty(shape.ok_or(NOT_APPLICABLE)?)))
}

fn add(old: Option<Sketch>, arguments: &mut Arguments<'_>) -> Result<Modified, Code> {
    let values = call::values(arguments)?;
    let wanted = Wanted::parse(arguments)?;
    let flags = call::flags(arguments, flags::CREATE_ONLY | flags::NO_FAIL)?;
    arguments.end()?;
    if let Some(code) = refusal(old.is_some(), flags) {
        return refused(code, flags);
    }
    let mut sketch = match old {
        Some(old) => old,
        None => Sketch::empty(wanted.shape(None).ok_or(NOT_APPLICABLE)?),
    };
    let added = values.iter().filter(|value| sketch.add(value)).count();
    Ok(Modified {
        answer: integer(added as i64),
        ..written(&sketch)
    })
}

fn set_union(old: Option<Sketch>, arguments: &mut Arguments<'_>) -> Result<Modified, Code> {
    const ALLOWED: u64 =
        flags::CREATE_ONLY | flags::UPDATE_ONLY | flags::NO_FAIL | flags::ALLOW_FOLD;
    let others = call::sketches(arguments)?;
    let flags = call::flags(arguments, ALLOWED)?;
    arguments.end()?;
    if let Some(code) = refusal(old.is_some(), flags) {
        return refused(code, flags);
    }
    let all: Vec<&Sketch> = old.iter().chain(&others).collect();
    let union = Sketch::union(&all);
    let folds = old.as_ref().is_some_and(|old| old.shape != union.shape);
    if folds && flags & flags::ALLOW_FOLD == 0 {
        return Err(NOT_APPLICABLE);
    }
    Ok(written(&union))
}

fn refresh_count(old: Option<Sketch>, arguments: &mut Arguments<'_>) -> Result<Modified, Code> {
    arguments.end()?;
    let mut sketch = old.ok_or(BIN_NOT_FOUND)?;
    sketch.counted = estimate::known(&sketch) as u64;
    Ok(Modified {
        answer: integer(sketch.counted as i64),
        ..written(&sketch)
    })
}

fn fold(old: Option<Sketch>, arguments: &mut Arguments<'_>) -> Result<Modified, Code> {
    let index_bits = match arguments.integer()? {
        -1 => None,
        bits @ 4..=16 => Some(bits as u8),
        _ => return Err(INVALID),
    };
    arguments.end()?;
    let sketch = old.ok_or(BIN_NOT_FOUND)?;
    let shape = Shape {
        index_bits: index_bits.ok_or(NOT_APPLICABLE)?,
        minhash_bits: 0,
    };
    if sketch.shape.minhash_bits > 0 || shape.index_bits > sketch.shape.index_bits {
        return Err(NOT_APPLICABLE);
    }
    Ok(written(&sketch.folded(shape)))
}

fn refusal(exists: bool, flags: u64) -> Option<Code> {
    match exists {
        true if flags & flags::CREATE_ONLY != 0 => Some(BIN_EXISTS),
        false if flags & flags::UPDATE_ONLY != 0 => Some(BIN_NOT_FOUND),
        _ => None,
    }
}

/// Nothing is done, which an operation may ask not to be told.
fn refused(code: Code, flags: u64) -> Result<Modified, Code> {
    if flags & flags::NO_FAIL == 0 {
        return Err(code);
    }
    Ok(Modified {
        answer: Answer::nothing(),
        sketch: None,
    })
}

fn written(sketch: &Sketch) -> Modified {
    Modified {
        answer: Answer::nothing(),
        sketch: Some(sketch.pack()),
    }
}
