//! How many commands of a cluster run at a time, and the order of those that wait. Core has neither: with its pool
//! exhausted, every waiting command polls once a millisecond.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use crate::clock::{self, Instant};

/// First come, first served.
pub(crate) struct Limiter {
    permits: Arc<Semaphore>,
    size: AtomicUsize,
    /// How many wait in line.
    waiting: Arc<AtomicUsize>,
    queue_timeout: Option<Duration>,
}

type Waiting = Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send>>;

enum Turn {
    Come(OwnedSemaphorePermit),
    Waiting(Waiting, Waits),
}

/// Counts one who waits, for as long as it lives.
struct Waits(Arc<AtomicUsize>);

impl Waits {
    fn new(waiting: &Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(waiting))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place in the line. Taken when a command is accepted: its task may get to run after that of a later command.
pub(crate) struct Place(Turn);

impl Place {
    /// Whether there was no permit at once.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.0, Turn::Waiting(..))
    }

    /// The permit, where there was one at once.
    pub(crate) fn come(self) -> Result<OwnedSemaphorePermit, Self> {
        match self.0 {
            Turn::Come(permit) => Ok(permit),
            waiting => Err(Self(waiting)),
        }
    }
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
            waiting: Arc::default(),
            queue_timeout,
        }
    }

    /// A place in the line, from now on. Does not wait.
    pub(crate) fn line_up(&self) -> Place {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Place(Turn::Come(permit));
        }
        let mut turn: Waiting = Box::pin(Arc::clone(&self.permits).acquire_owned());
        // The semaphore lines a waiter up when it is polled first. The task polls again, with a waker of its own.
        match turn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(permit)) => Place(Turn::Come(permit)),
            _ => Place(Turn::Waiting(turn, Waits::new(&self.waiting))),
        }
    }

    /// The permit that a place leads to.
    ///
    /// # Errors
    /// When it took too long.
    pub(crate) async fn permit(&self, place: Place) -> Result<OwnedSemaphorePermit, QueueTimeout> {
        let (turn, _waits) = match place.0 {
            Turn::Come(permit) => return Ok(permit),
            Turn::Waiting(turn, waits) => (turn, waits),
        };
        let permit = match self.queue_timeout {
            Some(bound) => clock::timeout_at(Instant::now() + bound, turn)
                .await
                .ok_or(QueueTimeout)?,
            None => turn.await,
        };
        // The semaphore is never closed.
        permit.map_err(|_| QueueTimeout)
    }

    /// Whether somebody waits for a permit.
    pub(crate) fn is_crowded(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
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
    fn turns_come_in_the_order_of_lining_up() {
        run(async {
            let limiter = Arc::new(Limiter::new(1, None));
            let first = limiter.line_up();
            let places: Vec<_> = (0..20).map(|_| limiter.line_up()).collect();
            let order = Arc::new(std::sync::Mutex::new(Vec::new()));
            // Tasks that begin in another order than their places have.
            let mut tasks = Vec::new();
            for (number, place) in places.into_iter().enumerate().rev() {
                let (limiter, order) = (Arc::clone(&limiter), Arc::clone(&order));
                tasks.push(tokio::spawn(async move {
                    let permit = limiter.permit(place).await.unwrap();
                    order.lock().unwrap().push(number);
                    drop(permit);
                }));
            }
            drop(limiter.permit(first).await);
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
            let _held = limiter.permit(limiter.line_up()).await.unwrap();
            let late = limiter.line_up();
            assert!(late.waits() && limiter.is_crowded());
            assert!(matches!(limiter.permit(late).await, Err(QueueTimeout)));
            assert!(!limiter.is_crowded());
            limiter.resize(2);
            let second = limiter.permit(limiter.line_up()).await.unwrap();
            limiter.resize(1);
            drop(second);
            assert!(!limiter.line_up().waits());
        });
    }
}
