//! Lists and maps as what both are to a selection: elements with an index and a rank, those of a map with a key.

use super::{heap, order};
use crate::container::{Value, compare};
use std::cmp::Ordering;
use std::ops::Range;

/// The items of a list, or the pairs of a map in the order of their keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Elements<'v, 'a> {
    parts: Parts<'v, 'a>,
    /// A list whose items are in order, so that index and rank are the same, or a map that was made to keep an order.
    pub(super) is_ordered: bool,
}

#[derive(Clone, Copy, Debug)]
enum Parts<'v, 'a> {
    Items(&'v [Value<'a>]),
    Pairs(&'v [(Value<'a>, Value<'a>)]),
}

impl<'v, 'a> Elements<'v, 'a> {
    pub(super) fn of(value: &'v Value<'a>) -> Option<Self> {
        let (parts, flags) = match value {
            Value::List { items, flags } => (Parts::Items(items), flags),
            Value::Map { pairs, flags } => (Parts::Pairs(pairs), flags),
            _ => return None,
        };
        Some(Self {
            parts,
            is_ordered: order::is_ordered(*flags),
        })
    }

    pub(super) fn is_map(self) -> bool {
        matches!(self.parts, Parts::Pairs(_))
    }

    pub(super) fn len(self) -> usize {
        match self.parts {
            Parts::Items(items) => items.len(),
            Parts::Pairs(pairs) => pairs.len(),
        }
    }

    pub(super) fn value(self, index: usize) -> &'v Value<'a> {
        match self.parts {
            Parts::Items(items) => &items[index],
            Parts::Pairs(pairs) => &pairs[index].1,
        }
    }

    /// Only maps have keys; of a list's element it is the element itself.
    pub(super) fn key(self, index: usize) -> &'v Value<'a> {
        match self.parts {
            Parts::Items(items) => &items[index],
            Parts::Pairs(pairs) => &pairs[index].0,
        }
    }

    /// The indexes of all elements in the order of their values, equal ones in the order of their indexes.
    pub(super) fn by_rank(self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|left, right| compare(self.value(*left), self.value(*right)));
        order
    }

    /// The indexes of the elements with a range of ranks.
    ///
    /// Which of several equal items of a list without order has which rank follows from how a server finds them: with a
    /// heap, from the nearer end.
    pub(super) fn with_ranks(self, ranks: Range<usize>) -> Vec<usize> {
        let len = self.len();
        if self.is_map() || self.is_ordered {
            return self.by_rank()[ranks].to_vec();
        }
        let value = |index: usize| self.value(index);
        if is_from_below(&ranks, len) {
            let less = |left, right| compare(value(left), value(right)) == Ordering::Less;
            let mut popped = heap::popped(len, ranks.end, less);
            popped.drain(..ranks.start);
            popped
        } else {
            let greater = |left, right| compare(value(left), value(right)) == Ordering::Greater;
            let mut popped = heap::popped(len, len - ranks.start, greater);
            popped.drain(..len - ranks.end);
            popped.reverse();
            popped
        }
    }

    /// The rank of every element. Equal items of a list without order share the lowest of theirs.
    pub(super) fn ranks(self) -> Vec<usize> {
        let by_rank = self.by_rank();
        let mut ranks = vec![0; by_rank.len()];
        for (rank, index) in by_rank.iter().enumerate() {
            ranks[*index] = match rank.checked_sub(1).map(|before| by_rank[before]) {
                Some(before)
                    if !self.is_map()
                        && !self.is_ordered
                        && compare(self.value(before), self.value(*index)) == Ordering::Equal =>
                {
                    ranks[before]
                }
                _ => rank,
            };
        }
        ranks
    }

    pub(super) fn is_ordered_list(self) -> bool {
        self.is_ordered && !self.is_map()
    }

    /// The index of a key.
    pub(super) fn find_key(self, key: &Value<'a>) -> Option<usize> {
        let found = self.find_keys(key).next();
        found.map(|first| self.middle_of(key).unwrap_or(first))
    }

    /// The indexes of a key, which are all for a wildcard.
    pub(super) fn find_keys(self, key: &Value<'a>) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(move |index| compare(self.key(*index), key) == Ordering::Equal)
    }

    /// Where a server finds a wildcard among keys that are in order: where it looks first.
    fn middle_of(self, key: &Value<'a>) -> Option<usize> {
        (self.is_ordered && *key == Value::Wildcard).then_some(self.len() / 2)
    }

    /// The indexes of a value.
    pub(super) fn find_values(self, value: &Value<'a>) -> Vec<usize> {
        (0..self.len())
            .filter(|index| compare(self.value(*index), value) == Ordering::Equal)
            .collect()
    }

    /// How many keys are below one; keys are in order.
    pub(super) fn keys_below(self, key: &Value<'a>) -> usize {
        let below = (0..self.len())
            .take_while(|index| compare(self.key(*index), key) == Ordering::Less)
            .count();
        self.middle_of(key).unwrap_or(below)
    }

    /// How many values are below one.
    pub(super) fn values_below(self, value: &Value<'a>) -> usize {
        (0..self.len())
            .filter(|index| compare(self.value(*index), value) == Ordering::Less)
            .count()
    }
}

/// Whether a server finds ranks of a list without order from its lowest value on, rather than from its highest.
pub(super) fn is_from_below(ranks: &Range<usize>, len: usize) -> bool {
    ranks.end <= len - ranks.start
}
