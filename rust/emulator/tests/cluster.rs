//! Several nodes, as the official Rust client and a bare socket see them.

use aerospike_core::{
    BatchOperation, BatchPolicy, BatchReadPolicy, Bins, Client, ClientPolicy, Key, ReadPolicy,
    WritePolicy, as_bin, as_key,
};
use aerospike_emulator::{Config, Fault, Move, Server};
use aerospike_wire::digest::partition;
use aerospike_wire::field::{self, Field};
use aerospike_wire::message::{Header, info1};
use aerospike_wire::operation::{self, Operation};
use aerospike_wire::proto::{self, Proto};
use aerospike_wire::{message, particle};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const KEYS: usize = 400;

fn start(replication_factor: usize) -> Server {
    Server::start(&Config {
        nodes: 3,
        replication_factor,
        record_commands: 10_000,
        ..Config::default()
    })
    .unwrap()
}

async fn connect(seed: SocketAddr) -> Client {
    Client::new(&ClientPolicy::default(), &seed.to_string())
        .await
        .unwrap()
}

fn key(number: usize) -> Key {
    as_key!("test", "cluster", number as i64)
}

async fn fill(client: &Client) {
    for number in 0..KEYS {
        let bins = [as_bin!("n", number as i64)];
        client
            .put(&WritePolicy::default(), &key(number), &bins)
            .await
            .unwrap();
    }
}

async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited in vain until {what}");
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let header = Proto {
        kind,
        len: body.len(),
    };
    [&header.encode()[..], body].concat()
}

fn exchange(stream: &mut TcpStream, kind: u8, body: &[u8]) -> Vec<u8> {
    stream.write_all(&frame(kind, body)).unwrap();
    let mut header = [0; proto::HEADER_LEN];
    stream.read_exact(&mut header).unwrap();
    let mut body = vec![0; Proto::parse(&header).unwrap().len];
    stream.read_exact(&mut body).unwrap();
    body
}

fn info(address: SocketAddr, name: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let answer = exchange(&mut stream, proto::INFO, format!("{name}\n").as_bytes());
    let text = String::from_utf8(answer).unwrap();
    let (_, value) = text.trim_end().split_once('\t').unwrap();
    value.to_owned()
}

/// The result code of a read or write of one key, asked of one node.
fn ask(address: SocketAddr, key: &Key, is_write: bool) -> u8 {
    let mut header = Header {
        fields: 2,
        ..Header::default()
    };
    if is_write {
        header.info2 = message::info2::WRITE;
        header.operations = 1;
    } else {
        header.info1 = info1::READ | info1::GET_ALL;
    }
    let mut body = header.encode().to_vec();
    for (kind, data) in [
        (field::NAMESPACE, &b"test"[..]),
        (field::DIGEST, &key.digest()[..]),
    ] {
        Field { kind, data }.write(&mut body);
    }
    if is_write {
        Operation {
            op: operation::WRITE,
            particle: particle::STRING,
            name: b"s",
            data: b"written",
        }
        .write(&mut body);
    }
    exchange(
        &mut TcpStream::connect(address).unwrap(),
        proto::MESSAGE,
        &body,
    )[5]
}

/// The bitmaps of a namespace in an answer to `replicas`, the master's first.
fn bitmaps(address: SocketAddr, namespace: &str) -> Vec<Vec<u8>> {
    let answer = info(address, "replicas");
    let of_namespace = answer.split(';').find_map(|part| {
        let (name, rest) = part.split_once(':')?;
        (name == namespace).then(|| rest.to_owned())
    });
    let of_namespace = of_namespace.unwrap();
    let bitmaps = of_namespace.split(',').skip(2);
    bitmaps
        .map(|bitmap| STANDARD.decode(bitmap).unwrap())
        .collect()
}

fn has(bitmap: &[u8], partition: usize) -> bool {
    bitmap[partition / 8] & (0x80 >> (partition % 8)) != 0
}

#[tokio::test]
async fn every_seed_leads_to_every_node_and_commands_go_to_masters() {
    let server = start(2);
    let names: HashSet<_> = server.nodes().into_iter().map(|node| node.name).collect();
    assert_eq!(names.len(), 3);
    for seed in server.nodes() {
        let client = connect(seed.address).await;
        let found: HashSet<_> = client
            .nodes()
            .iter()
            .map(|node| node.name().to_owned())
            .collect();
        assert_eq!(found, names);
    }
    let client = connect(server.nodes()[2].address).await;
    fill(&client).await;
    for number in 0..KEYS {
        client
            .get(&ReadPolicy::default(), &key(number), Bins::All)
            .await
            .unwrap();
    }
    let mut rows: Vec<_> = (0..KEYS)
        .map(|n| BatchOperation::read(&BatchReadPolicy::default(), key(n), Bins::All))
        .collect();
    client
        .batch(&BatchPolicy::default(), &mut rows)
        .await
        .unwrap();
    assert!(rows.iter().all(|row| row.record().is_some()));
    let commands = server.commands();
    assert_eq!(commands.len(), 3 * KEYS + 3);
    let masters: Vec<_> = server
        .nodes()
        .iter()
        .map(|node| bitmaps(node.address, "test").remove(0))
        .collect();
    for command in commands.iter().filter(|command| command.kind != "batch") {
        let digest =
            (0..4).map(|at| u8::from_str_radix(&command.digest[2 * at..2 * at + 2], 16).unwrap());
        let mut full = [0; 20];
        full.iter_mut()
            .zip(digest)
            .for_each(|(to, byte)| *to = byte);
        assert!(has(&masters[command.node], partition(&full)));
        assert!(!command.proxied);
    }
    assert_eq!(server.stats().proxied, 0);
}

#[tokio::test]
async fn a_node_that_does_not_own_a_partition_proxies() {
    let server = start(2);
    let client = connect(server.address()).await;
    fill(&client).await;
    server.record_commands(10_000);
    let nodes = server.nodes();
    let owned: Vec<_> = nodes
        .iter()
        .map(|node| bitmaps(node.address, "test"))
        .collect();
    for number in 0..60 {
        let key = key(number);
        let partition = partition(&key.digest());
        for (at, node) in nodes.iter().enumerate() {
            for is_write in [false, true] {
                assert_eq!(ask(node.address, &key, is_write), 0);
                let last = server.commands().pop().unwrap();
                let has_copy = owned[at].iter().any(|bitmap| has(bitmap, partition));
                let is_own = if is_write {
                    has(&owned[at][0], partition)
                } else {
                    has_copy
                };
                assert_eq!((last.node, last.proxied), (at, !is_own));
            }
        }
    }
    assert!(server.stats().proxied > 0);
}

#[test]
fn info_says_who_is_there() {
    let server = start(2);
    let [first, second, third] = server.nodes().try_into().unwrap();
    let peers = info(first.address, "peers-clear-std");
    let [port, a, b] = [
        first.address.port().to_string(),
        format!("[{},,[{}]]", second.name, second.address),
        format!("[{},,[{}]]", third.name, third.address),
    ];
    assert_eq!(peers, format!("1,{port},[{a},{b}]"));
    assert_eq!(info(first.address, "peers-generation"), "1");
    assert_eq!(info(second.address, "node"), second.name);
    assert_eq!(
        info(second.address, "service-clear-std"),
        second.address.to_string()
    );
    assert_eq!(
        info(first.address, "services"),
        format!("{};{}", second.address, third.address)
    );
    let key = info(first.address, "cluster-stable:size=3");
    assert_eq!(info(third.address, "cluster-stable:"), key);
    server.stop_node(1).unwrap();
    assert_eq!(
        info(first.address, "peers-clear-std"),
        format!("2,{port},[{b}]")
    );
    assert_eq!(info(third.address, "partition-generation"), "2");
    assert_ne!(info(third.address, "cluster-stable:size=2"), key);
    assert!(info(first.address, "cluster-stable:size=3").starts_with("ERROR:"));
    assert!(info(first.address, "statistics").contains("cluster_size=2;"));
    assert!(TcpStream::connect(second.address).is_err());
    server.start_node(1).unwrap();
    assert_eq!(
        info(first.address, "peers-clear-std"),
        format!("3,{port},[{a},{b}]")
    );
    assert_eq!(info(second.address, "partition-generation"), "1");
}

#[tokio::test]
async fn objects_are_counted_where_their_copies_are() {
    let server = start(2);
    fill(&connect(server.address()).await).await;
    let figure = |address, name: &str| -> usize {
        let answer = info(address, "namespace/test");
        let pairs = answer.split(';').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value.parse::<usize>().unwrap())
            .sum()
    };
    let sum = |name| -> usize {
        let nodes = server.nodes();
        nodes.iter().map(|node| figure(node.address, name)).sum()
    };
    assert_eq!((sum("objects"), sum("master_objects")), (2 * KEYS, KEYS));
    assert_eq!(sum("prole_objects"), KEYS);
}

#[tokio::test]
async fn a_client_follows_nodes_that_come_and_go() {
    let server = start(2);
    let client = connect(server.address()).await;
    fill(&client).await;
    let reads_all = async || {
        for number in 0..KEYS {
            let record = client
                .get(&ReadPolicy::default(), &key(number), Bins::All)
                .await;
            if record.is_err() {
                return false;
            }
        }
        true
    };
    server.stop_node(0).unwrap();
    until("two nodes are left", async || client.nodes().len() == 2).await;
    assert!(reads_all().await);
    server.stop_node(1).unwrap();
    until("one node is left", async || client.nodes().len() == 1).await;
    assert!(reads_all().await);
    server.start_node(0).unwrap();
    server.start_node(1).unwrap();
    until("all are back", async || client.nodes().len() == 3).await;
    assert!(reads_all().await);
    assert!(server.move_partitions(&Move::default()).unwrap() == 2 * 4096);
    until("the new masters are asked", async || {
        server.record_commands(10_000);
        reads_all().await && server.commands().iter().all(|command| !command.proxied)
    })
    .await;
}

#[tokio::test]
async fn the_only_copy_is_away_with_its_node() {
    let server = start(1);
    let client = connect(server.address()).await;
    fill(&client).await;
    let nodes = server.nodes();
    let away: Vec<_> = (0..KEYS)
        .map(|number| {
            let bitmaps = bitmaps(nodes[2].address, "test");
            assert_eq!(bitmaps.len(), 1);
            has(&bitmaps[0], partition(&key(number).digest()))
        })
        .collect();
    assert!(away.contains(&true) && away.contains(&false));
    server.stop_node(2).unwrap();
    for (number, is_away) in away.iter().enumerate() {
        for is_write in [false, true] {
            let code = ask(nodes[number % 2].address, &key(number), is_write);
            assert_eq!(code, if *is_away { 11 } else { 0 });
        }
    }
    server.start_node(2).unwrap();
    for number in 0..KEYS {
        assert_eq!(ask(nodes[number % 3].address, &key(number), false), 0);
    }
}

#[test]
fn a_fault_is_one_nodes_or_everybodys() {
    let server = start(2);
    let nodes = server.nodes();
    let codes = || [0, 1, 2].map(|node| ask(nodes[node].address, &key(1), false));
    let fault = Fault {
        code: 22,
        ..Fault::default()
    };
    assert_eq!(codes(), [2; 3]);
    server.fault_node(1, fault).unwrap();
    assert_eq!(codes(), [2, 22, 2]);
    server.fault(fault);
    assert_eq!(codes(), [22; 3]);
    server.fault_node(0, Fault::default()).unwrap();
    assert_eq!(codes(), [2, 22, 22]);
    assert_eq!(info(nodes[1].address, "status"), "ok");
    assert!(server.fault_node(3, fault).is_err());
}

#[test]
fn a_stopped_node_ends_its_connections_and_only_those() {
    let server = start(2);
    let nodes = server.nodes();
    let mut streams = [0, 1, 2].map(|node| TcpStream::connect(nodes[node].address).unwrap());
    for stream in &mut streams {
        exchange(stream, proto::INFO, b"status\n");
    }
    server.stop_node(1).unwrap();
    let mut closed = streams[1].try_clone().unwrap();
    assert!(matches!(closed.read(&mut [0; 8]), Ok(0) | Err(_)));
    exchange(&mut streams[0], proto::INFO, b"status\n");
    exchange(&mut streams[2], proto::INFO, b"status\n");
    // What is paused comes back without the node that is stopped.
    server.pause();
    assert!(TcpStream::connect(nodes[0].address).is_err());
    server.resume().unwrap();
    assert!(TcpStream::connect(nodes[0].address).is_ok());
    assert!(TcpStream::connect(nodes[1].address).is_err());
    server.pause();
    server.start_node(1).unwrap();
    assert!(TcpStream::connect(nodes[1].address).is_err());
    server.resume().unwrap();
    assert!(TcpStream::connect(nodes[1].address).is_ok());
}
