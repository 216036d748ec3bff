//! Calls of a family's functions: `u8 function, u8 contexts, the contexts, the arguments`, each argument a particle.
//!
//! Functions have the server's numbers. What core has as several functions is one here: an argument that is left out
//! (type 0) chooses.

use aerospike_core::Value;
use aerospike_core::expressions::Expression;
use aerospike_core::operations::{CdtContext, Operation};

use super::context::{ContextRef, packed};
use super::refused::{Refused, Result, refused};
use super::value::decode;
use super::{bit, hll, list, map, path, string};
use crate::frame::{Cursor, Malformed, Parsed};
use crate::particle::Particle;

/// What a function belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    List,
    Map,
    Bit,
    Hll,
    String,
    Path,
}

impl Family {
    pub(super) fn writes(self, function: u8) -> bool {
        match self {
            Self::List => list::writes(function),
            Self::Map => map::writes(function),
            Self::Bit => bit::writes(function),
            Self::Hll => hll::writes(function),
            Self::String => string::writes(function),
            Self::Path => path::writes(function),
        }
    }
}

/// A call of a frame. What it says is looked at when it is built; here its parts only have to be whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallRef<'a> {
    pub(super) function: u8,
    pub(super) contexts: (u8, &'a [u8]),
    pub(super) arguments: &'a [u8],
}

impl<'a> CallRef<'a> {
    pub(super) fn parse(payload: &'a [u8]) -> Parsed<Self> {
        let mut cursor = Cursor::new(payload);
        let (function, count) = (cursor.u8()?, cursor.u8()?);
        let contexts = cursor
            .span(|cursor| (0..count).try_for_each(|_| ContextRef::parse(cursor).map(drop)))?;
        let arguments = cursor.rest();
        while !cursor.rest().is_empty() {
            cursor.particle()?;
        }
        Ok(Self {
            function,
            contexts: (count, contexts),
            arguments,
        })
    }

    pub(super) fn to_core(self, family: Family, bin: &str) -> Result<Operation> {
        let mut call = Call {
            bin,
            function: self.function,
            contexts: self.contexts()?,
            arguments: Cursor::new(self.arguments),
        };
        let operation = match family {
            Family::List => list::build(&mut call),
            Family::Map => map::build(&mut call),
            Family::Bit => bit::build(&mut call),
            Family::Hll => hll::build(&mut call),
            Family::String => string::build(&mut call),
            Family::Path => path::build(&mut call),
        }?;
        if !call.arguments.rest().is_empty() {
            return Err(refused("more arguments than the function takes"));
        }
        Ok(if call.contexts.is_empty() {
            operation
        } else {
            operation.context(call.contexts)
        })
    }

    fn contexts(self) -> Result<Vec<CdtContext>> {
        let (count, bytes) = self.contexts;
        let mut cursor = Cursor::new(bytes);
        (0..count)
            .map(|_| ContextRef::parse(&mut cursor).map_err(malformed)?.to_core())
            .collect()
    }
}

fn malformed(_: Malformed) -> Refused {
    refused("fewer arguments than the function takes")
}

/// A call that is being built: its arguments are taken one after the other.
pub(super) struct Call<'a> {
    pub(super) bin: &'a str,
    pub(super) function: u8,
    pub(super) contexts: Vec<CdtContext>,
    arguments: Cursor<'a>,
}

impl<'a> Call<'a> {
    fn particle(&mut self) -> Result<Particle<'a>> {
        self.arguments.particle().map_err(malformed)
    }

    pub(super) fn value(&mut self) -> Result<Value> {
        decode(self.particle()?)
    }

    pub(super) fn int(&mut self) -> Result<i64> {
        self.optional_int()?
            .ok_or_else(|| refused("an integer is left out"))
    }

    pub(super) fn optional_int(&mut self) -> Result<Option<i64>> {
        match self.value()? {
            Value::Int(value) => Ok(Some(value)),
            Value::Nil => Ok(None),
            _ => Err(refused("an argument that is no integer")),
        }
    }

    /// A text that has to be there.
    pub(super) fn text(&mut self) -> Result<String> {
        self.optional_text()?
            .ok_or_else(|| refused("a text is left out"))
    }

    /// An expression to be computed.
    pub(super) fn expression(&mut self) -> Result<Expression> {
        packed(self.particle()?)
    }

    /// Write flags, and the like.
    pub(super) fn flags(&mut self) -> Result<u8> {
        u8::try_from(self.int()?).map_err(|_| refused("flags that are no byte"))
    }

    pub(super) fn bool(&mut self) -> Result<bool> {
        match self.value()? {
            Value::Bool(value) => Ok(value),
            _ => Err(refused("an argument that is no boolean")),
        }
    }

    pub(super) fn optional_text(&mut self) -> Result<Option<String>> {
        match self.value()? {
            Value::String(text) => Ok(Some(text)),
            Value::Nil => Ok(None),
            _ => Err(refused("an argument that is no text")),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<Value> {
        match self.value()? {
            value @ Value::Blob(_) => Ok(value),
            _ => Err(refused("an argument that is no bytes")),
        }
    }

    pub(super) fn values(&mut self) -> Result<Vec<Value>> {
        match self.value()? {
            Value::List(values) => Ok(values),
            _ => Err(refused("an argument that is no list")),
        }
    }

    /// A list that has something in it: core panics on an empty one.
    pub(super) fn items(&mut self) -> Result<Vec<Value>> {
        let values = self.values()?;
        if values.is_empty() {
            return Err(refused("an empty list where there must be values"));
        }
        Ok(values)
    }

    /// A value that is something: core panics on nil.
    pub(super) fn something(&mut self) -> Result<Value> {
        match self.value()? {
            Value::Nil => Err(refused("nil where there must be a value")),
            value => Ok(value),
        }
    }

    pub(super) fn unknown(&self) -> Refused {
        refused(format!("the function {} does not exist", self.function))
    }
}
