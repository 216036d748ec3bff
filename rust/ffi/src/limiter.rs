//! How many commands of a cluster run at a time, and the order of those that wait. Core has neither: with its pool
//! exhausted, every waiting command polls once a millisecond.
//!
//! Each user of the cluster has a line of its own, first come, first served; the lines take turns.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot::{Receiver, Sender, channel};

use crate::clock::{self, Instant};

/// Hands out permits.
pub(crate) struct Limiter {
    shared: Arc<Shared>,
    queue_timeout: Option<Duration>,
}

struct Shared {
    state: Mutex<State>,
    /// How many wait.
    waiting: AtomicUsize,
}

struct State {
    size: usize,
    /// Permits that somebody has. While it is below the size, nobody waits.
    taken: usize,
    /// The lines in which somebody waits; the first has the next turn.
    lines: VecDeque<Line>,
}

struct Line {
    user: u32,
    waiters: VecDeque<Sender<Permit>>,
}

impl Line {
    fn new(user: u32) -> Self {
        Self {
            user,
            waiters: VecDeque::new(),
        }
    }

    fn push(&mut self, waiter: Sender<Permit>) {
        // Who gave up is only passed over when its turn comes: the line must not grow by those.
        if self.waiters.len() == self.waiters.capacity() {
            self.waiters.retain(|waiter| !waiter.is_closed());
            self.waiters.reserve(self.waiters.len().max(1));
        }
        self.waiters.push_back(waiter);
    }
}

impl State {
    /// The waiter whose turn it is; its line goes behind the others.
    fn next(&mut self) -> Option<Sender<Permit>> {
        while let Some(mut line) = self.lines.pop_front() {
            while let Some(waiter) = line.waiters.pop_front() {
                if waiter.is_closed() {
                    continue;
                }
                if !line.waiters.is_empty() {
                    self.lines.push_back(line);
                }
                return Some(waiter);
            }
        }
        None
    }

    /// Who has a permit next that somebody gives back. `None` where it is free from now on, or one too many.
    fn pass_on(&mut self) -> Option<Sender<Permit>> {
        let next = if self.taken <= self.size {
            self.next()
        } else {
            None
        };
        if next.is_none() {
            self.taken -= 1;
        }
        next
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to run, until it is dropped; then the next one has it.
pub(crate) struct Permit(Option<Arc<Shared>>);

impl Permit {
    fn pass_on(shared: Arc<Shared>) {
        let mut permit = Self(Some(Arc::clone(&shared)));
        loop {
            let next = shared.lock().pass_on();
            let Some(waiter) = next else {
                permit.0 = None;
                return;
            };
            match waiter.send(permit) {
                Ok(()) => return,
                // It gave up just now.
                Err(back) => permit = back,
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            Self::pass_on(shared);
        }
    }
}

/// Counts one who waits, for as long as it lives.
struct Waits(Arc<Shared>);

impl Waits {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Turn {
    Come(Permit),
    Waiting(Receiver<Permit>, Waits),
}

/// A place in a line; who drops it gives up. Taken when a command is accepted: its task may get to run after that of a
/// later command.
pub(crate) struct Place(Turn);

impl Place {
    /// Whether there was no permit at once.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.0, Turn::Waiting(..))
    }

    /// The permit, where there was one at once.
    pub(crate) fn come(self) -> Result<Permit, Self> {
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
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State {
                    size: size.max(1),
                    taken: 0,
                    lines: VecDeque::new(),
                }),
                waiting: AtomicUsize::new(0),
            }),
            queue_timeout,
        }
    }

    /// A place in a user's line, from now on. Does not wait.
    pub(crate) fn line_up(&self, user: u32) -> Place {
        let mut state = self.shared.lock();
        if state.taken < state.size {
            state.taken += 1;
            drop(state);
            return Place(Turn::Come(Permit(Some(Arc::clone(&self.shared)))));
        }
        let (waiter, permit) = channel();
        match state.lines.iter_mut().find(|line| line.user == user) {
            Some(line) => line.push(waiter),
            None => {
                let mut line = Line::new(user);
                line.push(waiter);
                state.lines.push_back(line);
            }
        }
        Place(Turn::Waiting(permit, Waits::new(&self.shared)))
    }

    /// The permit that a place leads to.
    ///
    /// # Errors
    /// When it took too long.
    pub(crate) async fn permit(&self, place: Place) -> Result<Permit, QueueTimeout> {
        let (permit, _waits) = match place.0 {
            Turn::Come(permit) => return Ok(permit),
            Turn::Waiting(permit, waits) => (permit, waits),
        };
        let permit = match self.queue_timeout {
            Some(bound) => clock::timeout_at(Instant::now() + bound, permit)
                .await
                .ok_or(QueueTimeout)?,
            None => permit.await,
        };
        // A waiter stays in its line for as long as it is waited for.
        permit.map_err(|_| QueueTimeout)
    }

    /// Whether somebody waits for a permit.
    pub(crate) fn is_crowded(&self) -> bool {
        self.shared.waiting.load(Ordering::Relaxed) > 0
    }

    /// Follows the number of nodes. Permits in use stay so when it shrinks.
    pub(crate) fn resize(&self, size: usize) {
        let mut state = self.shared.lock();
        state.size = size.max(1);
        let mut called = Vec::new();
        while state.taken < state.size {
            let Some(waiter) = state.next() else { break };
            state.taken += 1;
            called.push(waiter);
        }
        drop(state);
        for waiter in called {
            // Where it gave up just now, the permit comes back and is dropped: it goes on to the next.
            let _ = waiter.send(Permit(Some(Arc::clone(&self.shared))));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Users.
    const A: u32 = 1;
    const B: u32 = 2;
    const C: u32 = 3;

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap()
            .block_on(future)
    }

    /// The permit of a place, if it is there.
    fn take(place: &mut Place) -> Option<Permit> {
        match &mut place.0 {
            Turn::Come(permit) => permit.0.take().map(|shared| Permit(Some(shared))),
            Turn::Waiting(permit, _) => permit.try_recv().ok(),
        }
    }

    /// Gives the permits of those that wait their turns one after the other; gives their names in that order.
    fn turns(held: Permit, mut waiting: Vec<(&'static str, Place)>) -> Vec<&'static str> {
        drop(held);
        let mut order = Vec::new();
        loop {
            let mut come = waiting
                .iter_mut()
                .filter_map(|(name, place)| Some((*name, take(place)?)));
            let Some((name, permit)) = come.next() else {
                return order;
            };
            assert!(come.next().is_none(), "one permit at a time");
            drop(come);
            order.push(name);
            drop(permit);
        }
    }

    fn line_up_all(limiter: &Limiter, of: &[(&'static str, u32)]) -> Vec<(&'static str, Place)> {
        of.iter()
            .map(|(name, user)| (*name, limiter.line_up(*user)))
            .collect()
    }

    #[test]
    fn turns_come_in_the_order_of_lining_up() {
        run(async {
            let limiter = Arc::new(Limiter::new(1, None));
            let first = limiter.line_up(A);
            let places: Vec<_> = (0..20).map(|_| limiter.line_up(A)).collect();
            let order = Arc::new(Mutex::new(Vec::new()));
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
    fn lines_take_turns_and_keep_their_order() {
        let limiter = Limiter::new(1, None);
        let held = limiter.line_up(A).come().ok().unwrap();
        let waiting = [
            ("a1", A),
            ("a2", A),
            ("a3", A),
            ("b1", B),
            ("a4", A),
            ("b2", B),
            ("c1", C),
        ];
        let waiting = line_up_all(&limiter, &waiting);
        let order = turns(held, waiting);
        assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
        assert!(!limiter.line_up(B).waits());
    }

    #[test]
    fn who_comes_to_a_long_line_of_another_waits_for_one_turn() {
        let limiter = Limiter::new(1, None);
        let held = limiter.line_up(A).come().ok().unwrap();
        let mut many: Vec<_> = (0..1000).map(|_| limiter.line_up(A)).collect();
        let mut late = limiter.line_up(B);
        drop(held);
        let first = take(&mut many[0]).unwrap();
        assert!(take(&mut late).is_none());
        drop(first);
        assert!(take(&mut late).is_some());
    }

    #[test]
    fn who_gives_up_is_passed_over_and_costs_its_line_no_turn() {
        let limiter = Limiter::new(1, None);
        let held = limiter.line_up(A).come().ok().unwrap();
        let waiting = [("a1", A), ("a2", A), ("a3", A), ("b1", B), ("c1", C)];
        let mut waiting = line_up_all(&limiter, &waiting);
        waiting.retain(|(name, _)| !["a1", "a2", "c1"].contains(name));
        assert_eq!(turns(held, waiting), ["a3", "b1"]);
        assert!(!limiter.is_crowded() && !limiter.line_up(A).waits());
    }

    #[test]
    fn a_permit_handed_to_one_who_is_gone_goes_on() {
        let limiter = Limiter::new(1, None);
        let held = limiter.line_up(A).come().ok().unwrap();
        let gone = limiter.line_up(A);
        let mut next = limiter.line_up(B);
        // It lies with the first now, which never looks.
        drop(held);
        assert!(take(&mut next).is_none());
        drop(gone);
        assert!(take(&mut next).is_some());
        assert!(!limiter.line_up(A).waits());
    }

    #[test]
    fn those_who_gave_up_do_not_lengthen_a_line() {
        let limiter = Limiter::new(1, None);
        let _held = limiter.line_up(A).come().ok().unwrap();
        let _stays = limiter.line_up(A);
        for _ in 0..10_000 {
            drop(limiter.line_up(A));
        }
        let state = limiter.shared.lock();
        assert!(state.lines[0].waiters.capacity() < 100);
    }

    #[test]
    fn waiting_is_bounded() {
        run(async {
            let limiter = Limiter::new(1, Some(Duration::from_millis(10)));
            let held = limiter.permit(limiter.line_up(A)).await.unwrap();
            let late = limiter.line_up(A);
            assert!(late.waits() && limiter.is_crowded());
            assert!(matches!(limiter.permit(late).await, Err(QueueTimeout)));
            assert!(!limiter.is_crowded());
            drop(held);
            assert!(!limiter.line_up(A).waits());
        });
    }

    #[test]
    fn growing_calls_those_who_wait_and_shrinking_takes_nothing_away() {
        let limiter = Limiter::new(1, None);
        let held = limiter.line_up(A).come().ok().unwrap();
        let waiting = [("a1", A), ("a2", A), ("b1", B), ("b2", B)];
        let mut waiting = line_up_all(&limiter, &waiting);
        limiter.resize(3);
        let come: Vec<_> = waiting
            .iter_mut()
            .filter_map(|(name, place)| Some((*name, take(place)?)))
            .collect();
        let names: Vec<_> = come.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["a1", "b1"]);
        limiter.resize(2);
        drop(held);
        assert!(waiting.iter_mut().all(|(_, place)| take(place).is_none()));
        drop(come);
        let second: Vec<_> = [1, 3].map(|at| take(&mut waiting[at].1).unwrap()).into();
        drop(second);
        let places: Vec<_> = (0..3).map(|_| limiter.line_up(C)).collect();
        let waits: Vec<_> = places.iter().map(Place::waits).collect();
        assert_eq!(waits, [false, false, true]);
    }

    #[test]
    fn a_waiter_is_woken() {
        let limiter = Limiter::new(1, None);
        let held = limiter.line_up(A).come().ok().unwrap();
        let mut permit = pin!(limiter.permit(limiter.line_up(B)));
        let context = &mut Context::from_waker(Waker::noop());
        assert!(permit.as_mut().poll(context).is_pending());
        drop(held);
        assert!(matches!(permit.as_mut().poll(context), Poll::Ready(Ok(_))));
    }
}
