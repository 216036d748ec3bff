//! What the commands on one record have in common.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aerospike_core as core;

use super::{Run, fallback};
use crate::cluster::Cluster;
use crate::completion::{Answer, Outcome};
use crate::driver::{Effect, Progress, drive};
use crate::error::{self, Failure, Phase};
use crate::operation::{self, Operations, Plan, Send};
use crate::particle;
use crate::policy::{Policy, WriteBlock};

/// Time to live of a record that never expires.
pub(super) const NEVER: u32 = u32::MAX;

pub(super) fn ttl(record: &core::Record) -> u32 {
    record.time_to_live().map_or(NEVER, |left| {
        u32::try_from(left.as_secs()).unwrap_or(NEVER - 1)
    })
}

/// Appends name and particle of every bin that has a value; gives their number.
fn push_bins(out: &mut Vec<u8>, record: &core::Record) -> u16 {
    let mut count = 0;
    for (name, value) in &record.bins {
        if let Some(value) = operation::last(value) {
            out.push(name.len() as u8);
            out.extend_from_slice(name.as_bytes());
            particle::push(out, value);
            count += 1;
        }
    }
    count
}

pub(super) fn encode(record: &core::Record, plan: Option<&Plan>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + record.bins.len() * 32);
    out.extend_from_slice(&record.generation.to_le_bytes());
    out.extend_from_slice(&ttl(record).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(&plan.map_or(0, |plan| plan.len() as u16).to_le_bytes());
    let bins = push_bins(&mut out, record);
    out[8..10].copy_from_slice(&bins.to_le_bytes());
    if let Some(plan) = plan {
        plan.push_results(&mut out, record);
    }
    out
}

/// A miss is an answer where nothing was to be written.
pub(super) async fn read_outcome(error: &core::Error, client: &core::Client) -> Outcome {
    match error.result_code() {
        code @ (error::NOT_FOUND | error::FILTERED_OUT) => Ok(Answer::Code(code)),
        _ => Err(failure(error, Effect::Read, client).await),
    }
}

/// How long a failure may wait for the names of the namespaces there are.
const NAMESPACES_BOUND: Duration = Duration::from_millis(300);

/// The failure of a command as a whole, with the cure where there is one.
pub(super) async fn failure(error: &core::Error, effect: Effect, client: &core::Client) -> Failure {
    let mut failure = explain(error, effect, client);
    match failure.code {
        error::INVALID_NAMESPACE => {
            let policy = core::AdminPolicy {
                timeout: NAMESPACES_BOUND.as_millis() as u32,
            };
            let asked =
                tokio::time::timeout(NAMESPACES_BOUND, client.info(&policy, &["namespaces"])).await;
            let answers = asked.ok().and_then(Result::ok);
            if let Some(namespaces) = answers
                .as_ref()
                .and_then(|answers| answers.get("namespaces"))
            {
                let namespaces = namespaces.trim().replace(';', ", ");
                failure.message =
                    format!("{}; the cluster has: {namespaces}", failure.message).into();
            }
        }
        _ => failure = hint(failure, effect),
    }
    failure
}

/// Adds the cure where the code says which.
pub(super) fn hint(mut failure: Failure, effect: Effect) -> Failure {
    if failure.code == error::FORBIDDEN && effect.writes() {
        let hint = "a TTL needs nsup-period above 0 in the namespace's configuration";
        failure.message = format!("{}; {hint}", failure.message).into();
    }
    failure
}

/// Whether core found no node. Without any it knows no namespace either and says that this one is wrong.
fn is_lost(kind: &core::ErrorKind, text: &str, is_connected: bool) -> bool {
    match kind {
        core::ErrorKind::InvalidNode => !is_connected,
        core::ErrorKind::InvalidNamespace => !is_connected || !text.contains(UNMAPPED),
        _ => false,
    }
}

/// Whether attempts before an error may have been sent although it does not say so: one about the route ends a command
/// also when it retries, and then core has not counted its attempts.
fn hides_attempts(effect: Effect, iteration: Option<u32>, lost: bool) -> bool {
    effect == Effect::RetriedWrite && iteration.is_none() && lost
}

/// What core says of a namespace that is not among those it knows, when it knows some.
const UNMAPPED: &str = "not found in partition map";

/// The failure of a command or of a row.
pub(super) fn explain(error: &core::Error, effect: Effect, client: &core::Client) -> Failure {
    let is_connected = client.is_connected();
    let lost = is_lost(error.kind(), &error.base_message(), is_connected);
    let mut failure = Failure::from_core(error, effect.writes());
    if hides_attempts(effect, error.iteration(), lost) {
        (failure.in_doubt, failure.sent) = (true, true);
    }
    // Core names a node by its address or with its name before it, depending on who failed.
    if let Some(address) = &failure.node {
        let nodes = client.nodes();
        let node = nodes.iter().find(|node| node.address() == address);
        failure.node = node
            .map(|node| format!("{}: {address}", node.name()))
            .or(failure.node);
    }
    if lost || (failure.code == error::INVALID_NODE && !is_connected) {
        let mut cut_off =
            Failure::new(error::CONNECTION, "the client is not connected to any node")
                .in_phase(Phase::Connect);
        // An attempt before this one may have been sent.
        (cut_off.in_doubt, cut_off.sent) = (failure.in_doubt, failure.sent);
        return cut_off;
    }
    if matches!(error.kind(), core::ErrorKind::InvalidNamespace) {
        failure.message = match error.base_message().rsplit_once(": ") {
            Some((_, namespace)) => format!("the namespace {namespace} does not exist").into(),
            None => error::describe(error::INVALID_NAMESPACE).into(),
        };
    }
    failure
}

pub(super) fn effect_of_write(policy: &Policy<'_>) -> Effect {
    if policy.retries() {
        Effect::RetriedWrite
    } else {
        Effect::Write
    }
}

/// Runs a command through core once its turn has come. `work` is given the time that is then left.
pub(super) async fn in_turn<F>(
    run: Run,
    effect: Effect,
    progress: &Progress,
    work: impl Fn(Arc<Cluster>, Option<Duration>) -> F + std::marker::Send + Sync,
) where
    F: Future<Output = Outcome> + std::marker::Send,
{
    let Run {
        completion,
        bounds,
        mut visit,
    } = run;
    let place = visit.take_place();
    let cluster = Arc::clone(visit.cluster());
    let deadline = bounds.deadline;
    // Pinned where it is made: core's futures have kilobytes, and every hand that they go through copies them.
    let work = pin!(async {
        cluster.client(progress).await?;
        let _turn = cluster.turn(place).await?;
        progress.enter(Phase::Command);
        fallback::through_core(deadline, effect, |left| work(Arc::clone(&cluster), left)).await
    });
    drive(completion, bounds, Some(visit), effect, progress, work).await;
}

/// Sends operations, and gives one result for each.
pub(super) async fn operate_on_core(
    client: &core::Client,
    (policy, write): (Policy<'_>, WriteBlock),
    left: Option<Duration>,
    key: &core::Key,
    operations: Operations<'_>,
) -> core::errors::Result<Answer> {
    let plan = operations.to_core()?;
    let record = match &plan.send {
        Send::Header => client.get(&policy.read(left), key, core::Bins::None).await,
        Send::Operations(sent) => {
            let mut core_policy = policy.write(&write, left);
            // One answer for each operation, so that positions hold.
            core_policy.respond_per_each_op = true;
            client.operate(&core_policy, key, sent).await
        }
    }?;
    Ok(Answer::Payload(encode(&record, Some(&plan))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aerospike_core::ErrorKind::{InvalidNamespace, InvalidNode, Timeout};

    #[test]
    fn a_route_that_is_gone_is_no_wrong_namespace() {
        let empty = "Invalid namespace: Partition map empty";
        let unknown = "Invalid namespace: Namespace not found in partition map: x";
        assert!(is_lost(&InvalidNamespace, empty, true));
        assert!(is_lost(&InvalidNamespace, unknown, false));
        assert!(!is_lost(&InvalidNamespace, unknown, true));
        assert!(is_lost(&InvalidNode, "", false));
        assert!(!is_lost(&Timeout, "", false));
    }

    #[test]
    fn an_error_about_the_route_hides_the_attempts_of_a_write_that_retries() {
        assert!(hides_attempts(Effect::RetriedWrite, None, true));
        assert!(!hides_attempts(Effect::RetriedWrite, Some(2), true));
        assert!(!hides_attempts(Effect::RetriedWrite, None, false));
        assert!(!hides_attempts(Effect::Write, None, true));
        assert!(!hides_attempts(Effect::Read, None, true));
    }
}
