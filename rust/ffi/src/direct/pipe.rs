//! A connection that single reads share: their requests go out together and their replies come back in order.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aerospike_wire::proto;
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep_until;

use super::connection::{Counted, frame_end};
use super::node::Peer;
use super::reply::{self, Single};
use super::stats::Reason;

/// How many reads may wait on one connection: the bound on what a slow reply holds up.
const DEPTH: usize = 64;
const BUFFER: usize = 64 * 1024;
/// Room that is made for the next read.
const ROOM: usize = 16 * 1024;
/// A buffer that grew past this is let go.
const KEPT: usize = 1024 * 1024;
/// How long a reply may be out before the pipe takes no more reads.
const STALL: Duration = Duration::from_millis(200);
/// How long a reply may be out before those behind it go to core, as far as the budget goes.
const LOSS: Duration = Duration::from_millis(250);
/// How long a reply may be out that nobody wants any more.
pub(super) const UNWANTED: Duration = Duration::from_millis(500);
/// How often a pipe that waits for one reply looks whether anybody still wants it.
const LOOK: Duration = Duration::from_millis(250);
/// How much later than its bound a reply is late: the command's own deadline comes first.
const SLACK: Duration = Duration::from_millis(10);
/// As far away as a timer needs to be that nobody waits for.
const FAR: Duration = Duration::from_secs(24 * 3600);

/// What a read comes to.
pub(super) type Outcome = Result<Single, Reason>;

struct Waiter {
    /// Absent where the read went to core meanwhile; its reply still comes.
    answer: Option<oneshot::Sender<Outcome>>,
    sent: Instant,
    bound: Instant,
}

impl Waiter {
    fn settle(self, outcome: Outcome) {
        if let Some(answer) = self.answer {
            let _ = answer.send(outcome);
        }
    }

    fn is_given_up(&self) -> bool {
        self.answer.as_ref().is_none_or(oneshot::Sender::is_closed)
    }
}

#[derive(Default)]
struct State {
    /// A task serves the connection.
    running: bool,
    connected: bool,
    closing: bool,
    at_once: bool,
    /// Requests that were not taken by the task yet.
    out: Vec<u8>,
    /// In the order of the requests.
    waiting: VecDeque<Waiter>,
    /// When the last reply came.
    replied: Option<Instant>,
}

impl State {
    /// Since when the first reply is out: from its request, or from the reply before it.
    fn out_since(&self) -> Option<Instant> {
        let sent = self.waiting.front()?.sent;
        Some(self.replied.map_or(sent, |replied| replied.max(sent)))
    }
}

#[derive(Default)]
pub(super) struct Pipe {
    state: Mutex<State>,
    wake: Notify,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a request, unless too many wait. The answer is late after `bound`.
    pub(super) fn push(
        self: &Arc<Self>,
        peer: &Arc<Peer>,
        bound: Instant,
        encode: impl FnOnce(&mut Vec<u8>),
    ) -> Option<oneshot::Receiver<Outcome>> {
        let mut state = self.lock();
        let sent = Instant::now();
        if state.closing
            || state.waiting.len() >= DEPTH
            || state.out_since().is_some_and(|since| sent > since + STALL)
        {
            return None;
        }
        let wakes = state.out.is_empty();
        encode(&mut state.out);
        let (answer, answered) = oneshot::channel();
        state.waiting.push_back(Waiter {
            answer: Some(answer),
            sent,
            bound,
        });
        let starts = !std::mem::replace(&mut state.running, true);
        drop(state);
        if starts {
            tokio::spawn(serve(Arc::clone(self), Arc::clone(peer)));
        } else if wakes {
            self.wake.notify_one();
        }
        Some(answered)
    }

    /// Opens the connection ahead of its use, unless it is open already.
    pub(super) fn open(self: &Arc<Self>, peer: &Arc<Peer>) {
        let mut state = self.lock();
        let starts = !state.closing && !std::mem::replace(&mut state.running, true);
        drop(state);
        if starts {
            tokio::spawn(serve(Arc::clone(self), Arc::clone(peer)));
        }
    }

    /// Whether its task is on the way to a connection.
    pub(super) fn is_opening(&self) -> bool {
        let state = self.lock();
        state.running && !state.connected
    }

    /// Whether it is open, and whether somebody waits for a reply on it.
    pub(super) fn gauges(&self) -> (bool, bool) {
        let state = self.lock();
        (state.connected, !state.waiting.is_empty())
    }

    pub(super) fn close(&self, at_once: bool) {
        let mut state = self.lock();
        state.closing = true;
        state.at_once |= at_once;
        drop(state);
        self.wake.notify_one();
    }
}

/// The task's hold on its pipe: whatever ends it, nobody is left waiting.
struct Hold<'p> {
    pipe: &'p Pipe,
    reason: Reason,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.pipe.lock();
        state.running = false;
        state.connected = false;
        state.out = Vec::new();
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waiter in waiting {
            let reason = match self.reason {
                Reason::Late if waiter.bound > now => Reason::Behind,
                reason => reason,
            };
            waiter.settle(Err(reason));
        }
    }
}

async fn serve(pipe: Arc<Pipe>, peer: Arc<Peer>) {
    let mut hold = Hold {
        pipe: &pipe,
        reason: Reason::Lost,
    };
    if let Err(reason) = run(&pipe, &peer).await {
        peer.health.error();
        hold.reason = reason;
    }
}

/// The first reply is long in coming: those behind it go to core, as far as the budget goes.
fn relieve(state: &mut State, peer: &Peer) {
    for waiter in state.waiting.iter_mut().skip(1) {
        if waiter.is_given_up() {
            continue;
        }
        if !peer.health.may_repeat() {
            break;
        }
        if let Some(answer) = waiter.answer.take() {
            let _ = answer.send(Err(Reason::Behind));
        }
    }
}

/// Serves until the pipe closes, nobody used it for long, or something goes wrong.
async fn run(pipe: &Pipe, peer: &Peer) -> Result<(), Reason> {
    let Counted { stream, .. } = &Counted::open(peer).await?;
    pipe.lock().connected = true;
    let mut input = Vec::with_capacity(BUFFER);
    let mut output: Vec<u8> = Vec::new();
    let mut written = 0;
    let mut answers: Vec<Outcome> = Vec::new();
    let mut used = Instant::now();
    let mut armed = used + FAR;
    let mut timer = pin!(sleep_until(armed.into()));
    loop {
        {
            let mut state = pipe.lock();
            if written == output.len() {
                output.clear();
                written = 0;
                if output.capacity() > KEPT {
                    output = Vec::new();
                }
                std::mem::swap(&mut output, &mut state.out);
            }
            let idle_until = peer.plan.idle_timeout.map(|idle| used + idle);
            if state.at_once || (state.closing && state.waiting.is_empty()) {
                return Ok(());
            }
            let now = Instant::now();
            let since = state.out_since();
            let is_lost = since.filter(|since| now > *since + LOSS);
            if is_lost.is_some() {
                relieve(&mut state, peer);
            }
            let (until, look) = match (state.waiting.front(), since) {
                // Its bound was somebody's who is gone; as long as replies come, the connection is worth keeping.
                (Some(first), Some(since)) if first.is_given_up() => (since + UNWANTED, now + LOOK),
                (Some(first), _) if is_lost.is_some() => (first.bound + SLACK, now + LOOK),
                (Some(first), Some(since)) => (first.bound + SLACK, since + LOSS),
                _ => (idle_until.unwrap_or(used + FAR), used + FAR),
            };
            if until <= now {
                // Nobody waits: it was not used for long. Who comes before the task has let go of the pipe goes to core:
                // only one task at a time may match replies.
                return if state.waiting.is_empty() {
                    Ok(())
                } else {
                    Err(Reason::Late)
                };
            }
            // A timer that is too early only looks again.
            let until = until.min(look);
            if until < armed || armed <= now {
                armed = until;
                timer.as_mut().reset(armed.into());
            }
        }
        while written < output.len() {
            match stream.try_write(&output[written..]) {
                Ok(bytes) => written += bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return Err(Reason::Lost),
            }
        }
        let is_blocked = written < output.len();
        let wakes = tokio::select! {
            biased;
            ready = stream.readable() => {
                ready.map_err(|_| Reason::Lost)?;
                false
            }
            () = pipe.wake.notified() => true,
            ready = stream.writable(), if is_blocked => {
                ready.map_err(|_| Reason::Lost)?;
                false
            }
            () = timer.as_mut() => false,
        };
        if wakes {
            // Who woke this task mostly has company: the commands of a burst come one after the other.
            tokio::task::yield_now().await;
            continue;
        }
        input.reserve(ROOM);
        match stream.try_read_buf(&mut input) {
            Ok(0) => {
                // A server may close a connection that nobody uses.
                return if pipe.lock().waiting.is_empty() {
                    Ok(())
                } else {
                    Err(Reason::Lost)
                };
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            Err(_) => return Err(Reason::Lost),
        }
        used = Instant::now();
        let mut start = 0;
        let mut problem = None;
        loop {
            match frame_end(&input[start..]) {
                Ok(Some(end)) => {
                    match reply::single(&input[start + proto::HEADER_LEN..start + end]) {
                        Ok(answer) => answers.push(Ok(answer)),
                        Err(_) => {
                            problem = Some(Reason::Malformed);
                            break;
                        }
                    }
                    start += end;
                }
                Ok(None) => break,
                Err(reason) => {
                    problem = Some(reason);
                    break;
                }
            }
        }
        input.drain(..start);
        if input.is_empty() && input.capacity() > KEPT {
            input = Vec::with_capacity(BUFFER);
        }
        if !answers.is_empty() {
            let mut state = pipe.lock();
            if answers.len() > state.waiting.len() {
                // More replies than requests: none of them can be trusted.
                return Err(Reason::Malformed);
            }
            state.replied = Some(used);
            let answered: Vec<_> = state.waiting.drain(..answers.len()).collect();
            drop(state);
            for (waiter, answer) in answered.into_iter().zip(answers.drain(..)) {
                waiter.settle(answer);
            }
        }
        if let Some(reason) = problem {
            return Err(reason);
        }
    }
}
