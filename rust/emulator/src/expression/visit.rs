//! The way along a path through a value.

use super::evaluate::{Element as Parts, Evaluation, Unknown};
use super::node::Node;
use super::parse::INVALID;
use super::path::{Lead, Leg, Path, value_of, wanted};
use super::value::Value;
use crate::command::{Code, wire};
use crate::container::{self, Value as Item};
use aerospike_wire::msgpack::Writer;
use aerospike_wire::result_code::code;

const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);
/// A change without a value.
const UNKNOWN: Code = wire(code::SERVER);

/// What a visit leaves of an item, packed, if anything.
type Visited = Result<Option<Vec<u8>>, Code>;

/// A value with bytes of its own.
fn owned<'a>(item: &Item<'_>) -> Result<Value<'a>, Code> {
    value_of(&container::encode(item))
}

/// An element of a list, with its index, or of a map, with its key.
enum Element<'v, 'a> {
    Item(usize, &'v Item<'a>),
    Pair(&'v Item<'a>, &'v Item<'a>),
}

impl<'v, 'a> Element<'v, 'a> {
    fn value(&self) -> &'v Item<'a> {
        match self {
            Self::Item(_, value) | Self::Pair(_, value) => value,
        }
    }

    /// What expressions see of it.
    fn parts<'e>(&self) -> Result<Parts<'e>, Code> {
        let (key, index) = match self {
            Self::Item(index, _) => (None, Some(*index as i64)),
            Self::Pair(key, _) => (Some(owned(key)?), None),
        };
        Ok(Parts {
            key,
            value: owned(self.value())?,
            index,
        })
    }

    /// The element with what is left of its value, packed.
    fn packed(&self, left: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Item(..) => left,
            Self::Pair(key, _) => [container::encode(key), left].concat(),
        }
    }
}

impl Leg<'_> {
    /// The indexes of the elements that it leads to.
    fn leads(&self, container: &Item<'_>) -> Result<Vec<usize>, Code> {
        match (&self.lead, container) {
            (Lead::Children, Item::List { items, .. }) => Ok((0..items.len()).collect()),
            (Lead::Children, Item::Map { pairs, .. }) => Ok((0..pairs.len()).collect()),
            (Lead::KeysIn(keys), Item::Map { pairs, .. }) => {
                let is_in = |key: &Item<'_>| {
                    let is_key = |wanted| container::compare(wanted, key).is_eq();
                    keys.iter().any(is_key)
                };
                let pairs = pairs.iter().enumerate();
                let found = pairs.filter(|(_, (key, _))| is_in(key));
                Ok(found.map(|(index, _)| index).collect())
            }
            (Lead::One(step), _) if step.is_plain() => {
                step.find_all(container).map_err(|_| INVALID)
            }
            _ => Err(INVALID),
        }
    }
}

/// A path's way through a value.
pub(super) struct Visit<'e> {
    path: &'e Path<'e>,
    /// Expressions of a path see the element at hand, and nothing of the record.
    evaluation: Evaluation<'e>,
    /// What has been selected, packed.
    found: Vec<Vec<u8>>,
}

impl<'e> Visit<'e> {
    pub(super) fn new(path: &'e Path<'e>) -> Self {
        Self {
            path,
            evaluation: Evaluation::new(None),
            found: Vec::new(),
        }
    }

    pub(super) fn found(self) -> Vec<Vec<u8>> {
        self.found
    }

    /// Goes on from an item, and gives what is left of it. What is no list or map stays as it is.
    pub(super) fn descend(
        &mut self,
        legs: &'e [Leg<'e>],
        item: &Item<'_>,
    ) -> Result<Vec<u8>, Code> {
        let (elements, flags): (Vec<Element<'_, '_>>, _) = match item {
            Item::List { items, flags } => {
                let items = items.iter().enumerate();
                let elements = items.map(|(index, value)| Element::Item(index, value));
                (elements.collect(), flags)
            }
            Item::Map { pairs, flags } => {
                let pairs = pairs.iter();
                let elements = pairs.map(|(key, value)| Element::Pair(key, value));
                (elements.collect(), flags)
            }
            _ => return Ok(container::encode(item)),
        };
        // A step does not look at what is empty, not even whether it is a list or a map.
        if elements.is_empty() {
            return Ok(container::encode(item));
        }
        let (leg, rest) = legs.split_first().ok_or(INVALID)?;
        let is_list = matches!(item, Item::List { .. });
        let led = if is_list && rest.is_empty() && self.wants_keys() {
            self.no_keys()?
        } else {
            leg.leads(item)?
        };
        let mut kept = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let left = if led.contains(&index) {
                self.visit(leg, rest, element)?
            } else {
                self.unmatched(element)
            };
            kept.extend(left.map(|left| element.packed(left)));
        }
        // What is selected has no order of its own.
        let marker = flags.filter(|_| self.path.changes());
        let count = (kept.len() + usize::from(marker.is_some())) as u32;
        let mut packed = Vec::new();
        let mut writer = Writer::new(&mut packed);
        if is_list {
            writer.list(count);
        } else {
            writer.map(count);
        }
        if let Some(flags) = marker {
            writer.order(flags);
            if !is_list {
                writer.nil();
            }
        }
        packed.extend(kept.concat());
        Ok(packed)
    }

    fn wants_keys(&self) -> bool {
        matches!(self.path.wants(), wanted::KEYS | wanted::PAIRS)
    }

    /// What leads to keys in a list: nothing, if that is no error.
    fn no_keys(&self) -> Result<Vec<usize>, Code> {
        if self.path.fails() {
            Err(WRONG_TYPE)
        } else {
            Ok(Vec::new())
        }
    }

    /// What is left of an element that the path does not lead to.
    fn unmatched(&self, element: &Element<'_, '_>) -> Option<Vec<u8>> {
        let changes = self.path.changes();
        changes.then(|| container::encode(element.value()))
    }

    /// Visits an element that a step leads to, and gives what is left of it.
    fn visit(
        &mut self,
        leg: &'e Leg<'e>,
        rest: &'e [Leg<'e>],
        element: &Element<'_, '_>,
    ) -> Visited {
        self.evaluation.elements.push(element.parts()?);
        let result = match self.matches(leg) {
            Err(code) => Err(code),
            Ok(false) => Ok(self.unmatched(element)),
            Ok(true) if rest.is_empty() => self.end(element),
            Ok(true) => self.descend(rest, element.value()).map(Some),
        };
        self.evaluation.elements.pop();
        result
    }

    /// Whether the condition holds for the element at hand.
    fn matches(&mut self, leg: &'e Leg<'e>) -> Result<bool, Code> {
        let Some(condition) = &leg.condition else {
            return Ok(true);
        };
        match self.evaluation.value(condition) {
            Ok(value) => Ok(value == Value::Boolean(true)),
            Err(Unknown) if self.path.fails() && !leg.forgives() => Err(INVALID),
            Err(Unknown) => Ok(false),
        }
    }

    /// What becomes of an element at the end of the path.
    fn end(&mut self, element: &Element<'_, '_>) -> Visited {
        let value = container::encode(element.value());
        match (self.path.wants(), self.path.change()) {
            (wanted::VALUES, _) => self.found.push(value.clone()),
            (wants @ (wanted::KEYS | wanted::PAIRS), _) => {
                if let Element::Pair(key, _) = element {
                    self.found.push(container::encode(key));
                    if wants == wanted::PAIRS {
                        self.found.push(value.clone());
                    }
                }
            }
            (_, Some(Node::Remove)) => return Ok(None),
            (_, Some(change)) => match self.evaluation.value(change) {
                Ok(value) => {
                    let mut packed = Vec::new();
                    value.pack(&mut packed);
                    return Ok(Some(packed));
                }
                Err(Unknown) if self.path.fails() => return Err(UNKNOWN),
                Err(Unknown) => {}
            },
            _ => {}
        }
        Ok(Some(value))
    }
}
