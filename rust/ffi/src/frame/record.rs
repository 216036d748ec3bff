//! Commands on one record, by what they do to it.

use aerospike_wire::read::Want;

use super::{BinList, BinWrite, Request, Selection};
use crate::key::KeyRef;
use crate::operation::Operations;
use crate::policy::{Policy, WriteBlock};

impl<'a> Request<'a> {
    /// A command that writes one record, unless it calls a function.
    pub(crate) fn write(&self) -> Option<Write<'a>> {
        let (policy, write, key, change) = match self {
            Self::Write {
                how,
                policy,
                write,
                key,
                bins,
            } => (policy, write, key, Change::Bins(*how, *bins)),
            Self::Remove { policy, write, key } => (policy, write, key, Change::Removal),
            Self::Touch { policy, write, key } => (policy, write, key, Change::Touch),
            Self::Operate {
                policy,
                write,
                key,
                operations,
            } => (policy, write, key, Change::Operations(*operations)),
            _ => return None,
        };
        Some(Write {
            policy: *policy,
            write: *write,
            key: *key,
            change,
        })
    }

    /// A command that reads one record.
    pub(crate) fn read(&self) -> Option<Read<'a>> {
        let (policy, key, wants) = match self {
            Self::Get { policy, key, bins } => (policy, key, Wants::Record(*bins)),
            Self::Exists { policy, key } => (policy, key, Wants::Existence),
            Self::Operate {
                policy,
                write,
                key,
                operations,
            } if operations.len() > 0 && !operations.writes() => {
                (policy, key, Wants::Results(*operations, *write))
            }
            _ => return None,
        };
        Some(Read {
            policy: *policy,
            key: *key,
            wants,
        })
    }
}

/// What a read is to answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wants<'a> {
    /// Whether there is a record.
    Existence,
    /// A record with these bins.
    Record(Selection<'a>),
    /// A record, and one result for each of these operations, which all read.
    Results(Operations<'a>, WriteBlock),
}

impl<'a> Wants<'a> {
    /// The bins that are asked for, unless it takes operations to ask.
    pub(crate) fn bins(self) -> Option<Selection<'a>> {
        match self {
            Self::Existence => Some(Selection::None),
            Self::Record(bins) => Some(bins),
            Self::Results(..) => None,
        }
    }

    /// What the direct path asks for: `out` takes the encoded operations. `None` where core has to look at them.
    pub(crate) fn to_want(self, out: &mut Vec<u8>) -> Option<Want<'_>> {
        match self {
            Self::Existence => Some(Want::Header),
            Self::Record(bins) => bins.to_want(out),
            Self::Results(operations, _) => operations.to_want(out),
        }
    }
}

/// A read of one record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Read<'a> {
    pub(crate) policy: Policy<'a>,
    pub(crate) key: KeyRef<'a>,
    pub(crate) wants: Wants<'a>,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'a> {
    Bins(BinWrite, BinList<'a>),
    /// Operations of which one writes, or none at all.
    Operations(Operations<'a>),
    Removal,
    Touch,
}

/// A write of one record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Write<'a> {
    pub(crate) policy: Policy<'a>,
    pub(crate) write: WriteBlock,
    pub(crate) key: KeyRef<'a>,
    pub(crate) change: Change<'a>,
}
