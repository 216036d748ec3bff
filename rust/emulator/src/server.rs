use crate::clock::Clock;
use crate::cluster::{Cluster, Node};
use crate::fault::{Fault, Faults};
use crate::journal::{Entry, Journal};
use crate::listener::{Listener, bind, rebind};
use crate::load::{LoadError, Loaded, load};
use crate::namespace::Namespace;
use crate::statistics::Counters;
use aerospike_wire::Digest;
use parking_lot::Mutex;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::{io, thread};
use tokio::runtime::{Builder, Runtime};

const STOP_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest name of a namespace.
const MAX_NAMESPACE_NAME: usize = 31;

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on. Only loopback addresses keep the data on this machine.
    pub host: String,
    /// Port to listen on, 0 for a free one.
    pub port: u16,
    /// Names of the namespaces.
    pub namespaces: Vec<String>,
    /// Threads that serve connections.
    pub workers: usize,
    /// Name of the cluster.
    pub cluster_name: Option<String>,
    /// Seconds that a record lives when a command does not say it, 0 for ever.
    pub default_ttl: u32,
    /// Largest record.
    pub max_record_size: usize,
    /// How many commands the journal keeps from the start, 0 for none.
    pub record_commands: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            namespaces: vec!["test".into(), "bar".into()],
            workers: 2,
            cluster_name: None,
            default_ttl: 0,
            max_record_size: 1024 * 1024,
            record_commands: 0,
        }
    }
}

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
    /// Info requests.
    pub info_requests: u64,
    /// Records that are stored and not expired.
    pub records: u64,
}

/// A running emulator. Dropping it ends it.
pub struct Server {
    cluster: Arc<Cluster>,
    listener: Mutex<Option<Listener>>,
    runtime: Option<Runtime>,
}

impl Server {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the configuration is unusable or the address cannot be bound.
    pub fn start(config: &Config) -> io::Result<Self> {
        check(config)?;
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
        let socket = {
            let _context = runtime.enter();
            bind(wanted)?
        };
        let address = socket.local_addr()?;
        let cluster = Arc::new(cluster(config, address));
        let listener = Listener::start(&runtime, socket, Arc::clone(&cluster), 0);
        Ok(Self {
            cluster,
            listener: Mutex::new(Some(listener)),
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.node().address
    }

    /// Moves the clock that expiry follows.
    pub fn advance(&self, seconds: f64) {
        self.cluster.clock.advance(seconds);
    }

    /// Forgets all records and commands, and brings the clock back. Faults and connections stay.
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

    /// Figures up to now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let counters = &self.node().counters;
        let now_ms = self.cluster.clock.now_ms();
        let usage = self
            .cluster
            .namespaces
            .iter()
            .flat_map(|namespace| namespace.usage(now_ms));
        Stats {
            connections_opened: counters.opened.load(Ordering::Relaxed),
            connections_open: counters.open(),
            commands: counters.commands.load(Ordering::Relaxed),
            batches: counters.batches.load(Ordering::Relaxed),
            batch_rows: counters.rows.load(Ordering::Relaxed),
            info_requests: counters.info.load(Ordering::Relaxed),
            records: usage.map(|(objects, _)| objects).sum(),
        }
    }

    /// Misbehaves from now on; the default fault is none.
    pub fn fault(&self, fault: Fault) {
        self.node().faults.set(fault);
    }

    /// Closes every open connection; new ones are accepted.
    pub fn drop_connections(&self) {
        self.node().faults.drop_connections();
    }

    /// Goes away: connecting is refused and open connections end. Data stays.
    pub fn pause(&self) {
        if let Some(listener) = self.listener.lock().take() {
            listener.stop();
            self.drop_connections();
        }
    }

    /// Comes back on the same port.
    ///
    /// # Errors
    /// When something else listens there by now.
    pub fn resume(&self) -> io::Result<()> {
        let mut listener = self.listener.lock();
        if let (None, Some(runtime)) = (&*listener, &self.runtime) {
            let _context = runtime.enter();
            let socket = rebind(self.address())?;
            *listener = Some(Listener::start(
                runtime,
                socket,
                Arc::clone(&self.cluster),
                0,
            ));
        }
        Ok(())
    }

    fn node(&self) -> &Node {
        &self.cluster.nodes[0]
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

fn check(config: &Config) -> io::Result<()> {
    let invalid = |text: String| Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    if !(1..=64).contains(&config.workers) {
        return invalid(format!("workers must be 1 to 64, not {}", config.workers));
    }
    if config.namespaces.is_empty() {
        return invalid("at least one namespace is needed".into());
    }
    for (at, name) in config.namespaces.iter().enumerate() {
        let is_name =
            |character: char| character.is_ascii_alphanumeric() || "_-$".contains(character);
        if name.is_empty() || name.len() > MAX_NAMESPACE_NAME || !name.chars().all(is_name) {
            return invalid(format!("{name:?} is no name for a namespace"));
        }
        if config.namespaces[..at].contains(name) {
            return invalid(format!("namespace {name:?} is given twice"));
        }
    }
    Ok(())
}

fn cluster(config: &Config, address: SocketAddr) -> Cluster {
    let namespaces = config.namespaces.iter();
    let journal = Journal::default();
    journal.record(config.record_commands);
    Cluster {
        name: config.cluster_name.clone(),
        namespaces: namespaces
            .map(|name| Namespace::new(name, config.default_ttl, config.max_record_size))
            .collect(),
        clock: Clock::default(),
        journal,
        nodes: vec![Node {
            name: format!("BB9E0000000{:04X}", address.port()),
            address,
            counters: Counters::new(),
            faults: Faults::new(),
        }],
    }
}
