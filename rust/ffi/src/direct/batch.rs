//! Batches whose rows all read bins.

use std::sync::Arc;

use aerospike_wire::Digest;
use aerospike_wire::digest::partition;
use aerospike_wire::read::{BatchWriter, Want};
use tokio::task::JoinSet;

use super::node::Node;
use super::reply::Walker;
use super::stats::Reason;
use super::{Bound, Direct};
use crate::clock;
use crate::names::{Guess, Names};

/// From this many rows on, a node's share is split over connections, and so over the threads of both sides.
const PART: usize = 1000;
/// The most connections that one batch uses to a node.
const PARTS: usize = 4;

/// A row that is to be read.
pub(crate) struct Row {
    pub(crate) digest: Digest,
    /// Of the space in the request.
    pub(crate) space: u16,
    /// Of what is read, in the request.
    pub(crate) want: u16,
}

/// A part of the batch, as its node answered it.
pub(crate) struct Part {
    /// Where the part's rows stand in the batch.
    pub(crate) rows: Vec<u32>,
    /// Fixed parts of the rows; [`super::UNANSWERED`] is the code of those that were not answered cleanly.
    pub(crate) heads: Vec<u8>,
    pub(crate) bodies: Vec<u8>,
    pub(crate) answered: usize,
    /// Why rows were not answered, if any was not.
    pub(crate) reason: Option<Reason>,
    /// Whether core may ask for them again.
    pub(crate) may_repeat: bool,
    /// The node that was asked, if one was.
    pub(crate) node: Option<String>,
}

/// What goes to one node in one message.
struct Order {
    node: Arc<Node>,
    rows: Vec<u32>,
    request: Vec<u8>,
}

impl Direct {
    /// Asks the nodes that own the rows, once. Every row is in exactly one part. Beside what is read stands the packed
    /// expression that a record has to meet.
    pub(crate) async fn read_batch(
        self: &Arc<Self>,
        rows: &[Row],
        spaces: &[(&str, &str)],
        wants: &[(Want<'_>, Option<&[u8]>)],
        flags: u8,
        bound: Bound,
        names: &Arc<Names>,
    ) -> Vec<Part> {
        let (mut orders, mut parts) = self.orders(rows, spaces, wants, flags, bound);
        if orders.len() == 1 {
            let order = orders.remove(0);
            parts.push(self.fetch(order, bound, names).await);
            return parts;
        }
        let mut running = JoinSet::new();
        for order in orders {
            let (direct, names) = (Arc::clone(self), Arc::clone(names));
            running.spawn(async move { direct.fetch(order, bound, &names).await });
        }
        while let Some(part) = running.join_next().await {
            // A part that panicked has no rows; they are missed by whoever counts.
            parts.extend(part.ok());
        }
        parts
    }

    /// Groups the rows by node, and in a node's message by what they have in common, which then is written once.
    fn orders(
        &self,
        rows: &[Row],
        spaces: &[(&str, &str)],
        wants: &[(Want<'_>, Option<&[u8]>)],
        flags: u8,
        bound: Bound,
    ) -> (Vec<Order>, Vec<Part>) {
        let unsent = |rows: Vec<u32>, reason| Part {
            heads: Vec::new(),
            bodies: Vec::new(),
            answered: 0,
            reason: Some(reason),
            may_repeat: true,
            node: None,
            rows,
        };
        let Some(map) = self.map() else {
            let all = (0..rows.len() as u32).collect();
            return (Vec::new(), vec![unsent(all, Reason::Unmapped)]);
        };
        let masters: Vec<_> = spaces
            .iter()
            .map(|(namespace, _)| map.space(namespace))
            .collect();
        let nodes = map.nodes.len();
        let usable: Vec<_> = map
            .nodes
            .iter()
            .map(|node| !node.peer.health.is_paused())
            .collect();
        let (mut unmapped, mut paused) = (Vec::new(), Vec::new());
        // A node's number, then space and want, then the row, in the bits of one number: sorting it groups the rows.
        let mut sorted: Vec<(u64, u32)> = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let node = masters[usize::from(row.space)].map_or(nodes, |masters| {
                usize::from(masters[partition(&row.digest)])
            });
            match usable.get(node) {
                Some(true) => sorted.push((
                    (node as u64) << 32 | u64::from(row.space) << 16 | u64::from(row.want),
                    at as u32,
                )),
                Some(false) => paused.push(at as u32),
                None => unmapped.push(at as u32),
            }
        }
        let mut parts = Vec::new();
        if !unmapped.is_empty() {
            parts.push(unsent(unmapped, Reason::Unmapped));
        }
        if !paused.is_empty() {
            parts.push(unsent(paused, Reason::Paused));
        }
        sorted.sort_unstable();
        let mut orders = Vec::new();
        for of_node in sorted.chunk_by(|a, b| a.0 >> 32 == b.0 >> 32) {
            let node = &map.nodes[(of_node[0].0 >> 32) as usize];
            let count = of_node.len().div_ceil(PART).min(PARTS);
            for chunk in of_node.chunks(of_node.len().div_ceil(count)) {
                let mut writer = BatchWriter::new(chunk.len(), flags, bound.milliseconds);
                let mut last = None;
                for (group, at) in chunk {
                    let row = &rows[*at as usize];
                    if last == Some(*group) {
                        writer.repeat(&row.digest);
                    } else {
                        let (namespace, set) = spaces[usize::from(row.space)];
                        let (want, filter) = wants[usize::from(row.want)];
                        writer.push(&row.digest, namespace, set, want, filter);
                        last = Some(*group);
                    }
                }
                orders.push(Order {
                    node: Arc::clone(node),
                    rows: chunk.iter().map(|(_, at)| *at).collect(),
                    request: writer.finish(),
                });
            }
        }
        (orders, parts)
    }

    async fn fetch(&self, order: Order, bound: Bound, names: &Names) -> Part {
        let Order {
            node,
            rows,
            request,
        } = order;
        let peer = &node.peer;
        let mut walker = Walker::new(rows.len(), Guess::new(names));
        let mut buffer = node.pool.buffer();
        let outcome = async {
            // Not the node's fault, however long it takes.
            let slot = clock::timeout_at(bound.at, node.pool.slot()).await;
            let slot = slot.flatten().ok_or(Reason::Busy)?;
            let exchange = async {
                let mut connection = node.pool.fill(slot, peer).await?;
                self.stats.attempt(rows.len());
                peer.health.attempt();
                connection
                    .exchange(&request, &mut walker, &mut buffer)
                    .await?;
                node.pool.give(connection);
                Ok(())
            };
            let outcome = clock::timeout_at(bound.at, exchange).await;
            outcome.unwrap_or(Err(Reason::Late))
        }
        .await;
        node.pool.keep(buffer);
        self.stats.answered(walker.answered);
        let reason = match outcome {
            Err(reason) => {
                if reason != Reason::Busy {
                    peer.health.error();
                }
                Some(reason)
            }
            Ok(()) if walker.refused > 0 => Some(Reason::Code),
            Ok(()) if walker.answered < rows.len() => Some(Reason::Unanswered),
            Ok(()) => None,
        };
        Part {
            heads: walker.heads,
            bodies: walker.bodies,
            answered: walker.answered,
            may_repeat: reason.is_none_or(|reason| !reason.adds_load() || peer.health.may_repeat()),
            reason,
            node: Some(peer.name.clone()),
            rows,
        }
    }
}
