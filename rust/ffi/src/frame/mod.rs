//! Frames: what `submit` is given. Parsing borrows from the frame and allocates nothing, because it runs on the JS
//! thread; the task that executes a command parses again and builds what core needs.

mod batch;
mod record;

use std::ops::Range;
use std::sync::Arc;

use aerospike_wire::read::{self, Want};

use crate::columns::Schema;
use crate::key::KeyRef;
use crate::operation::Operations;
use crate::particle::Particle;
use crate::policy::{Policy, WriteBlock};
use crate::share::TOKEN;

pub(crate) use self::batch::{BatchBody, ReadTerms, Template};
pub(crate) use self::record::{Change, Read, Wants, Write};

/// Length of a frame's header.
pub(crate) const HEADER: usize = 24;

/// A frame that does not follow the ABI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

pub(crate) type Parsed<T> = Result<T, Malformed>;

/// Reads a frame from front to back and checks every length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, length: usize) -> Parsed<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Parsed<&'a [u8; N]> {
        let (head, tail) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn u8(&mut self) -> Parsed<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Parsed<u16> {
        Ok(u16::from_le_bytes(*self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Parsed<u32> {
        Ok(u32::from_le_bytes(*self.array()?))
    }

    pub(crate) fn zeros<const N: usize>(&mut self) -> Parsed<()> {
        if *self.array::<N>()? == [0; N] {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    pub(crate) fn text(&mut self, length: usize) -> Parsed<&'a str> {
        std::str::from_utf8(self.take(length)?).map_err(|_| Malformed)
    }

    /// A name: its length in one byte, then UTF-8.
    pub(crate) fn name(&mut self) -> Parsed<&'a str> {
        let length = self.u8()?;
        self.text(length.into())
    }

    pub(crate) fn particle(&mut self) -> Parsed<Particle<'a>> {
        let kind = self.u8()?;
        let length = self.u32()?;
        Particle::new(kind, self.take(length as usize)?)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// What `parse` consumed.
    pub(crate) fn span(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<()>) -> Parsed<&'a [u8]> {
        let before = self.0;
        parse(self)?;
        Ok(&before[..before.len() - self.0.len()])
    }

    fn end(&self) -> Parsed<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Malformed)
        }
    }
}

/// A frame's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) length: u32,
    pub(crate) tag: u32,
    pub(crate) command: u8,
    pub(crate) cluster: u32,
    pub(crate) deadline_ms: u32,
}

impl Head {
    /// The header at the start of `frames`, which hold at least the whole frame.
    pub(crate) fn parse(frames: &[u8]) -> Parsed<Self> {
        let mut cursor = Cursor::new(frames);
        let length = cursor.u32()?;
        if (length as usize) < HEADER || length as usize > frames.len() {
            return Err(Malformed);
        }
        let (tag, command) = (cursor.u32()?, cursor.u8()?);
        cursor.zeros::<3>()?;
        let (cluster, deadline_ms) = (cursor.u32()?, cursor.u32()?);
        cursor.zeros::<4>()?;
        Ok(Self {
            length,
            tag,
            command,
            cluster,
            deadline_ms,
        })
    }
}

impl Head {
    /// Whether the command may be a read of one record.
    pub(crate) fn may_read(&self) -> bool {
        matches!(self.command, GET | EXISTS | OPERATE)
    }

    /// Whether the command may go as a row of a batch.
    pub(crate) fn may_join(&self) -> bool {
        matches!(self.command, GET | EXISTS)
    }

    /// Whether it is answered with a record, and nothing else.
    pub(crate) fn is_get(&self) -> bool {
        self.command == GET
    }
}

/// A frame of a burst.
pub(crate) struct Frame {
    pub(crate) head: Head,
    /// Those of the whole burst.
    burst: Arc<[u8]>,
    body: Range<usize>,
}

impl Frame {
    pub(crate) fn new(head: Head, burst: Arc<[u8]>, body: Range<usize>) -> Self {
        Self { head, burst, body }
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.burst[self.body.clone()]
    }

    pub(crate) fn parse(&self) -> Parsed<Request<'_>> {
        parse(self.head.command, self.body())
    }
}

/// Which bins a read asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Selection<'a> {
    /// All bins.
    All,
    /// The header only.
    None,
    /// Encoded names and their number.
    Names(u16, &'a [u8]),
}

impl<'a> Selection<'a> {
    pub(crate) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        match cursor.u16()? {
            0xFFFF => Ok(Self::All),
            0 => Ok(Self::None),
            count => {
                let names =
                    cursor.span(|cursor| (0..count).try_for_each(|_| cursor.name().map(drop)))?;
                Ok(Self::Names(count, names))
            }
        }
    }

    /// What the direct path asks for: `bins` takes the encoded names. `None` where core has to look at them: names that
    /// are no bins' names, or come twice.
    pub(crate) fn to_want(self, bins: &mut Vec<u8>) -> Option<Want<'_>> {
        self.encode(bins)?;
        Some(self.want(bins))
    }

    /// What [`Self::encode`] encoded.
    pub(crate) fn want(self, bins: &[u8]) -> Want<'_> {
        match self {
            Self::All => Want::All,
            Self::None => Want::Header,
            Self::Names(count, _) => Want::Bins(count, bins),
        }
    }

    fn encode(self, bins: &mut Vec<u8>) -> Option<()> {
        const LONGEST: usize = 15;
        const MOST: u16 = 64;
        let Self::Names(count, names) = self else {
            return Some(());
        };
        if count > MOST {
            return None;
        }
        let mut cursor = Cursor::new(names);
        for at in 0..count {
            let name = cursor.name().ok()?;
            let mut before = Cursor::new(names);
            let is_known = (0..at).any(|_| before.name() == Ok(name));
            if name.is_empty() || name.len() > LONGEST || is_known {
                return None;
            }
            read::push_bin(bins, name);
        }
        Some(())
    }

    pub(crate) fn to_core(self) -> aerospike_core::Bins {
        use aerospike_core::Bins;
        match self {
            Self::All => Bins::All,
            Self::None => Bins::None,
            Self::Names(count, names) => {
                let mut cursor = Cursor::new(names);
                Bins::Some(
                    (0..count)
                        .map_while(|_| cursor.name().ok().map(str::to_owned))
                        .collect(),
                )
            }
        }
    }
}

/// The bins of a write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BinList<'a>(u16, &'a [u8]);

impl<'a> BinList<'a> {
    fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let count = cursor.u16()?;
        let bins = cursor.span(|cursor| {
            (0..count).try_for_each(|_| {
                cursor.name()?;
                cursor.particle().map(drop)
            })
        })?;
        Ok(Self(count, bins))
    }

    pub(crate) fn len(&self) -> u16 {
        self.0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, Particle<'a>)> + use<'a> {
        let Self(count, bytes) = *self;
        let mut cursor = Cursor::new(bytes);
        (0..count).map_while(move |_| Some((cursor.name().ok()?, cursor.particle().ok()?)))
    }

    pub(crate) fn to_core(self) -> Vec<aerospike_core::Bin> {
        self.iter()
            .map(|(name, particle)| aerospike_core::Bin::new(name, particle.to_core()))
            .collect()
    }
}

/// The single-record writes that take bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinWrite {
    /// Write bins.
    Put,
    /// Add to numbers.
    Add,
    /// Append to strings or bytes.
    Append,
    /// Prepend to strings or bytes.
    Prepend,
}

/// A function of a module, and what it is called with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UdfCall<'a> {
    pub(crate) module: &'a str,
    pub(crate) function: &'a str,
    /// A list.
    pub(crate) arguments: Particle<'a>,
}

impl<'a> UdfCall<'a> {
    fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        Ok(Self {
            module: cursor.name()?,
            function: cursor.name()?,
            arguments: cursor.particle()?,
        })
    }
}

/// A parsed command.
#[derive(Debug)]
#[allow(missing_docs)] // docs/abi.md has one row for each.
pub(crate) enum Request<'a> {
    Echo {
        delay_ms: u32,
        bytes: &'a [u8],
    },
    Panic,
    Open {
        json: &'a [u8],
    },
    Close {
        drain_ms: u32,
    },
    Nodes,
    Info {
        json: &'a [u8],
    },
    Ping {
        json: &'a [u8],
    },
    WarmUp {
        connections: u32,
        /// In ms; 0 or left out: none.
        timeout: u32,
    },
    Connections,
    Stats,
    Attach {
        token: &'a [u8; TOKEN],
    },
    RegisterUdf {
        timeout: u32,
        name: &'a str,
        source: &'a [u8],
    },
    RemoveUdf {
        timeout: u32,
        name: &'a str,
    },
    Get {
        policy: Policy<'a>,
        key: KeyRef<'a>,
        bins: Selection<'a>,
    },
    Exists {
        policy: Policy<'a>,
        key: KeyRef<'a>,
    },
    Write {
        how: BinWrite,
        policy: Policy<'a>,
        write: WriteBlock,
        key: KeyRef<'a>,
        bins: BinList<'a>,
    },
    Remove {
        policy: Policy<'a>,
        write: WriteBlock,
        key: KeyRef<'a>,
    },
    Touch {
        policy: Policy<'a>,
        write: WriteBlock,
        key: KeyRef<'a>,
    },
    Operate {
        policy: Policy<'a>,
        write: WriteBlock,
        key: KeyRef<'a>,
        operations: Operations<'a>,
    },
    Apply {
        policy: Policy<'a>,
        write: WriteBlock,
        key: KeyRef<'a>,
        call: UdfCall<'a>,
    },
    Batch(BatchBody<'a>),
    Columns(Schema<'a>, BatchBody<'a>),
}

/// The commands that `submit` tells from the others.
pub(crate) const ECHO: u8 = 1;
const OPEN: u8 = 3;
pub(crate) const CLOSE: u8 = 4;
const ATTACH: u8 = 11;
const GET: u8 = 16;
const EXISTS: u8 = 17;
const OPERATE: u8 = 24;

/// Whether a command reads or writes records, so that the limiter holds for it.
pub(crate) fn is_on_records(command: u8) -> bool {
    command >= 16
}

/// Whether a command runs on a cluster that is open.
pub(crate) fn needs_cluster(command: u8) -> bool {
    command > CLOSE && command != ATTACH
}

/// Whether a command takes room in its queue. Who comes and goes must not wait for the commands of others.
pub(crate) fn takes_room(command: u8) -> bool {
    !matches!(command, OPEN | CLOSE | ATTACH)
}

/// Parses a body. Every length, number and name in it is checked.
pub(crate) fn parse(command: u8, body: &[u8]) -> Result<Request<'_>, Malformed> {
    let mut cursor = Cursor::new(body);
    let request = match command {
        ECHO => {
            return Ok(Request::Echo {
                delay_ms: cursor.u32()?,
                bytes: cursor.rest(),
            });
        }
        2 => Request::Panic,
        OPEN => return Ok(Request::Open { json: body }),
        CLOSE => Request::Close {
            drain_ms: cursor.u32()?,
        },
        5 => Request::Nodes,
        6 => return Ok(Request::Info { json: body }),
        7 => return Ok(Request::Ping { json: body }),
        8 => Request::WarmUp {
            connections: cursor.u32()?,
            timeout: if cursor.rest().is_empty() {
                0
            } else {
                cursor.u32()?
            },
        },
        9 => Request::Connections,
        10 => Request::Stats,
        ATTACH => Request::Attach {
            token: cursor.array()?,
        },
        12 => {
            return Ok(Request::RegisterUdf {
                timeout: cursor.u32()?,
                name: cursor.name()?,
                source: cursor.rest(),
            });
        }
        13 => Request::RemoveUdf {
            timeout: cursor.u32()?,
            name: cursor.name()?,
        },
        GET => Request::Get {
            policy: Policy::parse(&mut cursor)?,
            key: KeyRef::parse(&mut cursor)?,
            bins: Selection::parse(&mut cursor)?,
        },
        EXISTS => Request::Exists {
            policy: Policy::parse(&mut cursor)?,
            key: KeyRef::parse(&mut cursor)?,
        },
        18..=21 => {
            let (policy, write) = Policy::parse_with(&mut cursor, WriteBlock::parse)?;
            Request::Write {
                how: match command {
                    18 => BinWrite::Put,
                    19 => BinWrite::Add,
                    20 => BinWrite::Append,
                    _ => BinWrite::Prepend,
                },
                policy,
                write,
                key: KeyRef::parse(&mut cursor)?,
                bins: BinList::parse(&mut cursor)?,
            }
        }
        22 | 23 => {
            let (policy, write) = Policy::parse_with(&mut cursor, WriteBlock::parse)?;
            let key = KeyRef::parse(&mut cursor)?;
            if command == 22 {
                Request::Remove { policy, write, key }
            } else {
                Request::Touch { policy, write, key }
            }
        }
        OPERATE => {
            let (policy, write) = Policy::parse_with(&mut cursor, WriteBlock::parse)?;
            Request::Operate {
                policy,
                write,
                key: KeyRef::parse(&mut cursor)?,
                operations: Operations::parse(&mut cursor)?,
            }
        }
        25 => {
            let (policy, write) = Policy::parse_with(&mut cursor, WriteBlock::parse)?;
            Request::Apply {
                policy,
                write,
                key: KeyRef::parse(&mut cursor)?,
                call: UdfCall::parse(&mut cursor)?,
            }
        }
        32 => Request::Batch(BatchBody::parse(&mut cursor)?),
        33 => {
            let schema = Schema::parse(&mut cursor)?;
            let body = BatchBody::parse(&mut cursor)?;
            let reads_bins = |template| matches!(template, Template::Bins(..));
            if !body.templates().all(reads_bins) {
                return Err(Malformed);
            }
            Request::Columns(schema, body)
        }
        _ => return Err(Malformed),
    };
    cursor.end()?;
    Ok(request)
}
