//! What stops a command: the task that runs it listens, and a read that has no task is ended on the spot.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::clock::Instant;
use crate::completion::{Completion, Outcome};
use crate::driver;
use crate::error::{Failure, Phase};
use crate::frame::Frame;
use crate::limiter::Permit;
use crate::queue::Stop;
use crate::user::Visit;

/// Shared by a command and the queue that it came from.
#[derive(Default)]
pub(crate) struct Ticket(Mutex<State>);

#[derive(Default)]
enum State {
    /// Nobody listens yet.
    #[default]
    Idle,
    Listening(Waker),
    Parked(Parked),
    Stopped(Stop),
}

/// A read that waits for its reply without a task of its own.
pub(crate) struct Parked {
    pub(crate) completion: Completion,
    pub(crate) visit: Visit,
    /// Absent where others wait on the same turn.
    pub(crate) turn: Option<Permit>,
    pub(crate) frame: Frame,
    pub(crate) deadline: Option<Instant>,
    pub(crate) phase: Phase,
}

impl Parked {
    /// Ends the read.
    pub(crate) fn settle(self, outcome: Outcome) {
        self.completion.settle(outcome);
    }

    /// Ends the read as its deadline does.
    pub(crate) fn time_out(self) {
        let failure = driver::timed_out(self.phase, Some(self.visit.cluster()));
        self.fail(failure);
    }

    fn fail(self, mut failure: Failure) {
        failure.sent = self.phase == Phase::Command;
        let failure = failure.in_phase(self.phase);
        self.completion.settle(Err(failure));
    }

    pub(crate) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }
}

impl Ticket {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the command to stop. What comes later than the first is not heard.
    pub(crate) fn stop(&self, why: Stop) {
        let mut state = self.lock();
        if matches!(*state, State::Stopped(_)) {
            return;
        }
        let before = std::mem::replace(&mut *state, State::Stopped(why));
        drop(state);
        match before {
            State::Listening(waker) => waker.wake(),
            State::Parked(parked) => parked.fail(driver::stopped(why)),
            State::Idle | State::Stopped(_) => {}
        }
    }

    /// Ready once the command was told to stop.
    pub(crate) fn poll_stopped(&self, context: &Context<'_>) -> Poll<Stop> {
        let mut state = self.lock();
        match &*state {
            State::Stopped(why) => return Poll::Ready(*why),
            State::Listening(waker) if waker.will_wake(context.waker()) => {}
            _ => *state = State::Listening(context.waker().clone()),
        }
        Poll::Pending
    }

    fn park(&self, parked: Parked) -> Option<(Parked, Stop)> {
        let mut state = self.lock();
        if let State::Stopped(why) = *state {
            return Some((parked, why));
        }
        *state = State::Parked(parked);
        None
    }

    fn take(&self) -> Option<Parked> {
        let mut state = self.lock();
        if !matches!(*state, State::Parked(_)) {
            return None;
        }
        match std::mem::take(&mut *state) {
            State::Parked(parked) => Some(parked),
            _ => None,
        }
    }
}

/// Who brings a parked read its answer. Dropped without one, as by a panic, it ends the read with an error.
pub(crate) struct Claim(Arc<Ticket>);

impl Claim {
    /// Parks a read. `None` where it was told to stop before, and so has ended.
    pub(crate) fn new(ticket: &Arc<Ticket>, parked: Parked) -> Option<Self> {
        if let Some((parked, why)) = ticket.park(parked) {
            parked.fail(driver::stopped(why));
            return None;
        }
        Some(Self(Arc::clone(ticket)))
    }

    /// Whether nobody waits for the answer any more.
    pub(crate) fn is_given_up(&self) -> bool {
        !matches!(*self.0.lock(), State::Parked(_))
    }

    /// Says that the read may have been sent from here on.
    pub(crate) fn sent(&self) {
        if let State::Parked(parked) = &mut *self.0.lock() {
            parked.phase = Phase::Command;
        }
    }

    /// The read, unless it was stopped, and what stops it from here on.
    pub(crate) fn take(self) -> Option<(Parked, Arc<Ticket>)> {
        Some((self.0.take()?, Arc::clone(&self.0)))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_heard_once_and_by_who_comes_later() {
        let ticket = Ticket::default();
        let context = Context::from_waker(Waker::noop());
        assert_eq!(ticket.poll_stopped(&context), Poll::Pending);
        ticket.stop(Stop::Cancelled);
        ticket.stop(Stop::QueueClosed);
        assert_eq!(ticket.poll_stopped(&context), Poll::Ready(Stop::Cancelled));
        assert!(ticket.take().is_none());
    }
}
