//! Operations on a map that do not select by return type.

use super::call::Arguments;
use super::elements::Elements;
use super::number;
use super::order::PERSIST_INDEX;
use super::verb;
use crate::command::{Code, wire};
use crate::container::{Value, compare};
use aerospike_wire::msgpack::order as marker;
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use std::cmp::Ordering;

const INVALID: Code = wire(code::REQUEST_INVALID);
const EXISTS: Code = wire(code::FAIL_ELEMENT_EXISTS);
const NOT_FOUND: Code = wire(code::FAIL_ELEMENT_NOT_FOUND);

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

pub(super) fn read<'a>(
    number: u8,
    pairs: &[(Value<'a>, Value<'a>)],
    arguments: &mut Arguments<'a>,
) -> Result<Value<'a>, Code> {
    arguments.end()?;
    match number {
        verb::MAP_SIZE => Ok(Value::Integer(pairs.len() as i64)),
        _ => Err(INVALID),
    }
}

impl<'a> Map<'_, 'a> {
    pub(super) fn modify(
        mut self,
        number: u8,
        arguments: &mut Arguments<'a>,
    ) -> Result<Value<'a>, Code> {
        let answer = match number {
            verb::MAP_SET_ORDER => self.set_order(arguments.flags()?)?,
            verb::MAP_ADD | verb::MAP_PUT | verb::MAP_REPLACE => {
                let pair = (arguments.value()?, arguments.value()?);
                let flags = write_flags(number, arguments)?;
                self.put(vec![pair], flags)?
            }
            verb::MAP_ADD_ITEMS | verb::MAP_PUT_ITEMS | verb::MAP_REPLACE_ITEMS => {
                let Value::Map { pairs, .. } = arguments.value()? else {
                    return Err(INVALID);
                };
                let flags = write_flags(number, arguments)?;
                self.put(pairs, flags)?
            }
            verb::MAP_INCREMENT | verb::MAP_DECREMENT => {
                let key = arguments.value()?;
                let by = arguments.optional_value().unwrap_or(Value::Integer(1));
                let _order = arguments.flags()?;
                let by = match number {
                    verb::MAP_DECREMENT => number::negated(&by),
                    _ => by,
                };
                self.increment(key, by)?
            }
            verb::MAP_CLEAR => {
                self.pairs.clear();
                Value::Nil
            }
            _ => return Err(INVALID),
        };
        arguments.end()?;
        Ok(answer)
    }

    fn set_order(&mut self, flags: u64) -> Result<Value<'a>, Code> {
        *self.flags = match flags & !PERSIST_INDEX {
            0 => None,
            1 => Some(marker::ORDERED),
            3 => Some(marker::ORDERED | marker::BY_VALUE),
            _ => return Err(INVALID),
        };
        Ok(Value::Nil)
    }

    /// The index of a key, or where it belongs.
    fn place(&self, key: &Value<'a>) -> Result<usize, usize> {
        let index = Elements::Map(self.pairs).keys_below(key);
        match self.pairs.get(index) {
            Some((found, _)) if compare(found, key) == Ordering::Equal => Ok(index),
            _ => Err(index),
        }
    }

    /// Puts pairs, and answers how many there are then.
    fn put(&mut self, pairs: Vec<(Value<'a>, Value<'a>)>, flags: u64) -> Result<Value<'a>, Code> {
        let before = self.pairs.clone();
        for (key, value) in pairs {
            check_key(&key)?;
            let refused = match self.place(&key) {
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
        match self.place(&key) {
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

fn check_key(key: &Value<'_>) -> Result<(), Code> {
    match key {
        Value::Integer(_) | Value::Unsigned(_) => Ok(()),
        Value::Particle(particle::STRING | particle::BLOB | 0, _) => Ok(()),
        _ => Err(INVALID),
    }
}

/// The write flags of a verb, which are an argument of a put and part of the others' meaning.
fn write_flags(number: u8, arguments: &mut Arguments<'_>) -> Result<u64, Code> {
    match number {
        verb::MAP_REPLACE | verb::MAP_REPLACE_ITEMS => return Ok(UPDATE_ONLY),
        _ => {}
    }
    let _order = arguments.flags()?;
    match number {
        verb::MAP_ADD | verb::MAP_ADD_ITEMS => Ok(CREATE_ONLY),
        _ => arguments.flags(),
    }
}
