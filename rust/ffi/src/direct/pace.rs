//! Whether a node is at its limit: whether what is sent to it on top only waits there.
//!
//! An exchange that nothing holds up takes as long as the network and the server's work. When most take a multiple of the
//! quickest, they stand behind each other, and one more at a time makes none of them faster.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// How many times the quickest exchange most take at a node's limit.
const CROWDED: u64 = 3;
/// After so many exchanges, what the quickest took before no longer counts: networks change.
const WINDOW: u32 = 1024;
/// Every exchange moves what they take by this part of the difference.
const SHARE: u64 = 16;

/// How long exchanges take, in microseconds. Threads may lose each other's: it is an estimate.
pub(super) struct Pace {
    /// What they take lately, times [`SHARE`].
    usual: AtomicU64,
    /// What the quickest took, in this window and in the one before.
    quickest: [AtomicU32; 2],
    seen: AtomicU32,
}

impl Pace {
    pub(super) const fn new() -> Self {
        Self {
            usual: AtomicU64::new(0),
            quickest: [AtomicU32::new(u32::MAX), AtomicU32::new(u32::MAX)],
            seen: AtomicU32::new(0),
        }
    }

    /// An exchange took that long.
    pub(super) fn took(&self, time: Duration) {
        let time = u32::try_from(time.as_micros()).unwrap_or(u32::MAX).max(1);
        let usual = match self.usual.load(Ordering::Relaxed) {
            0 => u64::from(time) * SHARE,
            usual => usual - usual / SHARE + u64::from(time),
        };
        self.usual.store(usual, Ordering::Relaxed);
        let [now, before] = &self.quickest;
        if now.load(Ordering::Relaxed) > time {
            now.store(time, Ordering::Relaxed);
        }
        if self.seen.fetch_add(1, Ordering::Relaxed) % WINDOW == WINDOW - 1 {
            before.store(now.swap(u32::MAX, Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Whether exchanges stand behind each other.
    pub(super) fn is_crowded(&self) -> bool {
        let [now, before] = &self.quickest;
        let quickest = now
            .load(Ordering::Relaxed)
            .min(before.load(Ordering::Relaxed));
        self.usual.load(Ordering::Relaxed) >= CROWDED * SHARE * u64::from(quickest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(times: impl IntoIterator<Item = u64>) -> Pace {
        let pace = Pace::new();
        for time in times {
            pace.took(Duration::from_micros(time));
        }
        pace
    }

    #[test]
    fn exchanges_that_take_a_multiple_of_the_quickest_stand_behind_each_other() {
        assert!(!Pace::new().is_crowded(), "nothing is known yet");
        // A far node, with little to do.
        assert!(!after((0..1000).map(|n| 5000 + n % 500)).is_crowded());
        // A near one, with much.
        assert!(after([200].into_iter().chain([1500; 100])).is_crowded());
        // One slow exchange says nothing.
        assert!(!after([[200; 50].as_slice(), &[5000]].concat()).is_crowded());
        assert!(!after([[200].as_slice(), &[1500; 100], &[300; 100]].concat()).is_crowded());
        // So quick that only whole averages tell.
        assert!(!after([[10].as_slice(), &[1500; 100], &[20; 200]].concat()).is_crowded());
    }

    #[test]
    fn a_network_that_became_slower_is_no_crowd() {
        let slower = |count| after([200].into_iter().chain(vec![5000; count]));
        assert!(slower(WINDOW as usize).is_crowded());
        assert!(!slower(2 * WINDOW as usize).is_crowded());
    }
}
