//! How many commands of a cluster run at a time, and the order of those that wait. Core has neither: with its pool
//! exhausted, every waiting command polls once a millisecond.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// First come, first served.
pub(crate) struct Limiter {
    permits: Arc<Semaphore>,
    size: AtomicUsize,
    queue_timeout: Option<Duration>,
}

/// The command waited longer than the configured time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueueTimeout;

impl Limiter {
    /// `size` commands at a time; who waits longer than `queue_timeout` gives up.
    pub(crate) fn new(size: usize, queue_timeout: Option<Duration>) -> Self {
        let size = size.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(size)),
            size: AtomicUsize::new(size),
            queue_timeout,
        }
    }

    /// A permit at once, if nobody waits for one.
    pub(crate) fn try_acquire(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).try_acquire_owned().ok()
    }

    /// A permit, in the order of asking.
    ///
    /// # Errors
    /// When it took too long.
    pub(crate) async fn acquire(&self) -> Result<OwnedSemaphorePermit, QueueTimeout> {
        let turn = Arc::clone(&self.permits).acquire_owned();
        let permit = match self.queue_timeout {
            Some(bound) => tokio::time::timeout(bound, turn)
                .await
                .map_err(|_| QueueTimeout)?,
            None => turn.await,
        };
        // The semaphore is never closed.
        permit.map_err(|_| QueueTimeout)
    }

    /// Follows the number of nodes. Permits in use stay so when it shrinks.
    pub(crate) fn resize(&self, size: usize) {
        let size = size.clamp(1, Semaphore::MAX_PERMITS);
        let old = self.size.swap(size, Ordering::AcqRel);
        if size > old {
            self.permits.add_permits(size - old);
        } else if old > size {
            let forgotten = self.permits.forget_permits(old - size);
            self.size.store(old - forgotten, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn turns_come_in_order() {
        run(async {
            let limiter = Arc::new(Limiter::new(1, None));
            let first = limiter.try_acquire().unwrap();
            let order = Arc::new(std::sync::Mutex::new(Vec::new()));
            let mut tasks = Vec::new();
            for number in 0..20 {
                let (limiter, order) = (Arc::clone(&limiter), Arc::clone(&order));
                tasks.push(tokio::spawn(async move {
                    let permit = limiter.acquire().await.unwrap();
                    order.lock().unwrap().push(number);
                    drop(permit);
                }));
                // Let it get in line before the next one.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            assert!(limiter.try_acquire().is_none());
            drop(first);
            for task in tasks {
                task.await.unwrap();
            }
            assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
        });
    }

    #[test]
    fn waiting_is_bounded_and_size_follows_nodes() {
        run(async {
            let limiter = Limiter::new(1, Some(Duration::from_millis(10)));
            let _held = limiter.acquire().await.unwrap();
            assert!(matches!(limiter.acquire().await, Err(QueueTimeout)));
            limiter.resize(2);
            let second = limiter.acquire().await.unwrap();
            limiter.resize(1);
            drop(second);
            assert!(limiter.try_acquire().is_some());
        });
    }
}
