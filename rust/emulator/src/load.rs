use crate::cluster::Cluster;
use crate::command::MAX_BIN_NAME;
use crate::namespace::DigestKey;
use crate::particle as checked;
use crate::record::{Draft, Record};
use aerospike_wire::result_code::name;
use aerospike_wire::{Digest, bins, digest};
use std::fmt;

/// The key of a record to store.
#[derive(Clone, Copy, Debug)]
pub enum LoadedKey<'a> {
    /// Particle type and bytes of a user key, as on the wire.
    User(u8, &'a [u8]),
    /// A digest, when the user key is not known.
    Digest(Digest),
}

/// A record to store without going through a client.
#[derive(Clone, Copy, Debug)]
pub struct Loaded<'a> {
    /// Its key.
    pub key: LoadedKey<'a>,
    /// Bins in the layout of `aerospike_wire::bins`.
    pub bins: &'a [u8],
    /// Seconds to live; the namespace's default when absent, never when 0.
    pub ttl: Option<u32>,
    /// Generation, 1 when absent.
    pub generation: Option<u16>,
    /// Whether the user key is stored with the record.
    pub store_key: bool,
}

/// Why a record could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError(String);

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}

/// Stores a record in place of one with the same key, and returns its digest.
pub(crate) fn load(
    cluster: &Cluster,
    namespace: &str,
    set: &str,
    loaded: &Loaded<'_>,
) -> Result<Digest, LoadError> {
    let error = |text: String| LoadError(text);
    let target = cluster.namespace(namespace.as_bytes());
    let target = target.ok_or_else(|| error(format!("unknown namespace {namespace:?}")))?;
    let mut draft = Draft::default();
    for bin in bins::parse(loaded.bins).map_err(|malformed| error(malformed.to_string()))? {
        let bin_name = String::from_utf8_lossy(bin.name).into_owned();
        if bin.name.len() > MAX_BIN_NAME {
            return Err(error(format!(
                "bin name {bin_name:?} has more than {MAX_BIN_NAME} bytes"
            )));
        }
        let data = checked::stored(bin.particle, &bin.data).map_err(|code| {
            error(format!(
                "bin {bin_name:?} is refused with {}",
                name(i32::from(code))
            ))
        })?;
        draft.set(bin.name, bin.particle, data);
    }
    if draft.bins.is_empty() {
        return Err(error("a record needs at least one bin".into()));
    }
    let number = target
        .intern_set(set.as_bytes())
        .ok_or_else(|| error("too many sets".into()))?;
    let now_ms = cluster.clock.now_ms();
    let ttl = loaded.ttl.unwrap_or_else(|| target.default_ttl());
    let digest = match loaded.key {
        LoadedKey::User(kind, key) => digest::compute(set.as_bytes(), kind, key),
        LoadedKey::Digest(digest) => digest,
    };
    let key = match loaded.key {
        LoadedKey::User(kind, key) if loaded.store_key => {
            Some([&[kind], key].concat().into_boxed_slice())
        }
        _ => None,
    };
    let record = Record {
        generation: loaded.generation.unwrap_or(1).max(1),
        void_time: if ttl == 0 {
            0
        } else {
            ((now_ms / 1000) as u32).saturating_add(ttl)
        },
        updated_ms: now_ms,
        set: number,
        bin_count: draft.bins.len() as u16,
        bins: draft.encode(),
        key,
    };
    target
        .shard(&digest)
        .write()
        .insert(DigestKey(digest), record);
    Ok(digest)
}
