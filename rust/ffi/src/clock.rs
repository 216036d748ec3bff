//! The clock of deadlines. It stands still while the process does: stopped by a signal or a debugger, or frozen with its
//! container.
//!
//! The system's clock runs on through such a stop, so at its end every command that waits would be too late. Therefore a
//! thread looks at this clock ten times a second while commands are in flight. Who finds that nobody has looked for a
//! second knows that no thread ran meanwhile, and takes that time out. A thread that is busy is no stop: the others look.

use std::future::Future;
use std::ops::{Add, AddAssign, Sub};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::counter;

/// How often somebody looks, at least.
const TICK: Duration = Duration::from_millis(100);
/// When nobody has looked for that long, the process was stopped.
const STOP: Duration = Duration::from_secs(1);
/// After so many looks without a command in flight nobody needs to look any more.
const IDLE: u32 = 50;

/// A time on this clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(Duration::from_nanos(CLOCK.show(system, watch)))
    }

    pub(crate) fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Since the first look of the process, and a little more.
    pub(crate) fn as_duration(self) -> Duration {
        self.0
    }

    /// When it will be on the system's clock, unless the process is stopped before: who waits until then looks again.
    pub(crate) fn on_system_clock(self) -> tokio::time::Instant {
        (epoch() + (self.0 + lost()).saturating_sub(TICK)).into()
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

/// For how long the process was stopped in all, as far as anybody has noticed.
pub(crate) fn lost() -> Duration {
    Duration::from_nanos(CLOCK.lost.load(Ordering::Acquire))
}

pub(crate) async fn sleep_until(at: Instant) {
    loop {
        tokio::time::sleep_until(at.on_system_clock()).await;
        if Instant::now() >= at {
            return;
        }
    }
}

/// What the work comes to, or `None` where it is not done by then.
pub(crate) async fn timeout_at<F: Future>(at: Instant, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout_at(at.on_system_clock(), work.as_mut()).await {
            Ok(output) => return Some(output),
            Err(_) if Instant::now() >= at => return None,
            Err(_) => {}
        }
    }
}

struct Clock {
    /// When somebody looked last, in nanoseconds of the system's clock; 0 while nobody is there to look.
    seen: AtomicU64,
    /// Nanoseconds that were taken out.
    lost: AtomicU64,
    looking: Mutex<()>,
}

static CLOCK: Clock = Clock::new();

impl Clock {
    const fn new() -> Self {
        Self {
            seen: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            looking: Mutex::new(()),
        }
    }

    /// What it shows. `watch` sees to it that somebody looks from now on, and says whether that could be done.
    fn show(&self, system: impl Fn() -> u64, watch: impl Fn() -> bool) -> u64 {
        loop {
            let lost = self.lost.load(Ordering::Acquire);
            let now = system();
            if now.saturating_sub(self.seen.load(Ordering::Acquire)) >= nanos(TICK) {
                self.look(now, &watch);
            }
            // Else the process was stopped in between.
            if self.lost.load(Ordering::Acquire) == lost {
                return now - lost;
            }
        }
    }

    fn look(&self, now: u64, watch: impl Fn() -> bool) {
        let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.seen.load(Ordering::Acquire);
        if seen == 0 && !watch() {
            return;
        }
        if seen != 0 && now.saturating_sub(seen) >= nanos(STOP) {
            // A tick less, so that the clock never goes back.
            self.lost
                .fetch_add(now - seen - nanos(TICK), Ordering::AcqRel);
        }
        self.seen.fetch_max(now, Ordering::AcqRel);
    }

    /// Nobody looks any more: what passes until the next look is no stop.
    fn rest(&self) {
        let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        self.seen.store(0, Ordering::Release);
    }

    fn rests(&self) -> bool {
        self.seen.load(Ordering::Acquire) == 0
    }
}

fn nanos(duration: Duration) -> u64 {
    duration.as_nanos() as u64
}

fn epoch() -> std::time::Instant {
    static EPOCH: OnceLock<std::time::Instant> = OnceLock::new();
    *EPOCH.get_or_init(std::time::Instant::now)
}

/// The system's clock. It begins at a tick, so that the first look finds that nobody has looked before.
fn system() -> u64 {
    nanos(TICK + epoch().elapsed())
}

/// Wakes the thread that looks; the first call starts it.
fn watch() -> bool {
    static WATCHER: OnceLock<Option<Thread>> = OnceLock::new();
    let watcher = WATCHER.get_or_init(|| {
        let builder = thread::Builder::new().name("aerospike-clock".to_owned());
        let started = builder.spawn(look_on).ok()?;
        Some(started.thread().clone())
    });
    watcher.as_ref().inspect(|thread| thread.unpark()).is_some()
}

fn look_on() {
    let mut idle = 0;
    loop {
        thread::sleep(TICK);
        idle = if counter::IN_FLIGHT.get() > 0 {
            0
        } else {
            idle + 1
        };
        if idle < IDLE {
            Instant::now();
        } else if idle == IDLE {
            CLOCK.rest();
        } else {
            // Only now: a command that came just before the rest is in flight, or has looked since.
            if CLOCK.rests() {
                thread::park();
            }
            idle = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const MS: u64 = 1_000_000;

    /// A clock and the system's, in milliseconds.
    struct Pair {
        clock: Clock,
        system: Cell<u64>,
        watched: Cell<u32>,
    }

    impl Pair {
        fn new() -> Self {
            let pair = Self {
                clock: Clock::new(),
                system: Cell::new(100),
                watched: Cell::new(0),
            };
            assert_eq!(pair.after(0), 100);
            pair
        }

        /// What the clock shows when so much has passed on the system's.
        fn after(&self, passed: u64) -> u64 {
            self.system.set(self.system.get() + passed);
            let watch = || {
                self.watched.set(self.watched.get() + 1);
                true
            };
            self.clock.show(|| self.system.get() * MS, watch) / MS
        }
    }

    #[test]
    fn it_goes_with_the_systems_while_somebody_looks() {
        let pair = Pair::new();
        for passed in [0, 1, 99, 100, 101, 500, 999] {
            let before = pair.after(0);
            assert_eq!(pair.after(passed), before + passed);
        }
        assert_eq!(pair.clock.lost.load(Ordering::Relaxed), 0);
        assert_eq!(pair.watched.get(), 1);
    }

    #[test]
    fn it_stands_still_while_the_process_is_stopped() {
        let pair = Pair::new();
        for (stop, before) in [(60_000, 100), (1_000, 250)] {
            let shown = pair.after(before);
            let after = pair.after(stop);
            assert!(after >= shown && after - shown <= 100, "{shown} {after}");
        }
        // Also where the last that looked found nothing to do: it never goes back.
        let shown = pair.after(99);
        assert!(pair.after(5_000) >= shown);
        let shown = pair.after(0);
        assert_eq!(pair.after(50), shown + 50);
    }

    #[test]
    fn while_it_rests_time_passes() {
        let pair = Pair::new();
        let shown = pair.after(50);
        pair.clock.rest();
        assert!(pair.clock.rests());
        assert_eq!(pair.after(60_000), shown + 60_000);
        assert!(!pair.clock.rests());
        assert_eq!(pair.watched.get(), 2);
        assert!(pair.after(60_000) <= shown + 60_100);
    }

    #[test]
    fn without_a_watcher_nothing_is_taken_for_a_stop() {
        let clock = Clock::new();
        for now in [100, 5_000, 60_000] {
            assert_eq!(clock.show(|| now * MS, || false), now * MS);
        }
    }

    #[test]
    fn a_stop_while_somebody_looks_counts_once() {
        let pair = Pair::new();
        let shown = pair.after(0);
        // Between the two loads of what was lost, another finds the stop.
        let first = Cell::new(true);
        let now = pair.clock.show(
            || {
                if first.replace(false) {
                    pair.after(10_000);
                }
                pair.system.get() * MS
            },
            || true,
        );
        assert!(now / MS <= shown + 100, "{}", now / MS);
    }

    #[test]
    fn timers_follow_it() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let at = Instant::now() + Duration::from_millis(50);
            assert_eq!(timeout_at(at, std::future::ready(1)).await, Some(1));
            let waited = timeout_at(at, std::future::pending::<()>()).await;
            assert!(waited.is_none() && Instant::now() >= at);
            // What the clock loses meanwhile comes on top.
            let at = Instant::now() + Duration::from_millis(50);
            let early = at.on_system_clock();
            CLOCK.lost.fetch_add(200 * MS, Ordering::AcqRel);
            assert!(at.on_system_clock() >= early + Duration::from_millis(200));
            sleep_until(at).await;
            assert!(Instant::now() >= at);
        });
    }
}
