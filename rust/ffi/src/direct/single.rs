//! Single reads.

use std::sync::Arc;

use aerospike_wire::Digest;
use aerospike_wire::read::{Want, push_single};

use super::reply::Single;
use super::stats::Reason;
use super::{Bound, Direct};

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
        want: Want<'_>,
        bound: Bound,
    ) -> Answer {
        let map = self.map();
        let Some(node) = map.as_ref().and_then(|map| map.node(namespace, digest)) else {
            return Answer::unsent(Reason::Unmapped);
        };
        let peer = &node.peer;
        if peer.health.is_paused() {
            return Answer::unsent(Reason::Paused);
        }
        let answered = node.pipes().find_map(|pipe| {
            pipe.push(peer, bound.at, |out| {
                push_single(out, namespace, set, digest, want, bound.milliseconds);
            })
        });
        let Some(answered) = answered else {
            return Answer::unsent(Reason::Busy);
        };
        self.stats.attempt(1);
        peer.health.attempt();
        let peer = Arc::clone(peer);
        // Not kept over the wait: a node that left closes its connections when nobody uses it any more.
        drop(map);
        let reason = match answered.await {
            Ok(Ok(Single::Record(payload))) => {
                self.stats.answered(1);
                return Answer::Record(payload);
            }
            Ok(Ok(Single::Code(code))) => match i32::from(code) {
                code @ (crate::error::NOT_FOUND | crate::error::FILTERED_OUT) => {
                    self.stats.answered(1);
                    return Answer::Code(code);
                }
                _ => Reason::Code,
            },
            Ok(Err(reason)) => reason,
            Err(_) => Reason::Lost,
        };
        Answer::Failed {
            reason,
            may_repeat: !reason.adds_load() || peer.health.may_repeat(),
            node: Some(peer.name.clone()),
        }
    }
}
