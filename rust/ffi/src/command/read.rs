//! Reads of one record: on the direct path, without a task where they can do without one, and through core.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aerospike_core as core;
use aerospike_wire::read::{Want, push_single};

use super::record::{encode, operate_on_core, read_outcome};
use super::{Accepted, Run, changed, fallback};
use crate::clock::{self, Instant};
use crate::cluster::Cluster;
use crate::completion::{Answer, Outcome};
use crate::direct::{self, Bound, Form, Reason, Route};
use crate::driver::{Bounds, Effect, Progress, drive};
use crate::error::{self, Failure, Phase};
use crate::frame::{Cursor, Frame, Parsed, Read, Wants};
use crate::limiter::Permit;
use crate::operation::{OperationRef, Operations, Verb};
use crate::particle;
use crate::policy::Policy;
use crate::runtime;
use crate::ticket::{Claim, Parked, Ticket};

/// What the reads of a burst that need no task have in common.
#[derive(Default)]
pub(super) struct Burst {
    /// A cluster's handle, and its direct path if it is ready.
    on: Option<(u32, Option<direct::Burst>)>,
    /// Encoded operations, and the encoded request of the read that is sent now.
    operations: Vec<u8>,
    request: Vec<u8>,
    /// There is no other command in it.
    is_one: bool,
}

/// When and where a read goes.
struct Way {
    route: Route,
    form: Form,
    bound: Bound,
    due: Instant,
}

impl Burst {
    /// One read alone, which this thread writes itself: the time until a worker is awake is what it would wait for most.
    pub(super) fn of_one() -> Self {
        Self {
            is_one: true,
            ..Self::default()
        }
    }

    /// Encodes the request of a read that may take the direct path now.
    fn prepare(
        &mut self,
        frame: &Frame,
        cluster: &Cluster,
        deadline: Option<Instant>,
    ) -> Option<Way> {
        if self
            .on
            .as_ref()
            .is_none_or(|(known, _)| *known != frame.head.cluster)
        {
            let direct = cluster.direct().filter(|_| cluster.started().is_some());
            self.on = Some((frame.head.cluster, direct.and_then(|direct| direct.burst())));
        }
        let direct = self.on.as_ref()?.1.as_ref()?;
        if fallback::left(deadline).is_some_and(|left| left.is_zero()) {
            return None;
        }
        let read = frame.parse().ok()?.read()?;
        self.operations.clear();
        let (want, bound, by_deadline) = eligible(&read, deadline, &mut self.operations)?;
        let key = read.key;
        let digest = key.value.digest(key.set);
        let route = direct.route(key.namespace, &digest)?;
        self.request.clear();
        push_single(
            &mut self.request,
            key.namespace,
            key.set,
            &digest,
            want,
            read.policy.filter,
            bound.milliseconds,
        );
        let due = deadline.filter(|_| by_deadline).unwrap_or(bound.at);
        Some(Way {
            form: Form::of(want),
            route,
            bound,
            due,
        })
    }
}

/// Sends a read whose turn has come straight to its node. Gives back what is no such read, or has to go another way.
pub(super) fn send(
    burst: &mut Burst,
    bytes: &Arc<[u8]>,
    mut command: Accepted,
    ticket: &Arc<Ticket>,
    submitted: Instant,
) -> Option<Accepted> {
    if !command.head.may_read() {
        return Some(command);
    }
    let deadline = command.deadline(submitted);
    let Some(Ok(visit)) = &mut command.visit else {
        return Some(command);
    };
    let frame = Frame::new(command.head, Arc::clone(bytes), command.body.clone());
    let Some(way) = burst.prepare(&frame, visit.cluster(), deadline) else {
        return Some(command);
    };
    let Some(turn) = visit.take_turn() else {
        return Some(command);
    };
    let Accepted {
        completion,
        visit: Some(Ok(visit)),
        ..
    } = command
    else {
        return None;
    };
    let parked = Parked {
        completion,
        visit,
        turn: Some(turn),
        frame,
        deadline,
        phase: Phase::Queue,
    };
    let claim = Claim::new(ticket, parked)?;
    claim.sent();
    let Some((_, Some(direct))) = &mut burst.on else {
        return None;
    };
    if let Err(claim) = direct.send(
        &way.route,
        claim,
        way.form,
        (way.bound, way.due),
        burst.is_one,
        &burst.request,
    ) && let Some((parked, ticket)) = claim.take()
    {
        answered(parked, ticket, direct::Answer::unsent(Reason::Busy));
    }
    None
}

/// What a read without a task is answered.
fn outcome(frame: &Frame, record: Vec<u8>) -> Outcome {
    if frame.head.is_get() {
        return Ok(Answer::Payload(record));
    }
    match frame.parse().ok().and_then(|request| request.read()) {
        Some(read) => read.wants.answer(record),
        None => Err(changed()),
    }
}

/// Ends a read that had no task, or goes on with it in one.
pub(crate) fn answered(parked: Parked, ticket: Arc<Ticket>, answer: direct::Answer) {
    match answer {
        direct::Answer::Record(record) => {
            let outcome = outcome(&parked.frame, record);
            parked.settle(outcome);
        }
        direct::Answer::Code(code) => parked.settle(Ok(Answer::Code(code))),
        direct::Answer::Failed { .. } => {
            let Some(runtime) = runtime::get() else {
                return;
            };
            runtime.spawn(async move {
                let Parked {
                    completion,
                    visit,
                    turn,
                    frame,
                    deadline,
                    ..
                } = parked;
                let run_on = Run {
                    completion,
                    bounds: Bounds {
                        deadline,
                        stop: Some(ticket),
                    },
                    visit,
                };
                match frame.parse().ok().and_then(|request| request.read()) {
                    Some(read) => {
                        let tried = Tried { turn, answer };
                        run(run_on, read, Some(tried)).await;
                    }
                    None => run_on.completion.settle(Err(changed())),
                }
            });
        }
    }
}

/// What a read was told before it got a task.
pub(super) struct Tried {
    /// Absent where it shared the turn of others.
    turn: Option<Permit>,
    answer: direct::Answer,
}

impl Wants<'_> {
    /// From the direct path's record.
    fn answer(self, record: Vec<u8>) -> Outcome {
        Ok(match self {
            // It reads the header.
            Self::Existence => Answer::Code(0),
            Self::Record(_) => Answer::Payload(record),
            Self::Results(operations, _) => Answer::Payload(with_silent(record, operations)?),
        })
    }
}

/// Puts an empty result in the place of each operation that was not sent.
pub(super) fn with_silent(record: Vec<u8>, operations: Operations<'_>) -> Result<Vec<u8>, Failure> {
    insert_silent(record, operations)
        .map_err(|_| Failure::internal("a record that this client made is malformed"))
}

fn insert_silent(record: Vec<u8>, operations: Operations<'_>) -> Parsed<Vec<u8>> {
    const RESULTS_AT: usize = 10;
    let is_silent = |operation: &OperationRef<'_>| operation.verb == Verb::ReadHeader;
    if !operations.iter().any(|operation| is_silent(&operation)) {
        return Ok(record);
    }
    let mut cursor = Cursor::new(&record);
    cursor.take(8)?;
    let bins = cursor.u16()?;
    cursor.u16()?;
    for _ in 0..bins {
        cursor.name()?;
        cursor.particle()?;
    }
    let mut out = record[..record.len() - cursor.rest().len()].to_vec();
    out[RESULTS_AT..RESULTS_AT + 2].copy_from_slice(&(operations.len() as u16).to_le_bytes());
    for operation in operations.iter() {
        let result = if is_silent(&operation) {
            None
        } else {
            let result = cursor.particle()?;
            Some((result.kind, result.bytes))
        };
        particle::push_or_null(&mut out, result);
    }
    Ok(out)
}

/// Runs a read to its end.
pub(super) async fn run(run: Run, read: Read<'_>, tried: Option<Tried>) {
    let Run {
        completion,
        bounds,
        mut visit,
    } = run;
    let progress = Progress::new();
    let (turn, answer) = match tried {
        Some(tried) => (tried.turn, Some(tried.answer)),
        None => (None, None),
    };
    let place = match turn {
        Some(turn) => Err(turn),
        None => Ok(visit.take_place()),
    };
    let cluster = Arc::clone(visit.cluster());
    let deadline = bounds.deadline;
    let work = pin!(async {
        if answer.is_some() {
            progress.enter(Phase::Command);
        }
        let client = cluster.client(&progress).await?;
        let _turn = match place {
            Ok(place) => cluster.turn(place).await?,
            Err(turn) => turn,
        };
        progress.enter(Phase::Command);
        let answer = match answer {
            Some(answer) => answer,
            None => attempt(&cluster, &progress, &read, deadline).await,
        };
        let policy = match settle(&cluster, &progress, read.policy, answer, deadline).await {
            ControlFlow::Break(Ok(Answer::Payload(record))) => return read.wants.answer(record),
            ControlFlow::Break(outcome) => return outcome,
            ControlFlow::Continue(policy) => policy,
        };
        cluster.stats.core(1);
        fallback::through_core(deadline, Effect::Read, |left| {
            // Boxed, so that no command carries the size of core's futures that does not need them.
            Box::pin(through_core(client, policy, left, &read))
        })
        .await
    });
    drive(
        completion,
        bounds,
        Some(visit),
        Effect::Read,
        &progress,
        work,
    )
    .await;
}

async fn through_core(
    client: &core::Client,
    policy: Policy<'_>,
    left: Option<Duration>,
    read: &Read<'_>,
) -> Outcome {
    let key = read.key.to_core(false);
    let outcome = match read.wants {
        Wants::Existence => {
            let found = client.exists(&policy.read(left), &key).await;
            found.map(|found| Answer::Code(if found { 0 } else { error::NOT_FOUND }))
        }
        Wants::Record(bins) => {
            let record = client.get(&policy.read(left), &key, bins.to_core()).await;
            record.map(|record| Answer::Payload(encode(&record, None)))
        }
        Wants::Results(operations, write) => {
            operate_on_core(client, (policy, write), left, &key, operations).await
        }
    };
    match outcome {
        Ok(answer) => Ok(answer),
        Err(error) => read_outcome(&error, client).await,
    }
}

/// What a read asks the direct path for, in what time, and whether its deadline ends it; `None` where it is core's.
fn eligible<'n>(
    read: &Read<'_>,
    deadline: Option<Instant>,
    operations: &'n mut Vec<u8>,
) -> Option<(Want<'n>, Bound, bool)> {
    if !read.policy.may_be_direct() {
        return None;
    }
    let want = read.wants.to_want(operations)?;
    let (timeout, by_deadline) = read.policy.attempt(fallback::left(deadline))?;
    Some((want, Bound::of_attempt(timeout, by_deadline), by_deadline))
}

/// Tries the direct path, once.
async fn attempt(
    cluster: &Cluster,
    progress: &Progress,
    read: &Read<'_>,
    deadline: Option<Instant>,
) -> direct::Answer {
    let mut operations = Vec::new();
    let (Some(direct), Some((want, bound, by_deadline))) =
        (cluster.direct(), eligible(read, deadline, &mut operations))
    else {
        return direct::Answer::unsent(Reason::Options);
    };
    let key = read.key;
    let digest = key.value.digest(key.set);
    progress.linger(false);
    let asked = (want, read.policy.filter);
    let read = direct.read(key.namespace, key.set, &digest, asked, bound);
    if by_deadline {
        // The command has a timer of its own.
        return read.await;
    }
    // The connection watches the reply that it waits for first; this read may wait behind another.
    match clock::timeout_at(bound.at, read).await {
        Some(answer) => answer,
        None => direct.late(key.namespace, &digest),
    }
}

/// What the direct path's answer comes to: the outcome, or the policy under which core goes on.
async fn settle<'a>(
    cluster: &Cluster,
    progress: &Progress,
    policy: Policy<'a>,
    answer: direct::Answer,
    deadline: Option<Instant>,
) -> ControlFlow<Outcome, Policy<'a>> {
    let (reason, node, may_repeat) = match answer {
        direct::Answer::Record(payload) => return ControlFlow::Break(Ok(Answer::Payload(payload))),
        direct::Answer::Code(code) => return ControlFlow::Break(Ok(Answer::Code(code))),
        direct::Answer::Failed {
            reason,
            node,
            may_repeat,
        } => (reason, node, may_repeat),
    };
    progress.linger(true);
    if cluster.direct().is_some() {
        cluster.stats.fallback(reason, 1);
    }
    match fallback::decide(policy, reason, may_repeat, node.as_deref(), deadline) {
        Err(failure) => ControlFlow::Break(Err(failure)),
        Ok(rest) => {
            fallback::pause(&policy, reason).await;
            ControlFlow::Continue(rest)
        }
    }
}
