//! The promise of exactly one record for every accepted command.

use std::sync::Arc;

use crate::error::Failure;
use crate::queue::{Payload, Queue};
use crate::record::Kind;

/// Owed to the caller for as long as it lives: if it is dropped unsent, whatever the reason, it sends an error itself.
pub(crate) struct Completion {
    queue: Arc<Queue>,
    tag: u32,
    sent: bool,
}

impl Completion {
    /// For a tag that the queue has just accepted.
    pub(crate) fn new(queue: Arc<Queue>, tag: u32) -> Self {
        Self {
            queue,
            tag,
            sent: false,
        }
    }

    /// The queue that it goes to.
    pub(crate) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// Success with a small payload.
    pub(crate) fn bytes(mut self, payload: &[u8]) {
        self.send(Kind::Result, 0, Payload::Borrowed(payload));
    }

    /// What a command came to.
    pub(crate) fn settle(mut self, outcome: Outcome) {
        match outcome {
            Ok(Answer::Payload(payload)) => self.send(Kind::Result, 0, Payload::Owned(payload)),
            Ok(Answer::Code(code)) => self.send(Kind::Result, code, Payload::Borrowed(&[])),
            Err(failure) => self.send(Kind::Error, failure.code, Payload::Owned(failure.to_json())),
        }
    }

    fn send(&mut self, kind: Kind, code: i32, payload: Payload<'_>) {
        self.sent = true;
        self.queue.complete(self.tag, kind, code, payload);
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if self.sent {
            return;
        }
        // A task that unwinds, or that the runtime dropped: nothing is known about what was sent.
        let failure = if std::thread::panicking() {
            Failure::internal("a command panicked")
        } else {
            Failure::cancelled()
        };
        self.send(Kind::Error, failure.code, Payload::Owned(failure.to_json()));
    }
}

/// What a command gives back.
#[derive(Debug)]
pub(crate) enum Answer {
    Payload(Vec<u8>),
    /// No payload: 0, or a code that says why there is none.
    Code(i32),
}

/// What a command came to.
pub(crate) type Outcome = Result<Answer, Failure>;
