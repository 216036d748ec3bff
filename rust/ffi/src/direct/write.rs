//! Writes. Each has a connection for itself while its reply is out: on one that it shared, it would wait behind those in
//! front until the server has copied them to other nodes.

use std::sync::Arc;

use aerospike_wire::Digest;

use super::Direct;
use super::node::Node;
use super::reply::{Form, Single};
use super::single::route;
use super::stats::Reason;
use crate::clock::{self, Instant};

/// What a write came to.
pub(crate) enum Written {
    /// The payload of OPERATE.
    Record(Vec<u8>),
    /// The node refused it.
    Refused { code: i32, node: Peer },
    /// It may have been carried out.
    InDoubt { reason: Reason, node: Peer },
    /// Nothing was sent.
    Unsent,
}

/// A node's name, and its address.
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) address: String,
}

impl Peer {
    fn of(node: &Node) -> Self {
        let peer = &node.peer;
        Self {
            name: peer.name.clone(),
            address: format!("{}:{}", peer.host, peer.port),
        }
    }
}

impl Direct {
    /// The node that a record's writes go to, where it can be asked.
    pub(crate) fn writes_to(&self, namespace: &str, digest: &Digest) -> Option<Master> {
        let map = self.map()?;
        let node = route(&map, namespace, digest).ok()?;
        Some(Master(Arc::clone(node)))
    }
}

/// Where a write goes.
pub(crate) struct Master(Arc<Node>);

impl Master {
    /// Sends a write once, unless every connection is taken.
    pub(crate) async fn write(self, request: &[u8], form: Form, until: Option<Instant>) -> Written {
        let node = self.0;
        let peer = &node.peer;
        let mut connection = match node.pool.take_now(peer).await {
            Ok(connection) => connection,
            Err(reason) => {
                if reason != Reason::Busy {
                    peer.health.error();
                }
                return Written::Unsent;
            }
        };
        peer.stats.write();
        peer.health.attempt();
        let exchange = connection.exchange_one(request, form);
        let outcome = match until {
            Some(until) => clock::timeout_at(until, exchange).await,
            None => Some(exchange.await),
        };
        match outcome.unwrap_or(Err(Reason::Late)) {
            Ok(answer) => {
                node.pool.give(connection);
                match answer {
                    Single::Record(payload) => Written::Record(payload),
                    Single::Code(code) => Written::Refused {
                        code: code.into(),
                        node: Peer::of(&node),
                    },
                    // It was carried out, but what it answered cannot be told apart.
                    Single::Short => Written::InDoubt {
                        reason: Reason::Unanswered,
                        node: Peer::of(&node),
                    },
                }
            }
            Err(reason) => {
                peer.health.error();
                Written::InDoubt {
                    reason,
                    node: Peer::of(&node),
                }
            }
        }
    }
}
