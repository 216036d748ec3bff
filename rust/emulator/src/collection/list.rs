//! Operations on a list that do not select by return type.

use super::call::Arguments;
use super::elements::Elements;
use super::number;
use super::order::{self, PERSIST_INDEX};
use super::returns::list;
use super::select::{range, single};
use super::verb;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::msgpack::order as marker;
use aerospike_wire::result_code::code;
use std::cmp::Ordering;

const INVALID: Code = wire(code::REQUEST_INVALID);
const NOT_APPLICABLE: Code = wire(code::OP_NOT_APPLICABLE);
const EXISTS: Code = wire(code::FAIL_ELEMENT_EXISTS);

/// Write flags.
const ADD_UNIQUE: u64 = 1;
const INSERT_BOUNDED: u64 = 2;
const NO_FAIL: u64 = 4;
const PARTIAL: u64 = 8;

const DESCENDING: u64 = 1;
const DROP_DUPLICATES: u64 = 2;

/// A list while an operation changes it.
pub(super) struct List<'v, 'a> {
    pub(super) flags: &'v mut Option<u8>,
    pub(super) items: &'v mut Vec<Value<'a>>,
}

pub(super) fn read<'a>(
    number: i64,
    items: Elements<'_, 'a>,
    arguments: &mut Arguments<'a>,
) -> Result<Value<'a>, Code> {
    match number {
        verb::LIST_SIZE => Ok(Value::Integer(items.len() as i64)),
        verb::LIST_GET => {
            let index = arguments.integer()?;
            arguments.end()?;
            let index = single(index, items.len()).ok_or(NOT_APPLICABLE)?;
            Ok(items.value(index).clone())
        }
        _ => {
            let from = arguments.integer()?;
            let range = range(from, arguments.optional_integer()?, items.len());
            arguments.end()?;
            Ok(list(
                range.map(|index| items.value(index).clone()).collect(),
            ))
        }
    }
}

impl<'a> List<'_, 'a> {
    pub(super) fn modify(
        mut self,
        number: i64,
        is_new: bool,
        arguments: &mut Arguments<'a>,
    ) -> Result<Value<'a>, Code> {
        match number {
            verb::LIST_SET_ORDER => {
                let order = order::order(arguments)?;
                arguments.end()?;
                self.set_order(order)?;
                Ok(Value::Nil)
            }
            verb::LIST_APPEND | verb::LIST_APPEND_ITEMS => {
                let added = added(number == verb::LIST_APPEND, arguments)?;
                let (order, flags) = (order::optional_order(arguments)?, arguments.flags()?);
                arguments.end()?;
                if is_new {
                    self.order_new(order);
                }
                self.add(self.items.len(), added, flags)
            }
            verb::LIST_INSERT | verb::LIST_INSERT_ITEMS => {
                let index = arguments.integer()?;
                let added = added(number == verb::LIST_INSERT, arguments)?;
                let flags = arguments.flags()?;
                arguments.end()?;
                self.insert(index, added, flags)
            }
            verb::LIST_POP | verb::LIST_REMOVE => {
                let index = arguments.integer()?;
                arguments.end()?;
                let index = single(index, self.items.len()).ok_or(NOT_APPLICABLE)?;
                let removed = self.items.remove(index);
                Ok(match number {
                    verb::LIST_POP => removed,
                    _ => Value::Integer(1),
                })
            }
            verb::LIST_POP_RANGE | verb::LIST_REMOVE_RANGE => {
                let (from, count) = (arguments.integer()?, arguments.optional_integer()?);
                arguments.end()?;
                let removed: Vec<_> = self
                    .items
                    .drain(range(from, count, self.items.len()))
                    .collect();
                Ok(match number {
                    verb::LIST_POP_RANGE => list(removed),
                    _ => Value::Integer(removed.len() as i64),
                })
            }
            verb::LIST_SET => {
                let (index, value) = (arguments.integer()?, arguments.stored_value()?);
                let flags = arguments.flags()?;
                arguments.end()?;
                self.set(index, value, flags)
            }
            verb::LIST_TRIM => {
                let (from, count) = (arguments.integer()?, arguments.integer()?);
                arguments.end()?;
                let before = self.items.len();
                *self.items = self.items[range(from, Some(count), before)].to_vec();
                Ok(Value::Integer((before - self.items.len()) as i64))
            }
            verb::LIST_CLEAR => {
                // What comes behind the verb is not looked at.
                self.items.clear();
                Ok(Value::Nil)
            }
            verb::LIST_INCREMENT => self.increment(is_new, arguments),
            verb::LIST_SORT => {
                let flags = arguments.flags()?;
                arguments.end()?;
                self.sort(flags)
            }
            _ => Err(INVALID),
        }
    }

    fn is_ordered(&self) -> bool {
        order::is_ordered(*self.flags)
    }

    fn set_order(&mut self, flags: u8) -> Result<(), Code> {
        if flags & !(PERSIST_INDEX | marker::ORDERED) != 0 {
            return Err(NOT_APPLICABLE);
        }
        self.order_new(flags);
        if self.is_ordered() {
            self.items.sort_by(compare);
        }
        Ok(())
    }

    fn order_new(&mut self, flags: u8) {
        let is_ordered = flags & !PERSIST_INDEX == marker::ORDERED;
        *self.flags = is_ordered.then_some(marker::ORDERED);
    }

    fn contains(&self, value: &Value<'a>) -> bool {
        self.items
            .iter()
            .any(|item| compare(item, value) == Ordering::Equal)
    }

    /// Whether another item than that of an index has a value. In an ordered list a server looks at the first one only.
    fn contains_beside(&self, index: usize, value: &Value<'a>) -> bool {
        let items = self.items.iter().enumerate();
        let mut same = items.filter(|(_, item)| compare(item, value) == Ordering::Equal);
        if self.is_ordered() {
            same.next().is_some_and(|(first, _)| first != index)
        } else {
            same.any(|(at, _)| at != index)
        }
    }

    /// Adds values at an index, or where they belong in an ordered list, and answers how many there are then.
    fn add(
        &mut self,
        mut index: usize,
        values: Vec<Value<'a>>,
        flags: u64,
    ) -> Result<Value<'a>, Code> {
        let before = self.items.clone();
        if flags & (ADD_UNIQUE | NO_FAIL) == ADD_UNIQUE && self.is_ordered() && repeats(&values) {
            return Err(NOT_APPLICABLE);
        }
        for value in values {
            if flags & ADD_UNIQUE != 0 && self.contains(&value) {
                if flags & NO_FAIL == 0 {
                    let was_there = before
                        .iter()
                        .any(|item| compare(item, &value) == Ordering::Equal);
                    return Err(if was_there { EXISTS } else { NOT_APPLICABLE });
                }
                if flags & PARTIAL == 0 {
                    *self.items = before;
                    break;
                }
                continue;
            }
            let at = if self.is_ordered() {
                self.items
                    .partition_point(|item| compare(item, &value) != Ordering::Greater)
            } else {
                index
            };
            self.items.insert(at, value);
            index += 1;
        }
        Ok(Value::Integer(self.items.len() as i64))
    }

    fn insert(
        &mut self,
        index: i64,
        values: Vec<Value<'a>>,
        flags: u64,
    ) -> Result<Value<'a>, Code> {
        if self.is_ordered() {
            return Err(NOT_APPLICABLE);
        }
        if values.is_empty() {
            return Ok(Value::Integer(self.items.len() as i64));
        }
        match self.place(index, flags)? {
            Some(index) => {
                let before = self.items.len();
                order::pad(self.items, index)?;
                let padded = self.items.len();
                self.add(index, values, flags)?;
                if self.items.len() == padded {
                    self.items.truncate(before);
                }
                Ok(Value::Integer(self.items.len() as i64))
            }
            None => Ok(Value::Integer(self.items.len() as i64)),
        }
    }

    /// Where a value goes that is given an index, which may be beyond the end unless the flags forbid it.
    fn place(&self, index: i64, flags: u64) -> Result<Option<usize>, Code> {
        let len = self.items.len() as i64;
        let index = if index < 0 {
            index.saturating_add(len)
        } else {
            index
        };
        let is_bounded = flags & INSERT_BOUNDED != 0 || self.is_ordered();
        match usize::try_from(index) {
            Ok(index) if index <= self.items.len() || !is_bounded => Ok(Some(index)),
            Ok(_) if flags & NO_FAIL != 0 && !self.is_ordered() => Ok(None),
            _ => Err(NOT_APPLICABLE),
        }
    }

    fn set(&mut self, index: i64, value: Value<'a>, flags: u64) -> Result<Value<'a>, Code> {
        if self.is_ordered() {
            return Err(NOT_APPLICABLE);
        }
        if let Some(index) = self.place(index, flags)? {
            if flags & ADD_UNIQUE != 0 && self.contains_beside(index, &value) {
                return if flags & NO_FAIL != 0 {
                    Ok(Value::Nil)
                } else {
                    Err(EXISTS)
                };
            }
            order::pad(self.items, index.saturating_add(1))?;
            self.items[index] = value;
        }
        Ok(Value::Nil)
    }

    fn increment(
        &mut self,
        is_new: bool,
        arguments: &mut Arguments<'a>,
    ) -> Result<Value<'a>, Code> {
        let index = arguments.integer()?;
        let by = number::operand(arguments.optional_value());
        let order = order::optional_order(arguments)?;
        let flags = arguments.flags()?;
        arguments.end()?;
        if is_new {
            self.order_new(order);
        }
        if index.saturating_add(self.items.len() as i64) < 0 {
            return Err(NOT_APPLICABLE);
        }
        order::check_index(index)?;
        number::check(&by)?;
        let place = self.place(index, flags)?;
        let Some(index) = place else {
            return Ok(by);
        };
        let sum = match self.items.get(index) {
            Some(item) => number::sum(item, &by)?,
            None => by,
        };
        if flags & ADD_UNIQUE != 0 && self.contains_beside(index, &sum) {
            return if flags & NO_FAIL != 0 {
                Ok(sum)
            } else {
                Err(EXISTS)
            };
        }
        order::pad(self.items, index.saturating_add(1))?;
        self.items[index] = sum.clone();
        if self.is_ordered() {
            self.items.sort_by(compare);
        }
        Ok(sum)
    }

    fn sort(&mut self, flags: u64) -> Result<Value<'a>, Code> {
        self.items.sort_by(compare);
        if flags & DROP_DUPLICATES != 0 {
            self.items
                .dedup_by(|left, right| compare(left, right) == Ordering::Equal);
        }
        if flags & DESCENDING != 0 && !self.is_ordered() {
            // A server cannot do both to a list of several values.
            if flags & DROP_DUPLICATES != 0 && self.items.len() > 1 {
                return Err(INVALID);
            }
            self.items.reverse();
        }
        Ok(Value::Nil)
    }
}

fn repeats(values: &[Value<'_>]) -> bool {
    let mut sorted: Vec<_> = values.iter().collect();
    sorted.sort_by(|left, right| compare(left, right));
    sorted
        .windows(2)
        .any(|pair| compare(pair[0], pair[1]) == Ordering::Equal)
}

fn added<'a>(is_one: bool, arguments: &mut Arguments<'a>) -> Result<Vec<Value<'a>>, Code> {
    if is_one {
        Ok(vec![arguments.stored_value()?])
    } else {
        arguments.stored_list()
    }
}
