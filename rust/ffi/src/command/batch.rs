//! Batches: rows in, one payload of rows out, or of columns.

use std::sync::Arc;

use aerospike_core as core;
use tokio::task::JoinSet;

use super::{Run, fallback, record};
use crate::clock::{self, Instant};
use crate::cluster::Cluster;
use crate::columns::{self, Schema};
use crate::completion::{Answer, Outcome};
use crate::direct::{self, Bound, Reason};
use crate::driver::{Effect, Progress, drive};
use crate::error::{Failure, INTERNAL, PARTITION_UNAVAILABLE, Phase};
use crate::frame::{BatchBody, Template};
use crate::names::{Guess, Names};
use crate::operation::{self, Operations, Plan, Send, Verb};
use crate::part::{Part, ROW, is_unanswered};
use crate::policy::{GRACE, Policy, core_expression, core_read_touch_ttl, core_timeout};
use crate::user::User;
use crate::{key, particle, runtime};

/// Length of the payload's header.
const HEADER: usize = 16;
/// From this many rows on, a batch of reads is split so that its parts are parsed side by side.
const SPLIT: usize = 2000;
/// A part has at least this many rows.
const PART: usize = 1000;

const IN_DOUBT: u8 = 1;

pub(super) async fn run(run: Run, body: BatchBody<'_>, schema: Option<Schema<'_>>) {
    let Run {
        completion,
        bounds,
        mut visit,
    } = run;
    let progress = Progress::new();
    let place = visit.take_place();
    let user = Arc::clone(visit.user());
    let cluster = user.cluster();
    let deadline = bounds.deadline;
    let writes = body
        .templates()
        .any(|template| matches!(template, Template::Write(..) | Template::Remove(..)));
    let effect = match (writes, body.policy.retries()) {
        (false, _) => Effect::Read,
        (true, false) => Effect::Write,
        (true, true) => Effect::RetriedWrite,
    };
    let work = async {
        let count = body.rows as usize;
        if let Some(schema) = schema {
            columns::check_size(schema, count)?;
        }
        if count == 0 {
            return payload(0, &[], &[], schema);
        }
        cluster.client(&progress).await?;
        // Every part takes a turn; a part that waits for one holds none back, because the first is running.
        let _turn = cluster.turn(place).await?;
        progress.enter(Phase::Command);
        let names = Arc::new(Names::default());
        let (mut parts, policy, missing) = if writes {
            (Vec::new(), body.policy, None)
        } else {
            attempt(cluster, &body, deadline, &names).await
        };
        if missing.as_ref().is_none_or(|missing| !missing.is_empty()) {
            let rows = build(&body, missing.as_deref())?;
            if !writes {
                cluster.stats.core(rows.len());
            }
            let policy = policy.batch(&body.options, fallback::left(deadline), writes);
            let terms = Terms {
                policy,
                deadline,
                effect,
            };
            parts.extend(through_core(&user, terms, rows, &names).await?);
        }
        finish(count, parts, &names, schema)
    };
    drive(completion, bounds, Some(visit), effect, &progress, work).await;
}

/// Tries the direct path: what it answered, the policy under which core goes on, and the rows that are core's; all of
/// them where there is no list.
async fn attempt<'a>(
    cluster: &Cluster,
    body: &BatchBody<'a>,
    deadline: Option<Instant>,
    names: &Arc<Names>,
) -> (Vec<Part>, Policy<'a>, Option<Vec<u32>>) {
    let all = (Vec::new(), body.policy, None);
    let Some(direct) = cluster.direct() else {
        return all;
    };
    let templates: Vec<_> = body.templates().collect();
    let mut read_names = vec![Vec::new(); templates.len()];
    let mut encoded = Vec::new();
    for (template, names) in templates.iter().zip(&mut read_names) {
        let selection = match template {
            Template::Bins {
                read_touch_ttl: 0,
                bins,
                ..
            } => Some(*bins),
            Template::Operations {
                read_touch_ttl: 0,
                operations,
                ..
            } => operations.to_selection(names),
            _ => None,
        };
        let mut bins = Vec::new();
        if let Some(selection) = selection
            && selection.to_want(&mut bins).is_some()
        {
            encoded.push((selection, bins));
        }
    }
    let flags = body.options.direct_flags();
    let is_eligible = body.policy.may_be_direct() && encoded.len() == templates.len();
    let (Some(flags), Some((mut timeout, by_deadline)), true) = (
        flags,
        body.policy.attempt(fallback::left(deadline)),
        is_eligible,
    ) else {
        cluster.stats.fallback(Reason::Options, body.rows as usize);
        return all;
    };
    if by_deadline {
        // The command is answered at its deadline; the reply is still read, so that the connection is kept.
        timeout += GRACE;
    }
    let spaces: Vec<_> = body.spaces().collect();
    let wants: Vec<_> = encoded
        .iter()
        .zip(&templates)
        .map(|((selection, bins), template)| {
            let filter = template.filter().or(body.policy.filter);
            (selection.want(bins), filter)
        })
        .collect();
    let keys: Vec<_> = body
        .rows()
        .map(|row| (spaces[usize::from(row.space)].1, row.value))
        .collect();
    let rows: Vec<_> = body
        .rows()
        .zip(key::digests(&keys))
        .map(|(row, digest)| direct::Row {
            digest,
            space: row.space,
            want: row.template,
        })
        .collect();
    let bound = Bound::of(timeout);
    let answers = direct
        .read_batch(&rows, &spaces, &wants, flags, bound, names)
        .await;
    // What answers each operation, where a row has some.
    let results: Vec<Option<Vec<Option<u32>>>> = templates
        .iter()
        .map(|template| match template {
            Template::Operations { operations, .. } => Some(
                operations
                    .iter()
                    .map(|operation| match operation.verb {
                        Verb::Read => names.find(operation.bin.as_bytes()),
                        _ => None,
                    })
                    .collect(),
            ),
            _ => None,
        })
        .collect();
    let has_results = results.iter().any(Option::is_some);
    let mut settled = vec![false; rows.len()];
    let mut parts = Vec::with_capacity(answers.len());
    let mut policy = body.policy;
    let mut paused = None;
    for answer in answers {
        let mut part = Part {
            rows: answer.rows,
            heads: answer.heads,
            bodies: answer.bodies,
            answered: answer.answered > 0,
            failure: None,
        };
        if has_results {
            part.add_results(|at| results[usize::from(rows[at].want)].as_deref());
        }
        let verdict = answer.reason.map(|reason| {
            let node = answer.node.as_deref();
            cluster
                .stats
                .fallback(reason, part.rows.len() - answer.answered);
            let verdict = fallback::decide(body.policy, reason, answer.may_repeat, node, deadline);
            if let Ok(rest) = verdict
                && !reason.is_unsent()
            {
                policy = rest;
                paused = paused.or(Some(reason));
            }
            verdict
        });
        if let Some(Err(failure)) = verdict {
            part.fail_unanswered(&failure);
        }
        for (at, head) in part.rows.iter().zip(part.heads.chunks_exact(ROW)) {
            settled[*at as usize] = !is_unanswered(head);
        }
        parts.push(part);
    }
    let missing: Vec<_> = (0..rows.len() as u32)
        .filter(|at| !settled[*at as usize])
        .collect();
    if let Some(reason) = paused
        && !missing.is_empty()
    {
        fallback::pause(&body.policy, reason).await;
    }
    (parts, policy, Some(missing))
}

/// Whether a retry found no node for the row. Core says that such a row was not sent, and forgets that the attempts before
/// may have sent it. A row that was never sent looks the same.
fn is_stranded(error: &core::Error) -> bool {
    error.result_code() == PARTITION_UNAVAILABLE && error.node().is_none()
}

/// How core is to execute rows.
#[derive(Clone)]
struct Terms {
    policy: core::BatchPolicy,
    deadline: Option<Instant>,
    effect: Effect,
}

async fn through_core(
    user: &Arc<User>,
    terms: Terms,
    mut rows: Vec<Row>,
    names: &Arc<Names>,
) -> Result<Vec<Part>, Failure> {
    let parts = if terms.effect.writes() || rows.len() < SPLIT {
        1
    } else {
        (rows.len() / PART).min(runtime::workers())
    };
    if parts == 1 {
        return Ok(vec![execute(user.cluster(), terms, rows, names).await]);
    }
    let mut running = JoinSet::new();
    let each = rows.len().div_ceil(parts);
    for number in 0..parts {
        let rest = rows.split_off(each.min(rows.len()));
        let (part, user, terms, names) = (
            std::mem::replace(&mut rows, rest),
            Arc::clone(user),
            terms.clone(),
            Arc::clone(names),
        );
        running.spawn(async move {
            // The first runs on the turn that the batch has.
            let cluster = user.cluster();
            let _turn = if number == 0 {
                None
            } else {
                Some(cluster.turn(user.line_up()).await?)
            };
            Ok::<_, Failure>((number, execute(cluster, terms, part, &names).await))
        });
    }
    let mut done = Vec::with_capacity(parts);
    while let Some(part) = running.join_next().await {
        done.push(part.map_err(|_| Failure::internal("a part of the batch panicked"))??);
    }
    done.sort_unstable_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, part)| part).collect())
}

/// A row on its way: what core executes, and how its results are to be read.
struct Row {
    /// Its place in the batch.
    at: u32,
    operation: core::BatchOperation,
    plan: Option<Arc<Plan>>,
    writes: bool,
}

/// A template, ready to be applied to keys.
enum Prepared {
    Bins(core::BatchReadPolicy, core::Bins),
    Operations(core::BatchReadPolicy, Arc<Plan>),
    Write(core::BatchWritePolicy),
    Remove(core::BatchDeletePolicy),
}

fn prepare(template: Template<'_>, filter: Option<&[u8]>) -> Result<Prepared, Failure> {
    let filter = template.filter().or(filter);
    let reads = |percent| core::BatchReadPolicy {
        read_touch_ttl: core_read_touch_ttl(percent),
        filter_expression: filter.map(core_expression),
    };
    Ok(match template {
        Template::Bins {
            read_touch_ttl,
            bins,
            ..
        } => Prepared::Bins(reads(read_touch_ttl), bins.to_core()),
        Template::Operations { operations, .. } if operations.len() == 0 || operations.writes() => {
            return Err(Failure::invalid(
                "the operations of a row that reads must be reads, and at least one",
            ));
        }
        Template::Operations {
            read_touch_ttl,
            operations,
            ..
        } => Prepared::Operations(reads(read_touch_ttl), plan_of(operations)?),
        Template::Write(write, _) => Prepared::Write(write.batch_write(filter)),
        Template::Remove(write, _) => Prepared::Remove(write.batch_delete(filter)),
    })
}

fn plan_of(operations: Operations<'_>) -> Result<Arc<Plan>, Failure> {
    Ok(Arc::new(operations.to_core()?))
}

/// The rows at `only`, which is in order, or all of them.
fn build(body: &BatchBody<'_>, only: Option<&[u32]>) -> Result<Vec<Row>, Failure> {
    let spaces: Vec<_> = body.spaces().collect();
    let sends_key: Vec<_> = body
        .templates()
        .map(|template| matches!(template, Template::Write(write, _) | Template::Remove(write, _) if write.send_key))
        .collect();
    let prepared = body
        .templates()
        .map(|template| prepare(template, body.policy.filter))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::with_capacity(only.map_or(body.rows as usize, <[u32]>::len));
    let mut wanted = only.map(|only| only.iter().peekable());
    // Rows that are written alike share one plan, which core then sends once.
    let mut last: Option<(Operations<'_>, Arc<Plan>)> = None;
    for (at, row) in (0u32..).zip(body.rows()) {
        if let Some(wanted) = &mut wanted
            && wanted.next_if_eq(&&at).is_none()
        {
            continue;
        }
        let template = usize::from(row.template);
        let (namespace, set) = spaces[usize::from(row.space)];
        let key = row.value.to_core(namespace, set, sends_key[template]);
        rows.push(match &prepared[template] {
            Prepared::Bins(policy, bins) => Row {
                at,
                operation: core::BatchOperation::read(policy, key, bins.clone()),
                plan: None,
                writes: false,
            },
            Prepared::Operations(policy, plan) => {
                let operation = match &plan.send {
                    Send::Header => core::BatchOperation::read(policy, key, core::Bins::None),
                    Send::Operations(sent) => {
                        core::BatchOperation::read_ops(policy, key, sent.clone())
                    }
                };
                Row {
                    at,
                    operation,
                    plan: Some(Arc::clone(plan)),
                    writes: false,
                }
            }
            Prepared::Write(policy) => {
                let operations = row
                    .operations
                    .filter(|operations| operations.writes())
                    .ok_or_else(|| {
                        Failure::invalid("the operations of a row that writes must include a write")
                    })?;
                let plan = match &last {
                    Some((same, plan)) if *same == operations => Arc::clone(plan),
                    _ => plan_of(operations)?,
                };
                last = Some((operations, Arc::clone(&plan)));
                let Send::Operations(sent) = &plan.send else {
                    return Err(Failure::internal("a write without operations"));
                };
                let operation = core::BatchOperation::write(policy, key, sent.clone());
                Row {
                    at,
                    operation,
                    plan: Some(plan),
                    writes: true,
                }
            }
            Prepared::Remove(policy) => Row {
                at,
                operation: core::BatchOperation::delete(policy, key),
                plan: None,
                writes: true,
            },
        });
    }
    Ok(rows)
}

async fn execute(cluster: &Cluster, mut terms: Terms, rows: Vec<Row>, names: &Names) -> Part {
    let effect = terms.effect;
    let count = rows.len();
    let places = rows.iter().map(|row| row.at).collect();
    let (mut operations, plans): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|row| (row.operation, (row.plan, row.writes)))
        .unzip();
    let client = match cluster.client(&Progress::new()).await {
        Ok(client) => client,
        Err(failure) => {
            return Part {
                rows: Vec::new(),
                heads: Vec::new(),
                bodies: Vec::new(),
                answered: false,
                failure: Some(failure),
            };
        }
    };
    let outcome = loop {
        let lost = clock::lost();
        let outcome = client.batch(&terms.policy, &mut operations).await;
        if outcome.is_ok() || effect.writes() || !fallback::was_stopped(lost, terms.deadline) {
            break outcome;
        }
        if let Some(left) = fallback::left(terms.deadline) {
            terms.policy.base_policy.total_timeout = core_timeout(left + GRACE);
        }
    };
    let mut part = Part {
        rows: places,
        heads: Vec::with_capacity(count * ROW),
        bodies: Vec::with_capacity(count * 64),
        answered: false,
        failure: outcome
            .err()
            .map(|error| record::explain(&error, effect, client)),
    };
    // Where a node refuses its share as a whole, core gives the error to one of its rows and leaves the others without any.
    // A miss is an answer, and not theirs.
    let refused = operations
        .iter()
        .filter_map(core::BatchOperation::error)
        .find(|error| {
            !matches!(
                error.result_code(),
                crate::error::NOT_FOUND | crate::error::FILTERED_OUT
            )
        })
        .map(|error| record::explain(error, effect, client));
    part.failure = part.failure.or(refused);
    let mut guess = Guess::new(names);
    for (operation, (plan, writes)) in operations.into_iter().zip(plans) {
        part.push(
            operation.into_batch_record(),
            plan.as_deref(),
            if writes { effect } else { Effect::Read },
            &mut guess,
            client,
        );
    }
    part
}

impl Part {
    /// Gives the rows that have no answer this failure.
    fn fail_unanswered(&mut self, failure: &Failure) {
        let mut heads = std::mem::take(&mut self.heads);
        for head in heads.chunks_exact_mut(ROW) {
            if is_unanswered(head) {
                head[0..4].copy_from_slice(&failure.code.to_le_bytes());
                self.push_error(head, failure);
            }
        }
        self.heads = heads;
        self.failure.get_or_insert_with(|| failure.clone());
    }

    fn push(
        &mut self,
        row: core::BatchRecord,
        plan: Option<&Plan>,
        effect: Effect,
        guess: &mut Guess<'_>,
        client: &core::Client,
    ) {
        let mut head = [0u8; ROW];
        if let Some(error) = row.error() {
            let mut failure = record::explain(error, effect, client);
            if effect == Effect::RetriedWrite && is_stranded(error) {
                (failure.in_doubt, failure.sent) = (true, true);
            }
            self.answered |= matches!(error.kind(), core::ErrorKind::Server { .. });
            head[0..4].copy_from_slice(&failure.code.to_le_bytes());
            head[20] = if failure.in_doubt { IN_DOUBT } else { 0 };
            if !matches!(
                failure.code,
                crate::error::NOT_FOUND | crate::error::FILTERED_OUT
            ) {
                self.push_error(&mut head, &failure);
            }
        } else if let Some(record) = &row.record {
            self.answered = true;
            head[4..8].copy_from_slice(&record.generation.to_le_bytes());
            head[8..12].copy_from_slice(&record::ttl(record).to_le_bytes());
            // Offsets are shifted to the start of the payload at the end; none is zero, because none is at its start.
            head[12..16].copy_from_slice(&(self.bodies.len() as u32 + 1).to_le_bytes());
            let bins = self.push_bins(record, guess);
            head[16..18].copy_from_slice(&bins.to_le_bytes());
            if let Some(plan) = plan {
                head[18..20].copy_from_slice(&(plan.len() as u16).to_le_bytes());
                plan.push_results(&mut self.bodies, record);
            }
        } else {
            // Where core could send nothing at all, it says so once and not in the rows.
            let failure = self
                .failure
                .clone()
                .unwrap_or_else(|| Failure::new(INTERNAL, "the row was not executed"));
            head[0..4].copy_from_slice(&failure.code.to_le_bytes());
            self.push_error(&mut head, &failure);
        }
        self.heads.extend_from_slice(&head);
    }

    fn push_bins(&mut self, record: &core::Record, guess: &mut Guess<'_>) -> u16 {
        let mut count = 0;
        for (position, (name, value)) in record.bins.iter().enumerate() {
            if let Some(value) = operation::last(value) {
                let id = guess.id(position, name.as_bytes());
                self.bodies.extend_from_slice(&id.to_le_bytes());
                particle::push(&mut self.bodies, value);
                count += 1;
            }
        }
        count
    }

    fn push_error(&mut self, head: &mut [u8], failure: &Failure) {
        head[24..28].copy_from_slice(&(self.bodies.len() as u32 + 1).to_le_bytes());
        let text = failure.to_row_json();
        self.bodies
            .extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.bodies.extend_from_slice(&text);
    }
}

/// A batch succeeds when any row was answered; else it fails as its first row did.
fn finish(
    count: usize,
    mut parts: Vec<Part>,
    names: &Names,
    schema: Option<Schema<'_>>,
) -> Outcome {
    if parts.iter().all(|part| !part.answered) {
        let failure = parts.iter_mut().find_map(|part| part.failure.take());
        return Err(
            failure.unwrap_or_else(|| Failure::internal("no row of the batch was executed"))
        );
    }
    payload(count, &parts, &names.take(), schema)
}

/// The rows in the form that was asked for.
fn payload(
    count: usize,
    parts: &[Part],
    names: &[Arc<[u8]>],
    schema: Option<Schema<'_>>,
) -> Outcome {
    let mut payload = match schema {
        Some(schema) => columns::assemble(schema, count, parts, names)?,
        None => assemble(count, parts, names),
    };
    payload.shrink_to_fit();
    Ok(Answer::Payload(payload))
}

/// Puts every row at its place in the batch.
fn assemble(count: usize, parts: &[Part], names: &[Arc<[u8]>]) -> Vec<u8> {
    let heads = count * ROW;
    let bodies: usize = parts.iter().map(|part| part.bodies.len()).sum();
    let table: usize = names.iter().map(|name| name.len() + 1).sum();
    let mut out = Vec::with_capacity(HEADER + heads + bodies + table);
    out.extend_from_slice(&(count as u32).to_le_bytes());
    out.extend_from_slice(&(names.len() as u32).to_le_bytes());
    out.extend_from_slice(&((HEADER + heads + bodies) as u32).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    // Every row is in a part; one that were in none would say so.
    let mut lost = [0; ROW];
    lost[0..4].copy_from_slice(&INTERNAL.to_le_bytes());
    for _ in 0..count {
        out.extend_from_slice(&lost);
    }
    for part in parts {
        let base = out.len();
        for (at, head) in part.rows.iter().zip(part.heads.chunks_exact(ROW)) {
            if is_unanswered(head) {
                continue;
            }
            let start = HEADER + *at as usize * ROW;
            let row = &mut out[start..start + ROW];
            row.copy_from_slice(head);
            shift(&mut row[12..16], base);
            shift(&mut row[24..28], base);
        }
        out.extend_from_slice(&part.bodies);
    }
    for name in names {
        out.push(name.len() as u8);
        out.extend_from_slice(name);
    }
    out
}

/// From one more than the offset in a part to the offset in the payload.
fn shift(offset: &mut [u8], base: usize) {
    let value = u32::from_le_bytes([offset[0], offset[1], offset[2], offset[3]]);
    if value != 0 {
        offset.copy_from_slice(&(value - 1 + base as u32).to_le_bytes());
    }
}
