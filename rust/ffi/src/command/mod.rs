//! Commands: from an accepted frame to its completion.

mod admin;
mod batch;
mod fallback;
mod joined;
mod read;
mod record;
mod udf;
mod write;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Instant;
use crate::cluster;
use crate::completion::{Answer, Completion, Outcome};
use crate::config::Settings;
use crate::driver::{Bounds, Effect, Progress, drive};
use crate::error::{Failure, Phase};
use crate::frame::{self, Head, Malformed, Request};
use crate::queue::{self, Acceptance, Flight};
use crate::ticket::Ticket;
use crate::user::{self, Visit};
use crate::{runtime, share};

use joined::Groups;

pub(crate) use read::answered;

/// The answers of `aef_submit` that are no counts.
const UNKNOWN_QUEUE: i32 = -1;
const MALFORMED: i32 = -2;
const CLOSING: i32 = -3;

/// A command that its queue accepted.
struct Accepted {
    completion: Completion,
    head: Head,
    body: Range<usize>,
    /// Absent where it is over too soon to be stopped.
    ticket: Option<Arc<Ticket>>,
    /// Absent where no cluster is needed.
    visit: Option<Result<Visit, Failure>>,
    /// The group of the burst's reads with which it becomes a batch.
    group: Option<usize>,
}

impl Accepted {
    fn deadline(&self, submitted: Instant) -> Option<Instant> {
        (self.head.deadline_ms > 0)
            .then(|| submitted + Duration::from_millis(u64::from(self.head.deadline_ms)))
    }
}

/// What is needed to run a command on a cluster.
struct Run {
    completion: Completion,
    bounds: Bounds,
    visit: Visit,
}

/// Accepts as many of the frames as fit and starts them. Runs on the JS thread, so it parses and copies but executes
/// nothing, and hands the whole burst to the runtime at once.
pub(crate) fn submit(queue: u32, frames: &[u8]) -> i32 {
    let Some(queue) = queue::get(queue) else {
        return UNKNOWN_QUEUE;
    };
    let Some(runtime) = runtime::get() else {
        return UNKNOWN_QUEUE;
    };
    let Some(room) = queue.room() else {
        return CLOSING;
    };
    let mut groups = Groups::default();
    let heads = match heads(frames, room as usize, &mut groups) {
        Ok(heads) if heads.is_empty() => return 0,
        Ok(heads) => heads,
        Err(Malformed) => return MALFORMED,
    };
    let mut tickets = Vec::with_capacity(heads.len());
    let flights: Vec<_> = heads
        .iter()
        .map(|(head, body, _)| {
            let ticket = stoppable(head, &frames[body.clone()]).then(Arc::<Ticket>::default);
            tickets.push(ticket.clone());
            // Closing a client stops its commands, and must not stop itself.
            let user = if head.command == frame::CLOSE {
                0
            } else {
                head.cluster
            };
            let takes_room = frame::takes_room(head.command);
            (
                head.tag,
                Flight {
                    user,
                    takes_room,
                    stop: ticket,
                },
            )
        })
        .collect();
    match queue.accept(flights.into_iter()) {
        Acceptance::Accepted => {}
        Acceptance::Closing => return CLOSING,
        Acceptance::DuplicateTag => return MALFORMED,
    }
    let mut is_led = vec![false; groups.len()];
    let mut accepted: Vec<_> = heads
        .into_iter()
        .zip(tickets)
        .map(|((head, body, group), ticket)| {
            // One alone has nobody to join. Of those that join, the first stands in line for all.
            let group = group.filter(|number| groups.is_company(*number));
            let follows = group.is_some_and(|number| std::mem::replace(&mut is_led[number], true));
            let lines_up = frame::is_on_records(head.command) && !follows;
            Accepted {
                completion: Completion::new(Arc::clone(&queue), head.tag),
                head,
                body,
                ticket,
                // Begun here and not in the task: a command in front of a close must not meet a closed cluster.
                visit: frame::needs_cluster(head.command)
                    .then(|| Visit::begin(head.cluster, lines_up)),
                group,
            }
        })
        .collect();
    let count = accepted.len() as i32;
    let end = accepted.last().map_or(0, |last| last.body.end);
    let bytes: Arc<[u8]> = frames[..end].into();
    let submitted = Instant::now();
    if let [
        Accepted {
            ticket: Some(ticket),
            ..
        },
    ] = &accepted[..]
    {
        let ticket = Arc::clone(ticket);
        let _runtime = runtime.enter();
        let alone = accepted.pop().and_then(|command| {
            read::send(
                &mut read::Burst::of_one(),
                &bytes,
                command,
                &ticket,
                submitted,
            )
        });
        accepted.extend(alone);
        if accepted.is_empty() {
            return count;
        }
    }
    runtime.spawn(start(bytes, accepted, submitted));
    count
}

/// A checked frame, and the group of reads that it may be joined to.
type Checked = (Head, Range<usize>, Option<usize>);

/// The first frames, as many as there is room for, all of them checked; of the rest the lengths are.
fn heads<'f>(
    frames: &'f [u8],
    mut room: usize,
    groups: &mut Groups<'f>,
) -> Result<Vec<Checked>, Malformed> {
    let mut heads = Vec::new();
    let mut is_full = false;
    let mut at = 0;
    while at < frames.len() {
        let head = Head::parse(&frames[at..])?;
        let end = at + head.length as usize;
        let body = at + frame::HEADER..end;
        at = end;
        let needed = usize::from(frame::takes_room(head.command));
        is_full |= needed > room;
        if !is_full {
            room -= needed;
            let request = frame::parse(head.command, &frames[body.clone()])?;
            let group = groups.number(&head, &request);
            heads.push((head, body, group));
        }
    }
    Ok(heads)
}

/// An echo without delay is over before anyone could stop it.
fn stoppable(head: &Head, body: &[u8]) -> bool {
    head.command != frame::ECHO || !body.starts_with(&[0; 4])
}

/// Runs a burst: echoes at once, reads without a task where they can do without one, and every other command as a task of
/// its own, the last one right here.
async fn start(bytes: Arc<[u8]>, accepted: Vec<Accepted>, submitted: Instant) {
    let mut held: Option<Accepted> = None;
    let mut burst = read::Burst::default();
    let mut joined: Vec<Vec<Accepted>> = Vec::new();
    for command in accepted {
        let Some(ticket) = &command.ticket else {
            command.completion.bytes(&bytes[command.body][4..]);
            continue;
        };
        if let Some(number) = command.group {
            joined.resize_with(joined.len().max(number + 1), Vec::new);
            joined[number].push(command);
            continue;
        }
        let ticket = Arc::clone(ticket);
        let Some(command) = read::send(&mut burst, &bytes, command, &ticket, submitted) else {
            continue;
        };
        if let Some(previous) = held.replace(command) {
            // Boxed, because a task copies its future about, and these have kilobytes.
            tokio::spawn(Box::pin(run(Arc::clone(&bytes), previous, submitted)));
        }
    }
    for group in joined.into_iter().flat_map(joined::parts) {
        tokio::spawn(joined::run(Arc::clone(&bytes), group, submitted));
    }
    if let Some(last) = held {
        run(bytes, last, submitted).await;
    }
}

async fn run(bytes: Arc<[u8]>, command: Accepted, submitted: Instant) {
    let deadline = command.deadline(submitted);
    let Accepted {
        completion,
        head,
        body,
        ticket,
        visit,
        ..
    } = command;
    let bounds = Bounds {
        deadline,
        stop: ticket,
    };
    let body = &bytes[body];
    let Ok(request) = frame::parse(head.command, body) else {
        completion.settle(Err(changed()));
        return;
    };
    let (request, visit) = match (request, visit) {
        // The rare commands are boxed, so that the common ones do not carry the size of their futures.
        (Request::Echo { delay_ms, bytes }, _) => {
            return Box::pin(echo(completion, bounds, delay_ms, bytes)).await;
        }
        (Request::Panic, _) => panic!("PANIC was asked for"),
        (Request::Open { json }, _) => return Box::pin(open(completion, bounds, json)).await,
        (Request::Close { drain_ms }, _) => {
            return Box::pin(close(completion, bounds, head.cluster, drain_ms)).await;
        }
        (Request::Attach { token }, _) => {
            let attached = share::attach(token, completion.queue());
            completion.settle(attached.map(handle_payload));
            return;
        }
        (_, None) => {
            completion.settle(Err(Failure::internal("a command has no cluster")));
            return;
        }
        (_, Some(Err(failure))) => {
            completion.settle(Err(failure));
            return;
        }
        (request, Some(Ok(visit))) => (request, visit),
    };
    let run = Run {
        completion,
        bounds,
        visit,
    };
    if let Some(read) = request.read() {
        return read::run(run, read, None).await;
    }
    if let Some(write) = request.write() {
        return write::run(run, write).await;
    }
    match request {
        Request::Batch(body) => Box::pin(batch::run(run, body, None)).await,
        Request::Columns(schema, body) => Box::pin(batch::run(run, body, Some(schema))).await,
        Request::Apply {
            policy,
            write,
            key,
            call,
        } => Box::pin(udf::apply(run, (policy, write), key, call)).await,
        request => Box::pin(admin::run(run, request)).await,
    }
}

fn changed() -> Failure {
    Failure::internal("a frame changed after it was checked")
}

async fn echo(completion: Completion, bounds: Bounds, delay_ms: u32, bytes: &[u8]) {
    let progress = Progress::new();
    progress.enter(Phase::Command);
    let work = async {
        tokio::time::sleep(Duration::from_millis(delay_ms.into())).await;
        Ok(Answer::Payload(bytes.to_vec()))
    };
    drive(completion, bounds, None, Effect::Read, &progress, work).await;
}

async fn open(completion: Completion, bounds: Bounds, json: &[u8]) {
    let progress = Progress::new();
    let queue = Arc::clone(completion.queue());
    let work = async {
        let cluster = cluster::open(Settings::parse(json)?, &progress).await?;
        user::register(cluster, &queue).map(handle_payload)
    };
    drive(completion, bounds, None, Effect::Read, &progress, work).await;
}

fn handle_payload(handle: u32) -> Answer {
    Answer::Payload(handle.to_le_bytes().to_vec())
}

async fn close(completion: Completion, bounds: Bounds, handle: u32, drain_ms: u32) {
    let progress = Progress::new();
    let Some(user) = user::get(handle) else {
        completion.settle(Err(Failure::closed()));
        return;
    };
    // A task of its own: a close that nobody waits for any more still goes through.
    let closing = tokio::spawn(user.leave(Duration::from_millis(drain_ms.into())));
    let work = async {
        closing
            .await
            .map_err(|_| Failure::internal("closing the client panicked"))?;
        Ok(Answer::Code(0)) as Outcome
    };
    drive(completion, bounds, None, Effect::Read, &progress, work).await;
}
