//! Compares values, and looks into lists and maps.

use super::evaluate::{Evaluated, Unknown};
use super::node::Comparison;
use super::value::Value;
use crate::container;
use aerospike_wire::Malformed;
use aerospike_wire::msgpack::{Reader, Token, Writer};
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
            element_order(&unpacked(left)?, &unpacked(right)?)?
        }
        _ => Ordering::Equal,
    })
}

/// The order of elements, which cannot be told for maps that are not ordered by key.
fn element_order(
    left: &container::Value<'_>,
    right: &container::Value<'_>,
) -> Result<Ordering, Unknown> {
    use container::Value::{List, Map};
    let is_unordered = |value: &container::Value<'_>| matches!(value, Map { flags: None, pairs } if !pairs.is_empty());
    if is_unordered(left) || is_unordered(right) {
        return Err(Unknown);
    }
    match (left, right) {
        (List { items: left, .. }, List { items: right, .. }) => {
            for (left, right) in left.iter().zip(right) {
                let order = element_order(left, right)?;
                if order.is_ne() {
                    return Ok(order);
                }
            }
            Ok(left.len().cmp(&right.len()))
        }
        (Map { pairs: left, .. }, Map { pairs: right, .. }) => {
            if left.len() != right.len() {
                return Ok(left.len().cmp(&right.len()));
            }
            for (left, right) in left.iter().zip(right) {
                let keys = element_order(&left.0, &right.0)?;
                let order = keys.then(element_order(&left.1, &right.1)?);
                if order.is_ne() {
                    return Ok(order);
                }
            }
            Ok(Ordering::Equal)
        }
        _ => Ok(container::compare(left, right)),
    }
}

fn unpacked(packed: &[u8]) -> Result<container::Value<'_>, Unknown> {
    container::argument(&mut Reader::new(packed)).map_err(|_| Unknown)
}

/// Whether a list has an element of the same type and value.
pub(crate) fn is_in(value: &Value<'_>, list: &Value<'_>) -> Result<bool, Unknown> {
    let Value::List(list) = list else {
        return Err(Unknown);
    };
    let mut packed = Vec::new();
    value.pack(&mut packed);
    let value = container::argument(&mut Reader::new(&packed)).map_err(|_| Unknown)?;
    match unpacked(list)? {
        container::Value::List { items, .. } => Ok(items
            .iter()
            .any(|item| container::compare(item, &value).is_eq())),
        _ => Err(Unknown),
    }
}

/// A list of one side of a map's pairs, 0 for the keys and 1 for the values.
pub(crate) fn column<'a>(map: &Value<'_>, side: u32) -> Evaluated<'a> {
    let Value::Map(map) = map else {
        return Err(Unknown);
    };
    let items = sides(map, side).map_err(|Malformed(_)| Unknown)?;
    let mut list = Vec::new();
    let mut writer = Writer::new(&mut list);
    writer.list(items.len() as u32);
    items.into_iter().for_each(|item| writer.packed(item));
    Ok(Value::List(list.into()))
}

fn sides(map: &[u8], side: u32) -> Result<Vec<&[u8]>, Malformed> {
    let mut reader = Reader::new(map);
    let Token::Map(pairs) = reader.token()? else {
        return Err(Malformed("not a map"));
    };
    let mut items = Vec::new();
    for _ in 0..pairs {
        let is_marker = matches!(reader.clone().token()?, Token::Extension(..));
        let pair = [reader.packed()?, reader.packed()?];
        if !is_marker {
            items.push(pair[side as usize]);
        }
    }
    Ok(items)
}
