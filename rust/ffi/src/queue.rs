//! Completion queues: what one JS thread submits through and drains from.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::counter;
use crate::doorbell::Doorbell;
use crate::handle::Table;
use crate::record::{self, Kind};
use crate::ticket::Ticket;
use crate::{runtime, thread, user};

/// Log records that may wait in a queue; what comes on top is counted and dropped.
const LOG_LIMIT: u32 = 1024;
/// Drained bytes in front of the buffer that are worth moving the rest for.
const COMPACT: usize = 256 * 1024;

/// From so many commands in flight on, a thread that was told to wait is woken for several answers together.
const COMPANY: usize = 8;
/// The most answers that it waits for.
const GATHERED: u32 = 64;
/// How long it waits for them.
const GATHERING: Duration = Duration::from_micros(100);
/// How often it does not wait, after it has waited in vain.
const IN_VAIN: u32 = 64;

/// Why a command is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// `aef_cancel`.
    Cancelled,
    /// Its queue closes.
    QueueClosed,
    /// Its client closes.
    ClientClosed,
}

/// A command in flight, as the queue sees it.
pub(crate) struct Flight {
    /// The user's handle that it runs on, 0 none.
    pub(crate) user: u32,
    /// Whether it counts against the queue's capacity.
    pub(crate) takes_room: bool,
    /// Absent where a command completes too soon to be stopped.
    pub(crate) stop: Option<Arc<Ticket>>,
}

/// What a completion carries.
pub(crate) enum Payload<'a> {
    Borrowed(&'a [u8]),
    Owned(Vec<u8>),
}

impl Payload<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Payload::Borrowed(bytes) => bytes,
            Payload::Owned(bytes) => bytes,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Refuses commands and waits for those in flight.
    Closing,
    /// The closed record stands in the buffer.
    Closed,
    /// The closed record was drained.
    Drained,
    /// Its thread has ended: nobody drains, and it is freed with its last command.
    Abandoned,
}

// Tags count up, so they are their own hash.
#[derive(Default)]
struct TagHasher(u64);

impl Hasher for TagHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, tag: u32) {
        // The table uses the top bits too.
        self.0 = u64::from(tag).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

struct State {
    /// Encoded records; those before `head` are drained.
    records: Vec<u8>,
    head: usize,
    /// Records in the buffer that answer a command.
    answers: u32,
    /// The next record rings.
    armed: bool,
    phase: Phase,
    flights: HashMap<u32, Flight, BuildHasherDefault<TagHasher>>,
    /// How many of the flights take no room.
    roomless: u32,
    results: Table<Box<[u8]>>,
    logs: u32,
    logs_dropped: u64,
    waiters: u32,
    /// Answers that who waits wants to have.
    wanted: u32,
    /// How often nobody is to wait for more than one.
    hasty: u32,
}

impl State {
    /// How many answers are worth waiting for, if more than there are.
    fn gathers(&mut self) -> Option<u32> {
        if self.flights.len() < COMPANY || self.phase != Phase::Open {
            return None;
        }
        let wanted = ((self.flights.len() as u32 + self.answers) / 4).min(GATHERED);
        if self.answers == 0 || self.answers >= wanted {
            return None;
        }
        if self.hasty > 0 {
            self.hasty -= 1;
            return None;
        }
        Some(wanted)
    }

    fn is_empty(&self) -> bool {
        self.head == self.records.len()
    }

    fn remove(&mut self, tag: u32) -> Option<Flight> {
        let flight = self.flights.remove(&tag)?;
        self.roomless -= u32::from(!flight.takes_room);
        Some(flight)
    }

    fn release_results(&mut self) {
        let held = std::mem::replace(&mut self.results, Table::new());
        for result in held.iter() {
            count_released(result.len());
        }
    }

    fn end_if_idle(&mut self) -> bool {
        let ends = self.phase == Phase::Closing && self.flights.is_empty();
        if ends {
            self.phase = Phase::Closed;
            record::push_inline(&mut self.records, 0, Kind::Closed, 0, &[]);
        }
        ends
    }
}

/// What `accept` did with a burst.
pub(crate) enum Acceptance {
    Accepted,
    Closing,
    DuplicateTag,
}

/// What `wait` saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Ready,
    TimedOut,
    Ended,
}

/// One queue.
pub(crate) struct Queue {
    handle: AtomicU32,
    capacity: u32,
    state: Mutex<State>,
    ready: Condvar,
    pub(crate) doorbell: Doorbell,
}

static QUEUES: RwLock<Table<Arc<Queue>>> = RwLock::new(Table::new());

/// Opens a queue; `None` when there are too many.
pub(crate) fn open(capacity: u32) -> Option<u32> {
    let queue = Arc::new(Queue {
        handle: AtomicU32::new(0),
        capacity: capacity.max(1),
        state: Mutex::new(State {
            records: Vec::new(),
            head: 0,
            answers: 0,
            armed: true,
            phase: Phase::Open,
            flights: HashMap::default(),
            roomless: 0,
            results: Table::new(),
            logs: 0,
            logs_dropped: 0,
            waiters: 0,
            wanted: 0,
            hasty: 0,
        }),
        ready: Condvar::new(),
        doorbell: Doorbell::new(),
    });
    let mut queues = QUEUES.write().unwrap_or_else(PoisonError::into_inner);
    let handle = queues.insert(Arc::clone(&queue)).ok()?;
    queue.handle.store(handle, Ordering::Relaxed);
    counter::QUEUES.add(1);
    Some(handle)
}

/// The queue behind a handle.
pub(crate) fn get(handle: u32) -> Option<Arc<Queue>> {
    QUEUES
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(handle)
        .cloned()
}

/// All queues.
pub(crate) fn all() -> Vec<Arc<Queue>> {
    QUEUES
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .cloned()
        .collect()
}

/// Frees a queue whose closed record was drained. False when it is not there yet.
pub(crate) fn free(handle: u32) -> Option<bool> {
    let queue = get(handle)?;
    if queue.lock().phase != Phase::Drained {
        return Some(false);
    }
    remove(handle)?;
    queue.doorbell.stop();
    queue.lock().release_results();
    thread::unbind(handle);
    Some(true)
}

fn remove(handle: u32) -> Option<Arc<Queue>> {
    let removed = QUEUES
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(handle)?;
    counter::QUEUES.sub(1);
    Some(removed)
}

/// Gives up a queue whose thread ends: its commands are stopped, the users that came through it leave.
pub(crate) fn abandon(handle: u32) {
    let Some(queue) = get(handle) else { return };
    // Here and now: what a doorbell calls is gone with the thread.
    queue.doorbell.stop();
    let is_idle = {
        let mut state = queue.lock();
        state.phase = Phase::Abandoned;
        state.records = Vec::new();
        state.head = 0;
        state.answers = 0;
        state.release_results();
        queue.ready.notify_all();
        state.flights.is_empty()
    };
    if is_idle {
        remove(handle);
    }
    // The rest not in the last moments of a thread.
    if let Some(runtime) = runtime::get() {
        runtime.spawn(async move {
            queue.stop_all(Stop::QueueClosed, |_| true);
            user::leave_with(handle);
        });
    }
}

fn count_released(bytes: usize) {
    counter::RESULTS.sub(1);
    counter::RESULT_BYTES.sub(bytes as u64);
}

impl Queue {
    pub(crate) fn handle(&self) -> u32 {
        self.handle.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether its thread has ended.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().phase == Phase::Abandoned
    }

    /// How many more commands fit, or `None` when the queue closes. A command counts until its record is drained, so
    /// the buffer is bounded too.
    pub(crate) fn room(&self) -> Option<u32> {
        let state = self.lock();
        let used = state.flights.len() as u32 - state.roomless + state.answers;
        (state.phase == Phase::Open).then(|| self.capacity.saturating_sub(used))
    }

    /// Takes commands in flight, all of them or none.
    pub(crate) fn accept(&self, burst: impl ExactSizeIterator<Item = (u32, Flight)>) -> Acceptance {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return Acceptance::Closing;
        }
        let count = burst.len();
        let mut taken = Vec::with_capacity(count);
        for (tag, flight) in burst {
            if state.flights.contains_key(&tag) {
                for tag in taken {
                    state.remove(tag);
                }
                return Acceptance::DuplicateTag;
            }
            state.roomless += u32::from(!flight.takes_room);
            state.flights.insert(tag, flight);
            taken.push(tag);
        }
        counter::ACCEPTED.add(count as u64);
        counter::IN_FLIGHT.add(count as u64);
        Acceptance::Accepted
    }

    /// Ends a command: its one record goes into the buffer. Called by [`crate::completion::Completion`] only.
    pub(crate) fn complete(&self, tag: u32, kind: Kind, code: i32, payload: Payload<'_>) {
        let mut state = self.lock();
        let flight = state.remove(tag);
        debug_assert!(flight.is_some(), "a command completed twice");
        if state.phase == Phase::Abandoned {
            let was_last = state.flights.is_empty();
            drop(state);
            counter::IN_FLIGHT.sub(1);
            if was_last {
                remove(self.handle());
            }
            return;
        }
        let was_empty = state.is_empty();
        let bytes = payload.as_slice();
        if bytes.len() <= record::INLINE {
            record::push_inline(&mut state.records, tag, kind, code, bytes);
        } else {
            let length = bytes.len();
            let owned = match payload {
                Payload::Owned(bytes) => bytes.into_boxed_slice(),
                Payload::Borrowed(bytes) => bytes.into(),
            };
            match state.results.insert(owned) {
                Ok(handle) => {
                    counter::RESULTS.add(1);
                    counter::RESULT_BYTES.add(length as u64);
                    record::push_held(&mut state.records, tag, kind, code, length as u32, handle);
                }
                Err(_) => {
                    let text = br#"{"message":"too many large results are waiting to be fetched","sent":true}"#;
                    record::push_inline(
                        &mut state.records,
                        tag,
                        Kind::Error,
                        crate::error::INTERNAL,
                        text,
                    );
                }
            }
        }
        state.answers += 1;
        state.end_if_idle();
        counter::IN_FLIGHT.sub(1);
        self.announce(state, was_empty);
        // The last to let go of a ticket frees what stands in it: not under the lock.
        drop(flight);
    }

    /// Adds a line of the log, or counts it when too many wait.
    pub(crate) fn log(&self, line: impl FnOnce(u64) -> Vec<u8>) {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Open | Phase::Closing) {
            return;
        }
        if state.logs >= LOG_LIMIT {
            state.logs_dropped += 1;
            return;
        }
        let was_empty = state.is_empty();
        let mut bytes = line(std::mem::take(&mut state.logs_dropped));
        bytes.truncate(record::INLINE);
        record::push_inline(&mut state.records, 0, Kind::Log, 0, &bytes);
        state.logs += 1;
        self.announce(state, was_empty);
    }

    fn announce(&self, mut state: MutexGuard<'_, State>, was_empty: bool) {
        let ring = was_empty && std::mem::take(&mut state.armed);
        if state.waiters > 0 && (state.answers >= state.wanted || state.phase != Phase::Open) {
            self.ready.notify_all();
        }
        drop(state);
        if ring {
            self.doorbell.ring(self.handle());
        }
    }

    /// Rings if something waits already: for a doorbell that was installed late.
    pub(crate) fn ring_if_waiting(&self) {
        let mut state = self.lock();
        let waiting = !state.is_empty();
        if waiting {
            state.armed = false;
        }
        drop(state);
        if waiting {
            self.doorbell.ring(self.handle());
        }
    }

    /// Copies as many whole records as fit. Zero means empty, and the next record rings.
    pub(crate) fn drain(&self, target: &mut [u8]) -> usize {
        let mut state = self.lock();
        if state.is_empty() {
            state.armed = true;
            return 0;
        }
        let waiting = &state.records[state.head..];
        let (bytes, answers, logs) = if waiting.len() <= target.len() {
            (waiting.len(), state.answers, state.logs)
        } else {
            let (mut bytes, mut answers, mut others) = (0, 0, 0);
            while bytes < waiting.len() {
                let length = record::length(&waiting[bytes..]);
                if bytes + length > target.len() {
                    break;
                }
                if record::answers(&waiting[bytes..]) {
                    answers += 1;
                } else {
                    others += 1;
                }
                bytes += length;
            }
            (bytes, answers, others.min(state.logs))
        };
        target[..bytes].copy_from_slice(&waiting[..bytes]);
        state.head += bytes;
        state.answers -= answers;
        state.logs -= logs;
        counter::DELIVERED.add(u64::from(answers));
        if state.is_empty() {
            state.records.clear();
            state.head = 0;
            if state.phase == Phase::Closed {
                state.phase = Phase::Drained;
                self.ready.notify_all();
            }
        } else if state.head > COMPACT && state.head > state.records.len() / 2 {
            let head = std::mem::take(&mut state.head);
            state.records.drain(..head);
        }
        bytes
    }

    /// Blocks until something can be drained.
    pub(crate) fn wait(&self, timeout: Duration) -> Wait {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if matches!(state.phase, Phase::Drained | Phase::Abandoned) {
                return Wait::Ended;
            }
            if !state.is_empty() {
                drop(state);
                self.gather();
                return Wait::Ready;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Wait::TimedOut;
            }
            state.waiters += 1;
            state = self
                .ready
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            state.waiters -= 1;
        }
    }

    /// Waits a little for more answers, where many are on their way: waking a thread costs more than an answer does.
    pub(crate) fn gather(&self) {
        let mut state = self.lock();
        let Some(wanted) = state.gathers() else {
            return;
        };
        let before = state.answers;
        state.wanted = wanted;
        state.waiters += 1;
        let (mut state, _) = self
            .ready
            .wait_timeout_while(state, GATHERING, |state| {
                state.answers < state.wanted && state.phase == Phase::Open
            })
            .unwrap_or_else(PoisonError::into_inner);
        state.waiters -= 1;
        state.wanted = 0;
        if state.answers == before {
            state.hasty = IN_VAIN;
        }
    }

    /// Tells a command to stop. True when it was in flight.
    pub(crate) fn cancel(&self, tag: u32) -> bool {
        let (found, stop) = {
            let mut state = self.lock();
            match state.flights.get_mut(&tag) {
                Some(flight) => (true, flight.stop.take()),
                None => (false, None),
            }
        };
        if let Some(ticket) = stop {
            ticket.stop(Stop::Cancelled);
        }
        found
    }

    /// Tells every command of a user to stop.
    pub(crate) fn cancel_user(&self, user: u32) {
        self.stop_all(Stop::ClientClosed, |flight| flight.user == user);
    }

    fn stop_all(&self, why: Stop, matches: impl Fn(&Flight) -> bool) {
        let stops: Vec<_> = self
            .lock()
            .flights
            .values_mut()
            .filter(|flight| matches(flight))
            .filter_map(|flight| flight.stop.take())
            .collect();
        for ticket in stops {
            ticket.stop(why);
        }
    }

    /// Refuses new commands and stops those in flight; the closed record comes after their completions.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        let was_empty = state.is_empty();
        if state.end_if_idle() {
            self.announce(state, was_empty);
        } else {
            drop(state);
            self.stop_all(Stop::QueueClosed, |_| true);
        }
    }

    /// Copies a held result and frees it. The error is the ABI's.
    pub(crate) fn take_result(&self, handle: u32, target: &mut [u8]) -> i32 {
        let result = {
            let mut state = self.lock();
            match state.results.get(handle) {
                None => return -1,
                Some(result) if !target.is_empty() && result.len() != target.len() => return -2,
                Some(_) => state.results.remove(handle),
            }
        };
        let Some(result) = result else { return -1 };
        count_released(result.len());
        if !target.is_empty() {
            target.copy_from_slice(&result);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flights(tags: std::ops::Range<u32>) -> Vec<(u32, Flight)> {
        let flight = |tag| {
            (
                tag,
                Flight {
                    user: 0,
                    takes_room: true,
                    stop: None,
                },
            )
        };
        tags.map(flight).collect()
    }

    fn complete(queue: &Queue, tags: std::ops::Range<u32>) {
        for tag in tags {
            queue.complete(tag, Kind::Result, 0, Payload::Borrowed(&[]));
        }
    }

    #[test]
    fn a_wait_gathers_and_gives_up_gathering() {
        let queue = get(open(1024).unwrap()).unwrap();
        queue.accept(flights(0..64).into_iter());
        complete(&queue, 0..1);
        assert_eq!(queue.lock().gathers(), Some(16));
        // In vain: nothing else comes. It is ready all the same, and the next waits do not gather.
        assert_eq!(queue.wait(Duration::from_secs(60)), Wait::Ready);
        assert_eq!(queue.lock().gathers(), None);
        assert_eq!(queue.lock().hasty, IN_VAIN - 1);
        complete(&queue, 1..16);
        queue.lock().hasty = 0;
        assert_eq!(queue.lock().gathers(), None, "there are enough");
        let mut target = vec![0; 64 * 1024];
        assert_eq!(queue.drain(&mut target), 16 * 24);
        // A few in flight are waited for one by one.
        complete(&queue, 16..60);
        queue.drain(&mut target);
        complete(&queue, 60..61);
        assert_eq!(queue.lock().gathers(), None);
    }

    #[test]
    fn who_gathers_hears_of_enough_answers_and_of_the_end() {
        let queue = get(open(1024).unwrap()).unwrap();
        queue.accept(flights(0..64).into_iter());
        complete(&queue, 0..1);
        let waiting = Arc::clone(&queue);
        let waits = std::thread::spawn(move || waiting.wait(Duration::from_secs(60)));
        complete(&queue, 1..64);
        assert_eq!(waits.join().unwrap(), Wait::Ready);
        let mut target = vec![0; 64 * 1024];
        assert_eq!(queue.drain(&mut target), 64 * 24);
        queue.close();
        assert_eq!(queue.wait(Duration::from_secs(60)), Wait::Ready);
    }
}
