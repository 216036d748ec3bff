//! Writes. Each has a connection for itself while its reply is out: on one that it shared, it would wait behind those in
//! front until the server has copied them to other nodes.

use std::sync::Arc;
use std::time::Duration;

use aerospike_wire::Digest;

use super::Direct;
use super::connection::{Connection, Slot};
use super::health::Health;
use super::node::{Node, Peer};
use super::reply::{Form, Single};
use super::single::route;
use super::stats::Reason;
use crate::clock::{self, Instant};
use crate::error::{DEVICE_OVERLOAD, KEY_BUSY, TIMEOUT};

/// What a write came to.
pub(crate) enum Written {
    /// The payload of OPERATE.
    Record(Vec<u8>),
    /// The node refused it.
    Refused { code: i32, node: Arc<Peer> },
    /// It may have been carried out.
    InDoubt { reason: Reason, node: Arc<Peer> },
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

/// The right to a connection.
pub(crate) struct Turn(Arc<Node>, Slot);

/// A connection for one write.
pub(crate) struct Ready(Arc<Node>, Connection);

impl Master {
    /// Waits where every connection is taken and the node is at its limit: more at a time would only cost more. `None`
    /// where core's connections would make it faster, or it took too long.
    pub(crate) async fn turn(self) -> Option<Turn> {
        let Self(node) = self;
        let slot = node.pool.write_slot(node.pace.is_crowded()).await?;
        // It may have failed meanwhile.
        (!node.peer.health.is_paused()).then_some(Turn(node, slot))
    }
}

impl Turn {
    /// Opens a connection where none rests. `None` where that cannot be done.
    pub(crate) async fn connect(self) -> Option<Ready> {
        let Self(node, slot) = self;
        match node.pool.fill(slot, &node.peer).await {
            Ok(connection) => Some(Ready(node, connection)),
            Err(_) => {
                node.peer.health.error();
                None
            }
        }
    }
}

/// Counts an exchange as failed, unless it comes to an answer: whoever gives it up drops it.
struct Unanswered<'h>(Option<&'h Health>);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(health) = self.0 {
            health.error();
        }
    }
}

impl Ready {
    /// Sends a write, once. It is late after `bound`, where there is one.
    pub(crate) async fn write(
        self,
        request: &[u8],
        form: Form,
        bound: Option<Duration>,
    ) -> Written {
        let Self(node, mut connection) = self;
        let peer = &node.peer;
        let mut unanswered = Unanswered(Some(&peer.health));
        peer.stats.write();
        peer.health.attempt();
        let began = Instant::now();
        let exchange = connection.exchange_one(request, form);
        let outcome = match bound {
            Some(bound) => clock::timeout_at(began + bound, exchange).await,
            None => Some(exchange.await),
        };
        let node_of = || Arc::clone(peer);
        let answer = match outcome.unwrap_or(Err(Reason::Late)) {
            Ok(answer) => answer,
            Err(reason) => {
                return Written::InDoubt {
                    reason,
                    node: node_of(),
                };
            }
        };
        node.pace
            .took(Instant::now().saturating_duration_since(began));
        node.pool.give(connection);
        unanswered.0 = None;
        match answer {
            Single::Record(payload) => Written::Record(payload),
            Single::Code(code) => {
                let code = code.into();
                // As core counts them.
                if matches!(code, TIMEOUT | KEY_BUSY | DEVICE_OVERLOAD) {
                    peer.health.overloaded();
                }
                Written::Refused {
                    code,
                    node: node_of(),
                }
            }
            // It was carried out, but what it answered cannot be told apart.
            Single::Short => Written::InDoubt {
                reason: Reason::Unanswered,
                node: node_of(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::net::TcpListener;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

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
            let node = Node::at(1, Duration::from_secs(60));
            let turn = || Master(Arc::clone(&node)).turn();
            let first = turn().await;
            assert!(first.is_some());
            let mut context = Context::from_waker(Waker::noop());
            let at_once = pin!(turn()).poll(&mut context);
            assert!(matches!(at_once, Poll::Ready(None)), "core is faster");
            crowd(&node);
            let mut second = pin!(turn());
            assert!(matches!(second.as_mut().poll(&mut context), Poll::Pending));
            drop(first);
            assert!(second.await.is_some());
        });
    }

    #[test]
    fn exchanges_that_are_given_up_pause_the_node() {
        run(async {
            let silent = TcpListener::bind("127.0.0.1:0").unwrap();
            let node = Node::at(silent.local_addr().unwrap().port(), Duration::ZERO);
            for given_up in 0..8 {
                assert!(!node.peer.health.is_paused(), "after {given_up}");
                let turn = Master(Arc::clone(&node)).turn().await.unwrap();
                let ready = turn.connect().await.unwrap();
                let mut write = pin!(ready.write(b"a request", Form::Record, None));
                let mut context = Context::from_waker(Waker::noop());
                assert!(matches!(write.as_mut().poll(&mut context), Poll::Pending));
            }
            assert!(node.peer.health.is_paused());
            assert!(Master(node).turn().await.is_none());
        });
    }

    #[test]
    fn a_write_that_waited_too_long_is_for_core() {
        run(async {
            let node = Node::at(1, Duration::from_millis(1));
            crowd(&node);
            let first = Master(Arc::clone(&node)).turn().await;
            assert!(first.is_some() && Master(node).turn().await.is_none());
        });
    }
}
