//! Bit operations: what is read from, and what is changed in, the bytes of a bin.

mod bitmap;
mod call;
mod change;
mod failure;
mod integer;
mod range;
mod read;

use crate::collection::{Answer, Particle};
use crate::command::{Code, wire};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use call::Call;
use change::Change;
use failure::Failure;

const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);

/// Applies a packed operation that reads to a bin's value.
pub(crate) fn read(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Answer, Code> {
    let Some(bin) = bin else {
        return Ok(Answer::nothing());
    };
    let read = read::Read::parse(Call::parse(packed)?)?;
    match bin {
        (particle::BLOB, data) => read.answer(data),
        _ => Err(WRONG_TYPE),
    }
}

/// The bytes that a packed operation makes of a bin's value, or none when it leaves the bin as it is.
pub(crate) fn modify(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Option<Vec<u8>>, Code> {
    let change = Change::parse(Call::parse(packed)?)?;
    match changed(&change, bin) {
        Err(Failure::Refused(_)) if change.flags.no_fail() => Ok(None),
        Err(failure) => Err(failure.code()),
        Ok(bytes) => Ok(bytes),
    }
}

fn changed(change: &Change<'_>, bin: Option<Particle<'_>>) -> Result<Option<Vec<u8>>, Failure> {
    let mut bytes = match bin {
        Some(_) if change.flags.create_only() => {
            return Err(Failure::Refused(wire(code::BIN_EXISTS)));
        }
        Some((particle::BLOB, data)) => data.to_vec(),
        Some(_) => return Err(Failure::Wrong(WRONG_TYPE)),
        None if change.creates() => Vec::new(),
        None => return Err(Failure::Refused(wire(code::BIN_NOT_FOUND))),
    };
    change.apply(&mut bytes)?;
    // A bin that is not there is not created without bytes.
    Ok(Some(bytes).filter(|bytes| bin.is_some() || !bytes.is_empty()))
}

#[cfg(test)]
mod tests;
