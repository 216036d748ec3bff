//! A node, as the direct path sees it.

use std::sync::Arc;
use std::time::Duration;

use aerospike_core as core;

use super::connection::Pool;
use super::health::Health;
use super::pace::Pace;
use super::pipe::Pipe;
use super::plan::Plan;
use super::stats::Stats;

/// Who is at the other end of a node's connections.
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) plan: Plan,
    pub(super) health: Health,
    pub(super) stats: Arc<Stats>,
}

impl Peer {
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// A node and its connections.
pub(super) struct Node {
    pub(super) peer: Arc<Peer>,
    pub(super) pool: Pool,
    /// Of its writes.
    pub(super) pace: Pace,
    pipes: Vec<Arc<Pipe>>,
}

impl Node {
    /// One of core's nodes.
    pub(super) fn of(node: &Arc<core::Node>, plan: Plan, stats: &Arc<Stats>) -> Self {
        let host = node.host();
        let health = Health::new(Some(Arc::clone(node)));
        Self::new(node.name(), (host.name, host.port), health, plan, stats)
    }

    fn new(
        name: &str,
        (host, port): (String, u16),
        health: Health,
        plan: Plan,
        stats: &Arc<Stats>,
    ) -> Self {
        Self {
            peer: Arc::new(Peer {
                name: name.to_owned(),
                host,
                port,
                plan,
                health,
                stats: Arc::clone(stats),
            }),
            pool: Pool::new(plan.pool, plan.patience),
            pace: Pace::new(),
            pipes: (0..plan.pipes).map(|_| Arc::default()).collect(),
        }
    }

    pub(super) fn is_at(&self, host: &str, port: u16) -> bool {
        self.peer.host == host && self.peer.port == port
    }

    /// The pipes, each of them once, beginning with that of `turn`.
    pub(super) fn pipes(&self, turn: usize) -> impl Iterator<Item = &Arc<Pipe>> {
        let count = self.pipes.len();
        (0..count).map(move |at| &self.pipes[(turn % count + at) % count])
    }

    /// Opens so many pipes and so many connections for batches and writes.
    pub(super) async fn warm_up(&self, pipes: usize, batches: usize) {
        for pipe in self.pipes.iter().take(pipes) {
            pipe.open(&self.peer);
        }
        while self.pipes.iter().any(|pipe| pipe.is_opening()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut taken = Vec::new();
        for _ in 0..batches {
            let Some(slot) = self.pool.slot().await else {
                break;
            };
            match self.pool.fill(slot, &self.peer).await {
                Ok(connection) => taken.push(connection),
                Err(_) => break,
            }
        }
        taken
            .into_iter()
            .for_each(|connection| self.pool.give(connection));
    }

    /// Connections that are open, and those of them that nobody uses.
    pub(super) fn gauges(&self) -> (u64, u64) {
        let (mut open, mut idle) = self.pool.gauges(self.peer.plan.pool);
        for (is_open, is_used) in self.pipes.iter().map(|pipe| pipe.gauges()) {
            open += u64::from(is_open);
            idle += u64::from(is_open && !is_used);
        }
        (open, idle)
    }

    /// Ends the pipes, at once or when they have nothing to wait for any more.
    pub(super) fn close(&self, at_once: bool) {
        self.pipes.iter().for_each(|pipe| pipe.close(at_once));
    }
}

#[cfg(test)]
impl Node {
    /// With one pipe and one connection, unknown to core.
    pub(super) fn at(port: u16, patience: Duration) -> Arc<Self> {
        let plan = Plan {
            pipes: 1,
            pool: 1,
            patience,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: None,
        };
        let address = ("127.0.0.1".to_owned(), port);
        let health = Health::new(None);
        Arc::new(Self::new("node", address, health, plan, &Arc::default()))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.close(false);
    }
}
