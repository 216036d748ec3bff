//! Keeps the partition map: asks a node for its partitions when core saw that they changed.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use aerospike_core::{self as core, AdminPolicy};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::map::{Map, Masters, masters};
use super::node::Node;
use super::{Direct, Plan, Stats};
use crate::cluster::Cluster;

const INTERVAL: Duration = Duration::from_millis(100);
/// How long a node may take to answer.
const BOUND: Duration = Duration::from_secs(2);

/// A node, and what it last said.
struct Known {
    node: Arc<Node>,
    /// Core's number for the partitions when the node was asked.
    generation: isize,
    masters: Option<Masters>,
    /// The question is out.
    asked: bool,
}

/// What came of a question.
struct Answer {
    /// Who was asked: a node that left and came back since then is another one.
    node: Arc<Node>,
    generation: isize,
    masters: Option<Masters>,
}

/// Keeps the map for as long as the cluster lives.
pub(super) async fn run(direct: Weak<Direct>, cluster: Weak<Cluster>) {
    let mut known: HashMap<String, Known> = HashMap::new();
    let mut questions = JoinSet::new();
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
            let has_left = follow(&mut known, &nodes, plan, &stats);
            ask(&mut known, &nodes, &mut questions);
            if collect(&mut known, &mut questions).await || has_left {
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
        sleep(INTERVAL).await;
    }
}

/// Follows core's nodes. True when one of them left.
fn follow(
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
    let has_left = known.len() != before;
    for node in nodes.iter().filter(|node| node.is_active()) {
        known
            .entry(node.name().to_owned())
            .or_insert_with(|| Known {
                node: Arc::new(Node::of(node, plan, stats)),
                generation: isize::MIN,
                masters: None,
                asked: false,
            });
    }
    has_left
}

/// Asks the nodes whose partitions changed, all at once: one that does not answer keeps nobody else's from being known.
fn ask(
    known: &mut HashMap<String, Known>,
    nodes: &[Arc<core::Node>],
    questions: &mut JoinSet<Answer>,
) {
    for node in nodes {
        // Taken before the question: a change that comes meanwhile is asked about again.
        let generation = node.partition_generation();
        let Some(of_node) = known.get_mut(node.name()) else {
            continue;
        };
        if of_node.asked || of_node.generation == generation {
            continue;
        }
        of_node.asked = true;
        let (asked, node) = (Arc::clone(&of_node.node), Arc::clone(node));
        questions.spawn(async move {
            let policy = AdminPolicy {
                timeout: BOUND.as_millis() as u32,
            };
            let answer = timeout(BOUND, node.info(&policy, &["replicas"])).await;
            let text = answer.ok().and_then(Result::ok);
            let text = text.as_ref().and_then(|answers| answers.get("replicas"));
            Answer {
                node: asked,
                generation,
                masters: text.map(|text| masters(text)),
            }
        });
    }
}

/// Takes the answers that come within a moment. True when one of them says something new.
async fn collect(known: &mut HashMap<String, Known>, questions: &mut JoinSet<Answer>) -> bool {
    let mut changed = false;
    let until = Instant::now() + INTERVAL;
    while let Ok(Some(answer)) = timeout_at(until, questions.join_next()).await {
        let Ok(answer) = answer else {
            // It panicked and does not say who was asked. Asking somebody twice does no harm.
            known.values_mut().for_each(|known| known.asked = false);
            continue;
        };
        let Some(of_node) = known
            .values_mut()
            .find(|known| Arc::ptr_eq(&known.node, &answer.node))
        else {
            continue;
        };
        // Who did not answer is asked again in the next round.
        of_node.asked = false;
        if let Some(masters) = answer.masters {
            of_node.masters = Some(masters);
            of_node.generation = answer.generation;
            changed = true;
        }
    }
    changed
}
