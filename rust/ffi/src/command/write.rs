//! Writes of one record: on the direct path where their policy allows one attempt only, so that nothing is sent twice, and
//! else through core.

use std::time::Duration;

use aerospike_wire::message::{Header, info1, info2};
use aerospike_wire::operation::{self, APPEND, INCREMENT, Operation, PREPEND, TOUCH};
use aerospike_wire::particle::NULL;
use aerospike_wire::record::RecordRequest;

use super::Run;
use super::read::with_silent;
use super::record::{effect_of_write, failure, hint, in_turn, operate_on_core};
use crate::cluster::Cluster;
use crate::completion::{Answer, Outcome};
use crate::direct::{Form, Peer, Reason, Written};
use crate::driver::{Effect, Progress};
use crate::error::{self, Failure, Phase};
use crate::frame::{BinWrite, Change, Write};
use crate::operation::{Operations, Verb, push_write};

/// Core says what is too large for a message.
const LARGE: usize = 100 * 1024 * 1024;

/// Runs a write to its end.
pub(super) async fn run(run: Run, write: Write<'_>) {
    let effect = effect_of_write(&write.policy);
    if let Change::Operations(operations) = write.change
        && let Some(refused) = refusal(operations)
    {
        return run.completion.settle(Err(Failure::invalid(refused)));
    }
    let (write, progress) = (&write, &Progress::new());
    in_turn(run, effect, progress, |cluster, left| async move {
        let outcome = match write.attempt(&cluster, progress, left).await {
            Some(outcome) => outcome,
            // Boxed, as in reads.
            None => Box::pin(through_core(&cluster, write, effect, left)).await,
        };
        match (write.change, outcome) {
            (Change::Removal | Change::Touch, Err(failure)) => miss_is_an_answer(failure),
            (_, outcome) => outcome,
        }
    })
    .await;
}

async fn through_core(
    cluster: &Cluster,
    write: &Write<'_>,
    effect: Effect,
    left: Option<Duration>,
) -> Outcome {
    let client = cluster.core()?;
    let (policy, key) = (
        write.policy.write(&write.write, left),
        write.key.to_core(write.write.send_key),
    );
    let done = |()| Answer::Code(0);
    let outcome = match write.change {
        Change::Bins(how, bins) => {
            let bins = bins.to_core();
            match how {
                BinWrite::Put => client.put(&policy, &key, &bins).await,
                BinWrite::Add => client.add(&policy, &key, &bins).await,
                BinWrite::Append => client.append(&policy, &key, &bins).await,
                BinWrite::Prepend => client.prepend(&policy, &key, &bins).await,
            }
            .map(done)
        }
        Change::Operations(operations) => {
            operate_on_core(client, (write.policy, write.write), left, &key, operations).await
        }
        Change::Removal => client
            .delete(&policy, &key)
            .await
            .map(|existed| Answer::Code(if existed { 0 } else { error::NOT_FOUND })),
        Change::Touch => client.touch(&policy, &key).await.map(done),
    };
    match outcome {
        Ok(answer) => Ok(answer),
        Err(error) => Err(failure(&error, effect, client).await),
    }
}

/// Removing and touching say that there is no such record, as reading does.
fn miss_is_an_answer(failure: Failure) -> Outcome {
    match failure.code {
        code @ (error::NOT_FOUND | error::FILTERED_OUT) => Ok(Answer::Code(code)),
        _ => Err(failure),
    }
}

/// Why operations cannot be sent.
fn refusal(operations: Operations<'_>) -> Option<&'static str> {
    if operations.len() == 0 {
        return Some("operate needs at least one operation");
    }
    operations.mixes_reads_of_all_and_one().then_some(
        "the server refuses to read all bins and single bins while it writes: read all of them, or each by name",
    )
}

/// The bits that follow from what is written, the operations, and the form of the reply.
struct Encoded {
    info1: u8,
    info2: u8,
    count: u16,
    operations: Vec<u8>,
    form: Form,
}

impl Encoded {
    fn new(count: u16, operations: Vec<u8>) -> Self {
        Self {
            info1: 0,
            info2: 0,
            count,
            operations,
            form: Form::Record,
        }
    }

    /// `None` where core has to look at it.
    fn of(change: Change<'_>) -> Option<Self> {
        let mut out = Vec::new();
        Some(match change {
            Change::Bins(how, bins) => {
                let op = match how {
                    BinWrite::Put => operation::WRITE,
                    BinWrite::Add => INCREMENT,
                    BinWrite::Append => APPEND,
                    BinWrite::Prepend => PREPEND,
                };
                for (name, particle) in bins.iter() {
                    push_write(&mut out, op, name, particle)?;
                }
                Self::new(bins.len(), out)
            }
            Change::Operations(operations) => {
                let count = operations.push(&mut out)?;
                let reads = operations
                    .iter()
                    .any(|one| one.verb != Verb::ReadHeader && !one.verb.writes());
                Self {
                    info1: if reads { info1::READ } else { 0 },
                    info2: info2::RESPOND_ALL_OPS,
                    form: Form::Results(count),
                    ..Self::new(count, out)
                }
            }
            Change::Removal => Self {
                info2: info2::DELETE,
                ..Self::new(0, out)
            },
            Change::Touch => {
                Operation {
                    op: TOUCH,
                    particle: NULL,
                    name: &[],
                    data: &[],
                }
                .write(&mut out);
                Self::new(1, out)
            }
        })
    }
}

impl Write<'_> {
    /// Sends it, if it is one for the direct path and the direct path can. `None` where it was not sent.
    pub(super) async fn attempt(
        &self,
        cluster: &Cluster,
        progress: &Progress,
        left: Option<Duration>,
    ) -> Option<Outcome> {
        let Self { policy, key, .. } = self;
        if policy.retries() || !policy.may_be_direct() {
            return None;
        }
        let direct = cluster.direct()?;
        let (timeout, by_deadline) = policy.attempt(left)?;
        if !by_deadline && policy.drains_late_replies() {
            return None;
        }
        let encoded =
            Encoded::of(self.change).filter(|encoded| encoded.operations.len() < LARGE)?;
        let digest = key.value.digest(key.set);
        let master = direct.writes_to(key.namespace, &digest)?;
        // Where it is stopped before it has a connection, nothing was sent.
        progress.enter(Phase::Queue);
        let turn = master.turn().await;
        progress.enter(Phase::Connect);
        let ready = match turn {
            Some(turn) => turn.connect().await,
            None => None,
        };
        progress.enter(Phase::Command);
        let ready = ready?;
        let request = self.request(&encoded, &digest, policy.server_timeout(left));
        // Past its deadline the command has no use for an answer, but the connection has.
        let bound = (!by_deadline).then_some(timeout);
        match ready.write(&request, encoded.form, bound).await {
            Written::Record(payload) => Some(self.answer(payload)),
            Written::Refused { code, node } => Some(Err(hint(refused(code, &node), Effect::Write))),
            Written::InDoubt { reason, node } => Some(Err(in_doubt(reason, &node))),
        }
    }

    fn request(&self, encoded: &Encoded, digest: &[u8; 20], timeout: u32) -> Vec<u8> {
        let Self {
            policy,
            write,
            key,
            change,
        } = self;
        // A removal stores nothing.
        let stores_key = write.send_key && !matches!(change, Change::Removal);
        let user_key = if stores_key {
            key.value.stored()
        } else {
            Vec::new()
        };
        let header = write.header();
        let mut out = Vec::with_capacity(128 + encoded.operations.len() + user_key.len());
        RecordRequest {
            namespace: key.namespace,
            set: key.set,
            digest,
            key: Some(&user_key[..]).filter(|key| !key.is_empty()),
            filter: policy.filter,
            operations: (encoded.count, &encoded.operations),
        }
        .write(
            &mut out,
            Header {
                info1: encoded.info1,
                info2: header.info2 | encoded.info2,
                index: timeout,
                ..header
            },
        );
        out
    }

    fn answer(&self, payload: Vec<u8>) -> Outcome {
        match self.change {
            Change::Operations(operations) => with_silent(payload, operations)
                .map(Answer::Payload)
                .map_err(|failure| Failure {
                    in_doubt: true,
                    sent: true,
                    ..failure
                }),
            _ => Ok(Answer::Code(0)),
        }
    }
}

fn of_node(code: i32, what: &str, node: &Peer) -> Failure {
    let address = node.address();
    Failure {
        node: Some(format!("{}: {address}", node.name)),
        sent: true,
        iteration: Some(1),
        ..Failure::new(code, format!("{what} (node {address})"))
    }
}

fn refused(code: i32, node: &Peer) -> Failure {
    Failure {
        // The server gave up, and may have done it.
        in_doubt: code == error::TIMEOUT,
        ..of_node(code, error::describe(code), node)
    }
}

fn in_doubt(reason: Reason, node: &Peer) -> Failure {
    let (code, what) = match reason {
        Reason::Late => (
            error::TIMEOUT,
            "the node did not answer within the attempt's time-out",
        ),
        Reason::Malformed | Reason::Unanswered => {
            (error::CLIENT, "the node's reply makes no sense")
        }
        _ => (error::CONNECTION, "the connection ended before the reply"),
    };
    Failure {
        in_doubt: true,
        ..of_node(code, what, node)
    }
    .in_phase(Phase::Command)
}
