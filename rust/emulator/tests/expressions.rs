//! Expressions, compared with what a server was recorded to answer.

use aerospike_emulator::{Config, Server};
use aerospike_wire::field::{self, Field};
use aerospike_wire::message::{Header, info1, info2};
use aerospike_wire::operation::{self, Operation};
use aerospike_wire::particle;
use aerospike_wire::proto::{self, Proto};
use aerospike_wire::request::Request;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

const RECORDED: &str = include_str!("expressions.corpus");

/// Bins of the record: name, particle type and data as hex.
const BINS: &[(&str, u8, &str)] = &[
    ("i", particle::INTEGER, "0000000000000007"),
    ("n", particle::INTEGER, "fffffffffffffffb"),
    ("f", particle::FLOAT, "4004000000000000"),
    ("s", particle::STRING, "68656c6c6f"),
    ("b", particle::BLOB, "0102"),
    ("t", particle::BOOL, "01"),
    ("l", particle::LIST, "930102a20361"),
    ("m", particle::MAP, "82a2036101a203629102"),
    (
        "g",
        particle::GEOJSON,
        // {"type":"Point","coordinates":[1,2]}
        "0000007b2274797065223a22506f696e74222c22636f6f7264696e61746573223a5b312c325d7d",
    ),
    // [{"a": 1, "b": 2}, {"a": 3, "c": "x"}, {"b": [1, 2]}]
    (
        "q",
        particle::LIST,
        "9382a2036101a203620282a2036103a20363a2037881a20362920102",
    ),
    // {"x": {"p": 1, "q": 2}, "y": {"p": 3}}
    (
        "w",
        particle::MAP,
        "82a2037882a2037001a2037102a2037981a2037003",
    ),
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Sends operations on the one record and gives the body of the answer.
fn exchange(
    stream: &mut TcpStream,
    info: (u8, u8),
    filter: Option<&[u8]>,
    operations: &[Operation<'_>],
) -> Vec<u8> {
    let fields = [
        (field::NAMESPACE, &b"test"[..]),
        (field::SET, b"evalset"),
        (field::DIGEST, &[7; 20]),
    ];
    let fields = fields
        .into_iter()
        .chain(filter.map(|data| (field::FILTER, data)));
    let fields: Vec<_> = fields.collect();
    let header = Header {
        info1: info.0,
        info2: info.1,
        fields: fields.len() as u16,
        operations: operations.len() as u16,
        ..Header::default()
    };
    let mut body = header.encode().to_vec();
    for (kind, data) in fields {
        Field { kind, data }.write(&mut body);
    }
    operations
        .iter()
        .for_each(|operation| operation.write(&mut body));
    let proto = Proto {
        kind: proto::MESSAGE,
        len: body.len(),
    };
    stream
        .write_all(&[&proto.encode()[..], &body].concat())
        .unwrap();
    let mut header = [0; proto::HEADER_LEN];
    stream.read_exact(&mut header).unwrap();
    let mut body = vec![0; Proto::parse(&header).unwrap().len];
    stream.read_exact(&mut body).unwrap();
    body
}

/// The code, and particle types and data of what was answered.
fn shown(body: &[u8]) -> String {
    let request = Request::parse(body).unwrap();
    request.operations.map(Result::unwrap).fold(
        request.header.result.to_string(),
        |mut text, operation| {
            write!(text, " {}:{}", operation.particle, hex(operation.data)).unwrap();
            text
        },
    )
}

fn with_record() -> (Server, TcpStream) {
    let server = Server::start(&Config::default()).unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let data: Vec<_> = BINS.iter().map(|(.., data)| bytes(data)).collect();
    let bins: Vec<_> = BINS
        .iter()
        .zip(&data)
        .map(|((name, particle, _), data)| Operation {
            op: operation::WRITE,
            particle: *particle,
            name: name.as_bytes(),
            data,
        })
        .collect();
    let answer = exchange(&mut stream, (0, info2::WRITE), None, &bins);
    assert_eq!(shown(&answer), "0");
    (server, stream)
}

#[test]
fn operations_are_answered_as_recorded() {
    let (_server, mut stream) = with_record();
    let lines = RECORDED.lines().filter(|line| !line.starts_with('#'));
    let mut differences = Vec::new();
    for line in lines {
        let (data, recorded) = line.split_once(' ').unwrap();
        let data = bytes(data);
        let read = Operation {
            op: operation::EXP_READ,
            particle: particle::BLOB,
            name: b"r",
            data: &data,
        };
        let answer = shown(&exchange(&mut stream, (info1::READ, 0), None, &[read]));
        if answer != recorded {
            differences.push(format!("{} answered {answer}, not {recorded}", hex(&data)));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn filters_refuse_existing_records_only() {
    let (_server, mut stream) = with_record();
    let mut code =
        |info: (u8, u8), filter: &[u8]| exchange(&mut stream, info, Some(filter), &[])[5];
    let exists = (info1::READ | info1::NO_BIN_DATA, 0);
    assert_eq!(code(exists, &[0xc3]), 0);
    assert_eq!(code(exists, &[0xc2]), 27);
    // What cannot be told, what is no condition, and what is followed by more.
    assert_eq!(code(exists, &[0x91, 0]), 27);
    assert_eq!(code(exists, &[1]), 4);
    assert_eq!(code(exists, &[0xc3, 1]), 4);
    let delete = (0, info2::WRITE | info2::DELETE);
    assert_eq!(code(delete, &[0xc2]), 27);
    assert_eq!(code(delete, &[0xc3]), 0);
    // Of a record that is not there, not even the filter's form is looked at.
    assert_eq!(code(delete, &[1]), 2);
    assert_eq!(code(exists, &[1]), 2);
}
