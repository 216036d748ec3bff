use aerospike_wire::message::EPOCH;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock plus what a test has advanced it by.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    /// Milliseconds since the epoch of void times.
    pub(crate) fn now_ms(&self) -> u64 {
        let system = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let ms = i64::try_from(system).unwrap_or(i64::MAX) - EPOCH * 1000;
        ms.saturating_add(self.offset_ms.load(Ordering::Relaxed))
            .max(0) as u64
    }

    /// Moves the clock forward, or back when negative.
    pub(crate) fn advance(&self, seconds: f64) {
        // A float cast saturates, so an absurd number of seconds cannot wrap around.
        let _ = self
            .offset_ms
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |offset| {
                Some(
                    offset
                        .saturating_add((seconds * 1000.0) as i64)
                        .clamp(-(1 << 50), 1 << 50),
                )
            });
    }

    /// Back to the system's clock.
    pub(crate) fn reset(&self) {
        self.offset_ms.store(0, Ordering::Relaxed);
    }
}
