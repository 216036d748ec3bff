//! List and map operations: what is read from, and what is changed in, the value of a bin.

mod answer;
mod call;
mod context;
mod elements;
mod list;
mod map;
mod number;
mod order;
mod returns;
mod select;
mod verb;

pub(crate) use answer::Answer;
pub(crate) use call::Arguments;

use crate::command::{Code, wire};
use crate::container::{self, Value};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use call::Call;
use context::Kind;
use elements::Elements;
use list::List;
use map::Map;
use returns::Returns;

const INVALID: Code = wire(code::REQUEST_INVALID);
const WRONG_TYPE: Code = wire(code::BIN_INCOMPATIBLE_TYPE);

/// A bin's value: its particle type and data.
pub(crate) type Particle<'a> = (u8, &'a [u8]);

/// What a modification leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Modified {
    pub(crate) answer: Answer,
    /// The bin's new value, a list or map.
    pub(crate) bin: Answer,
}

/// Applies a packed operation that reads to a bin's value.
pub(crate) fn read(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Answer, Code> {
    let Call {
        path,
        verb,
        mut arguments,
    } = Call::parse(packed)?;
    if verb::is_modification(verb) {
        return Err(INVALID);
    }
    let Some(bin) = bin else {
        return Ok(Answer::nothing());
    };
    let root = root(bin)?;
    let target = context::find(&root, &path)?;
    let elements = elements(target, verb)?;
    let answer = match verb::selection(verb) {
        Some(by) => {
            let returns = Returns::parse(arguments.integer()?, elements)?;
            let selection = select::select(by, elements, &mut arguments)?;
            returns.answer(elements, &returns.inverted(selection, elements.len()))
        }
        None => match elements {
            Elements::List(items) => list::read(verb, items, &mut arguments)?,
            Elements::Map(pairs) => map::read(verb, pairs, &mut arguments)?,
        },
    };
    Ok(Answer::of(&answer))
}

/// Applies a packed operation that changes a bin's value.
pub(crate) fn modify(packed: &[u8], bin: Option<Particle<'_>>) -> Result<Modified, Code> {
    let Call {
        path,
        verb,
        mut arguments,
    } = Call::parse(packed)?;
    if !verb::is_modification(verb) {
        return Err(INVALID);
    }
    let kind = verb::kind(verb);
    let mut root = match bin {
        Some(bin) => root(bin)?,
        None => context::empty(path.first().map_or(kind, |step| step.kind), 0),
    };
    let answer = context::change(&mut root, &path, kind, |target| {
        modify_value(verb, target, &mut arguments)
    })?;
    Ok(Modified {
        answer: Answer::of(&answer),
        bin: Answer::of(&root),
    })
}

fn modify_value<'a>(
    number: u8,
    target: &mut Value<'a>,
    arguments: &mut Arguments<'a>,
) -> Result<Value<'a>, Code> {
    if let Some(by) = verb::selection(number) {
        let elements = elements(target, number)?;
        let returns = Returns::parse(arguments.integer()?, elements)?;
        let selection = select::select(by, elements, arguments)?;
        let selection = returns.inverted(selection, elements.len());
        let answer = returns.answer(elements, &selection);
        remove(target, &selection.indexes);
        return Ok(answer);
    }
    match (verb::kind(number), target) {
        (Kind::List, Value::List { flags, items }) => {
            List { flags, items }.modify(number, arguments)
        }
        (Kind::Map, Value::Map { flags, pairs }) => Map { flags, pairs }.modify(number, arguments),
        _ => Err(WRONG_TYPE),
    }
}

fn root(bin: Particle<'_>) -> Result<Value<'_>, Code> {
    match bin {
        (particle::LIST | particle::MAP, data) => container::whole(data).map_err(|_| WRONG_TYPE),
        _ => Err(WRONG_TYPE),
    }
}

/// The elements of what an operation is for.
fn elements<'v, 'a>(target: &'v Value<'a>, number: u8) -> Result<Elements<'v, 'a>, Code> {
    match (verb::kind(number), Elements::of(target)) {
        (Kind::List, Some(elements @ Elements::List(_))) => Ok(elements),
        (Kind::Map, Some(elements @ Elements::Map(_))) => Ok(elements),
        _ => Err(WRONG_TYPE),
    }
}

fn remove(target: &mut Value<'_>, indexes: &[usize]) {
    let mut index = 0;
    let mut stays = || {
        index += 1;
        !indexes.contains(&(index - 1))
    };
    match target {
        Value::List { items, .. } => items.retain(|_| stays()),
        Value::Map { pairs, .. } => pairs.retain(|_| stays()),
        _ => {}
    }
}
