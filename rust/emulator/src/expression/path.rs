//! Paths: what is selected from, or changed in, a list or map at every place that steps lead to.

use super::evaluate::{Element, Evaluation, Unknown};
use super::node::Node;
use super::parse::{INVALID, Parser};
use super::value::{Type, Value};
use crate::collection::Step;
use crate::command::Code;
use crate::container::{self, Value as Item};
use aerospike_wire::msgpack::{Reader, Token, Writer};

/// Steps that are not those of a context.
const CHILDREN: i64 = 4;
const KEYS_IN: i64 = 0x2a;
/// Narrows the step before down to what a condition holds for.
const AND: i64 = 0x200;

/// What is wanted, in the lowest bits of the flags.
mod wanted {
    pub(super) const TREE: i64 = 0;
    pub(super) const VALUES: i64 = 1;
    pub(super) const KEYS: i64 = 2;
    pub(super) const PAIRS: i64 = 3;
    pub(super) const CHANGE: i64 = 4;
    pub(super) const MASK: i64 = 7;
}
/// An element whose condition cannot be told is passed over.
const NO_FAIL: i64 = 0x10;

/// Where a step leads.
#[derive(Clone, Debug)]
enum Lead<'a> {
    Children,
    KeysIn(Vec<Item<'a>>),
    One(Step<'a>),
}

/// A step, and what must hold for an element that it leads to.
#[derive(Clone, Debug)]
struct Leg<'a> {
    lead: Lead<'a>,
    conditions: Vec<Node<'a>>,
}

/// A path and what is to be done at its ends.
#[derive(Clone, Debug)]
pub(crate) struct Path<'a> {
    legs: Vec<Leg<'a>>,
    flags: i64,
    change: Option<Node<'a>>,
}

/// What a visit leaves of an item, packed, if anything.
type Visited = Result<Option<Vec<u8>>, Unknown>;

impl<'a> Path<'a> {
    /// Parses what follows the path's own number: steps, flags and what an element is changed to.
    pub(super) fn parse(parser: &mut Parser<'a>, len: usize) -> Result<Self, Code> {
        if !(2..=3).contains(&len) {
            return Err(INVALID);
        }
        let legs = legs(parser.packed()?)?;
        let flags = parser.integer()?;
        let change = (len == 3).then(|| parser.node()).transpose()?;
        let changes = flags & wanted::MASK == wanted::CHANGE;
        if legs.is_empty() || flags & wanted::MASK > wanted::CHANGE || changes != change.is_some() {
            return Err(INVALID);
        }
        Ok(Self {
            legs,
            flags,
            change: change.map(|(node, _)| node),
        })
    }

    pub(super) fn changes(&self) -> bool {
        self.change.is_some()
    }

    /// What is selected, or the changed value.
    pub(super) fn apply(
        &'a self,
        evaluation: &mut Evaluation<'a>,
        value: &Value<'a>,
    ) -> Result<Value<'a>, Unknown> {
        let (Value::List(packed) | Value::Map(packed)) = value else {
            return Err(Unknown);
        };
        let root = container::whole(packed).map_err(|_| Unknown)?;
        let mut visit = Visit {
            path: self,
            evaluation,
            found: Vec::new(),
        };
        let rebuilt = visit.descend(&self.legs, &root)?;
        if matches!(self.flags & wanted::MASK, wanted::TREE | wanted::CHANGE) {
            return value_of(&rebuilt.ok_or(Unknown)?);
        }
        let mut list = Vec::new();
        Writer::new(&mut list).list(visit.found.len() as u32);
        list.extend(visit.found.concat());
        value_of(&list)
    }
}

fn legs<'a>(packed: &'a [u8]) -> Result<Vec<Leg<'a>>, Code> {
    let mut parser = Parser::new(packed);
    let len = parser.list()?;
    let mut legs: Vec<Leg<'a>> = Vec::new();
    for _ in 0..len / 2 {
        let tag = parser.integer()?;
        if tag == CHILDREN || tag == AND | CHILDREN {
            let condition = condition(&mut parser)?;
            if tag == CHILDREN {
                legs.push(Leg {
                    lead: Lead::Children,
                    conditions: Vec::new(),
                });
            }
            legs.last_mut().ok_or(INVALID)?.conditions.extend(condition);
            continue;
        }
        let item = container::argument(&mut Reader::new(parser.packed()?)).map_err(|_| INVALID)?;
        let lead = match item {
            Item::List { items, .. } if tag == KEYS_IN => Lead::KeysIn(items),
            item => Lead::One(Step::new(tag, item)),
        };
        legs.push(Leg {
            lead,
            conditions: Vec::new(),
        });
    }
    if len % 2 == 1 {
        return Err(INVALID);
    }
    Ok(legs)
}

/// A condition; `true` alone stands for none.
fn condition<'a>(parser: &mut Parser<'a>) -> Result<Option<Node<'a>>, Code> {
    match parser.reader.clone().token() {
        Ok(Token::Boolean(true)) => parser.node().map(|_| None),
        Ok(Token::List(_)) => parser.of_type(Type::Boolean).map(Some),
        _ => Err(INVALID),
    }
}

/// A value with bytes of its own.
fn owned<'a>(item: &Item<'_>) -> Result<Value<'a>, Unknown> {
    value_of(&container::encode(item))
}

fn value_of<'a>(packed: &[u8]) -> Result<Value<'a>, Unknown> {
    let token = Reader::new(packed).token().map_err(|_| Unknown)?;
    let value = Value::of_token(token, packed).ok_or(Unknown)?;
    Ok(value.into_owned())
}

impl Leg<'_> {
    /// Whether it leads to the element at an index.
    fn leads(&self, container: &Item<'_>, index: usize) -> bool {
        match (&self.lead, container) {
            (Lead::Children, _) => true,
            (Lead::KeysIn(keys), Item::Map { pairs, .. }) => {
                let key = &pairs[index].0;
                keys.iter()
                    .any(|wanted| container::compare(wanted, key).is_eq())
            }
            (Lead::KeysIn(_), _) => false,
            (Lead::One(step), _) => step.find(container) == Ok(Some(index)),
        }
    }
}

/// A path's way through a value.
struct Visit<'v, 'e> {
    path: &'e Path<'e>,
    evaluation: &'v mut Evaluation<'e>,
    /// What has been selected, packed.
    found: Vec<Vec<u8>>,
}

impl<'e> Visit<'_, 'e> {
    fn wants(&self) -> i64 {
        self.path.flags & wanted::MASK
    }

    /// Goes on from an item, and gives what is left of it; `None` for what is no list or map.
    fn descend(&mut self, legs: &'e [Leg<'e>], item: &Item<'_>) -> Visited {
        let Some((leg, rest)) = legs.split_first() else {
            return Err(Unknown);
        };
        // What is selected has no order of its own.
        let marker = |flags: &Option<u8>| flags.filter(|_| self.wants() == wanted::CHANGE);
        let mut kept = Vec::new();
        let mut packed = Vec::new();
        match item {
            Item::List { items, flags } => {
                let marker = marker(flags);
                for (index, value) in items.iter().enumerate() {
                    let is_led = leg.leads(item, index);
                    kept.extend(self.child(leg, rest, (is_led, index), None, value)?);
                }
                let mut writer = Writer::new(&mut packed);
                writer.list((kept.len() + usize::from(marker.is_some())) as u32);
                if let Some(flags) = marker {
                    writer.order(flags);
                }
            }
            Item::Map { pairs, flags } => {
                let marker = marker(flags);
                for (index, (key, value)) in pairs.iter().enumerate() {
                    let is_led = leg.leads(item, index);
                    let value = self.child(leg, rest, (is_led, index), Some(key), value)?;
                    kept.extend(value.map(|value| [container::encode(key), value].concat()));
                }
                let mut writer = Writer::new(&mut packed);
                writer.map((kept.len() + usize::from(marker.is_some())) as u32);
                if let Some(flags) = marker {
                    writer.order(flags);
                    writer.nil();
                }
            }
            _ => return Ok(None),
        }
        packed.extend(kept.concat());
        Ok(Some(packed))
    }

    /// Visits an element, and gives what is left of it.
    fn child(
        &mut self,
        leg: &'e Leg<'e>,
        rest: &'e [Leg<'e>],
        (is_led, index): (bool, usize),
        key: Option<&Item<'_>>,
        value: &Item<'_>,
    ) -> Visited {
        let unmatched = (self.wants() == wanted::CHANGE).then(|| container::encode(value));
        if !is_led {
            return Ok(unmatched);
        }
        let element = Element {
            key: key.map(owned).transpose()?,
            value: owned(value)?,
            index: index as i64,
        };
        self.evaluation.elements.push(element);
        let result = match self.matches(leg) {
            Err(Unknown) => Err(Unknown),
            Ok(false) => Ok(unmatched),
            Ok(true) if rest.is_empty() => self.end(key, value),
            Ok(true) => self.descend(rest, value).map(|left| left.or(unmatched)),
        };
        self.evaluation.elements.pop();
        result
    }

    /// Whether all conditions hold for the element at hand.
    fn matches(&mut self, leg: &'e Leg<'e>) -> Result<bool, Unknown> {
        for condition in &leg.conditions {
            match self.evaluation.holds(condition) {
                Ok(true) => {}
                Err(Unknown) if self.path.flags & NO_FAIL == 0 => return Err(Unknown),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What becomes of an element at the end of the path.
    fn end(&mut self, key: Option<&Item<'_>>, value: &Item<'_>) -> Visited {
        let packed = container::encode(value);
        match (self.wants(), &self.path.change) {
            (wanted::VALUES, _) => self.found.push(packed.clone()),
            (wanted::KEYS, _) => self.found.push(container::encode(key.ok_or(Unknown)?)),
            (wanted::PAIRS, _) => {
                self.found.push(container::encode(key.ok_or(Unknown)?));
                self.found.push(packed.clone());
            }
            (_, Some(Node::Remove)) => return Ok(None),
            (_, Some(change)) => match self.evaluation.value(change) {
                Ok(value) => {
                    let mut packed = Vec::new();
                    value.pack(&mut packed);
                    return Ok(Some(packed));
                }
                Err(Unknown) if self.path.flags & NO_FAIL == 0 => return Err(Unknown),
                Err(Unknown) => {}
            },
            _ => {}
        }
        Ok(Some(packed))
    }
}
