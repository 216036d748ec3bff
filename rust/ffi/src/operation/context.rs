//! The place in nested lists and maps that an operation works on.

use aerospike_core::Value;
use aerospike_core::expressions::Expression;
use aerospike_core::operations::cdt_context as ctx;
use aerospike_core::operations::{CdtContext, ListOrderType, MapOrder};
use aerospike_wire::particle::{BLOB, INTEGER, NULL};

use super::refused::{Result, refused};
use super::value::decode;
use crate::frame::{Cursor, Parsed};
use crate::particle::Particle;
use crate::policy::core_expression;

// The server's numbers, except for the filter, whose own takes more than a byte.
const CHILDREN: u8 = 0x04;
const AND_FILTER: u8 = 0x05;
const LIST_INDEX: u8 = 0x10;
const LIST_RANK: u8 = 0x11;
const LIST_VALUE: u8 = 0x13;
const MAP_INDEX: u8 = 0x20;
const MAP_RANK: u8 = 0x21;
const MAP_KEY: u8 = 0x22;
const MAP_VALUE: u8 = 0x23;
const MAP_KEYS_IN: u8 = 0x2a;

// What is created where there is nothing.
const LIST_UNORDERED: u8 = 0x40;
const LIST_PADDED: u8 = 0x80;
const LIST_ORDERED: u8 = 0xc0;
const MAP_UNORDERED: u8 = 0x40;
const MAP_KEY_ORDERED: u8 = 0x80;
const MAP_KEY_VALUE_ORDERED: u8 = 0xc0;

/// One step of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct ContextRef<'a> {
    kind: u8,
    creates: u8,
    particle: Particle<'a>,
}

impl<'a> ContextRef<'a> {
    pub(super) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        Ok(Self {
            kind: cursor.u8()?,
            creates: cursor.u8()?,
            particle: cursor.particle()?,
        })
    }

    /// The server's number of a step by a single value that creates nothing, and the value.
    pub(super) fn plain(self) -> Option<(u8, Particle<'a>)> {
        let fits = match self.kind {
            LIST_INDEX | LIST_RANK | MAP_INDEX | MAP_RANK => self.particle.kind == INTEGER,
            LIST_VALUE | MAP_KEY | MAP_VALUE => true,
            _ => false,
        };
        (fits && self.creates == 0).then_some((self.kind, self.particle))
    }

    pub(super) fn to_core(self) -> Result<CdtContext> {
        let value = || decode(self.particle);
        let int = || match value()? {
            Value::Int(value) => Ok(value),
            _ => Err(refused("a context's index or rank that is no integer")),
        };
        Ok(match (self.kind, self.creates) {
            (LIST_INDEX, 0) => ctx::ctx_list_index(int()?),
            (LIST_INDEX, creates) => {
                let (order, pad) = list_order(creates)?;
                ctx::ctx_list_index_create(int()?, order, pad)
            }
            (LIST_RANK, 0) => ctx::ctx_list_rank(int()?),
            (LIST_VALUE, 0) => ctx::ctx_list_value(value()?),
            (MAP_INDEX, 0) => ctx::ctx_map_index(int()?),
            (MAP_RANK, 0) => ctx::ctx_map_rank(int()?),
            (MAP_KEY, 0) => ctx::ctx_map_key(value()?),
            (MAP_KEY, creates) => ctx::ctx_map_key_create(value()?, map_order(creates)?),
            (MAP_VALUE, 0) => ctx::ctx_map_value(value()?),
            (MAP_KEYS_IN, 0) => match value()? {
                Value::List(keys) => ctx::ctx_map_keys_in(keys),
                _ => return Err(refused("a context's keys that are no list")),
            },
            (CHILDREN, 0) if self.particle.kind == NULL => ctx::ctx_all_children(),
            (CHILDREN, 0) => ctx::ctx_all_children_with_filter(packed(self.particle)?),
            (AND_FILTER, 0) => ctx::ctx_and_filter(packed(self.particle)?),
            (kind, creates) => {
                return Err(refused(format!("a context of the kind {kind}, {creates}")));
            }
        })
    }
}

/// An expression that is packed already.
pub(super) fn packed(particle: Particle<'_>) -> Result<Expression> {
    if particle.kind == BLOB && !particle.bytes.is_empty() {
        Ok(core_expression(particle.bytes))
    } else {
        Err(refused("an expression that is not packed"))
    }
}

fn list_order(creates: u8) -> Result<(ListOrderType, bool)> {
    match creates {
        LIST_UNORDERED => Ok((ListOrderType::Unordered, false)),
        LIST_PADDED => Ok((ListOrderType::Unordered, true)),
        LIST_ORDERED => Ok((ListOrderType::Ordered, false)),
        _ => Err(refused(format!("a list of the order {creates}"))),
    }
}

fn map_order(creates: u8) -> Result<MapOrder> {
    match creates {
        MAP_UNORDERED => Ok(MapOrder::Unordered),
        MAP_KEY_ORDERED => Ok(MapOrder::KeyOrdered),
        MAP_KEY_VALUE_ORDERED => Ok(MapOrder::KeyValueOrdered),
        _ => Err(refused(format!("a map of the order {creates}"))),
    }
}
