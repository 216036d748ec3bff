//! Operations on lists, maps, bits and sketches within expressions.

use super::evaluate::{Evaluated, Evaluation, of_type};
use super::node::Node;
use super::parse::{INVALID, Parser, Typed};
use super::value::{Type, Value};
use crate::collection::{self, Answer};
use crate::command::{Code, wire};
use aerospike_wire::msgpack::{Token, Writer};
use aerospike_wire::result_code::code;

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
    /// Context of the operation, packed.
    context: Option<&'a [u8]>,
    /// The operation's number and what follows it.
    arguments: Vec<Node<'a>>,
    value: Node<'a>,
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
        if family != Family::Collection {
            return Err(wire(code::UNSUPPORTED_FEATURE));
        }
        let (context, arguments) = self.arguments()?;
        let (value, kind) = self.node()?;
        if !family.takes(kind) {
            return Err(INVALID);
        }
        let call = Call {
            family,
            modifies: number & MODIFIES != 0,
            result,
            context,
            arguments,
            value,
        };
        Ok((Node::Call(Box::new(call)), result))
    }

    fn arguments(&mut self) -> Result<(Option<&'a [u8]>, Vec<Node<'a>>), Code> {
        let mut len = self.list()?;
        let mut context = None;
        if self.reader.clone().token() == Ok(Token::Integer(IN_CONTEXT)) {
            if len != 3 {
                return Err(INVALID);
            }
            self.integer()?;
            context = Some(self.packed()?);
            len = self.list()?;
        }
        if len == 0 {
            return Err(INVALID);
        }
        let arguments: Result<_, _> = (0..len)
            .map(|_| self.node().map(|(node, _)| node))
            .collect();
        Ok((context, arguments?))
    }
}

impl<'e> Call<'e> {
    pub(super) fn value(&'e self, evaluation: &mut Evaluation<'e>) -> Evaluated<'e> {
        let value = evaluation.value(&self.value)?;
        let mut operation = Vec::new();
        let mut writer = Writer::new(&mut operation);
        if let Some(context) = self.context {
            writer.list(3);
            writer.unsigned(IN_CONTEXT as u64);
            writer.packed(context);
        }
        writer.list(self.arguments.len() as u32);
        for argument in &self.arguments {
            evaluation.value(argument)?.pack(&mut operation);
        }
        let answer = self.family.apply(self.modifies, &operation, &value);
        of_type(answer.ok().and_then(Value::of_answer), self.result)
    }
}

impl Family {
    fn takes(self, kind: Type) -> bool {
        match self {
            Self::Collection => matches!(kind, Type::List | Type::Map),
            Self::Bits => kind == Type::Blob,
            Self::Sketch => kind == Type::Hll,
        }
    }

    /// Applies a packed operation to a value. Each family is called from here alone.
    fn apply(self, modifies: bool, operation: &[u8], value: &Value<'_>) -> Result<Answer, Code> {
        let bin = value.answer().ok_or(INVALID)?;
        let particle = Some((bin.particle, &bin.data[..]));
        match self {
            Self::Collection if modifies => {
                let modified = collection::modify(operation, particle)?;
                Ok(modified.bin.unwrap_or(bin))
            }
            Self::Collection => collection::read(operation, particle),
            Self::Bits | Self::Sketch => Err(wire(code::UNSUPPORTED_FEATURE)),
        }
    }
}
