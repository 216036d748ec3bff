//! Paths to lists and maps within lists and maps.

use super::elements::Elements;
use super::order;
use super::select::single;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::msgpack::order as marker;
use aerospike_wire::result_code::code;
use std::cmp::Ordering;

const INVALID: Code = wire(code::REQUEST_INVALID);
const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);
const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);

const INDEX: u8 = 0;
const RANK: u8 = 1;
const KEY: u8 = 2;
const VALUE: u8 = 3;
const LIST: u8 = 0x10;
const MAP: u8 = 0x20;

/// Orders of what a step creates, in the upper two bits of its tag.
const CREATE: u8 = 0xc0;
const CREATE_PLAIN: u8 = 0x40;
const CREATE_SECOND: u8 = 0x80;

/// What a path leads to, which decides what is created at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Map,
}

/// One step of a path.
#[derive(Clone, Debug)]
pub(super) struct Step<'a> {
    /// What it is a step into.
    pub(super) kind: Kind,
    by: u8,
    create: u8,
    value: Value<'a>,
}

impl<'a> Step<'a> {
    pub(super) fn new(tag: i64, value: Value<'a>) -> Result<Self, Code> {
        let tag = u8::try_from(tag).map_err(|_| INVALID)?;
        let by = tag & 15;
        let kind = match tag & !CREATE & !15 {
            LIST if matches!(by, INDEX | RANK | VALUE) => Kind::List,
            MAP if matches!(by, INDEX | RANK | KEY | VALUE) => Kind::Map,
            _ => return Err(INVALID),
        };
        let step = Self {
            kind,
            by,
            create: tag & CREATE,
            value,
        };
        if matches!(by, INDEX | RANK) && !matches!(step.value, Value::Integer(_)) {
            return Err(INVALID);
        }
        Ok(step)
    }

    /// The index of the element that it leads to.
    fn find(&self, container: &Value<'a>) -> Result<Option<usize>, Code> {
        let elements = match (self.kind, container) {
            (Kind::List, Value::List { items, .. }) => Elements::List(items),
            (Kind::Map, Value::Map { pairs, .. }) => Elements::Map(pairs),
            _ => return Err(WRONG_TYPE),
        };
        Ok(match (self.by, &self.value) {
            (INDEX, Value::Integer(index)) => single(*index, elements.len()),
            (RANK, Value::Integer(rank)) => {
                single(*rank, elements.len()).map(|rank| elements.by_rank()[rank])
            }
            (KEY, key) => (0..elements.len())
                .find(|index| compare(elements.key(*index), key) == Ordering::Equal),
            (_, value) => (0..elements.len())
                .find(|index| compare(elements.value(*index), value) == Ordering::Equal),
        })
    }

    /// Puts an empty list or map where the step leads, and says at which index.
    fn create(&self, container: &mut Value<'a>, kind: Kind) -> Result<usize, Code> {
        if self.create == 0 {
            return Err(NOT_APPLICABLE);
        }
        let created = empty(kind, self.created_flags(kind));
        match (container, self.by, &self.value) {
            (Value::Map { pairs, .. }, KEY, key) => {
                let index = Elements::Map(pairs).keys_below(key);
                pairs.insert(index, (key.clone(), created));
                Ok(index)
            }
            (Value::List { items, flags }, INDEX, Value::Integer(index)) => {
                let is_ordered = flags.is_some_and(|flags| flags & marker::ORDERED != 0);
                let index = usize::try_from(*index).map_err(|_| NOT_APPLICABLE)?;
                let pads = self.create == CREATE_SECOND;
                if is_ordered || index > items.len() && !pads {
                    return Err(NOT_APPLICABLE);
                }
                order::pad(items, index)?;
                items.push(created);
                Ok(index)
            }
            _ => Err(NOT_APPLICABLE),
        }
    }

    fn created_flags(&self, kind: Kind) -> u8 {
        match (kind, self.create) {
            (Kind::List, CREATE) | (Kind::Map, CREATE_SECOND) => marker::ORDERED,
            (Kind::Map, CREATE) => marker::ORDERED | marker::BY_VALUE,
            (_, CREATE_PLAIN) | (Kind::List, _) | (Kind::Map, _) => 0,
        }
    }
}

/// An empty list or map with an order.
pub(super) fn empty<'a>(kind: Kind, flags: u8) -> Value<'a> {
    let flags = Some(flags).filter(|flags| *flags != 0);
    match kind {
        Kind::List => Value::List {
            flags,
            items: Vec::new(),
        },
        Kind::Map => Value::Map {
            flags,
            pairs: Vec::new(),
        },
    }
}

fn element<'v, 'a>(container: &'v mut Value<'a>, index: usize) -> Option<&'v mut Value<'a>> {
    match container {
        Value::List { items, .. } => items.get_mut(index),
        Value::Map { pairs, .. } => pairs.get_mut(index).map(|pair| &mut pair.1),
        _ => None,
    }
}

/// What a path leads to.
pub(super) fn find<'v, 'a>(root: &'v Value<'a>, path: &[Step<'a>]) -> Result<&'v Value<'a>, Code> {
    path.iter().try_fold(root, |container, step| {
        let index = step.find(container)?.ok_or(NOT_APPLICABLE)?;
        let elements = Elements::of(container).ok_or(WRONG_TYPE)?;
        Ok(elements.value(index))
    })
}

/// Changes what a path leads to, creating what is missing where steps say so.
pub(super) fn change<'a, T>(
    container: &mut Value<'a>,
    path: &[Step<'a>],
    kind: Kind,
    changes: impl FnOnce(&mut Value<'a>) -> Result<T, Code>,
) -> Result<T, Code> {
    let Some((step, rest)) = path.split_first() else {
        return changes(container);
    };
    let index = match step.find(container)? {
        Some(index) => index,
        None => step.create(container, rest.first().map_or(kind, |next| next.kind))?,
    };
    let inner = element(container, index).ok_or(WRONG_TYPE)?;
    let result = change(inner, rest, kind, changes)?;
    order::restore(container);
    Ok(result)
}
