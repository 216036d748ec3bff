//! Evaluates a tree on a record.

use super::node::{Node, Part, Region};
use super::value::{Type, Value};
use super::{compare, geo};
use crate::command::Command;
use crate::namespace::Namespace;
use crate::record::{Draft, Record};
use aerospike_wire::{Digest, particle};

/// An evaluation without a result: a bin is missing or has another type, a number cannot be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unknown;

/// A value, or that none can be had.
pub(crate) type Evaluated<'a> = Result<Value<'a>, Unknown>;

/// What an expression is evaluated on.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) digest: Digest,
    pub(crate) now_ms: u64,
    /// The record as stored, unless it is being created.
    pub(crate) record: Option<&'a Record>,
    /// The bins as a command has changed them so far, when it has.
    pub(crate) draft: Option<&'a Draft>,
    pub(crate) namespace: &'a Namespace,
    /// The set that a record which is being created would be in.
    pub(crate) new_set: &'a [u8],
}

impl<'a> Subject<'a> {
    pub(crate) fn of(
        command: &Command<'a>,
        namespace: &'a Namespace,
        record: Option<&'a Record>,
    ) -> Self {
        Self {
            digest: command.digest,
            now_ms: command.now_ms,
            record,
            draft: None,
            namespace,
            new_set: command.fields.set.unwrap_or_default(),
        }
    }

    /// Particle type and data of a bin.
    fn bin(&self, name: &[u8]) -> Option<(u8, &'a [u8])> {
        match self.draft {
            Some(draft) => draft.get(name).map(|bin| (bin.particle, &bin.data[..])),
            None => {
                let bin = self.record?.bin(name)?;
                Some((bin.particle, bin.data))
            }
        }
    }

    fn key(&self) -> Option<Value<'a>> {
        let (kind, data) = self.record?.key.as_ref()?.split_first()?;
        Value::of_particle(*kind, data)
    }
}

/// The element of a list or map that a path has come to.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) key: Option<Value<'a>>,
    pub(crate) value: Value<'a>,
    pub(crate) index: Option<i64>,
}

/// An evaluation under way.
pub(crate) struct Evaluation<'e> {
    /// The record, where it can be seen.
    subject: Option<Subject<'e>>,
    variables: Vec<Evaluated<'e>>,
    pub(super) elements: Vec<Element<'e>>,
}

impl<'e> Evaluation<'e> {
    pub(crate) fn new(subject: Option<Subject<'e>>) -> Self {
        Self {
            subject,
            variables: Vec::new(),
            elements: Vec::new(),
        }
    }

    fn subject(&self) -> Result<&Subject<'e>, Unknown> {
        self.subject.as_ref().ok_or(Unknown)
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&mut self, node: &'e Node<'e>) -> Result<bool, Unknown> {
        match self.value(node)? {
            Value::Boolean(value) => Ok(value),
            _ => Err(Unknown),
        }
    }

    /// What a node evaluates to.
    pub(crate) fn value(&mut self, node: &'e Node<'e>) -> Evaluated<'e> {
        match node {
            Node::Unknown | Node::Remove => Err(Unknown),
            Node::Literal(value) => Ok(value.clone()),
            Node::Compare(comparison, sides) => {
                let (left, right) = (self.value(&sides[0])?, self.value(&sides[1])?);
                compare::compare(*comparison, &left, &right).map(Value::Boolean)
            }
            Node::Regex(regex, text) => match self.value(text)? {
                Value::String(text) => {
                    // A server's text ends at a zero.
                    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
                    Ok(Value::Boolean(regex.is_match(text)))
                }
                _ => Err(Unknown),
            },
            Node::Geo(sides) => self.geo(sides).map(Value::Boolean),
            Node::InList(sides) => {
                let (value, list) = (self.value(&sides[0])?, self.value(&sides[1])?);
                compare::is_in(&value, &list).map(Value::Boolean)
            }
            Node::And(nodes) => self.decided(nodes, false).map(Value::Boolean),
            Node::Or(nodes) => self.decided(nodes, true).map(Value::Boolean),
            Node::Not(node) => Ok(Value::Boolean(!self.holds(node)?)),
            Node::Exclusive(nodes) => self.exclusive(nodes).map(Value::Boolean),
            Node::Numeric(numeric, nodes) => {
                let operands: Result<Vec<_>, _> =
                    nodes.iter().map(|node| self.value(node)).collect();
                numeric.apply(&operands?)
            }
            Node::Metadata(metadata) => metadata.answer(self.subject()?),
            Node::Key(kind) => of_type(self.subject()?.key(), *kind),
            Node::Bin(kind, name) => {
                let (particle, data) = self.subject()?.bin(name).ok_or(Unknown)?;
                of_type(Value::of_particle(particle, data), *kind)
            }
            Node::BinType(name) => {
                let bin = self.subject()?.bin(name);
                let kind = bin.map_or(particle::NULL, |(kind, _)| kind);
                Ok(Value::Integer(i64::from(kind)))
            }
            Node::MapKeys(map) => compare::column(&self.value(map)?, 0),
            Node::MapValues(map) => compare::column(&self.value(map)?, 1),
            Node::Cond(arms, otherwise) => {
                for (condition, action) in arms {
                    if self.holds(condition)? {
                        return self.value(action);
                    }
                }
                self.value(otherwise)
            }
            Node::Let(values, scope) => {
                let outer = self.variables.len();
                for node in values {
                    let value = self.value(node);
                    self.variables.push(value);
                }
                let value = self.value(scope);
                self.variables.truncate(outer);
                value
            }
            Node::Variable(place) => self.variables.get(*place).cloned().unwrap_or(Err(Unknown)),
            Node::Element(kind, part) => self.element(*kind, *part),
            Node::Call(call) => call.value(self),
        }
    }

    /// What several conditions amount to, of which any that is `decisive` decides.
    fn decided(&mut self, nodes: &'e [Node<'e>], decisive: bool) -> Result<bool, Unknown> {
        let mut result = Ok(!decisive);
        for node in nodes {
            match self.holds(node) {
                Ok(value) if value == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(Unknown) => result = Err(Unknown),
            }
        }
        result
    }

    fn exclusive(&mut self, nodes: &'e [Node<'e>]) -> Result<bool, Unknown> {
        let mut count = 0;
        for node in nodes {
            count += usize::from(self.holds(node)?);
            if count > 1 {
                return Ok(false);
            }
        }
        Ok(count == 1)
    }

    fn geo(&mut self, sides: &'e [Region<'e>; 2]) -> Result<bool, Unknown> {
        let (left, right) = (self.shape(&sides[0])?, self.shape(&sides[1])?);
        Ok(geo::is_within(&left, &right))
    }

    fn shape(&mut self, region: &'e Region<'e>) -> Result<geo::Shape, Unknown> {
        match region {
            Region::Known(shape) => Ok(shape.clone()),
            Region::Of(node) => match self.value(node)? {
                Value::Geo(text) => geo::Shape::parse(&text).ok_or(Unknown),
                _ => Err(Unknown),
            },
        }
    }

    fn element(&self, kind: Type, part: Part) -> Evaluated<'e> {
        let element = self.elements.last().ok_or(Unknown)?;
        let value = match part {
            Part::Key => element.key.clone(),
            Part::Value => Some(element.value.clone()),
            Part::Index => element.index.map(Value::Integer),
        };
        of_type(value, kind)
    }
}

/// A value whose type must be this.
pub(super) fn of_type(value: Option<Value<'_>>, wanted: Type) -> Evaluated<'_> {
    value.filter(|value| value.kind() == wanted).ok_or(Unknown)
}
