//! Lists and maps as what both are to a selection: elements with an index and a rank, those of a map with a key.

use crate::container::{Value, compare};
use std::cmp::Ordering;

/// The items of a list, or the pairs of a map in the order of their keys.
#[derive(Clone, Copy, Debug)]
pub(super) enum Elements<'v, 'a> {
    List(&'v [Value<'a>]),
    Map(&'v [(Value<'a>, Value<'a>)]),
}

impl<'v, 'a> Elements<'v, 'a> {
    pub(super) fn of(value: &'v Value<'a>) -> Option<Self> {
        match value {
            Value::List { items, .. } => Some(Self::List(items)),
            Value::Map { pairs, .. } => Some(Self::Map(pairs)),
            _ => None,
        }
    }

    pub(super) fn len(self) -> usize {
        match self {
            Self::List(items) => items.len(),
            Self::Map(pairs) => pairs.len(),
        }
    }

    pub(super) fn value(self, index: usize) -> &'v Value<'a> {
        match self {
            Self::List(items) => &items[index],
            Self::Map(pairs) => &pairs[index].1,
        }
    }

    /// Only maps have keys; of a list's element it is the element itself.
    pub(super) fn key(self, index: usize) -> &'v Value<'a> {
        match self {
            Self::List(items) => &items[index],
            Self::Map(pairs) => &pairs[index].0,
        }
    }

    /// The indexes of all elements in the order of their values.
    pub(super) fn by_rank(self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|left, right| compare(self.value(*left), self.value(*right)));
        order
    }

    /// How many keys are below one; keys are in order.
    pub(super) fn keys_below(self, key: &Value<'a>) -> usize {
        (0..self.len())
            .take_while(|index| compare(self.key(*index), key) == Ordering::Less)
            .count()
    }

    /// How many values are below one.
    pub(super) fn values_below(self, value: &Value<'a>) -> usize {
        (0..self.len())
            .filter(|index| compare(self.value(*index), value) == Ordering::Less)
            .count()
    }
}
