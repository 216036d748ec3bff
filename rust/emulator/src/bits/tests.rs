use super::*;
use crate::collection::Answer;
use aerospike_wire::msgpack::Writer;

enum Argument<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
    Boolean(bool),
}
use Argument::{Boolean, Bytes, Integer};

fn packed(verb: i64, arguments: &[Argument<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    writer.list(arguments.len() as u32 + 1);
    writer.integer(verb);
    for argument in arguments {
        match argument {
            Integer(value) => writer.integer(*value),
            Bytes(bytes) => writer.bytes(particle::BLOB, bytes),
            Boolean(value) => writer.boolean(*value),
        }
    }
    out
}

fn changes(bytes: &[u8], verb: i64, arguments: &[Argument<'_>]) -> Result<Option<Vec<u8>>, Code> {
    modify(&packed(verb, arguments), Some((particle::BLOB, bytes)))
}

fn creates(verb: i64, arguments: &[Argument<'_>]) -> Result<Option<Vec<u8>>, Code> {
    modify(&packed(verb, arguments), None)
}

fn reads(bytes: &[u8], verb: i64, arguments: &[Argument<'_>]) -> Result<Answer, Code> {
    read(&packed(verb, arguments), Some((particle::BLOB, bytes)))
}

fn number(number: i64) -> Result<Answer, Code> {
    Ok(Answer {
        particle: particle::INTEGER,
        data: number.to_be_bytes().to_vec(),
    })
}

const FIVE: &[u8] = &[1, 0x42, 3, 4, 5];

#[test]
fn only_bytes_are_created_and_only_with_a_size() {
    assert_eq!(creates(0, &[Integer(2)]), Ok(Some(vec![0, 0])));
    assert_eq!(creates(0, &[Integer(0)]), Ok(None));
    assert_eq!(creates(1, &[Integer(1), Bytes(&[7])]), Ok(Some(vec![0, 7])));
    assert_eq!(creates(0, &[Integer(2), Integer(2)]), Err(17));
    assert_eq!(creates(0, &[Integer(2), Integer(6)]), Ok(None));
    assert_eq!(creates(7, &[Integer(0), Integer(8)]), Err(17));
    assert_eq!(creates(7, &[Integer(0), Integer(8), Integer(4)]), Ok(None));
    assert_eq!(changes(FIVE, 0, &[Integer(2), Integer(1)]), Err(6));
    assert_eq!(changes(FIVE, 0, &[Integer(2), Integer(5)]), Ok(None));
}

#[test]
fn sizes_beyond_a_record_take_no_memory() {
    assert_eq!(changes(FIVE, 0, &[Integer((1 << 27) - 1)]), Err(13));
    assert_eq!(changes(FIVE, 0, &[Integer(1 << 27)]), Err(4));
    assert_eq!(changes(FIVE, 1, &[Integer(1 << 26), Bytes(&[1])]), Err(13));
    assert_eq!(
        changes(FIVE, 1, &[Integer((1 << 27) - 1), Bytes(&[1])]),
        Err(4)
    );
}

#[test]
fn only_what_is_out_of_range_at_the_end_can_be_partial() {
    let not =
        |offset, size, flags| changes(FIVE, 7, &[Integer(offset), Integer(size), Integer(flags)]);
    assert_eq!(not(39, 2, 0), Err(26));
    assert_eq!(not(39, 2, 8), Ok(Some(vec![1, 0x42, 3, 4, 4])));
    assert_eq!(not(39, 2, 4), Ok(None));
    assert_eq!(not(40, 1, 8), Err(26));
    assert_eq!(not(-41, 1, 12), Err(4));
    assert_eq!(not(0, 0, 4), Err(4));
    assert_eq!(changes(FIVE, 2, &[Integer(4), Integer(3)]), Err(4));
    assert_eq!(
        changes(FIVE, 2, &[Integer(4), Integer(3), Integer(8)]),
        Ok(Some(FIVE[..4].to_vec()))
    );
}

#[test]
fn bits_are_shifted_within_their_range() {
    let shifts = |verb, by| changes(FIVE, verb, &[Integer(5), Integer(20), Integer(by)]);
    assert_eq!(shifts(8, 3), Ok(Some(vec![2, 0x10, 0x18, 4, 5])));
    assert_eq!(shifts(9, 3), Ok(Some(vec![0, 0x28, 0x40, 4, 5])));
    assert_eq!(shifts(8, 30), Ok(Some(vec![0, 0, 0, 4, 5])));
    assert_eq!(shifts(8, -1), Err(4));
}

#[test]
fn sums_fail_saturate_or_wrap() {
    let sum = |verb, from: &[u8], by, action| {
        let arguments = [
            Integer(0),
            Integer(8),
            Integer(by),
            Integer(0),
            Integer(action),
        ];
        changes(from, verb, &arguments)
    };
    assert_eq!(sum(10, &[255], 1, 0), Err(26));
    assert_eq!(sum(10, &[255], 1, 2), Ok(Some(vec![255])));
    assert_eq!(sum(10, &[255], 1, 4), Ok(Some(vec![0])));
    assert_eq!(sum(10, &[127], 1, 1), Err(26));
    assert_eq!(sum(10, &[127], 1, 3), Ok(Some(vec![127])));
    assert_eq!(sum(11, &[0], 1, 2), Ok(Some(vec![0])));
    assert_eq!(sum(11, &[1], -128, 1), Ok(Some(vec![0x81])));
    assert_eq!(sum(11, &[255], -128, 3), Ok(Some(vec![0x80])));
    assert_eq!(sum(10, &[1], 1, 6), Err(4));
}

#[test]
fn reads_answer_bytes_and_numbers() {
    let data = vec![0x0a, 0];
    let particle = particle::BLOB;
    assert_eq!(
        reads(FIVE, 50, &[Integer(3), Integer(9)]),
        Ok(Answer { particle, data })
    );
    assert_eq!(reads(FIVE, 51, &[Integer(3), Integer(37)]), number(8));
    assert_eq!(
        reads(FIVE, 52, &[Integer(24), Integer(8), Boolean(true)]),
        number(5)
    );
    assert_eq!(
        reads(FIVE, 53, &[Integer(0), Integer(40), Boolean(false)]),
        number(38)
    );
    assert_eq!(
        reads(FIVE, 53, &[Integer(8), Integer(1), Boolean(true)]),
        number(-1)
    );
    // The last bit may be one before the range, in the same byte.
    let last = [Integer(12), Integer(1), Boolean(false)];
    assert_eq!(reads(&[0x60, 0xdd], 53, &last), number(-2));
    assert_eq!(reads(&[0x60, 0xff], 53, &last), number(-1));
    assert_eq!(reads(&[255; 8], 54, &[Integer(0), Integer(64)]), number(-1));
    assert_eq!(
        reads(&[0xf0], 54, &[Integer(2), Integer(3), Integer(1)]),
        number(-2)
    );
    assert_eq!(reads(FIVE, 54, &[Integer(0), Integer(65)]), Err(4));
    assert_eq!(read(&[0x91, 99], None), Ok(Answer::nothing()));
}

#[test]
fn what_is_no_operation_is_refused_before_the_type_is_looked_at() {
    let integer = Some((particle::INTEGER, [0; 8].as_slice()));
    assert_eq!(modify(&packed(13, &[Integer(1)]), integer), Err(4));
    assert_eq!(modify(&packed(0, &[Integer(1)]), integer), Err(12));
    assert_eq!(read(&packed(55, &[]), integer), Err(4));
    let with_path = [0x93, 0xcc, 0xff, 0x92, 0x10, 0, 0x92, 0, 2];
    assert_eq!(modify(&with_path, None), Err(4));
    assert_eq!(modify(&[], None), Err(4));
}
