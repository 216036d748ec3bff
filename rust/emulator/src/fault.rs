use parking_lot::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// How a node misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Every answer waits so long.
    pub delay: Duration,
    /// Requests are read and never answered.
    pub silence: bool,
    /// Commands are not run and answered with this result code; 0 is off.
    pub code: u8,
    /// With a code: only so many of the next commands on a record are answered with it, rows of batches each on its own.
    pub commands: u32,
    /// So many of the next answers are cut in half, and their connection closed.
    pub truncate: u32,
    /// Info requests are spared, so that clients still consider the node healthy.
    pub data_only: bool,
}

/// A node's current fault and the switch that drops its connections.
pub(crate) struct Faults {
    any: AtomicBool,
    current: RwLock<Fault>,
    drops: watch::Sender<u64>,
}

impl Faults {
    pub(crate) fn new() -> Self {
        Self {
            any: AtomicBool::new(false),
            current: RwLock::default(),
            drops: watch::Sender::new(0),
        }
    }

    pub(crate) fn set(&self, fault: Fault) {
        *self.current.write() = fault;
        self.any.store(fault != Fault::default(), Ordering::Release);
    }

    /// The fault for one answer, which uses up one truncation.
    pub(crate) fn take(&self, is_info: bool) -> Fault {
        if !self.any.load(Ordering::Acquire) {
            return Fault::default();
        }
        let mut current = self.current.write();
        if current.data_only && is_info {
            return Fault::default();
        }
        let taken = *current;
        current.truncate = taken.truncate.saturating_sub(1);
        if taken.commands > 0 {
            // Not the answer as a whole: each command takes its own.
            return Fault {
                code: 0,
                commands: 0,
                ..taken
            };
        }
        taken
    }

    /// The code for one command on a record, where such a fault is on.
    pub(crate) fn take_command(&self) -> Option<u8> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut current = self.current.write();
        current.commands = current.commands.checked_sub(1)?;
        let code = current.code;
        if current.commands == 0 {
            current.code = 0;
        }
        Some(code)
    }

    pub(crate) fn drop_connections(&self) {
        self.drops.send_modify(|count| *count += 1);
    }

    /// Changes when connections are to end.
    pub(crate) fn drops(&self) -> watch::Receiver<u64> {
        self.drops.subscribe()
    }
}
