//! The configuration of a cluster: the JSON of OPEN.

use std::collections::HashMap;
use std::time::Duration;

use aerospike_core::{AuthMode, ClientPolicy, Host};
use serde::Deserialize;

use crate::error::Failure;
use crate::tls::{self, TlsConfig};

const CONNECT_TIMEOUT_MS: u32 = 5000;

/// What `src/connect-options.ts` writes. Times are milliseconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Config {
    hosts: Vec<HostConfig>,
    connect_timeout: Option<u32>,
    socket_connect_timeout: Option<u32>,
    tend_timeout: Option<u32>,
    login_timeout: Option<u32>,
    idle_timeout: Option<u32>,
    min_conns_per_node: Option<usize>,
    max_conns_per_node: Option<usize>,
    conn_pools_per_node: Option<u8>,
    opening_connection_threshold: Option<usize>,
    fail_if_not_connected: Option<bool>,
    tend_interval: Option<u32>,
    cluster_name: Option<String>,
    auth: Option<AuthConfig>,
    tls: Option<TlsConfig>,
    rack_ids: Option<Vec<usize>>,
    ip_map: Option<HashMap<String, String>>,
    use_services_alternate: Option<bool>,
    application_id: Option<String>,
    custom_client_id: Option<String>,
    max_error_rate: Option<usize>,
    error_rate_window: Option<usize>,
    seed_only_cluster: Option<bool>,
    max_concurrent_commands: Option<usize>,
    command_queue_timeout: Option<u32>,
    read_path: Option<ReadPath>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum ReadPath {
    Direct,
    Core,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HostConfig {
    host: String,
    port: u16,
    tls_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuthConfig {
    mode: Mode,
    user: Option<String>,
    password: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    Internal,
    External,
    ExternalInsecure,
    Pki,
}

/// A configuration that core understands.
pub(crate) struct Settings {
    pub(crate) policy: ClientPolicy,
    pub(crate) hosts: Vec<Host>,
    /// The bound on OPEN as a whole.
    pub(crate) connect_timeout: Duration,
    /// `None`: as many as there may be connections.
    pub(crate) max_commands: Option<usize>,
    pub(crate) queue_timeout: Option<Duration>,
    /// Whether reads may take the direct path.
    pub(crate) direct: bool,
}

impl Settings {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, Failure> {
        let config: Config = serde_json::from_slice(json)
            .map_err(|error| Failure::invalid(explain(&error.to_string())))?;
        config.settings()
    }
}

/// serde quotes a value of the wrong type, which may be a password.
fn explain(error: &str) -> String {
    match error.split_once(", expected ") {
        Some((_, expected))
            if error.starts_with("invalid ") || error.starts_with("unknown variant ") =>
        {
            format!("the configuration has a member with a wrong value: expected {expected}")
        }
        _ => {
            // Without the list of what is known, and without the position in a text that the caller never saw.
            let what = error
                .split([','])
                .next()
                .and_then(|what| what.split(" at line ").next())
                .unwrap_or(error);
            format!(
                "the configuration is invalid: {}",
                what.replace("field", "member")
            )
        }
    }
}

impl Config {
    fn settings(self) -> Result<Settings, Failure> {
        if self.hosts.is_empty() {
            return Err(Failure::invalid("the configuration names no hosts"));
        }
        let tls = self.tls.is_some();
        let hosts = self
            .hosts
            .into_iter()
            .map(
                |HostConfig {
                     host,
                     port,
                     tls_name,
                 }| Host {
                    // The name that a certificate is checked against.
                    tls_name: tls_name.or_else(|| tls.then(|| host.clone())),
                    name: host,
                    port,
                },
            )
            .collect();
        let mut policy = ClientPolicy {
            application_id: self.application_id,
            ..ClientPolicy::default()
        };
        let or = |value: Option<u32>, default: u32| value.unwrap_or(default);
        policy.timeout = or(self.tend_timeout, policy.timeout);
        policy.connect_timeout = or(self.socket_connect_timeout, policy.connect_timeout);
        policy.login_timeout = or(self.login_timeout, policy.login_timeout);
        policy.idle_timeout = or(self.idle_timeout, policy.idle_timeout);
        policy.tend_interval = or(self.tend_interval, policy.tend_interval);
        policy.min_conns_per_node = self.min_conns_per_node.unwrap_or(policy.min_conns_per_node);
        policy.max_conns_per_node = self.max_conns_per_node.unwrap_or(policy.max_conns_per_node);
        policy.conn_pools_per_node = self
            .conn_pools_per_node
            .unwrap_or(policy.conn_pools_per_node);
        policy.opening_connection_threshold = self
            .opening_connection_threshold
            .unwrap_or(policy.opening_connection_threshold);
        policy.fail_if_not_connected = self
            .fail_if_not_connected
            .unwrap_or(policy.fail_if_not_connected);
        policy.max_error_rate = self.max_error_rate.unwrap_or(policy.max_error_rate);
        policy.error_rate_window = self.error_rate_window.unwrap_or(policy.error_rate_window);
        policy.use_services_alternate = self
            .use_services_alternate
            .unwrap_or(policy.use_services_alternate);
        policy.seed_only_cluster = self.seed_only_cluster.unwrap_or(policy.seed_only_cluster);
        policy.cluster_name = self.cluster_name.filter(|name| !name.is_empty());
        policy.custom_client_id = self.custom_client_id;
        policy.ip_map = self.ip_map;
        // Core refuses an empty list; it means no rack to prefer.
        policy.rack_ids = self.rack_ids.filter(|racks| !racks.is_empty());
        if policy.max_conns_per_node == 0 || policy.conn_pools_per_node == 0 {
            return Err(Failure::invalid(
                "maxConnsPerNode and connPoolsPerNode must be at least 1",
            ));
        }
        if let Some(auth) = self.auth {
            policy.auth_mode = auth.mode()?;
        }
        policy.tls_policy = self.tls.as_ref().map(tls::policy).transpose()?;
        Ok(Settings {
            policy,
            hosts,
            connect_timeout: Duration::from_millis(
                or(self.connect_timeout, CONNECT_TIMEOUT_MS).max(1).into(),
            ),
            max_commands: self
                .max_concurrent_commands
                .filter(|commands| *commands > 0),
            queue_timeout: self
                .command_queue_timeout
                .filter(|bound| *bound > 0)
                .map(|bound| Duration::from_millis(bound.into())),
            direct: self.read_path != Some(ReadPath::Core),
        })
    }
}

impl AuthConfig {
    fn mode(self) -> Result<AuthMode, Failure> {
        let credentials = || match (self.user, self.password) {
            (Some(user), Some(password)) => Ok((user, password)),
            _ => Err(Failure::invalid("auth needs a user and a password")),
        };
        Ok(match self.mode {
            Mode::Pki => AuthMode::Pki,
            Mode::Internal => {
                credentials().map(|(user, password)| AuthMode::Internal(user, password))?
            }
            Mode::External => {
                credentials().map(|(user, password)| AuthMode::External(user, password))?
            }
            Mode::ExternalInsecure => {
                credentials().map(|(user, password)| AuthMode::ExternalInsecure(user, password))?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(json: &str) -> String {
        Settings::parse(json.as_bytes())
            .err()
            .unwrap()
            .message
            .into_owned()
    }

    #[test]
    fn unknown_members_are_named() {
        let text = failure(r#"{"hosts":[{"host":"a","port":1}],"maxConns":1}"#);
        assert!(text.contains("unknown member `maxConns`"), "{text}");
    }

    #[test]
    fn values_are_not_quoted() {
        let text =
            failure(r#"{"hosts":[],"auth":{"mode":"internal","user":"u","password":12345}}"#);
        assert!(!text.contains("12345"), "{text}");
        let text = failure(r#"{"hosts":[],"auth":{"mode":"hunter2"}}"#);
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_certificate_is_checked_against_the_hosts_own_name_unless_another_is_given() {
        let names = |tls: &str| {
            let hosts = r#"[{"host":"a","port":1},{"host":"b","port":2,"tlsName":"c"}]"#;
            let settings = Settings::parse(format!(r#"{{"hosts":{hosts}{tls}}}"#).as_bytes());
            let hosts = settings.ok().unwrap().hosts.into_iter();
            hosts.map(|host| host.tls_name).collect::<Vec<_>>()
        };
        assert_eq!(names(""), [None, Some("c".to_owned())]);
        let named = [Some("a".to_owned()), Some("c".to_owned())];
        assert_eq!(names(r#","tls":{}"#), named);
    }

    #[test]
    fn absent_members_take_cores_defaults() {
        let settings = Settings::parse(br#"{"hosts":[{"host":"a","port":3000}],"rackIds":[]}"#)
            .ok()
            .unwrap();
        assert_eq!(settings.policy, ClientPolicy::default());
        assert_eq!(settings.max_commands, None);
        assert_eq!(settings.hosts, [Host::new("a", 3000)]);
    }
}
