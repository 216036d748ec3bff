use crate::clock::Clock;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::namespace::Namespace;
use crate::statistics::Counters;
use std::net::SocketAddr;

/// What the nodes share: data, clock and journal.
pub(crate) struct Cluster {
    pub(crate) name: Option<String>,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    /// One node for now; info answers already go through this list.
    pub(crate) nodes: Vec<Node>,
}

/// One node: an address, and what happens on it.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    pub(crate) counters: Counters,
    pub(crate) faults: Faults,
}

impl Cluster {
    #[inline]
    pub(crate) fn namespace(&self, name: &[u8]) -> Option<&Namespace> {
        self.namespaces
            .iter()
            .find(|namespace| namespace.name.as_bytes() == name)
    }

    /// Forgets all records, brings the clock back and empties the journal. Faults stay.
    pub(crate) fn reset(&self) {
        for namespace in &self.namespaces {
            namespace.clear();
        }
        self.clock.reset();
        self.journal.clear();
    }
}
