//! The info protocol: names in lines, answered in lines of name, tab and answer.

use crate::cluster::{Cluster, Node};
use crate::statistics::count;
use aerospike_wire::digest::PARTITIONS;
use aerospike_wire::message::EPOCH;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

const BUILD: &str = "8.1.2.0";
const EDITION: &str = "Aerospike Community Edition";
const CLUSTER_KEY: &str = "E70000000001";
const FEATURES: &str = "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;sindex-exists;\
    peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;replicas-max;\
    truncate-namespace;udf";
const ENTERPRISE_ONLY: &str = "ERROR:25:enterprise only";
const UNKNOWN: &str = "ERROR:4:unrecognized command";
/// What an empty request asks for.
const DEFAULT_NAMES: [&str; 6] = [
    "features",
    "node",
    "edition",
    "build",
    "version",
    "statistics",
];

/// Appends the answer to a request of lines, which came in at `local`.
pub(crate) fn answer(
    cluster: &Cluster,
    node: &Node,
    local: SocketAddr,
    request: &[u8],
    out: &mut Vec<u8>,
) {
    count(&node.counters.info);
    let request = String::from_utf8_lossy(request);
    let mut names = request
        .split('\n')
        .filter(|name| !name.is_empty())
        .peekable();
    if names.peek().is_none() {
        DEFAULT_NAMES
            .into_iter()
            .for_each(|name| line(cluster, node, local, name, out));
    }
    names.for_each(|name| line(cluster, node, local, name, out));
}

fn line(cluster: &Cluster, node: &Node, local: SocketAddr, request: &str, out: &mut Vec<u8>) {
    let answer = value(cluster, node, local, request);
    for part in [request, "\t", &answer, "\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

fn value(cluster: &Cluster, node: &Node, local: SocketAddr, request: &str) -> String {
    let (name, arguments) = request
        .split_once(':')
        .map_or((request, None), |(name, rest)| (name, Some(rest)));
    let port = node.address.port();
    let arguments_or_none = arguments.unwrap_or_default();
    match name {
        "build" => BUILD.into(),
        "edition" => EDITION.into(),
        "version" => format!("{EDITION} build {BUILD}"),
        "release" => format!(
            "edition={EDITION};version={BUILD};os=emulator;arch={};sha=",
            std::env::consts::ARCH
        ),
        "build_os" => "emulator".into(),
        "build_arch" => std::env::consts::ARCH.into(),
        "compatibility-id" => "15".into(),
        "node" | "name" => node.name.clone(),
        "features" => FEATURES.into(),
        "cluster-name" => cluster.name.clone().unwrap_or_else(|| "null".into()),
        "cluster-stable" => CLUSTER_KEY.into(),
        "partition-generation" | "peers-generation" => "0".into(),
        "rebalance-generation" => "1".into(),
        "partitions" => PARTITIONS.to_string(),
        "digests" => "RIPEMD160".into(),
        "status" => "ok".into(),
        "namespaces" => join(cluster, |namespace| namespace.to_owned()),
        "replicas" => join(cluster, |namespace| {
            format!("{namespace}:0,1,{}", all_partitions())
        }),
        "replicas-all" => join(cluster, |namespace| {
            format!("{namespace}:1,{}", all_partitions())
        }),
        "replicas-master" => join(cluster, |namespace| {
            format!("{namespace}:{}", all_partitions())
        }),
        // Behind a wildcard address, the one that the client came in by is the one that works for it.
        "service" | "service-clear-std" => local.to_string(),
        "peers-clear-std" | "peers-clear-alt" => format!("0,{port},[]"),
        "peers-tls-std" | "peers-tls-alt" | "service-tls-std" | "service-tls-alt" | "rack-ids"
        | "racks" | "quiesce" | "feature-key" => ENTERPRISE_ONLY.into(),
        "service-clear-alt" | "services" | "services-alternate" | "services-alumni" | "sindex"
        | "sindex-list" | "udf-list" | "query-show" | "health-stats" | "health-outliers"
        | "user-agents" | "best-practices" | "latencies" => String::new(),
        "logs" => "0:stderr".into(),
        "connection" => "admin=false".into(),
        "user-agent-set" => user_agent(arguments_or_none),
        "truncate" => truncate(cluster, arguments_or_none, true),
        "truncate-namespace" => truncate(cluster, arguments_or_none, false),
        "sets" => sets(cluster, None, None),
        "statistics" => statistics(cluster, node),
        "get-config" => get_config(cluster, node, arguments_or_none),
        "set-config" => set_config(cluster, arguments_or_none),
        "sindex-exists" => "false".into(),
        "sindex-delete" => "ok".into(),
        "sindex-create" | "udf-put" => "ERROR:16:not supported by the emulator".into(),
        "udf-get" => "error=not_found".into(),
        "udf-remove" => "ok".into(),
        _ => path(cluster, request),
    }
}

/// Names with slashes.
fn path(cluster: &Cluster, request: &str) -> String {
    let mut parts = request.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("namespace"), Some(name), None) => namespace(cluster, name),
        (Some("sets"), Some(name), set) => {
            if cluster.namespace(name.as_bytes()).is_none() {
                return "ns_type=unknown".into();
            }
            sets(cluster, Some(name), set)
        }
        (Some("sindex"), Some(_), _) => String::new(),
        _ => UNKNOWN.into(),
    }
}

fn join(cluster: &Cluster, item: impl Fn(&str) -> String) -> String {
    cluster
        .namespaces
        .iter()
        .map(|namespace| item(&namespace.name))
        .collect::<Vec<_>>()
        .join(";")
}

/// The bitmap of a node that owns every partition.
fn all_partitions() -> String {
    STANDARD.encode([0xff; PARTITIONS / 8])
}

/// The value of `key=` among arguments like `a=1;b=2`.
fn argument<'a>(arguments: &'a str, key: &str) -> Option<&'a str> {
    arguments
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|pair| pair.0 == key)
        .map(|pair| pair.1)
}

fn user_agent(arguments: &str) -> String {
    match argument(arguments, "value").map(|value| STANDARD.decode(value)) {
        Some(Ok(_)) => "ok".into(),
        Some(Err(_)) => "ERROR:4:'value' invalid base64".into(),
        None => "ERROR:4:missing 'value'".into(),
    }
}

fn truncate(cluster: &Cluster, arguments: &str, of_set: bool) -> String {
    let Some(name) = argument(arguments, "namespace") else {
        return "ERROR:20:missing 'namespace'".into();
    };
    let set = argument(arguments, "set");
    if of_set && set.is_none() {
        return "ERROR:4:missing 'set'".into();
    }
    // The limit comes in nanoseconds since the Unix epoch.
    let before_ms = match argument(arguments, "lut").map(str::parse::<u64>) {
        None => u64::MAX,
        Some(Ok(nanoseconds)) => (nanoseconds / 1_000_000).saturating_sub(EPOCH as u64 * 1000),
        Some(Err(_)) => return "ERROR:4:bad 'lut'".into(),
    };
    // A namespace or set that does not exist is no error to a server.
    if let Some(namespace) = cluster.namespace(name.as_bytes()) {
        match set.filter(|_| of_set) {
            None => namespace.truncate(None, before_ms),
            Some(set) => {
                if let Some(number) = namespace.find_set(set.as_bytes()) {
                    namespace.truncate(Some(number), before_ms);
                }
            }
        }
    }
    "ok".into()
}

fn sets(cluster: &Cluster, only_namespace: Option<&str>, only_set: Option<&str>) -> String {
    let mut answer = String::new();
    for namespace in &cluster.namespaces {
        if only_namespace.is_some_and(|only| only != namespace.name) {
            continue;
        }
        let usage = namespace.usage(cluster.clock.now_ms());
        for (set, (objects, bytes)) in namespace.set_names().iter().zip(usage).skip(1) {
            if only_set.is_some_and(|only| only != set) {
                continue;
            }
            let _ = write!(
                answer,
                "ns={}:set={set}:objects={objects}:tombstones=0:data_used_bytes={bytes}:truncate_lut=0:sindexes=0:\
                 index_populating=false:truncating=false:default-read-touch-ttl-pct=0:default-ttl=0:\
                 disable-eviction=false:enable-index=false:stop-writes-count=0:stop-writes-size=0;",
                namespace.name
            );
        }
    }
    answer
}

fn totals(cluster: &Cluster) -> u64 {
    let now_ms = cluster.clock.now_ms();
    cluster
        .namespaces
        .iter()
        .flat_map(|namespace| namespace.usage(now_ms))
        .map(|(objects, _)| objects)
        .sum()
}

fn statistics(cluster: &Cluster, node: &Node) -> String {
    let counters = &node.counters;
    let opened = counters.opened.load(Ordering::Relaxed);
    format!(
        "failed_best_practices=false;cluster_size=1;cluster_key={CLUSTER_KEY};cluster_generation=1;\
         cluster_principal={};cluster_integrity=true;cluster_is_member=true;uptime={};objects={};tombstones=0;\
         client_connections={};client_connections_opened={opened};client_connections_closed={};\
         info_complete={};batch_index_initiate={}",
        node.name,
        counters.uptime_seconds(),
        totals(cluster),
        counters.open(),
        counters.closed.load(Ordering::Relaxed),
        counters.info.load(Ordering::Relaxed),
        counters.batches.load(Ordering::Relaxed),
    )
}

fn namespace(cluster: &Cluster, name: &str) -> String {
    let Some(namespace) = cluster.namespace(name.as_bytes()) else {
        return "type=unknown".into();
    };
    let now_ms = cluster.clock.now_ms();
    let (objects, bytes) = namespace
        .usage(now_ms)
        .iter()
        .fold((0, 0), |sum, usage| (sum.0 + usage.0, sum.1 + usage.1));
    format!(
        "ns_cluster_size=1;effective_replication_factor=1;objects={objects};tombstones=0;master_objects={objects};\
         prole_objects=0;dead_partitions=0;unavailable_partitions=0;clock_skew_stop_writes=false;stop_writes=false;\
         hwm_breached=false;current_time={};data_used_bytes={bytes};{};replication-factor=1;storage-engine=memory",
        now_ms / 1000,
        namespace_config(namespace),
    )
}

fn namespace_config(namespace: &crate::namespace::Namespace) -> String {
    format!(
        "allow-ttl-without-nsup=true;default-ttl={};default-read-touch-ttl-pct=0;max-record-size={};nsup-period=1;\
         strong-consistency=false",
        namespace.default_ttl(),
        namespace.max_record_size,
    )
}

fn get_config(cluster: &Cluster, node: &Node, arguments: &str) -> String {
    match argument(arguments, "context") {
        Some("namespace") => {
            match argument(arguments, "id").and_then(|id| cluster.namespace(id.as_bytes())) {
                Some(namespace) => namespace_config(namespace),
                None => "ERROR:20:unknown namespace".into(),
            }
        }
        Some("network") => format!(
            "service.port={};service.address={}",
            node.address.port(),
            node.address.ip()
        ),
        None | Some("service") => {
            "batch-max-requests=0;proto-fd-max=65535;service-threads=2".into()
        }
        Some(_) => "ERROR:4:bad 'context'".into(),
    }
}

/// The one setting that tests change is a namespace's default time to live; the rest is accepted.
fn set_config(cluster: &Cluster, arguments: &str) -> String {
    if argument(arguments, "context") != Some("namespace") {
        return "ok".into();
    }
    let Some(namespace) = argument(arguments, "id").and_then(|id| cluster.namespace(id.as_bytes()))
    else {
        return "ERROR:20:unknown namespace".into();
    };
    match argument(arguments, "default-ttl").map(str::parse) {
        Some(Ok(seconds)) => namespace.set_default_ttl(seconds),
        Some(Err(_)) => return "ERROR:4:bad 'default-ttl'".into(),
        None => {}
    }
    "ok".into()
}
