//! The table of result codes, the one source for Rust and TypeScript.
//!
//! Codes 0 to 255 come from the server. Names are those of the C and Node clients without their `ERR_` prefix, because
//! users know them from there; so are the client codes -1 to -20. Codes from -1000 downwards exist only in this project.

/// Every known code as `(code, name, short description)`, in ascending order of the code.
pub const RESULT_CODES: &[(i32, &str, &str)] = &[
    (
        -1006,
        "BACKPRESSURE",
        "too many commands are queued in this client",
    ),
    (
        -1005,
        "QUEUE_TIMEOUT",
        "the command waited too long in this client's queue",
    ),
    (-1004, "CANCELLED", "the command was cancelled"),
    (-1003, "CLOSED", "the client is closed"),
    (
        -1002,
        "ABI",
        "the native library's ABI version is not the expected one",
    ),
    (-1001, "LIBRARY", "the native library could not be loaded"),
    (-1000, "INTERNAL", "an internal error of the client"),
    (
        -20,
        "METRICS_CONFLICT",
        "metrics are controlled by the dynamic configuration",
    ),
    (
        -19,
        "TXN_ALREADY_ABORTED",
        "the transaction was already aborted",
    ),
    (
        -18,
        "TXN_ALREADY_COMMITTED",
        "the transaction was already committed",
    ),
    (-17, "TXN_FAILED", "the transaction failed"),
    (-16, "BATCH_FAILED", "one or more keys failed in a batch"),
    (
        -15,
        "NO_RESPONSE",
        "no response was received from the server",
    ),
    (
        -14,
        "MAX_ERROR_RATE",
        "the node's error rate limit was reached",
    ),
    (
        -13,
        "USE_NORMAL_RETRY",
        "the batch falls back to retrying by node",
    ),
    (
        -12,
        "MAX_RETRIES_EXCEEDED",
        "the command ran out of retries",
    ),
    (
        -11,
        "ASYNC_QUEUE_FULL",
        "the queue of delayed commands is full",
    ),
    (-10, "CONNECTION", "the connection failed"),
    (-9, "TLS_ERROR", "the TLS handshake or transport failed"),
    (
        -8,
        "INVALID_NODE",
        "the node is not active or could not be found",
    ),
    (
        -7,
        "NO_MORE_CONNECTIONS",
        "the node's connection limit was reached",
    ),
    (-6, "ASYNC_CONNECTION", "the asynchronous connection failed"),
    (-5, "CLIENT_ABORT", "the query was aborted by the caller"),
    (-4, "INVALID_HOST", "the host name could not be resolved"),
    (-3, "NO_MORE_RECORDS", "there are no more records"),
    (-2, "PARAM", "an argument is invalid"),
    (-1, "CLIENT", "a generic error of the client"),
    (0, "OK", "success"),
    (1, "SERVER", "a generic error of the server"),
    (2, "RECORD_NOT_FOUND", "the record does not exist"),
    (
        3,
        "RECORD_GENERATION",
        "the record's generation is not the expected one",
    ),
    (
        4,
        "REQUEST_INVALID",
        "the request or one of its fields is invalid",
    ),
    (5, "RECORD_EXISTS", "the record already exists"),
    (6, "BIN_EXISTS", "the bin already exists"),
    (
        7,
        "CLUSTER_CHANGE",
        "the cluster changed during the command",
    ),
    (
        8,
        "SERVER_FULL",
        "the server is out of memory or storage space",
    ),
    (9, "TIMEOUT", "the command timed out"),
    (
        10,
        "ALWAYS_FORBIDDEN",
        "the command is not allowed in the server's configuration",
    ),
    (11, "CLUSTER", "the partition is unavailable"),
    (
        12,
        "BIN_INCOMPATIBLE_TYPE",
        "the operation does not fit the bin's type",
    ),
    (
        13,
        "RECORD_TOO_BIG",
        "the record is larger than the namespace allows",
    ),
    (
        14,
        "RECORD_BUSY",
        "too many commands run on the same record",
    ),
    (15, "SCAN_ABORTED", "the scan was aborted"),
    (
        16,
        "UNSUPPORTED_FEATURE",
        "the server does not support this feature",
    ),
    (17, "BIN_NOT_FOUND", "the bin does not exist"),
    (
        18,
        "DEVICE_OVERLOAD",
        "the storage device cannot keep up with the writes",
    ),
    (
        19,
        "RECORD_KEY_MISMATCH",
        "the key that was sent is not the record's stored key",
    ),
    (20, "NAMESPACE_NOT_FOUND", "the namespace does not exist"),
    (
        21,
        "BIN_NAME",
        "the bin name is too long or there are too many bin names",
    ),
    (
        22,
        "FAIL_FORBIDDEN",
        "the command is not allowed at this time",
    ),
    (23, "FAIL_ELEMENT_NOT_FOUND", "the element does not exist"),
    (24, "FAIL_ELEMENT_EXISTS", "the element already exists"),
    (
        25,
        "ENTERPRISE_ONLY",
        "the feature needs the enterprise edition",
    ),
    (
        26,
        "OP_NOT_APPLICABLE",
        "the operation cannot be applied to the bin's value",
    ),
    (27, "FILTERED_OUT", "the filter expression was false"),
    (28, "LOST_CONFLICT", "the write lost a conflict to XDR"),
    (29, "INVALID_ENCODING", "a string is not valid UTF-8"),
    (
        32,
        "XDR_KEY_BUSY",
        "the write waits for XDR to finish shipping",
    ),
    (50, "QUERY_END", "there are no more records for the query"),
    (
        51,
        "SECURITY_NOT_SUPPORTED",
        "the server does not support security",
    ),
    (
        52,
        "SECURITY_NOT_ENABLED",
        "security is not enabled on the server",
    ),
    (
        53,
        "SECURITY_SCHEME_NOT_SUPPORTED",
        "the security scheme is not supported",
    ),
    (
        54,
        "INVALID_COMMAND",
        "the administration command is invalid",
    ),
    (55, "INVALID_FIELD", "the administration field is invalid"),
    (
        56,
        "ILLEGAL_STATE",
        "the security protocol was not followed",
    ),
    (60, "INVALID_USER", "the user name is invalid"),
    (61, "USER_ALREADY_EXISTS", "the user already exists"),
    (62, "INVALID_PASSWORD", "the password is invalid"),
    (63, "EXPIRED_PASSWORD", "the password has expired"),
    (64, "FORBIDDEN_PASSWORD", "the password is not allowed"),
    (65, "INVALID_CREDENTIAL", "the credential is invalid"),
    (66, "EXPIRED_SESSION", "the login session has expired"),
    (70, "INVALID_ROLE", "the role name is invalid"),
    (71, "ROLE_ALREADY_EXISTS", "the role already exists"),
    (72, "INVALID_PRIVILEGE", "the privilege is invalid"),
    (
        73,
        "INVALID_WHITELIST",
        "the list of allowed addresses is invalid",
    ),
    (
        74,
        "QUOTAS_NOT_ENABLED",
        "quotas are not enabled on the server",
    ),
    (75, "INVALID_QUOTA", "the quota is invalid"),
    (80, "NOT_AUTHENTICATED", "the user is not authenticated"),
    (
        81,
        "ROLE_VIOLATION",
        "the user lacks the role for this command",
    ),
    (82, "NOT_WHITELISTED", "the client's address is not allowed"),
    (83, "QUOTA_EXCEEDED", "the user's quota is exceeded"),
    (100, "UDF", "the user-defined function failed"),
    (120, "MRT_BLOCKED", "another transaction holds the record"),
    (
        121,
        "MRT_VERSION_MISMATCH",
        "a record changed outside of the transaction",
    ),
    (122, "MRT_EXPIRED", "the transaction expired"),
    (
        123,
        "MRT_TOO_MANY_WRITES",
        "the transaction has more than 4096 writes",
    ),
    (
        124,
        "MRT_COMMITTED",
        "the transaction was already committed",
    ),
    (125, "MRT_ABORTED", "the transaction was already aborted"),
    (
        126,
        "MRT_ALREADY_LOCKED",
        "the record is already locked by this transaction",
    ),
    (
        127,
        "MRT_MONITOR_EXISTS",
        "the transaction was already started",
    ),
    (150, "BATCH_DISABLED", "batches are disabled on the server"),
    (
        151,
        "BATCH_MAX_REQUESTS_EXCEEDED",
        "the batch has more keys than the server allows",
    ),
    (
        152,
        "BATCH_QUEUES_FULL",
        "the server's batch queues are full",
    ),
    (
        160,
        "GEO_INVALID_GEOJSON",
        "the GeoJSON is invalid or not supported",
    ),
    (200, "INDEX_FOUND", "the index already exists"),
    (201, "INDEX_NOT_FOUND", "the index does not exist"),
    (202, "INDEX_OOM", "the index is out of memory"),
    (203, "INDEX_NOT_READABLE", "the index cannot be read yet"),
    (204, "INDEX", "a generic error of the index"),
    (205, "INDEX_NAME_MAXLEN", "the index name is too long"),
    (206, "INDEX_MAXCOUNT", "there are too many indexes"),
    (210, "QUERY_ABORTED", "the query was aborted"),
    (211, "QUERY_QUEUE_FULL", "the query queue is full"),
    (212, "QUERY_TIMEOUT", "the query timed out on the server"),
    (213, "QUERY", "a generic error of the query"),
    (
        214,
        "QUERY_NETIO_ERR",
        "the query's network I/O failed on the server",
    ),
    (
        215,
        "QUERY_DUPLICATE",
        "the query's task id is already in use",
    ),
    (
        1301,
        "UDF_NOT_FOUND",
        "the user-defined function does not exist",
    ),
    (1302, "LUA_FILE_NOT_FOUND", "the Lua file does not exist"),
];

/// Named constants for the codes that code of this workspace refers to.
pub mod code {
    /// Too many commands are queued in this client.
    pub const BACKPRESSURE: i32 = -1006;
    /// The command waited too long in this client's queue.
    pub const QUEUE_TIMEOUT: i32 = -1005;
    /// The command was cancelled.
    pub const CANCELLED: i32 = -1004;
    /// The client is closed.
    pub const CLOSED: i32 = -1003;
    /// The native library's ABI version is not the expected one.
    pub const ABI: i32 = -1002;
    /// The native library could not be loaded.
    pub const LIBRARY: i32 = -1001;
    /// An internal error of the client.
    pub const INTERNAL: i32 = -1000;
    /// Metrics are controlled by the dynamic configuration.
    pub const METRICS_CONFLICT: i32 = -20;
    /// The transaction was already aborted.
    pub const TXN_ALREADY_ABORTED: i32 = -19;
    /// The transaction was already committed.
    pub const TXN_ALREADY_COMMITTED: i32 = -18;
    /// The transaction failed.
    pub const TXN_FAILED: i32 = -17;
    /// One or more keys failed in a batch.
    pub const BATCH_FAILED: i32 = -16;
    /// No response was received from the server.
    pub const NO_RESPONSE: i32 = -15;
    /// The node's error rate limit was reached.
    pub const MAX_ERROR_RATE: i32 = -14;
    /// The batch falls back to retrying by node.
    pub const USE_NORMAL_RETRY: i32 = -13;
    /// The command ran out of retries.
    pub const MAX_RETRIES_EXCEEDED: i32 = -12;
    /// The queue of delayed commands is full.
    pub const ASYNC_QUEUE_FULL: i32 = -11;
    /// The connection failed.
    pub const CONNECTION: i32 = -10;
    /// The TLS handshake or transport failed.
    pub const TLS_ERROR: i32 = -9;
    /// The node is not active or could not be found.
    pub const INVALID_NODE: i32 = -8;
    /// The node's connection limit was reached.
    pub const NO_MORE_CONNECTIONS: i32 = -7;
    /// The asynchronous connection failed.
    pub const ASYNC_CONNECTION: i32 = -6;
    /// The query was aborted by the caller.
    pub const CLIENT_ABORT: i32 = -5;
    /// The host name could not be resolved.
    pub const INVALID_HOST: i32 = -4;
    /// There are no more records.
    pub const NO_MORE_RECORDS: i32 = -3;
    /// An argument is invalid.
    pub const PARAM: i32 = -2;
    /// A generic error of the client.
    pub const CLIENT: i32 = -1;
    /// Success.
    pub const OK: i32 = 0;
    /// A generic error of the server.
    pub const SERVER: i32 = 1;
    /// The record does not exist.
    pub const RECORD_NOT_FOUND: i32 = 2;
    /// The record's generation is not the expected one.
    pub const RECORD_GENERATION: i32 = 3;
    /// The request or one of its fields is invalid.
    pub const REQUEST_INVALID: i32 = 4;
    /// The record already exists.
    pub const RECORD_EXISTS: i32 = 5;
    /// The bin already exists.
    pub const BIN_EXISTS: i32 = 6;
    /// The cluster changed during the command.
    pub const CLUSTER_CHANGE: i32 = 7;
    /// The server is out of memory or storage space.
    pub const SERVER_FULL: i32 = 8;
    /// The command timed out.
    pub const TIMEOUT: i32 = 9;
    /// The command is not allowed in the server's configuration.
    pub const ALWAYS_FORBIDDEN: i32 = 10;
    /// The partition is unavailable.
    pub const CLUSTER: i32 = 11;
    /// The operation does not fit the bin's type.
    pub const BIN_INCOMPATIBLE_TYPE: i32 = 12;
    /// The record is larger than the namespace allows.
    pub const RECORD_TOO_BIG: i32 = 13;
    /// Too many commands run on the same record.
    pub const RECORD_BUSY: i32 = 14;
    /// The scan was aborted.
    pub const SCAN_ABORTED: i32 = 15;
    /// The server does not support this feature.
    pub const UNSUPPORTED_FEATURE: i32 = 16;
    /// The bin does not exist.
    pub const BIN_NOT_FOUND: i32 = 17;
    /// The storage device cannot keep up with the writes.
    pub const DEVICE_OVERLOAD: i32 = 18;
    /// The key that was sent is not the record's stored key.
    pub const RECORD_KEY_MISMATCH: i32 = 19;
    /// The namespace does not exist.
    pub const NAMESPACE_NOT_FOUND: i32 = 20;
    /// The bin name is too long or there are too many bin names.
    pub const BIN_NAME: i32 = 21;
    /// The command is not allowed at this time.
    pub const FAIL_FORBIDDEN: i32 = 22;
    /// The element does not exist.
    pub const FAIL_ELEMENT_NOT_FOUND: i32 = 23;
    /// The element already exists.
    pub const FAIL_ELEMENT_EXISTS: i32 = 24;
    /// The feature needs the enterprise edition.
    pub const ENTERPRISE_ONLY: i32 = 25;
    /// The operation cannot be applied to the bin's value.
    pub const OP_NOT_APPLICABLE: i32 = 26;
    /// The filter expression was false.
    pub const FILTERED_OUT: i32 = 27;
    /// The write lost a conflict to XDR.
    pub const LOST_CONFLICT: i32 = 28;
    /// A string is not valid UTF-8.
    pub const INVALID_ENCODING: i32 = 29;
    /// The write waits for XDR to finish shipping.
    pub const XDR_KEY_BUSY: i32 = 32;
    /// There are no more records for the query.
    pub const QUERY_END: i32 = 50;
    /// The server does not support security.
    pub const SECURITY_NOT_SUPPORTED: i32 = 51;
    /// Security is not enabled on the server.
    pub const SECURITY_NOT_ENABLED: i32 = 52;
    /// The security scheme is not supported.
    pub const SECURITY_SCHEME_NOT_SUPPORTED: i32 = 53;
    /// The administration command is invalid.
    pub const INVALID_COMMAND: i32 = 54;
    /// The administration field is invalid.
    pub const INVALID_FIELD: i32 = 55;
    /// The security protocol was not followed.
    pub const ILLEGAL_STATE: i32 = 56;
    /// The user name is invalid.
    pub const INVALID_USER: i32 = 60;
    /// The user already exists.
    pub const USER_ALREADY_EXISTS: i32 = 61;
    /// The password is invalid.
    pub const INVALID_PASSWORD: i32 = 62;
    /// The password has expired.
    pub const EXPIRED_PASSWORD: i32 = 63;
    /// The password is not allowed.
    pub const FORBIDDEN_PASSWORD: i32 = 64;
    /// The credential is invalid.
    pub const INVALID_CREDENTIAL: i32 = 65;
    /// The login session has expired.
    pub const EXPIRED_SESSION: i32 = 66;
    /// The role name is invalid.
    pub const INVALID_ROLE: i32 = 70;
    /// The role already exists.
    pub const ROLE_ALREADY_EXISTS: i32 = 71;
    /// The privilege is invalid.
    pub const INVALID_PRIVILEGE: i32 = 72;
    /// The list of allowed addresses is invalid.
    pub const INVALID_WHITELIST: i32 = 73;
    /// Quotas are not enabled on the server.
    pub const QUOTAS_NOT_ENABLED: i32 = 74;
    /// The quota is invalid.
    pub const INVALID_QUOTA: i32 = 75;
    /// The user is not authenticated.
    pub const NOT_AUTHENTICATED: i32 = 80;
    /// The user lacks the role for this command.
    pub const ROLE_VIOLATION: i32 = 81;
    /// The client's address is not allowed.
    pub const NOT_WHITELISTED: i32 = 82;
    /// The user's quota is exceeded.
    pub const QUOTA_EXCEEDED: i32 = 83;
    /// The user-defined function failed.
    pub const UDF: i32 = 100;
    /// Another transaction holds the record.
    pub const MRT_BLOCKED: i32 = 120;
    /// A record changed outside of the transaction.
    pub const MRT_VERSION_MISMATCH: i32 = 121;
    /// The transaction expired.
    pub const MRT_EXPIRED: i32 = 122;
    /// The transaction has more than 4096 writes.
    pub const MRT_TOO_MANY_WRITES: i32 = 123;
    /// The transaction was already committed.
    pub const MRT_COMMITTED: i32 = 124;
    /// The transaction was already aborted.
    pub const MRT_ABORTED: i32 = 125;
    /// The record is already locked by this transaction.
    pub const MRT_ALREADY_LOCKED: i32 = 126;
    /// The transaction was already started.
    pub const MRT_MONITOR_EXISTS: i32 = 127;
    /// Batches are disabled on the server.
    pub const BATCH_DISABLED: i32 = 150;
    /// The batch has more keys than the server allows.
    pub const BATCH_MAX_REQUESTS_EXCEEDED: i32 = 151;
    /// The server's batch queues are full.
    pub const BATCH_QUEUES_FULL: i32 = 152;
    /// The GeoJSON is invalid or not supported.
    pub const GEO_INVALID_GEOJSON: i32 = 160;
    /// The index already exists.
    pub const INDEX_FOUND: i32 = 200;
    /// The index does not exist.
    pub const INDEX_NOT_FOUND: i32 = 201;
    /// The index is out of memory.
    pub const INDEX_OOM: i32 = 202;
    /// The index cannot be read yet.
    pub const INDEX_NOT_READABLE: i32 = 203;
    /// A generic error of the index.
    pub const INDEX: i32 = 204;
    /// The index name is too long.
    pub const INDEX_NAME_MAXLEN: i32 = 205;
    /// There are too many indexes.
    pub const INDEX_MAXCOUNT: i32 = 206;
    /// The query was aborted.
    pub const QUERY_ABORTED: i32 = 210;
    /// The query queue is full.
    pub const QUERY_QUEUE_FULL: i32 = 211;
    /// The query timed out on the server.
    pub const QUERY_TIMEOUT: i32 = 212;
    /// A generic error of the query.
    pub const QUERY: i32 = 213;
    /// The query's network I/O failed on the server.
    pub const QUERY_NETIO_ERR: i32 = 214;
    /// The query's task id is already in use.
    pub const QUERY_DUPLICATE: i32 = 215;
    /// The user-defined function does not exist.
    pub const UDF_NOT_FOUND: i32 = 1301;
    /// The Lua file does not exist.
    pub const LUA_FILE_NOT_FOUND: i32 = 1302;
}

/// The row of a code, when it is known.
#[must_use]
pub fn lookup(code: i32) -> Option<(&'static str, &'static str)> {
    RESULT_CODES
        .binary_search_by_key(&code, |row| row.0)
        .ok()
        .map(|at| (RESULT_CODES[at].1, RESULT_CODES[at].2))
}

/// The name of a code, or `UNKNOWN`.
#[must_use]
pub fn name(code: i32) -> &'static str {
    lookup(code).map_or("UNKNOWN", |row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_names_are_unique() {
        assert!(RESULT_CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let mut names: Vec<_> = RESULT_CODES.iter().map(|row| row.1).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RESULT_CODES.len());
    }

    #[test]
    fn lookup_finds_both_ends() {
        assert_eq!(name(code::BACKPRESSURE), "BACKPRESSURE");
        assert_eq!(name(2), "RECORD_NOT_FOUND");
        assert_eq!(name(code::LUA_FILE_NOT_FOUND), "LUA_FILE_NOT_FOUND");
        assert_eq!(name(99), "UNKNOWN");
    }
}
