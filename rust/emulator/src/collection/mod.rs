//! List and map operations: what is read from, and what is changed in, the value of a bin.
//!
//! They answer as a server of version 8.1.2 was observed to, in its choice of order too. Those along paths
//! that select several elements are among expressions.

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
pub(crate) use call::Arguments;
pub(crate) use context::Step;

use crate::command::{Code, wire};
use crate::container::{self, Value};
use aerospike_wire::particle;
use aerospike_wire::result_code::code;
use call::Call;
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
    let (answer, root) = context::change(root, &path, made, |target| {
        modify_target(verb, !path.is_empty(), target, &mut arguments)
    })?;
    Ok(Modified {
        answer: Answer::of(&answer),
        bin: root.as_ref().map(Answer::of),
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
        return Ok(Changed {
            answer,
            is_made: true,
        });
    }
    let adds = verb::adds(number) || arguments.have_elements();
    let answer = match target {
        Value::List { flags, items } => List { flags, items }.modify(number, is_new, arguments)?,
        Value::Map { flags, pairs } => Map { flags, pairs }.modify(number, is_new, arguments)?,
        _ => return Err(WRONG_TYPE),
    };
    // Elements that were refused without failing make no list or map at the end of a path.
    let is_empty = Elements::of(target).is_none_or(|elements| elements.len() == 0);
    Ok(Changed {
        answer,
        is_made: !(is_new && has_path && is_empty && adds),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &[u8] = &[0x82, 1, 7, 2, 5];

    fn list(call: &[u8], data: &[u8]) -> Result<(Answer, Option<Vec<u8>>), Code> {
        modify(call, Some((particle::LIST, data)))
            .map(|modified| (modified.answer, modified.bin.map(|bin| bin.data)))
    }

    fn integer(value: i64) -> Answer {
        Answer::of(&Value::Integer(value))
    }

    fn read_list(call: &[u8], data: &[u8]) -> Result<Vec<u8>, Code> {
        Ok(read(call, Some((particle::LIST, data)))?.unwrap().data)
    }

    #[test]
    fn appending_creates_and_keeps_order() {
        let created = modify(&[0x93, 1, 5, 1], None).unwrap();
        assert_eq!(created.answer, integer(1));
        let data = created.bin.unwrap().data;
        assert_eq!(data, [0x92, 0xc7, 0, 1, 5]);
        let (answer, data) = list(&[0x92, 1, 3], &data).unwrap();
        assert_eq!(answer, integer(2));
        assert_eq!(data.unwrap(), [0x93, 0xc7, 0, 1, 3, 5]);
    }

    #[test]
    fn what_finds_nothing_to_change_leaves_the_bin_missing() {
        let stays = modify(&[0x91, 11], None).unwrap();
        assert_eq!((stays.answer, stays.bin), (Answer::nothing(), None));
        assert_eq!(modify(&[0x91, 13], None), Err(12));
        assert_eq!(read(&[0x91, 16], None), Ok(None));
    }

    #[test]
    fn unique_items_fail_or_are_left_out() {
        assert_eq!(list(&[0x94, 1, 5, 0, 1], &[0x91, 5]), Err(24));
        let (answer, data) = list(&[0x94, 2, 0x92, 5, 6, 0, 13], &[0x91, 5]).unwrap();
        assert_eq!((answer, data.unwrap()), (integer(2), vec![0x92, 5, 6]));
    }

    #[test]
    fn ranges_lose_what_lies_outside() {
        let data = [0x93, 1, 2, 3];
        assert_eq!(read_list(&[0x93, 18, 0xfb, 3], &data), Ok(vec![0x91, 1]));
        assert_eq!(read_list(&[0x92, 18, 9], &data), Ok(vec![0x90]));
        assert_eq!(read_list(&[0x92, 17, 9], &data), Err(26));
    }

    #[test]
    fn return_types_describe_the_selection() {
        let data = [0x94, 3, 1, 2, 1];
        assert_eq!(read_list(&[0x93, 22, 1, 1], &data), Ok(vec![0x92, 1, 3]));
        assert_eq!(read_list(&[0x93, 22, 4, 1], &data), Ok(vec![0x92, 2, 3]));
        let inverted = [0x93, 22, 0xce, 0, 1, 0, 7, 1];
        assert_eq!(read_list(&inverted, &data), Ok(vec![0x92, 3, 2]));
        assert_eq!(read_list(&[0x93, 22, 6, 1], &data), Err(26));
    }

    #[test]
    fn intervals_have_open_ends() {
        let data = [0x93, 1, 2, 3];
        assert_eq!(read_list(&[0x93, 25, 7, 2], &data), Ok(vec![0x92, 2, 3]));
        let to_infinity = [0x94, 25, 7, 2, 0xd4, 0xff, 1];
        assert_eq!(read_list(&to_infinity, &data), Ok(vec![0x92, 2, 3]));
        assert_eq!(read_list(&[0x94, 25, 7, 0xc0, 2], &data), Ok(vec![0x91, 1]));
        assert_eq!(list(&[0x92, 1, 0xd4, 0xff, 1], &data), Err(4));
    }

    #[test]
    fn map_write_flags_are_kept() {
        let put = |flags: u8| {
            let call = [0x95, 67, 1, 9, 0, flags];
            modify(&call, Some((particle::MAP, MAP))).map(|modified| modified.bin.unwrap().data)
        };
        assert_eq!(put(0), Ok(vec![0x82, 1, 9, 2, 5]));
        assert_eq!(put(1), Err(24));
        assert_eq!(put(5), Ok(MAP.to_vec()));
        assert_eq!(put(2), Ok(vec![0x82, 1, 9, 2, 5]));
        let missing = [0x95, 67, 3, 9, 0, 2];
        assert_eq!(modify(&missing, Some((particle::MAP, MAP))), Err(23));
    }

    #[test]
    fn map_selections_answer_keys_and_pairs() {
        let read = |call: &[u8]| read(call, Some((particle::MAP, MAP))).map(|read| read.unwrap());
        assert_eq!(read(&[0x93, 100, 6, 0]), Ok(integer(2)));
        assert_eq!(read(&[0x93, 97, 1, 9]), Ok(integer(-1)));
        let pairs = read(&[0x93, 106, 8, 0]).unwrap();
        assert_eq!(pairs.data, [0x83, 0xc7, 0, 8, 0xc0, 2, 5, 1, 7]);
    }

    #[test]
    fn paths_find_and_create() {
        let nested = [0x92, 0x91, 1, 0x81, 1, 2];
        let size = [0x93, 0xcc, 0xff, 0x92, 0x10, 1, 0x91, 96];
        assert_eq!(read_list(&size, &nested), Ok(1_i64.to_be_bytes().to_vec()));
        let beyond = [0x93, 0xcc, 0xff, 0x92, 0x10, 2, 0x91, 96];
        assert_eq!(read_list(&beyond, &nested), Err(26));
        let creating = [0x93, 0xcc, 0xff, 0x92, 0xcc, 0xa2, 1, 0x92, 1, 7];
        let created = modify(&creating, None).unwrap().bin.unwrap();
        assert_eq!(created.particle, particle::MAP);
        assert_eq!(created.data, [0x82, 0xc7, 0, 1, 0xc0, 1, 0x91, 7]);
    }

    #[test]
    fn steps_that_select_are_refused() {
        let data: Particle<'_> = (particle::LIST, &[0x90]);
        let keys_in = [0x93, 0xcc, 0xff, 0x92, 0x2a, 0x91, 1, 0x91, 16];
        assert_eq!(read(&keys_in, Some(data)), Err(26));
    }

    #[test]
    fn other_types_and_unknown_operations_are_refused() {
        assert_eq!(read(&[0x91, 16], Some((particle::STRING, b"x"))), Err(12));
        assert_eq!(read(&[0x91, 28], Some((particle::LIST, &[0x90]))), Err(4));
        assert_eq!(read(&[0x91, 96], Some((particle::LIST, &[0x90]))), Err(12));
        assert_eq!(list(&[0x91, 16], &[0x90]), Err(4));
        assert_eq!(list(&[0x92, 5], &[0x90]), Err(4));
    }
}
