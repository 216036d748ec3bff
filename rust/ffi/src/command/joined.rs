//! Reads of one record that were submitted together and go to their nodes as batches. Each keeps its own bounds, its own
//! answer, and its own way through core where it needs one.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::{Pin, pin};
use std::sync::Arc;

use aerospike_wire::batch::{ALLOW_INLINE, RESPOND_ALL_KEYS, ROW_ERRORS};

use super::read::answered;
use super::{Accepted, fallback};
use crate::clock::{self, Instant};
use crate::direct::{self, Bound, Direct, Part, Reason};
use crate::driver::Progress;
use crate::error::{Failure, Phase};
use crate::frame::{self, Frame, Head, Malformed, Parsed, Read, Request};
use crate::key;
use crate::names::Names;
use crate::part::{ROW, Row, is_unanswered};
use crate::particle;
use crate::policy::{GRACE, Policy};
use crate::ticket::{Claim, Parked};

/// The most reads that go together.
const LIMIT: u32 = 2000;
/// How many groups a read is compared with before it begins one of its own.
const LOOK_BACK: usize = 8;
const FLAGS: u8 = RESPOND_ALL_KEYS | ROW_ERRORS | ALLOW_INLINE;

/// What reads have in common that go together. Their deadlines may differ by the time in which they were called.
#[derive(PartialEq)]
struct Terms<'f> {
    cluster: u32,
    policy: Policy<'f>,
}

/// The groups of a burst.
#[derive(Default)]
pub(super) struct Groups<'f>(Vec<(Terms<'f>, u32)>);

impl<'f> Groups<'f> {
    /// The group of a read that may be joined.
    pub(super) fn number(&mut self, head: &Head, request: &Request<'f>) -> Option<usize> {
        // Looked at first: whether an operate reads takes a walk through its operations.
        let policy = Some(request).filter(|_| head.may_join())?.read()?.policy;
        if !policy.may_join() {
            return None;
        }
        let terms = Terms {
            cluster: head.cluster,
            policy,
        };
        let count = self.0.len();
        let known = (count.saturating_sub(LOOK_BACK)..count)
            .rev()
            .find(|number| self.0[*number].0 == terms && self.0[*number].1 < LIMIT);
        let number = known.unwrap_or_else(|| {
            self.0.push((terms, 0));
            count
        });
        self.0[number].1 += 1;
        Some(number)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a group has more than one.
    pub(super) fn is_company(&self, number: usize) -> bool {
        self.0.get(number).is_some_and(|(_, count)| *count > 1)
    }
}

/// From twice as many reads on, a group goes in parts: the first is answered while the server is at the next, and the
/// JavaScript thread is busy with one while the other is under way.
const PART: usize = 32;
/// The most parts.
const PARTS: usize = 4;

/// What goes together, in order.
pub(super) fn parts(mut group: Vec<Accepted>) -> Vec<Vec<Accepted>> {
    let count = (group.len() / PART).clamp(1, PARTS);
    let each = group.len().div_ceil(count);
    let mut parts = Vec::with_capacity(count);
    while group.len() > each {
        let rest = group.split_off(each);
        parts.push(std::mem::replace(&mut group, rest));
    }
    if !group.is_empty() {
        parts.push(group);
    }
    parts
}

/// Numbers values in the order they are first met.
struct Numbering<T> {
    values: Vec<T>,
    numbers: HashMap<T, u16>,
}

impl<T: Copy + Eq + Hash> Numbering<T> {
    fn new() -> Self {
        Self {
            values: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn number(&mut self, value: T) -> u16 {
        // Neighbours are mostly alike.
        if self.values.last() == Some(&value) {
            return self.values.len() as u16 - 1;
        }
        *self.numbers.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.values.len() as u16 - 1
        })
    }
}

/// A group that runs: reads that are not answered yet, and the deadlines of all.
struct Group {
    claims: Vec<Option<Claim>>,
    deadlines: Vec<Option<Instant>>,
}

impl Group {
    fn next_deadline(&self) -> Option<Instant> {
        let open = self.claims.iter().zip(&self.deadlines);
        open.filter_map(|(claim, deadline)| claim.as_ref().and(*deadline))
            .min()
    }

    /// Runs `work`, and meanwhile ends the reads whose deadlines pass. `None` once none is left, with the work undone.
    async fn within_deadlines<F: Future>(&mut self, mut work: Pin<&mut F>) -> Option<F::Output> {
        loop {
            self.claims.iter().flatten().next()?;
            let Some(next) = self.next_deadline() else {
                return Some(work.await);
            };
            if let Some(output) = clock::timeout_at(next, work.as_mut()).await {
                return Some(output);
            }
            for (claim, deadline) in self.claims.iter_mut().zip(&self.deadlines) {
                if deadline.is_some_and(|deadline| deadline <= next)
                    && let Some((parked, _)) = claim.take().and_then(Claim::take)
                {
                    parked.time_out();
                }
            }
        }
    }

    /// Ends all of them.
    fn fail(self, failure: &Failure) {
        for (parked, _) in self.claims.into_iter().flatten().filter_map(Claim::take) {
            parked.settle(Err(failure.clone()));
        }
    }

    fn answer(&mut self, at: usize, answer: direct::Answer) {
        let claim = self.claims.get_mut(at).and_then(Option::take);
        if let Some((parked, ticket)) = claim.and_then(Claim::take) {
            answered(parked, ticket, answer);
        }
    }

    /// Each goes its own way.
    fn part(mut self, reason: Reason) {
        for at in 0..self.claims.len() {
            self.answer(at, direct::Answer::unsent(reason));
        }
    }
}

/// Runs reads of one group; the first stands in line for all.
pub(super) async fn run(bytes: Arc<[u8]>, commands: Vec<Accepted>, submitted: Instant) {
    let mut frames = Vec::with_capacity(commands.len());
    let mut leader = None;
    let mut group = Group {
        claims: Vec::with_capacity(commands.len()),
        deadlines: Vec::with_capacity(commands.len()),
    };
    for command in commands {
        let deadline = command.deadline(submitted);
        let Accepted {
            completion,
            head,
            body,
            ticket: Some(ticket),
            visit: Some(visit),
            ..
        } = command
        else {
            continue;
        };
        let mut visit = match visit {
            Ok(visit) => visit,
            Err(failure) => {
                completion.settle(Err(failure));
                continue;
            }
        };
        if leader.is_none() {
            leader = Some((Arc::clone(visit.cluster()), visit.take_place()));
        }
        let parked = Parked {
            completion,
            visit,
            turn: None,
            frame: Frame::new(head, Arc::clone(&bytes), body.clone()),
            deadline,
            phase: Phase::Queue,
        };
        if let Some(claim) = Claim::new(&ticket, parked) {
            group.claims.push(Some(claim));
            group.deadlines.push(deadline);
            frames.push((head.command, &bytes[body]));
        }
    }
    let Some((cluster, place)) = leader else {
        return;
    };
    let turn = pin!(async {
        cluster.client(&Progress::new()).await?;
        cluster.turn(place).await
    });
    let turn = match group.within_deadlines(turn).await {
        Some(Ok(turn)) => turn,
        Some(Err(failure)) => return group.fail(&failure),
        None => return,
    };
    let policy = frames
        .first()
        .and_then(|(command, body)| Some(frame::parse(*command, body).ok()?.read()?.policy));
    let left = fallback::left(group.deadlines.iter().flatten().max().copied());
    let attempt = policy.and_then(|policy| policy.attempt(left));
    let (Some(direct), Some((mut timeout, by_deadline))) = (cluster.direct(), attempt) else {
        return group.part(Reason::Options);
    };
    if by_deadline {
        // Each is answered at its deadline; the reply is still read, so that the connection is kept.
        timeout += GRACE;
    }
    group.claims.iter().flatten().for_each(Claim::sent);
    let filter = policy.and_then(|policy| policy.filter);
    let mut exchange = pin!(exchange(direct, &frames, filter, Bound::of(timeout)));
    let answers = group.within_deadlines(exchange.as_mut()).await;
    drop(turn);
    let Some(answers) = answers else {
        exchange.await;
        return;
    };
    for (at, answer) in answers {
        group.answer(at, answer);
    }
    // Those of a part that panicked.
    group.part(Reason::Unanswered);
}

/// Asks the nodes, once; gives the place of each read, and its answer.
async fn exchange(
    direct: &Arc<Direct>,
    frames: &[(u8, &[u8])],
    filter: Option<&[u8]>,
    bound: Bound,
) -> Vec<(usize, direct::Answer)> {
    let mut spaces = Numbering::new();
    let mut selections = Numbering::new();
    let mut names_of_bins = Vec::new();
    let mut keys = Vec::with_capacity(frames.len());
    let mut kinds = Vec::with_capacity(frames.len());
    let mut places = Vec::with_capacity(frames.len());
    let mut answers = Vec::with_capacity(frames.len());
    for (place, (command, body)) in frames.iter().enumerate() {
        let request = frame::parse(*command, body).ok();
        let Some(Read { key, wants, .. }) = request.and_then(|request| request.read()) else {
            continue;
        };
        let Some(bins) = wants.bins() else {
            continue;
        };
        let want = selections.number(bins);
        if usize::from(want) == names_of_bins.len() {
            let mut names = Vec::new();
            let is_plain = bins.to_want(&mut names).is_some();
            names_of_bins.push(is_plain.then_some(names));
        }
        if names_of_bins[usize::from(want)].is_none() {
            // What it asks for is core's to look at.
            answers.push((place, direct::Answer::unsent(Reason::Options)));
            continue;
        }
        keys.push((key.set, key.value));
        kinds.push((spaces.number((key.namespace, key.set)), want));
        places.push(place);
    }
    let rows: Vec<_> = key::digests(&keys)
        .into_iter()
        .zip(kinds)
        .map(|(digest, (space, want))| direct::Row {
            digest,
            space,
            want,
        })
        .collect();
    let wants: Vec<_> = selections
        .values
        .iter()
        .zip(&names_of_bins)
        .map(|(bins, names)| (bins.want(names.as_deref().unwrap_or_default()), filter))
        .collect();
    let names = Arc::new(Names::default());
    let parts = direct
        .read_batch(&rows, &spaces.values, &wants, FLAGS, bound, &names)
        .await;
    let names = names.take();
    for part in &parts {
        let mut late = 0;
        for (at, row) in part.rows.iter().enumerate() {
            let mut answer = answer(part, at, &names);
            if let direct::Answer::Failed {
                reason: Reason::Late,
                ..
            } = answer
            {
                // The part has paid for one that is asked again; each of the others pays for itself.
                late += 1;
                if late > 1 {
                    let row = &rows[*row as usize];
                    answer = direct.late(spaces.values[usize::from(row.space)].0, &row.digest);
                }
            }
            answers.push((places[*row as usize], answer));
        }
    }
    answers
}

/// What a row of a part says.
fn answer(part: &Part, at: usize, names: &[Arc<[u8]>]) -> direct::Answer {
    let failed = |reason| direct::Answer::Failed {
        reason,
        node: part.node.clone(),
        may_repeat: part.may_repeat,
    };
    let head = part.heads.get(at * ROW..(at + 1) * ROW);
    match head.filter(|head| !is_unanswered(head)) {
        None => failed(part.reason.unwrap_or(Reason::Unanswered)),
        Some(head) => match Row::new(at, head, &part.bodies) {
            row if row.code == 0 => match record(row, names) {
                Ok(payload) => direct::Answer::Record(payload),
                Err(Malformed) => failed(Reason::Malformed),
            },
            row => direct::Answer::Code(row.code),
        },
    }
}

/// From a row to the payload of GET: names in place of their numbers.
fn record(row: Row<'_>, names: &[Arc<[u8]>]) -> Parsed<Vec<u8>> {
    let bins = row.bins.len();
    let mut out = Vec::with_capacity(12 + usize::from(bins) * 32);
    out.extend_from_slice(&row.generation.to_le_bytes());
    out.extend_from_slice(&row.ttl.to_le_bytes());
    out.extend_from_slice(&bins.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    let mut written = 0;
    for (name, kind, bytes) in row.bins {
        let name = names.get(name as usize).ok_or(Malformed)?;
        out.push(name.len() as u8);
        out.extend_from_slice(name);
        particle::push_raw(&mut out, kind, bytes);
        written += 1;
    }
    if written == bins {
        Ok(out)
    } else {
        Err(Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_the_payload_of_get() {
        let names = [Arc::from(&b"a"[..]), Arc::from(&b"bc"[..])];
        let mut head = [0u8; ROW];
        head[4] = 7;
        head[8] = 9;
        head[12] = 3;
        head[16] = 2;
        let mut bodies = vec![0xff, 0xff];
        bodies.extend_from_slice(&[1, 0, 0, 0, 3, 1, 0, 0, 0, b'x']);
        bodies.extend_from_slice(&[0, 0, 0, 0, 4, 0, 0, 0, 0]);
        let record = |bodies, names| record(Row::new(0, &head, bodies), names);
        let payload = record(&bodies, &names).unwrap();
        let mut expected = vec![7, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0];
        expected.extend_from_slice(b"\x02bc\x03\x01\0\0\0x\x01a\x04\0\0\0\0");
        assert_eq!(payload, expected);
        assert_eq!(record(&bodies[..5], &names), Err(Malformed));
        assert_eq!(record(&bodies, &names[..1]), Err(Malformed));
    }
}
