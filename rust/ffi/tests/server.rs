//! Commands against a server: the one that `AEROSPIKE_HOSTS` names, else an emulator of this process.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aerospike_ffi::api::*;

const OPEN: u8 = 3;
const CLOSE: u8 = 4;
const NODES: u8 = 5;
const INFO: u8 = 6;
const PING: u8 = 7;
const WARM_UP: u8 = 8;
const CONNECTIONS: u8 = 9;
const ATTACH: u8 = 11;
const GET: u8 = 16;
const EXISTS: u8 = 17;
const PUT: u8 = 18;
const ADD: u8 = 19;
const APPEND: u8 = 20;
const PREPEND: u8 = 21;
const REMOVE: u8 = 22;
const TOUCH: u8 = 23;
const OPERATE: u8 = 24;
const BATCH: u8 = 32;

const READ: u8 = 1;
const WRITE: u8 = 2;
const READ_ALL: u8 = 8;
const READ_HEADER: u8 = 9;

/// Host and port of the server.
fn address() -> (String, u16) {
    static EMULATOR: OnceLock<Option<aerospike_emulator::Server>> = OnceLock::new();
    let named = std::env::var("AEROSPIKE_HOSTS").ok();
    if let Some((host, port)) = named
        .as_deref()
        .and_then(|hosts| hosts.split(',').next()?.split_once(':'))
    {
        return (
            host.to_owned(),
            port.parse().expect("a port in AEROSPIKE_HOSTS"),
        );
    }
    let emulator =
        EMULATOR.get_or_init(|| aerospike_emulator::Server::start(&Default::default()).ok());
    let address = emulator.as_ref().expect("an emulator").address();
    (address.ip().to_string(), address.port())
}

struct Session {
    queue: u32,
    cluster: u32,
    tag: u32,
    /// Drained and not asked for yet.
    drained: VecDeque<Answer>,
}

#[derive(Debug, PartialEq)]
struct Answer {
    kind: u8,
    code: i32,
    payload: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.payload).unwrap()
    }

    #[track_caller]
    fn ok(self) -> Vec<u8> {
        assert_eq!(
            (self.kind, self.code),
            (1, 0),
            "{:?}",
            String::from_utf8_lossy(&self.payload)
        );
        self.payload
    }

    #[track_caller]
    fn assert(&self, kind: u8, code: i32) {
        assert_eq!(
            (self.kind, self.code),
            (kind, code),
            "{:?}",
            String::from_utf8_lossy(&self.payload)
        );
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

impl Session {
    fn open(extra: &str) -> Self {
        let (host, port) = address();
        Self::at(&host, port, extra)
    }

    fn at(host: &str, port: u16, extra: &str) -> Self {
        let mut session = Self {
            queue: aef_queue_open(1000),
            cluster: 0,
            tag: 0,
            drained: VecDeque::new(),
        };
        let config = format!(
            r#"{{"hosts":[{{"host":"{host}","port":{port}}}],"connectTimeout":5000{extra}}}"#
        );
        session.cluster = number(&session.call(OPEN, config.as_bytes()).ok(), 0);
        assert_eq!(aef_cluster_connected(session.cluster), 1);
        session
    }

    fn submit(&mut self, command: u8, body: &[u8], deadline_ms: u32) -> u32 {
        self.tag += 1;
        let mut frame = Vec::new();
        for field in [
            24 + body.len() as u32,
            self.tag,
            command.into(),
            self.cluster,
            deadline_ms,
            0,
        ] {
            frame.extend_from_slice(&field.to_le_bytes());
        }
        frame.extend_from_slice(body);
        assert_eq!(
            unsafe { aef_submit(self.queue, frame.as_ptr(), frame.len() as u32) },
            1
        );
        self.tag
    }

    fn call(&mut self, command: u8, body: &[u8]) -> Answer {
        self.submit(command, body, 10_000);
        self.next()
    }

    fn next(&mut self) -> Answer {
        let mut buffer = vec![0u8; 16 * 1024];
        let until = Instant::now() + Duration::from_secs(20);
        while self.drained.is_empty() {
            assert!(Instant::now() < until, "no answer");
            aef_queue_wait(self.queue, 100);
            let length =
                unsafe { aef_queue_drain(self.queue, buffer.as_mut_ptr(), buffer.len() as u32) };
            let mut at = 0;
            while at < length as usize {
                let record = &buffer[at..];
                at += number(record, 0) as usize;
                let answer = self.answer(record);
                self.drained.push_back(answer);
            }
        }
        self.drained.pop_front().expect("an answer")
    }

    fn answer(&self, record: &[u8]) -> Answer {
        let size = number(record, 16) as usize;
        let mut payload = vec![0; size];
        if record[9] & 1 == 0 {
            payload.copy_from_slice(&record[24..24 + size]);
        } else {
            let handle = number(record, 20);
            let copied =
                unsafe { aef_result_copy(self.queue, handle, payload.as_mut_ptr(), size as u32) };
            assert_eq!(copied, 0);
        }
        Answer {
            kind: record[8],
            code: number(record, 12) as i32,
            payload,
        }
    }

    /// Another client, with a queue of its own, on the same cluster.
    fn attach(&self) -> Self {
        let mut session = Self {
            queue: aef_queue_open(1000),
            cluster: 0,
            tag: 0,
            drained: VecDeque::new(),
        };
        let token = token(self.cluster).unwrap();
        session.cluster = number(&session.call(ATTACH, &token).ok(), 0);
        assert_eq!(aef_cluster_connected(session.cluster), 1);
        session
    }

    fn close(mut self) {
        let drain = 1000u32.to_le_bytes();
        self.call(CLOSE, &drain).ok();
        assert_eq!(aef_cluster_connected(self.cluster), -1);
        self.call(CLOSE, &drain).assert(2, -1003);
        aef_queue_close_begin(self.queue);
        self.next().assert(3, 0);
        assert_eq!(aef_queue_free(self.queue), 0);
    }
}

fn token(cluster: u32) -> Result<[u8; 32], i32> {
    let mut token = [0; 32];
    match unsafe { aef_cluster_share(cluster, token.as_mut_ptr(), token.len() as u32) } {
        32 => Ok(token),
        refused => Err(refused),
    }
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < until, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn policy(retries: u32) -> Vec<u8> {
    let mut policy = Vec::new();
    for field in [30_000u32, 1000, 0, retries, 0] {
        policy.extend_from_slice(&field.to_le_bytes());
    }
    policy.extend_from_slice(&1f32.to_le_bytes());
    policy.extend_from_slice(&[2, 0, 0, 0, 0, 0, 0, 0]);
    policy
}

fn write_block(record_exists: u8, generation: Option<u32>) -> [u8; 16] {
    let mut block = [0; 16];
    block[0] = record_exists;
    block[1] = u8::from(generation.is_some());
    block[4..8].copy_from_slice(&generation.unwrap_or(0).to_le_bytes());
    block
}

fn name(name: &str) -> Vec<u8> {
    [&[name.len() as u8], name.as_bytes()].concat()
}

fn integer_key(set: &str, key: i64) -> Vec<u8> {
    [name("test"), name(set), vec![1], key.to_le_bytes().to_vec()].concat()
}

fn particle(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], &(bytes.len() as u32).to_le_bytes()[..], bytes].concat()
}

fn integer(value: i64) -> Vec<u8> {
    particle(1, &value.to_be_bytes())
}

fn bins(bins: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = (bins.len() as u16).to_le_bytes().to_vec();
    for (bin, particle) in bins {
        out.extend(name(bin));
        out.extend_from_slice(particle);
    }
    out
}

fn operations(operations: &[(u8, &str, Vec<u8>)]) -> Vec<u8> {
    let mut out = (operations.len() as u16).to_le_bytes().to_vec();
    for (verb, bin, particle) in operations {
        out.push(*verb);
        out.extend(name(bin));
        out.extend_from_slice(particle);
    }
    out
}

fn none() -> Vec<u8> {
    particle(0, &[])
}

const ALL: [u8; 2] = [0xff, 0xff];

fn take_particle(bytes: &[u8], at: &mut usize) -> Vec<u8> {
    let end = *at + 5 + number(bytes, *at + 1) as usize;
    let particle = bytes[*at..end].to_vec();
    *at = end;
    particle
}

type Bins = Vec<(String, Vec<u8>)>;

/// Generation, bins and results of a record payload.
fn record(bytes: &[u8]) -> (u32, Bins, Vec<Vec<u8>>) {
    let mut at = 12;
    let bins = (0..short(bytes, 8))
        .map(|_| {
            let end = at + 1 + usize::from(bytes[at]);
            let name = String::from_utf8(bytes[at + 1..end].to_vec()).unwrap();
            at = end;
            (name, take_particle(bytes, &mut at))
        })
        .collect();
    let results = (0..short(bytes, 10))
        .map(|_| take_particle(bytes, &mut at))
        .collect();
    assert_eq!(at, bytes.len());
    (number(bytes, 0), bins, results)
}

fn named(bins: &[(&str, Vec<u8>)]) -> Bins {
    bins.iter()
        .map(|(name, particle)| ((*name).to_owned(), particle.clone()))
        .collect()
}

fn nested(depth: usize) -> Vec<u8> {
    // Lists in key-ordered maps in lists, down to a string.
    let mut packed = Vec::new();
    for level in 0..depth {
        packed.extend_from_slice(if level % 2 == 0 {
            &[0x91]
        } else {
            b"\x82\xc7\x00\x01\xc0\xa2\x03k"
        });
    }
    packed.extend_from_slice(b"\xa3\x03\xc3\xbc");
    packed
}

#[test]
fn values_come_back_byte_for_byte() {
    // Through core: the direct path gives a collection as the server stores it, which may pack bytes in another way.
    let mut session = Session::open(r#","readPath":"core""#);
    let long_text = "ü".repeat(40_000);
    let written = [
        ("min", integer(i64::MIN)),
        ("max", integer(i64::MAX)),
        ("zero", particle(2, &(-0f64).to_be_bytes())),
        ("inf", particle(2, &f64::INFINITY.to_be_bytes())),
        ("text", particle(3, "héllo".as_bytes())),
        ("long", particle(3, long_text.as_bytes())),
        ("empty", particle(3, b"")),
        ("blob", particle(4, &[0, 255, 1])),
        ("yes", particle(17, &[1])),
        ("no", particle(17, &[0])),
        ("geo", particle(23, br#"{"type":"Point","coordinates":[1.5,2.5]}"#)),
        ("list", particle(20, b"\x9a\x01\xff\xcc\x80\xd1\xff\x00\xcf\x7f\xff\xff\xff\xff\xff\xff\xff\xcb\x3f\xf8\0\0\0\0\0\0\xc0\xc3\xa3\x03ab\xc4\x02\x04\x09")),
        ("map", particle(19, b"\x83\xc7\x00\x01\xc0\x01\xa2\x03a\xa2\x03k\x90")),
        ("deep", particle(20, &nested(64))),
    ];
    let key = integer_key("values", 1);
    session
        .call(
            PUT,
            &[&policy(0)[..], &write_block(2, None), &key, &bins(&written)].concat(),
        )
        .ok();
    let payload = session
        .call(GET, &[&policy(2)[..], &key, &ALL].concat())
        .ok();
    let (_, mut read, results) = record(&payload);
    read.sort();
    let mut expected = named(&written);
    expected.sort();
    assert_eq!(results.len(), 0);
    for (read, expected) in read.iter().zip(&expected) {
        assert!(read == expected, "{read:02x?}\n{expected:02x?}");
    }
    assert_eq!(read.len(), expected.len());

    let chosen = [&policy(2)[..], &key, b"\x02\x00\x03yes\x04none"].concat();
    assert_eq!(
        record(&session.call(GET, &chosen).ok()).1,
        named(&[("yes", particle(17, &[1]))])
    );
    let header = [&policy(2)[..], &key, &[0, 0]].concat();
    assert_eq!(record(&session.call(GET, &header).ok()).1.len(), 0);
    session.close();
}

#[test]
fn single_record_commands() {
    let mut session = Session::open(r#","applicationId":"aerospike-ts/test""#);
    let key = integer_key("single", 1);
    let write = |record_exists, generation, tail: &[u8]| {
        [
            &policy(0)[..],
            &write_block(record_exists, generation),
            &key,
            tail,
        ]
        .concat()
    };
    let read = [&policy(2)[..], &key].concat();
    session.call(REMOVE, &write(0, None, &[]));
    session.call(EXISTS, &read).assert(1, 2);
    session.call(GET, &[&read[..], &ALL].concat()).assert(1, 2);
    session.call(REMOVE, &write(0, None, &[])).assert(1, 2);
    session.call(TOUCH, &write(0, None, &[])).assert(1, 2);
    session
        .call(PUT, &write(1, None, &bins(&[("n", integer(1))])))
        .assert(2, 2);

    session
        .call(
            PUT,
            &write(
                4,
                None,
                &bins(&[("n", integer(1)), ("s", particle(3, b"b"))]),
            ),
        )
        .ok();
    let exists = session.call(PUT, &write(4, None, &bins(&[("n", integer(1))])));
    exists.assert(2, 5);
    assert!(
        exists.text().contains(r#""sent":true"#) && !exists.text().contains("inDoubt"),
        "{}",
        exists.text()
    );
    session
        .call(PUT, &write(0, Some(77), &bins(&[("n", integer(1))])))
        .assert(2, 3);
    // By either path: "found" has no payload.
    assert_eq!(session.call(EXISTS, &read).ok(), b"");
    session
        .call(ADD, &write(0, None, &bins(&[("n", integer(41))])))
        .ok();
    session
        .call(APPEND, &write(0, None, &bins(&[("s", particle(3, b"c"))])))
        .ok();
    session
        .call(PREPEND, &write(0, None, &bins(&[("s", particle(3, b"a"))])))
        .ok();
    session.call(TOUCH, &write(0, None, &[])).ok();
    session
        .call(APPEND, &write(0, None, &bins(&[("n", particle(3, b"c"))])))
        .assert(2, 12);
    let (generation, read_bins, _) = record(&session.call(GET, &[&read[..], &ALL].concat()).ok());
    assert_eq!(generation, 5);
    assert_eq!(
        read_bins,
        named(&[("n", integer(42)), ("s", particle(3, b"abc"))])
    );

    let missing = session.call(
        GET,
        &[&policy(2)[..], b"\x04nope\x01s\x01\0\0\0\0\0\0\0\0", &ALL].concat(),
    );
    missing.assert(2, 20);
    assert!(
        missing
            .text()
            .contains("nope does not exist; the cluster has:"),
        "{}",
        missing.text()
    );
    session.call(REMOVE, &write(0, None, &[])).assert(1, 0);
    session.close();
}

#[test]
fn operations_are_answered_by_position() {
    let mut session = Session::open("");
    let key = integer_key("operate", 1);
    let operate = |list: &[(u8, &str, Vec<u8>)]| {
        [
            &policy(0)[..],
            &write_block(0, None),
            &key,
            &operations(list),
        ]
        .concat()
    };
    session
        .call(
            PUT,
            &[
                &policy(0)[..],
                &write_block(2, None),
                &key,
                &bins(&[("n", integer(1))]),
            ]
            .concat(),
        )
        .ok();
    let list = [
        (READ, "n", none()),
        (3, "n", integer(4)),
        (READ_HEADER, "", none()),
        (READ, "none", none()),
        (READ, "n", none()),
        (WRITE, "t", particle(3, b"x")),
    ];
    let (_, read, results) = record(&session.call(OPERATE, &operate(&list)).ok());
    assert_eq!(
        results,
        [integer(1), none(), none(), none(), integer(5), none()]
    );
    assert_eq!(read, named(&[("n", integer(5))]));

    let list = [
        (READ, "none", none()),
        (READ, "t", none()),
        (READ_HEADER, "", none()),
    ];
    let (generation, _, results) = record(&session.call(OPERATE, &operate(&list)).ok());
    assert_eq!(results, [none(), particle(3, b"x"), none()]);
    let (header, _, results) = record(
        &session
            .call(OPERATE, &operate(&[(READ_HEADER, "", none())]))
            .ok(),
    );
    assert_eq!((header, results), (generation, vec![none()]));
    let (_, read, results) = record(
        &session
            .call(OPERATE, &operate(&[(READ_ALL, "", none())]))
            .ok(),
    );
    assert_eq!((read.len(), results), (2, vec![none()]));

    let mixed = [
        (READ, "n", none()),
        (3, "n", integer(1)),
        (READ_ALL, "", none()),
    ];
    session.call(OPERATE, &operate(&mixed)).assert(2, -2);
    session.call(OPERATE, &operate(&[])).assert(2, -2);
    let other = integer_key("operate", 2);
    let missing = |list: &[(u8, &str, Vec<u8>)]| {
        [
            &policy(0)[..],
            &write_block(1, None),
            &other,
            &operations(list),
        ]
        .concat()
    };
    session
        .call(OPERATE, &missing(&[(READ, "n", none())]))
        .assert(1, 2);
    session
        .call(OPERATE, &missing(&[(3, "n", integer(1))]))
        .assert(2, 2);
    session.close();
}

const BATCH_OPTIONS: [u8; 16] = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// A batch of reads of all bins.
fn batch_body(spaces: &[&str], templates: &[Vec<u8>], rows: &[Vec<u8>]) -> Vec<u8> {
    let mut body = policy(0);
    body.extend(BATCH_OPTIONS);
    body.extend_from_slice(&(spaces.len() as u16).to_le_bytes());
    for set in spaces {
        body.extend(name("test"));
        body.extend(name(set));
    }
    body.extend_from_slice(&(templates.len() as u16).to_le_bytes());
    body.extend(templates.concat());
    body.extend_from_slice(&(rows.len() as u32).to_le_bytes());
    body.extend(rows.concat());
    body
}

fn row(space: u16, template: u16, key: i64) -> Vec<u8> {
    [
        &space.to_le_bytes()[..],
        &template.to_le_bytes(),
        &[1],
        &key.to_le_bytes(),
    ]
    .concat()
}

struct Row {
    code: i32,
    bins: Option<Bins>,
    results: Vec<Vec<u8>>,
    error: Option<String>,
}

fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut names = Vec::new();
    let mut at = number(bytes, 8) as usize;
    for _ in 0..number(bytes, 4) {
        let end = at + 1 + usize::from(bytes[at]);
        names.push(String::from_utf8(bytes[at + 1..end].to_vec()).unwrap());
        at = end;
    }
    assert_eq!(at, bytes.len());
    (0..number(bytes, 0) as usize)
        .map(|index| {
            let head = &bytes[16 + 32 * index..];
            let (body, error) = (number(head, 12) as usize, number(head, 24) as usize);
            let mut at = body;
            let bins = (0..short(head, 16))
                .map(|_| {
                    let name = names[number(bytes, at) as usize].clone();
                    at += 4;
                    (name, take_particle(bytes, &mut at))
                })
                .collect();
            Row {
                code: number(head, 0) as i32,
                bins: (body != 0).then_some(bins),
                results: (0..short(head, 18))
                    .map(|_| take_particle(bytes, &mut at))
                    .collect(),
                error: (error != 0).then(|| {
                    let end = error + 4 + number(bytes, error) as usize;
                    String::from_utf8(bytes[error + 4..end].to_vec()).unwrap()
                }),
            }
        })
        .collect()
}

#[test]
fn batches_answer_row_by_row() {
    let mut session = Session::open("");
    let reads = vec![[&[0, 0, 0][..], &ALL].concat()];
    let write = [&[1][..], &write_block(2, None)].concat();
    let remove = [&[2][..], &write_block(0, None)].concat();
    let create = [&[1][..], &write_block(4, None)].concat();

    // Large enough to be split, with rows that are alike and rows that are not.
    let count = 5000i64;
    let writes: Vec<_> = (0..count)
        .map(|key| {
            let mut list = vec![
                (WRITE, "n", integer(key)),
                (WRITE, "set", particle(3, b"one")),
            ];
            if key % 7 == 0 {
                list.push((WRITE, "seventh", particle(17, &[1])));
            }
            [row((key % 2) as u16, 0, key), operations(&list)].concat()
        })
        .collect();
    let written = session
        .call(
            BATCH,
            &batch_body(&["batch-a", "batch-b"], &[write], &writes),
        )
        .ok();
    assert!(
        rows(&written)
            .iter()
            .all(|row| row.code == 0 && row.error.is_none())
    );

    let wanted: Vec<_> = (0..count + 100)
        .rev()
        .map(|key| row((key % 2) as u16, 0, key))
        .collect();
    let read = rows(
        &session
            .call(BATCH, &batch_body(&["batch-a", "batch-b"], &reads, &wanted))
            .ok(),
    );
    assert_eq!(read.len() as i64, count + 100);
    for (row, key) in read.iter().zip((0..count + 100).rev()) {
        if key >= count {
            assert_eq!((row.code, &row.bins, &row.error), (2, &None, &None));
            continue;
        }
        let mut expected = named(&[("n", integer(key)), ("set", particle(3, b"one"))]);
        if key % 7 == 0 {
            expected.push(("seventh".into(), particle(17, &[1])));
        }
        let mut bins = row.bins.clone().unwrap();
        bins.sort();
        expected.sort();
        assert_eq!((row.code, bins), (0, expected), "key {key}");
    }

    // All kinds of rows at once.
    let templates = [
        [&[0, 0, 0][..], b"\x01\x00\x01n"].concat(),
        [
            &[0, 0, 1][..],
            &operations(&[(READ, "set", none()), (READ, "n", none())]),
        ]
        .concat(),
        create,
        remove,
        [&[0, 0, 0][..], &[0, 0]].concat(),
    ];
    let mixed = [
        row(0, 0, 2),
        row(0, 1, 4),
        [row(0, 2, 6), operations(&[(WRITE, "n", integer(1))])].concat(),
        row(0, 3, 8),
        row(0, 3, -1),
        row(0, 4, 10),
    ];
    let answers = rows(
        &session
            .call(BATCH, &batch_body(&["batch-a"], &templates, &mixed))
            .ok(),
    );
    let codes: Vec<_> = answers.iter().map(|row| row.code).collect();
    assert_eq!(codes, [0, 0, 5, 0, 2, 0]);
    assert_eq!(answers[0].bins, Some(named(&[("n", integer(2))])));
    assert_eq!(answers[1].results, [particle(3, b"one"), integer(4)]);
    assert!(
        answers[2]
            .error
            .as_ref()
            .unwrap()
            .contains("already exists")
    );
    assert_eq!(answers[5].bins, Some(Vec::new()));

    // One row goes the way of a single record.
    let single = rows(
        &session
            .call(BATCH, &batch_body(&["batch-a"], &reads, &[row(0, 0, 2)]))
            .ok(),
    );
    assert_eq!(single[0].bins.as_ref().unwrap().len(), 2);
    let missing = rows(
        &session
            .call(BATCH, &batch_body(&["batch-a"], &reads, &[row(0, 0, -5)]))
            .ok(),
    );
    assert_eq!((missing[0].code, &missing[0].bins), (2, &None));
    assert_eq!(
        rows(
            &session
                .call(BATCH, &batch_body(&["batch-a"], &reads, &[]))
                .ok()
        )
        .len(),
        0
    );

    // None was answered: the batch fails as a whole.
    let mut nowhere = policy(0);
    nowhere.extend(BATCH_OPTIONS);
    nowhere.extend_from_slice(b"\x01\x00\x04nope\x00\x01\x00\x00\x00\x00\xff\xff\x02\x00\x00\x00");
    nowhere.extend([row(0, 0, 1), row(0, 0, 2)].concat());
    session.call(BATCH, &nowhere).assert(2, 20);
    session.close();
}

#[test]
fn nodes_and_their_connections() {
    let mut session = Session::open(r#","maxConnsPerNode":40"#);
    let nodes: serde_json::Value = serde_json::from_slice(&session.call(NODES, &[]).ok()).unwrap();
    let node = nodes[0]["name"].as_str().unwrap().to_owned();
    assert_eq!(nodes[0]["active"], true);
    let pongs: serde_json::Value = serde_json::from_slice(&session.call(PING, b"{}").ok()).unwrap();
    assert!(pongs[0]["ms"].as_f64().unwrap() >= 0.0);
    let request = format!(r#"{{"commands":["namespaces"],"node":"{node}","timeout":1000}}"#);
    let info: serde_json::Value =
        serde_json::from_slice(&session.call(INFO, request.as_bytes()).ok()).unwrap();
    assert!(
        info[&node]["namespaces"].as_str().unwrap().contains("test"),
        "{info}"
    );
    session
        .call(INFO, br#"{"commands":["build"],"node":"nobody"}"#)
        .assert(2, -8);
    session
        .call(INFO, br#"{"commands":["build"],"x":1}"#)
        .assert(2, -2);

    let warm: serde_json::Value =
        serde_json::from_slice(&session.call(WARM_UP, &20u32.to_le_bytes()).ok()).unwrap();
    let opened = warm["opened"].as_u64().unwrap();
    assert!((15..=40).contains(&opened), "{warm}");
    let gauges: serde_json::Value =
        serde_json::from_slice(&session.call(CONNECTIONS, &[]).ok()).unwrap();
    assert!(
        (20..=40).contains(&gauges[0]["open"].as_u64().unwrap()),
        "{gauges}"
    );
    session.close();
}

#[test]
fn a_limit_of_one_makes_a_queue() {
    let mut session = Session::open(r#","maxConcurrentCommands":1"#);
    let get = [&policy(2)[..], &integer_key("single", 5), &ALL].concat();
    for _ in 0..100 {
        session.submit(GET, &get, 10_000);
    }
    let mut done = 0;
    let mut buffer = vec![0u8; 64 * 1024];
    while done < 100 {
        aef_queue_wait(session.queue, 1000);
        let length =
            unsafe { aef_queue_drain(session.queue, buffer.as_mut_ptr(), buffer.len() as u32) }
                as usize;
        let mut at = 0;
        while at < length {
            assert_eq!(buffer[at + 8], 1);
            at += number(&buffer, at) as usize;
            done += 1;
        }
    }
    session.close();
}

#[test]
fn connecting_fails_with_reasons() {
    let queue = aef_queue_open(10);
    let mut session = Session {
        queue,
        cluster: 0,
        tag: 0,
        drained: VecDeque::new(),
    };
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let config = |more: &str| {
        format!(r#"{{"hosts":[{{"host":"127.0.0.1","port":{port}}}],"connectTimeout":400{more}}}"#)
    };
    let start = Instant::now();
    let answer = session.call(OPEN, config("").as_bytes());
    answer.assert(2, -10);
    assert!(
        answer.text().contains(&format!(
            "127.0.0.1:{port}: accepts connections, but did not"
        )),
        "{}",
        answer.text()
    );
    assert!(start.elapsed() < Duration::from_secs(3));

    session
        .call(OPEN, config(r#","nonsense":1"#).as_bytes())
        .assert(2, -2);
    let (host, server_port) = address();
    let wrong = format!(
        r#"{{"hosts":[{{"host":"{host}","port":{server_port}}}],"connectTimeout":2000,"clusterName":"no-such-cluster"}}"#
    );
    let answer = session.call(OPEN, wrong.as_bytes());
    answer.assert(2, -10);
    assert!(
        answer.text().contains("no-such-cluster"),
        "{}",
        answer.text()
    );

    // A client that may start without a server is open at once, and says what it lacks.
    drop(silent);
    let cluster = session
        .call(OPEN, config(r#","failIfNotConnected":false"#).as_bytes())
        .ok();
    session.cluster = number(&cluster, 0);
    assert_eq!(aef_cluster_connected(session.cluster), 0);
    let get = [&policy(0)[..], &integer_key("single", 5), &ALL].concat();
    session.call(GET, &get).assert(2, -10);
    session.close();
}

/// Begins gets that run at the same time.
fn begin_gets(session: &mut Session, count: usize, deadline_ms: u32) -> Vec<u32> {
    let get = [&policy(0)[..], &integer_key("outage", 1), &ALL].concat();
    (0..count)
        .map(|_| session.submit(GET, &get, deadline_ms))
        .collect()
}

/// Gets that run at the same time; the codes that they end with.
fn gets(session: &mut Session, count: usize, deadline_ms: u32) -> Vec<i32> {
    begin_gets(session, count, deadline_ms);
    codes(session, count)
}

fn codes(session: &mut Session, count: usize) -> Vec<i32> {
    let mut codes = Vec::new();
    let mut buffer = vec![0u8; 64 * 1024];
    while codes.len() < count {
        assert_ne!(aef_queue_wait(session.queue, 20_000), 0, "no answer");
        let length =
            unsafe { aef_queue_drain(session.queue, buffer.as_mut_ptr(), buffer.len() as u32) };
        let mut at = 0;
        while at < length as usize {
            codes.push(number(&buffer, at + 12) as i32);
            at += number(&buffer, at) as usize;
        }
    }
    codes
}

#[test]
fn aborts_and_time_outs_cost_no_connections() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut session = Session::at(
        &address.ip().to_string(),
        address.port(),
        r#","maxConnsPerNode":120"#,
    );
    session.call(WARM_UP, &120u32.to_le_bytes()).ok();
    let before = server.stats().connections_opened;
    let delay = Duration::from_millis(150);
    server.fault(aerospike_emulator::Fault {
        delay,
        data_only: true,
        ..Default::default()
    });
    let mut late = 0;
    for _ in 0..20 {
        let codes = gets(&mut session, 50, 60);
        late += codes.iter().filter(|code| **code == 9).count();
        // A machine that is busy may hand out an answer before it looks at the clock.
        assert!(codes.iter().all(|code| [2, 9].contains(code)), "{codes:?}");
    }
    assert!(late >= 500, "{late} time-outs");
    let mut cancelled = 0;
    for _ in 0..20 {
        let tags = begin_gets(&mut session, 50, 5000);
        std::thread::sleep(Duration::from_millis(20));
        // On a machine that is busy, an answer may be there before it is cancelled.
        let taken: i32 = tags
            .into_iter()
            .map(|tag| aef_cancel(session.queue, tag))
            .sum();
        let mut codes = codes(&mut session, 50);
        codes.sort_unstable();
        let (ended, answered) = codes.split_at(taken as usize);
        assert!(ended.iter().all(|code| *code == -1004), "{codes:?}");
        assert!(answered.iter().all(|code| *code == 2), "{codes:?}");
        cancelled += taken;
    }
    assert!(cancelled >= 500, "{cancelled} were cancelled");
    server.fault(Default::default());
    std::thread::sleep(delay * 2);
    assert_eq!(gets(&mut session, 50, 5000), [2; 50]);
    let opened = server.stats().connections_opened - before;
    assert!(opened <= 5, "{opened} connections were opened anew");
    session.close();
    let until = Instant::now() + Duration::from_secs(5);
    while server.stats().connections_open > 0 {
        assert!(Instant::now() < until, "a connection outlived its cluster");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut session = Session::at(
        &address.ip().to_string(),
        address.port(),
        r#","maxConcurrentCommands":2"#,
    );
    server.fault(aerospike_emulator::Fault {
        silence: true,
        ..Default::default()
    });
    let key = integer_key("outage", 1);
    let put = [
        &policy(0)[..],
        &write_block(0, None),
        &key,
        &bins(&[("n", integer(1))]),
    ]
    .concat();
    let start = Instant::now();
    session.submit(PUT, &put, 200);
    let sent = session.next();
    sent.assert(2, 9);
    let text = sent.text();
    assert!(
        text.contains(r#""inDoubt":true,"sent":true,"phase":"command""#),
        "{text}"
    );
    // Two others take both places, the first one's too once it is asked to go: the next is never sent.
    wait_until("the first one is there", || server.stats().commands == 1);
    let running = [
        session.submit(PUT, &put, 60_000),
        session.submit(PUT, &put, 60_000),
    ];
    wait_until("both places are taken", || server.stats().commands == 3);
    session.submit(PUT, &put, 100);
    let waited = session.next();
    waited.assert(2, 9);
    assert!(
        waited.text().ends_with(r#","phase":"queue"}"#),
        "{}",
        waited.text()
    );
    assert_eq!(server.stats().commands, 3);
    for tag in running {
        assert_eq!(aef_cancel(session.queue, tag), 1);
        session.next().assert(2, -1004);
    }

    // With nothing answering, a close still ends in bounded time and stops what runs.
    let get = [&policy(0)[..], &key, &ALL].concat();
    let running = session.submit(GET, &get, 60_000);
    let closing = session.submit(CLOSE, &50u32.to_le_bytes(), 0);
    assert!(running < closing);
    session.next().assert(2, -1003);
    session.next().assert(1, 0);
    assert!(start.elapsed() < Duration::from_secs(10));
    aef_queue_close_begin(session.queue);
    session.next().assert(3, 0);
    assert_eq!(aef_queue_free(session.queue), 0);
}

#[test]
fn a_server_that_goes_away_and_comes_back() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut session = Session::at(
        &address.ip().to_string(),
        address.port(),
        r#","tendInterval":250"#,
    );
    let get = [&policy(0)[..], &integer_key("outage", 1), &ALL].concat();
    session.call(GET, &get).assert(1, 2);
    server.pause();
    // What it was sent before it noticed, it still answers.
    wait_until("the connections are closed", || {
        server.stats().connections_open == 0
    });
    for _ in 0..20 {
        session.submit(GET, &get, 300);
        let answer = session.next();
        assert_eq!(answer.kind, 2);
        // No connection, no reply, or the breaker: never a wrong answer.
        assert!(
            [-10, -8, -7, 9, -14].contains(&answer.code),
            "{} {}",
            answer.code,
            answer.text()
        );
    }
    server.resume().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        session.submit(GET, &get, 1000);
        let answer = session.next();
        if answer.kind == 1 {
            break;
        }
        assert!(Instant::now() < until, "{} {}", answer.code, answer.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    session.close();
}

#[test]
fn particles_of_any_form_are_the_servers_to_judge() {
    let mut session = Session::open("");
    let put = |key, particle| {
        [
            &policy(0)[..],
            &write_block(0, None),
            &integer_key("odd-particles", key),
            &bins(&[("n", particle)]),
        ]
        .concat()
    };
    let odd = [
        particle(1, &[1, 2, 3]),
        particle(2, &[0; 4]),
        particle(17, &[1, 2]),
        // Taken for the wire's header, its first bytes would have GeoJSON behind them.
        particle(23, b"\xff\0\0{\"type\":\"Point\",\"coordinates\":[1,2]}"),
        particle(7, &[1]),
    ];
    for (key, odd) in (0..).zip(odd) {
        // Stored or refused, but by the server.
        let answer = session.call(PUT, &put(key, odd.clone()));
        assert!((0..=255).contains(&answer.code), "{answer:?}");
        if odd[0] == 23 {
            // The header was put in front, so all of it was judged as text.
            answer.assert(2, 160);
        }
        if answer.code == 0 {
            let get = [&policy(0)[..], &integer_key("odd-particles", key), &ALL].concat();
            let payload = session.call(GET, &get).ok();
            assert_eq!(record(&payload).1, named(&[("n", odd)]));
        }
    }
    // A null with bytes is no particle.
    let mut frame = Vec::new();
    let body = put(1, particle(0, &[1]));
    for field in [
        24 + body.len() as u32,
        999,
        PUT.into(),
        session.cluster,
        0,
        0,
    ] {
        frame.extend_from_slice(&field.to_le_bytes());
    }
    frame.extend_from_slice(&body);
    assert_eq!(
        unsafe { aef_submit(session.queue, frame.as_ptr(), frame.len() as u32) },
        -2
    );
    session.close();
}

#[test]
fn a_batch_may_have_more_bin_names_than_fit_16_bits() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut session = Session::at(&address.ip().to_string(), address.port(), "");
    let (count, each) = (700i64, 100i64);
    let name_of = |key: i64, bin: i64| format!("b{key}_{bin}");
    let write = [&[1][..], &write_block(2, None)].concat();
    let writes: Vec<_> = (0..count)
        .map(|key| {
            let names: Vec<_> = (0..each).map(|bin| name_of(key, bin)).collect();
            let list: Vec<_> = (0..)
                .zip(&names)
                .map(|(bin, name)| (WRITE, name.as_str(), integer(key * each + bin)))
                .collect();
            [row(0, 0, key), operations(&list)].concat()
        })
        .collect();
    session
        .call(BATCH, &batch_body(&["names"], &[write], &writes))
        .ok();
    let reads = vec![[&[0, 0, 0][..], &ALL].concat()];
    let wanted: Vec<_> = (0..count).map(|key| row(0, 0, key)).collect();
    let body = batch_body(&["names"], &reads, &wanted);
    let mut through_core = body.clone();
    // The flag of the policy that keeps a read on core.
    through_core[28] |= 2;
    for body in [body, through_core] {
        let read = rows(&session.call(BATCH, &body).ok());
        for (key, row) in (0..).zip(&read) {
            let mut bins = row.bins.clone().unwrap();
            let mut expected: Bins = (0..each)
                .map(|bin| (name_of(key, bin), integer(key * each + bin)))
                .collect();
            bins.sort();
            expected.sort();
            assert_eq!(bins, expected, "row {key}");
        }
        // Of several tries, so that a machine that stands still for a while does not count.
        let seconds = (0..5).map(|_| {
            let start = Instant::now();
            session.call(BATCH, &body).ok();
            start.elapsed().as_secs_f64()
        });
        let quickest = seconds.fold(f64::INFINITY, f64::min);
        assert!(quickest < 1.0, "{quickest} s");
    }
    session.close();
}

#[test]
fn warming_up_keeps_to_its_time_out() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let request = [50u32.to_le_bytes(), 200u32.to_le_bytes()].concat();
    // Of several tries, so that a machine that stands still for a while does not count.
    let times = (0..3).map(|_| {
        server.fault(aerospike_emulator::Fault::default());
        let mut session = Session::at(
            &address.ip().to_string(),
            address.port(),
            r#","maxConnsPerNode":60,"tendInterval":60000"#,
        );
        server.fault(aerospike_emulator::Fault {
            silence: true,
            ..Default::default()
        });
        let start = Instant::now();
        let answer = session.call(WARM_UP, &request).ok();
        let took = start.elapsed();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        assert!(answer["opened"].as_u64().unwrap() <= 60, "{answer}");
        session.close();
        took
    });
    let quickest = times.min().expect("a time");
    assert!(quickest < Duration::from_millis(900), "{quickest:?}");
}

#[test]
fn a_cluster_that_does_not_start_says_why() {
    let config = aerospike_emulator::Config {
        cluster_name: Some("blue".into()),
        ..Default::default()
    };
    let server = aerospike_emulator::Server::start(&config).unwrap();
    let address = server.address();
    let mut session = Session {
        queue: aef_queue_open(10),
        cluster: 0,
        tag: 0,
        drained: VecDeque::new(),
    };
    let config = |extra: &str| {
        format!(
            r#"{{"hosts":[{{"host":"{}","port":{}}}],"failIfNotConnected":false{extra}}}"#,
            address.ip(),
            address.port()
        )
    };
    // What can never work is refused at once.
    let start = Instant::now();
    let wrong =
        r#","connectTimeout":9000,"minConnsPerNode":10,"maxConnsPerNode":5,"readPath":"core""#;
    let refused = session.call(OPEN, config(wrong).as_bytes());
    assert_eq!(refused.kind, 2, "{}", refused.text());
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{}",
        refused.text()
    );

    let other = r#","connectTimeout":500,"clusterName":"green""#;
    session.cluster = number(&session.call(OPEN, config(other).as_bytes()).ok(), 0);
    let get = [&policy(0)[..], &integer_key("single", 1), &ALL].concat();
    session.submit(GET, &get, 300);
    let answer = session.next();
    answer.assert(2, -10);
    assert!(answer.text().contains("green"), "{}", answer.text());
    session.close();
}

#[test]
fn a_close_waits_for_what_was_submitted_in_front_of_it() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut session = Session::at(&address.ip().to_string(), address.port(), "");
    let put = |key| {
        [
            &policy(0)[..],
            &write_block(0, None),
            &integer_key("burst", key),
            &bins(&[("n", integer(1))]),
        ]
        .concat()
    };
    let bodies = (0..200).map(|key| (PUT, put(key)));
    let close = (CLOSE, 5000u32.to_le_bytes().to_vec());
    let mut burst = Vec::new();
    for (tag, (command, body)) in (1u32..).zip(bodies.chain([close])) {
        let length = 24 + body.len() as u32;
        for field in [length, tag, command.into(), session.cluster, 10_000, 0] {
            burst.extend_from_slice(&field.to_le_bytes());
        }
        burst.extend_from_slice(&body);
    }
    let accepted = unsafe { aef_submit(session.queue, burst.as_ptr(), burst.len() as u32) };
    assert_eq!(accepted, 201);
    assert_eq!(codes(&mut session, 201), [0; 201]);
    assert_eq!(server.stats().records, 200);
    assert_eq!(aef_cluster_connected(session.cluster), -1);
    aef_queue_close_begin(session.queue);
    session.next().assert(3, 0);
    assert_eq!(aef_queue_free(session.queue), 0);
}

fn put(set: &str, key: i64) -> Vec<u8> {
    [
        &policy(0)[..],
        &write_block(0, None),
        &integer_key(set, key),
        &bins(&[("n", integer(1))]),
    ]
    .concat()
}

#[test]
fn the_last_user_of_a_cluster_ends_it() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut first = Session::at(&address.ip().to_string(), address.port(), "");
    let shared = token(first.cluster).unwrap();
    assert_eq!(
        unsafe { aef_cluster_share(first.cluster, [0u8; 31].as_mut_ptr(), 31) },
        -2
    );
    let mut second = first.attach();
    assert_ne!(first.cluster, second.cluster);
    assert_eq!(token(second.cluster), Ok(shared));

    // A close stops what its own user has in flight, on whichever queue, and nothing else.
    server.fault(aerospike_emulator::Fault {
        silence: true,
        data_only: true,
        ..Default::default()
    });
    let stays = second.submit(PUT, &put("users", 1), 60_000);
    first.submit(PUT, &put("users", 2), 60_000);
    first.submit(CLOSE, &0u32.to_le_bytes(), 0);
    first.next().assert(2, -1003);
    first.next().assert(1, 0);
    assert_eq!(aef_cluster_connected(first.cluster), -1);
    assert_eq!(token(first.cluster), Err(-1));
    assert_eq!(aef_cluster_connected(second.cluster), 1);
    assert_eq!(aef_cancel(second.queue, stays), 1);
    second.next().assert(2, -1004);
    server.fault(aerospike_emulator::Fault::default());

    // The token is good for as long as there is a user.
    first.cluster = 0;
    first.cluster = number(&first.call(ATTACH, &shared).ok(), 0);
    second.close();
    first.call(PUT, &put("users", 3)).ok();
    let mut queue = first.attach();
    first.close();
    queue.call(PUT, &put("users", 4)).ok();
    queue.call(CLOSE, &1000u32.to_le_bytes()).ok();
    wait_until("the connections are closed", || {
        server.stats().connections_open == 0
    });

    let stale = queue.call(ATTACH, &shared);
    stale.assert(2, -1003);
    assert!(stale.text().contains("last client"), "{}", stale.text());
    let mut foreign = shared;
    foreign[0] ^= 1;
    let foreign = queue.call(ATTACH, &foreign);
    foreign.assert(2, -2);
    assert!(foreign.text().contains("another process"));
    aef_queue_close_begin(queue.queue);
    queue.next().assert(3, 0);
    assert_eq!(aef_queue_free(queue.queue), 0);
}

#[test]
fn users_leave_with_the_thread_of_their_queue() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let (host, port) = (server.address().ip().to_string(), server.address().port());
    server.fault(aerospike_emulator::Fault {
        silence: true,
        data_only: true,
        ..Default::default()
    });
    let (give, take) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let of_thread = std::thread::spawn(move || {
        let mut session = Session::at(&host, port, "");
        assert_eq!(aef_queue_bind_thread(session.queue), 0);
        for key in 0..50 {
            session.submit(PUT, &put("ended", key), 60_000);
        }
        give.send((session.cluster, token(session.cluster).unwrap()))
            .unwrap();
        ended.recv().unwrap();
    });
    let (cluster, token) = take.recv().unwrap();
    assert_eq!(aef_cluster_connected(cluster), 1);
    // One that the server has not read yet would be carried out once it is silent no more.
    wait_until("the commands are there", || server.stats().commands == 50);
    let mut other = Session {
        queue: aef_queue_open(10),
        cluster: 0,
        tag: 0,
        drained: VecDeque::new(),
    };
    other.cluster = number(&other.call(ATTACH, &token).ok(), 0);
    end.send(()).unwrap();
    of_thread.join().unwrap();
    wait_until("the user has left", || aef_cluster_connected(cluster) == -1);
    server.fault(aerospike_emulator::Fault::default());
    other.call(PUT, &put("ended", 1)).ok();
    assert_eq!(server.stats().records, 1);
    other.close();
    wait_until("the connections are closed", || {
        server.stats().connections_open == 0
    });
}

#[test]
fn who_leaves_takes_no_more_commands() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let mut session = Session::at(&address.ip().to_string(), address.port(), "");
    server.fault(aerospike_emulator::Fault {
        silence: true,
        data_only: true,
        ..Default::default()
    });
    let runs = session.submit(PUT, &put("leaves", 1), 60_000);
    session.submit(CLOSE, &10_000u32.to_le_bytes(), 0);
    // Until the close has begun, there is no answer to these either.
    let refused = loop {
        session.submit(PUT, &put("leaves", 2), 50);
        let answer = session.next();
        if answer.code != 9 {
            break answer;
        }
    };
    refused.assert(2, -1003);
    assert_eq!(aef_cancel(session.queue, runs), 1);
    session.next().assert(2, -1004);
    session.next().assert(1, 0);
    aef_queue_close_begin(session.queue);
    session.next().assert(3, 0);
    assert_eq!(aef_queue_free(session.queue), 0);
}

#[test]
fn the_users_of_a_cluster_take_turns() {
    let server = aerospike_emulator::Server::start(&Default::default()).unwrap();
    let address = server.address();
    let limit = r#","maxConcurrentCommands":1"#;
    let mut many = Session::at(&address.ip().to_string(), address.port(), limit);
    let mut few = many.attach();
    server.record_commands(10_000);
    server.fault(aerospike_emulator::Fault {
        silence: true,
        data_only: true,
        ..Default::default()
    });
    // One has the only turn while the others line up, so that all of them wait when the turns begin.
    let first = many.submit(PUT, &put("first", 1), 60_000);
    wait_until("the turn is taken", || server.stats().commands == 1);
    for key in 0..500 {
        many.submit(PUT, &put("many", key), 60_000);
    }
    for key in 0..10 {
        few.submit(PUT, &put("few", key), 60_000);
    }
    server.fault(aerospike_emulator::Fault::default());
    assert_eq!(aef_cancel(many.queue, first), 1);
    assert_eq!(codes(&mut few, 10), [0; 10]);
    let order: Vec<_> = server
        .commands()
        .into_iter()
        .map(|command| command.set)
        .collect();
    let of_few: Vec<_> = (0..order.len()).filter(|at| order[*at] == "few").collect();
    // From the first on, one of the many stands between two of the few.
    let gaps: Vec<_> = of_few.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps, [2; 9], "{of_few:?}");
    let of_many = codes(&mut many, 501);
    assert_eq!(of_many[0], -1004);
    assert_eq!(of_many[1..], [0; 500]);
    few.close();
    many.close();
}
