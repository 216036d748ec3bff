//! A node, as the direct path sees it.

use std::sync::Arc;
use std::time::Duration;

use super::connection::Pool;
use super::health::Health;
use super::pace::Pace;
use super::pipe::Pipe;
use super::plan::Plan;
use super::stats::Stats;

/// Who is at the other end of a node's connections.
pub(super) struct Peer {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) plan: Plan,
    pub(super) health: Health,
    pub(super) stats: Arc<Stats>,
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
    pub(super) fn new(name: &str, host: String, port: u16, plan: Plan, stats: &Arc<Stats>) -> Self {
        Self {
            peer: Arc::new(Peer {
                name: name.to_owned(),
                host,
                port,
                plan,
                health: Health::new(),
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

    /// Opens so many pipes and so many connections for batches.
    pub(super) async fn warm_up(&self, pipes: usize, batches: usize) {
        for pipe in self.pipes.iter().take(pipes) {
            pipe.open(&self.peer);
        }
        while self.pipes.iter().any(|pipe| pipe.is_opening()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut taken = Vec::new();
        for _ in 0..batches {
            match self.pool.take(&self.peer).await {
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

impl Drop for Node {
    fn drop(&mut self) {
        self.close(false);
    }
}
