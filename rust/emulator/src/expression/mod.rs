//! Expressions: parsed once, checked as a server does, and evaluated on records.

mod arithmetic;
mod call;
mod compare;
mod evaluate;
mod geo;
mod metadata;
mod node;
pub(crate) mod operation;
mod parse;
pub(crate) mod path;
mod regex;
mod value;
mod visit;

pub(crate) use evaluate::Subject;

use crate::command::{Code, wire};
use aerospike_wire::result_code::code;
use evaluate::{Evaluated, Evaluation};
use node::Node;
use parse::{INVALID, Parser};
use value::Type;

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression<'a>(Node<'a>);

impl<'a> Expression<'a> {
    /// Parses what is sent as a filter, which must be a condition.
    pub(crate) fn filter(packed: &'a [u8]) -> Result<Self, Code> {
        let mut parser = Parser::new(packed);
        let node = parser.of_type(Type::Boolean)?;
        if !parser.is_at_end() {
            return Err(INVALID);
        }
        Ok(Self(node))
    }

    /// Refuses a record that the filter does not hold for, or for which it cannot be told.
    pub(crate) fn check(&self, subject: Subject<'_>) -> Result<(), Code> {
        match Evaluation::new(Some(subject)).holds(&self.0) {
            Ok(true) => Ok(()),
            _ => Err(wire(code::FILTERED_OUT)),
        }
    }

    /// What the expression evaluates to.
    fn value<'e>(&'e self, subject: Subject<'e>) -> Evaluated<'e> {
        Evaluation::new(Some(subject)).value(&self.0)
    }
}
