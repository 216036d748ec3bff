//! Paths to lists and maps within lists and maps.

use super::elements::Elements;
use super::order;
use super::select::single;
use super::verb::Missing;
use crate::command::{Code, wire};
use crate::container::Value;
use aerospike_wire::msgpack::order as marker;
use aerospike_wire::result_code::code;

const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);
const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);

/// How a step finds an element, in the lower four bits of its tag.
const BY: i64 = 15;
const INDEX: i64 = 0;
const RANK: i64 = 1;
const KEY: i64 = 2;
const VALUE: i64 = 3;
/// What a step is into, in the next bits.
const KIND: i64 = !(BY | CREATE);
const LIST: i64 = 0x10;
const MAP: i64 = 0x20;
/// That a step creates what it is into, and its order: one of three.
const CREATE: i64 = 0xc0;
const CREATE_SECOND: i64 = 0x80;
const CREATE_THIRD: i64 = 0xc0;

/// A list or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Map,
}

/// One step of a path.
#[derive(Clone, Debug)]
pub(crate) struct Step<'a> {
    tag: i64,
    value: Value<'a>,
}

impl<'a> Step<'a> {
    pub(crate) fn new(tag: i64, value: Value<'a>) -> Self {
        Self { tag, value }
    }

    fn kind(&self) -> Result<Kind, Code> {
        match self.tag & KIND {
            LIST => Ok(Kind::List),
            MAP => Ok(Kind::Map),
            _ => Err(NOT_APPLICABLE),
        }
    }

    /// Whether it is one that a path may have: nothing is created along a path.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(
            (self.kind(), self.tag & BY),
            (Ok(Kind::List), INDEX | RANK | VALUE) | (Ok(Kind::Map), INDEX | RANK | KEY | VALUE)
        ) && !self.creates()
    }

    /// Whether it goes by index or rank.
    pub(crate) fn is_by_position(&self) -> bool {
        matches!(self.tag & BY, INDEX | RANK)
    }

    fn creates(&self) -> bool {
        self.tag & CREATE != 0
    }

    /// The empty list or map that the step is into.
    fn container(&self) -> Result<Value<'a>, Code> {
        let kind = self.kind()?;
        Ok(empty(
            kind,
            match (kind, self.tag & CREATE) {
                (Kind::List, CREATE_THIRD) | (Kind::Map, CREATE_SECOND) => marker::ORDERED,
                (Kind::Map, CREATE_THIRD) => marker::ORDERED | marker::BY_VALUE,
                _ => 0,
            },
        ))
    }

    /// The index of the element that it leads to.
    pub(crate) fn find(&self, container: &Value<'a>) -> Result<Option<usize>, Code> {
        Ok(self.find_all(container)?.first().copied())
    }

    /// The indexes of all elements that it leads to: of a value, there may be several.
    pub(crate) fn find_all(&self, container: &Value<'a>) -> Result<Vec<usize>, Code> {
        let elements = Elements::of(container).ok_or(NOT_APPLICABLE)?;
        if elements.is_map() != (self.kind()? == Kind::Map) {
            return Err(NOT_APPLICABLE);
        }
        let len = elements.len();
        match (self.tag & BY, &self.value) {
            (INDEX, Value::Integer(index)) => Ok(single(*index, len).into_iter().collect()),
            (RANK, Value::Integer(rank)) => {
                let rank = single(*rank, len).map(|rank| rank..rank + 1);
                Ok(rank.map_or_else(Vec::new, |rank| elements.with_ranks(rank)))
            }
            (KEY, key) if elements.is_map() => Ok(elements.find_key(key).into_iter().collect()),
            (VALUE, value) => Ok(elements.find_values(value)),
            _ => Err(NOT_APPLICABLE),
        }
    }

    /// Puts a list or map where the step leads, and says at which index.
    fn create(
        &self,
        container: &mut Value<'a>,
        is_new: bool,
        created: Value<'a>,
    ) -> Result<usize, Code> {
        match (container, self.tag & BY, &self.value) {
            (Value::Map { pairs, .. }, KEY, key) => {
                super::map::check_key(key)?;
                let place = super::map::place(pairs, key).unwrap_or_else(|index| index);
                pairs.insert(place, (key.clone(), created));
                Ok(place)
            }
            // The first item of a new list is its last one too.
            (Value::List { items, .. }, INDEX, Value::Integer(-1)) if is_new => {
                items.push(created);
                Ok(0)
            }
            (Value::List { .. }, INDEX, Value::Integer(..0)) if is_new => Err(NOT_APPLICABLE),
            // In an ordered list, any index is where the new item belongs, and so is any rank of one that was there.
            (Value::List { items, flags }, by @ (INDEX | RANK), Value::Integer(_))
                if order::is_ordered(*flags) && (by == INDEX || !is_new) =>
            {
                items.push(created);
                Ok(items.len() - 1)
            }
            (Value::List { items, .. }, INDEX, Value::Integer(index)) => {
                let index = usize::try_from(*index).map_err(|_| NOT_APPLICABLE)?;
                let pads = self.tag & CREATE == CREATE_SECOND;
                if index > items.len() && !pads {
                    return Err(NOT_APPLICABLE);
                }
                order::pad(items, index)?;
                items.push(created);
                Ok(index)
            }
            _ => Err(NOT_APPLICABLE),
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

/// What a modification works on.
pub(super) enum Target<'v, 'a> {
    /// There before.
    Existing(&'v mut Value<'a>),
    /// Nothing yet: an empty list or map is made when the modification makes one.
    Missing(&'v mut Value<'a>),
}

/// What a modification makes where there is nothing yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) kind: Kind,
    pub(super) missing: Missing,
}

/// What a modification does to its target.
pub(super) struct Changed<'a> {
    pub(super) answer: Value<'a>,
    /// False when it leaves all as it is.
    pub(super) is_made: bool,
}

impl Changed<'_> {
    const NOTHING: Self = Self {
        answer: Value::Nil,
        is_made: false,
    };
}

/// Changes what a path leads to in a value, or in one that is yet to be made. Gives the answer and the new value, if any.
pub(super) fn change<'a>(
    root: Option<Value<'a>>,
    path: &[Step<'a>],
    made: Made,
    changes: impl FnOnce(Target<'_, 'a>) -> Result<Changed<'a>, Code>,
) -> Result<(Value<'a>, Option<Value<'a>>), Code> {
    let is_new = root.is_none();
    let mut root = match (root, path.first()) {
        (Some(root), _) => root,
        (None, Some(step)) if !step.creates() => return Err(NOT_APPLICABLE),
        (None, None) if made.missing == Missing::Stays => return Ok((Value::Nil, None)),
        (None, None) if made.missing == Missing::Fails => return Err(WRONG_TYPE),
        (None, Some(step)) => step.container()?,
        (None, None) => empty(made.kind, 0),
    };
    let changed = change_in(&mut root, path, is_new, made, changes)?;
    if is_new && made.missing == Missing::Fails {
        return Err(WRONG_TYPE);
    }
    Ok((changed.answer, changed.is_made.then_some(root)))
}

fn change_in<'a>(
    container: &mut Value<'a>,
    path: &[Step<'a>],
    is_new: bool,
    made: Made,
    changes: impl FnOnce(Target<'_, 'a>) -> Result<Changed<'a>, Code>,
) -> Result<Changed<'a>, Code> {
    let Some((step, rest)) = path.split_first() else {
        if is_new && made.missing != Missing::Creates {
            return Ok(Changed::NOTHING);
        }
        return changes(if is_new {
            Target::Missing(container)
        } else {
            Target::Existing(container)
        });
    };
    let (index, is_new) = match step.find(container)? {
        Some(index) => (index, false),
        None if !is_new && !step.creates() => return Err(NOT_APPLICABLE),
        None => {
            let created = rest
                .first()
                .map_or_else(|| Ok(empty(made.kind, 0)), Step::container)?;
            (step.create(container, is_new, created)?, true)
        }
    };
    let inner = element(container, index).ok_or(WRONG_TYPE)?;
    let changed = change_in(inner, rest, is_new, made, changes)?;
    order::restore(container);
    Ok(changed)
}
