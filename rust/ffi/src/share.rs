//! Tokens, by which a client on another thread finds a cluster of this process.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::cluster::Cluster;
use crate::error::{self, Failure};
use crate::queue::Queue;
use crate::user;

/// Length of a token: the number of the process, and that of the cluster.
pub(crate) const TOKEN: usize = 32;

/// A number that is drawn once and for one only. Not to keep others out, who would have to be inside the process, but so
/// that a token from elsewhere, or one of earlier, is never taken for that of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id([u8; TOKEN / 2]);

impl Id {
    pub(crate) fn new() -> Self {
        // A hash under a key that the standard library draws for it.
        let random = RandomState::new();
        let half = |number: u8| random.hash_one(number).to_le_bytes();
        let mut id = [0; TOKEN / 2];
        id[..8].copy_from_slice(&half(0));
        id[8..].copy_from_slice(&half(1));
        Self(id)
    }

    /// That of this process, or of this copy of the library in it.
    fn of_process() -> Self {
        static PROCESS: OnceLock<Id> = OnceLock::new();
        *PROCESS.get_or_init(Self::new)
    }
}

/// The token of a cluster. It holds no use of its own.
pub(crate) fn token(cluster: &Cluster) -> [u8; TOKEN] {
    let mut token = [0; TOKEN];
    token[..TOKEN / 2].copy_from_slice(&Id::of_process().0);
    token[TOKEN / 2..].copy_from_slice(&cluster.id.0);
    token
}

/// One user more for the cluster of a token; gives its handle.
pub(crate) fn attach(token: &[u8; TOKEN], queue: &Queue) -> Result<u32, Failure> {
    let (process, id) = token.split_at(TOKEN / 2);
    if process != Id::of_process().0 {
        return Err(Failure::invalid(
            "the token is from another process, or from another copy of the native library: a cluster is shared by \
             threads of one process that load one library",
        ));
    }
    user::find_cluster(|cluster| cluster.id.0 == *id)
        .filter(|cluster| cluster.join())
        .map_or_else(|| Err(stale()), |cluster| user::register(cluster, queue))
}

fn stale() -> Failure {
    Failure::new(
        error::CLOSED,
        "the cluster of the token is closed: its last client has left",
    )
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn numbers_are_drawn_once() {
        let ids: Vec<_> = (0..1000).map(|_| Id::new()).collect();
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[..at].contains(id) && id.0[..8] != id.0[8..]);
        }
        assert_eq!(Id::of_process(), Id::of_process());
    }
}
