//! What becomes of a read whose direct attempt had no clean answer.

use std::time::Duration;

use crate::clock::{self, Instant};
use crate::completion::Outcome;
use crate::direct::{Reason, final_failure};
use crate::driver::Effect;
use crate::error::Failure;
use crate::policy::Policy;

/// The time left until a deadline, if there is one.
pub(super) fn left(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

/// Whether a command that core gave up is to be given to it again: the process was stopped while core had it, and core's
/// clock ran on. Every stop allows it once.
pub(super) fn was_stopped(lost_before: Duration, deadline: Option<Instant>) -> bool {
    clock::lost() > lost_before && left(deadline).is_none_or(|left| !left.is_zero())
}

/// Runs a command through core. `attempt` is given the time that is left.
pub(super) async fn through_core<F: Future<Output = Outcome>>(
    deadline: Option<Instant>,
    effect: Effect,
    attempt: impl Fn(Option<Duration>) -> F,
) -> Outcome {
    loop {
        let lost = clock::lost();
        match attempt(left(deadline)).await {
            Err(failure) if !(effect.writes() && failure.sent) && was_stopped(lost, deadline) => {}
            outcome => return outcome,
        }
    }
}

/// The policy under which core may go on, or the failure that is final: the attempt was the first of the policy's, and
/// asking again must not double what a server that is behind has to do.
pub(super) fn decide<'a>(
    policy: Policy<'a>,
    reason: Reason,
    may_repeat: bool,
    node: Option<&str>,
    deadline: Option<Instant>,
) -> Result<Policy<'a>, Failure> {
    if reason.is_unsent() {
        return Ok(policy);
    }
    let is_over = left(deadline).is_some_and(|left| left.is_zero());
    let was_last = reason == Reason::Late && !policy.retries();
    if is_over || was_last || !may_repeat {
        return Err(final_failure(reason, node.unwrap_or_default()));
    }
    Ok(policy.after_attempt())
}

/// Waits as the policy says before a second attempt. An answer that was an error is repeated at once: core reads it.
pub(super) async fn pause(policy: &Policy<'_>, reason: Reason) {
    let pause = policy.pause();
    if !reason.is_unsent() && reason != Reason::Code && !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}
