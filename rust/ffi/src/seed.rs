//! Seeds: which of the configured hosts answer. Core tries them one after the other and waits for each that does not.

use std::io::ErrorKind;
use std::time::Duration;

use aerospike_core::Host;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// The info request for the node's name: version 2, type 1, length 5.
const QUESTION: &[u8] = b"\x02\x01\x00\x00\x00\x00\x00\x05node\n";
/// How long the first seed that answers waits for others.
const COMPANY: Duration = Duration::from_millis(50);

/// A seed that cannot be reached, and why.
#[derive(Debug)]
pub(crate) struct Unreachable {
    pub(crate) host: Host,
    pub(crate) reason: String,
}

/// Tries all seeds side by side: those that answer, soonest first, and those that do not. A `plain` one is asked for its
/// name; with TLS or a login to come, a connection is all that can be asked for here.
pub(crate) async fn probe(
    hosts: &[Host],
    plain: bool,
    bound: Duration,
) -> (Vec<Host>, Vec<Unreachable>) {
    let mut attempts = JoinSet::new();
    for host in hosts {
        let host = host.clone();
        attempts.spawn(async move {
            let outcome = attempt(&host, plain, bound).await;
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

async fn attempt(host: &Host, plain: bool, bound: Duration) -> Result<(), String> {
    let until = Instant::now() + bound;
    let mut stream =
        match timeout_at(until, TcpStream::connect((host.name.as_str(), host.port))).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(reason(&error)),
            Err(_) => return Err(format!("no connection within {} ms", bound.as_millis())),
        };
    if !plain {
        return Ok(());
    }
    let answer = async {
        stream.write_all(QUESTION).await?;
        stream.read_u8().await
    };
    match timeout_at(until, answer).await {
        // Whatever it says, core reads it better.
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) => Err("accepts connections, but ends them without an answer".into()),
        Err(_) => Err(format!(
            "accepts connections, but did not answer within {} ms",
            bound.as_millis()
        )),
    }
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused".into(),
        ErrorKind::TimedOut => "timed out".into(),
        // Names that do not resolve have no number of the system's.
        _ if error.raw_os_error().is_none() => "the host name could not be resolved".into(),
        _ => error.to_string(),
    }
}
