//! The numbers of list and map operations.

use super::context::Kind;
use super::select::By;

pub(super) const LIST_SET_ORDER: i64 = 0;
pub(super) const LIST_APPEND: i64 = 1;
pub(super) const LIST_APPEND_ITEMS: i64 = 2;
pub(super) const LIST_INSERT: i64 = 3;
pub(super) const LIST_INSERT_ITEMS: i64 = 4;
pub(super) const LIST_POP: i64 = 5;
pub(super) const LIST_POP_RANGE: i64 = 6;
pub(super) const LIST_REMOVE: i64 = 7;
pub(super) const LIST_REMOVE_RANGE: i64 = 8;
pub(super) const LIST_SET: i64 = 9;
pub(super) const LIST_TRIM: i64 = 10;
pub(super) const LIST_CLEAR: i64 = 11;
pub(super) const LIST_INCREMENT: i64 = 12;
pub(super) const LIST_SORT: i64 = 13;
pub(super) const LIST_SIZE: i64 = 16;
pub(super) const LIST_GET: i64 = 17;
pub(super) const LIST_GET_RANGE: i64 = 18;

pub(super) const MAP_SET_ORDER: i64 = 64;
pub(super) const MAP_ADD: i64 = 65;
pub(super) const MAP_ADD_ITEMS: i64 = 66;
pub(super) const MAP_PUT: i64 = 67;
pub(super) const MAP_PUT_ITEMS: i64 = 68;
pub(super) const MAP_REPLACE: i64 = 69;
pub(super) const MAP_REPLACE_ITEMS: i64 = 70;
pub(super) const MAP_INCREMENT: i64 = 73;
pub(super) const MAP_DECREMENT: i64 = 74;
pub(super) const MAP_CLEAR: i64 = 75;
pub(super) const MAP_SIZE: i64 = 96;

/// What an operation is for.
pub(super) fn kind(verb: i64) -> Kind {
    if (0..MAP_SET_ORDER).contains(&verb) {
        Kind::List
    } else {
        Kind::Map
    }
}

/// Whether an operation reads.
pub(super) fn is_read(verb: i64) -> bool {
    match verb {
        LIST_SIZE | LIST_GET | LIST_GET_RANGE | MAP_SIZE => true,
        19..=27 | 97..=110 => selection(verb).is_some(),
        _ => false,
    }
}

/// What an operation does where there is nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It makes a list or map.
    Creates,
    /// It does nothing.
    Stays,
    /// It fails, as only a sort does.
    Fails,
}

/// What a modification does where there is nothing yet, or nothing for what is none.
pub(super) fn on_missing(verb: i64) -> Option<Missing> {
    match verb {
        LIST_SET_ORDER..=LIST_INSERT_ITEMS | LIST_SET | LIST_INCREMENT => Some(Missing::Creates),
        MAP_SET_ORDER..=MAP_REPLACE_ITEMS | MAP_INCREMENT | MAP_DECREMENT => Some(Missing::Creates),
        LIST_SORT => Some(Missing::Fails),
        LIST_POP..=LIST_CLEAR | MAP_CLEAR => Some(Missing::Stays),
        32..=40 | 76..=89 => selection(verb).map(|_| Missing::Stays),
        _ => None,
    }
}

/// Whether a modification adds an element; those of several say which.
pub(super) fn adds(verb: i64) -> bool {
    matches!(
        verb,
        LIST_APPEND | LIST_INSERT | LIST_SET | LIST_INCREMENT | MAP_ADD | MAP_PUT | MAP_REPLACE
    )
}

/// How an operation selects what it reads or removes.
pub(super) fn selection(verb: i64) -> Option<By> {
    Some(match verb {
        19 | 32 | 77 | 98 => By::Index,
        21 | 34 | 79 | 100 => By::Rank,
        22 | 35 | 82 | 102 => By::Value,
        23 | 36 | 83 | 108 => By::Values,
        24 | 37 | 85 | 104 => By::Indexes,
        25 | 38 | 86 | 105 => By::ValueInterval,
        26 | 39 | 87 | 106 => By::Ranks,
        27 | 40 | 89 | 110 => By::RanksNear,
        76 | 97 => By::Key,
        81 | 107 => By::Keys,
        84 | 103 => By::KeyInterval,
        88 | 109 => By::IndexesNear,
        _ => return None,
    })
}
