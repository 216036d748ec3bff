use super::*;
use aerospike_wire::msgpack::Writer;

enum Argument<'a> {
    Integer(i64),
    Values(&'a [i64]),
    Sketches(&'a [&'a [u8]]),
}
use Argument::{Integer, Sketches, Values};

fn packed(verb: i64, arguments: &[Argument<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    writer.list(arguments.len() as u32 + 1);
    writer.integer(verb);
    for argument in arguments {
        match argument {
            Integer(value) => writer.integer(*value),
            Values(values) => {
                writer.list(values.len() as u32);
                values.iter().for_each(|value| writer.integer(*value));
            }
            Sketches(sketches) => {
                writer.list(sketches.len() as u32);
                sketches
                    .iter()
                    .for_each(|sketch| writer.bytes(particle::HLL, sketch));
            }
        }
    }
    out
}

fn changes(bin: Option<&[u8]>, verb: i64, arguments: &[Argument<'_>]) -> Result<Modified, Code> {
    let bin = bin.map(|sketch| (particle::HLL, sketch));
    modify(&packed(verb, arguments), bin)
}

fn reads(sketch: &[u8], verb: i64, arguments: &[Argument<'_>]) -> Result<Answer, Code> {
    read(&packed(verb, arguments), Some((particle::HLL, sketch)))
}

fn sketch(values: std::ops::Range<i64>, index_bits: i64, minhash_bits: i64) -> Vec<u8> {
    let values: Vec<i64> = values.collect();
    let arguments = [Values(&values), Integer(index_bits), Integer(minhash_bits)];
    changes(None, 1, &arguments).unwrap().sketch.unwrap()
}

fn number(answer: Result<Answer, Code>) -> i64 {
    let answer = answer.unwrap();
    assert_eq!(answer.particle, particle::INTEGER);
    i64::from_be_bytes(answer.data.try_into().unwrap())
}

fn assert_near(number: i64, expected: i64, tolerance: i64) {
    let distance = (number - expected).abs();
    assert!(distance <= tolerance, "{number} is not near {expected}");
}

#[test]
fn a_sketch_has_the_bytes_that_a_server_stores() {
    let mut expected = vec![0; 23];
    expected[1] = 4;
    expected[16] = 0x40;
    assert_eq!(sketch(1..2, 4, 0), expected);
    let with_minhash = sketch(1..2, 4, 51);
    assert_eq!(with_minhash.len(), 125);
    assert_eq!(
        with_minhash[53..62],
        [0, 0x19, 0xcb, 0x92, 0x10, 0x6e, 0x9f, 0xc2, 0]
    );
    for (index_bits, minhash_bits) in [(4, 0), (7, 5), (16, 48), (12, 51)] {
        let stored = sketch(0..300, index_bits, minhash_bits);
        assert_eq!(Sketch::parse(&stored).unwrap().pack(), stored);
    }
}

#[test]
fn additions_that_change_something_are_counted() {
    let added = changes(None, 1, &[Values(&[1, 2, 1]), Integer(12)]).unwrap();
    let sketch = added.sketch.unwrap();
    assert_eq!(number(Ok(added.answer)), 2);
    let again = changes(Some(&sketch), 1, &[Values(&[1, 3])]).unwrap();
    assert_eq!(number(Ok(again.answer)), 1);
    assert_eq!(changes(None, 1, &[Values(&[1])]), Err(26));
    assert_eq!(changes(None, 1, &[Values(&[]), Integer(4)]), Err(4));
    let flags = |flags| [Values(&[1]), Integer(4), Integer(-1), Integer(flags)];
    assert_eq!(changes(Some(&sketch), 1, &flags(1)), Err(6));
    assert_eq!(changes(Some(&sketch), 1, &flags(5)).unwrap().sketch, None);
    assert_eq!(changes(Some(&sketch), 1, &flags(2)), Err(4));
}

#[test]
fn shapes_are_checked_and_inherited() {
    let init = |bin: Option<&[u8]>, index, minhash| {
        changes(bin, 0, &[Integer(index), Integer(minhash)]).map(|done| done.sketch.unwrap())
    };
    for (index, minhash) in [(3, 0), (17, 0), (4, 3), (4, 52), (16, 49), (-2, 0)] {
        assert_eq!(init(None, index, minhash), Err(4));
    }
    assert_eq!(init(None, -1, 4), Err(26));
    let old = sketch(0..9, 5, 20);
    assert_eq!(init(Some(&old), 6, -1).unwrap()[..3], [0, 6, 20]);
    assert_eq!(init(Some(&old), -1, 0).unwrap()[..3], [0, 5, 0]);
    assert_eq!(init(Some(&sketch(0..9, 4, 51)), 16, -1), Err(26));
}

#[test]
fn counts_stay_until_a_register_changes() {
    let refreshed = changes(Some(&sketch(0..5000, 12, 0)), 3, &[]).unwrap();
    let count = number(Ok(refreshed.answer));
    assert_near(count, 5000, 325);
    let mut counted = refreshed.sketch.unwrap();
    assert_eq!(counted[3..11], count.to_le_bytes());
    counted[3] ^= 1;
    assert_eq!(number(reads(&counted, 50, &[])), count ^ 1);
    let same = changes(Some(&counted), 1, &[Values(&[1])]).unwrap();
    assert_eq!(same.sketch.unwrap(), counted);
    let union = changes(Some(&counted), 2, &[Sketches(&[&counted])]).unwrap();
    assert_eq!(union.sketch.unwrap()[3..11], [0; 8]);
    assert_eq!(changes(None, 3, &[]), Err(17));
}

#[test]
fn unions_have_the_common_shape() {
    let (fine, coarse) = (sketch(0..100, 12, 0), sketch(50..150, 8, 20));
    let union = [Sketches(&[&coarse])];
    assert_eq!(changes(Some(&fine), 2, &union), Err(26));
    let fold = [Sketches(&[&coarse]), Integer(8)];
    let folded = changes(Some(&fine), 2, &fold).unwrap().sketch.unwrap();
    assert_eq!(folded[..3], [0, 8, 0]);
    assert_eq!(reads(&fine, 51, &union).unwrap().data, folded);
    assert_near(number(reads(&fine, 52, &union)), 150, 40);
    assert_eq!(
        sketch(0..100, 8, 0),
        changes(Some(&fine), 4, &[Integer(8)])
            .unwrap()
            .sketch
            .unwrap()
    );
    assert_eq!(changes(Some(&coarse), 4, &[Integer(8)]), Err(26));
    assert_eq!(changes(Some(&fine), 4, &[Integer(13)]), Err(26));
}

#[test]
fn intersections_and_similarities_are_estimated() {
    for minhash_bits in [0, 20] {
        let left = sketch(0..100, 12, minhash_bits);
        let right = sketch(50..150, 12, minhash_bits);
        let other = [Sketches(&[&right])];
        assert_near(number(reads(&left, 53, &other)), 50, 12);
        let with_itself = [Sketches(&[&right, &left])];
        assert_near(number(reads(&left, 53, &with_itself)), 50, 12);
        let similarity = reads(&left, 54, &other).unwrap();
        let similarity = f64::from_be_bytes(similarity.data.try_into().unwrap());
        assert!((similarity - 1.0 / 3.0).abs() < 0.1, "{similarity}");
        let many = reads(&left, 53, &[Sketches(&[&right, &right, &left])]);
        assert_eq!(many.is_ok(), minhash_bits > 0);
    }
}

#[test]
fn what_was_added_may_be_contained() {
    let stored = sketch(0..10, 12, 0);
    assert_eq!(number(reads(&stored, 56, &[Values(&[1, 9])])), 1);
    assert_eq!(number(reads(&stored, 56, &[Values(&[1, 11])])), 0);
}

#[test]
fn the_type_is_looked_at_before_arguments_are() {
    let integer = Some((particle::INTEGER, [0; 8].as_slice()));
    assert_eq!(modify(&packed(5, &[]), integer), Err(4));
    assert_eq!(modify(&packed(1, &[]), integer), Err(12));
    assert_eq!(read(&packed(57, &[]), integer), Err(4));
    assert_eq!(read(&packed(51, &[]), integer), Err(12));
    assert_eq!(read(&packed(51, &[]), None), Ok(Answer::nothing()));
}
