//! What cannot be sent.

use aerospike_core::Error;

use crate::error::Failure;

/// Why an operation is not sent.
#[derive(Debug)]
pub(crate) struct Refused(String);

pub(super) type Result<T> = std::result::Result<T, Refused>;

pub(super) fn refused(what: impl Into<String>) -> Refused {
    Refused(what.into())
}

impl Refused {
    /// Says which operation it is.
    pub(super) fn at(self, index: usize) -> Self {
        Self(format!("operations[{index}]: {}", self.0))
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::invalid(refused.0)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::invalid_argument(refused.0)
    }
}
