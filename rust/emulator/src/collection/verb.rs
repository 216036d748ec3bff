//! The numbers of list and map operations.

use super::context::Kind;
use super::select::By;

pub(super) const LIST_SET_ORDER: u8 = 0;
pub(super) const LIST_APPEND: u8 = 1;
pub(super) const LIST_APPEND_ITEMS: u8 = 2;
pub(super) const LIST_INSERT: u8 = 3;
pub(super) const LIST_INSERT_ITEMS: u8 = 4;
pub(super) const LIST_POP: u8 = 5;
pub(super) const LIST_POP_RANGE: u8 = 6;
pub(super) const LIST_REMOVE: u8 = 7;
pub(super) const LIST_REMOVE_RANGE: u8 = 8;
pub(super) const LIST_SET: u8 = 9;
pub(super) const LIST_TRIM: u8 = 10;
pub(super) const LIST_CLEAR: u8 = 11;
pub(super) const LIST_INCREMENT: u8 = 12;
pub(super) const LIST_SORT: u8 = 13;
pub(super) const LIST_SIZE: u8 = 16;
pub(super) const LIST_GET: u8 = 17;
pub(super) const LIST_GET_RANGE: u8 = 18;

pub(super) const MAP_SET_ORDER: u8 = 64;
pub(super) const MAP_ADD: u8 = 65;
pub(super) const MAP_ADD_ITEMS: u8 = 66;
pub(super) const MAP_PUT: u8 = 67;
pub(super) const MAP_PUT_ITEMS: u8 = 68;
pub(super) const MAP_REPLACE: u8 = 69;
pub(super) const MAP_REPLACE_ITEMS: u8 = 70;
pub(super) const MAP_INCREMENT: u8 = 73;
pub(super) const MAP_DECREMENT: u8 = 74;
pub(super) const MAP_CLEAR: u8 = 75;
pub(super) const MAP_SIZE: u8 = 96;

/// What an operation is for.
pub(super) fn kind(verb: u8) -> Kind {
    if verb < MAP_SET_ORDER {
        Kind::List
    } else {
        Kind::Map
    }
}

/// Whether an operation belongs into a command that writes.
pub(super) fn is_modification(verb: u8) -> bool {
    matches!(verb, 0..=15 | 32..=47 | 64..=95)
}

/// How an operation selects what it reads or removes.
pub(super) fn selection(verb: u8) -> Option<By> {
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
