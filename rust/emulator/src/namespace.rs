use crate::record::Record;
use aerospike_wire::Digest;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

const SHARDS: usize = 256;

/// Most sets of a namespace.
pub(crate) const MAX_SETS: usize = 4095;

/// One shard's records.
pub(crate) type Shard = HashMap<DigestKey, Record, BuildHasherDefault<DigestHasher>>;

/// A digest as a key: it is a hash already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DigestKey(pub(crate) Digest);

impl Hash for DigestKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        state.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Passes the digest's bytes through.
#[derive(Default)]
pub(crate) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A namespace: records by digest, in shards with a lock each.
pub(crate) struct Namespace {
    /// Its place among the namespaces.
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) max_record_size: usize,
    default_ttl: AtomicU32,
    shards: Box<[RwLock<Shard>]>,
    sets: RwLock<Vec<Box<[u8]>>>,
}

impl Namespace {
    pub(crate) fn new(number: usize, name: &str, default_ttl: u32, max_record_size: usize) -> Self {
        Self {
            number,
            name: name.to_owned(),
            max_record_size,
            default_ttl: AtomicU32::new(default_ttl),
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            // Records without a set have number 0.
            sets: RwLock::new(vec![Box::default()]),
        }
    }

    /// The shard of a digest.
    #[inline]
    pub(crate) fn shard(&self, digest: &Digest) -> &RwLock<Shard> {
        // The partition's bits decide in the first two bytes, the hash uses the last eight.
        &self.shards[usize::from(digest[2])]
    }

    pub(crate) fn default_ttl(&self) -> u32 {
        self.default_ttl.load(Ordering::Relaxed)
    }

    pub(crate) fn set_default_ttl(&self, seconds: u32) {
        self.default_ttl.store(seconds, Ordering::Relaxed);
    }

    /// The number of a set, given to it on first use. `None` when there are too many.
    pub(crate) fn intern_set(&self, name: &[u8]) -> Option<u16> {
        if let Some(number) = self.find_set(name) {
            return Some(number);
        }
        let mut sets = self.sets.write();
        if let Some(number) = sets.iter().position(|set| **set == *name) {
            return Some(number as u16);
        }
        if sets.len() > MAX_SETS {
            return None;
        }
        sets.push(name.into());
        Some((sets.len() - 1) as u16)
    }

    /// The number of a set that has been used.
    pub(crate) fn find_set(&self, name: &[u8]) -> Option<u16> {
        self.sets
            .read()
            .iter()
            .position(|set| **set == *name)
            .map(|number| number as u16)
    }

    /// The name of a set that has been used.
    pub(crate) fn set_name(&self, number: u16) -> Vec<u8> {
        let sets = self.sets.read();
        sets.get(usize::from(number))
            .map_or_else(Vec::new, |set| set.to_vec())
    }

    pub(crate) fn set_names(&self) -> Vec<String> {
        self.sets
            .read()
            .iter()
            .map(|set| String::from_utf8_lossy(set).into_owned())
            .collect()
    }

    /// Forgets records (all, or one set's) that were last written before `before_ms`.
    pub(crate) fn truncate(&self, set: Option<u16>, before_ms: u64) {
        for shard in &self.shards {
            shard.write().retain(|_, record| {
                set.is_some_and(|set| set != record.set) || record.updated_ms >= before_ms
            });
        }
    }

    /// Forgets records and sets.
    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            *shard.write() = Shard::default();
        }
        self.sets.write().truncate(1);
    }

    /// Number of live records and bytes of their bins, by set, of the records that are to be counted.
    pub(crate) fn usage(
        &self,
        now_ms: u64,
        is_counted: impl Fn(&Digest) -> bool,
    ) -> Vec<(u64, u64)> {
        let mut usage = vec![(0, 0); self.sets.read().len()];
        for shard in &self.shards {
            for (_, record) in shard
                .read()
                .iter()
                .filter(|(digest, record)| !record.is_expired(now_ms) && is_counted(&digest.0))
            {
                if let Some((objects, bytes)) = usage.get_mut(usize::from(record.set)) {
                    *objects += 1;
                    *bytes += record.bins.len() as u64;
                }
            }
        }
        usage
    }
}
