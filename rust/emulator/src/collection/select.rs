//! What an operation selects: by index, rank, key or value, singly, by range or by list.

use super::call::Arguments;
use super::elements::Elements;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::result_code::code;
use std::cmp::Ordering;

/// How elements are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Index,
    Indexes,
    IndexesNear,
    Rank,
    Ranks,
    RanksNear,
    Key,
    Keys,
    KeyInterval,
    Value,
    Values,
    ValueInterval,
}

/// The selected elements.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// Their indexes, in the order of the answer.
    pub(super) indexes: Vec<usize>,
    /// At most one element is asked for, so that the answer is no list.
    pub(super) is_single: bool,
}

/// An index or rank that may count from the end.
pub(super) fn single(at: i64, len: usize) -> Option<usize> {
    let at = if at < 0 { at + len as i64 } else { at };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// The part of a range that exists. What begins before the first element loses what lies before it.
pub(super) fn range(from: i64, count: Option<i64>, len: usize) -> std::ops::Range<usize> {
    let from = if from < 0 {
        from.saturating_add(len as i64)
    } else {
        from
    };
    clip(from, count, len)
}

fn clip(from: i64, count: Option<i64>, len: usize) -> std::ops::Range<usize> {
    let len = len as i64;
    let end = count.map_or(len, |count| from.saturating_add(count));
    let start = from.clamp(0, len);
    start as usize..end.clamp(start, len) as usize
}

fn count(arguments: &mut Arguments<'_>) -> Result<Option<i64>, Code> {
    arguments.optional_integer()
}

/// Reads the arguments behind the return type and selects.
pub(super) fn select<'a>(
    by: By,
    elements: Elements<'_, 'a>,
    arguments: &mut Arguments<'a>,
) -> Result<Selection, Code> {
    let len = elements.len();
    let all = 0..len;
    let is = |found: &Value<'a>, wanted: &Value<'a>| compare(found, wanted) == Ordering::Equal;
    let within = |found: &Value<'a>, begin: &Value<'a>, end: Option<&Value<'a>>| {
        compare(found, begin) != Ordering::Less
            && end.is_none_or(|end| compare(found, end) == Ordering::Less)
    };
    let out_of_bounds = wire(code::OP_NOT_APPLICABLE);
    let indexes: Vec<usize> = match by {
        By::Index => vec![single(arguments.integer()?, len).ok_or(out_of_bounds)?],
        By::Rank => {
            let rank = single(arguments.integer()?, len).ok_or(out_of_bounds)?;
            vec![elements.by_rank()[rank]]
        }
        By::Indexes => range(arguments.integer()?, count(arguments)?, len).collect(),
        By::Ranks => {
            let ranks = range(arguments.integer()?, count(arguments)?, len);
            elements.by_rank()[ranks].to_vec()
        }
        By::IndexesNear => {
            let key = arguments.value()?;
            let from = (elements.keys_below(&key) as i64).saturating_add(arguments.integer()?);
            clip(from, count(arguments)?, len).collect()
        }
        By::RanksNear => {
            let value = arguments.value()?;
            let from = (elements.values_below(&value) as i64).saturating_add(arguments.integer()?);
            elements.by_rank()[clip(from, count(arguments)?, len)].to_vec()
        }
        By::Key => {
            let key = arguments.value()?;
            all.filter(|index| is(elements.key(*index), &key)).collect()
        }
        By::Value => {
            let value = arguments.value()?;
            all.filter(|index| is(elements.value(*index), &value))
                .collect()
        }
        By::Keys => {
            let keys = arguments.list()?;
            all.filter(|index| keys.iter().any(|key| is(elements.key(*index), key)))
                .collect()
        }
        By::Values => {
            let values = arguments.list()?;
            all.filter(|index| {
                let found = elements.value(*index);
                values.iter().any(|value| is(found, value))
            })
            .collect()
        }
        By::KeyInterval => {
            let (begin, end) = (arguments.value()?, arguments.optional_value());
            all.filter(|index| within(elements.key(*index), &begin, end.as_ref()))
                .collect()
        }
        By::ValueInterval => {
            let (begin, end) = (arguments.value()?, arguments.optional_value());
            all.filter(|index| within(elements.value(*index), &begin, end.as_ref()))
                .collect()
        }
    };
    arguments.end()?;
    Ok(Selection {
        indexes,
        is_single: matches!(by, By::Index | By::Rank | By::Key),
    })
}
