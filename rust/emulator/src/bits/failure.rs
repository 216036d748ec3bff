use crate::command::Code;

/// Why an operation changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The operation makes no sense for the value.
    Wrong(Code),
    /// The operation is not done, which it may ask not to be told.
    Refused(Code),
}

impl Failure {
    pub(super) fn code(self) -> Code {
        match self {
            Self::Wrong(code) | Self::Refused(code) => code,
        }
    }
}
