//! An operation as it is sent: `[verb, arguments…]`. No path into a list or map goes before it.

use crate::collection::Arguments;
use crate::command::{Code, wire};
use aerospike_wire::msgpack::{Reader, Token};
use aerospike_wire::result_code::code;

pub(super) const INVALID: Code = wire(code::REQUEST_INVALID);

/// A parsed operation. Bytes behind it are of no meaning.
pub(super) struct Call<'a> {
    pub(super) verb: i64,
    pub(super) arguments: Arguments<'a>,
}

impl<'a> Call<'a> {
    pub(super) fn parse(packed: &'a [u8]) -> Result<Self, Code> {
        let mut reader = Reader::new(packed);
        let (Ok(Token::List(len @ 1..)), Ok(Token::Integer(verb))) =
            (reader.token(), reader.token())
        else {
            return Err(INVALID);
        };
        let arguments = Arguments::parse(&mut reader, len - 1)?;
        Ok(Self { verb, arguments })
    }
}

/// How a change is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags(u64);

impl Flags {
    const CREATE_ONLY: u64 = 1;
    const UPDATE_ONLY: u64 = 2;
    const NO_FAIL: u64 = 4;
    const PARTIAL: u64 = 8;
    /// What changes to the number of bytes can be asked for.
    pub(super) const OF_BYTES: u64 = Self::CREATE_ONLY | Self::UPDATE_ONLY | Self::NO_FAIL;
    /// What changes to bits can be asked for.
    pub(super) const OF_BITS: u64 = Self::UPDATE_ONLY | Self::NO_FAIL | Self::PARTIAL;
    /// What changes to a number can be asked for.
    pub(super) const OF_NUMBER: u64 = Self::UPDATE_ONLY | Self::NO_FAIL;

    pub(super) fn parse(arguments: &mut Arguments<'_>, allowed: u64) -> Result<Self, Code> {
        const NEVER: u64 = Flags::CREATE_ONLY | Flags::UPDATE_ONLY;
        match arguments.flags()? {
            flags if flags & !allowed != 0 || flags & NEVER == NEVER => Err(INVALID),
            flags => Ok(Self(flags)),
        }
    }

    pub(super) fn create_only(self) -> bool {
        self.0 & Self::CREATE_ONLY != 0
    }

    pub(super) fn update_only(self) -> bool {
        self.0 & Self::UPDATE_ONLY != 0
    }

    pub(super) fn no_fail(self) -> bool {
        self.0 & Self::NO_FAIL != 0
    }

    pub(super) fn partial(self) -> bool {
        self.0 & Self::PARTIAL != 0
    }
}
