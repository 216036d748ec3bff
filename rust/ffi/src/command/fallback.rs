//! What becomes of a read whose direct attempt had no clean answer.

use std::time::{Duration, Instant};

use crate::direct::{Reason, final_failure};
use crate::error::Failure;
use crate::policy::Policy;

/// The time left until a deadline, if there is one.
pub(super) fn left(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
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
