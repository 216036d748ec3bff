//! What an operation answers about the elements that it selected.

use super::elements::Elements;
use super::listing::{Listing, Ranks};
use super::select::{By, Selected};
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::msgpack::order;
use aerospike_wire::result_code::code;
use std::ops::Range;

const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);

/// Bit of a return type: all elements but the selected ones.
const INVERTED: i64 = 0x1_0000;
/// The bits of the return type itself.
const PART: i64 = 0xffff;

/// What is answered of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Nothing,
    Index,
    ReverseIndex,
    Rank,
    ReverseRank,
    Count,
    Key,
    Value,
    KeyValue,
    Exists,
    UnorderedMap,
    OrderedMap,
}

/// A return type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Returns {
    part: Part,
    is_inverted: bool,
    is_single: bool,
}

impl Returns {
    /// The return type that bits stand for. Ranges of indexes or ranks (9 to 12), which no client asks for, are refused.
    pub(super) fn new(bits: i64, by: By, elements: Elements<'_, '_>) -> Result<Self, Code> {
        let is_map = elements.is_map();
        let part = match bits & PART {
            0 => Part::Nothing,
            1 => Part::Index,
            2 => Part::ReverseIndex,
            3 => Part::Rank,
            4 => Part::ReverseRank,
            5 => Part::Count,
            6 if is_map => Part::Key,
            7 => Part::Value,
            8 if is_map => Part::KeyValue,
            13 => Part::Exists,
            16 if is_map => Part::UnorderedMap,
            17 if is_map => Part::OrderedMap,
            _ => return Err(NOT_APPLICABLE),
        };
        Ok(Self {
            part,
            is_inverted: bits & INVERTED != 0,
            is_single: by.is_single(),
        })
    }

    /// The selection, or all that it leaves out.
    pub(super) fn listing(
        self,
        elements: Elements<'_, '_>,
        selected: Selected,
    ) -> Result<Listing, Code> {
        // In an ordered map a key that is not there ends the search before that is looked at.
        let is_left = elements.is_map() && elements.is_ordered && selected.is_empty();
        match (self.is_inverted, self.is_single) {
            (true, true) if !is_left => Err(NOT_APPLICABLE),
            (true, false) => Ok(Listing::inverted(elements, selected)),
            _ => Ok(Listing::new(elements, selected)),
        }
    }

    /// The answer about a selection.
    pub(super) fn answer<'a>(
        self,
        elements: Elements<'_, 'a>,
        listing: &Listing,
        exists_inverted: bool,
    ) -> Result<Value<'a>, Code> {
        let len = elements.len();
        let picked = &listing.picked;
        Ok(match self.part {
            Part::Nothing => Value::Nil,
            Part::Count => number(listing.count(len)),
            Part::Exists if self.is_inverted => Value::Boolean(exists_inverted && !self.is_single),
            Part::Exists => Value::Boolean(!picked.is_empty()),
            Part::Index => self.numbers(forwards(&listing.indexes)),
            Part::ReverseIndex => self.numbers(backwards(&listing.indexes, len)),
            Part::Rank | Part::ReverseRank => {
                let runs = match &listing.ranks {
                    Ranks::Runs(runs) => runs.clone(),
                    Ranks::OfPicked => {
                        let ranks = elements.ranks();
                        let rank = |index: &usize| ranks[*index]..ranks[*index] + 1;
                        picked.iter().map(rank).collect()
                    }
                    Ranks::Refused => return Err(NOT_APPLICABLE),
                };
                self.numbers(match self.part {
                    Part::Rank => forwards(&runs),
                    _ => backwards(&runs, len),
                })
            }
            Part::Key => self.values(picked.iter().map(|index| elements.key(*index).clone())),
            Part::Value => self.values(picked.iter().map(|index| elements.value(*index).clone())),
            Part::KeyValue => pairs(Some(order::PRESERVE), elements, picked),
            Part::UnorderedMap => pairs(None, elements, picked),
            Part::OrderedMap => {
                let mut picked = picked.clone();
                picked.sort_by(|left, right| compare(elements.key(*left), elements.key(*right)));
                pairs(Some(order::ORDERED), elements, &picked)
            }
        })
    }

    fn numbers<'a>(self, numbers: Vec<usize>) -> Value<'a> {
        match numbers.first() {
            None if self.is_single => Value::Integer(-1),
            _ => self.values(numbers.into_iter().map(number)),
        }
    }

    fn values<'a>(self, mut values: impl Iterator<Item = Value<'a>>) -> Value<'a> {
        if self.is_single {
            values.next().unwrap_or(Value::Nil)
        } else {
            list(values.collect())
        }
    }
}

fn forwards(runs: &[Range<usize>]) -> Vec<usize> {
    runs.iter().cloned().flatten().collect()
}

fn backwards(runs: &[Range<usize>], len: usize) -> Vec<usize> {
    runs.iter()
        .flat_map(|run| len - run.end..len - run.start)
        .collect()
}

fn number<'a>(number: usize) -> Value<'a> {
    Value::Integer(number as i64)
}

pub(super) fn list(items: Vec<Value<'_>>) -> Value<'_> {
    Value::List { flags: None, items }
}

fn pairs<'a>(flags: Option<u8>, elements: Elements<'_, 'a>, picked: &[usize]) -> Value<'a> {
    let pair = |index: &usize| (elements.key(*index).clone(), elements.value(*index).clone());
    Value::Map {
        flags,
        pairs: picked.iter().map(pair).collect(),
    }
}
