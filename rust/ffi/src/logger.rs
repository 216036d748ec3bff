//! The native log, for queues that ask for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once, PoisonError, RwLock, Weak};

use log::{LevelFilter, Log, Metadata, Record};
use serde::Serialize;

use crate::queue::Queue;

/// A message longer than this is cut.
const MESSAGE: usize = 1000;

struct Listener {
    queue: Weak<Queue>,
    level: LevelFilter,
}

static LISTENERS: RwLock<Vec<Listener>> = RwLock::new(Vec::new());
static INSTALLED: AtomicBool = AtomicBool::new(false);

struct Sink;

#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    target: &'a str,
    message: &'a str,
    /// Lines before this one that did not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<u64>,
}

impl Log for Sink {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        let queues: Vec<_> = {
            let listeners = LISTENERS.read().unwrap_or_else(PoisonError::into_inner);
            let interested = listeners
                .iter()
                .filter(|listener| record.level() <= listener.level);
            interested
                .filter_map(|listener| listener.queue.upgrade())
                .collect()
        };
        if queues.is_empty() {
            return;
        }
        let mut message = record.args().to_string();
        if message.len() > MESSAGE {
            let end = (0..=MESSAGE)
                .rev()
                .find(|end| message.is_char_boundary(*end));
            message.truncate(end.unwrap_or(0));
        }
        let level = match record.level() {
            log::Level::Error => "error",
            log::Level::Warn => "warn",
            log::Level::Info => "info",
            log::Level::Debug => "debug",
            log::Level::Trace => "trace",
        };
        for queue in queues {
            queue.log(|dropped| {
                let dropped = (dropped > 0).then_some(dropped);
                serde_json::to_vec(&Line {
                    level,
                    target: record.target(),
                    message: &message,
                    dropped,
                })
                .unwrap_or_default()
            });
        }
    }

    fn flush(&self) {}
}

/// Sends the log up to `level` to a queue: 0 off, 1 error to 5 trace. The logger is installed when the first queue
/// asks; false when the process has another one.
pub(crate) fn listen(queue: &Arc<Queue>, level: u32) -> bool {
    static INSTALL: Once = Once::new();
    let level = match level {
        0 => LevelFilter::Off,
        1 => LevelFilter::Error,
        2 => LevelFilter::Warn,
        3 => LevelFilter::Info,
        4 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    if level != LevelFilter::Off {
        INSTALL.call_once(|| INSTALLED.store(log::set_logger(&Sink).is_ok(), Ordering::SeqCst));
        if !INSTALLED.load(Ordering::SeqCst) {
            return false;
        }
    }
    let mut listeners = LISTENERS.write().unwrap_or_else(PoisonError::into_inner);
    let this = Arc::downgrade(queue);
    listeners.retain(|listener| !listener.queue.ptr_eq(&this) && listener.queue.strong_count() > 0);
    if level != LevelFilter::Off {
        listeners.push(Listener { queue: this, level });
    }
    if INSTALLED.load(Ordering::SeqCst) {
        log::set_max_level(
            listeners
                .iter()
                .map(|listener| listener.level)
                .max()
                .unwrap_or(LevelFilter::Off),
        );
    }
    true
}
