//! Operations that read.

use super::bitmap;
use super::call::{Call, INVALID};
use super::integer::signed;
use super::range::{Bits, MAX_BITS};
use crate::collection::{Answer, Arguments};
use crate::command::Code;
use crate::container::Value;
use aerospike_wire::particle;

#[derive(Clone, Copy, Debug)]
enum What {
    Bits,
    Count,
    First(bool),
    Last(bool),
    Number { is_signed: bool },
}

/// A parsed operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    what: What,
    bits: Bits,
}

impl Read {
    pub(super) fn parse(call: Call<'_>) -> Result<Self, Code> {
        let mut arguments = call.arguments;
        let most = if call.verb == 54 { 64 } else { MAX_BITS };
        let bits = Bits::parse(&mut arguments, most)?;
        let what = match call.verb {
            50 => What::Bits,
            51 => What::Count,
            52 => What::First(boolean(&mut arguments)?),
            53 => What::Last(boolean(&mut arguments)?),
            54 => What::Number {
                is_signed: match arguments.flags()? {
                    flags @ 0..=1 => flags == 1,
                    _ => return Err(INVALID),
                },
            },
            _ => return Err(INVALID),
        };
        arguments.end()?;
        Ok(Self { what, bits })
    }

    pub(super) fn answer(self, bytes: &[u8]) -> Result<Answer, Code> {
        let range = self.bits.of(bytes, false);
        let range = range.map_err(|failure| failure.code())?;
        let is = |value: bool| move |index: &usize| bitmap::bit(bytes, *index) == value;
        let start = range.start;
        let number = match self.what {
            What::Bits => {
                let data = bitmap::extract(bytes, range);
                return Ok(Answer {
                    particle: particle::BLOB,
                    data,
                });
            }
            What::Count => range.filter(is(true)).count() as i64,
            What::First(value) => place(range.clone().find(is(value)), start),
            What::Last(value) => {
                // A server looks on to the start of the byte in which the range starts.
                let mut wider = start / 8 * 8..range.end;
                place(wider.rfind(is(value)), start)
            }
            What::Number { is_signed } => match bitmap::number(bytes, range) {
                number if is_signed => signed(number, self.bits.size),
                number => number as i64,
            },
        };
        Ok(Answer {
            particle: particle::INTEGER,
            data: number.to_be_bytes().to_vec(),
        })
    }
}

fn boolean(arguments: &mut Arguments<'_>) -> Result<bool, Code> {
    match arguments.value()? {
        Value::Boolean(value) => Ok(value),
        _ => Err(INVALID),
    }
}

/// A place counted from where the search was to start; -1 is none.
fn place(index: Option<usize>, start: usize) -> i64 {
    index.map_or(-1, |index| index as i64 - start as i64)
}
