//! Process-wide counters, for leak tests and dashboards.

use std::sync::atomic::{AtomicU64, Ordering};

/// One counter. Only totals matter, so ordering is relaxed.
pub(crate) struct Counter(AtomicU64);

impl Counter {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) static QUEUES: Counter = Counter::new();
pub(crate) static CLUSTERS: Counter = Counter::new();
pub(crate) static IN_FLIGHT: Counter = Counter::new();
pub(crate) static RESULTS: Counter = Counter::new();
pub(crate) static RESULT_BYTES: Counter = Counter::new();
pub(crate) static ACCEPTED: Counter = Counter::new();
pub(crate) static DELIVERED: Counter = Counter::new();
pub(crate) static RINGS: Counter = Counter::new();
pub(crate) static USERS: Counter = Counter::new();

/// All counters, in the order of the ABI.
pub(crate) fn all() -> [u64; 9] {
    [
        &QUEUES,
        &CLUSTERS,
        &IN_FLIGHT,
        &RESULTS,
        &RESULT_BYTES,
        &ACCEPTED,
        &DELIVERED,
        &RINGS,
        &USERS,
    ]
    .map(Counter::get)
}
