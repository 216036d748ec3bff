use crate::partitions::MAX_NODES;
use std::io;

/// Longest name of a namespace.
const MAX_NAMESPACE_NAME: usize = 31;

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on. Only loopback addresses keep the data on this machine.
    pub host: String,
    /// Port to listen on, 0 for a free one. The other nodes listen on those that follow, or on free ones too.
    pub port: u16,
    /// Number of nodes, 1 to 16.
    pub nodes: usize,
    /// Copies of each record, as far as there are nodes.
    pub replication_factor: usize,
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
            nodes: 1,
            replication_factor: 2,
            namespaces: vec!["test".into(), "bar".into()],
            workers: 2,
            cluster_name: None,
            default_ttl: 0,
            max_record_size: 1024 * 1024,
            record_commands: 0,
        }
    }
}

impl Config {
    /// Says what is unusable.
    pub(crate) fn check(&self) -> io::Result<()> {
        let invalid = |text: String| Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        if !(1..=64).contains(&self.workers) {
            return invalid(format!("workers must be 1 to 64, not {}", self.workers));
        }
        if !(1..=MAX_NODES).contains(&self.nodes) {
            return invalid(format!(
                "nodes must be 1 to {MAX_NODES}, not {}",
                self.nodes
            ));
        }
        if !(1..=MAX_NODES).contains(&self.replication_factor) {
            return invalid(format!(
                "replication factor must be 1 to {MAX_NODES}, not {}",
                self.replication_factor
            ));
        }
        if self.port != 0 && usize::from(self.port) + self.nodes > usize::from(u16::MAX) + 1 {
            return invalid(format!(
                "port {} leaves no ports for {} nodes",
                self.port, self.nodes
            ));
        }
        if self.namespaces.is_empty() {
            return invalid("at least one namespace is needed".into());
        }
        for (at, name) in self.namespaces.iter().enumerate() {
            let is_name =
                |character: char| character.is_ascii_alphanumeric() || "_-$".contains(character);
            if name.is_empty() || name.len() > MAX_NAMESPACE_NAME || !name.chars().all(is_name) {
                return invalid(format!("{name:?} is no name for a namespace"));
            }
            if self.namespaces[..at].contains(name) {
                return invalid(format!("namespace {name:?} is given twice"));
            }
        }
        Ok(())
    }
}
