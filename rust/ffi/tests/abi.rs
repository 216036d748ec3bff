//! The ABI from outside, without a server: queues, echoes, hostile frames.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aerospike_ffi::api::*;

const ECHO: u8 = 1;
const PANIC: u8 = 2;
const OPEN: u8 = 3;
const CLOSE: u8 = 4;
const ATTACH: u8 = 11;
const RESULT: u8 = 1;
const ERROR: u8 = 2;
const CLOSED: u8 = 3;

fn frame(tag: u32, command: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.extend_from_slice(&(24 + body.len() as u32).to_le_bytes());
    frame.extend_from_slice(&tag.to_le_bytes());
    frame.push(command);
    frame.extend_from_slice(&[0; 15]);
    frame.extend_from_slice(body);
    frame
}

fn echo(tag: u32, delay_ms: u32, bytes: &[u8]) -> Vec<u8> {
    frame(tag, ECHO, &[&delay_ms.to_le_bytes(), bytes].concat())
}

fn submit(queue: u32, frames: &[u8]) -> i32 {
    unsafe { aef_submit(queue, frames.as_ptr(), frames.len() as u32) }
}

#[derive(Debug, Clone)]
struct Record {
    tag: u32,
    kind: u8,
    code: i32,
    payload: Vec<u8>,
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().unwrap())
}

fn drain(queue: u32) -> Vec<Record> {
    let mut buffer = vec![0u8; 16 * 1024];
    let length =
        unsafe { aef_queue_drain(queue, buffer.as_mut_ptr(), buffer.len() as u32) } as usize;
    let mut records = Vec::new();
    let mut at = 0;
    while at < length {
        let record = &buffer[at..];
        let size = number(&record[16..20]) as usize;
        let payload = if record[9] & 1 == 0 {
            record[24..24 + size].to_vec()
        } else {
            let mut held = vec![0; size];
            let handle = number(&record[20..24]);
            let copy = |target: &mut [u8]| unsafe {
                aef_result_copy(queue, handle, target.as_mut_ptr(), target.len() as u32)
            };
            assert_eq!(copy(&mut held[1..]), -2, "a wrong length frees nothing");
            assert_eq!(copy(&mut held), 0);
            assert_eq!(copy(&mut held), -1, "a result is copied once");
            held
        };
        records.push(Record {
            tag: number(&record[4..8]),
            kind: record[8],
            code: number(&record[12..16]) as i32,
            payload,
        });
        at += number(&record[0..4]) as usize;
    }
    assert_eq!(at, length, "only whole records are drained");
    records
}

/// Drains until `enough`, and fails when it takes too long.
fn collect(queue: u32, mut enough: impl FnMut(&[Record]) -> bool) -> Vec<Record> {
    let until = Instant::now() + Duration::from_secs(20);
    let mut records = Vec::new();
    while !enough(&records) {
        assert!(
            Instant::now() < until,
            "only {} records came",
            records.len()
        );
        aef_queue_wait(queue, 50);
        records.extend(drain(queue));
    }
    records
}

fn take(queue: u32, count: usize) -> Vec<Record> {
    let records = collect(queue, |records| records.len() >= count);
    assert_eq!(records.len(), count);
    records
}

fn close(queue: u32) -> Vec<Record> {
    assert_eq!(aef_queue_close_begin(queue), 0);
    let records = collect(queue, |records| {
        records.last().is_some_and(|record| record.kind == CLOSED)
    });
    assert_eq!(aef_queue_wait(queue, 1000), 2);
    assert_eq!(aef_queue_free(queue), 0);
    assert_eq!(aef_queue_free(queue), -1);
    records
}

/// Every one of the tags, once.
fn assert_once(records: &[Record], tags: impl Iterator<Item = u32>) {
    let mut seen: HashMap<u32, u32> = HashMap::new();
    for record in records.iter().filter(|record| record.kind != CLOSED) {
        *seen.entry(record.tag).or_default() += 1;
    }
    let mut expected = 0;
    for tag in tags {
        assert_eq!(seen.get(&tag), Some(&1), "tag {tag}");
        expected += 1;
    }
    assert_eq!(seen.len(), expected);
}

#[test]
fn echoes_come_back_small_and_large() {
    let queue = aef_queue_open(64);
    for (tag, size) in [
        (1, 0),
        (2, 1),
        (3, 8188),
        (4, 8192),
        (5, 8193),
        (6, 1_000_000),
    ] {
        let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        assert_eq!(submit(queue, &echo(tag, 0, &bytes)), 1);
        let record = take(queue, 1).remove(0);
        assert_eq!((record.tag, record.kind, record.code), (tag, RESULT, 0));
        assert!(record.payload == bytes, "{size} bytes");
    }
    close(queue);
}

#[test]
fn every_command_completes_once_when_cancelled_and_closed() {
    let queue = aef_queue_open(4096);
    let mut frames = Vec::new();
    for tag in 0..3000 {
        let delay = [0, 1, 5, 60_000][tag as usize % 4];
        frames.extend(if tag % 100 == 99 {
            frame(tag, PANIC, &[])
        } else {
            echo(tag, delay, b"x")
        });
    }
    assert_eq!(submit(queue, &frames), 3000);
    for tag in (0..3000).step_by(3) {
        aef_cancel(queue, tag);
    }
    std::thread::sleep(Duration::from_millis(20));
    let records = close(queue);
    assert_once(&records, 0..3000);
    assert_eq!(records.last().map(|record| record.kind), Some(CLOSED));
    for record in &records {
        match (record.tag % 100, record.tag % 4) {
            _ if record.kind == CLOSED => {}
            (99, _) => assert!(record.kind == ERROR && [-1000, -1004].contains(&record.code)),
            (_, 3) => assert_eq!((record.kind, record.code), (ERROR, -1004)),
            _ => assert!(record.kind == RESULT || record.code == -1004),
        }
        assert!(record.payload.len() < 2048);
    }
    assert_eq!(submit(queue, &echo(1, 0, b"")), -1);
}

#[test]
fn cancelling_answers_at_once() {
    let queue = aef_queue_open(4);
    assert_eq!(submit(queue, &echo(1, 60_000, b"")), 1);
    assert_eq!(aef_cancel(queue, 1), 1);
    let record = take(queue, 1).remove(0);
    assert_eq!((record.kind, record.code), (ERROR, -1004));
    assert_eq!(
        (
            aef_cancel(queue, 1),
            aef_cancel(queue, 77),
            aef_cancel(0, 1)
        ),
        (0, 0, 0)
    );
    close(queue);
}

#[test]
fn deadlines_are_hard() {
    let queue = aef_queue_open(4);
    let mut frames = echo(1, 60_000, b"");
    frames[16..20].copy_from_slice(&50u32.to_le_bytes());
    let start = Instant::now();
    assert_eq!(submit(queue, &frames), 1);
    let record = take(queue, 1).remove(0);
    assert_eq!((record.kind, record.code), (ERROR, 9));
    assert!(
        start.elapsed() >= Duration::from_millis(45) && start.elapsed() < Duration::from_secs(5)
    );
    close(queue);
}

#[test]
fn a_full_queue_takes_what_fits() {
    let queue = aef_queue_open(10);
    let frames: Vec<u8> = (0..25).flat_map(|tag| echo(tag, 0, b"abc")).collect();
    let one = frames.len() / 25;
    assert_eq!(submit(queue, &frames), 10);
    assert_eq!(
        submit(queue, &frames[10 * one..]),
        0,
        "completed but not drained still counts"
    );
    assert_eq!(take(queue, 10).len(), 10);
    assert_eq!(submit(queue, &frames[10 * one..]), 10);
    take(queue, 10);
    assert_eq!(submit(queue, &frames[20 * one..]), 5);
    take(queue, 5);
    close(queue);
}

#[test]
fn who_comes_and_goes_needs_no_room() {
    let queue = aef_queue_open(2);
    let full = [1, 2, 3].map(|tag| echo(tag, 60_000, b"")).concat();
    assert_eq!(submit(queue, &full), 2);
    // Nothing can be opened by this, nor attached to, and no handle is 0: all three are errors.
    let comes_and_goes = [
        frame(4, OPEN, b"no JSON"),
        frame(5, ATTACH, &[0; 32]),
        frame(6, CLOSE, &[0; 4]),
    ]
    .concat();
    assert_eq!(submit(queue, &comes_and_goes), 3);
    assert_once(&take(queue, 3), 4..7);
    assert_eq!(submit(queue, &echo(3, 0, b"")), 0, "the others still do");
    let behind = [echo(3, 0, b""), frame(4, CLOSE, &[0; 4])].concat();
    assert_eq!(submit(queue, &behind), 0, "the order stays");
    close(queue);
}

#[test]
fn who_comes_and_goes_takes_no_room() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let configuration =
        format!(r#"{{"hosts":[{{"host":"127.0.0.1","port":{port}}}],"connectTimeout":60000}}"#);
    let queue = aef_queue_open(2);
    assert_eq!(submit(queue, &frame(1, OPEN, configuration.as_bytes())), 1);
    let full = [2, 3, 4].map(|tag| echo(tag, 60_000, b"")).concat();
    assert_eq!(submit(queue, &full), 2);
    assert_once(&close(queue), 1..4);
}

#[test]
fn a_tag_is_in_flight_once() {
    let queue = aef_queue_open(10);
    assert_eq!(submit(queue, &echo(1, 60_000, b"")), 1);
    assert_eq!(
        submit(queue, &[echo(2, 0, b""), echo(1, 0, b"")].concat()),
        -2
    );
    assert_eq!(
        submit(queue, &[echo(3, 0, b""), echo(3, 0, b"")].concat()),
        -2
    );
    aef_cancel(queue, 1);
    assert_once(&take(queue, 1), 1..2);
    assert_eq!(
        submit(queue, &echo(1, 0, b"")),
        1,
        "a tag may be used again"
    );
    take(queue, 1);
    close(queue);
}

#[test]
fn unknown_handles_are_refused() {
    for queue in [0, 1, 0xFFFF_FFFF] {
        assert_eq!(submit(queue, &echo(1, 0, b"")), -1);
        assert_eq!((aef_queue_wait(queue, 0), drain(queue).len()), (2, 0));
        assert_eq!(
            (aef_queue_close_begin(queue), aef_queue_free(queue)),
            (-1, -1)
        );
        assert_eq!(
            (aef_queue_callback(queue, None, 0), aef_log(queue, 1)),
            (-1, -1)
        );
        assert_eq!(aef_cluster_connected(queue), -1);
        assert_eq!(aef_queue_bind_thread(queue), -1);
        assert_eq!(
            unsafe { aef_cluster_share(queue, [0u8; 32].as_mut_ptr(), 32) },
            -1
        );
    }
    let queue = aef_queue_open(4);
    assert_eq!(aef_queue_free(queue), -2, "not closed yet");
    let mut get = frame(5, 4, &0u32.to_le_bytes());
    get[12..16].copy_from_slice(&99u32.to_le_bytes());
    assert_eq!(submit(queue, &get), 1);
    assert_eq!(take(queue, 1)[0].code, -1003);
    close(queue);
}

static RUNG: AtomicU32 = AtomicU32::new(0);
static RUNG_FOR: Mutex<Vec<u32>> = Mutex::new(Vec::new());

extern "C" fn wake(queue: u32) {
    RUNG_FOR.lock().unwrap().push(queue);
    RUNG.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn the_doorbell_rings_from_empty_to_non_empty_only() {
    for mode in [0, 1] {
        RUNG.store(0, Ordering::SeqCst);
        let queue = aef_queue_open(100);
        assert_eq!(aef_queue_callback(queue, Some(wake), mode), 0);
        let settle = |expected| {
            let until = Instant::now() + Duration::from_secs(20);
            while RUNG.load(Ordering::SeqCst) < expected {
                assert!(Instant::now() < until, "mode {mode}: no ring {expected}");
                std::thread::sleep(Duration::from_millis(5));
            }
            // It came; now for one too many.
            std::thread::sleep(Duration::from_millis(100));
            assert_eq!(RUNG.load(Ordering::SeqCst), expected, "mode {mode}");
        };
        let burst = |from: u32| {
            (from..from + 10)
                .flat_map(|tag| echo(tag, 0, b""))
                .collect::<Vec<_>>()
        };
        // Drains so many, and never finds the queue empty, which would arm the doorbell.
        let drain_all = |count| {
            let mut drained = 0;
            while drained < count {
                assert_eq!(
                    aef_queue_wait(queue, 20_000),
                    1,
                    "{drained} of {count} came"
                );
                drained += drain(queue).len();
            }
            assert_eq!(drained, count);
        };
        submit(queue, &burst(0));
        settle(1);
        submit(queue, &burst(10));
        settle(1);
        drain_all(20);
        submit(queue, &burst(20));
        // Not armed: the queue was never seen empty.
        settle(1);
        drain_all(10);
        assert_eq!(drain(queue).len(), 0);
        submit(queue, &burst(30));
        settle(2);
        assert_eq!(aef_queue_callback(queue, None, mode), 0);
        drain_all(10);
        assert_eq!(drain(queue).len(), 0);
        submit(queue, &burst(40));
        settle(2);
        // A doorbell that comes late still says what waits.
        assert_eq!(aef_queue_callback(queue, Some(wake), mode), 0);
        settle(3);
        close(queue);
        assert!(RUNG_FOR.lock().unwrap().drain(..).all(|rung| rung == queue));
    }
}

#[cfg(unix)]
#[test]
fn a_socket_is_a_doorbell_too() {
    use std::io::Read;
    let queue = aef_queue_open(100);
    let mut path = [0u8; 200];
    assert_eq!(
        unsafe { aef_queue_socket(queue, path.as_mut_ptr(), 10) },
        -2
    );
    let length = unsafe { aef_queue_socket(queue, path.as_mut_ptr(), 200) };
    let path = std::str::from_utf8(&path[..length as usize])
        .unwrap()
        .to_owned();
    // A ring before anyone is connected is not lost.
    submit(queue, &echo(1, 0, b""));
    std::thread::sleep(Duration::from_millis(20));
    let mut stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut byte = [0; 8];
    assert_eq!(stream.read(&mut byte).unwrap(), 1);
    assert!(
        !std::path::Path::new(&path).exists(),
        "the path is gone after the first connection"
    );
    take(queue, 1);
    assert_eq!(drain(queue).len(), 0);
    submit(queue, &echo(2, 1, b""));
    assert_eq!(stream.read(&mut byte).unwrap(), 1);
    // A peer that went away does no harm.
    drop(stream);
    take(queue, 1);
    assert_eq!(drain(queue).len(), 0);
    submit(queue, &echo(3, 1, b""));
    take(queue, 1);
    close(queue);
}

/// A generator that always gives the same numbers.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }
}

/// Frames that are right, of every command with a body of its own.
fn samples() -> Vec<Vec<u8>> {
    let policy = [
        &[0u8; 20][..],
        &1f32.to_le_bytes(),
        &[2, 0, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let write = [0u8; 16];
    let key = b"\x04test\x03set\x03\x02\x00\x00\x00ab";
    let bins = [
        &b"\x02\x00\x01a\x01\x08\x00\x00\x00"[..],
        &[0; 8],
        b"\x01b\x03\x01\x00\x00\x00x",
    ]
    .concat();
    let operations = [
        &b"\x02\x00\x01\x01a\x00\x00\x00\x00\x00\x03\x01a\x01\x08\x00\x00\x00"[..],
        &[1; 8],
    ]
    .concat();
    // Up to three attempts of a row, with pauses of up to 10 and 500 ms.
    let batch_options = [1, 0, 1, 0, 3, 1, 0, 0, 10, 0, 0, 0, 0xf4, 1, 0, 0];
    let reads = b"\x01\x00\x01\x01a\x00\x00\x00\x00\x00";
    let selection = b"\x02\x00\x01a\x02bc";
    let batch = [
        &policy[..],
        &batch_options,
        b"\x01\x00\x04test\x03set",
        b"\x05\x00\x00\x00\x00\xff\xff\x00\x32\x05\x01\x03",
        &reads[..],
        &[1],
        &write,
        &[2],
        &write,
        &[3],
        &write,
        b"\x06module\x08function",
        &5u32.to_le_bytes(),
        &[0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8],
        &[0, 0, 1, 0, 0],
        &[9; 20],
        b"\x00\x00\x02\x00\x04\x01\x00\x00\x00z",
        &operations,
        &[0, 0, 3, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8],
        &[0, 0, 4, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8],
        b"\x14\x02\x00\x00\x00\x91\x05",
    ]
    .concat();
    let keys = [
        &policy[..],
        &batch_options,
        b"\x01\x00\x04test\x03set",
        b"\x01\x00\x00\x00\x00\x02\x00\x01a\x02bc",
        &2u32.to_le_bytes(),
        &[0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8],
        &[0, 0, 0, 0, 0],
        &[9; 20],
    ]
    .concat();
    let columns = [
        &b"\x03\x00\x01a\x01\x00\x00\x00\x00\x00\x00"[..],
        b"\x02bc\x02\x80\x00\x00\x00\x00\x00",
        b"\x01a\x0a\xff\xff\xff\xff\x00\x00",
        &keys,
    ]
    .concat();
    // From inside a map, and with a fill.
    let nested = [
        &b"\x01\x00\x01a\x04\x00\x00\x00\x00\x02\x01k\x00\x01\x01\x02\x03\x04\x05\x06\x07\x08"[..],
        &keys,
    ]
    .concat();
    // A packed expression behind the policy's last block, and in templates.
    let filter = &b"\x02\x00\x00\x00\x91\x4a"[..];
    let mut filtered = policy.clone();
    filtered[28] = 8;
    let mut write_filtered = write;
    write_filtered[3] = 4;
    let computed =
        b"\x02\x00\x0a\x01r\x04\x03\x00\x00\x00\x10\x91\x4a\x0b\x01w\x04\x02\x00\x00\x00\x00\x05";
    let batch_filtered = [
        &filtered[..],
        &batch_options,
        filter,
        b"\x01\x00\x04test\x03set",
        b"\x04\x00\x00\x00\x02",
        filter,
        b"\xff\xff\x00\x32\x03",
        filter,
        &reads[..],
        &[1],
        &write_filtered,
        filter,
        &[2],
        &write_filtered,
        filter,
        &1u32.to_le_bytes(),
        &[0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8],
    ]
    .concat();
    vec![
        frame(0, 4, &[1, 0, 0, 0]),
        frame(0, 16, &[&policy[..], key, selection].concat()),
        frame(0, 17, &[&policy[..], key].concat()),
        frame(0, 18, &[&policy[..], &write, key, &bins].concat()),
        frame(0, 23, &[&policy[..], &write, key].concat()),
        frame(0, 24, &[&policy[..], &write, key, &operations].concat()),
        frame(0, 32, &batch),
        frame(0, 33, &columns),
        frame(0, 33, &nested),
        frame(0, 16, &[&filtered[..], filter, key, selection].concat()),
        frame(0, 18, &[&filtered[..], &write, filter, key, &bins].concat()),
        frame(
            0,
            24,
            &[&filtered[..], &write, filter, key, computed].concat(),
        ),
        frame(0, 32, &batch_filtered),
    ]
}

#[test]
fn right_frames_are_accepted_and_cut_ones_are_not() {
    let queue = aef_queue_open(100);
    for (number, sample) in samples().into_iter().enumerate() {
        for cut in 0..sample.len() {
            // As it is, and with a length that agrees.
            assert_eq!(submit(queue, &sample[..cut]), if cut == 0 { 0 } else { -2 });
            let mut shorter = sample[..cut].to_vec();
            if cut >= 4 {
                shorter[..4].copy_from_slice(&(cut as u32).to_le_bytes());
                assert_eq!(submit(queue, &shorter), -2, "sample {number} cut at {cut}");
            }
        }
        let mut longer = [&sample[..], &[0]].concat();
        longer[..4].copy_from_slice(&(sample.len() as u32 + 1).to_le_bytes());
        assert_eq!(submit(queue, &longer), -2, "sample {number}");
        assert_eq!(
            submit(queue, &[echo(9, 0, b""), sample[..10].to_vec()].concat()),
            -2,
            "none is accepted"
        );
        assert_eq!(submit(queue, &sample), 1, "sample {number}");
        // There is no such cluster.
        assert_eq!(take(queue, 1)[0].code, -1003);
    }
    // Columns are read: a batch that writes, or that reads otherwise than by bins, is not theirs.
    let writes = [
        &b"\x01\x00\x01a\x01\x00\x00\x00\x00\x00\x00"[..],
        &samples()[6][24..],
    ]
    .concat();
    assert_eq!(submit(queue, &frame(1, 33, &writes)), -2);
    // An expression has bytes, and a command's own filter belongs to its policy.
    let filtered = samples()[9].clone();
    let empty = [&filtered[..56], &[0; 4], &filtered[62..]].concat();
    assert_eq!(submit(queue, &frame(1, 16, &empty[24..])), -2);
    let mut in_write_block = samples()[3][24..].to_vec();
    in_write_block[32 + 3] = 4;
    assert_eq!(submit(queue, &frame(1, 18, &in_write_block)), -2);
    for command in [0, 11, 15, 25, 31, 34, 255] {
        assert_eq!(
            submit(queue, &frame(1, command, &[])),
            -2,
            "command {command}"
        );
    }
    assert_eq!(close(queue).len(), 1);
}

#[test]
fn hostile_frames_do_no_harm() {
    let queue = aef_queue_open(100);
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    let samples = samples();
    for round in 0..30_000u32 {
        let mut frame = samples[noise.next() as usize % samples.len()].clone();
        for _ in 0..1 + noise.next() % 4 {
            let at = noise.next() as usize % frame.len();
            frame[at] = [0, 1, 0x7f, 0x80, 0xff, noise.next() as u8][noise.next() as usize % 6];
        }
        // Never a command that connects, and never a cluster that another test has.
        if frame[8] == 3 {
            frame[8] = 16;
        }
        frame[12..16].copy_from_slice(&0u32.to_le_bytes());
        frame[4..8].copy_from_slice(&round.to_le_bytes());
        match submit(queue, &frame) {
            1 => {
                // It may have become an echo for next year.
                aef_cancel(queue, round);
                take(queue, 1);
            }
            refused => assert!(refused == -2 || refused == 0, "{refused}"),
        }
    }
    assert_eq!(submit(queue, &echo(1, 0, b"still here")), 1);
    assert_eq!(take(queue, 1)[0].payload, b"still here");
    close(queue);
}

#[test]
fn a_queue_ends_with_its_thread() {
    static RUNG_LATE: AtomicU32 = AtomicU32::new(0);
    extern "C" fn late(_: u32) {
        RUNG_LATE.fetch_add(1, Ordering::SeqCst);
    }
    let of_thread = std::thread::spawn(|| {
        let freed = aef_queue_open(4);
        assert_eq!(aef_queue_bind_thread(freed), 0);
        close(freed);
        let queue = aef_queue_open(100);
        assert_eq!(aef_queue_bind_thread(queue), 0);
        assert_eq!(aef_queue_bind_thread(queue), 0, "twice is as once");
        assert_eq!(aef_queue_callback(queue, Some(late), 0), 0);
        // One is done and not drained, a large one is held, one cannot be stopped, and one goes on for a minute.
        for frame in [
            echo(1, 0, b"done"),
            echo(2, 0, &[7; 100_000]),
            echo(3, 60_000, b"never"),
        ] {
            assert_eq!(submit(queue, &frame), 1);
        }
        let until = Instant::now() + Duration::from_secs(20);
        while RUNG_LATE.load(Ordering::SeqCst) == 0 {
            assert!(Instant::now() < until);
            std::thread::yield_now();
        }
        RUNG_LATE.store(0, Ordering::SeqCst);
        queue
    });
    let queue = of_thread.join().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while submit(queue, &echo(4, 0, b"")) != -1 {
        assert!(Instant::now() < until, "the queue is still there");
        std::thread::yield_now();
    }
    assert_eq!((aef_queue_wait(queue, 60_000), drain(queue).len()), (2, 0));
    assert_eq!(aef_queue_free(queue), -1);
    assert_eq!(RUNG_LATE.load(Ordering::SeqCst), 0);
}

#[test]
fn who_waits_hears_of_the_end_of_the_queues_thread() {
    let (give, take) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let of_thread = std::thread::spawn(move || {
        let queue = aef_queue_open(4);
        assert_eq!(aef_queue_bind_thread(queue), 0);
        assert_eq!(submit(queue, &echo(1, 60_000, b"")), 1);
        give.send(queue).unwrap();
        ended.recv().unwrap();
    });
    let queue = take.recv().unwrap();
    let waits = std::thread::spawn(move || aef_queue_wait(queue, 60_000));
    end.send(()).unwrap();
    of_thread.join().unwrap();
    assert_eq!(waits.join().unwrap(), 2);
}

#[test]
fn submitting_cancelling_and_draining_from_many_threads() {
    let queue = aef_queue_open(1000);
    let submitted: u32 = std::thread::scope(|scope| {
        let drained = scope.spawn(|| {
            collect(queue, |records| {
                records.last().is_some_and(|r| r.kind == CLOSED)
            })
        });
        let submitters: Vec<_> = (0..4u32)
            .map(|thread| {
                scope.spawn(move || {
                    let mut accepted = 0;
                    for number in 0..2000 {
                        let tag = thread << 24 | number;
                        if submit(queue, &echo(tag, number % 3, &[7; 16])) == 1 {
                            accepted += 1;
                        }
                        aef_cancel(queue, tag.wrapping_sub(1));
                    }
                    accepted
                })
            })
            .collect();
        let submitted = submitters
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum();
        aef_queue_close_begin(queue);
        let records = drained.join().unwrap();
        let mut tags: Vec<_> = records
            .iter()
            .filter(|r| r.kind != CLOSED)
            .map(|r| r.tag)
            .collect();
        assert_eq!(tags.len() as u32, submitted);
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len() as u32, submitted);
        submitted
    });
    assert!(submitted > 0);
    assert_eq!(aef_queue_free(queue), 0);
}
