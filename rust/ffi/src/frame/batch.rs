//! The body of a batch.

use super::{Cursor, Malformed, Parsed, Selection};
use crate::key::KeyValue;
use crate::operation::Operations;
use crate::particle::Particle;
use crate::policy::{self, BatchOptions, Policy, ReadModes, WriteBlock};

/// What the rows of a batch share.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Template<'a> {
    Bins(ReadTerms<'a>, Selection<'a>),
    Operations(ReadTerms<'a>, Operations<'a>),
    Write(WriteBlock, Option<&'a [u8]>),
    Remove(WriteBlock, Option<&'a [u8]>),
    Apply(WriteBlock, Option<&'a [u8]>, Function<'a>),
}

/// What rows that read have of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadTerms<'a> {
    pub(crate) read_touch_ttl: i8,
    /// Those of the batch where there are none.
    pub(crate) modes: Option<ReadModes>,
    filter: Option<&'a [u8]>,
}

impl ReadTerms<'_> {
    /// Whether the rows ask for nothing that only core does.
    pub(crate) fn are_default(&self) -> bool {
        (self.read_touch_ttl, self.modes) == (0, None)
    }
}

/// A function of a module that the server has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function<'a> {
    pub(crate) module: &'a str,
    pub(crate) name: &'a str,
}

const FORM_OPERATIONS: u8 = 1;
const FORM_FILTER: u8 = 2;
const FORM_MODES: u8 = 4;

impl<'a> Template<'a> {
    fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let kind = cursor.u8()?;
        if kind == 0 {
            return Self::parse_read(cursor);
        }
        let (block, filter) = WriteBlock::parse_row(cursor)?;
        match kind {
            1 => Ok(Self::Write(block, filter)),
            2 => Ok(Self::Remove(block, filter)),
            3 => {
                let (module, name) = (cursor.name()?, cursor.name()?);
                Ok(Self::Apply(block, filter, Function { module, name }))
            }
            _ => Err(Malformed),
        }
    }

    fn parse_read(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let read_touch_ttl = policy::read_touch_ttl(cursor)?;
        let form = cursor.u8()?;
        let has = |flag| form & flag != 0;
        if form & !(FORM_OPERATIONS | FORM_FILTER | FORM_MODES) != 0 {
            return Err(Malformed);
        }
        let modes = has(FORM_MODES).then(|| ReadModes::parse(cursor));
        let filter = has(FORM_FILTER).then(|| policy::expression(cursor));
        let terms = ReadTerms {
            read_touch_ttl,
            modes: modes.transpose()?,
            filter: filter.transpose()?,
        };
        Ok(if has(FORM_OPERATIONS) {
            Self::Operations(terms, Operations::parse(cursor)?)
        } else {
            Self::Bins(terms, Selection::parse(cursor)?)
        })
    }

    /// What a row has to meet that does not leave it to the batch.
    pub(crate) fn filter(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bins(terms, _) | Self::Operations(terms, _) => terms.filter,
            Self::Write(_, filter) | Self::Remove(_, filter) | Self::Apply(_, filter, _) => *filter,
        }
    }

    /// What rows that change records have.
    pub(crate) fn write(&self) -> Option<&WriteBlock> {
        match self {
            Self::Bins(..) | Self::Operations(..) => None,
            Self::Write(block, _) | Self::Remove(block, _) | Self::Apply(block, _, _) => {
                Some(block)
            }
        }
    }

    /// The read modes of rows that have their own.
    pub(crate) fn modes(&self) -> Option<ReadModes> {
        match self {
            Self::Bins(terms, _) | Self::Operations(terms, _) => terms.modes,
            _ => None,
        }
    }

    fn tail(&self) -> Tail {
        match self {
            Self::Write(..) => Tail::Operations,
            Self::Apply(..) => Tail::Arguments,
            _ => Tail::Nothing,
        }
    }
}

/// What rows go on with behind their key.
#[derive(Debug, Clone, Copy)]
enum Tail {
    Nothing,
    Operations,
    Arguments,
}

/// The body of a batch.
#[derive(Debug)]
pub(crate) struct BatchBody<'a> {
    pub(crate) policy: Policy<'a>,
    pub(crate) options: BatchOptions,
    spaces: (u16, &'a [u8]),
    templates: (u16, &'a [u8]),
    pub(crate) rows: u32,
    encoded_rows: &'a [u8],
}

/// One row of a batch.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) space: u16,
    pub(crate) template: u16,
    pub(crate) value: KeyValue<'a>,
    /// Of WRITE rows.
    pub(crate) operations: Option<Operations<'a>>,
    /// Of APPLY rows.
    pub(crate) arguments: Option<Particle<'a>>,
}

impl<'a> BatchBody<'a> {
    pub(super) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        let (policy, options) = Policy::parse_with(cursor, BatchOptions::parse)?;
        let space_count = cursor.u16()?;
        let spaces = cursor.span(|cursor| {
            (0..space_count).try_for_each(|_| {
                cursor.name()?;
                cursor.name().map(drop)
            })
        })?;
        let template_count = cursor.u16()?;
        let templates = cursor.span(|cursor| {
            (0..template_count).try_for_each(|_| Template::parse(cursor).map(drop))
        })?;
        let rows = cursor.u32()?;
        let mut body = Self {
            policy,
            options,
            spaces: (space_count, spaces),
            templates: (template_count, templates),
            rows,
            encoded_rows: &[],
        };
        let tails = body.tails();
        body.encoded_rows = cursor.span(|cursor| {
            (0..rows).try_for_each(|_| {
                let row = Row::parse(cursor, &tails)?;
                if row.space < space_count {
                    Ok(())
                } else {
                    Err(Malformed)
                }
            })
        })?;
        Ok(body)
    }

    pub(crate) fn spaces(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let (count, bytes) = self.spaces;
        let mut cursor = Cursor::new(bytes);
        (0..count).map_while(move |_| Some((cursor.name().ok()?, cursor.name().ok()?)))
    }

    pub(crate) fn templates(&self) -> impl Iterator<Item = Template<'a>> + use<'a> {
        let (count, bytes) = self.templates;
        let mut cursor = Cursor::new(bytes);
        (0..count).map_while(move |_| Template::parse(&mut cursor).ok())
    }

    fn tails(&self) -> Vec<Tail> {
        self.templates().map(|template| template.tail()).collect()
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let tails = self.tails();
        let mut cursor = Cursor::new(self.encoded_rows);
        (0..self.rows).map_while(move |_| Row::parse(&mut cursor, &tails).ok())
    }
}

impl<'a> Row<'a> {
    fn parse(cursor: &mut Cursor<'a>, tails: &[Tail]) -> Parsed<Self> {
        let (space, template) = (cursor.u16()?, cursor.u16()?);
        let value = KeyValue::parse(cursor)?;
        let (mut operations, mut arguments) = (None, None);
        match tails.get(usize::from(template)) {
            Some(Tail::Nothing) => {}
            Some(Tail::Operations) => operations = Some(Operations::parse(cursor)?),
            Some(Tail::Arguments) => arguments = Some(cursor.particle()?),
            None => return Err(Malformed),
        }
        Ok(Self {
            space,
            template,
            value,
            operations,
            arguments,
        })
    }
}
