//! Rows through core, and what it says of them.

use std::sync::Arc;

use aerospike_core as core;
use tokio::task::JoinSet;

use super::IN_DOUBT;
use super::rows::{Answer, Row};
use crate::clock::{self, Instant};
use crate::cluster::Cluster;
use crate::command::{fallback, record};
use crate::driver::{Effect, Progress};
use crate::error::{self, Failure, INTERNAL, PARTITION_UNAVAILABLE, TIMEOUT};
use crate::limiter::Permit;
use crate::names::{Guess, Names};
use crate::part::{Part, ROW, is_unanswered};
use crate::policy::{GRACE, core_timeout};
use crate::user::User;
use crate::{operation, particle, runtime};

/// From this many rows on, a batch of reads is split so that its parts are parsed side by side.
const SPLIT: usize = 2000;
/// A part has at least this many rows.
const PART: usize = 1000;
/// The bins in which the server says what a function returned, and why it failed.
const RETURNED: &str = "SUCCESS";
const FAILED: &str = "FAILURE";

/// Whether a retry found no node for the row. Core says that such a row was not sent, and forgets that the attempts before
/// may have sent it. A row that was never sent looks the same.
fn is_stranded(error: &core::Error) -> bool {
    error.result_code() == PARTITION_UNAVAILABLE && error.node().is_none()
}

/// How core is to execute rows.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) policy: core::BatchPolicy,
    pub(super) deadline: Option<Instant>,
    pub(super) effect: Effect,
}

/// Sends the rows, in parts where that is of use. `turn` is the turn of the first part; the others wait for their own.
pub(super) async fn through_core(
    user: &Arc<User>,
    turn: Permit,
    terms: Terms,
    rows: Vec<Row>,
    names: &Arc<Names>,
) -> Result<Vec<Part>, Failure> {
    let mut parts = parts_of(rows, terms.effect);
    if parts.len() == 1 {
        let rows = parts.remove(0);
        return Ok(vec![execute(user.cluster(), terms, rows, names).await]);
    }
    let mut running = JoinSet::new();
    let mut turn = Some(turn);
    for (number, rows) in parts.into_iter().enumerate() {
        let (turn, user, terms, names) = (
            turn.take(),
            Arc::clone(user),
            terms.clone(),
            Arc::clone(names),
        );
        running.spawn(async move {
            let cluster = user.cluster();
            let _turn = match turn {
                Some(turn) => turn,
                None => cluster.turn(user.line_up()).await?,
            };
            Ok::<_, Failure>((number, execute(cluster, terms, rows, &names).await))
        });
    }
    let mut done = Vec::with_capacity(running.len());
    while let Some(part) = running.join_next().await {
        done.push(part.map_err(|_| Failure::internal("a part of the batch panicked"))??);
    }
    done.sort_unstable_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, part)| part).collect())
}

/// Rows that go together: core has read modes for a batch only, and parses each part on one thread.
fn parts_of(rows: Vec<Row>, effect: Effect) -> Vec<Vec<Row>> {
    let mut groups: Vec<Vec<Row>> = Vec::new();
    if rows.iter().all(|row| row.modes.is_none()) {
        groups.push(rows);
    } else {
        for row in rows {
            match groups.iter_mut().find(|group| group[0].modes == row.modes) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
    }
    // What writes stays in order.
    if effect.writes() {
        return groups;
    }
    let mut parts = Vec::with_capacity(groups.len());
    for mut group in groups {
        let count = if group.len() < SPLIT {
            1
        } else {
            (group.len() / PART).min(runtime::workers())
        };
        let each = group.len().div_ceil(count);
        while group.len() > each {
            let rest = group.split_off(each);
            parts.push(std::mem::replace(&mut group, rest));
        }
        parts.push(group);
    }
    parts
}

async fn execute(cluster: &Cluster, mut terms: Terms, rows: Vec<Row>, names: &Names) -> Part {
    let effect = terms.effect;
    let count = rows.len();
    let places = rows.iter().map(|row| row.at).collect();
    if let Some(modes) = rows.first().and_then(|row| row.modes) {
        modes.set(&mut terms.policy.base_policy);
    }
    let (mut operations, answers): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|row| (row.operation, (row.answer, row.writes)))
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
        .find(|error| !matches!(error.result_code(), error::NOT_FOUND | error::FILTERED_OUT))
        .map(|error| record::explain(error, effect, client));
    part.failure = part.failure.or(refused);
    let mut guess = Guess::new(names);
    for (operation, (answer, writes)) in operations.into_iter().zip(answers) {
        part.push(
            operation.into_batch_record(),
            &answer,
            if writes { effect } else { Effect::Read },
            &mut guess,
            client,
        );
    }
    part
}

impl Part {
    /// Gives the rows that have no answer this failure.
    pub(super) fn fail_unanswered(&mut self, failure: &Failure) {
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
        answer: &Answer,
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
            let is_answer = matches!(error.kind(), core::ErrorKind::Server { .. });
            if is_answer && failure.code == TIMEOUT && effect.writes() {
                // The server gave up waiting, for its copies for example: core takes that for a refusal.
                failure.in_doubt = true;
            }
            self.answered |= is_answer;
            let record = row.record.as_ref();
            if let Some(core::Value::String(reason)) =
                record.and_then(|record| record.bins.get(FAILED))
            {
                failure.message = reason.clone().into();
                // The server has answered, also where core asked for the row alone and takes it for its own failure.
                failure.in_doubt &= effect == Effect::RetriedWrite;
            }
            head[0..4].copy_from_slice(&failure.code.to_le_bytes());
            head[20] = if failure.in_doubt { IN_DOUBT } else { 0 };
            if !matches!(failure.code, error::NOT_FOUND | error::FILTERED_OUT) {
                self.push_error(&mut head, &failure);
            }
        } else if let Some(record) = &row.record {
            self.answered = true;
            head[4..8].copy_from_slice(&record.generation.to_le_bytes());
            head[8..12].copy_from_slice(&record::ttl(record).to_le_bytes());
            // Offsets are shifted to the start of the payload at the end; none is zero, because none is at its start.
            head[12..16].copy_from_slice(&(self.bodies.len() as u32 + 1).to_le_bytes());
            let bins = match answer {
                Answer::Returned => 0,
                _ => self.push_bins(record, guess),
            };
            let results = match answer {
                Answer::Bins => 0,
                Answer::Results(plan) => {
                    plan.push_results(&mut self.bodies, record);
                    plan.len() as u16
                }
                Answer::Returned => {
                    let returned = record.bins.get(RETURNED);
                    particle::push(&mut self.bodies, returned.unwrap_or(&core::Value::Nil));
                    1
                }
            };
            head[16..18].copy_from_slice(&bins.to_le_bytes());
            head[18..20].copy_from_slice(&results.to_le_bytes());
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
