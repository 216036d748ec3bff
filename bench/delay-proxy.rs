//! A TCP proxy that delays: what comes in goes out so much later, in its order, as much at a time as came. Nothing is
//! limited but time, as on a long line. It stands before the nodes of an Aerospike cluster and answers for their
//! addresses: where a node tells clients by the info protocol how it or its peers are reached, the proxy's own
//! addresses are written in their place, so that a client that was seeded with the proxy stays on it.
//!
//! `delay-proxy DELAYS NODE...`: DELAYS are round trips to add, in microseconds, with commas; a NODE is the address to
//! connect to and, after commas, what else the node is known as. One line of output for each delay: the listening
//! addresses, in the order of the nodes, with spaces. At the end of its standard input it ends, and says how late it was.
//!
//! It is no part of the client, and needs only the standard library: threads that sleep are late by some
//! microseconds, where timers of an event loop are by a millisecond.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// More than a socket holds at a time.
const CHUNK: usize = 256 * 1024;
/// Chunks under way on one connection: far more than a delay's worth, so that it bounds memory and not bandwidth.
const UNDER_WAY: usize = 1024;
const HEADER: usize = 8;
const INFO: u8 = 1;
/// Sleeps of threads are rounded up by this many nanoseconds on Linux; the default is 50,000.
const TIMER_SLACK: &str = "1000";

/// A node's addresses, as it says them, and where the proxy listens for it.
type Addresses = Arc<HashMap<String, String>>;

struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
}

/// Microseconds by which chunks went out later than they were due.
type Lateness = Arc<Mutex<Vec<u32>>>;

fn main() -> io::Result<()> {
    let usage = "delay-proxy DELAYS NODE...";
    let mut arguments = std::env::args().skip(1);
    let delays: Vec<u64> = arguments
        .next()
        .expect(usage)
        .split(',')
        .map(|text| text.parse().expect("a delay is a number of microseconds"))
        .collect();
    let nodes: Vec<Vec<String>> = arguments
        .map(|node| node.split(',').map(str::to_owned).collect())
        .collect();
    assert!(!nodes.is_empty(), "{usage}");
    if let Err(error) = std::fs::write("/proc/self/timerslack_ns", TIMER_SLACK) {
        eprintln!("delay-proxy: sleeps stay as coarse as they are ({error})");
    }
    let lateness = Lateness::default();
    for delay in delays {
        let listeners: Vec<TcpListener> = nodes
            .iter()
            .map(|_| TcpListener::bind("127.0.0.1:0"))
            .collect::<io::Result<_>>()?;
        let own: Vec<String> = listeners
            .iter()
            .map(|listener| Ok(listener.local_addr()?.to_string()))
            .collect::<io::Result<_>>()?;
        let known = nodes.iter().zip(&own);
        let addresses: Addresses = Arc::new(
            known
                .flat_map(|(names, own)| names.iter().map(|name| (name.clone(), own.clone())))
                .collect(),
        );
        // Half of it on each way.
        let way = Duration::from_nanos(delay * 500);
        for ((listener, names), own) in listeners.into_iter().zip(&nodes).zip(&own) {
            let (target, own) = (names[0].clone(), own.clone());
            let (addresses, lateness) = (addresses.clone(), lateness.clone());
            thread::spawn(move || accept(&listener, &target, way, &own, &addresses, &lateness));
        }
        println!("{}", own.join(" "));
    }
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    println!("{}", summary(&mut lateness.lock().expect("no thread panics with it")));
    Ok(())
}

fn summary(late: &mut [u32]) -> String {
    late.sort_unstable();
    let at = |share: f64| late.get(((late.len() as f64 * share) as usize).min(late.len().saturating_sub(1)));
    let [p50, p99] = [at(0.5), at(0.99)].map(|value| value.map_or("null".into(), u32::to_string));
    format!(
        "{{\"chunks\":{},\"lateP50Micros\":{p50},\"lateP99Micros\":{p99}}}",
        late.len()
    )
}

fn accept(listener: &TcpListener, target: &str, way: Duration, own: &str, addresses: &Addresses, lateness: &Lateness) {
    for client in listener.incoming() {
        let client = client.expect("accepting goes on while the process has file descriptors");
        // A server that is not there is seen by the client as one that hangs up.
        match TcpStream::connect(target) {
            Ok(server) => {
                if let Err(error) = join(client, server, way, own, addresses, lateness) {
                    eprintln!("delay-proxy: a connection to {target}: {error}");
                }
            }
            Err(error) => eprintln!("delay-proxy: {target}: {error}"),
        }
    }
}

fn join(
    client: TcpStream,
    server: TcpStream,
    way: Duration,
    own: &str,
    addresses: &Addresses,
    lateness: &Lateness,
) -> io::Result<()> {
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let answers = Answers::new(own.to_owned(), addresses.clone());
    forward(client.try_clone()?, server.try_clone()?, way, None, lateness.clone());
    forward(server, client, way, Some(answers), lateness.clone());
    Ok(())
}

/// One way of a connection: a thread that reads and one that writes when it is time.
fn forward(from: TcpStream, to: TcpStream, way: Duration, answers: Option<Answers>, lateness: Lateness) {
    let (sender, receiver) = sync_channel(UNDER_WAY);
    thread::spawn(move || read(from, way, answers, &sender));
    thread::spawn(move || write(to, &receiver, &lateness));
}

fn read(mut from: TcpStream, way: Duration, mut answers: Option<Answers>, sender: &SyncSender<Chunk>) {
    let mut buffer = vec![0; CHUNK];
    // An error is an end as the peer's is: both are passed on by hanging up.
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let due = Instant::now() + way;
        let bytes = match &mut answers {
            Some(answers) => answers.pass(&buffer[..count]),
            None => buffer[..count].to_vec(),
        };
        if !bytes.is_empty() && sender.send(Chunk { due, bytes }).is_err() {
            break;
        }
    }
}

fn write(mut to: TcpStream, receiver: &Receiver<Chunk>, lateness: &Lateness) {
    let mut late = Vec::new();
    for Chunk { due, bytes } in receiver {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        late.push(u32::try_from((Instant::now() - due).as_micros()).unwrap_or(u32::MAX));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    lateness.lock().expect("no thread panics with it").append(&mut late);
    // Both ways: who hung up does not read either. It may be gone already, which is what was wanted.
    let _ = to.shutdown(Shutdown::Both);
}

/// What a server answers: messages of 8 bytes and what follows. Only those of the info protocol are held until they are
/// whole, because they are rewritten; of all others the bytes pass as they come.
struct Answers {
    own: String,
    addresses: Addresses,
    /// Of the message that passes: bytes that are still to come.
    left: u64,
    /// The start of a message that is not whole yet.
    held: Vec<u8>,
}

impl Answers {
    fn new(own: String, addresses: Addresses) -> Self {
        Self {
            own,
            addresses,
            left: 0,
            held: Vec::new(),
        }
    }

    fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.left > 0 {
                let count = rest.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
                out.extend_from_slice(&rest[..count]);
                self.left -= count as u64;
                rest = &rest[count..];
                continue;
            }
            let wanted = if self.held.len() < HEADER {
                HEADER
            } else {
                HEADER + length(&self.held) as usize
            };
            let count = rest.len().min(wanted - self.held.len());
            self.held.extend_from_slice(&rest[..count]);
            rest = &rest[count..];
            if self.held.len() < HEADER {
                break;
            }
            if self.held[1] != INFO {
                self.left = length(&self.held);
                out.append(&mut self.held);
            } else if self.held.len() as u64 == HEADER as u64 + length(&self.held) {
                out.extend_from_slice(&self.rewritten());
                self.held.clear();
            }
        }
        out
    }

    /// The info answer that is held: `name\tvalue` lines.
    fn rewritten(&self) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(&self.held[HEADER..]) else {
            return self.held.clone();
        };
        let lines = text.split_inclusive('\n').map(|line| self.line(line));
        let body: String = lines.collect();
        let mut message = (body.len() as u64).to_be_bytes().to_vec();
        message[..2].copy_from_slice(&self.held[..2]);
        message.extend_from_slice(body.as_bytes());
        message
    }

    fn line(&self, line: &str) -> String {
        let ended = line.strip_suffix('\n');
        let Some((name, value)) = ended.unwrap_or(line).split_once('\t') else {
            return line.to_owned();
        };
        let value = match name {
            "service" | "service-clear-std" | "service-clear-alt" if !value.is_empty() => self.own.clone(),
            "services" => value
                .split(';')
                .map(|address| self.proxied(address))
                .collect::<Vec<_>>()
                .join(";"),
            "peers-clear-std" | "peers-clear-alt" => self.peers(value),
            _ => return line.to_owned(),
        };
        format!("{name}\t{value}{}", if ended.is_some() { "\n" } else { "" })
    }

    fn proxied(&self, address: &str) -> String {
        self.addresses
            .get(address)
            .cloned()
            .unwrap_or_else(|| address.to_owned())
    }

    /// `generation,default port,[[name,tls name,[address,..]],..]`: an address without a port has the default one.
    fn peers(&self, value: &str) -> String {
        let port = value.split(',').nth(1).unwrap_or_default();
        let mut out = String::new();
        let mut rest = value;
        // The lists of addresses are the innermost brackets.
        while let Some(end) = rest.find(']') {
            let Some(start) = rest[..end].rfind('[') else { break };
            let addresses = rest[start + 1..end].split(',').map(|address| match address {
                "" => String::new(),
                _ if address.contains(':') => self.proxied(address),
                _ => self.proxied(&format!("{address}:{port}")),
            });
            out.push_str(&rest[..=start]);
            out.push_str(&addresses.collect::<Vec<_>>().join(","));
            out.push(']');
            let after = &rest[end + 1..];
            let closing = after.len() - after.trim_start_matches(']').len();
            out.push_str(&after[..closing]);
            rest = &after[closing..];
        }
        out.push_str(rest);
        out
    }
}

fn length(header: &[u8]) -> u64 {
    let mut bytes: [u8; 8] = header[..HEADER].try_into().expect("a header has 8 bytes");
    bytes[..2].fill(0);
    u64::from_be_bytes(bytes)
}
