//! Failures: core's errors, in the Node client's numbers, as JSON of bounded size without user data.

use std::borrow::Cow;

use aerospike_core::{Error, ErrorKind};
use aerospike_wire::result_code::RESULT_CODES;
use serde::Serialize;

/// Upper bound of an error's payload.
pub(crate) const MAX_PAYLOAD: usize = 2048;

pub(crate) const NOT_FOUND: i32 = 2;
pub(crate) const FILTERED_OUT: i32 = 27;
pub(crate) const TIMEOUT: i32 = 9;
pub(crate) const PARTITION_UNAVAILABLE: i32 = 11;
pub(crate) const KEY_BUSY: i32 = 14;
pub(crate) const DEVICE_OVERLOAD: i32 = 18;
pub(crate) const INVALID_NAMESPACE: i32 = 20;
/// A TTL where the namespace does not expire records, among other things.
pub(crate) const FORBIDDEN: i32 = 22;
const UDF: i32 = 100;
pub(crate) const CLIENT: i32 = -1;
pub(crate) const PARAM: i32 = -2;
const ABORT: i32 = -5;
const NO_CONNECTIONS: i32 = -7;
pub(crate) const INVALID_NODE: i32 = -8;
const TLS: i32 = -9;
pub(crate) const CONNECTION: i32 = -10;
const MAX_RETRIES: i32 = -12;
const MAX_ERROR_RATE: i32 = -14;
pub(crate) const INTERNAL: i32 = -1000;
pub(crate) const CLOSED: i32 = -1003;
pub(crate) const CANCELLED: i32 = -1004;
pub(crate) const QUEUE_TIMEOUT: i32 = -1005;

/// Core's client codes, which are Java's.
const CORE_MAX_RETRIES: i32 = -11;

const SUB_ERRORS: usize = 5;

/// How far a command had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// It waited for its turn in this client.
    Queue,
    /// It waited for a connection to the cluster.
    Connect,
    /// It was, or may have been, on its way to a node.
    Command,
}

/// A command that failed.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// The result code; it stands in the record's header.
    #[serde(skip)]
    pub(crate) code: i32,
    /// What went wrong, for people.
    pub(crate) message: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) node: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) in_doubt: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) sent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<Phase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) iteration: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sub_errors: Vec<SubError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subcode: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server_message: Option<String>,
}

/// What an earlier attempt of a command failed with.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SubError {
    code: i32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_false(value: &bool) -> bool {
    !*value
}

/// The short description of a code.
pub(crate) fn describe(code: i32) -> &'static str {
    match RESULT_CODES.binary_search_by_key(&code, |entry| entry.0) {
        Ok(index) => RESULT_CODES[index].2,
        Err(_) => "an unknown result code",
    }
}

/// Cuts at a character and takes control characters out, which would multiply in JSON.
fn bounded(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max));
    for character in text.trim().chars() {
        let character = if character.is_control() {
            ' '
        } else {
            character
        };
        if out.len() + character.len_utf8() > max {
            break;
        }
        out.push(character);
    }
    out
}

impl Failure {
    /// A failure of this client's own making.
    pub(crate) fn new(code: i32, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            ..Self::default()
        }
    }

    pub(crate) fn internal(message: &'static str) -> Self {
        Self::new(INTERNAL, message)
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(CANCELLED, describe(CANCELLED))
    }

    pub(crate) fn closed() -> Self {
        Self::new(CLOSED, describe(CLOSED))
    }

    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(PARAM, message)
    }

    pub(crate) fn in_phase(mut self, phase: Phase) -> Self {
        self.phase = Some(phase);
        self
    }

    /// From an error of core. `writes` says whether the command may have changed the record.
    pub(crate) fn from_core(error: &Error, writes: bool) -> Self {
        let cause = significant(error);
        let mut failure = Self::new(code(cause), message(error, cause));
        failure.node = cause
            .node()
            .or_else(|| error.node())
            .map(|node| bounded(node, 120));
        // The cause knows better: around a server's refusal, running out of retries is in doubt by being the client's.
        // Nor is a function that failed: core takes that for a failure of the client's.
        let failed = matches!(cause.kind(), ErrorKind::UdfBadResponse)
            && error.iteration().is_none_or(|attempt| attempt <= 1);
        failure.in_doubt = writes && cause.in_doubt() && !failed;
        failure.sent = failure.in_doubt || sent(cause);
        failure.phase = match cause.kind() {
            ErrorKind::Timeout => Some(Phase::Command),
            ErrorKind::Connection
            | ErrorKind::ConnectionPoolEmpty
            | ErrorKind::NoMoreConnections => Some(Phase::Connect),
            _ => None,
        };
        failure.iteration = error.iteration();
        failure.sub_errors = error
            .sub_errors()
            .iter()
            .take(SUB_ERRORS)
            .map(SubError::from_core)
            .collect();
        failure.subcode = Some(error.sub_code()).filter(|subcode| *subcode != 0);
        failure.server_message = error.server_message().map(|text| bounded(text, 300));
        failure
    }

    /// The payload: below [`MAX_PAYLOAD`] bytes, whatever the parts are.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut bounded_self = self.clone();
        bounded_self.message = bounded(&self.message, 700).into();
        let mut json = serde_json::to_vec(&bounded_self).unwrap_or_default();
        if json.len() >= MAX_PAYLOAD {
            bounded_self.sub_errors.clear();
            json = serde_json::to_vec(&bounded_self).unwrap_or_default();
        }
        if json.len() >= MAX_PAYLOAD {
            // Backslashes and quotes at worst double what is left.
            bounded_self.message = bounded(&self.message, 400).into();
            bounded_self.server_message = None;
            json = serde_json::to_vec(&bounded_self).unwrap_or_default();
        }
        json
    }

    /// What a batch says about one row.
    pub(crate) fn to_row_json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct RowError<'a> {
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            node: Option<&'a str>,
        }
        let message = bounded(&self.message, 400);
        serde_json::to_vec(&RowError {
            message: &message,
            node: self.node.as_deref(),
        })
        .unwrap_or_default()
    }
}

impl SubError {
    fn from_core(error: &Error) -> Self {
        let cause = significant(error);
        Self {
            code: code(cause),
            message: bounded(&message(error, cause), 120),
            node: cause
                .node()
                .or_else(|| error.node())
                .map(|node| bounded(node, 60)),
        }
    }
}

/// The error that says what happened: core wraps it in "out of retries" and in notes on what it was doing.
fn significant(error: &Error) -> &Error {
    let mut error = error;
    while let Some(cause) = error.cause() {
        let wraps =
            error.result_code() == CORE_MAX_RETRIES || matches!(error.kind(), ErrorKind::Client);
        if !wraps {
            break;
        }
        error = cause;
    }
    error
}

/// The Node client's number for an error of core.
fn code(error: &Error) -> i32 {
    match error.kind() {
        ErrorKind::Server { .. } => error.result_code(),
        ErrorKind::Timeout if error.result_code() == CORE_MAX_RETRIES => MAX_RETRIES,
        ErrorKind::Timeout => TIMEOUT,
        ErrorKind::Connection if error.base_message().contains("TLS") => TLS,
        ErrorKind::Connection => CONNECTION,
        ErrorKind::ConnectionPoolEmpty | ErrorKind::NoMoreConnections => NO_CONNECTIONS,
        ErrorKind::MaxErrorRate => MAX_ERROR_RATE,
        ErrorKind::InvalidNode => INVALID_NODE,
        ErrorKind::InvalidNamespace => INVALID_NAMESPACE,
        ErrorKind::InvalidArgument => PARAM,
        ErrorKind::UdfBadResponse => UDF,
        ErrorKind::StreamTerminated => ABORT,
        // NO_RESPONSE to TXN_ALREADY_ABORTED have the same numbers in both.
        _ if (-19..=-15).contains(&error.result_code()) => error.result_code(),
        _ => CLIENT,
    }
}

/// Whether the command reached a node at all.
fn sent(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Server { .. }
        | ErrorKind::UdfBadResponse
        | ErrorKind::BadResponse
        | ErrorKind::InvalidUtf8(_) => true,
        // With a cause, it was a reply that did not come; without, a connection.
        ErrorKind::Timeout => error.cause().is_some(),
        _ => false,
    }
}

/// Core's text without the heading of its kind, which the code says already.
pub(crate) fn plain(text: &str) -> &str {
    const HEADINGS: [&str; 6] = [
        "Client Timeout: ",
        "Invalid argument: ",
        "Invalid cluster node: ",
        "Invalid namespace: ",
        "Bad Server Response: ",
        "Unable to communicate with server cluster: ",
    ];
    HEADINGS
        .iter()
        .find_map(|heading| text.strip_prefix(heading))
        .unwrap_or(text)
}

fn message(error: &Error, cause: &Error) -> String {
    let own = cause.base_message();
    let mut text = match cause.kind() {
        ErrorKind::Server { .. } | ErrorKind::MaxErrorRate | ErrorKind::NoMoreConnections => {
            describe(code(cause)).to_owned()
        }
        // The cause behind a time-out is worth more than the time-out.
        ErrorKind::Timeout => match cause.cause() {
            Some(inner) => format!("{} ({})", plain(&own), plain(&inner.base_message())),
            None => plain(&own).to_owned(),
        },
        _ => plain(&own).to_owned(),
    };
    if let Some(node) = cause.node().or_else(|| error.node()) {
        text = format!("{text} (node {node})");
    }
    bounded(&text, 700)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_this_client_have_a_description() {
        for code in [
            INTERNAL,
            CLOSED,
            CANCELLED,
            QUEUE_TIMEOUT,
            TIMEOUT,
            PARAM,
            CONNECTION,
            NOT_FOUND,
        ] {
            assert_ne!(describe(code), describe(12_345), "{code}");
        }
    }

    #[test]
    fn client_errors_get_the_node_clients_numbers() {
        let invalid = Error::invalid_argument("x").chain_error("Failed to prepare send buffer");
        assert_eq!(Failure::from_core(&invalid, false).code, PARAM);
        assert_eq!(
            Failure::from_core(&Error::client_error("x"), false).code,
            CLIENT
        );
        let io = Error::from(std::io::Error::other("x"));
        assert_eq!(Failure::from_core(&io, false).code, CLIENT);
    }

    #[test]
    fn payloads_are_bounded() {
        for character in ["\"", "\\", "\u{1}", "ü", "a"] {
            let long = character.repeat(10_000);
            let sub = SubError {
                code: -1,
                message: bounded(&long, 120),
                node: Some(bounded(&long, 60)),
            };
            let failure = Failure {
                message: long.clone().into(),
                node: Some(bounded(&long, 120)),
                sub_errors: vec![sub; SUB_ERRORS],
                server_message: Some(bounded(&long, 300)),
                iteration: Some(u32::MAX),
                subcode: Some(u32::MAX),
                in_doubt: true,
                sent: true,
                phase: Some(Phase::Command),
                ..Failure::default()
            };
            let json = failure.to_json();
            assert!(
                json.len() < MAX_PAYLOAD,
                "{} bytes of {character:?}",
                json.len()
            );
            serde_json::from_slice::<serde_json::Value>(&json).unwrap();
        }
    }

    #[test]
    fn optional_parts_are_left_out() {
        assert_eq!(Failure::new(-1, "no").to_json(), br#"{"message":"no"}"#);
        let failure = Failure {
            in_doubt: true,
            ..Failure::new(-1, "no")
        }
        .in_phase(Phase::Queue);
        assert_eq!(
            failure.to_json(),
            br#"{"message":"no","inDoubt":true,"phase":"queue"}"#
        );
    }
}
