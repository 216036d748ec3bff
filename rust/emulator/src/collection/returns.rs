//! What an operation answers about the elements that it selected.

use super::elements::Elements;
use super::select::Selection;
use crate::command::{Code, wire};
use crate::container::Value;
use aerospike_wire::msgpack::order;
use aerospike_wire::result_code::code;

/// Bit of a return type: all elements but the selected ones.
const INVERTED: i64 = 0x1_0000;

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
}

impl Returns {
    pub(super) fn parse(bits: i64, elements: Elements<'_, '_>) -> Result<Self, Code> {
        let is_map = matches!(elements, Elements::Map(_));
        let part = match bits & !INVERTED {
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
            _ => return Err(wire(code::REQUEST_INVALID)),
        };
        Ok(Self {
            part,
            is_inverted: bits & INVERTED != 0,
        })
    }

    /// The selection, or all that it leaves out.
    pub(super) fn inverted(self, mut selection: Selection, len: usize) -> Selection {
        if self.is_inverted {
            selection.indexes = (0..len)
                .filter(|index| !selection.indexes.contains(index))
                .collect();
        }
        selection
    }

    /// The answer about a selection.
    pub(super) fn answer<'a>(self, elements: Elements<'_, 'a>, selection: &Selection) -> Value<'a> {
        let len = elements.len();
        let selected = &selection.indexes;
        let each = |of: &dyn Fn(usize) -> Value<'a>, missing: Value<'a>| {
            if !selection.is_single {
                return list(selected.iter().map(|index| of(*index)).collect());
            }
            selected.first().map_or(missing, |index| of(*index))
        };
        let number = |number: usize| Value::Integer(number as i64);
        match self.part {
            Part::Nothing => Value::Nil,
            Part::Count => number(selected.len()),
            Part::Exists => Value::Boolean(!selected.is_empty()),
            Part::Index => each(&number, Value::Integer(-1)),
            Part::ReverseIndex => each(&|index| number(len - 1 - index), Value::Integer(-1)),
            Part::Rank | Part::ReverseRank => {
                let mut ranks = vec![0; len];
                for (rank, index) in elements.by_rank().into_iter().enumerate() {
                    ranks[index] = if self.part == Part::Rank {
                        rank
                    } else {
                        len - 1 - rank
                    };
                }
                each(&|index| number(ranks[index]), Value::Integer(-1))
            }
            Part::Key => each(&|index| elements.key(index).clone(), Value::Nil),
            Part::Value => each(&|index| elements.value(index).clone(), Value::Nil),
            Part::KeyValue => pairs(Some(order::PRESERVE), elements, selected),
            Part::UnorderedMap => pairs(None, elements, selected),
            Part::OrderedMap => pairs(Some(order::ORDERED), elements, selected),
        }
    }
}

pub(super) fn list(items: Vec<Value<'_>>) -> Value<'_> {
    Value::List { flags: None, items }
}

fn pairs<'a>(flags: Option<u8>, elements: Elements<'_, 'a>, selected: &[usize]) -> Value<'a> {
    let pair = |index: &usize| (elements.key(*index).clone(), elements.value(*index).clone());
    Value::Map {
        flags,
        pairs: selected.iter().map(pair).collect(),
    }
}
