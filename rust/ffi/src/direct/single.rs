//! Single reads.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use aerospike_wire::Digest;
use aerospike_wire::read::{Want, push_single};

use tokio::sync::oneshot;

use super::map::Map;
use super::node::{Node, Peer};
use super::pipe::{Listener, Outcome};
use super::reply::{Form, Single};
use super::stats::Reason;
use super::{Bound, Direct};
use crate::clock::Instant;
use crate::ticket::Claim;

/// How many reads of a burst stand behind each other on one pipe before the next one gets some.
const RUN: usize = 16;

/// What a single read came to.
pub(crate) enum Answer {
    /// The payload of GET.
    Record(Vec<u8>),
    /// No record, for a reason that is an answer.
    Code(i32),
    /// No clean answer.
    Failed {
        reason: Reason,
        /// The node that was asked.
        node: Option<String>,
        /// Whether core may ask again.
        may_repeat: bool,
    },
}

impl Answer {
    /// From what came on a pipe.
    pub(super) fn new(outcome: Outcome, peer: &Peer) -> Self {
        let reason = match outcome {
            Ok(Single::Record(payload)) => {
                peer.stats.answered(1);
                return Self::Record(payload);
            }
            Ok(Single::Code(code)) => match i32::from(code) {
                code @ (crate::error::NOT_FOUND | crate::error::FILTERED_OUT) => {
                    peer.stats.answered(1);
                    return Self::Code(code);
                }
                _ => Reason::Code,
            },
            Ok(Single::Short) => Reason::Unanswered,
            Err(reason) => reason,
        };
        Self::Failed {
            reason,
            may_repeat: !reason.adds_load() || peer.health.may_repeat(),
            node: Some(peer.name.clone()),
        }
    }

    /// Nothing was sent.
    pub(crate) fn unsent(reason: Reason) -> Self {
        Self::Failed {
            reason,
            node: None,
            may_repeat: true,
        }
    }
}

impl Direct {
    /// The answer to a read that was given up because its attempt took too long.
    pub(crate) fn late(&self, namespace: &str, digest: &Digest) -> Answer {
        let map = self.map();
        let peer = map
            .as_ref()
            .and_then(|map| map.node(namespace, digest))
            .map(|node| &node.peer);
        Answer::Failed {
            reason: Reason::Late,
            may_repeat: peer.is_some_and(|peer| peer.health.may_repeat()),
            node: peer.map(|peer| peer.name.clone()),
        }
    }

    /// Asks the node that owns the record's partition, once.
    pub(crate) async fn read(
        &self,
        namespace: &str,
        set: &str,
        digest: &Digest,
        (want, filter): (Want<'_>, Option<&[u8]>),
        bound: Bound,
    ) -> Answer {
        let (peer, answered) = {
            // Not kept over the wait: a node that left closes its connections when nobody uses it any more.
            let map = self.map();
            let node = match map.as_ref().map(|map| route(map, namespace, digest)) {
                Some(Ok(node)) => node,
                Some(Err(reason)) => return Answer::unsent(reason),
                None => return Answer::unsent(Reason::Unmapped),
            };
            let (answer, answered) = oneshot::channel();
            let pushed = push(
                node,
                self.turn(),
                (Listener::Task(answer), Form::of(want)),
                (bound.at, None),
                false,
                |out| {
                    let timeout = bound.milliseconds;
                    push_single(out, namespace, set, digest, want, filter, timeout);
                },
            );
            if pushed.is_err() {
                return Answer::unsent(Reason::Busy);
            }
            (Arc::clone(&node.peer), answered)
        };
        Answer::new(answered.await.unwrap_or(Err(Reason::Lost)), &peer)
    }

    /// Begins a burst of reads that go without tasks. `None` where it is not known who owns what.
    pub(crate) fn burst(&self) -> Option<Burst> {
        Some(Burst {
            map: self.map()?,
            first: self.turn(),
            sent: 0,
        })
    }

    /// Which pipe is next.
    fn turn(&self) -> usize {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }
}

/// Reads that were submitted together.
pub(crate) struct Burst {
    map: Arc<Map>,
    first: usize,
    sent: usize,
}

impl Burst {
    /// The node to ask for a record, where it can be asked.
    pub(crate) fn route(&self, namespace: &str, digest: &Digest) -> Option<Route> {
        let node = route(&self.map, namespace, digest).ok()?;
        Some(Route(Arc::clone(node)))
    }

    /// Sends an encoded read whose answer goes to a claim, which is told at `due` when there is none; with `at_once`, from
    /// this thread where that is possible. Given back where every connection is taken.
    pub(crate) fn send(
        &mut self,
        Route(node): &Route,
        claim: Claim,
        form: Form,
        (bound, due): (Bound, Instant),
        at_once: bool,
        request: &[u8],
    ) -> Result<(), Claim> {
        // Neighbours share a connection, and so a write, a read and a wake-up on both sides.
        let turn = self.first.wrapping_add(self.sent / RUN);
        let times = (bound.at, Some(due));
        let listener = (Listener::Parked(claim), form);
        let pushed = push(node, turn, listener, times, at_once, |out| {
            out.extend_from_slice(request);
        });
        match pushed {
            Ok(()) => {
                self.sent += 1;
                Ok(())
            }
            Err(Listener::Parked(claim)) => Err(claim),
            Err(Listener::Task(_)) => Ok(()),
        }
    }
}

/// Where a read goes.
pub(crate) struct Route(Arc<Node>);

pub(super) fn route<'m>(
    map: &'m Map,
    namespace: &str,
    digest: &Digest,
) -> Result<&'m Arc<Node>, Reason> {
    let node = map.node(namespace, digest).ok_or(Reason::Unmapped)?;
    if node.peer.health.is_paused() {
        return Err(Reason::Paused);
    }
    Ok(node)
}

/// Gives a request to the first pipe that takes it, beginning with that of `turn`.
fn push(
    node: &Arc<Node>,
    turn: usize,
    (mut listener, form): (Listener, Form),
    times: (Instant, Option<Instant>),
    at_once: bool,
    encode: impl Fn(&mut Vec<u8>),
) -> Result<(), Listener> {
    for pipe in node.pipes(turn) {
        match pipe.push(&node.peer, (listener, form), times, at_once, &encode) {
            Ok(()) => {
                node.peer.stats.attempt(1);
                node.peer.health.attempt();
                return Ok(());
            }
            Err(refused) => listener = refused,
        }
    }
    Err(listener)
}
