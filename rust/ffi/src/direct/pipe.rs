//! A connection that single reads share: their requests go out together and their replies come back in order.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::ops::Range;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aerospike_wire::proto;
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep_until;

use super::connection::{Counted, frame_end};
use super::node::Peer;
use super::reply::{self, Form, Single};
use super::single::Answer;
use super::stats::Reason;
use crate::clock::Instant;
use crate::command;
use crate::ticket::Claim;

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

/// Who wants to hear a reply.
pub(super) enum Listener {
    /// A task that waits for it.
    Task(oneshot::Sender<Outcome>),
    /// A read that has no task.
    Parked(Claim),
}

impl Listener {
    fn hear(self, outcome: Outcome, peer: &Peer) {
        match self {
            Self::Task(answer) => drop(answer.send(outcome)),
            Self::Parked(claim) => {
                if let Some((parked, ticket)) = claim.take() {
                    command::answered(parked, ticket, Answer::new(outcome, peer));
                }
            }
        }
    }

    /// The reply is not there in time for who listens.
    fn miss(self, peer: &Peer) {
        match self {
            // A task has a timer of its own.
            Self::Task(_) => {}
            Self::Parked(claim) => match claim.take() {
                Some((parked, _)) if parked.is_over() => parked.time_out(),
                Some((parked, ticket)) => {
                    command::answered(parked, ticket, Answer::new(Err(Reason::Late), peer));
                }
                None => {}
            },
        }
    }

    fn is_gone(&self) -> bool {
        match self {
            Self::Task(answer) => answer.is_closed(),
            Self::Parked(claim) => claim.is_given_up(),
        }
    }
}

struct Waiter {
    /// Absent where the read went to core meanwhile; its reply still comes.
    listener: Option<Listener>,
    form: Form,
    sent: Instant,
    bound: Instant,
    /// When a listener without a task is to be told that there is no reply.
    due: Option<Instant>,
}

impl Waiter {
    fn settle(self, outcome: Outcome, peer: &Peer) {
        if let Some(listener) = self.listener {
            listener.hear(outcome, peer);
        }
    }

    fn is_given_up(&self) -> bool {
        self.listener.as_ref().is_none_or(Listener::is_gone)
    }
}

#[derive(Default)]
struct State {
    /// A task serves the connection.
    running: bool,
    /// Absent until it is open.
    stream: Option<Arc<Counted>>,
    /// The task writes; nobody else may.
    writing: bool,
    /// When the task looks at the pipe next, whatever happens.
    armed: Option<Instant>,
    closing: bool,
    at_once: bool,
    /// Requests that were not taken by the task yet.
    out: Vec<u8>,
    /// In the order of the requests.
    waiting: VecDeque<Waiter>,
    /// When the last reply came.
    replied: Option<Instant>,
    /// No listener is due before.
    due: Option<Instant>,
}

impl State {
    /// Since when the first reply is out: from its request, or from the reply before it.
    fn out_since(&self) -> Option<Instant> {
        let sent = self.waiting.front()?.sent;
        Some(self.replied.map_or(sent, |replied| replied.max(sent)))
    }

    /// Writes what stands in `out`, unless the task is at it. Whether the task needs not hear of it: all is written, and
    /// it looks at the pipe before `until` anyway.
    fn write(&mut self, until: Instant) -> bool {
        let Some(stream) = self.stream.as_ref().filter(|_| !self.writing) else {
            return false;
        };
        let Ok(bytes) = stream.stream.try_write(&self.out) else {
            return false;
        };
        self.out.drain(..bytes);
        self.out.is_empty() && self.armed.is_some_and(|armed| armed <= until)
    }

    /// The listeners that have waited long enough.
    fn take_due(&mut self, now: Instant) -> Vec<Listener> {
        let mut over = Vec::new();
        if self.due.is_none_or(|due| due > now) {
            return over;
        }
        self.due = None;
        for waiter in &mut self.waiting {
            match waiter.due {
                Some(due) if due <= now => {
                    waiter.due = None;
                    over.extend(waiter.listener.take());
                }
                Some(due) => self.due = Some(self.due.map_or(due, |first| first.min(due))),
                None => {}
            }
        }
        over
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

    /// Appends a request, unless too many wait: then the listener is given back. The answer is late after `bound`; a
    /// listener without a task is told at `due`. With `at_once`, this thread writes it where it can.
    pub(super) fn push(
        self: &Arc<Self>,
        peer: &Arc<Peer>,
        (listener, form): (Listener, Form),
        (bound, due): (Instant, Option<Instant>),
        at_once: bool,
        encode: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), Listener> {
        let mut state = self.lock();
        let sent = Instant::now();
        if state.closing
            || state.waiting.len() >= DEPTH
            || state.out_since().is_some_and(|since| sent > since + STALL)
        {
            return Err(listener);
        }
        let is_first = state.out.is_empty();
        // Where others wait, there is company to go with, and a write for each would cost this thread more.
        let at_once = at_once && state.waiting.is_empty();
        encode(&mut state.out);
        let wakes =
            is_first && !(at_once && state.write(due.map_or(bound, |due| due.min(sent + LOSS))));
        state.due = match (state.due, due) {
            (Some(known), Some(due)) => Some(known.min(due)),
            (known, due) => known.or(due),
        };
        state.waiting.push_back(Waiter {
            listener: Some(listener),
            form,
            sent,
            bound,
            due,
        });
        let starts = !std::mem::replace(&mut state.running, true);
        drop(state);
        if starts {
            tokio::spawn(serve(Arc::clone(self), Arc::clone(peer)));
        } else if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Waiters that were not answered after all, the first of them all.
    fn take_back(&self, mut waiters: VecDeque<Waiter>) {
        let mut state = self.lock();
        waiters.append(&mut state.waiting);
        state.waiting = waiters;
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
        state.running && state.stream.is_none()
    }

    /// Whether it is open, and whether somebody waits for a reply on it.
    pub(super) fn gauges(&self) -> (bool, bool) {
        let state = self.lock();
        (state.stream.is_some(), !state.waiting.is_empty())
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
    peer: &'p Peer,
    reason: Reason,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.pipe.lock();
        state.running = false;
        state.stream = None;
        state.writing = false;
        state.armed = None;
        state.out = Vec::new();
        state.due = None;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waiter in waiting {
            let reason = match self.reason {
                Reason::Late if waiter.bound > now => Reason::Behind,
                reason => reason,
            };
            waiter.settle(Err(reason), self.peer);
        }
    }
}

async fn serve(pipe: Arc<Pipe>, peer: Arc<Peer>) {
    let mut hold = Hold {
        pipe: &pipe,
        peer: &peer,
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
        if let Some(listener) = waiter.listener.take() {
            listener.hear(Err(Reason::Behind), peer);
        }
    }
}

/// Serves until the pipe closes, nobody used it for long, or something goes wrong.
async fn run(pipe: &Pipe, peer: &Peer) -> Result<(), Reason> {
    let counted = Arc::new(Counted::open(peer).await?);
    let stream = &counted.stream;
    pipe.lock().stream = Some(Arc::clone(&counted));
    let mut input = Vec::with_capacity(BUFFER);
    let mut output: Vec<u8> = Vec::new();
    let mut written = 0;
    let mut frames: Vec<Range<usize>> = Vec::new();
    let mut used = Instant::now();
    let mut armed = used + FAR;
    let mut timer = pin!(sleep_until(armed.on_system_clock()));
    loop {
        let over = pipe.lock().take_due(Instant::now());
        for listener in over {
            listener.miss(peer);
        }
        {
            let mut state = pipe.lock();
            if written == output.len() {
                output.clear();
                written = 0;
                if output.capacity() > KEPT {
                    output = Vec::new();
                }
                std::mem::swap(&mut output, &mut state.out);
                state.writing = !output.is_empty();
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
            let until = state.due.map_or(look, |due| look.min(due)).min(until);
            if until < armed || armed <= now {
                armed = until;
                timer.as_mut().reset(armed.on_system_clock());
            }
            state.armed = Some(armed);
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
            () = timer.as_mut() => {
                // Whatever it was set to, it has to be set anew: the clock may have stood still.
                armed = Instant::now();
                false
            }
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
                    frames.push(start + proto::HEADER_LEN..start + end);
                    start += end;
                }
                Ok(None) => break,
                Err(reason) => {
                    problem = Some(reason);
                    break;
                }
            }
        }
        if !frames.is_empty() {
            let mut state = pipe.lock();
            if frames.len() > state.waiting.len() {
                // More replies than requests: none of them can be trusted.
                return Err(Reason::Malformed);
            }
            state.replied = Some(used);
            let mut answered: VecDeque<_> = state.waiting.drain(..frames.len()).collect();
            drop(state);
            for frame in frames.drain(..) {
                let form = answered.front().map(|waiter| waiter.form);
                let answer = reply::single(&input[frame], form.unwrap_or(Form::Record));
                let Ok(answer) = answer else {
                    pipe.take_back(answered);
                    return Err(Reason::Malformed);
                };
                if let Some(waiter) = answered.pop_front() {
                    waiter.settle(Ok(answer), peer);
                }
            }
        }
        input.drain(..start);
        if input.is_empty() && input.capacity() > KEPT {
            input = Vec::with_capacity(BUFFER);
        }
        if let Some(reason) = problem {
            return Err(reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use aerospike_wire::message::Header;

    use super::*;
    use crate::direct::node::Node;

    fn reply(operations: u16, bytes: &[u8]) -> Vec<u8> {
        let header = Header {
            operations,
            ..Header::default()
        };
        let body = [&header.encode()[..], bytes].concat();
        let proto = proto::Proto {
            kind: proto::MESSAGE,
            len: body.len(),
        };
        [&proto.encode()[..], &body].concat()
    }

    #[test]
    fn a_reply_that_makes_no_sense_ends_those_behind_it_and_none_before() {
        const REQUEST: &[u8] = b"a request";
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            stream.read_exact(&mut [0; REQUEST.len() * 4]).unwrap();
            // At once, so that one read of the pipe has them all.
            let replies = [reply(0, &[]), reply(1, &[]), reply(0, &[])].concat();
            stream.write_all(&replies).unwrap();
            stream.read(&mut [0]).unwrap()
        });
        let node = Node::at(port, Duration::ZERO);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let outcomes = runtime.block_on(async {
            let bound = Instant::now() + Duration::from_secs(60);
            let mut answers = Vec::new();
            for _ in 0..4 {
                let (answer, answered) = oneshot::channel();
                let listener = (Listener::Task(answer), Form::Record);
                let pipe = node.pipes(0).next().unwrap();
                let pushed = pipe.push(&node.peer, listener, (bound, None), false, |out| {
                    out.extend_from_slice(REQUEST);
                });
                assert!(pushed.is_ok());
                answers.push(answered);
            }
            let mut outcomes = Vec::new();
            for answered in answers {
                outcomes.push(answered.await.ok());
            }
            outcomes
        });
        let [Some(Ok(Single::Record(_))), rest @ ..] = &outcomes[..] else {
            panic!("{outcomes:?}");
        };
        assert_eq!(
            rest,
            [
                Some(Err(Reason::Malformed)),
                Some(Err(Reason::Malformed)),
                Some(Err(Reason::Malformed))
            ]
        );
        assert_eq!(thread.join().unwrap(), 0, "the connection is closed");
    }
}
