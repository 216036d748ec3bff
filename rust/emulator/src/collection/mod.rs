//! List and map operations: what is read from, and what is changed in, the value of a bin.

mod answer;
mod call;
mod context;
mod elements;
mod heap;
mod list;
mod listing;
mod map;
mod number;
mod order;
mod returns;
mod select;
mod verb;

pub(crate) use answer::Answer;

use crate::command::{Code, wire};
use crate::container::{self, Value};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use call::{Arguments, Call};
use context::{Changed, Kind, Made, Target};
use elements::Elements;
use list::List;
use listing::Listing;
use map::Map;
use returns::Returns;
use select::By;
use verb::Missing;

const INVALID: Code = wire(code::REQUEST_INVALID);
const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);

/// A bin's value: its particle type and data.
pub(crate) type Particle<'a> = (u8, &'a [u8]);

/// What a modification leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Modified {
    pub(crate) answer: Answer,
    /// The bin's new value, a list or map; nothing when the bin stays as it is.
    pub(crate) bin: Option<Answer>,
}

/// Applies a packed operation that reads to a bin's value. Of a bin that does not exist there is no answer.
pub(crate) fn read(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Option<Answer>, Code> {
    let Call {
        path,
        verb,
        mut arguments,
    } = Call::parse(packed)?;
    let Some(bin) = bin else {
        return Ok(None);
    };
    let root = root(bin, !path.is_empty())?;
    let target = context::find(&root, &path)?;
    let elements = elements(target, verb)?;
    if !verb::is_read(verb) {
        return Err(INVALID);
    }
    let answer = match (verb::selection(verb), verb::kind(verb)) {
        (Some(by), _) => select(by, elements, &mut arguments)?.0,
        (None, Kind::List) => list::read(verb, elements, &mut arguments)?,
        (None, Kind::Map) => Value::Integer(elements.len() as i64),
    };
    Ok(Some(Answer::of(&answer)))
}

/// Applies a packed operation that changes a bin's value.
pub(crate) fn modify(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Modified, Code> {
    let Call {
        path,
        verb,
        mut arguments,
    } = Call::parse(packed)?;
    let root = bin.map(|bin| root(bin, !path.is_empty())).transpose()?;
    let made = Made {
        kind: verb::kind(verb),
        // What is no modification fails for its type first, then for its number.
        missing: verb::on_missing(verb).unwrap_or(Missing::Creates),
    };
    let changed = context::change(root, &path, made, |target| {
        modify_target(verb, !path.is_empty(), target, &mut arguments)
    })?;
    Ok(match changed {
        Some((answer, root)) => Modified {
            answer: Answer::of(&answer),
            bin: Some(Answer::of(&root)),
        },
        None => Modified {
            answer: Answer::nothing(),
            bin: None,
        },
    })
}

fn modify_target<'a>(
    number: i64,
    has_path: bool,
    target: Target<'_, 'a>,
    arguments: &mut Arguments<'a>,
) -> Result<Changed<'a>, Code> {
    let (target, is_new) = match target {
        Target::Existing(target) => (target, false),
        Target::Missing(target) => (target, true),
    };
    // The type comes first: a server finds no operation of a list in a map.
    let selectable = elements(target, number)?;
    verb::on_missing(number).ok_or(INVALID)?;
    if let Some(by) = verb::selection(number) {
        let (answer, listing) = select(by, selectable, arguments)?;
        let removed = listing::mask(&listing.picked, selectable.len());
        remove(target, &removed);
        return Ok(Some(answer));
    }
    let answer = match target {
        Value::List { flags, items } => List { flags, items }.modify(number, is_new, arguments)?,
        Value::Map { flags, pairs } => Map { flags, pairs }.modify(number, is_new, arguments)?,
        _ => return Err(WRONG_TYPE),
    };
    // An element that was refused without failing makes no list or map at the end of a path.
    let is_empty = Elements::of(target).is_none_or(|elements| elements.len() == 0);
    if is_new && has_path && is_empty && verb::adds(number) {
        return Ok(None);
    }
    Ok(Some(answer))
}

/// Reads a return type and what it is about, and gives the answer and the elements that it is about.
fn select<'a>(
    by: By,
    elements: Elements<'_, 'a>,
    arguments: &mut Arguments<'a>,
) -> Result<(Value<'a>, Listing), Code> {
    let bits = arguments.integer()?;
    let selected = select::select(by, elements, arguments)?;
    let returns = Returns::new(bits, by, elements)?;
    let exists_inverted = listing::exists_besides(elements, &selected);
    let listing = returns.listing(elements, selected)?;
    Ok((
        returns.answer(elements, &listing, exists_inverted)?,
        listing,
    ))
}

/// A path into what is no list or map is not valid; an operation on it has the wrong type.
fn root(bin: Particle<'_>, has_path: bool) -> Result<Value<'_>, Code> {
    match bin {
        (particle::LIST | particle::MAP, data) => container::whole(data).map_err(|_| WRONG_TYPE),
        _ if has_path => Err(INVALID),
        _ => Err(WRONG_TYPE),
    }
}

/// The elements of what an operation is for.
fn elements<'v, 'a>(target: &'v Value<'a>, number: i64) -> Result<Elements<'v, 'a>, Code> {
    Elements::of(target)
        .filter(|elements| elements.is_map() == (verb::kind(number) == Kind::Map))
        .ok_or(WRONG_TYPE)
}

fn remove(target: &mut Value<'_>, removed: &[bool]) {
    let mut removed = removed.iter();
    let mut stays = || removed.next() == Some(&false);
    match target {
        Value::List { items, .. } => items.retain(|_| stays()),
        Value::Map { pairs, .. } => pairs.retain(|_| stays()),
        _ => {}
    }
}
