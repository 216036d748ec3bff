//! Add, append and prepend.

use crate::command::{Code, wire};
use crate::particle as checked;
use crate::record::{Bin, Draft};
use aerospike_wire::operation::Operation;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);

/// Adds to a number; integers wrap around, as on a server.
pub(crate) fn increment(operation: Operation<'_>, draft: &mut Draft) -> Result<(), Code> {
    let Some((bin, operand)) = bin_and_operand(operation, draft)? else {
        return Ok(());
    };
    let old = number(&bin.data)?;
    let by = number(&operand)?;
    bin.data = match (bin.particle, operation.particle) {
        (particle::INTEGER, particle::INTEGER) => old.wrapping_add(by).to_be_bytes().to_vec(),
        (particle::FLOAT, particle::FLOAT) => (f64::from_bits(old) + f64::from_bits(by))
            .to_be_bytes()
            .to_vec(),
        _ => return Err(WRONG_TYPE),
    };
    Ok(())
}

/// Appends to text or bytes of the same type.
pub(crate) fn append(operation: Operation<'_>, draft: &mut Draft) -> Result<(), Code> {
    if let Some((bin, operand)) = bin_and_operand(operation, draft)? {
        check_text(bin, operation.particle)?;
        bin.data.extend_from_slice(&operand);
    }
    Ok(())
}

/// Prepends to text or bytes of the same type.
pub(crate) fn prepend(operation: Operation<'_>, draft: &mut Draft) -> Result<(), Code> {
    if let Some((bin, mut operand)) = bin_and_operand(operation, draft)? {
        check_text(bin, operation.particle)?;
        operand.extend_from_slice(&bin.data);
        bin.data = operand;
    }
    Ok(())
}

/// The bin to change and the checked operand. A missing bin is written with the operand, and nothing is left to do.
fn bin_and_operand<'d>(
    operation: Operation<'_>,
    draft: &'d mut Draft,
) -> Result<Option<(&'d mut Bin, Vec<u8>)>, Code> {
    if operation.particle == particle::NULL {
        return Err(wire(code::REQUEST_INVALID));
    }
    let operand = checked::stored(operation.particle, operation.data)?;
    if draft.get(operation.name).is_none() {
        draft.set(operation.name, operation.particle, operand);
        return Ok(None);
    }
    Ok(draft.get_mut(operation.name).map(|bin| (bin, operand)))
}

fn number(data: &[u8]) -> Result<u64, Code> {
    data.try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| WRONG_TYPE)
}

fn check_text(bin: &Bin, operand: u8) -> Result<(), Code> {
    let is_text = matches!(
        bin.particle,
        particle::STRING | particle::BLOB | particle::JAVA_BLOB..=particle::ERLANG_BLOB
    );
    if is_text && bin.particle == operand {
        Ok(())
    } else {
        Err(WRONG_TYPE)
    }
}
