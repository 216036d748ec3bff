//! Operations that evaluate an expression, for the answer or into a bin.

use super::evaluate::Unknown;
use super::parse::{INVALID, Parser};
use super::{Expression, Subject};
use crate::command::{Code, wire};
use crate::record::Draft;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

/// Flags of an operation.
mod flag {
    /// The bin must not exist.
    pub(super) const CREATE_ONLY: i64 = 1;
    /// The bin must exist.
    pub(super) const UPDATE_ONLY: i64 = 1 << 1;
    /// No value removes the bin.
    pub(super) const ALLOW_DELETE: i64 = 1 << 2;
    /// A bin that exists, or does not, against one of the flags above is left as it is.
    pub(super) const POLICY_NO_FAIL: i64 = 1 << 3;
    /// A failed evaluation is ignored.
    pub(super) const EVAL_NO_FAIL: i64 = 1 << 4;
}

const READ_FLAGS: i64 = flag::EVAL_NO_FAIL;
const MODIFY_FLAGS: i64 = flag::CREATE_ONLY
    | flag::UPDATE_ONLY
    | flag::ALLOW_DELETE
    | flag::POLICY_NO_FAIL
    | flag::EVAL_NO_FAIL;

/// An expression and what is to be done with its value.
struct Evaluate<'a> {
    expression: Expression<'a>,
    flags: i64,
}

impl<'a> Evaluate<'a> {
    fn parse(data: &'a [u8], known_flags: i64) -> Result<Self, Code> {
        let mut parser = Parser::new(data);
        if parser.list()? != 2 {
            return Err(INVALID);
        }
        let (node, _) = parser.node()?;
        let flags = parser.integer()?;
        if flags & !known_flags != 0 || !parser.is_at_end() {
            return Err(INVALID);
        }
        Ok(Self {
            expression: Expression(node),
            flags,
        })
    }

    /// Particle type and data of the value; `None` when its failure is ignored.
    fn particle(&self, subject: Subject<'_>) -> Result<Option<(u8, Vec<u8>)>, Code> {
        let value = self.expression.value(subject);
        match value.and_then(|value| value.particle().ok_or(Unknown)) {
            Ok(particle) => Ok(Some(particle)),
            Err(Unknown) if self.flags & flag::EVAL_NO_FAIL != 0 => Ok(None),
            Err(Unknown) => Err(wire(code::OP_NOT_APPLICABLE)),
        }
    }
}

/// Particle type and data of what an expression evaluates to; `None` when its failure is ignored.
pub(crate) fn read(data: &[u8], subject: Subject<'_>) -> Result<Option<(u8, Vec<u8>)>, Code> {
    Evaluate::parse(data, READ_FLAGS)?.particle(subject)
}

/// Writes what an expression evaluates to into a bin.
pub(crate) fn modify(
    data: &[u8],
    name: &[u8],
    subject: Subject<'_>,
    draft: &mut Draft,
) -> Result<(), Code> {
    let evaluate = Evaluate::parse(data, MODIFY_FLAGS)?;
    let has = |flag| evaluate.flags & flag != 0;
    if has(flag::CREATE_ONLY) && has(flag::UPDATE_ONLY) {
        return Err(INVALID);
    }
    let refusal = match draft.get(name) {
        Some(_) if has(flag::CREATE_ONLY) => Some(code::BIN_EXISTS),
        None if has(flag::UPDATE_ONLY) => Some(code::BIN_NOT_FOUND),
        _ => None,
    };
    match refusal {
        Some(_) if has(flag::POLICY_NO_FAIL) => return Ok(()),
        Some(refusal) => return Err(wire(refusal)),
        None => {}
    }
    let subject = Subject {
        draft: Some(draft),
        ..subject
    };
    match evaluate.particle(subject)? {
        None => Ok(()),
        Some((particle::NULL, _)) if has(flag::ALLOW_DELETE) => {
            draft.remove(name);
            Ok(())
        }
        Some((particle::NULL, _)) if has(flag::POLICY_NO_FAIL) => Ok(()),
        Some((particle::NULL, _)) => Err(wire(code::OP_NOT_APPLICABLE)),
        Some((particle, data)) => {
            draft.set(name, particle, data);
            Ok(())
        }
    }
}
