//! Compares values, and looks into lists and maps.

use super::evaluate::{Evaluated, Unknown};
use super::node::Comparison;
use super::value::Value;
use crate::container;
use std::cmp::Ordering;

/// Whether a comparison of two values of the same type holds.
pub(crate) fn compare(
    comparison: Comparison,
    left: &Value<'_>,
    right: &Value<'_>,
) -> Result<bool, Unknown> {
    if left.kind() != right.kind() {
        return Err(Unknown);
    }
    if let (Value::Float(left), Value::Float(right)) = (left, right) {
        // Nothing compares with what is no number.
        let order = left.partial_cmp(right);
        return Ok(order.map_or(comparison == Comparison::NotEqual, |order| {
            comparison.holds(order)
        }));
    }
    order(left, right).map(|order| comparison.holds(order))
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Result<Ordering, Unknown> {
    Ok(match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::String(left), Value::String(right))
        | (Value::Blob(left), Value::Blob(right))
        | (Value::Geo(left), Value::Geo(right))
        | (Value::Hll(left), Value::Hll(right)) => left.cmp(right),
        (Value::List(left), Value::List(right)) | (Value::Map(left), Value::Map(right)) => {
            container::compare(&unpacked(left)?, &unpacked(right)?)
        }
        _ => Ordering::Equal,
    })
}

fn unpacked(packed: &[u8]) -> Result<container::Value<'_>, Unknown> {
    container::whole(packed).map_err(|_| Unknown)
}

/// Whether a list has an element of the same type and value.
pub(crate) fn is_in(value: &Value<'_>, list: &Value<'_>) -> Result<bool, Unknown> {
    let Value::List(list) = list else {
        return Err(Unknown);
    };
    let mut packed = Vec::new();
    value.pack(&mut packed);
    let value = unpacked(&packed)?;
    match unpacked(list)? {
        container::Value::List { items, .. } => Ok(items
            .iter()
            .any(|item| container::compare(item, &value).is_eq())),
        _ => Err(Unknown),
    }
}

/// A list of one side of a map's pairs.
pub(crate) fn column<'a>(
    map: &Value<'_>,
    side: for<'p, 'v> fn(
        (&'p container::Value<'v>, &'p container::Value<'v>),
    ) -> &'p container::Value<'v>,
) -> Evaluated<'a> {
    let Value::Map(map) = map else {
        return Err(Unknown);
    };
    match unpacked(map)? {
        container::Value::Map { pairs, .. } => {
            let items = pairs
                .iter()
                .map(|(key, value)| side((key, value)).clone())
                .collect();
            let list = container::Value::List { flags: None, items };
            Ok(Value::List(container::encode(&list).into()))
        }
        _ => Err(Unknown),
    }
}
