//! Batches: rows in, one payload of rows out, or of columns.

mod payload;
mod retry;
mod rows;
mod through_core;

use std::sync::Arc;

use self::payload::payload;
use self::rows::build;
use self::through_core::{Terms, through_core};
use super::{Run, fallback};
use crate::clock::Instant;
use crate::cluster::Cluster;
use crate::columns::{self, Schema};
use crate::completion::Outcome;
use crate::direct::{self, Bound, Reason};
use crate::driver::{Effect, Progress, drive};
use crate::error::{Failure, Phase};
use crate::frame::{BatchBody, Template};
use crate::key;
use crate::names::Names;
use crate::operation::Verb;
use crate::part::{Part, ROW, is_unanswered};
use crate::policy::{GRACE, Policy};

/// A row's flag: it may have taken place.
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
    let writes = body.templates().any(|template| template.write().is_some());
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
        let turn = cluster.turn(place).await?;
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
            parts.extend(through_core(&user, turn, terms, rows, &names).await?);
        } else {
            drop(turn);
        }
        retry::passing(&user, &body, deadline, effect, &names, &mut parts).await?;
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
            Template::Bins(terms, bins) if terms.are_default() => Some(*bins),
            Template::Operations(terms, operations) if terms.are_default() => {
                operations.to_selection(names)
            }
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
            Template::Operations(_, operations) => Some(
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
