//! Operations that evaluate an expression, for the answer or into a bin.

use super::evaluate::Unknown;
use super::parse::{INVALID, Parser};
use super::value::Type;
use super::{Expression, Subject};
use crate::collection::Answer;
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
    /// A bin that exists, or does not, against one of the first two flags is left as it is.
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
        let len = parser.list()?;
        if !(1..=2).contains(&len) {
            return Err(INVALID);
        }
        let (node, kind) = parser.node()?;
        // A server takes flags that are no number for none, and does not look at what follows.
        let flags = if len == 2 {
            parser.integer().unwrap_or(0)
        } else {
            0
        };
        if kind == Type::End || flags & !known_flags != 0 {
            return Err(INVALID);
        }
        Ok(Self {
            expression: Expression(node),
            flags,
        })
    }

    /// The value; `None` when its failure is ignored.
    fn answer(&self, subject: Subject<'_>) -> Result<Option<Answer>, Code> {
        let value = self.expression.value(subject);
        match value.and_then(|value| value.answer().ok_or(Unknown)) {
            Ok(answer) => Ok(Some(answer)),
            Err(Unknown) if self.flags & flag::EVAL_NO_FAIL != 0 => Ok(None),
            Err(Unknown) => Err(wire(code::OP_NOT_APPLICABLE)),
        }
    }
}

/// What an expression evaluates to, which is nothing when its failure is ignored.
pub(crate) fn read(data: &[u8], subject: Subject<'_>) -> Result<Answer, Code> {
    let answer = Evaluate::parse(data, READ_FLAGS)?.answer(subject)?;
    Ok(answer.unwrap_or_else(Answer::nothing))
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
    let Some(answer) = evaluate.answer(subject)? else {
        return Ok(());
    };
    if answer.particle != particle::NULL {
        draft.set(name, answer.particle, answer.data);
    } else if has(flag::ALLOW_DELETE) {
        draft.remove(name);
    } else if evaluate.flags == 0 && draft.get(name).is_some() {
        // Every flag lets the bin be, even one that is about something else.
        return Err(wire(code::OP_NOT_APPLICABLE));
    }
    Ok(())
}
