//! What no client would send.

use aerospike_emulator::{Config, Fault, Server};
use aerospike_wire::field::{self, Field};
use aerospike_wire::message::{Header, info1};
use aerospike_wire::proto::{self, Proto};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn start() -> Server {
    Server::start(&Config::default()).unwrap()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    stream
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    [
        &Proto {
            kind,
            len: body.len(),
        }
        .encode()[..],
        body,
    ]
    .concat()
}

fn answer(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut header = [0; proto::HEADER_LEN];
    stream.read_exact(&mut header).unwrap();
    let header = Proto::parse(&header).unwrap();
    let mut body = vec![0; header.len];
    stream.read_exact(&mut body).unwrap();
    (header.kind, body)
}

fn result(stream: &mut TcpStream) -> u8 {
    answer(stream).1[5]
}

fn is_alive(stream: &mut TcpStream) -> bool {
    stream.write_all(&frame(proto::INFO, b"build\n")).unwrap();
    answer(stream).1.starts_with(b"build\t8")
}

#[test]
fn info_answers_every_line() {
    let server = start();
    let mut stream = connect(&server);
    stream
        .write_all(&frame(proto::INFO, b"node\nnope\nnamespaces\n"))
        .unwrap();
    let text = String::from_utf8(answer(&mut stream).1).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("node\tBB9"));
    assert_eq!(
        &lines[1..],
        ["nope\tERROR:4:unrecognized command", "namespaces\ttest;bar"]
    );
}

#[test]
fn malformed_messages_are_answered_and_the_connection_stays_in_step() {
    let server = start();
    let mut stream = connect(&server);
    let mut hungry = Header {
        info1: info1::READ,
        fields: 9,
        ..Header::default()
    }
    .encode()
    .to_vec();
    Field {
        kind: field::NAMESPACE,
        data: b"test",
    }
    .write(&mut hungry);
    for body in [&b""[..], &[22, 1, 2], &[0; 22], &hungry] {
        stream.write_all(&frame(proto::MESSAGE, body)).unwrap();
        assert_eq!(result(&mut stream), 4, "{body:?}");
    }
    stream
        .write_all(&frame(proto::COMPRESSED, &[0; 30]))
        .unwrap();
    assert_eq!(result(&mut stream), 25);
    stream.write_all(&frame(proto::ADMIN, &[0; 16])).unwrap();
    assert_eq!(
        answer(&mut stream),
        (proto::ADMIN, [&[0, 51][..], &[0; 14]].concat())
    );
    assert!(is_alive(&mut stream));
}

#[test]
fn what_is_not_the_protocol_ends_the_connection_only() {
    let server = start();
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[1, 3, 0, 0, 0, 0, 0, 0],
        &[2, 9, 0, 0, 0, 0, 0, 0],
        &[2, 3, 255, 255, 255, 255, 255, 255],
    ] {
        let mut stream = connect(&server);
        stream.write_all(bytes).unwrap();
        // Closed, or reset where bytes were left unread.
        assert!(matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_)));
    }
    assert!(is_alive(&mut connect(&server)));
}

#[test]
fn a_frame_may_come_in_pieces_and_many_at_once() {
    let server = start();
    let mut stream = connect(&server);
    let request = frame(proto::INFO, b"build\n");
    for byte in &request {
        stream.write_all(&[*byte]).unwrap();
    }
    assert!(answer(&mut stream).1.starts_with(b"build"));
    stream.write_all(&request.repeat(500)).unwrap();
    for _ in 0..500 {
        assert!(answer(&mut stream).1.starts_with(b"build"));
    }
}

#[test]
fn a_large_answer_is_cut_in_half_like_a_small_one() {
    let server = start();
    for lines in [1, 500] {
        let request = frame(proto::INFO, "replicas\n".repeat(lines).as_bytes());
        let mut stream = connect(&server);
        stream.write_all(&request).unwrap();
        let (_, whole) = answer(&mut stream);
        assert!(whole.len() > 200 * lines, "{}", whole.len());
        server.fault(Fault {
            truncate: 1,
            ..Fault::default()
        });
        stream.write_all(&request).unwrap();
        let mut cut = Vec::new();
        stream.read_to_end(&mut cut).unwrap();
        assert_eq!(cut.len(), (proto::HEADER_LEN + whole.len()) / 2);
    }
}

#[test]
fn random_messages_do_not_end_the_server() {
    let server = start();
    let mut state = 7_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let mut stream = connect(&server);
    for _ in 0..20_000 {
        let mut body = Header {
            info1: next() as u8,
            info2: next() as u8,
            info3: next() as u8,
            ttl: next() % 200,
            fields: 3,
            operations: (next() % 3) as u16,
            ..Header::default()
        }
        .encode()
        .to_vec();
        Field {
            kind: field::NAMESPACE,
            data: b"test",
        }
        .write(&mut body);
        Field {
            kind: field::DIGEST,
            data: &[next() as u8 % 4; 20],
        }
        .write(&mut body);
        let kind = [field::BATCH_INDEX, field::FILTER, field::KEY, field::SET][next() as usize % 4];
        let noise: Vec<u8> = (0..next() % 40).map(|_| (next() % 6) as u8).collect();
        Field { kind, data: &noise }.write(&mut body);
        for _ in 0..next() % 40 {
            body.push((next() % 24) as u8);
        }
        stream.write_all(&frame(proto::MESSAGE, &body)).unwrap();
        let (kind, answered) = answer(&mut stream);
        assert!(kind == proto::MESSAGE && answered.len() >= 22);
        // A batch's rows come before its end, in a frame of their own.
        let mut last = answered;
        while last.len() > 22 && last[3] & 1 == 0 && body_is_batch(&body) {
            last = answer(&mut stream).1;
        }
    }
    assert!(is_alive(&mut connect(&server)));
}

fn body_is_batch(body: &[u8]) -> bool {
    aerospike_wire::request::Request::parse(body)
        .is_ok_and(|request| request.fields.batch.is_some())
}
