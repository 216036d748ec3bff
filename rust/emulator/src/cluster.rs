use crate::clock::Clock;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::namespace::Namespace;
use crate::statistics::Counters;
use crate::topology::Topology;
use crate::udf::Modules;
use aerospike_wire::Digest;
use aerospike_wire::digest::partition;
use parking_lot::RwLock;
use std::net::SocketAddr;

/// What the nodes share: data, clock and journal.
pub(crate) struct Cluster {
    pub(crate) name: Option<String>,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) modules: Modules,
    pub(crate) nodes: Vec<Node>,
    pub(crate) topology: RwLock<Topology>,
}

/// One node: an address, and what happens on it.
pub(crate) struct Node {
    /// Its place among the nodes.
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    pub(crate) counters: Counters,
    pub(crate) faults: Faults,
}

/// How a node comes to the record that it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// It owns the partition.
    Own,
    /// It asks the node that does, and passes the answer on.
    Proxied,
    /// Nobody that is up has the partition's records.
    Unavailable,
}

impl Cluster {
    #[inline]
    pub(crate) fn namespace(&self, name: &[u8]) -> Option<&Namespace> {
        self.namespaces
            .iter()
            .find(|namespace| namespace.name.as_bytes() == name)
    }

    /// How a node comes to a record. Reads are answered by whoever has a copy, writes by the master.
    #[inline]
    pub(crate) fn route(
        &self,
        node: &Node,
        namespace: &Namespace,
        digest: &Digest,
        is_write: bool,
    ) -> Route {
        // A node without others has everything.
        if self.nodes.len() == 1 {
            return Route::Own;
        }
        let topology = self.topology.read();
        let (space, number) = (topology.space(namespace.number), partition(digest));
        let is_own = if is_write {
            space.is_master(number, node.number)
        } else {
            space.is_owner(number, node.number)
        };
        match space.is_available(number) {
            false => Route::Unavailable,
            true if is_own => Route::Own,
            true => Route::Proxied,
        }
    }

    /// Forgets all records and modules, brings the clock back and empties the journal. Faults and nodes stay as they are.
    pub(crate) fn reset(&self) {
        for namespace in &self.namespaces {
            namespace.clear();
        }
        self.modules.clear();
        self.clock.reset();
        self.journal.clear();
    }
}
