//! The tree that an expression is parsed into.

use super::arithmetic::Numeric;
use super::call::Call;
use super::geo::Shape;
use super::metadata::Metadata;
use super::value::{Type, Value};
use regex::bytes::Regex;
use std::cmp::Ordering;

/// A comparison of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

/// Which part of the element at hand a path's own expression asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Key,
    Value,
    Index,
}

/// One node.
#[derive(Clone, Debug)]
pub(crate) enum Node<'a> {
    /// An evaluation that fails.
    Unknown,
    Literal(Value<'a>),
    Compare(Comparison, Box<[Node<'a>; 2]>),
    Regex(Box<Regex>, Box<Node<'a>>),
    Geo(Box<[Region<'a>; 2]>),
    InList(Box<[Node<'a>; 2]>),
    And(Vec<Node<'a>>),
    Or(Vec<Node<'a>>),
    Not(Box<Node<'a>>),
    /// True when exactly one is.
    Exclusive(Vec<Node<'a>>),
    Numeric(Numeric, Vec<Node<'a>>),
    Metadata(Metadata),
    Key(Type),
    Bin(Type, &'a [u8]),
    BinType(&'a [u8]),
    MapKeys(Box<Node<'a>>),
    MapValues(Box<Node<'a>>),
    /// Conditions with what they give, and what is given when none holds.
    Cond(Vec<(Node<'a>, Node<'a>)>, Box<Node<'a>>),
    /// Values of variables, and the expression that sees them.
    Let(Vec<Node<'a>>, Box<Node<'a>>),
    /// A variable by its place among those in sight.
    Variable(usize),
    Element(Type, Part),
    /// What a path's expression gives to have the element removed.
    Remove,
    Call(Box<Call<'a>>),
}

/// A side of a geographical comparison: a shape that is known beforehand, or one to be had from the record.
#[derive(Clone, Debug)]
pub(crate) enum Region<'a> {
    Known(Shape),
    Of(Node<'a>),
}
