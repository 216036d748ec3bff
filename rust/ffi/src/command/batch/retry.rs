//! Rows that failed for a reason that passes, sent again after a pause that grows and is drawn at random.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::IN_DOUBT;
use super::rows::build;
use super::through_core::{Terms, through_core};
use crate::clock::{self, Instant};
use crate::command::fallback;
use crate::direct::UNANSWERED;
use crate::driver::Effect;
use crate::error::{DEVICE_OVERLOAD, Failure, KEY_BUSY, PARTITION_UNAVAILABLE, TIMEOUT};
use crate::frame::BatchBody;
use crate::names::Names;
use crate::part::{Part, ROW};
use crate::policy::RowRetries;
use crate::user::User;

/// So long before the deadline the rows are answered as they are: at the deadline nothing of them would be.
const MARGIN: Duration = Duration::from_millis(10);
/// Where a row's head has its flags, and how often it was sent again.
const FLAGS: usize = 20;
const RETRIES: usize = 21;

/// Sends rows again as the batch asks for; their new answers take the place of the old ones.
pub(super) async fn passing(
    user: &Arc<User>,
    body: &BatchBody<'_>,
    deadline: Option<Instant>,
    effect: Effect,
    names: &Arc<Names>,
    parts: &mut Vec<Part>,
) -> Result<(), Failure> {
    let retries = body.options.retries;
    let cluster = user.cluster();
    for attempts in 1..retries.attempts {
        let mut failed = failed(parts, retries);
        let pause = jittered(retries.longest_pause(attempts));
        let left = fallback::left(deadline);
        if failed.is_empty() || left.is_some_and(|left| left <= pause + MARGIN) {
            break;
        }
        let ready = async {
            tokio::time::sleep(pause).await;
            cluster.turn(user.line_up()).await
        };
        // Where the turn does not come, the rows are what they were.
        let Some(Ok(turn)) = in_time(deadline, ready).await else {
            break;
        };
        failed.sort_unstable_by_key(|row| row.at);
        let places: Vec<_> = failed.iter().map(|row| row.at).collect();
        let rows = build(body, Some(&places))?;
        let writes: Vec<_> = rows.iter().map(|row| row.writes).collect();
        let left = fallback::left(deadline);
        let terms = Terms {
            policy: body.policy.batch(&body.options, left, effect.writes()),
            deadline,
            effect,
        };
        let answers = through_core(user, turn, terms, rows, names);
        let Some(Ok(answers)) = in_time(deadline, answers).await else {
            // The rows keep the answer that they have, but what writes may have been sent since.
            for (row, _) in failed.iter().zip(writes).filter(|(_, writes)| *writes) {
                let head = head_of(parts, row);
                (head[FLAGS], head[RETRIES]) = (IN_DOUBT, attempts);
            }
            break;
        };
        replace(parts, &failed, answers, attempts);
    }
    Ok(())
}

/// A row that failed: its place in the batch and among the parts, and whether it may have taken place.
struct Failed {
    at: u32,
    part: usize,
    index: usize,
    in_doubt: bool,
}

fn failed(parts: &[Part], retries: RowRetries) -> Vec<Failed> {
    let mut failed = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        for (index, (at, head)) in part
            .rows
            .iter()
            .zip(part.heads.chunks_exact(ROW))
            .enumerate()
        {
            let in_doubt = head[FLAGS] & IN_DOUBT != 0;
            let passes = matches!(
                code(head),
                TIMEOUT | PARTITION_UNAVAILABLE | KEY_BUSY | DEVICE_OVERLOAD
            );
            if passes && (retries.in_doubt || !in_doubt) {
                failed.push(Failed {
                    at: *at,
                    part: number,
                    index,
                    in_doubt,
                });
            }
        }
    }
    failed
}

/// Adds the new answers, and takes the old ones away.
fn replace(parts: &mut Vec<Part>, failed: &[Failed], mut answers: Vec<Part>, retries: u8) {
    for part in &mut answers {
        for (at, head) in part.rows.iter().zip(part.heads.chunks_exact_mut(ROW)) {
            let Ok(found) = failed.binary_search_by_key(at, |row| row.at) else {
                continue;
            };
            let row = &failed[found];
            head[RETRIES] = retries;
            if row.in_doubt && code(head) != 0 {
                // The attempt before may still have taken place.
                head[FLAGS] |= IN_DOUBT;
            }
            head_of(parts, row)[..4].copy_from_slice(&UNANSWERED.to_le_bytes());
        }
    }
    parts.append(&mut answers);
}

fn head_of<'p>(parts: &'p mut [Part], row: &Failed) -> &'p mut [u8] {
    &mut parts[row.part].heads[row.index * ROW..][..ROW]
}

fn code(head: &[u8]) -> i32 {
    i32::from_le_bytes([head[0], head[1], head[2], head[3]])
}

/// What is done in time to answer the rows.
async fn in_time<F: Future>(deadline: Option<Instant>, work: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => clock::timeout_at(deadline - MARGIN, work).await,
        None => Some(work.await),
    }
}

/// A pause up to the longest, so that those who failed together do not come back together.
fn jittered(longest: Duration) -> Duration {
    let micros = longest.as_micros() as u64;
    Duration::from_micros(RandomState::new().hash_one(micros) % (micros + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part of one row.
    fn part(at: u32, code: i32, in_doubt: bool) -> Part {
        let mut heads = vec![0; ROW];
        heads[..4].copy_from_slice(&code.to_le_bytes());
        heads[FLAGS] = u8::from(in_doubt);
        Part {
            rows: vec![at],
            heads,
            bodies: Vec::new(),
            answered: true,
            failure: None,
        }
    }

    fn rows(parts: &[Part]) -> Vec<(usize, i32)> {
        let answers = parts.iter().flat_map(Part::answers);
        answers.map(|row| (row.at, row.code)).collect()
    }

    fn retries(in_doubt: bool) -> RowRetries {
        RowRetries::new(3, in_doubt, 10, 35)
    }

    #[test]
    fn only_what_passes_and_is_certain_is_sent_again() {
        let parts: Vec<_> = [0, 2, TIMEOUT, 12, KEY_BUSY, -2, DEVICE_OVERLOAD, 11]
            .into_iter()
            .zip(0..)
            .map(|(code, at)| part(at, code, code == TIMEOUT))
            .collect();
        let places = |in_doubt| {
            let failed = failed(&parts, retries(in_doubt));
            failed.iter().map(|row| row.at).collect::<Vec<_>>()
        };
        assert_eq!(places(false), [4, 6, 7]);
        assert_eq!(places(true), [2, 4, 6, 7]);
    }

    #[test]
    fn a_new_answer_takes_the_place_of_the_old_one_and_doubt_stays() {
        let mut parts = vec![
            part(0, KEY_BUSY, false),
            part(1, TIMEOUT, true),
            part(2, 0, false),
        ];
        let failed = failed(&parts, retries(true));
        replace(
            &mut parts,
            &failed,
            vec![part(1, KEY_BUSY, false), part(0, 0, false)],
            2,
        );
        assert_eq!(rows(&parts), [(2, 0), (1, KEY_BUSY), (0, 0)]);
        assert_eq!(parts[3].heads[FLAGS..=RETRIES], [IN_DOUBT, 2]);
        assert_eq!(parts[4].heads[FLAGS..=RETRIES], [0, 2]);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses =
            [1, 2, 3, 200].map(|attempts| retries(false).longest_pause(attempts).as_millis());
        assert_eq!(pauses, [10, 20, 35, 35]);
        let drawn: Vec<_> = (0..50)
            .map(|_| jittered(Duration::from_millis(20)))
            .collect();
        assert!(
            drawn
                .iter()
                .all(|pause| *pause <= Duration::from_millis(20))
        );
        assert!(drawn.iter().any(|pause| *pause != drawn[0]));
        assert_eq!(jittered(Duration::ZERO), Duration::ZERO);
    }
}
