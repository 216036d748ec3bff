//! Writes. Each has a connection for itself while its reply is out: on one that it shared, it would wait behind those in
//! front until the server has copied them to other nodes.

use std::sync::Arc;

use aerospike_wire::Digest;

use super::Direct;
use super::connection::Slot;
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

/// The right to send a write.
pub(crate) struct Turn(Arc<Node>, Slot);

impl Master {
    /// Waits where every connection is taken and the node is at its limit: more at a time would only cost more. `None`
    /// where core's connections would make it faster, or it took too long.
    pub(crate) async fn turn(self) -> Option<Turn> {
        let Self(node) = self;
        let slot = match node.pool.slot_now() {
            Some(slot) => slot,
            None if node.pace.is_crowded() => node.pool.slot().await?,
            None => return None,
        };
        Some(Turn(node, slot))
    }
}

impl Turn {
    /// Sends a write once, if there is a connection.
    pub(crate) async fn write(self, request: &[u8], form: Form, until: Option<Instant>) -> Written {
        let Self(node, slot) = self;
        let peer = &node.peer;
        let Ok(mut connection) = node.pool.fill(slot, peer).await else {
            peer.health.error();
            return Written::Unsent;
        };
        peer.stats.write();
        peer.health.attempt();
        let began = Instant::now();
        let exchange = connection.exchange_one(request, form);
        let outcome = match until {
            Some(until) => clock::timeout_at(until, exchange).await,
            None => Some(exchange.await),
        };
        match outcome.unwrap_or(Err(Reason::Late)) {
            Ok(answer) => {
                node.pace
                    .took(Instant::now().saturating_duration_since(began));
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

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use super::*;
    use crate::direct::Plan;

    fn node(patience: Duration) -> Arc<Node> {
        let plan = Plan {
            pipes: 1,
            pool: 1,
            patience,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: None,
        };
        let node = Node::new("node", "127.0.0.1".into(), 1, plan, &Arc::default());
        Arc::new(node)
    }

    fn crowd(node: &Node) {
        node.pace.took(Duration::from_micros(100));
        (0..100).for_each(|_| node.pace.took(Duration::from_millis(2)));
    }

    fn run(future: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(future);
    }

    #[test]
    fn a_write_waits_for_a_connection_of_a_node_at_its_limit_and_of_no_other() {
        run(async {
            let node = node(Duration::from_secs(60));
            let turn = || Master(Arc::clone(&node)).turn();
            let first = turn().await;
            assert!(first.is_some());
            assert!(turn().await.is_none(), "core's connections are faster");
            crowd(&node);
            let mut second = pin!(turn());
            let mut context = Context::from_waker(Waker::noop());
            assert!(matches!(second.as_mut().poll(&mut context), Poll::Pending));
            drop(first);
            assert!(second.await.is_some());
        });
    }

    #[test]
    fn a_write_that_waited_too_long_is_for_core() {
        run(async {
            let node = node(Duration::from_millis(1));
            crowd(&node);
            let first = Master(Arc::clone(&node)).turn().await;
            assert!(first.is_some() && Master(node).turn().await.is_none());
        });
    }
}
