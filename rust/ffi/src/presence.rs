//! Counts what is there, for the one who waits until nothing is.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a close waits for what it stopped. None of it waits for anything by then.
pub(crate) const STOP_BOUND: Duration = Duration::from_secs(2);

/// A number of commands.
pub(crate) struct Presence {
    count: AtomicUsize,
    closing: AtomicBool,
    left: Notify,
}

impl Presence {
    pub(crate) const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            left: Notify::const_new(),
        }
    }

    /// One more. Who looks at [`Self::is_closing`] after that is seen by a close that it misses.
    pub(crate) fn enter(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn leave(&self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
        // Only a close waits, and it says so before it looks at the count.
        if self.is_closing() {
            self.left.notify_waiters();
        }
    }

    /// From now on it closes. False where it did before.
    pub(crate) fn close(&self) -> bool {
        !self.closing.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Waits until nothing is there, but not longer than the bound. For one who has closed it.
    pub(crate) async fn wait_empty(&self, bound: Duration) {
        let empty = async {
            loop {
                let left = self.left.notified();
                let mut left = std::pin::pin!(left);
                left.as_mut().enable();
                if self.count.load(Ordering::SeqCst) == 0 {
                    return;
                }
                left.await;
            }
        };
        let _ = timeout(bound, empty).await;
    }
}
