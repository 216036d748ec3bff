//! Operations on a map that do not select by return type.

use super::call::Arguments;
use super::number;
use super::order::{self, PERSIST_INDEX};
use super::verb;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::msgpack::order as marker;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

const INVALID: Code = wire(code::REQUEST_INVALID);
const EXISTS: Code = wire(code::FAIL_ELEMENT_EXISTS);
const NOT_FOUND: Code = wire(code::FAIL_ELEMENT_NOT_FOUND);

/// The bits of an order.
const ORDER: u8 = marker::ORDERED | marker::BY_VALUE;

/// Write flags.
const CREATE_ONLY: u64 = 1;
const UPDATE_ONLY: u64 = 2;
const NO_FAIL: u64 = 4;
const PARTIAL: u64 = 8;

/// A map while an operation changes it.
pub(super) struct Map<'v, 'a> {
    pub(super) flags: &'v mut Option<u8>,
    pub(super) pairs: &'v mut Vec<(Value<'a>, Value<'a>)>,
}

impl<'a> Map<'_, 'a> {
    pub(super) fn modify(
        mut self,
        number: i64,
        is_new: bool,
        arguments: &mut Arguments<'a>,
    ) -> Result<Value<'a>, Code> {
        match number {
            verb::MAP_SET_ORDER => {
                let order = order::order(arguments)?;
                arguments.end()?;
                if !is_order(order) {
                    return Err(wire(code::OP_NOT_APPLICABLE));
                }
                self.set_order(order);
                Ok(Value::Nil)
            }
            verb::MAP_ADD | verb::MAP_PUT | verb::MAP_REPLACE => {
                let pair = (arguments.stored_value()?, arguments.stored_value()?);
                let flags = self.write_flags(number, is_new, arguments)?;
                self.put(vec![pair], flags)
            }
            verb::MAP_REPLACE_ITEMS if is_new => Err(NOT_FOUND),
            verb::MAP_ADD_ITEMS | verb::MAP_PUT_ITEMS | verb::MAP_REPLACE_ITEMS => {
                let Value::Map { pairs, .. } = arguments.stored_value()? else {
                    return Err(INVALID);
                };
                let mut flags = self.write_flags(number, is_new, arguments)?;
                // A server that may take a part of the pairs puts them all where there is none.
                if flags & (NO_FAIL | PARTIAL) == NO_FAIL | PARTIAL && self.pairs.is_empty() {
                    flags &= !UPDATE_ONLY;
                }
                self.put(pairs, flags)
            }
            verb::MAP_INCREMENT | verb::MAP_DECREMENT => {
                let key = arguments.stored_value()?;
                let by = number::operand(arguments.optional_value());
                let order = order::optional_order(arguments)?;
                arguments.end()?;
                number::check(&by)?;
                if is_new {
                    self.set_order(order);
                }
                let by = match number {
                    verb::MAP_DECREMENT => number::negated(&by),
                    _ => by,
                };
                self.increment(key, by)
            }
            verb::MAP_CLEAR => {
                // What comes behind the verb is not looked at.
                self.pairs.clear();
                Ok(Value::Nil)
            }
            _ => Err(INVALID),
        }
    }

    /// Orders a map; by what is no order, it is not.
    fn set_order(&mut self, flags: u8) {
        let order = Some(flags & ORDER).filter(|order| *order != 0);
        *self.flags = order.filter(|_| is_order(flags));
    }

    /// The write flags of a verb, which are an argument of a put and part of the others' meaning. A new map gets its order.
    fn write_flags(
        &mut self,
        number: i64,
        is_new: bool,
        arguments: &mut Arguments<'_>,
    ) -> Result<u64, Code> {
        let fixed = match number {
            verb::MAP_ADD | verb::MAP_ADD_ITEMS => Some(CREATE_ONLY),
            verb::MAP_REPLACE | verb::MAP_REPLACE_ITEMS => Some(UPDATE_ONLY),
            _ => None,
        };
        let order = match fixed {
            Some(UPDATE_ONLY) => 0,
            _ => order::optional_order(arguments)?,
        };
        let flags = match fixed {
            Some(flags) => flags,
            None => arguments.flags()?,
        };
        arguments.end()?;
        if is_new {
            self.set_order(order);
        }
        Ok(flags)
    }

    /// Puts pairs, and answers how many there are then.
    fn put(&mut self, pairs: Vec<(Value<'a>, Value<'a>)>, flags: u64) -> Result<Value<'a>, Code> {
        let before = self.pairs.clone();
        for (key, value) in pairs {
            check_key(&key)?;
            let refused = match place(self.pairs, &key) {
                Ok(_) if flags & CREATE_ONLY != 0 => EXISTS,
                Err(_) if flags & UPDATE_ONLY != 0 => NOT_FOUND,
                Ok(index) => {
                    self.pairs[index].1 = value;
                    continue;
                }
                Err(index) => {
                    self.pairs.insert(index, (key, value));
                    continue;
                }
            };
            if flags & NO_FAIL == 0 {
                return Err(refused);
            }
            if flags & PARTIAL == 0 {
                *self.pairs = before;
                break;
            }
        }
        Ok(Value::Integer(self.pairs.len() as i64))
    }

    fn increment(&mut self, key: Value<'a>, by: Value<'a>) -> Result<Value<'a>, Code> {
        check_key(&key)?;
        match place(self.pairs, &key) {
            Ok(index) => {
                let sum = number::sum(&self.pairs[index].1, &by)?;
                self.pairs[index].1 = sum.clone();
                Ok(sum)
            }
            Err(index) => {
                self.pairs.insert(index, (key, by.clone()));
                Ok(by)
            }
        }
    }
}

fn is_order(flags: u8) -> bool {
    flags & !(ORDER | PERSIST_INDEX) == 0
}

/// The index of a key, or where it belongs.
pub(super) fn place<'a>(pairs: &[(Value<'a>, Value<'a>)], key: &Value<'a>) -> Result<usize, usize> {
    pairs.binary_search_by(|(found, _)| compare(found, key))
}

pub(super) fn check_key(key: &Value<'_>) -> Result<(), Code> {
    match key {
        Value::Integer(_) | Value::Unsigned(_) => Ok(()),
        Value::Particle(kind, _) | Value::Binary(kind, _) if *kind != particle::GEOJSON => Ok(()),
        _ => Err(INVALID),
    }
}
