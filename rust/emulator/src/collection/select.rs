//! What an operation selects: by index, rank, key or value, singly, by range or by list.

use super::call::Arguments;
use super::elements::Elements;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::result_code::code;
use std::ops::Range;

const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);

const ALL: u64 = u32::MAX as u64;

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

impl By {
    /// At most one element is asked for, so that the answer is no list.
    pub(super) fn is_single(self) -> bool {
        matches!(self, Self::Index | Self::Rank | Self::Key)
    }
}

/// What was asked for, in terms of indexes and ranks.
#[derive(Clone, Debug)]
pub(super) enum Selected {
    /// A range of indexes.
    Indexes(Range<usize>),
    /// The elements whose keys are in an interval, which is a range of indexes too.
    KeyInterval(Range<usize>),
    /// A range of ranks.
    Ranks(Range<usize>),
    /// The elements whose values are in an interval, which is a range of ranks too.
    Values(Range<usize>),
    /// The ranges of ranks of several values, in the order in which they were given.
    ValueList(Vec<Range<usize>>),
    /// The indexes of several keys, in the order in which they were given.
    KeyList(Vec<usize>),
}

impl Selected {
    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Indexes(range)
            | Self::KeyInterval(range)
            | Self::Ranks(range)
            | Self::Values(range) => range.is_empty(),
            Self::ValueList(ranges) => ranges.iter().all(Range::is_empty),
            Self::KeyList(indexes) => indexes.is_empty(),
        }
    }
}

/// An index or rank that may count from the end.
pub(super) fn single(at: i64, len: usize) -> Option<usize> {
    let at = if at < 0 {
        at.saturating_add(len as i64)
    } else {
        at
    };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// The part of a range that exists. What begins before the first element loses what lies before it.
pub(super) fn range(from: i64, count: Option<i64>, len: usize) -> Range<usize> {
    let from = if from < 0 {
        from.saturating_add(len as i64)
    } else {
        from
    };
    clip(from, count, len)
}

/// No count is as many as a list or map can have. One has no sign, so that those below zero are even more.
fn clip(from: i64, count: Option<i64>, len: usize) -> Range<usize> {
    let (from, len) = (i128::from(from), len as i128);
    let end = from + i128::from(count.map_or(ALL, |count| count as u64));
    let start = from.clamp(0, len);
    start as usize..end.clamp(start, len) as usize
}

/// Reads the arguments behind the return type and selects.
pub(super) fn select<'a>(
    by: By,
    elements: Elements<'_, 'a>,
    arguments: &mut Arguments<'a>,
) -> Result<Selected, Code> {
    let len = elements.len();
    let one = |at: i64| single(at, len).map(|at| at..at + 1).ok_or(NOT_APPLICABLE);
    let selected = match by {
        By::Index => {
            let index = arguments.integer()?;
            arguments.end()?;
            Selected::Indexes(one(index)?)
        }
        By::Rank => {
            let rank = arguments.integer()?;
            arguments.end()?;
            Selected::Ranks(one(rank)?)
        }
        By::Indexes => {
            let from = arguments.integer()?;
            Selected::Indexes(range(from, arguments.optional_integer()?, len))
        }
        By::Ranks => {
            let from = arguments.integer()?;
            Selected::Ranks(range(from, arguments.optional_integer()?, len))
        }
        By::IndexesNear => {
            let key = arguments.value()?;
            let from = arguments.integer()?;
            let from = from.wrapping_add(elements.keys_below(&key) as i64);
            Selected::Indexes(clip(from, arguments.optional_integer()?, len))
        }
        By::RanksNear => {
            let value = arguments.value()?;
            let from = arguments.integer()?;
            let from = from.wrapping_add(elements.values_below(&value) as i64);
            Selected::Ranks(clip(from, arguments.optional_integer()?, len))
        }
        By::Key => {
            let found = elements.find_key(&arguments.value()?);
            Selected::Indexes(found.map_or(0..0, |index| index..index + 1))
        }
        By::Keys => {
            let keys = arguments.list()?;
            Selected::KeyList(
                keys.iter()
                    .flat_map(|key| elements.find_keys(key))
                    .collect(),
            )
        }
        By::KeyInterval => {
            let start = elements.keys_below(&arguments.value()?);
            let end = arguments.optional_value();
            let end = end.map_or(len, |end| elements.keys_below(&end));
            Selected::KeyInterval(start..end.max(start))
        }
        By::Value => Selected::Values(ranks_of(elements, &arguments.value()?)),
        By::Values => {
            let values = arguments.list()?;
            Selected::ValueList(
                values
                    .iter()
                    .map(|value| ranks_of(elements, value))
                    .collect(),
            )
        }
        By::ValueInterval => {
            let from = arguments.value()?;
            let start = elements.values_below(&from);
            let end = match arguments.optional_value() {
                None => len,
                // Here a wildcard, which is below nothing, ends what it begins.
                Some(to) if elements.is_ordered_list() && !compare(&from, &to).is_lt() => start,
                Some(to) => elements.values_below(&to),
            };
            Selected::Values(start..end.max(start))
        }
    };
    arguments.end()?;
    Ok(selected)
}

fn ranks_of<'a>(elements: Elements<'_, 'a>, value: &Value<'a>) -> Range<usize> {
    let start = elements.values_below(value);
    start..start + elements.find_values(value).len()
}
