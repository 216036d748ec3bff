//! Operations on one record, and which result answers which of them.

mod bit;
mod call;
mod context;
mod hll;
mod list;
mod map;
mod packed;
mod path;
mod refused;
mod string;
mod value;

use std::collections::HashMap;

use aerospike_core::expressions::Expression;
use aerospike_core::operations::{self, Operation, exp};
use aerospike_core::{Bin, Record, Value};
use aerospike_wire::particle::BLOB;

use self::call::CallRef;
pub(crate) use self::call::Family;
pub(crate) use self::packed::push_write;
use self::refused::{Result, refused};
pub(crate) use self::value::decode;

use crate::frame::{Cursor, Malformed, Parsed, Selection};
use crate::particle::{self, Particle};
use crate::policy::core_expression;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Read,
    Write,
    Add,
    Append,
    Prepend,
    Touch,
    Delete,
    ReadAll,
    ReadHeader,
    ReadExp,
    WriteExp,
    /// A function of a family.
    Call(Family, u8),
}

impl Verb {
    fn parse(number: u8, particle: Particle<'_>) -> Parsed<Self> {
        let call = |family| Ok(Self::Call(family, CallRef::parse(particle.bytes)?.function));
        let computes = |verb| match particle.kind {
            BLOB if particle.bytes.len() > 1 => Ok(verb),
            _ => Err(Malformed),
        };
        Ok(match number {
            1 => Self::Read,
            2 => Self::Write,
            3 => Self::Add,
            4 => Self::Append,
            5 => Self::Prepend,
            6 => Self::Touch,
            7 => Self::Delete,
            8 => Self::ReadAll,
            9 => Self::ReadHeader,
            10 => return computes(Self::ReadExp),
            11 => return computes(Self::WriteExp),
            16 => return call(Family::List),
            17 => return call(Family::Map),
            18 => return call(Family::Bit),
            19 => return call(Family::Hll),
            20 => return call(Family::String),
            21 => return call(Family::Path),
            _ => return Err(Malformed),
        })
    }

    pub(crate) fn writes(self) -> bool {
        match self {
            Self::Read | Self::ReadAll | Self::ReadHeader | Self::ReadExp => false,
            Self::Call(family, function) => family.writes(function),
            _ => true,
        }
    }
}

/// An operation of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperationRef<'a> {
    pub(crate) verb: Verb,
    pub(crate) bin: &'a str,
    particle: Particle<'a>,
}

impl OperationRef<'_> {
    fn to_core(self) -> Result<Operation> {
        let bin = || Bin::new(self.bin, self.particle.to_core());
        Ok(match self.verb {
            Verb::Read => operations::get_bin(self.bin),
            Verb::Write => operations::put(&bin()),
            Verb::Add => operations::add(&bin()),
            Verb::Append => operations::append(&bin()),
            Verb::Prepend => operations::prepend(&bin()),
            Verb::Touch => operations::touch(),
            Verb::Delete => operations::delete(),
            Verb::ReadAll => operations::get(),
            Verb::ReadHeader => operations::get_header(),
            Verb::ReadExp => {
                let (flags, packed) = self.expression();
                exp::read_exp(self.bin, packed, exp::ExpReadFlags::from_bits(flags))
            }
            Verb::WriteExp => {
                let (flags, packed) = self.expression();
                exp::write_exp(self.bin, packed, exp::ExpWriteFlags::from_bits(flags))
            }
            Verb::Call(family, _) => CallRef::parse(self.particle.bytes)
                .map_err(|_| refused("a call that is malformed"))?
                .to_core(family, self.bin)?,
        })
    }

    /// The flags in front of a packed expression, and the expression.
    fn expression(self) -> (i64, Expression) {
        let (flags, packed) = self.particle.bytes.split_first().unwrap_or((&0, &[]));
        (i64::from(*flags), core_expression(packed))
    }
}

/// The encoded operations of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Operations<'a>(u16, &'a [u8]);

impl<'a> Operations<'a> {
    pub(crate) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let count = cursor.u16()?;
        let bytes =
            cursor.span(|cursor| (0..count).try_for_each(|_| Self::next(cursor).map(drop)))?;
        Ok(Self(count, bytes))
    }

    fn next(cursor: &mut Cursor<'a>) -> Parsed<OperationRef<'a>> {
        let (number, bin, particle) = (cursor.u8()?, cursor.name()?, cursor.particle()?);
        Ok(OperationRef {
            verb: Verb::parse(number, particle)?,
            bin,
            particle,
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = OperationRef<'a>> + use<'a> {
        let Self(count, bytes) = *self;
        let mut cursor = Cursor::new(bytes);
        (0..count).map_while(move |_| Self::next(&mut cursor).ok())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.into()
    }

    pub(crate) fn writes(&self) -> bool {
        self.iter().any(|operation| operation.verb.writes())
    }

    /// The bins that operations read which are no more than a selection of bins; `names` takes their encoded names.
    pub(crate) fn to_selection<'n>(self, names: &'n mut Vec<u8>) -> Option<Selection<'n>> {
        let mut count = 0;
        for operation in self.iter() {
            match operation.verb {
                Verb::Read => {
                    names.push(operation.bin.len() as u8);
                    names.extend_from_slice(operation.bin.as_bytes());
                    count += 1;
                }
                // Generation and TTL come with every answer.
                Verb::ReadHeader => {}
                _ => return None,
            }
        }
        match (self.len(), count) {
            (0, _) => None,
            (_, 0) => Some(Selection::None),
            _ => Some(Selection::Names(count, names)),
        }
    }

    /// Whether the server would refuse the combination.
    pub(crate) fn mixes_reads_of_all_and_one(&self) -> bool {
        self.writes() && self.has(Verb::Read) && self.has(Verb::ReadAll)
    }

    fn has(&self, verb: Verb) -> bool {
        self.iter().any(|operation| operation.verb == verb)
    }

    /// The server answers the reads of all bins only, and says nothing of calls and expressions.
    fn refuse_answers_beside_all(&self) -> Result<()> {
        let answers =
            |operation: OperationRef<'_>| matches!(operation.verb, Verb::Call(..) | Verb::ReadExp);
        let Some(at) = self.iter().position(answers) else {
            return Ok(());
        };
        if self.has(Verb::ReadAll) {
            let what =
                "the server does not answer it where all bins are read too: read bins by name";
            return Err(refused(what).at(at));
        }
        Ok(())
    }

    /// What core is to send. Reads of the header are left out where another operation makes the server answer with
    /// generation and TTL anyway: its flag for the whole message would strip the bins off the others.
    ///
    /// # Errors
    /// Where an argument of a call does not fit; which operation it is of stands before what is wrong.
    pub(crate) fn to_core(self) -> Result<Plan> {
        self.refuse_answers_beside_all()?;
        let verbs: Vec<_> = self
            .iter()
            .map(|operation| (operation.verb, operation.bin.to_owned()))
            .collect();
        if !verbs.is_empty() && verbs.iter().all(|(verb, _)| *verb == Verb::ReadHeader) {
            return Ok(Plan {
                verbs,
                send: Send::Header,
            });
        }
        let send = (0..)
            .zip(self.iter())
            .filter(|(_, operation)| operation.verb != Verb::ReadHeader)
            .map(|(at, operation)| operation.to_core().map_err(|refused| refused.at(at)));
        Ok(Plan {
            send: Send::Operations(send.collect::<Result<_>>()?),
            verbs,
        })
    }
}

/// How a list of operations is executed.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    verbs: Vec<(Verb, String)>,
    pub(crate) send: Send,
}

#[derive(Debug, Clone)]
pub(crate) enum Send {
    /// Nothing but the header is asked for.
    Header,
    Operations(Vec<Operation>),
}

impl Plan {
    /// How many results the plan has: one for each operation.
    pub(crate) fn len(&self) -> usize {
        self.verbs.len()
    }

    /// Appends one particle for each operation.
    pub(crate) fn push_results(&self, out: &mut Vec<u8>, record: &Record) {
        // A touch is carried out, but the server says nothing of it, even when it answers every other operation.
        let silent = |verb: Verb| matches!(verb, Verb::ReadHeader | Verb::Touch);
        let answered = self.verbs.iter().filter(|(verb, _)| !silent(*verb)).count();
        let results = record.results.as_deref().unwrap_or(&[]);
        let reads_all = self.verbs.iter().any(|(verb, _)| *verb == Verb::ReadAll);
        if results.len() == answered && !reads_all {
            let mut results = results.iter();
            for (verb, _) in &self.verbs {
                let result = if silent(*verb) { None } else { results.next() };
                particle::push(out, result.unwrap_or(&Value::Nil));
            }
            return;
        }
        for result in self.by_name(record) {
            particle::push(out, result.unwrap_or(&Value::Nil));
        }
    }

    /// Which value answers which read when the server did not answer every operation: it leaves out writes, and reads of
    /// bins that are not there, as soon as all bins are read. What it sent for a bin is handed out from the last read
    /// backwards, because reading all bins takes one of each.
    fn by_name<'r>(&self, record: &'r Record) -> Vec<Option<&'r Value>> {
        let mut left: HashMap<&str, &[Value]> = record
            .bins
            .iter()
            .map(|(name, value)| match value {
                Value::MultiResult(values) => (name.as_str(), values.as_slice()),
                value => (name.as_str(), std::slice::from_ref(value)),
            })
            .collect();
        let mut results = vec![None; self.verbs.len()];
        for ((verb, bin), result) in self.verbs.iter().zip(&mut results).rev() {
            match verb {
                Verb::Read | Verb::ReadExp | Verb::Call(..) => {
                    if let Some((last, rest)) = left
                        .get(bin.as_str())
                        .and_then(|values| values.split_last())
                    {
                        *result = Some(last);
                        left.insert(bin, rest);
                    }
                }
                Verb::ReadAll => {
                    for values in left.values_mut() {
                        // The last value answers both when a bin was sent once only.
                        if values.len() > 1 {
                            *values = &values[..values.len() - 1];
                        }
                    }
                }
                _ => {}
            }
        }
        results
    }
}

/// The value that a bin has after several operations on it: the last that is none.
pub(crate) fn last(value: &Value) -> Option<&Value> {
    match value {
        Value::MultiResult(values) => values.iter().rev().find(|value| !value.is_nil()),
        Value::Nil => None,
        value => Some(value),
    }
}

#[cfg(test)]
mod tests;
