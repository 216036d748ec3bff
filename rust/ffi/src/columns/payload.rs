//! The payload of a batch of columns: sections that JavaScript views as typed arrays where they stand.

use std::collections::HashMap;
use std::sync::Arc;

use super::Reason;
use super::column::Column;
use super::schema::Schema;
use crate::error::{FILTERED_OUT, Failure, INTERNAL, NOT_FOUND};
use crate::part::Part;

const HEADER: usize = 32;
/// A column's entry in the directory behind the header.
const ENTRY: usize = 16;
/// A cell's error: row, column, reason.
const CELL_ERROR: usize = 12;
/// Offsets are Arrow's, which are signed.
const MOST: u64 = i32::MAX as u64;

const fn aligned(length: u64) -> u64 {
    length.next_multiple_of(8)
}

/// Where the parts of fixed size stand: the sections of the rows, and those of each column. Gives their end.
fn place(columns: &mut [Column<'_>], rows: u64) -> Result<usize, Failure> {
    let mut at = HEADER as u64 + (ENTRY * columns.len()) as u64 + 3 * aligned(rows * 4);
    for column in columns {
        column.validity = at as usize;
        at += aligned(rows.div_ceil(8));
        match column.spec.stride() {
            Some(stride) => {
                let length = stride.saturating_mul(rows).min(MOST + 1);
                column.data = at as usize;
                column.length = length as usize;
                at += aligned(length);
            }
            None => {
                column.offsets = at as usize;
                at += aligned((rows + 1) * 4);
            }
        }
        if at > MOST {
            return Err(too_large());
        }
    }
    Ok(at as usize)
}

fn too_large() -> Failure {
    Failure::invalid("the columns would take more than 2 GiB: ask for fewer rows at a time")
}

/// Refuses what could not be answered, before anything is sent.
pub(crate) fn check_size(schema: Schema<'_>, rows: usize) -> Result<(), Failure> {
    // Nothing is allocated for the columns yet: only their places are computed.
    let mut columns: Vec<_> = schema.columns().map(|spec| Column::new(spec, 0)).collect();
    place(&mut columns, rows as u64).map(drop)
}

/// Fills the columns from the parts; `names` are the bins' names by their numbers.
pub(crate) fn assemble(
    schema: Schema<'_>,
    rows: usize,
    parts: &[Part],
    names: &[Arc<[u8]>],
) -> Result<Vec<u8>, Failure> {
    let mut columns: Vec<_> = schema
        .columns()
        .map(|spec| Column::new(spec, rows))
        .collect();
    let fixed = place(&mut columns, rows as u64)?;
    let mut out = vec![0; fixed];
    let heads = Heads::new(&mut out, columns.len(), rows);
    let mut of_bins: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (number, column) in columns.iter().enumerate() {
        let of_bin = of_bins.entry(column.spec.bin.as_bytes()).or_default();
        of_bin.push(number);
    }
    // The columns of each bin, by the number of its name.
    let takers: Vec<&[usize]> = names
        .iter()
        .map(|name| of_bins.get(&**name).map_or(&[][..], Vec::as_slice))
        .collect();
    let mut bad: Vec<(u32, u32, Reason)> = Vec::new();
    let mut errors = Vec::new();
    for row in parts.iter().flat_map(Part::answers) {
        heads.set(&mut out, row.at, row.code, row.generation, row.ttl);
        if let Some(error) = row.error {
            errors.extend_from_slice(&(row.at as u32).to_le_bytes());
            errors.extend_from_slice(error);
        }
        for (name, kind, bytes) in row.bins {
            for number in takers.get(name as usize).copied().unwrap_or_default() {
                let column = &mut columns[*number];
                if let Err(reason) = column.take(&mut out, row.at, kind, bytes) {
                    bad.push((row.at as u32, *number as u32, reason));
                }
            }
        }
    }
    let held: u64 = columns
        .iter()
        .map(|column| aligned(column.held() as u64))
        .sum();
    let rest = held + aligned((bad.len() * CELL_ERROR) as u64) + errors.len() as u64;
    if fixed as u64 + rest > MOST {
        return Err(too_large());
    }
    out.reserve_exact(rest as usize);
    for column in &mut columns {
        column.fill(&mut out, rows);
        if !column.is_fixed() {
            column.lay_out(&mut out);
            align(&mut out);
        }
    }
    let bad_at = out.len();
    bad.sort_unstable_by_key(|(row, column, _)| (*row, *column));
    for (row, column, reason) in &bad {
        out.extend_from_slice(&row.to_le_bytes());
        out.extend_from_slice(&column.to_le_bytes());
        out.extend_from_slice(&u32::from(*reason as u8).to_le_bytes());
    }
    align(&mut out);
    let errors_at = out.len();
    out.extend_from_slice(&errors);
    let (found, failed) = heads.count(&out);
    let header = [
        rows,
        columns.len(),
        found,
        failed,
        bad.len(),
        bad_at,
        errors_at,
        errors.len(),
    ];
    for (slot, value) in out.chunks_exact_mut(4).zip(header) {
        slot.copy_from_slice(&(value as u32).to_le_bytes());
    }
    for (number, column) in columns.iter().enumerate() {
        let entry = [column.data, column.length, column.validity, column.offsets];
        let at = HEADER + number * ENTRY;
        for (slot, value) in out[at..at + ENTRY].chunks_exact_mut(4).zip(entry) {
            slot.copy_from_slice(&(value as u32).to_le_bytes());
        }
    }
    Ok(out)
}

fn align(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(8), 0);
}

/// Codes, generations and TTLs.
struct Heads {
    at: usize,
    rows: usize,
}

impl Heads {
    fn new(out: &mut [u8], columns: usize, rows: usize) -> Self {
        let heads = Self {
            at: HEADER + columns * ENTRY,
            rows,
        };
        // Every row is in a part; one that were in none would say so.
        for row in 0..rows {
            heads.set(out, row, INTERNAL, 0, 0);
        }
        heads
    }

    fn set(&self, out: &mut [u8], row: usize, code: i32, generation: u32, ttl: u32) {
        let section = aligned(self.rows as u64 * 4) as usize;
        let fields = [
            code.to_le_bytes(),
            generation.to_le_bytes(),
            ttl.to_le_bytes(),
        ];
        for (number, bytes) in fields.iter().enumerate() {
            let at = self.at + number * section + row * 4;
            out[at..at + 4].copy_from_slice(bytes);
        }
    }

    /// How many rows were found, and how many failed.
    fn count(&self, out: &[u8]) -> (usize, usize) {
        let (mut found, mut failed) = (0, 0);
        for code in out[self.at..self.at + self.rows * 4].chunks_exact(4) {
            match i32::from_le_bytes([code[0], code[1], code[2], code[3]]) {
                0 => found += 1,
                NOT_FOUND | FILTERED_OUT => {}
                _ => failed += 1,
            }
        }
        (found, failed)
    }
}

#[cfg(test)]
mod tests {
    use aerospike_wire::msgpack::Writer;
    use aerospike_wire::particle::{BLOB, BOOL, FLOAT, INTEGER, LIST, MAP, STRING};

    use super::*;
    use crate::direct::UNANSWERED;
    use crate::frame::Cursor;
    use crate::part::ROW;

    const RAGGED: u32 = u32::MAX;
    const F64: u8 = 1;
    const F32: u8 = 2;
    const I16: u8 = 7;
    const U8: u8 = 10;
    const TEXT: u8 = 12;
    const BYTES: u8 = 13;

    /// A schema of columns: bin, element, width, path.
    fn schema(columns: &[(&str, u8, u32, &[&str])]) -> Vec<u8> {
        let mut out = (columns.len() as u16).to_le_bytes().to_vec();
        let name = |out: &mut Vec<u8>, name: &str| {
            out.push(name.len() as u8);
            out.extend_from_slice(name.as_bytes());
        };
        for (bin, element, width, path) in columns {
            name(&mut out, bin);
            out.push(*element);
            out.extend_from_slice(&width.to_le_bytes());
            out.push(path.len() as u8);
            path.iter().for_each(|key| name(&mut out, key));
            out.push(0);
        }
        out
    }

    /// A bin: its name's number, its particle.
    type Bin = (u32, u8, Vec<u8>);

    /// Rows that were found, at their places.
    fn part(rows: &[(u32, Vec<Bin>)]) -> Part {
        let mut part = Part {
            rows: Vec::new(),
            heads: Vec::new(),
            bodies: Vec::new(),
            answered: true,
            failure: None,
        };
        for (at, bins) in rows {
            let mut head = [0; ROW];
            head[4..8].copy_from_slice(&(at + 100).to_le_bytes());
            head[12..16].copy_from_slice(&(part.bodies.len() as u32 + 1).to_le_bytes());
            head[16..18].copy_from_slice(&(bins.len() as u16).to_le_bytes());
            for (name, kind, bytes) in bins {
                part.bodies.extend_from_slice(&name.to_le_bytes());
                crate::particle::push_raw(&mut part.bodies, *kind, bytes);
            }
            part.rows.push(*at);
            part.heads.extend_from_slice(&head);
        }
        part
    }

    fn names(names: &[&str]) -> Vec<Arc<[u8]>> {
        names.iter().map(|name| name.as_bytes().into()).collect()
    }

    fn number(bytes: &[u8], at: usize) -> usize {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
    }

    /// What a payload says of a column: its data, its validity, its offsets.
    fn column(payload: &[u8], number_of: usize) -> (Vec<u8>, Vec<bool>, Vec<usize>) {
        let rows = number(payload, 0);
        let entry = HEADER + ENTRY * number_of;
        let [data, length, validity, offsets] = [0, 4, 8, 12].map(|at| number(payload, entry + at));
        assert!([data, validity, offsets].iter().all(|at| at % 8 == 0));
        (
            payload[data..data + length].to_vec(),
            (0..rows)
                .map(|row| payload[validity + row / 8] & (1 << (row % 8)) != 0)
                .collect(),
            match offsets {
                0 => Vec::new(),
                at => (0..=rows)
                    .map(|row| number(payload, at + row * 4))
                    .collect(),
            },
        )
    }

    /// Row, column and reason of each bad cell.
    fn bad(payload: &[u8]) -> Vec<(usize, usize, usize)> {
        let at = number(payload, 20);
        (0..number(payload, 16))
            .map(|index| at + index * CELL_ERROR)
            .map(|at| {
                (
                    number(payload, at),
                    number(payload, at + 4),
                    number(payload, at + 8),
                )
            })
            .collect()
    }

    fn filled(schema: &[u8], rows: usize, parts: &[Part], bins: &[&str]) -> Vec<u8> {
        let schema = Schema::parse(&mut Cursor::new(schema)).unwrap();
        assemble(schema, rows, parts, &names(bins)).unwrap()
    }

    fn packed(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut Writer::new(&mut out));
        out
    }

    fn f32s(bytes: &[u8]) -> Vec<f32> {
        bytes
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
            .collect()
    }

    #[test]
    fn rows_of_any_order_stand_at_their_places() {
        let row = |at: u32| {
            (
                at,
                vec![
                    (0, STRING, format!("row {at}").into_bytes()),
                    (1, INTEGER, i64::from(at).to_be_bytes().to_vec()),
                ],
            )
        };
        let parts = [part(&[row(4), row(1)]), part(&[row(0), row(3)])];
        let schema = schema(&[("n", I16, 0, &[]), ("s", TEXT, 0, &[])]);
        let payload = filled(&schema, 6, &parts, &["s", "n"]);
        let (data, valid, _) = column(&payload, 0);
        assert_eq!(data, [0, 0, 1, 0, 0, 0, 3, 0, 4, 0, 0, 0]);
        assert_eq!(valid, [true, true, false, true, true, false]);
        let (data, valid, offsets) = column(&payload, 1);
        assert_eq!(data, b"row 0row 1row 3row 4");
        assert_eq!(valid, [true, true, false, true, true, false]);
        assert_eq!(offsets, [0, 5, 10, 10, 15, 20, 20]);
        assert!(bad(&payload).is_empty());
        // Rows in no part are this client's fault, and say so.
        let codes = HEADER + 2 * ENTRY;
        assert_eq!(number(&payload, codes + 8) as u32, INTERNAL as u32);
        assert_eq!((number(&payload, 8), number(&payload, 12)), (4, 2));
        assert_eq!(number(&payload, codes + 24 + 4), 101, "a generation");
    }

    #[test]
    fn vectors_come_from_blobs_and_lists() {
        let blob: Vec<u8> = [1f32, -2.5, f32::NAN]
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let list = |count: u32| {
            packed(|out| {
                out.list(count);
                (0..count).for_each(|value| out.integer(value.into()));
            })
        };
        let ordered = packed(|out| {
            out.list(4);
            out.order(1);
            (0..3).for_each(|value| out.float(f64::from(value) + 0.5));
        });
        let with_nil = packed(|out| {
            out.list(3);
            out.integer(7);
            out.nil();
            out.integer(8);
        });
        let cells: Vec<(u8, Vec<u8>)> = vec![
            (BLOB, blob.clone()),
            (LIST, list(3)),
            (LIST, ordered),
            (BLOB, blob[..11].to_vec()),
            (BLOB, [&blob[..], &[0]].concat()),
            (LIST, list(2)),
            (LIST, list(4)),
            (LIST, with_nil),
            (LIST, list(3)[..3].to_vec()),
            (FLOAT, vec![0; 8]),
        ];
        let rows: Vec<_> = cells
            .into_iter()
            .enumerate()
            .map(|(at, (kind, bytes))| (at as u32, vec![(0, kind, bytes)]))
            .collect();
        let schema = schema(&[("v", F32, 3, &[]), ("v", F32, RAGGED, &[])]);
        let payload = filled(&schema, rows.len(), &[part(&rows)], &["v"]);
        let (data, valid, _) = column(&payload, 0);
        let values = f32s(&data);
        assert_eq!(values[..2], [1.0, -2.5]);
        assert!(values[2].is_nan());
        assert_eq!(values[3..9], [0.0, 1.0, 2.0, 0.5, 1.5, 2.5]);
        assert!(
            values[9..].iter().all(|value| value.is_nan()),
            "no rest of a bad cell"
        );
        assert_eq!(valid.iter().filter(|valid| **valid).count(), 3);
        let (data, valid, offsets) = column(&payload, 1);
        assert_eq!(offsets, [0, 3, 6, 9, 9, 9, 11, 15, 15, 15, 15]);
        assert_eq!(f32s(&data)[9..], [0.0, 1.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(valid.iter().filter(|valid| **valid).count(), 5);
        let expected = [
            (3, 0, Reason::Short),
            (3, 1, Reason::Partial),
            (4, 0, Reason::Long),
            (4, 1, Reason::Partial),
            (5, 0, Reason::Short),
            (6, 0, Reason::Long),
            (7, 0, Reason::WrongType),
            (7, 1, Reason::WrongType),
            (8, 0, Reason::Malformed),
            (8, 1, Reason::Malformed),
            (9, 0, Reason::WrongType),
            (9, 1, Reason::WrongType),
        ];
        assert_eq!(
            bad(&payload),
            expected.map(|(row, column, reason)| (row, column, reason as usize))
        );
    }

    #[test]
    fn paths_lead_through_maps_with_text_keys() {
        let map = packed(|out| {
            out.map(4);
            out.order(1);
            out.nil();
            out.text(STRING, b"empty");
            out.nil();
            out.text(STRING, b"list");
            out.list(1);
            out.map(1);
            out.integer(1);
            out.integer(2);
            out.text(STRING, b"stats");
            out.map(2);
            out.integer(5);
            out.boolean(true);
            out.text(STRING, b"ctr");
            out.float(0.25);
        });
        let rows = [
            (0, vec![(0, MAP, map)]),
            (1, vec![(0, INTEGER, vec![0; 8])]),
            (2, vec![(0, MAP, vec![0x82, 0xff])]),
            (3, vec![]),
            // A particle without a payload is an empty collection.
            (4, vec![(0, MAP, vec![])]),
        ];
        let schema = schema(&[
            ("m", F64, 0, &["stats", "ctr"]),
            ("m", F64, 0, &["stats", "none"]),
            ("m", F64, 0, &["empty", "ctr"]),
            ("m", F64, 0, &["list", "ctr"]),
            ("m", F64, 0, &["stats"]),
        ]);
        let payload = filled(&schema, 5, &[part(&rows)], &["m"]);
        let valid = |number| column(&payload, number).1;
        assert_eq!(valid(0), [true, false, false, false, false]);
        assert_eq!(column(&payload, 0).0[..8], 0.25f64.to_le_bytes());
        for number in 1..5 {
            assert_eq!(valid(number), [false; 5]);
        }
        let bad = bad(&payload);
        let of_row = |row| {
            let of_row = bad.iter().filter(|(at, ..)| *at == row);
            of_row
                .map(|(_, column, reason)| (*column, *reason))
                .collect::<Vec<_>>()
        };
        let wrong = Reason::WrongType as usize;
        assert_eq!(of_row(0), [(3, wrong), (4, wrong)]);
        assert_eq!(of_row(1), [0, 1, 2, 3, 4].map(|column| (column, wrong)));
        assert_eq!(
            of_row(2),
            [0, 1, 2, 3, 4].map(|column| (column, Reason::Malformed as usize))
        );
        assert!(of_row(3).is_empty() && of_row(4).is_empty());
    }

    #[test]
    fn of_a_bin_that_comes_twice_the_last_counts() {
        let rows = [(
            0,
            vec![
                (0, STRING, b"first".to_vec()),
                (0, STRING, b"second".to_vec()),
                (1, INTEGER, 300i64.to_be_bytes().to_vec()),
                (1, BOOL, vec![1]),
            ],
        )];
        let schema = schema(&[("s", TEXT, 0, &[]), ("n", I16, 0, &[])]);
        let payload = filled(&schema, 1, &[part(&rows)], &["s", "n"]);
        let (data, valid, offsets) = column(&payload, 0);
        assert_eq!(
            (&data[..], &valid[..], &offsets[..]),
            (&b"second"[..], &[true][..], &[0, 6][..])
        );
        assert_eq!(column(&payload, 1), (vec![0, 0], vec![false], vec![]));
    }

    #[test]
    fn what_is_too_large_is_refused_before_it_is_tried() {
        let refuses = |columns: &[(&str, u8, u32, &[&str])], rows| {
            let bytes = schema(columns);
            let schema = Schema::parse(&mut Cursor::new(&bytes)).unwrap();
            check_size(schema, rows).is_err()
        };
        assert!(!refuses(&[("v", F32, 128, &[])], 100_000));
        assert!(refuses(&[("v", F64, u32::MAX - 1, &[])], u32::MAX as usize));
        assert!(refuses(&[("v", F64, 1 << 20, &[])], 1 << 8));
        assert!(refuses(
            &[("v", U8, 1 << 30, &[]), ("v", U8, 1 << 30, &[])],
            1
        ));
        assert!(refuses(&[("s", BYTES, 0, &[])], 1 << 29));
        assert!(!refuses(&[("s", BYTES, 0, &[])], 0));
    }

    #[test]
    fn hostile_parts_do_no_harm() {
        let all: Vec<(&str, u8, u32, &[&str])> = (1..=13)
            .map(|element| ("a", element, 0, &[][..]))
            .chain((1..=11).map(|element| ("b", element, 3, &[][..])))
            .chain((1..=11).map(|element| ("b", element, RAGGED, &["x"][..])))
            .collect();
        let schema = schema(&all);
        let good = part(&[
            (
                0,
                vec![
                    (0, STRING, b"text".to_vec()),
                    (1, LIST, vec![0x93, 1, 2, 3]),
                ],
            ),
            (
                1,
                vec![
                    (0, FLOAT, vec![0; 8]),
                    (1, MAP, vec![0x81, 0xa2, 3, b'x', 0x92, 1, 2]),
                ],
            ),
        ]);
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut noise = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as usize
        };
        for _ in 0..20_000 {
            let mut heads = good.heads.clone();
            let mut bodies = good.bodies.clone();
            bodies.truncate(noise() % (bodies.len() + 1) + bodies.len() / 2);
            for _ in 0..1 + noise() % 4 {
                let byte = [0, 1, 0x7f, 0x80, 0x93, 0xdf, 0xff, noise() as u8][noise() % 8];
                let bytes = if noise() % 4 == 0 {
                    &mut heads
                } else {
                    &mut bodies
                };
                let at = noise() % bytes.len().max(1);
                if let Some(slot) = bytes.get_mut(at) {
                    *slot = byte;
                }
            }
            let bad = Part {
                rows: good.rows.clone(),
                heads,
                bodies,
                answered: true,
                failure: None,
            };
            let payload = filled(&schema, 2, &[bad], &["a", "b"]);
            for number in 0..all.len() {
                let (_, _, offsets) = column(&payload, number);
                assert!(offsets.is_sorted());
            }
        }
    }

    #[test]
    fn rows_without_an_answer_are_nobodys() {
        let mut unanswered = part(&[(0, vec![(0, STRING, b"no".to_vec())])]);
        unanswered.heads[0..4].copy_from_slice(&UNANSWERED.to_le_bytes());
        let answered = part(&[(0, vec![(0, STRING, b"yes".to_vec())])]);
        let schema = schema(&[("s", TEXT, 0, &[])]);
        let payload = filled(&schema, 1, &[answered, unanswered], &["s"]);
        assert_eq!(column(&payload, 0).0, b"yes");
    }
}
