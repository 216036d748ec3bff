//! What the two paths did, for STATS.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// Why a read, or a row of one, went to core, or a write is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Its options ask for something that only core does, or for core.
    Options,
    /// It is not known which node owns its partition.
    Unmapped,
    /// Its node failed too often in the last seconds.
    Paused,
    /// Every connection is taken.
    Busy,
    /// No connection could be opened.
    Connect,
    /// The connection ended before the answer.
    Lost,
    /// The attempt's time-out passed.
    Late,
    /// It waited behind a reply that was late.
    Behind,
    /// The answer made no sense.
    Malformed,
    /// The server answered with an error, which core knows how to treat.
    Code,
    /// The server's answer left it out.
    Unanswered,
}

impl Reason {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Options, "options"),
        (Self::Unmapped, "unmapped"),
        (Self::Paused, "paused"),
        (Self::Busy, "busy"),
        (Self::Connect, "connect"),
        (Self::Lost, "lost"),
        (Self::Late, "late"),
        (Self::Behind, "behind"),
        (Self::Malformed, "malformed"),
        (Self::Code, "code"),
        (Self::Unanswered, "unanswered"),
    ];

    /// Whether nothing was sent, so that core has the policy's attempts as a whole.
    pub(crate) fn is_unsent(self) -> bool {
        matches!(
            self,
            Self::Options | Self::Unmapped | Self::Paused | Self::Busy
        )
    }

    /// Whether the server may still work on it, so that sending it again adds to its load.
    pub(crate) fn adds_load(self) -> bool {
        // What waited behind a late reply has paid for it already, or lost its connection.
        matches!(self, Self::Late)
    }
}

/// Counters of a cluster.
#[derive(Default)]
pub(crate) struct Stats {
    attempts: AtomicU64,
    rows: AtomicU64,
    answered: AtomicU64,
    writes: AtomicU64,
    connections: AtomicU64,
    fallbacks: [AtomicU64; Reason::ALL.len()],
    core_reads: AtomicU64,
    core_rows: AtomicU64,
}

impl Stats {
    /// A request that goes out, and the rows it asks for.
    pub(super) fn attempt(&self, rows: usize) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// A write that goes out.
    pub(super) fn write(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, rows: usize) {
        self.answered.fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// Rows that go to core.
    pub(crate) fn fallback(&self, reason: Reason, rows: usize) {
        self.fallbacks[reason as usize].fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// A read through core.
    pub(crate) fn core(&self, rows: usize) {
        self.core_reads.fetch_add(1, Ordering::Relaxed);
        self.core_rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn disconnected(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// The direct path's open connections.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// The payload of STATS. `ready` says whether the direct path knows the partitions.
    pub(crate) fn to_json(&self, enabled: bool, ready: bool) -> Vec<u8> {
        #[derive(Serialize)]
        struct Direct {
            enabled: bool,
            ready: bool,
            connections: u64,
            attempts: u64,
            rows: u64,
            answered: u64,
            writes: u64,
            fallbacks: BTreeMap<&'static str, u64>,
        }
        #[derive(Serialize)]
        struct Core {
            reads: u64,
            rows: u64,
        }
        #[derive(Serialize)]
        struct Both {
            direct: Direct,
            core: Core,
        }
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let fallbacks = Reason::ALL
            .iter()
            .map(|(reason, name)| (*name, read(&self.fallbacks[*reason as usize])))
            .filter(|(_, count)| *count > 0)
            .collect();
        serde_json::to_vec(&Both {
            direct: Direct {
                enabled,
                ready,
                connections: read(&self.connections),
                attempts: read(&self.attempts),
                rows: read(&self.rows),
                answered: read(&self.answered),
                writes: read(&self.writes),
                fallbacks,
            },
            core: Core {
                reads: read(&self.core_reads),
                rows: read(&self.core_rows),
            },
        })
        .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_stand_at_their_own_counters() {
        for (at, (reason, _)) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, at);
        }
        let stats = Stats::default();
        stats.attempt(5);
        stats.answered(3);
        stats.fallback(Reason::Unanswered, 2);
        stats.core(2);
        let json: serde_json::Value = serde_json::from_slice(&stats.to_json(true, true)).unwrap();
        assert_eq!(json["direct"]["rows"], 5);
        assert_eq!(json["direct"]["answered"], 3);
        assert_eq!(
            json["direct"]["fallbacks"],
            serde_json::json!({ "unanswered": 2 })
        );
        assert_eq!(json["core"]["rows"], 2);
    }
}
