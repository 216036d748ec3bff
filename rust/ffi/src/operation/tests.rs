use aerospike_core::{IndexMap, Value};

use super::*;
use crate::error::Failure;
use crate::particle;

fn particle(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    particle::push_raw(&mut out, kind, bytes);
    out
}

fn integer(value: i64) -> Vec<u8> {
    particle(1, &value.to_be_bytes())
}

fn call(function: u8, contexts: &[Vec<u8>], arguments: &[Vec<u8>]) -> Vec<u8> {
    let mut payload = vec![function, contexts.len() as u8];
    payload.extend(contexts.concat());
    payload.extend(arguments.concat());
    payload
}

fn encoded(calls: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = (calls.len() as u16).to_le_bytes().to_vec();
    for (verb, payload) in calls {
        out.extend([*verb, 1, b'b']);
        out.extend(particle(4, payload));
    }
    out
}

/// What is wrong with a call behind a read of its bin's size, or what core makes of it.
fn built(verb: u8, payload: Vec<u8>) -> std::result::Result<String, String> {
    let bytes = encoded(&[(16, call(16, &[], &[])), (verb, payload)]);
    let operations = Operations::parse(&mut Cursor::new(&bytes)).expect("it is whole");
    match operations.to_core() {
        Ok(Plan {
            send: Send::Operations(operations),
            ..
        }) => Ok(format!("{:?}", operations[1])),
        Ok(plan) => panic!("{plan:?}"),
        Err(refused) => Err(Failure::from(refused).message.into_owned()),
    }
}

#[test]
fn calls_that_are_cut_short_are_malformed() {
    let context = [&[0x10, 0][..], &integer(0)].concat();
    let whole = call(1, &[context], &[integer(7), integer(0), integer(0)]);
    let parse = |payload: &[u8]| {
        let bytes = encoded(&[(16, payload.to_vec())]);
        Operations::parse(&mut Cursor::new(&bytes)).map(|operations| operations.len())
    };
    assert_eq!(parse(&whole), Ok(1));
    // Between two arguments it is whole, and lacks some.
    let between = [0, 13, 26, 39].map(|less| whole.len() - less);
    for length in 0..whole.len() {
        let is_whole = between.contains(&length);
        assert_eq!(parse(&whole[..length]).is_ok(), is_whole, "{length}");
    }
    for number in [0, 12, 15, 22, 255] {
        let bytes = encoded(&[(number, whole.clone())]);
        assert_eq!(
            Operations::parse(&mut Cursor::new(&bytes)).err(),
            Some(Malformed)
        );
    }
}

#[test]
fn arguments_that_do_not_fit_are_refused_with_their_operation() {
    let nil = particle(0, &[]);
    let text = particle(3, b"x");
    let refused = [
        (16, call(99, &[], &[]), "the function 99 does not exist"),
        (17, call(16, &[], &[]), "the function 16 does not exist"),
        (16, call(17, &[], &[]), "fewer arguments"),
        (16, call(16, &[], &[integer(1)]), "more arguments"),
        (16, call(17, &[], std::slice::from_ref(&text)), "no integer"),
        (16, call(17, &[], std::slice::from_ref(&nil)), "left out"),
        (16, call(17, &[], &[particle(1, &[0; 7])]), "wrong length"),
        (
            16,
            call(0, &[], &[integer(2), particle(17, &[0])]),
            "order 2",
        ),
        // On these core would panic.
        (
            16,
            call(2, &[], &[particle(20, &[0x90]), integer(0), integer(0)]),
            "empty list",
        ),
        (
            16,
            call(9, &[], &[integer(0), nil.clone(), integer(0), integer(0)]),
            "nil",
        ),
        (
            16,
            call(12, &[], &[integer(0), integer(2), integer(0), integer(4)]),
            "increment",
        ),
        (
            17,
            call(67, &[], &[integer(1), particle(19, &[0x81, 0xc3, 1])]),
            "a key that is no",
        ),
        (
            16,
            call(22, &[], &[integer(7), particle(20, &[0x91])]),
            "malformed",
        ),
        (
            16,
            call(22, &[], &[integer(7), particle(20, &[0x80])]),
            "malformed",
        ),
        (
            16,
            call(22, &[], &[integer(7), particle(3, &[0xff])]),
            "UTF-8",
        ),
        (
            16,
            call(22, &[], &[integer(7), particle(99, &[])]),
            "type 99",
        ),
        (
            16,
            call(22, &[], &[integer(7), particle(255, &[2])]),
            "extension",
        ),
        (
            16,
            call(22, &[], &[integer(7), particle(20, &[0x91; 1000])]),
            "too deep",
        ),
        (
            19,
            call(50, &[[&[0x10, 0][..], &integer(0)].concat()], &[]),
            "no sketches",
        ),
        (
            16,
            call(16, &[[&[0x99, 0][..], &nil].concat()], &[]),
            "a context of the kind 153",
        ),
        (
            16,
            call(16, &[[&[0x05, 0][..], &nil].concat()], &[]),
            "not packed",
        ),
        (
            16,
            call(16, &[[&[0x10, 1][..], &integer(0)].concat()], &[]),
            "order 1",
        ),
        (
            20,
            call(254, &[[&[0x10, 0][..], &integer(0)].concat()], &[]),
            "converts no values",
        ),
        (20, call(69, &[], &[]), "the function 69 does not exist"),
        (20, call(4, &[], std::slice::from_ref(&nil)), "left out"),
        (
            20,
            call(52, &[], &[particle(20, &[0x91, 1]), integer(0)]),
            "no list of texts",
        ),
        (
            20,
            call(53, &[], &[integer(1), nil.clone(), integer(4)]),
            "flags without an end",
        ),
        (20, call(10, &[], &[integer(3)]), "a type of numbers 3"),
        (21, call(2, &[], &[]), "a path without a step"),
        (
            21,
            call(
                1,
                &[[&[0x04, 0][..], &nil].concat()],
                &[nil.clone(), integer(0)],
            ),
            "not packed",
        ),
        (
            16,
            call(16, &[[&[0x11, 0x40][..], &integer(0)].concat()], &[]),
            "kind 17, 64",
        ),
    ];
    for (verb, payload, what) in refused {
        let error = built(verb, payload).expect_err(what);
        assert!(error.starts_with("operations[1]: "), "{error}");
        assert!(error.contains(what), "{error:?} does not say {what:?}");
    }
}

#[test]
fn an_argument_that_is_left_out_chooses_the_function() {
    let count = |count: Vec<u8>| built(16, call(18, &[], &[integer(3), count])).unwrap();
    assert!(count(integer(2)).contains("args: [Int(3), Int(2)]"));
    assert!(count(particle(0, &[])).contains("args: [Int(3)]"));
}

#[test]
fn a_path_is_the_context_of_its_call() {
    let steps = [[&[0x04, 0][..], &particle(0, &[])].concat()];
    let selected = built(21, call(0, &steps, &[integer(1), integer(0x10)])).unwrap();
    assert!(selected.contains("ctx: []"), "{selected}");
    assert!(
        selected.contains("CdtSelectByPath([CdtContext { id: 4,"),
        "{selected}"
    );
    assert!(selected.contains("SelectFlag(17)"), "{selected}");
}

#[test]
fn a_nil_that_is_put_into_a_map_is_sent() {
    let put = call(
        67,
        &[],
        &[
            integer(1),
            particle(0, &[]),
            integer(0),
            integer(0),
            particle(17, &[0]),
        ],
    );
    let built = built(17, put).unwrap();
    assert!(built.contains("{Int(1): Nil}"), "{built}");
}

#[test]
fn values_keep_what_they_are() {
    let packed = [
        0x98, 0xd4, 0xff, 1, 0xd4, 0xff, 0, 0xc0, 0xc3, 0xa2, 3, b'x', 0xa2, 4, 7, 0xcb, 0x3f,
        0xf8, 0, 0, 0, 0, 0, 0, 0x82, 0xc7, 0, 1, 0xc0, 1, 0x81, 2, 3,
    ];
    let decoded = value::decode(Particle::new(20, &packed).unwrap()).unwrap();
    let Value::List(list) = decoded else {
        panic!("{decoded:?}")
    };
    let inner = Value::OrderedMap(IndexMap::from([(Value::Int(2), Value::Int(3))]));
    assert_eq!(
        list,
        [
            Value::Infinity,
            Value::Wildcard,
            Value::Nil,
            Value::Bool(true),
            Value::String("x".into()),
            Value::Blob(vec![7]),
            Value::from(1.5),
            Value::SortedMap([(Value::Int(1), inner)].into()),
        ]
    );
}
