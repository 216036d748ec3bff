//! How the connections that a node may have are shared out between core and the direct path.

use std::time::Duration;

use aerospike_core::{AuthMode, ClientPolicy};

/// Switches the direct path off for the whole process.
const VARIABLE: &str = "AEROSPIKE_READ_PATH";
/// Below so many connections to a node, core keeps them all.
const LEAST: usize = 4;
/// Connections that single reads share.
const PIPES: usize = 4;
/// The most connections that batches and writes have.
const POOL: usize = 48;

/// How long a batch waits in line for a connection before it goes to core, and so does a write to a node at its limit.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the direct path may open to each node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Connections that single reads share.
    pub(super) pipes: usize,
    /// Connections that batches and writes use one after the other.
    pub(super) pool: usize,
    /// How long they wait for each other.
    pub(super) patience: Duration,
    pub(super) connect_timeout: Duration,
    /// `None`: unused connections stay open.
    pub(super) idle_timeout: Option<Duration>,
}

impl Plan {
    /// Takes the direct path's share out of `policy`. `None` where everything goes through core.
    pub(crate) fn take_from(policy: &mut ClientPolicy, wanted: bool) -> Option<Self> {
        let forbidden = std::env::var(VARIABLE).is_ok_and(|path| path.trim() == "core");
        Self::share(policy, wanted && !forbidden)
    }

    fn share(policy: &mut ClientPolicy, wanted: bool) -> Option<Self> {
        let max = policy.max_conns_per_node;
        // The emulator can show neither logins nor TLS, so nobody has tried them on this path.
        let plain = policy.tls_policy.is_none() && policy.auth_mode == AuthMode::None;
        if !wanted || !plain || max < LEAST {
            return None;
        }
        let (pipes, pool) = (PIPES.min(max / 4), POOL.min(max / 4));
        policy.max_conns_per_node = max - pipes - pool;
        policy.min_conns_per_node = policy.min_conns_per_node.min(policy.max_conns_per_node);
        let connect = match policy.connect_timeout {
            0 => policy.timeout,
            milliseconds => milliseconds,
        };
        Some(Self {
            pipes,
            pool,
            patience: PATIENCE,
            connect_timeout: Duration::from_millis(connect.max(1).into()),
            idle_timeout: (policy.idle_timeout > 0)
                .then(|| Duration::from_millis(policy.idle_timeout.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_paths_stay_within_the_connections_of_a_node() {
        for max in 1..600 {
            let mut policy = ClientPolicy {
                max_conns_per_node: max,
                min_conns_per_node: max,
                ..ClientPolicy::default()
            };
            match Plan::share(&mut policy, true) {
                None => assert!(max < LEAST && policy.max_conns_per_node == max),
                Some(plan) => {
                    assert!(plan.pipes >= 1 && plan.pool >= 1 && policy.max_conns_per_node >= 2);
                    assert_eq!(policy.max_conns_per_node + plan.pipes + plan.pool, max);
                    assert!(policy.min_conns_per_node <= policy.max_conns_per_node);
                }
            }
        }
    }

    #[test]
    fn logins_and_wishes_keep_core() {
        let mut policy = ClientPolicy {
            auth_mode: AuthMode::Internal("u".into(), "p".into()),
            ..ClientPolicy::default()
        };
        let before = policy.clone();
        assert_eq!(Plan::share(&mut policy, true), None);
        assert_eq!(policy, before);
        assert_eq!(Plan::share(&mut ClientPolicy::default(), false), None);
    }
}
