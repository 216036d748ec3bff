//! How the direct path fares with one node: an error window that pauses it, and a budget for what is asked twice. Core's
//! circuit breaker (`maxErrorRate`) counts both paths.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aerospike_core as core;

const WINDOW: Duration = Duration::from_secs(2);
/// Failed connections and exchanges within a window after which core has the node for itself.
const LIMIT: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);

/// Every attempt earns a tenth of a fallback.
const COST: i64 = 10;
/// Fallbacks that may be saved up.
const SAVED: i64 = 1000 * COST;
/// Fallbacks that a second brings on top, for a client that reads seldom.
const PER_SECOND: i64 = 10 * COST;

struct Window {
    began: Instant,
    errors: u32,
    refilled: Instant,
}

pub(super) struct Health {
    /// Who has the circuit breaker.
    core: Option<Arc<core::Node>>,
    opened: Instant,
    /// Milliseconds since `opened`.
    paused_until: AtomicU64,
    budget: AtomicI64,
    window: Mutex<Window>,
}

impl Health {
    pub(super) fn new(core: Option<Arc<core::Node>>) -> Self {
        let now = Instant::now();
        Self {
            core,
            opened: now,
            paused_until: AtomicU64::new(0),
            budget: AtomicI64::new(PER_SECOND),
            window: Mutex::new(Window {
                began: now,
                errors: 0,
                refilled: now,
            }),
        }
    }

    /// Whether core has the node for itself: for a while, or to say that its circuit is broken.
    pub(super) fn is_paused(&self) -> bool {
        let is_broken = |core: &Arc<core::Node>| !core.error_rate_within_limit();
        if self.core.as_ref().is_some_and(is_broken) {
            return true;
        }
        let until = self.paused_until.load(Ordering::Relaxed);
        until != 0 && (self.opened.elapsed().as_millis() as u64) < until
    }

    pub(super) fn attempt(&self) {
        // Whether it is a little more or less does not matter.
        if self.budget.load(Ordering::Relaxed) < SAVED {
            self.budget.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts for the circuit breaker: the node has too much to do, or does not answer.
    pub(super) fn overloaded(&self) {
        if let Some(core) = &self.core {
            core.incr_error_rate();
        }
    }

    /// A connection failed, or an exchange on it did.
    pub(super) fn error(&self) {
        self.overloaded();
        let now = Instant::now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(window.began) > WINDOW {
            window.began = now;
            window.errors = 0;
        }
        window.errors += 1;
        if window.errors >= LIMIT {
            window.errors = 0;
            let until = (now + PAUSE).duration_since(self.opened).as_millis() as u64;
            self.paused_until.store(until, Ordering::Relaxed);
        }
    }

    /// Whether something that the server may still be working on may be asked again.
    pub(super) fn may_repeat(&self) -> bool {
        self.may_repeat_at(Instant::now)
    }

    fn may_repeat_at(&self, now: impl FnOnce() -> Instant) -> bool {
        let take = || {
            self.budget
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |budget| {
                    (budget >= COST).then_some(budget - COST)
                })
                .is_ok()
        };
        if take() {
            return true;
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let seconds = now
            .saturating_duration_since(window.refilled)
            .as_secs_f64()
            .min(1.0);
        let earned = (seconds * PER_SECOND as f64) as i64;
        if earned >= COST {
            window.refilled = now;
            self.budget.fetch_add(earned, Ordering::Relaxed);
        }
        take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_fails_often_is_left_alone_for_a_while() {
        let health = Health::new(None);
        for _ in 0..LIMIT {
            assert!(!health.is_paused());
            health.error();
        }
        assert!(health.is_paused());
        health.paused_until.store(
            health.opened.elapsed().as_millis() as u64,
            Ordering::Relaxed,
        );
        assert!(!health.is_paused());
    }

    #[test]
    fn repeats_are_a_tenth_of_the_attempts() {
        let health = Health::new(None);
        // No time passes, so that nothing comes on top of what the attempts earn.
        let repeats = |of: u32| (0..of).filter(|_| health.may_repeat_at(|| health.opened));
        assert_eq!(repeats(100).count(), 10);
        (0..50).for_each(|_| health.attempt());
        assert_eq!(repeats(100).count(), 5);
        (0..1_000_000).for_each(|_| health.attempt());
        assert_eq!(repeats(10_000).count(), 1000);
    }

    #[test]
    fn time_brings_repeats_too() {
        let health = Health::new(None);
        let repeats = |millis| {
            let now = health.opened + Duration::from_millis(millis);
            (0..100).filter(|_| health.may_repeat_at(|| now)).count()
        };
        assert_eq!(repeats(0), 10);
        assert_eq!(repeats(50), 0);
        assert_eq!(repeats(500), 5);
        // No more than those of a second.
        assert_eq!(repeats(60_500), 10);
    }
}
