use crate::clock::Clock;
use crate::cluster::{Cluster, Node};
use crate::config::Config;
use crate::fault::{Fault, Faults};
use crate::journal::{Entry, Journal};
use crate::listener::{Listener, bind, rebind};
use crate::load::{LoadError, Loaded, load};
use crate::namespace::Namespace;
use crate::partitions::numbers;
use crate::statistics::Counters;
use crate::topology::Topology;
use crate::udf::Modules;
use aerospike_wire::Digest;
use aerospike_wire::digest::PARTITIONS;
use parking_lot::{Mutex, RwLock};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{io, thread};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// Figures of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections accepted in all.
    pub connections_opened: u64,
    /// Connections open now.
    pub connections_open: u64,
    /// Single-record commands and queries.
    pub commands: u64,
    /// Batches.
    pub batches: u64,
    /// Rows of batches.
    pub batch_rows: u64,
    /// Commands and rows that a node passed on to the one that owns the partition.
    pub proxied: u64,
    /// Info requests.
    pub info_requests: u64,
    /// Records that are stored and not expired.
    pub records: u64,
}

/// One node of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// Its name, as info answers say it.
    pub name: String,
    /// Where it listens, or would.
    pub address: SocketAddr,
    /// Whether it is part of the cluster.
    pub is_up: bool,
    /// Partitions of the first namespace that it is the master of.
    pub masters: usize,
}

/// Which partitions get another master.
#[derive(Clone, Debug, Default)]
pub struct Move {
    /// Their namespace; all of them when absent.
    pub namespace: Option<String>,
    /// Their numbers; all of them when absent.
    pub partitions: Option<Vec<usize>>,
    /// The new master; when absent, the node that follows the old one.
    pub to: Option<usize>,
}

/// The sockets of the nodes, and whether all of them are to be closed.
struct Listeners {
    of_nodes: Vec<Option<Listener>>,
    paused: bool,
}

/// A running emulator: one node, or a cluster of several that share their data. Dropping it ends it.
pub struct Server {
    cluster: Arc<Cluster>,
    listeners: Mutex<Listeners>,
    runtime: Option<Runtime>,
}

impl Server {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the configuration is unusable or an address cannot be bound.
    pub fn start(config: &Config) -> io::Result<Self> {
        config.check()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(config.workers)
            .thread_name("aerospike-emulator")
            .enable_io()
            .enable_time()
            .build()?;
        let unresolved = || io::Error::other(format!("host {:?} has no address", config.host));
        let wanted = (config.host.as_str(), config.port)
            .to_socket_addrs()?
            .next()
            .ok_or_else(unresolved)?;
        let sockets = {
            let _context = runtime.enter();
            sockets(wanted, config.nodes)?
        };
        let addresses = sockets.iter().map(TcpListener::local_addr);
        let addresses = addresses.collect::<io::Result<Vec<_>>>()?;
        let cluster = Arc::new(cluster(config, &addresses));
        let of_nodes = sockets
            .into_iter()
            .enumerate()
            .map(|(node, socket)| {
                Some(Listener::start(
                    &runtime,
                    socket,
                    Arc::clone(&cluster),
                    node,
                ))
            })
            .collect();
        Ok(Self {
            cluster,
            listeners: Mutex::new(Listeners {
                of_nodes,
                paused: false,
            }),
            runtime: Some(runtime),
        })
    }

    /// Where its first node listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.cluster.nodes[0].address
    }

    /// Its nodes.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeStatus> {
        let topology = self.cluster.topology.read();
        let status = |node: &Node| NodeStatus {
            name: node.name.clone(),
            address: node.address,
            is_up: topology.is_up(node.number),
            masters: (0..PARTITIONS)
                .filter(|number| topology.space(0).is_master(*number, node.number))
                .count(),
        };
        self.cluster.nodes.iter().map(status).collect()
    }

    /// A node leaves the cluster: connecting to it is refused, its connections end, and its partitions move to the others.
    /// The records of those of which no other node has a copy are unavailable until it is back.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn stop_node(&self, node: usize) -> io::Result<()> {
        let node = self.node(node)?;
        let mut listeners = self.listeners.lock();
        if let Some(listener) = listeners.of_nodes[node.number].take() {
            listener.stop();
            node.faults.drop_connections();
        }
        self.cluster.topology.write().set_up(node.number, false);
        Ok(())
    }

    /// A node that was stopped comes back on the same port, with its records, and gets its partitions back.
    ///
    /// # Errors
    /// When there is no such node, or something else listens on its port by now.
    pub fn start_node(&self, node: usize) -> io::Result<()> {
        let node = self.node(node)?;
        let mut listeners = self.listeners.lock();
        self.open(&mut listeners, node.number)?;
        self.cluster.topology.write().set_up(node.number, true);
        Ok(())
    }

    /// Gives partitions another master and returns how many they were. The old master stays on as a replica where there are
    /// any. It lasts until a node comes or goes.
    ///
    /// # Errors
    /// When there is no such namespace, partition or node, or the node is stopped.
    pub fn move_partitions(&self, wanted: &Move) -> io::Result<usize> {
        let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
        let namespaces = &self.cluster.namespaces;
        let spaces = match &wanted.namespace {
            None => 0..namespaces.len(),
            Some(name) => {
                let found = self.cluster.namespace(name.as_bytes());
                let found = found.ok_or_else(|| invalid(format!("unknown namespace {name:?}")))?;
                found.number..found.number + 1
            }
        };
        let numbers = wanted.partitions.as_deref().unwrap_or_default();
        if let Some(number) = numbers.iter().find(|number| **number >= PARTITIONS) {
            return Err(invalid(format!(
                "partition {number}: they are 0 to {}",
                PARTITIONS - 1
            )));
        }
        let mut topology = self.cluster.topology.write();
        if let Some(to) = wanted.to {
            let name = &self.node(to)?.name;
            if !topology.is_up(to) {
                return Err(invalid(format!("node {to} ({name}) is stopped")));
            }
        }
        Ok(spaces
            .map(|space| match &wanted.partitions {
                None => topology.move_masters(space, 0..PARTITIONS, wanted.to),
                Some(numbers) => topology.move_masters(space, numbers.iter().copied(), wanted.to),
            })
            .sum())
    }

    /// Moves the clock that expiry follows.
    pub fn advance(&self, seconds: f64) {
        self.cluster.clock.advance(seconds);
    }

    /// Forgets all records, modules and commands, and brings the clock back. Faults and connections stay.
    pub fn reset(&self) {
        self.cluster.reset();
    }

    /// Stores a record in place of one with the same key, and returns its digest.
    ///
    /// # Errors
    /// When the namespace does not exist or a bin is not one that a server would store.
    pub fn load(
        &self,
        namespace: &str,
        set: &str,
        record: &Loaded<'_>,
    ) -> Result<Digest, LoadError> {
        load(&self.cluster, namespace, set, record)
    }

    /// Keeps the last `limit` commands from now on; 0 keeps none.
    pub fn record_commands(&self, limit: usize) {
        self.cluster.journal.record(limit);
    }

    /// The commands that were kept, oldest first.
    #[must_use]
    pub fn commands(&self) -> Vec<Entry> {
        self.cluster.journal.entries()
    }

    /// Figures up to now, of all nodes.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let sum = |counter: fn(&Counters) -> &AtomicU64| {
            let counters = self.cluster.nodes.iter().map(|node| &node.counters);
            counters
                .map(|counters| counter(counters).load(Ordering::Relaxed))
                .sum()
        };
        let now_ms = self.cluster.clock.now_ms();
        let usage = self
            .cluster
            .namespaces
            .iter()
            .flat_map(|namespace| namespace.usage(now_ms, |_| true));
        Stats {
            connections_opened: sum(|counters| &counters.opened),
            connections_open: self
                .cluster
                .nodes
                .iter()
                .map(|node| node.counters.open())
                .sum(),
            commands: sum(|counters| &counters.commands),
            batches: sum(|counters| &counters.batches),
            batch_rows: sum(|counters| &counters.rows),
            proxied: sum(|counters| &counters.proxied),
            info_requests: sum(|counters| &counters.info),
            records: usage.map(|(objects, _)| objects).sum(),
        }
    }

    /// Every node misbehaves from now on; the default fault is none.
    pub fn fault(&self, fault: Fault) {
        self.cluster
            .nodes
            .iter()
            .for_each(|node| node.faults.set(fault));
    }

    /// One node misbehaves from now on; the others go on as they do.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn fault_node(&self, node: usize, fault: Fault) -> io::Result<()> {
        self.node(node)?.faults.set(fault);
        Ok(())
    }

    /// Closes every open connection; new ones are accepted.
    pub fn drop_connections(&self) {
        self.cluster
            .nodes
            .iter()
            .for_each(|node| node.faults.drop_connections());
    }

    /// Closes every open connection to a node; new ones are accepted.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn drop_connections_to(&self, node: usize) -> io::Result<()> {
        self.node(node)?.faults.drop_connections();
        Ok(())
    }

    /// All nodes go away at once: connecting is refused and open connections end. Data stays, and so does what each node
    /// owns: there is nobody whom it could go to.
    pub fn pause(&self) {
        let mut listeners = self.listeners.lock();
        listeners.paused = true;
        for (node, listener) in self.cluster.nodes.iter().zip(&mut listeners.of_nodes) {
            if let Some(listener) = listener.take() {
                listener.stop();
                node.faults.drop_connections();
            }
        }
    }

    /// The nodes that are not stopped come back on the same ports.
    ///
    /// # Errors
    /// When something else listens there by now.
    pub fn resume(&self) -> io::Result<()> {
        let mut listeners = self.listeners.lock();
        listeners.paused = false;
        let up = self.cluster.topology.read().up();
        numbers(up).try_for_each(|node| self.open(&mut listeners, node))
    }

    /// Listens for a node, unless it does so already or the whole server is paused.
    fn open(&self, listeners: &mut Listeners, node: usize) -> io::Result<()> {
        let (None, false, Some(runtime)) = (
            &listeners.of_nodes[node],
            listeners.paused,
            self.runtime.as_ref(),
        ) else {
            return Ok(());
        };
        let _context = runtime.enter();
        let socket = rebind(self.cluster.nodes[node].address)?;
        let cluster = Arc::clone(&self.cluster);
        listeners.of_nodes[node] = Some(Listener::start(runtime, socket, cluster, node));
        Ok(())
    }

    fn node(&self, node: usize) -> io::Result<&Node> {
        let nodes = &self.cluster.nodes;
        nodes.get(node).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("node {node}: the nodes are 0 to {}", nodes.len() - 1),
            )
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.pause();
        if let Some(runtime) = self.runtime.take() {
            // On a thread of its own: the caller may be a thread of another runtime, which must not block on this one.
            let _ = thread::spawn(move || runtime.shutdown_timeout(STOP_TIMEOUT)).join();
        }
    }
}

/// Binds a socket for each node: on the ports from the one that is wanted on, or on free ones.
fn sockets(wanted: SocketAddr, nodes: usize) -> io::Result<Vec<TcpListener>> {
    (0..nodes)
        .map(|node| {
            let mut address = wanted;
            if wanted.port() != 0 {
                address.set_port(wanted.port() + node as u16);
            }
            bind(address)
        })
        .collect()
}

fn cluster(config: &Config, addresses: &[SocketAddr]) -> Cluster {
    let namespaces = config.namespaces.iter().enumerate();
    let journal = Journal::default();
    journal.record(config.record_commands);
    Cluster {
        name: config.cluster_name.clone(),
        namespaces: namespaces
            .map(|(number, name)| {
                Namespace::new(number, name, config.default_ttl, config.max_record_size)
            })
            .collect(),
        clock: Clock::default(),
        journal,
        modules: Modules::default(),
        nodes: addresses
            .iter()
            .enumerate()
            .map(|(number, address)| Node {
                number,
                name: format!("BB9E0000000{:04X}", address.port()),
                address: *address,
                counters: Counters::new(),
                faults: Faults::new(),
            })
            .collect(),
        topology: RwLock::new(Topology::new(
            addresses.len(),
            config.namespaces.len(),
            config.replication_factor,
        )),
    }
}
