//! Seeds: which of the configured hosts answer. Core tries them one after the other and waits for each that does not.

use std::io::ErrorKind;
use std::time::Duration;

use aerospike_core::Host;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

/// How long the first seed that answers waits for others.
const COMPANY: Duration = Duration::from_millis(50);

/// A seed that cannot be reached, and why.
#[derive(Debug)]
pub(crate) struct Unreachable {
    pub(crate) host: Host,
    pub(crate) reason: String,
}

/// Tries all seeds side by side: those that accept a connection, soonest first, and those that do not.
pub(crate) async fn probe(hosts: &[Host], bound: Duration) -> (Vec<Host>, Vec<Unreachable>) {
    let mut attempts = JoinSet::new();
    for host in hosts {
        let host = host.clone();
        attempts.spawn(async move {
            let outcome = attempt(&host, bound).await;
            (host, outcome)
        });
    }
    let (mut reached, mut unreachable) = (Vec::new(), Vec::new());
    let mut until = Instant::now() + bound + COMPANY;
    while let Ok(Some(result)) = timeout_at(until, attempts.join_next()).await {
        match result {
            Ok((host, Ok(()))) => {
                reached.push(host);
                until = until.min(Instant::now() + COMPANY);
            }
            Ok((host, Err(reason))) => unreachable.push(Unreachable { host, reason }),
            Err(_) => {}
        }
    }
    (reached, unreachable)
}

async fn attempt(host: &Host, bound: Duration) -> Result<(), String> {
    match timeout(bound, TcpStream::connect((host.name.as_str(), host.port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(match error.kind() {
            ErrorKind::ConnectionRefused => "connection refused".into(),
            ErrorKind::TimedOut => "timed out".into(),
            // Names that do not resolve have no kind of their own.
            _ if error.raw_os_error().is_none() => "the host name could not be resolved".into(),
            _ => error.to_string(),
        }),
        Err(_) => Err(format!("no connection within {} ms", bound.as_millis())),
    }
}
