use aerospike_wire::message::Header;
use aerospike_wire::operation::Operations;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A command that the emulator was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `read`, `exists`, `write`, `remove`, `operate`, `apply`, `query` or `batch`.
    pub kind: &'static str,
    /// Namespace, empty for a batch.
    pub namespace: String,
    /// Set.
    pub set: String,
    /// Digest in hexadecimal digits, empty for a batch.
    pub digest: String,
    /// The four bytes of bits.
    pub info: [u8; 4],
    /// Names of bins that its operations name.
    pub bins: Vec<String>,
    /// The expected generation.
    pub generation: u32,
    /// The time to live as sent.
    pub ttl: u32,
    /// Number of a batch, which its rows repeat; 0 for other commands.
    pub batch: u64,
    /// Rows of a batch, else 0.
    pub rows: u32,
    /// Number of the node that was asked.
    pub node: usize,
    /// Whether that node had to pass it on to the one that owns the partition.
    pub proxied: bool,
}

/// The last commands, when someone asked for them.
#[derive(Default)]
pub(crate) struct Journal {
    limit: AtomicUsize,
    entries: Mutex<VecDeque<Entry>>,
    batches: AtomicU64,
}

impl Journal {
    /// Keeps the last `limit` commands from now on; 0 keeps none.
    pub(crate) fn record(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
        self.clear();
    }

    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.limit.load(Ordering::Relaxed) > 0
    }

    /// A number for a batch, which no other batch of any node has.
    pub(crate) fn next_batch(&self) -> u64 {
        self.batches.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn push(&self, entry: Entry) {
        let limit = self.limit.load(Ordering::Relaxed);
        let mut entries = self.entries.lock();
        while entries.len() >= limit.max(1) {
            entries.pop_front();
        }
        if limit > 0 {
            entries.push_back(entry);
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.entries.lock().clear();
    }
}

/// Names of the bins that operations name.
pub(crate) fn bin_names(operations: Operations<'_>) -> Vec<String> {
    operations
        .map_while(Result::ok)
        .filter(|operation| !operation.name.is_empty())
        .map(|operation| String::from_utf8_lossy(operation.name).into_owned())
        .collect()
}

/// The four bytes of bits.
pub(crate) fn info_bits(header: &Header) -> [u8; 4] {
    [header.info1, header.info2, header.info3, header.info4]
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}
