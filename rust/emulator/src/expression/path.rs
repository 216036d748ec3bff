//! Paths: what is selected from, or changed in, a list or map at every place that steps lead to.

use super::node::Node;
use super::parse::{INVALID, Parser};
use super::value::{Type, Value};
use super::visit::Visit;
use crate::collection::{Answer, Modified, Particle, Step};
use crate::command::{Code, wire};
use crate::container::{self, Value as Item};
use aerospike_wire::msgpack::{Reader, Token, Writer};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;

/// First element of arguments that are a path.
pub(super) const PATH: i64 = 0xfe;
/// Steps that are not those of a context.
const CHILDREN: i64 = 4;
const KEYS_IN: i64 = 0x2a;
/// Narrows the step before down to what a condition holds for.
const NARROWS: i64 = 0x204;

/// What is wanted, in the lowest bits of the flags.
pub(super) mod wanted {
    pub(in super::super) const TREE: i64 = 0;
    pub(in super::super) const VALUES: i64 = 1;
    pub(in super::super) const KEYS: i64 = 2;
    pub(in super::super) const PAIRS: i64 = 3;
    pub(in super::super) const CHANGE: i64 = 4;
    pub(super) const MASK: i64 = 15;
}
/// An element whose condition cannot be told is passed over.
const NO_FAIL: i64 = 0x10;

/// Where a step leads.
#[derive(Clone, Debug)]
pub(super) enum Lead<'a> {
    Children,
    KeysIn(Vec<Item<'a>>),
    One(Step<'a>),
}

/// A step, and what must hold for an element that it leads to.
#[derive(Clone, Debug)]
pub(super) struct Leg<'a> {
    pub(super) lead: Lead<'a>,
    pub(super) condition: Option<Node<'a>>,
}

impl Leg<'_> {
    fn is_narrowed(&self) -> bool {
        matches!(self.lead, Lead::Children) || self.condition.is_some()
    }

    /// Whether an element whose condition cannot be told is passed over.
    pub(super) fn forgives(&self) -> bool {
        matches!(&self.lead, Lead::One(step) if step.is_by_position())
    }
}

/// A path and what is to be done at its ends.
#[derive(Clone, Debug)]
pub(crate) struct Path<'a> {
    legs: Vec<Leg<'a>>,
    flags: i64,
    change: Option<Node<'a>>,
}

/// Whether an operation on a list or map is one along a path.
pub(crate) fn is_path(packed: &[u8]) -> bool {
    let mut reader = Reader::new(packed);
    matches!(reader.token(), Ok(Token::List(_))) && reader.token() == Ok(Token::Integer(PATH))
}

/// What a packed operation selects from a bin's value; nothing of a bin that does not exist.
pub(crate) fn read(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Option<Answer>, Code> {
    let Some(bin) = bin else { return Ok(None) };
    let path = Path::of_operation(packed, bin)?;
    if path.changes() {
        return Err(INVALID);
    }
    path.answer(bin).map(Some)
}

/// What a packed operation makes of a bin's value; one that selects leaves it as it is.
pub(crate) fn modify(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Modified, Code> {
    let bin = bin.ok_or(wire(code::BIN_INCOMPATIBLE_TYPE))?;
    let path = Path::of_operation(packed, bin)?;
    let answer = path.answer(bin)?;
    Ok(if path.changes() {
        Modified {
            answer: Answer::nothing(),
            bin: Some(answer),
        }
    } else {
        Modified { answer, bin: None }
    })
}

impl<'a> Path<'a> {
    /// Parses a path: its own number, steps, flags and what an element is changed to.
    pub(super) fn parse(parser: &mut Parser<'a>) -> Result<Self, Code> {
        let len = parser.list()?;
        if !(3..=4).contains(&len) || parser.integer()? != PATH {
            return Err(INVALID);
        }
        let legs = legs(parser.packed()?)?;
        let flags = parser.integer()?;
        let change = (len == 4).then(|| parser.node()).transpose()?;
        let changes = flags & wanted::MASK == wanted::CHANGE;
        let is_end = matches!(change, Some((_, Type::End)));
        if legs.is_empty()
            || flags & wanted::MASK > wanted::CHANGE
            || changes != change.is_some()
            || is_end
        {
            return Err(INVALID);
        }
        Ok(Self {
            legs,
            flags,
            change: change.map(|(node, _)| node),
        })
    }

    /// The path of an operation on a bin, whose type is looked at first.
    fn of_operation(packed: &'a [u8], (kind, _): Particle<'_>) -> Result<Self, Code> {
        if !matches!(kind, particle::LIST | particle::MAP) {
            return Err(wire(code::BIN_INCOMPATIBLE_TYPE));
        }
        let mut parser = Parser::new(packed);
        let path = Self::parse(&mut parser)?;
        if parser.is_at_end() {
            Ok(path)
        } else {
            Err(INVALID)
        }
    }

    /// What comes of the path on a bin's value.
    fn answer(&self, (kind, data): Particle<'_>) -> Result<Answer, Code> {
        let value = Value::of_particle(kind, data).ok_or(INVALID)?;
        self.apply(&value)?.answer().ok_or(INVALID)
    }

    pub(super) fn changes(&self) -> bool {
        self.change.is_some()
    }

    pub(super) fn wants(&self) -> i64 {
        self.flags & wanted::MASK
    }

    pub(super) fn fails(&self) -> bool {
        self.flags & NO_FAIL == 0
    }

    pub(super) fn change(&self) -> Option<&Node<'a>> {
        self.change.as_ref()
    }

    /// What is selected, or the changed value.
    pub(super) fn apply<'v>(&self, value: &Value<'_>) -> Result<Value<'v>, Code> {
        let (Value::List(packed) | Value::Map(packed)) = value else {
            return Err(INVALID);
        };
        let root = container::whole(packed).map_err(|_| INVALID)?;
        let mut visit = Visit::new(self);
        let rebuilt = visit.descend(&self.legs, &root)?;
        if matches!(self.wants(), wanted::TREE | wanted::CHANGE) {
            return value_of(&rebuilt);
        }
        let found = visit.found();
        let mut list = Vec::new();
        Writer::new(&mut list).list(found.len() as u32);
        list.extend(found.concat());
        value_of(&list)
    }
}

fn legs<'a>(packed: &'a [u8]) -> Result<Vec<Leg<'a>>, Code> {
    let mut parser = Parser::new(packed);
    let len = parser.list()?;
    let mut legs: Vec<Leg<'a>> = Vec::new();
    if len % 2 == 1 {
        return Err(INVALID);
    }
    for _ in 0..len / 2 {
        match parser.integer()? {
            CHILDREN => legs.push(Leg {
                lead: Lead::Children,
                condition: condition(&mut parser)?,
            }),
            NARROWS => {
                // Only once, and not where the step itself goes by a condition.
                let narrowed = legs.last_mut().filter(|leg| !leg.is_narrowed());
                let narrowed = narrowed.ok_or(INVALID)?;
                narrowed.condition = condition(&mut parser)?;
            }
            tag => legs.push(Leg {
                lead: lead(tag, parser.packed()?)?,
                condition: None,
            }),
        }
    }
    Ok(legs)
}

fn lead(tag: i64, packed: &[u8]) -> Result<Lead<'_>, Code> {
    let item = container::argument(&mut Reader::new(packed)).map_err(|_| INVALID)?;
    match item {
        Item::List { items, .. } if tag == KEYS_IN => Ok(Lead::KeysIn(items)),
        item => {
            let is_integer = matches!(item, Item::Integer(_));
            let step = Step::new(tag, item);
            if step.is_by_position() && !is_integer {
                return Err(INVALID);
            }
            Ok(Lead::One(step))
        }
    }
}

/// A condition: an expression of any type, or `true`.
fn condition<'a>(parser: &mut Parser<'a>) -> Result<Option<Node<'a>>, Code> {
    match parser.reader.clone().token() {
        Ok(Token::Boolean(true) | Token::List(_)) => parser.node().map(|(node, _)| Some(node)),
        _ => Err(INVALID),
    }
}

/// A packed value with bytes of its own.
pub(super) fn value_of<'a>(packed: &[u8]) -> Result<Value<'a>, Code> {
    let token = Reader::new(packed).token().map_err(|_| INVALID)?;
    let value = Value::of_token(token, packed).ok_or(INVALID)?;
    Ok(value.into_owned())
}
