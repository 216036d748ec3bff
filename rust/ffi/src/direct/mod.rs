//! Commands beside core: requests that this client encodes itself, replies that it walks in place.
//!
//! Optimistic: one attempt, and only for what is common. What a read has no clean answer to goes to core with the time that
//! is left, so retries, replicas and every rare case stay core's, and a wrong guess costs time, never an answer. A write goes
//! to core as long as nothing of it was sent.

mod batch;
mod connection;
mod health;
mod map;
mod node;
mod pace;
mod pipe;
mod plan;
mod refresh;
mod reply;
mod single;
mod stats;
mod write;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::clock;
use crate::cluster::Cluster;
use crate::error::{self, Failure, Phase};

pub(crate) use batch::{Part, Row};
pub(crate) use node::Peer;
pub(crate) use plan::Plan;
pub(crate) use reply::{Form, UNANSWERED};
pub(crate) use single::{Answer, Burst, Route};
pub(crate) use stats::{Reason, Stats};
pub(crate) use write::Written;

use map::Map;

/// How long opening connections waits for the partitions.
const READY: Duration = Duration::from_secs(1);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(2);

/// The direct path of a cluster.
pub(crate) struct Direct {
    plan: Plan,
    stats: Arc<Stats>,
    map: RwLock<Option<Arc<Map>>>,
    refresher: Mutex<Option<AbortHandle>>,
    /// Counts what went to the pipes, so that each gets its share.
    turns: AtomicUsize,
}

/// When an attempt has to have ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) at: clock::Instant,
    /// Milliseconds from now, for the server.
    pub(crate) milliseconds: u32,
}

impl Bound {
    /// For a single read. Where its command's deadline ends it, a reply that comes a little later keeps its connection.
    pub(crate) fn of_attempt(timeout: Duration, by_deadline: bool) -> Self {
        let mut bound = Self::of(timeout);
        if by_deadline {
            bound.at += pipe::UNWANTED;
        }
        bound
    }

    pub(crate) fn of(timeout: Duration) -> Self {
        Self {
            at: clock::Instant::now() + timeout,
            milliseconds: u32::try_from(timeout.as_millis())
                .unwrap_or(u32::MAX)
                .max(1),
        }
    }
}

impl Direct {
    pub(crate) fn new(plan: Plan, stats: Arc<Stats>) -> Arc<Self> {
        Arc::new(Self {
            plan,
            stats,
            map: RwLock::new(None),
            refresher: Mutex::new(None),
            turns: AtomicUsize::new(0),
        })
    }

    /// Begins to follow the cluster's nodes and partitions.
    pub(crate) fn start(self: &Arc<Self>, cluster: &Arc<Cluster>) {
        let task = tokio::spawn(refresh::run(Arc::downgrade(self), Arc::downgrade(cluster)));
        *self
            .refresher
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    fn map(&self) -> Option<Arc<Map>> {
        self.map
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether it is known which node owns which partition.
    pub(crate) fn is_ready(&self) -> bool {
        self.map().is_some()
    }

    /// The connections to a node that are open, and those of them that nobody uses.
    pub(crate) fn gauges(&self, node: &str) -> (u64, u64) {
        let map = self.map();
        let found = map
            .as_ref()
            .and_then(|map| map.nodes.iter().find(|known| known.peer.name == node));
        found.map_or((0, 0), |node| node.gauges())
    }

    /// How many of the first `wanted` connections to a node are the direct path's.
    pub(crate) fn share(&self, wanted: usize) -> usize {
        let pipes = self.plan.pipes.min(wanted);
        pipes + self.plan.pool.min((wanted - pipes) / 4)
    }

    /// Opens its share of `wanted` connections to each node, and waits until they are open.
    pub(crate) async fn warm_up(&self, wanted: usize) {
        let began = Instant::now();
        let map = loop {
            match self.map() {
                Some(map) => break map,
                // A client that has just connected does not know its partitions yet.
                None if began.elapsed() < READY => sleep(LOOK).await,
                None => return,
            }
        };
        let pipes = self.plan.pipes.min(wanted);
        for node in &map.nodes {
            node.warm_up(pipes, self.share(wanted) - pipes).await;
        }
        // The gauges count those that are about to be opened; one that fails drops out of them.
        while self.stats.connections() < map.nodes.iter().map(|node| node.gauges().0).sum() {
            sleep(LOOK).await;
        }
    }

    /// Ends its task and its connections. Commands that still run go to core or end with it.
    pub(crate) fn close(&self) {
        if let Some(task) = self
            .refresher
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
        let map = self
            .map
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(map) = map {
            map.nodes.iter().for_each(|node| node.close(true));
        }
    }
}

/// The failure of an attempt that is not repeated.
pub(crate) fn final_failure(reason: Reason, node: &str) -> Failure {
    let mut failure = match reason {
        Reason::Connect => {
            Failure::new(error::CONNECTION, "no connection to the node").in_phase(Phase::Connect)
        }
        _ => Failure {
            sent: true,
            ..Failure::new(
                error::TIMEOUT,
                format!("the node did not answer within the attempt's time-out (node {node})"),
            )
            .in_phase(Phase::Command)
        },
    };
    failure.node = Some(node.to_owned());
    failure
}
