//! Keeps the partition map: asks a node for its partitions when core saw that they changed.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use aerospike_core::{self as core, AdminPolicy};

use super::map::{Map, Masters, masters};
use super::node::Node;
use super::{Direct, Plan, Stats};
use crate::cluster::Cluster;

const INTERVAL: Duration = Duration::from_millis(100);
const BOUND: Duration = Duration::from_secs(2);

/// A node, and what it last said.
struct Known {
    node: Arc<Node>,
    /// Core's number for the partitions when the node was asked.
    generation: isize,
    masters: Option<Masters>,
}

/// Keeps the map for as long as the cluster lives.
pub(super) async fn run(direct: Weak<Direct>, cluster: Weak<Cluster>) {
    let mut known: HashMap<String, Known> = HashMap::new();
    loop {
        let nodes = {
            let Some(cluster) = cluster.upgrade() else {
                return;
            };
            cluster.started().map(core::Client::nodes)
        };
        if let Some(nodes) = nodes {
            let Some((plan, stats)) = direct
                .upgrade()
                .map(|direct| (direct.plan, Arc::clone(&direct.stats)))
            else {
                return;
            };
            if update(&mut known, &nodes, plan, &stats).await {
                let Some(direct) = direct.upgrade() else {
                    return;
                };
                let of_nodes: Vec<_> = known
                    .values()
                    .filter_map(|known| Some((Arc::clone(&known.node), known.masters.as_ref()?)))
                    .collect();
                let map = (!of_nodes.is_empty()).then(|| Arc::new(Map::new(of_nodes)));
                *direct.map.write().unwrap_or_else(PoisonError::into_inner) = map;
            }
        }
        known
            .values()
            .for_each(|known| known.node.pool.reap(&known.node.peer));
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Follows core's nodes. True when the map has to be made anew.
async fn update(
    known: &mut HashMap<String, Known>,
    nodes: &[Arc<core::Node>],
    plan: Plan,
    stats: &Arc<Stats>,
) -> bool {
    let before = known.len();
    known.retain(|name, of_node| {
        nodes.iter().any(|node| {
            let host = node.host();
            node.is_active() && node.name() == name && of_node.node.is_at(&host.name, host.port)
        })
    });
    let mut changed = known.len() != before;
    for node in nodes.iter().filter(|node| node.is_active()) {
        // Taken before the question: a change that comes meanwhile is asked about again.
        let generation = node.partition_generation();
        let of_node = known.entry(node.name().to_owned()).or_insert_with(|| {
            let host = node.host();
            Known {
                node: Arc::new(Node::new(node.name(), host.name, host.port, plan, stats)),
                generation: isize::MIN,
                masters: None,
            }
        });
        if of_node.generation == generation {
            continue;
        }
        let policy = AdminPolicy {
            timeout: BOUND.as_millis() as u32,
        };
        let answer = tokio::time::timeout(BOUND, node.info(&policy, &["replicas"])).await;
        // Who does not answer is asked again in the next round.
        if let Ok(Ok(answers)) = answer
            && let Some(text) = answers.get("replicas")
        {
            of_node.masters = Some(masters(text));
            of_node.generation = generation;
            changed = true;
        }
    }
    changed
}
