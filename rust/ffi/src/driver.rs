//! Runs one command inside its bounds: the hard deadline, the caller's wish to stop, the end of its cluster.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Poll;
use std::time::Duration;

use crate::clock::{self, Instant};
use crate::cluster::Cluster;
use crate::completion::{Completion, Outcome};
use crate::error::{self, Failure, Phase};
use crate::policy::GRACE;
use crate::queue::Stop;
use crate::ticket::Ticket;
use crate::user::Visit;

/// How far a command has come; written by the command, read when it is stopped.
#[derive(Debug)]
pub(crate) struct Progress(AtomicU8, AtomicBool);

impl Progress {
    pub(crate) const fn new() -> Self {
        Self(AtomicU8::new(Phase::Queue as u8), AtomicBool::new(true))
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Relaxed);
    }

    /// Says whether a late reply is worth waiting for. Not on a connection that is shared: it reads the reply anyway.
    pub(crate) fn linger(&self, lingers: bool) {
        self.1.store(lingers, Ordering::Relaxed);
    }

    fn phase(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            phase if phase == Phase::Queue as u8 => Phase::Queue,
            phase if phase == Phase::Connect as u8 => Phase::Connect,
            _ => Phase::Command,
        }
    }
}

/// When a command has to have ended, and who may stop it before.
pub(crate) struct Bounds {
    pub(crate) deadline: Option<Instant>,
    pub(crate) stop: Option<Arc<Ticket>>,
}

impl Bounds {
    /// The time left, if there is a deadline.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

enum Event {
    Done(Outcome),
    Stopped(Stop),
    TimedOut,
}

/// What stopping a command means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It changes nothing, so it may run on for its reply.
    Read,
    /// It may have changed something, and runs on for its reply.
    Write,
    /// As `Write`, but core might send it again: it ends at once.
    RetriedWrite,
}

impl Effect {
    pub(crate) fn writes(self) -> bool {
        self != Self::Read
    }
}

/// Runs `work` until it is done, stopped or out of time, and completes the command accordingly.
///
/// Work that was stopped after it may have been sent goes on for up to [`GRACE`], unheard: its reply is read and its
/// connection kept. It still holds its place in the limiter.
pub(crate) async fn drive(
    completion: Completion,
    bounds: Bounds,
    visit: Option<Visit>,
    effect: Effect,
    progress: &Progress,
    work: impl Future<Output = Outcome> + Send,
) {
    let mut work = pin!(work);
    let event = {
        let mut timer = pin!(bounds.deadline.map(clock::sleep_until));
        let stop = bounds.stop;
        poll_fn(|context| {
            if let Poll::Ready(outcome) = work.as_mut().poll(context) {
                return Poll::Ready(Event::Done(outcome));
            }
            if let Some(ticket) = &stop
                && let Poll::Ready(why) = ticket.poll_stopped(context)
            {
                return Poll::Ready(Event::Stopped(why));
            }
            match timer.as_mut().as_pin_mut().map(|timer| timer.poll(context)) {
                Some(Poll::Ready(())) => Poll::Ready(Event::TimedOut),
                _ => Poll::Pending,
            }
        })
        .await
    };
    let phase = progress.phase();
    let mut failure = match event {
        Event::Done(outcome) => {
            completion.settle(outcome);
            return;
        }
        Event::TimedOut => timed_out(phase, visit.as_ref().map(|visit| &**visit.cluster())),
        Event::Stopped(why) => stopped(why),
    };
    // Whatever connections there are now, the one that it was sent on may be gone: from here on it may have been sent.
    failure.sent = phase == Phase::Command;
    failure.in_doubt = failure.sent && effect.writes();
    completion.settle(Err(failure.in_phase(phase)));
    let lingers = phase == Phase::Command
        && effect != Effect::RetriedWrite
        && progress.1.load(Ordering::Relaxed);
    if let Some(mut visit) = visit.filter(|_| lingers) {
        visit.answered();
        visit.cluster().linger(GRACE, work).await;
    }
}

/// The failure of a command that was told to stop.
pub(crate) fn stopped(why: Stop) -> Failure {
    match why {
        Stop::ClientClosed => Failure::closed(),
        Stop::Cancelled | Stop::QueueClosed => Failure::cancelled(),
    }
}

/// The failure of a command whose deadline passed.
pub(crate) fn timed_out(phase: Phase, cluster: Option<&Cluster>) -> Failure {
    let mut message = Cow::Borrowed(match phase {
        Phase::Queue => "the command timed out while it waited for its turn in this client",
        Phase::Connect => "the command timed out while the client had no connection to the cluster",
        Phase::Command => "the command timed out while it waited for the server",
    });
    match (phase, cluster) {
        (Phase::Connect, Some(cluster)) if cluster.connected() => {
            message =
                Cow::Borrowed("the command timed out while a connection to its node was opened");
        }
        (Phase::Connect, Some(cluster)) => {
            if let Some(trouble) = cluster.trouble() {
                message = format!("{message}: {trouble}").into();
            }
        }
        (Phase::Command, Some(cluster)) if !cluster.connected() => {
            message = format!("{message}; the client is connected to no node now").into();
        }
        _ => {}
    }
    Failure::new(error::TIMEOUT, message)
}
