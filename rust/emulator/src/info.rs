//! The info protocol: names in lines, answered in lines of name, tab and answer.

use crate::cluster::{Cluster, Node};
use crate::namespace::Namespace;
use crate::partitions::numbers;
use crate::statistics::count;
use crate::topology::Topology;
use aerospike_wire::digest::{PARTITIONS, partition};
use aerospike_wire::message::EPOCH;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

const BUILD: &str = "8.1.2.0";
const EDITION: &str = "Aerospike Community Edition";
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
    // One view for all lines: partitions and the generation that goes with them are asked for together.
    let topology = &*cluster.topology.read();
    let view = View {
        cluster,
        topology,
        node,
        local,
    };
    if names.peek().is_none() {
        DEFAULT_NAMES
            .into_iter()
            .for_each(|name| line(view, name, out));
    }
    names.for_each(|name| line(view, name, out));
}

/// What a node sees.
#[derive(Clone, Copy)]
struct View<'a> {
    cluster: &'a Cluster,
    topology: &'a Topology,
    node: &'a Node,
    /// The address that the request came in by.
    local: SocketAddr,
}

impl View<'_> {
    /// The other nodes that are up.
    fn peers(&self) -> impl Iterator<Item = &Node> {
        numbers(self.topology.up())
            .filter(|number| *number != self.node.number)
            .map(|number| &self.cluster.nodes[number])
    }

    /// Where a client finds a node: behind a wildcard address, at the one that it came in by.
    fn address(&self, node: &Node) -> SocketAddr {
        let mut address = node.address;
        if address.ip().is_unspecified() {
            address.set_ip(self.local.ip());
        }
        address
    }

    /// Objects and bytes by set of a namespace, of what this node has a copy of.
    fn usage(&self, namespace: &Namespace) -> Vec<(u64, u64)> {
        let partitions = self.topology.space(namespace.number);
        namespace.usage(self.cluster.clock.now_ms(), |digest| {
            partitions.has_copy(partition(digest), self.node.number)
        })
    }

    fn objects(&self, namespace: &Namespace) -> u64 {
        self.usage(namespace)
            .iter()
            .map(|(objects, _)| objects)
            .sum()
    }
}

fn line(view: View<'_>, request: &str, out: &mut Vec<u8>) {
    let answer = value(view, request);
    for part in [request, "\t", &answer, "\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

fn value(view: View<'_>, request: &str) -> String {
    let View {
        cluster,
        topology,
        node,
        local,
    } = view;
    let (name, arguments) = request
        .split_once(':')
        .map_or((request, None), |(name, rest)| (name, Some(rest)));
    let generations = topology.generations(node.number);
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
        "cluster-stable" => cluster_stable(cluster, topology, arguments_or_none),
        "partition-generation" => generations.partitions.to_string(),
        "peers-generation" => generations.peers.to_string(),
        "rebalance-generation" => topology.changes().to_string(),
        "partitions" => PARTITIONS.to_string(),
        "digests" => "RIPEMD160".into(),
        "status" => "ok".into(),
        "namespaces" => join(cluster, |namespace| namespace.name.clone()),
        "replicas" => join(cluster, |namespace| {
            let copies = topology.space(namespace.number).copies(topology.up());
            format!("{}:0,{copies},{}", namespace.name, bitmaps(view, namespace))
        }),
        "replicas-all" => join(cluster, |namespace| {
            let copies = topology.space(namespace.number).copies(topology.up());
            format!("{}:{copies},{}", namespace.name, bitmaps(view, namespace))
        }),
        "replicas-master" => join(cluster, |namespace| {
            format!("{}:{}", namespace.name, bitmap(view, namespace, 0))
        }),
        // Behind a wildcard address, the one that the client came in by is the one that works for it.
        "service" | "service-clear-std" => local.to_string(),
        "peers-clear-std" => peers(view, generations.peers, true),
        "peers-clear-alt" => peers(view, generations.peers, false),
        "services" => {
            let addresses: Vec<_> = view
                .peers()
                .map(|peer| view.address(peer).to_string())
                .collect();
            addresses.join(";")
        }
        "peers-tls-std" | "peers-tls-alt" | "service-tls-std" | "service-tls-alt" | "rack-ids"
        | "racks" | "quiesce" | "feature-key" => ENTERPRISE_ONLY.into(),
        "service-clear-alt" | "services-alternate" | "services-alumni" | "sindex"
        | "sindex-list" | "query-show" | "health-stats" | "health-outliers" | "user-agents"
        | "best-practices" | "latencies" => String::new(),
        "logs" => "0:stderr".into(),
        "connection" => "admin=false".into(),
        "user-agent-set" => user_agent(arguments_or_none),
        "truncate" => truncate(cluster, arguments_or_none, true),
        "truncate-namespace" => truncate(cluster, arguments_or_none, false),
        "sets" => sets(view, None, None),
        "statistics" => statistics(view),
        "get-config" => get_config(cluster, node, arguments_or_none),
        "set-config" => set_config(cluster, arguments_or_none),
        "sindex-exists" => "false".into(),
        "sindex-delete" => "ok".into(),
        "sindex-create" => "ERROR:16:not supported by the emulator".into(),
        "udf-put" => cluster.modules.put(arguments_or_none),
        "udf-get" => cluster.modules.get(arguments_or_none),
        "udf-list" => cluster.modules.list(),
        "udf-remove" => cluster.modules.remove(arguments_or_none),
        _ => path(view, request),
    }
}

/// Names with slashes.
fn path(view: View<'_>, request: &str) -> String {
    let mut parts = request.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("namespace"), Some(name), None) => namespace(view, name),
        (Some("sets"), Some(name), set) => {
            if view.cluster.namespace(name.as_bytes()).is_none() {
                return "ns_type=unknown".into();
            }
            sets(view, Some(name), set)
        }
        (Some("sindex"), Some(_), _) => String::new(),
        _ => UNKNOWN.into(),
    }
}

fn join(cluster: &Cluster, item: impl Fn(&Namespace) -> String) -> String {
    let items: Vec<_> = cluster.namespaces.iter().map(item).collect();
    items.join(";")
}

/// `generation,default port,[[name,TLS name,[address]],...]`. Without alternate addresses, a peer has none there.
fn peers(view: View<'_>, generation: u32, with_addresses: bool) -> String {
    let peers = view.peers().map(|peer| {
        let address = match with_addresses {
            true => view.address(peer).to_string(),
            false => String::new(),
        };
        format!("[{},,[{address}]]", peer.name)
    });
    let peers: Vec<_> = peers.collect();
    let port = view.node.address.port();
    format!("{generation},{port},[{}]", peers.join(","))
}

/// The partitions that the node owns as the master, then those of which it is a replica, by rank.
fn bitmaps(view: View<'_>, namespace: &Namespace) -> String {
    let copies = view
        .topology
        .space(namespace.number)
        .copies(view.topology.up());
    let bitmaps: Vec<_> = (0..copies)
        .map(|place| bitmap(view, namespace, place))
        .collect();
    bitmaps.join(",")
}

fn bitmap(view: View<'_>, namespace: &Namespace, place: usize) -> String {
    let partitions = view.topology.space(namespace.number);
    STANDARD.encode(partitions.bitmap(view.node.number, place))
}

/// The cluster's key, which changes with its nodes, unless they are not as many as expected.
fn cluster_stable(cluster: &Cluster, topology: &Topology, arguments: &str) -> String {
    let namespace = argument(arguments, "namespace");
    if namespace.is_some_and(|name| cluster.namespace(name.as_bytes()).is_none()) {
        return "ERROR:20:namespace not found on node".into();
    }
    match argument(arguments, "size").map(str::parse::<u32>) {
        Some(Err(_)) => "ERROR:4:bad size".into(),
        Some(Ok(size)) if size != topology.up().count_ones() => {
            "ERROR:7:cluster not specified size".into()
        }
        _ => key(topology),
    }
}

fn key(topology: &Topology) -> String {
    format!("{:012X}", topology.key())
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

fn sets(view: View<'_>, only_namespace: Option<&str>, only_set: Option<&str>) -> String {
    let mut answer = String::new();
    for namespace in &view.cluster.namespaces {
        if only_namespace.is_some_and(|only| only != namespace.name) {
            continue;
        }
        let usage = view.usage(namespace);
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

fn statistics(view: View<'_>) -> String {
    let View {
        cluster,
        topology,
        node,
        ..
    } = view;
    let counters = &node.counters;
    let opened = counters.opened.load(Ordering::Relaxed);
    let up = numbers(topology.up()).map(|number| &cluster.nodes[number].name);
    let objects: u64 = cluster
        .namespaces
        .iter()
        .map(|namespace| view.objects(namespace))
        .sum();
    format!(
        "failed_best_practices=false;cluster_size={};cluster_key={};cluster_generation={};\
         cluster_principal={};cluster_integrity=true;cluster_is_member=true;uptime={};objects={objects};tombstones=0;\
         client_connections={};client_connections_opened={opened};client_connections_closed={};\
         info_complete={};batch_index_initiate={};emulator_commands={};emulator_proxied={}",
        topology.up().count_ones(),
        key(topology),
        topology.changes(),
        up.max().unwrap_or(&node.name),
        counters.uptime_seconds(),
        counters.open(),
        counters.closed.load(Ordering::Relaxed),
        counters.info.load(Ordering::Relaxed),
        counters.batches.load(Ordering::Relaxed),
        counters.commands.load(Ordering::Relaxed),
        counters.proxied.load(Ordering::Relaxed),
    )
}

fn namespace(view: View<'_>, name: &str) -> String {
    let View {
        cluster,
        topology,
        node,
        ..
    } = view;
    let Some(namespace) = cluster.namespace(name.as_bytes()) else {
        return "type=unknown".into();
    };
    let partitions = topology.space(namespace.number);
    let now_ms = cluster.clock.now_ms();
    let (objects, bytes) = view
        .usage(namespace)
        .iter()
        .fold((0, 0), |sum, usage| (sum.0 + usage.0, sum.1 + usage.1));
    let of_master = namespace.usage(now_ms, |digest| {
        partitions.is_master(partition(digest), node.number)
    });
    let masters: u64 = of_master.iter().map(|(objects, _)| objects).sum();
    let copies = partitions.copies(topology.up());
    format!(
        "ns_cluster_size={};effective_replication_factor={copies};objects={objects};tombstones=0;\
         master_objects={masters};prole_objects={};dead_partitions=0;unavailable_partitions={};\
         clock_skew_stop_writes=false;stop_writes=false;hwm_breached=false;current_time={};data_used_bytes={bytes};{};\
         replication-factor={copies};storage-engine=memory",
        topology.up().count_ones(),
        objects.saturating_sub(masters),
        partitions.unavailable(),
        now_ms / 1000,
        namespace_config(namespace),
    )
}

fn namespace_config(namespace: &Namespace) -> String {
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
