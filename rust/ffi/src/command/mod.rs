//! Commands: from an accepted frame to its completion.

mod admin;
mod batch;
mod fallback;
mod record;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::cluster::{self, Visit};
use crate::completion::{Answer, Completion, Outcome};
use crate::config::Settings;
use crate::driver::{Bounds, Effect, Progress, drive};
use crate::error::{Failure, Phase};
use crate::frame::{self, Head, Malformed, Request};
use crate::queue::{self, Acceptance, Flight, Stop};
use crate::runtime;

/// The answers of `aef_submit` that are no counts.
const UNKNOWN_QUEUE: i32 = -1;
const MALFORMED: i32 = -2;
const CLOSING: i32 = -3;

/// A command that its queue accepted.
struct Accepted {
    completion: Completion,
    head: Head,
    body: Range<usize>,
    stop: Option<oneshot::Receiver<Stop>>,
    /// Absent where no cluster is needed.
    visit: Option<Result<Visit, Failure>>,
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
    let heads = match heads(frames, room as usize) {
        Ok(heads) if heads.is_empty() => return 0,
        Ok(heads) => heads,
        Err(Malformed) => return MALFORMED,
    };
    let mut stops = Vec::with_capacity(heads.len());
    let flights: Vec<_> = heads
        .iter()
        .map(|(head, body)| {
            let (stop, stopped) = if stoppable(head, &frames[body.clone()]) {
                let (stop, stopped) = oneshot::channel();
                (Some(stop), Some(stopped))
            } else {
                (None, None)
            };
            stops.push(stopped);
            // Closing a cluster stops its commands, and must not stop itself.
            let cluster = if head.command == frame::CLOSE {
                0
            } else {
                head.cluster
            };
            (head.tag, Flight { cluster, stop })
        })
        .collect();
    match queue.accept(flights.into_iter()) {
        Acceptance::Accepted => {}
        Acceptance::Closing => return CLOSING,
        Acceptance::DuplicateTag => return MALFORMED,
    }
    let accepted: Vec<_> = heads
        .into_iter()
        .zip(stops)
        .map(|((head, body), stop)| Accepted {
            completion: Completion::new(Arc::clone(&queue), head.tag),
            head,
            body,
            stop,
            // Begun here and not in the task: a command in front of a close must not meet a closed cluster.
            visit: frame::needs_cluster(head.command)
                .then(|| Visit::begin(head.cluster, frame::is_on_records(head.command))),
        })
        .collect();
    let count = accepted.len() as i32;
    let end = accepted.last().map_or(0, |last| last.body.end);
    let bytes: Arc<[u8]> = frames[..end].into();
    runtime.spawn(start(bytes, accepted, Instant::now()));
    count
}

/// Headers and bodies of the first `room` frames, all of them checked; of the rest the lengths are.
fn heads(frames: &[u8], room: usize) -> Result<Vec<(Head, Range<usize>)>, Malformed> {
    let mut heads = Vec::new();
    let mut at = 0;
    while at < frames.len() {
        let head = Head::parse(&frames[at..])?;
        let end = at + head.length as usize;
        let body = at + frame::HEADER..end;
        at = end;
        if heads.len() < room {
            frame::parse(head.command, &frames[body.clone()])?;
            heads.push((head, body));
        }
    }
    Ok(heads)
}

/// An echo without delay is over before anyone could stop it.
fn stoppable(head: &Head, body: &[u8]) -> bool {
    head.command != frame::ECHO || !body.starts_with(&[0; 4])
}

/// Runs a burst: echoes at once, every other command as a task of its own, the last one right here.
async fn start(bytes: Arc<[u8]>, accepted: Vec<Accepted>, submitted: Instant) {
    let mut held: Option<Accepted> = None;
    for command in accepted {
        if command.stop.is_none() {
            command.completion.bytes(&bytes[command.body][4..]);
            continue;
        }
        if let Some(previous) = held.replace(command) {
            tokio::spawn(run(Arc::clone(&bytes), previous, submitted));
        }
    }
    if let Some(last) = held {
        run(bytes, last, submitted).await;
    }
}

async fn run(bytes: Arc<[u8]>, command: Accepted, submitted: Instant) {
    let Accepted {
        completion,
        head,
        body,
        stop,
        visit,
    } = command;
    let deadline = (head.deadline_ms > 0)
        .then(|| submitted + Duration::from_millis(u64::from(head.deadline_ms)));
    let bounds = Bounds { deadline, stop };
    let body = &bytes[body];
    let Ok(request) = frame::parse(head.command, body) else {
        completion.settle(Err(Failure::internal(
            "a frame changed after it was checked",
        )));
        return;
    };
    // The rare commands are boxed, so that the common ones do not carry the size of their futures.
    match request {
        Request::Echo { delay_ms, bytes } => {
            Box::pin(echo(completion, bounds, delay_ms, bytes)).await
        }
        Request::Panic => panic!("PANIC was asked for"),
        Request::Open { json } => Box::pin(open(completion, bounds, json)).await,
        Request::Close { drain_ms } => {
            Box::pin(close(completion, bounds, head.cluster, drain_ms)).await
        }
        request => match visit {
            None => completion.settle(Err(Failure::internal("a command has no cluster"))),
            Some(Err(failure)) => completion.settle(Err(failure)),
            Some(Ok(visit)) => match request {
                Request::Batch(batch) => {
                    Box::pin(batch::run(completion, bounds, visit, batch, None)).await
                }
                Request::Columns(schema, batch) => {
                    Box::pin(batch::run(completion, bounds, visit, batch, Some(schema))).await
                }
                Request::Get { policy, key, bins } => {
                    record::get(completion, bounds, visit, policy, key, bins).await
                }
                Request::Exists { policy, key } => {
                    record::exists(completion, bounds, visit, policy, key).await
                }
                Request::Write {
                    how,
                    policy,
                    write,
                    key,
                    bins,
                } => {
                    record::write(completion, bounds, visit, how, (policy, write), key, bins).await;
                }
                Request::Remove { policy, write, key } => {
                    record::remove(completion, bounds, visit, policy, write, key).await;
                }
                Request::Touch { policy, write, key } => {
                    record::touch(completion, bounds, visit, policy, write, key).await;
                }
                Request::Operate {
                    policy,
                    write,
                    key,
                    operations,
                } => {
                    record::operate(completion, bounds, visit, (policy, write), key, operations)
                        .await;
                }
                request => Box::pin(admin::run(completion, bounds, visit, request)).await,
            },
        },
    }
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
    let work = async {
        let handle = cluster::open(Settings::parse(json)?, &progress).await?;
        Ok(Answer::Payload(handle.to_le_bytes().to_vec()))
    };
    drive(completion, bounds, None, Effect::Read, &progress, work).await;
}

async fn close(completion: Completion, bounds: Bounds, handle: u32, drain_ms: u32) {
    let progress = Progress::new();
    let Some(cluster) = cluster::get(handle) else {
        completion.settle(Err(Failure::closed()));
        return;
    };
    // A task of its own: a close that nobody waits for any more still goes through.
    let closing = tokio::spawn(cluster.close(Duration::from_millis(drain_ms.into())));
    let work = async {
        closing
            .await
            .map_err(|_| Failure::internal("closing the cluster panicked"))?;
        Ok(Answer::Code(0)) as Outcome
    };
    drive(completion, bounds, None, Effect::Read, &progress, work).await;
}
