//! Walks replies in place and writes what the ABI's rows and records are made of. Particles stay as they are; only
//! GeoJSON loses the flags and cells in front of its text.

use std::time::{SystemTime, UNIX_EPOCH};

use aerospike_wire::field::Field;
use aerospike_wire::message::{EPOCH, Header, info3};
use aerospike_wire::operation::Operation;
use aerospike_wire::particle::{BOOL, FLOAT, GEOJSON, INTEGER, NULL};
use aerospike_wire::read::Want;
use aerospike_wire::{Cursor, Malformed};

use crate::error::{FILTERED_OUT, NOT_FOUND};
use crate::names::Guess;
use crate::part::ROW;
use crate::particle;

/// The code of a row that has no answer; no server sends it.
pub(crate) const UNANSWERED: i32 = i32::MIN;
/// Time to live of a record that never expires.
const NEVER: u32 = u32::MAX;

/// Seconds since the Unix epoch.
fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64)
}

/// Seconds that are left at `now`, computed as core does: at least 1, because the server has not expired it yet.
fn ttl(void_time: u32, now: i64) -> u32 {
    match void_time {
        0 => NEVER,
        void_time => (EPOCH + i64::from(void_time) - now).clamp(1, i64::from(NEVER) - 1) as u32,
    }
}

/// Skips a message's fields.
fn skip_fields(cursor: &mut Cursor<'_>, count: u16) -> Result<(), Malformed> {
    (0..count).try_for_each(|_| Field::parse(cursor).map(drop))
}

/// The value of an operation in the ABI's form.
fn value<'a>(operation: &Operation<'a>) -> Result<&'a [u8], Malformed> {
    let data = operation.data;
    match operation.particle {
        INTEGER | FLOAT if data.len() != 8 => Err(Malformed("a number of another length")),
        BOOL if data.len() != 1 => Err(Malformed("a boolean of another length")),
        GEOJSON => {
            let mut cursor = Cursor::new(data);
            cursor.u8()?;
            let cells = usize::from(cursor.u16()?);
            cursor.take(cells * 8)?;
            Ok(cursor.rest())
        }
        _ => Ok(data),
    }
}

/// Appends the bins of a message; `name` writes a bin's name. Gives their number.
fn push_bins(
    out: &mut Vec<u8>,
    cursor: &mut Cursor<'_>,
    count: u16,
    mut name: impl FnMut(&mut Vec<u8>, usize, &[u8]),
) -> Result<u16, Malformed> {
    let mut bins = 0;
    for _ in 0..count {
        let operation = Operation::parse(cursor)?;
        if operation.particle == NULL || operation.name.is_empty() {
            continue;
        }
        let data = value(&operation)?;
        name(out, usize::from(bins), operation.name);
        particle::push_raw(out, operation.particle, data);
        bins += 1;
    }
    Ok(bins)
}

/// What the reply to a command on one record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A record.
    Record,
    /// A record, and the results of so many operations.
    Results(u16),
}

impl Form {
    pub(crate) fn of(want: Want<'_>) -> Self {
        match want {
            Want::Results(count, _) => Self::Results(count),
            _ => Self::Record,
        }
    }
}

/// What a command on one record was answered.
#[derive(Debug, PartialEq)]
pub(super) enum Single {
    /// The payload of GET, or of OPERATE.
    Record(Vec<u8>),
    /// A result code other than 0.
    Code(u8),
    /// Not as many results as operations.
    Short,
}

/// Appends the last value of each bin, and then all values as results. Gives the number of bins.
fn push_results(out: &mut Vec<u8>, cursor: &mut Cursor<'_>, count: u16) -> Result<u16, Malformed> {
    let mut results = Vec::with_capacity(count.into());
    for _ in 0..count {
        let operation = Operation::parse(cursor)?;
        let data = value(&operation)?;
        results.push((operation.name, operation.particle, data));
    }
    let mut bins = 0;
    for (at, (name, kind, data)) in results.iter().enumerate() {
        let is_last = || {
            !results[at + 1..]
                .iter()
                .any(|(other, kind, _)| other == name && *kind != NULL)
        };
        if *kind != NULL && !name.is_empty() && is_last() {
            out.push(name.len() as u8);
            out.extend_from_slice(name);
            particle::push_raw(out, *kind, data);
            bins += 1;
        }
    }
    for (_, kind, data) in results {
        particle::push_raw(out, kind, data);
    }
    Ok(bins)
}

/// Reads the body of the reply to a command on one record.
pub(super) fn single(body: &[u8], form: Form) -> Result<Single, Malformed> {
    let mut cursor = Cursor::new(body);
    let header = Header::parse(&mut cursor)?;
    if header.result != 0 {
        return Ok(Single::Code(header.result));
    }
    skip_fields(&mut cursor, header.fields)?;
    let mut out = Vec::with_capacity(16 + cursor.rest().len());
    out.extend_from_slice(&header.generation.to_le_bytes());
    out.extend_from_slice(&ttl(header.ttl, now()).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    let bins = match form {
        Form::Record => push_bins(&mut out, &mut cursor, header.operations, |out, _, name| {
            out.push(name.len() as u8);
            out.extend_from_slice(name);
        })?,
        Form::Results(count) if header.operations != count => return Ok(Single::Short),
        Form::Results(count) => {
            out[10..12].copy_from_slice(&count.to_le_bytes());
            push_results(&mut out, &mut cursor, count)?
        }
    };
    if !cursor.is_empty() {
        return Err(Malformed("bytes behind the last operation"));
    }
    out[8..10].copy_from_slice(&bins.to_le_bytes());
    Ok(Single::Record(out))
}

/// Takes the frames of a batch's reply and becomes its rows.
pub(super) struct Walker<'n> {
    /// Fixed parts, in the order of the request; offsets are one more than those in `bodies`.
    pub(super) heads: Vec<u8>,
    pub(super) bodies: Vec<u8>,
    guess: Guess<'n>,
    /// Rows that were answered cleanly.
    pub(super) answered: usize,
    /// Rows that were answered with an error.
    pub(super) refused: usize,
    /// The last message came.
    pub(super) done: bool,
}

impl<'n> Walker<'n> {
    pub(super) fn new(rows: usize, guess: Guess<'n>) -> Self {
        let mut head = [0; ROW];
        head[0..4].copy_from_slice(&UNANSWERED.to_le_bytes());
        Self {
            heads: head.repeat(rows),
            bodies: Vec::with_capacity(rows * 128),
            guess,
            answered: 0,
            refused: 0,
            done: false,
        }
    }

    /// Walks one frame's body.
    pub(super) fn frame(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let now = now();
        let mut cursor = Cursor::new(body);
        while !cursor.is_empty() {
            if self.done {
                return Err(Malformed("bytes behind the last message"));
            }
            self.message(&mut cursor, now)?;
        }
        Ok(())
    }

    fn message(&mut self, cursor: &mut Cursor<'_>, now: i64) -> Result<(), Malformed> {
        let header = Header::parse(cursor)?;
        skip_fields(cursor, header.fields)?;
        let is_last = header.info3 & info3::LAST != 0;
        let code = i32::from(header.result);
        let is_clean = matches!(code, 0 | NOT_FOUND | FILTERED_OUT);
        if is_last {
            // With a code, the batch as a whole or one of its rows ended it: what has no answer is core's.
            self.done = true;
            return (0..header.operations).try_for_each(|_| Operation::parse(cursor).map(drop));
        }
        let at = (header.index as usize)
            .checked_mul(ROW)
            .ok_or(Malformed("a row that was not asked for"))?;
        let head = self
            .heads
            .get_mut(at..at + ROW)
            .ok_or(Malformed("a row that was not asked for"))?;
        if head[0..4] != UNANSWERED.to_le_bytes() {
            return Err(Malformed("a row that was answered before"));
        }
        if code != 0 {
            (0..header.operations).try_for_each(|_| Operation::parse(cursor).map(drop))?;
            if is_clean {
                head[0..4].copy_from_slice(&code.to_le_bytes());
                self.answered += 1;
            } else {
                self.refused += 1;
            }
            return Ok(());
        }
        let offset = self.bodies.len() as u32 + 1;
        let guess = &mut self.guess;
        let bins = push_bins(
            &mut self.bodies,
            cursor,
            header.operations,
            |out, position, name| {
                out.extend_from_slice(&guess.id(position, name).to_le_bytes());
            },
        )?;
        head[0..4].copy_from_slice(&0i32.to_le_bytes());
        head[4..8].copy_from_slice(&header.generation.to_le_bytes());
        head[8..12].copy_from_slice(&ttl(header.ttl, now).to_le_bytes());
        head[12..16].copy_from_slice(&offset.to_le_bytes());
        head[16..18].copy_from_slice(&bins.to_le_bytes());
        self.answered += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aerospike_wire::particle::STRING;

    use super::*;
    use crate::names::Names;

    fn message(header: Header, bins: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let mut out = Header {
            operations: bins.len() as u16,
            ..header
        }
        .encode()
        .to_vec();
        for (name, particle, data) in bins {
            Operation {
                op: 1,
                particle: *particle,
                name: name.as_bytes(),
                data,
            }
            .write(&mut out);
        }
        out
    }

    fn row(index: u32, result: u8, bins: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let header = Header {
            index,
            result,
            generation: 3,
            ..Header::default()
        };
        message(header, bins)
    }

    fn last() -> Vec<u8> {
        let header = Header {
            info3: info3::LAST,
            ..Header::default()
        };
        message(header, &[])
    }

    fn code(walker: &Walker<'_>, row: usize) -> i32 {
        let head = &walker.heads[row * ROW..];
        i32::from_le_bytes([head[0], head[1], head[2], head[3]])
    }

    const ONE: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];
    const POINT: &[u8] = b"\x01\x00\x01cellcell{\"type\":\"Point\"}";

    #[test]
    fn a_record_becomes_the_payload_of_get() {
        let bins: [(&str, u8, &[u8]); 4] = [
            ("n", INTEGER, &ONE),
            ("none", NULL, &[]),
            ("", STRING, b"no bin"),
            ("g", GEOJSON, POINT),
        ];
        let Ok(Single::Record(payload)) = single(&row(0, 0, &bins), Form::Record) else {
            panic!("no record");
        };
        let mut expected = vec![3, 0, 0, 0, 255, 255, 255, 255, 2, 0, 0, 0];
        expected.extend_from_slice(b"\x01n\x01\x08\0\0\0\0\0\0\0\0\0\0\x01");
        expected.extend_from_slice(b"\x01g\x17\x10\0\0\0{\"type\":\"Point\"}");
        assert_eq!(payload, expected);
        assert_eq!(single(&row(0, 2, &[]), Form::Record), Ok(Single::Code(2)));
    }

    #[test]
    fn results_stand_behind_the_last_value_of_each_bin() {
        let two = [0, 0, 0, 0, 0, 0, 0, 2];
        let bins: [(&str, u8, &[u8]); 5] = [
            ("n", INTEGER, &ONE),
            ("m", NULL, &[]),
            ("n", INTEGER, &two),
            ("g", GEOJSON, POINT),
            ("n", NULL, &[]),
        ];
        let reply = row(0, 0, &bins);
        let Ok(Single::Record(payload)) = single(&reply, Form::Results(5)) else {
            panic!("no record");
        };
        let point = b"\x17\x10\0\0\0{\"type\":\"Point\"}";
        let mut expected = vec![3, 0, 0, 0, 255, 255, 255, 255, 2, 0, 5, 0];
        expected.extend_from_slice(b"\x01n\x01\x08\0\0\0\0\0\0\0\0\0\0\x02\x01g");
        expected.extend_from_slice(point);
        expected.extend_from_slice(b"\x01\x08\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0");
        expected.extend_from_slice(b"\x01\x08\0\0\0\0\0\0\0\0\0\0\x02");
        expected.extend_from_slice(point);
        expected.extend_from_slice(&[0; 5]);
        assert_eq!(payload, expected);
        for count in [0, 4, 6] {
            assert_eq!(single(&reply, Form::Results(count)), Ok(Single::Short));
        }
    }

    #[test]
    fn rows_come_in_any_order_and_what_is_no_answer_stays_open() {
        let names = Names::default();
        let mut walker = Walker::new(5, Guess::new(&names));
        let bins: [(&str, u8, &[u8]); 1] = [("n", INTEGER, &ONE)];
        let frame = [row(3, 0, &bins), row(0, 2, &[]), row(1, 9, &[])].concat();
        walker.frame(&frame).unwrap();
        walker.frame(&[row(4, 27, &[]), last()].concat()).unwrap();
        let codes: Vec<_> = (0..5).map(|at| code(&walker, at)).collect();
        assert_eq!(codes, [2, UNANSWERED, UNANSWERED, 0, 27]);
        assert_eq!((walker.answered, walker.refused, walker.done), (3, 1, true));
        assert_eq!(*names.take(), [std::sync::Arc::from(&b"n"[..])]);
        assert!(walker.frame(&row(2, 2, &[])).is_err(), "behind the last");
    }

    #[test]
    fn hostile_replies_are_errors() {
        let names = Names::default();
        let walk = |frames: &[Vec<u8>]| {
            let mut walker = Walker::new(2, Guess::new(&names));
            frames.iter().try_for_each(|frame| walker.frame(frame))
        };
        assert!(walk(&[row(2, 0, &[])]).is_err(), "no such row");
        assert!(walk(&[row(u32::MAX, 2, &[])]).is_err(), "no such row");
        assert!(walk(&[row(0, 2, &[]), row(0, 0, &[])]).is_err(), "twice");
        let odd: [&[(&str, u8, &[u8])]; 4] = [
            &[("n", INTEGER, &[1, 2, 3])],
            &[("b", BOOL, &[])],
            &[("g", GEOJSON, &[0])],
            &[("g", GEOJSON, &[0, 255, 255, b'{'])],
        ];
        for bins in odd {
            assert!(
                walk(&[row(0, 0, bins)]).is_err()
                    && single(&row(0, 0, bins), Form::Record).is_err()
            );
        }
        let bins: [(&str, u8, &[u8]); 2] = [("n", INTEGER, &ONE), ("g", GEOJSON, POINT)];
        let good = row(1, 0, &bins);
        for length in 1..good.len() {
            assert!(walk(&[good[..length].to_vec()]).is_err(), "cut at {length}");
            assert!(
                single(&good[..length], Form::Record).is_err(),
                "cut at {length}"
            );
        }
        // Whatever a byte becomes, it is an answer or an error.
        for at in 0..good.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[at] = byte;
                let _ = walk(&[bad.clone()]);
                let _ = single(&bad, Form::Results(2));
            }
        }
    }

    #[test]
    fn ttls_are_cores() {
        assert_eq!(ttl(0, 0), NEVER);
        assert_eq!(ttl(100, EPOCH), 100);
        assert_eq!(ttl(100, EPOCH + 100), 1);
        assert_eq!(ttl(100, EPOCH + 1_000_000), 1);
        assert_eq!(ttl(u32::MAX, 0), NEVER - 1);
    }
}
