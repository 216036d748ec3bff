//! The calls of the C ABI, by their `call` member:
//!
//! - `start` {config?: {host, port, nodes, replicationFactor, namespaces, workers, clusterName, defaultTtl, maxRecordSize,
//!   recordCommands}}
//! - `stop`, `reset`, `pause`, `resume`, `stats`, `commands`, `nodes` {server}
//! - `stopNode`, `startNode` {server, node}, by number
//! - `movePartitions` {server, move: {namespace?, partitions?, to?}}
//! - `advance` {server, seconds}; `record` {server, limit}
//! - `load` {server, namespace, set, records: [{key: {string | integer | bytes | digest}, bins, ttl?, generation?,
//!   storeKey?}]}, where `bytes`, `digest` and `bins` are base64 and an integer may be a number or a decimal string
//! - `fault` {server, fault: {node?, delayMs?, silence?, code?, commands?, truncate?, dataOnly?, dropConnections?}}; absent
//!   members are off, an absent node means all of them

use crate::arguments::{decode, flag, members, text, whole};
use crate::config::Config;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::load::{Loaded, LoadedKey};
use crate::server::{Move, NodeStatus, Server};
use aerospike_wire::particle;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// All servers of the process; a server's handle is its index and 1.
static SERVERS: Mutex<Vec<Option<Arc<Server>>>> = Mutex::new(Vec::new());

type Answer = Result<Value, String>;

/// Runs a request and returns the JSON of its result.
pub(crate) fn run(request: &[u8]) -> Vec<u8> {
    let answer = serde_json::from_slice(request).map_err(|error| format!("invalid JSON: {error}"));
    match answer.and_then(|request: Value| call(&request)) {
        Ok(value) => json!({ "ok": value }).to_string().into_bytes(),
        Err(error) => json!({ "error": error }).to_string().into_bytes(),
    }
}

fn call(request: &Value) -> Answer {
    let name = request["call"].as_str().ok_or("the request has no call")?;
    if name == "start" {
        return start(&request["config"]);
    }
    let server = server(request)?;
    match name {
        "stop" => return stop(request),
        "reset" => server.reset(),
        "pause" => server.pause(),
        "resume" => server.resume().map_err(text_of)?,
        "stopNode" => server
            .stop_node(whole(&request["node"], "node")?)
            .map_err(text_of)?,
        "startNode" => server
            .start_node(whole(&request["node"], "node")?)
            .map_err(text_of)?,
        "movePartitions" => return move_partitions(&server, &request["move"]),
        "nodes" => return Ok(server.nodes().iter().map(node).collect()),
        "advance" => server.advance(
            request["seconds"]
                .as_f64()
                .ok_or("seconds must be a number")?,
        ),
        "record" => server.record_commands(whole(&request["limit"], "limit")?),
        "commands" => return Ok(server.commands().iter().map(entry).collect()),
        "stats" => return Ok(stats(&server)),
        "load" => return load(&server, request),
        "fault" => fault(&server, &request["fault"])?,
        _ => return Err(format!("unknown call {name:?}")),
    }
    Ok(json!({}))
}

fn text_of(error: std::io::Error) -> String {
    error.to_string()
}

fn index(request: &Value) -> Result<usize, String> {
    let handle: usize = whole(&request["server"], "server")?;
    handle
        .checked_sub(1)
        .ok_or_else(|| "unknown server 0".into())
}

fn server(request: &Value) -> Result<Arc<Server>, String> {
    let index = index(request)?;
    let found = SERVERS.lock().get(index).cloned().flatten();
    found.ok_or_else(|| format!("unknown server {}, or it was stopped", index + 1))
}

fn start(config: &Value) -> Answer {
    let server = Server::start(&configuration(config)?).map_err(text_of)?;
    let address = server.address();
    let mut servers = SERVERS.lock();
    servers.push(Some(Arc::new(server)));
    Ok(json!({ "server": servers.len(), "host": address.ip().to_string(), "port": address.port() }))
}

fn stop(request: &Value) -> Answer {
    let index = index(request)?;
    // Dropped outside of the lock: stopping waits for the server's threads.
    let server = SERVERS.lock().get_mut(index).and_then(Option::take);
    drop(server);
    Ok(json!({}))
}

fn configuration(value: &Value) -> Result<Config, String> {
    let mut config = Config::default();
    for (name, value) in members(value, "config")? {
        match name.as_str() {
            "host" => config.host = text(value, name)?.into(),
            "port" => config.port = whole(value, name)?,
            "nodes" => config.nodes = whole(value, name)?,
            "replicationFactor" => config.replication_factor = whole(value, name)?,
            "workers" => config.workers = whole(value, name)?,
            "clusterName" => config.cluster_name = Some(text(value, name)?.into()),
            "defaultTtl" => config.default_ttl = whole(value, name)?,
            "maxRecordSize" => config.max_record_size = whole(value, name)?,
            "recordCommands" => config.record_commands = whole(value, name)?,
            "namespaces" => {
                let names = value.as_array().ok_or("namespaces must be an array")?;
                config.namespaces = names
                    .iter()
                    .map(|namespace| text(namespace, name).map(str::to_owned))
                    .collect::<Result<_, _>>()?;
            }
            _ => return Err(format!("unknown option {name:?}")),
        }
    }
    Ok(config)
}

fn fault(server: &Server, value: &Value) -> Result<(), String> {
    let mut fault = Fault::default();
    let mut drop_connections = false;
    let mut node = None;
    for (name, value) in members(value, "fault")? {
        match name.as_str() {
            "node" => node = Some(whole(value, name)?),
            "delayMs" => fault.delay = Duration::from_millis(u64::from(whole::<u32>(value, name)?)),
            "silence" => fault.silence = flag(value, name)?,
            "code" => fault.code = whole(value, name)?,
            "commands" => fault.commands = whole(value, name)?,
            "truncate" => fault.truncate = whole(value, name)?,
            "dataOnly" => fault.data_only = flag(value, name)?,
            "dropConnections" => drop_connections = flag(value, name)?,
            _ => return Err(format!("unknown fault {name:?}")),
        }
    }
    match node {
        None => server.fault(fault),
        Some(node) => server.fault_node(node, fault).map_err(text_of)?,
    }
    match node {
        _ if !drop_connections => {}
        None => server.drop_connections(),
        Some(node) => server.drop_connections_to(node).map_err(text_of)?,
    }
    Ok(())
}

fn move_partitions(server: &Server, value: &Value) -> Answer {
    let mut wanted = Move::default();
    for (name, value) in members(value, "move")? {
        match name.as_str() {
            "namespace" => wanted.namespace = Some(text(value, name)?.into()),
            "to" => wanted.to = Some(whole(value, name)?),
            "partitions" => {
                let numbers = value.as_array().ok_or("partitions must be an array")?;
                let numbers = numbers.iter().map(|number| whole(number, name));
                wanted.partitions = Some(numbers.collect::<Result<_, _>>()?);
            }
            _ => return Err(format!("unknown option {name:?}")),
        }
    }
    let moved = server.move_partitions(&wanted).map_err(text_of)?;
    Ok(json!({ "moved": moved }))
}

fn node(node: &NodeStatus) -> Value {
    json!({
        "name": node.name,
        "host": node.address.ip().to_string(),
        "port": node.address.port(),
        "state": if node.is_up { "up" } else { "stopped" },
        "masters": node.masters,
    })
}

fn load(server: &Server, request: &Value) -> Answer {
    let namespace = text(&request["namespace"], "namespace")?;
    let set = request["set"].as_str().unwrap_or_default();
    let records = request["records"]
        .as_array()
        .ok_or("records must be an array")?;
    for (row, record) in records.iter().enumerate() {
        let at = |error: String| format!("records[{row}]: {error}");
        let (kind, key) = key(&record["key"]).map_err(at)?;
        let key = match kind {
            Some(kind) => LoadedKey::User(kind, &key),
            None => LoadedKey::Digest(
                key.as_slice()
                    .try_into()
                    .map_err(|_| at("digest must have 20 bytes".into()))?,
            ),
        };
        let bins = decode(&record["bins"], "bins").map_err(at)?;
        let optional = |value: &Value, name: &str| match value {
            Value::Null => Ok(None),
            value => whole::<u32>(value, name).map(Some),
        };
        let generation = optional(&record["generation"], "generation").map_err(at)?;
        let loaded = Loaded {
            key,
            bins: &bins,
            ttl: optional(&record["ttl"], "ttl").map_err(at)?,
            generation: generation.map(|generation| generation as u16),
            store_key: record["storeKey"].as_bool().unwrap_or(false),
        };
        server
            .load(namespace, set, &loaded)
            .map_err(|error| at(error.to_string()))?;
    }
    Ok(json!({ "records": records.len() }))
}

/// Particle type, none for a digest, and bytes of a key.
fn key(key: &Value) -> Result<(Option<u8>, Vec<u8>), String> {
    let (kind, value) = match key.as_object().and_then(|key| key.iter().next()) {
        Some((name, value)) => (name.as_str(), value),
        None => ("", key),
    };
    match kind {
        "string" => Ok((Some(particle::STRING), text(value, kind)?.into())),
        "integer" => {
            let integer = value
                .as_i64()
                .or_else(|| value.as_str().and_then(|digits| digits.parse().ok()));
            let integer = integer.ok_or("integer must be one of 64 bits")?;
            Ok((Some(particle::INTEGER), integer.to_be_bytes().into()))
        }
        "bytes" => Ok((Some(particle::BLOB), decode(value, kind)?)),
        "digest" => Ok((None, decode(value, kind)?)),
        _ => Err("key must be {string}, {integer}, {bytes} or {digest}".into()),
    }
}

fn stats(server: &Server) -> Value {
    let stats = server.stats();
    json!({
        "connectionsOpened": stats.connections_opened,
        "connectionsOpen": stats.connections_open,
        "commands": stats.commands,
        "batches": stats.batches,
        "batchRows": stats.batch_rows,
        "proxied": stats.proxied,
        "infoRequests": stats.info_requests,
        "records": stats.records,
    })
}

fn entry(entry: &Entry) -> Value {
    json!({
        "kind": entry.kind,
        "namespace": entry.namespace,
        "set": entry.set,
        "digest": entry.digest,
        "info": entry.info,
        "bins": entry.bins,
        "generation": entry.generation,
        "ttl": entry.ttl,
        "batch": entry.batch,
        "rows": entry.rows,
        "node": entry.node,
        "proxied": entry.proxied,
    })
}
