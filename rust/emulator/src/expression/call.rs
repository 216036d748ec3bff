//! Operations on lists, maps, bits and sketches within expressions.

use super::evaluate::{Evaluated, Evaluation, Unknown, of_type};
use super::node::Node;
use super::parse::{INVALID, Parser, Typed};
use super::path::{PATH, Path};
use super::value::{Type, Value};
use crate::collection::{self, Answer};
use crate::command::Code;
use crate::{bits, hll};
use aerospike_wire::msgpack::{Token, Writer};
use aerospike_wire::particle;

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Collection,
    Bits,
    Sketch,
}

/// Bit of the family's number that says that the value is modified.
const MODIFIES: i64 = 0x40;
/// First element of arguments that carry a context.
const IN_CONTEXT: i64 = 0xff;

/// An operation with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    family: Family,
    modifies: bool,
    result: Type,
    arguments: Arguments<'a>,
    value: Node<'a>,
}

/// What a call says about its operation.
#[derive(Clone, Debug)]
enum Arguments<'a> {
    /// A context, packed, and the operation's number with what follows it.
    Operation(Option<&'a [u8]>, Vec<Node<'a>>),
    /// A path; one that is none makes the evaluation fail.
    Path(Result<Path<'a>, Code>),
}

impl<'a> Parser<'a> {
    pub(super) fn call(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        if operands != 4 {
            return Err(INVALID);
        }
        let result = Type::of_number(self.integer()?).ok_or(INVALID)?;
        let number = self.integer()?;
        let family = match number & !MODIFIES {
            0 => Family::Collection,
            1 => Family::Bits,
            2 => Family::Sketch,
            _ => return Err(INVALID),
        };
        let arguments = self.arguments()?;
        let (value, kind) = self.node()?;
        if !family.takes(kind) {
            return Err(INVALID);
        }
        let call = Call {
            family,
            modifies: number & MODIFIES != 0,
            result,
            arguments,
            value,
        };
        // Where nothing is read or modified, nothing is what others can expect, whatever was asked for.
        let kind = match kind {
            Type::Nil => Type::Nil,
            _ => result,
        };
        Ok((Node::Call(Box::new(call)), kind))
    }

    fn arguments(&mut self) -> Result<Arguments<'a>, Code> {
        let start = self.reader.clone();
        let mut len = self.list()?;
        if self.reader.clone().token() == Ok(Token::Integer(PATH)) {
            if !(3..=4).contains(&len) {
                return Err(INVALID);
            }
            self.reader = start;
            return Ok(Arguments::Path(Path::parse(&mut Parser::new(
                self.packed()?,
            ))));
        }
        let mut context = None;
        if self.reader.clone().token() == Ok(Token::Integer(IN_CONTEXT)) {
            if len != 3 {
                return Err(INVALID);
            }
            self.integer()?;
            context = Some(self.packed()?);
            len = self.list()?;
        }
        let is_numbered = matches!(self.reader.clone().token(), Ok(Token::Integer(_)));
        if len == 0 || !is_numbered {
            return Err(INVALID);
        }
        let arguments: Result<_, _> = (0..len)
            .map(|_| self.node().map(|(node, _)| node))
            .collect();
        Ok(Arguments::Operation(context, arguments?))
    }
}

impl<'e> Call<'e> {
    pub(super) fn value(&'e self, evaluation: &mut Evaluation<'e>) -> Evaluated<'e> {
        let value = evaluation.value(&self.value)?;
        let (context, arguments) = match &self.arguments {
            Arguments::Operation(context, arguments) => (context, arguments),
            Arguments::Path(Ok(path)) if self.modifies || !path.changes() => {
                return of_type(path.apply(&value).ok(), self.result);
            }
            Arguments::Path(_) => return Err(Unknown),
        };
        let mut operation = Vec::new();
        let mut writer = Writer::new(&mut operation);
        if let Some(context) = context {
            writer.list(3);
            writer.unsigned(IN_CONTEXT as u64);
            writer.packed(context);
        }
        writer.list(arguments.len() as u32);
        for argument in arguments {
            evaluation.value(argument)?.pack(&mut operation);
        }
        let answer = self.family.apply(self.modifies, &operation, &value);
        let value = answer.ok().and_then(|answer| Value::of_answer(&answer));
        of_type(value, self.result)
    }
}

impl Family {
    fn takes(self, kind: Type) -> bool {
        match self {
            Self::Collection => matches!(kind, Type::List | Type::Map | Type::Nil),
            Self::Bits => matches!(kind, Type::Blob | Type::Nil),
            Self::Sketch => matches!(kind, Type::Hll | Type::Nil),
        }
    }

    /// Applies a packed operation to a value. Each family is called from here alone.
    fn apply(self, modifies: bool, operation: &[u8], value: &Value<'_>) -> Result<Answer, Code> {
        let bin = value.answer().ok_or(INVALID)?;
        // Nothing is modified as a bin is that does not exist.
        let found = Some((bin.particle, &bin.data[..])).filter(|_| *value != Value::Nil);
        if found.is_none() && !modifies {
            return Err(INVALID);
        }
        match self {
            Self::Collection if modifies => {
                let modified = collection::modify(operation, found)?;
                Ok(modified.bin.unwrap_or(bin))
            }
            Self::Collection => {
                let answer = collection::read(operation, found)?;
                Ok(answer.unwrap_or_else(Answer::nothing))
            }
            Self::Bits if modifies => {
                let bytes = bits::modify(operation, found)?;
                Ok(modified(particle::BLOB, bytes, bin))
            }
            Self::Bits => bits::read(operation, found),
            Self::Sketch if modifies => {
                let sketch = hll::modify(operation, found)?.sketch;
                Ok(modified(particle::HLL, sketch, bin))
            }
            Self::Sketch => hll::read(operation, found),
        }
    }
}

/// What a modification makes of a value, or leaves of it.
fn modified(particle: u8, data: Option<Vec<u8>>, value: Answer) -> Answer {
    data.map_or(value, |data| Answer { particle, data })
}
