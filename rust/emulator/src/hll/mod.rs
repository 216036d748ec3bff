//! HyperLogLog operations: what is read from, and what is changed in, the sketch of a bin.

mod call;
mod change;
mod estimate;
mod hash;
mod read;
mod sketch;

use crate::collection::{Answer, Arguments, Particle};
use crate::command::{Code, wire};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use call::INVALID;
use sketch::Sketch;

/// What a modification leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Modified {
    pub(crate) answer: Answer,
    /// The bin's new sketch; none when the bin stays as it is.
    pub(crate) sketch: Option<Vec<u8>>,
}

/// Applies a packed operation that reads to a bin's value.
pub(crate) fn read(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Answer, Code> {
    let Some(bin) = bin else {
        return Ok(Answer::nothing());
    };
    let (verb, mut reader, count) = call::verb(packed)?;
    if !(50..=56).contains(&verb) {
        return Err(INVALID);
    }
    // The type of the bin is looked at before the arguments are.
    let sketch = stored(bin)?;
    let mut arguments = Arguments::parse(&mut reader, count)?;
    read::answer(verb, &sketch, &mut arguments)
}

/// Applies a packed operation that changes a bin's value.
pub(crate) fn modify(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Modified, Code> {
    let (verb, mut reader, count) = call::verb(packed)?;
    if !(0..=4).contains(&verb) {
        return Err(INVALID);
    }
    let sketch = bin.map(stored).transpose()?;
    let mut arguments = Arguments::parse(&mut reader, count)?;
    change::apply(verb, sketch, &mut arguments)
}

fn stored(bin: Particle<'_>) -> Result<Sketch, Code> {
    match bin {
        (particle::HLL, data) => Sketch::parse(data),
        _ => None,
    }
    .ok_or(wire(code::BIN_INCOMPATIBLE_TYPE))
}

fn integer(value: i64) -> Answer {
    Answer {
        particle: particle::INTEGER,
        data: value.to_be_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests;
