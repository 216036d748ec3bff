//! Sums within lists and maps.

use crate::command::{Code, wire};
use crate::container::Value;
use aerospike_wire::result_code::code;

/// Adds two numbers. The result has the type of the first; integers wrap around.
pub(super) fn sum<'a>(to: &Value<'a>, by: &Value<'a>) -> Result<Value<'a>, Code> {
    match (to, by) {
        (Value::Integer(to), Value::Integer(by)) => Ok(Value::Integer(to.wrapping_add(*by))),
        (Value::Float(to), Value::Float(by)) => Ok(Value::Float(to + by)),
        (Value::Float(to), Value::Integer(by)) => Ok(Value::Float(to + *by as f64)),
        (Value::Integer(to), Value::Float(by)) => Ok(Value::Integer(to.wrapping_add(*by as i64))),
        _ => Err(wire(code::REQUEST_INVALID)),
    }
}

/// What is added: one, unless it says.
pub(super) fn operand(by: Option<Value<'_>>) -> Value<'_> {
    match by {
        None | Some(Value::Nil) => Value::Integer(1),
        // What is not there counts as zero, which has no sign.
        Some(Value::Float(by)) => Value::Float(by + 0.0),
        Some(by) => by,
    }
}

/// Only numbers are added.
pub(super) fn check(by: &Value<'_>) -> Result<(), Code> {
    match by {
        Value::Integer(_) | Value::Float(_) => Ok(()),
        _ => Err(wire(code::REQUEST_INVALID)),
    }
}

/// The opposite of a number.
pub(super) fn negated<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Integer(value) => Value::Integer(value.wrapping_neg()),
        Value::Float(value) => Value::Float(-value),
        other => other.clone(),
    }
}
