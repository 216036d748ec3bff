//! Parses packed expressions, and checks numbers and types of operands as a server does before it looks at a record.

use super::arithmetic::{Numeric, Operands};
use super::geo::Shape;
use super::metadata::Metadata;
use super::node::{Comparison, Node, Part, Region};
use super::regex;
use super::value::{Type, Value};
use crate::command::{Code, MAX_BIN_NAME, wire};
use aerospike_wire::msgpack::{Reader, Token};
use aerospike_wire::result_code::code;

/// Deepest nesting of expressions.
const MAX_DEPTH: usize = 256;
/// An expression that is not one.
pub(crate) const INVALID: Code = wire(code::REQUEST_INVALID);

/// A node and the type of what it evaluates to.
pub(crate) type Typed<'a> = (Node<'a>, Type);

/// Operations that are not parsed from a table of others.
mod op {
    pub(super) const UNKNOWN: i64 = 0;
    pub(super) const REGEX: i64 = 7;
    pub(super) const GEO: i64 = 8;
    pub(super) const IN_LIST: i64 = 9;
    pub(super) const AND: i64 = 16;
    pub(super) const OR: i64 = 17;
    pub(super) const NOT: i64 = 18;
    pub(super) const EXCLUSIVE: i64 = 19;
    pub(super) const DIGEST_MODULO: i64 = 64;
    pub(super) const KEY: i64 = 80;
    pub(super) const BIN: i64 = 81;
    pub(super) const BIN_TYPE: i64 = 82;
    pub(super) const REMOVE: i64 = 100;
    pub(super) const MAP_KEYS: i64 = 101;
    pub(super) const MAP_VALUES: i64 = 102;
    pub(super) const ELEMENT: i64 = 122;
    pub(super) const COND: i64 = 123;
    pub(super) const VARIABLE: i64 = 124;
    pub(super) const LET: i64 = 125;
    pub(super) const QUOTED: i64 = 126;
    pub(super) const CALL: i64 = 127;
}

/// Reads nodes, one after the other.
pub(crate) struct Parser<'a> {
    pub(super) reader: Reader<'a>,
    /// Variables in sight, the innermost last.
    variables: Vec<(&'a [u8], Type)>,
    /// Variables whose values are being parsed: their names are taken, but not in sight.
    defined: Vec<&'a [u8]>,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(packed: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(packed),
            variables: Vec::new(),
            defined: Vec::new(),
            depth: 0,
        }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.reader.rest().is_empty()
    }

    pub(super) fn token(&mut self) -> Result<Token<'a>, Code> {
        self.reader.token().map_err(|_| INVALID)
    }

    pub(super) fn integer(&mut self) -> Result<i64, Code> {
        match self.token()? {
            Token::Integer(value) => Ok(value),
            _ => Err(INVALID),
        }
    }

    pub(super) fn list(&mut self) -> Result<usize, Code> {
        match self.token()? {
            Token::List(len) => Ok(len as usize),
            _ => Err(INVALID),
        }
    }

    fn kind(&mut self) -> Result<Type, Code> {
        Type::of_number(self.integer()?).ok_or(INVALID)
    }

    pub(super) fn packed(&mut self) -> Result<&'a [u8], Code> {
        self.reader.packed().map_err(|_| INVALID)
    }

    /// Text without a particle type in front.
    fn raw_text(&mut self) -> Result<&'a [u8], Code> {
        let packed = self.packed()?;
        let header = match packed {
            [0xa0..=0xbf, ..] => 1,
            [0xc4 | 0xd9, ..] => 2,
            [0xc5 | 0xda, ..] => 3,
            [0xc6 | 0xdb, ..] => 5,
            _ => return Err(INVALID),
        };
        Ok(&packed[header..])
    }

    fn bin_name(&mut self) -> Result<&'a [u8], Code> {
        let name = self.raw_text()?;
        if name.len() > MAX_BIN_NAME {
            return Err(INVALID);
        }
        Ok(name)
    }

    /// The next expression.
    pub(crate) fn node(&mut self) -> Result<Typed<'a>, Code> {
        if self.depth == MAX_DEPTH {
            return Err(INVALID);
        }
        self.depth += 1;
        let node = self.node_at_depth();
        self.depth -= 1;
        node
    }

    fn node_at_depth(&mut self) -> Result<Typed<'a>, Code> {
        let ahead = self.reader.clone().token().map_err(|_| INVALID)?;
        if let Token::List(len) = ahead {
            self.token()?;
            let operands = (len as usize).checked_sub(1).ok_or(INVALID)?;
            let op = self.integer()?;
            return self.operation(op, operands);
        }
        let packed = self.packed()?;
        let literal = Value::of_token(ahead, packed).ok_or(INVALID)?;
        if let Value::Geo(text) = &literal {
            Shape::parse(text).ok_or(INVALID)?;
        }
        let kind = literal.kind();
        Ok((Node::Literal(literal), kind))
    }

    fn operation(&mut self, op: i64, operands: usize) -> Result<Typed<'a>, Code> {
        if let Some(comparison) = comparison(op) {
            count(operands, 2)?;
            let (left, left_kind) = self.node()?;
            let (right, right_kind) = self.node()?;
            if left_kind != right_kind || matches!(left_kind, Type::Geo | Type::Hll) {
                return Err(INVALID);
            }
            let node = Node::Compare(comparison, Box::new([left, right]));
            return Ok((node, Type::Boolean));
        }
        if let Some(numeric) = Numeric::of_op(op) {
            return self.numeric(numeric, operands);
        }
        if let Some((metadata, kind)) = metadata(op) {
            count(operands, 0)?;
            return Ok((Node::Metadata(metadata), kind));
        }
        match op {
            op::UNKNOWN => count(operands, 0).map(|()| (Node::Unknown, Type::Boolean)),
            op::REMOVE => count(operands, 0).map(|()| (Node::Remove, Type::Removal)),
            op::REGEX => self.regex(operands),
            op::GEO => {
                count(operands, 2)?;
                let sides = Box::new([self.region()?, self.region()?]);
                Ok((Node::Geo(sides), Type::Boolean))
            }
            op::IN_LIST => {
                count(operands, 2)?;
                let (value, _) = self.node()?;
                let list = self.of_type(Type::List)?;
                Ok((Node::InList(Box::new([value, list])), Type::Boolean))
            }
            op::AND => Ok((Node::And(self.conditions(operands)?), Type::Boolean)),
            op::OR => Ok((Node::Or(self.conditions(operands)?), Type::Boolean)),
            op::EXCLUSIVE => Ok((Node::Exclusive(self.conditions(operands)?), Type::Boolean)),
            op::NOT => {
                count(operands, 1)?;
                let node = self.of_type(Type::Boolean)?;
                Ok((Node::Not(Box::new(node)), Type::Boolean))
            }
            op::DIGEST_MODULO => {
                count(operands, 1)?;
                let modulo = self.integer()?;
                if modulo == 0 || modulo > i64::from(u32::MAX) {
                    return Err(INVALID);
                }
                let node = Node::Metadata(Metadata::DigestModulo(modulo));
                Ok((node, Type::Integer))
            }
            op::KEY => {
                count(operands, 1)?;
                let kind = self.kind()?;
                if !matches!(kind, Type::Integer | Type::String | Type::Blob) {
                    return Err(INVALID);
                }
                Ok((Node::Key(kind), kind))
            }
            op::BIN => {
                count(operands, 2)?;
                let kind = self.kind()?;
                Ok((Node::Bin(kind, self.bin_name()?), kind))
            }
            op::BIN_TYPE => {
                count(operands, 1)?;
                Ok((Node::BinType(self.bin_name()?), Type::Integer))
            }
            op::MAP_KEYS => {
                count(operands, 1)?;
                let (map, _) = self.node()?;
                Ok((Node::MapKeys(Box::new(map)), Type::List))
            }
            op::MAP_VALUES => {
                count(operands, 1)?;
                let (map, _) = self.node()?;
                Ok((Node::MapValues(Box::new(map)), Type::List))
            }
            op::ELEMENT => self.element(operands),
            op::COND => self.cond(operands),
            op::VARIABLE => self.variable(operands),
            op::LET => self.variables(operands),
            op::QUOTED => self.quoted(operands),
            op::CALL => self.call(operands),
            _ => Err(INVALID),
        }
    }

    /// The next expression, whose type must be this.
    pub(super) fn of_type(&mut self, wanted: Type) -> Result<Node<'a>, Code> {
        let (node, kind) = self.node()?;
        if kind == wanted {
            Ok(node)
        } else {
            Err(INVALID)
        }
    }

    fn conditions(&mut self, operands: usize) -> Result<Vec<Node<'a>>, Code> {
        if operands < 2 {
            return Err(INVALID);
        }
        (0..operands).map(|_| self.of_type(Type::Boolean)).collect()
    }

    fn numeric(&mut self, numeric: Numeric, operands: usize) -> Result<Typed<'a>, Code> {
        match numeric.operands() {
            Operands::Exactly(kinds, result) => {
                count(operands, kinds.len())?;
                let nodes: Result<_, _> = kinds.iter().map(|kind| self.of_type(*kind)).collect();
                Ok((Node::Numeric(numeric, nodes?), result))
            }
            Operands::Number => {
                count(operands, 1)?;
                let (nodes, kind) = self.numbers(1)?;
                Ok((Node::Numeric(numeric, nodes), kind))
            }
            Operands::Numbers => {
                let (nodes, kind) = self.numbers(operands)?;
                Ok((Node::Numeric(numeric, nodes), kind))
            }
            Operands::Integers => {
                let (nodes, kind) = self.numbers(operands)?;
                if kind != Type::Integer {
                    return Err(INVALID);
                }
                Ok((Node::Numeric(numeric, nodes), Type::Integer))
            }
        }
    }

    /// One or more numbers of the same type.
    fn numbers(&mut self, operands: usize) -> Result<(Vec<Node<'a>>, Type), Code> {
        let mut common = None;
        let mut nodes = Vec::new();
        for _ in 0..operands {
            let (node, kind) = self.node()?;
            if !kind.is_number() || *common.get_or_insert(kind) != kind {
                return Err(INVALID);
            }
            nodes.push(node);
        }
        common.map(|kind| (nodes, kind)).ok_or(INVALID)
    }

    fn regex(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        count(operands, 3)?;
        let flags = self.integer()?;
        let pattern = self.raw_text()?;
        let regex = regex::compile(pattern, flags).ok_or(INVALID)?;
        let text = self.of_type(Type::String)?;
        let node = Node::Regex(Box::new(regex), Box::new(text));
        Ok((node, Type::Boolean))
    }

    fn region(&mut self) -> Result<Region<'a>, Code> {
        Ok(match self.of_type(Type::Geo)? {
            Node::Literal(Value::Geo(text)) => Region::Known(Shape::parse(&text).ok_or(INVALID)?),
            node => Region::Of(node),
        })
    }

    fn element(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        count(operands, 2)?;
        let kind = self.kind()?;
        let part = match self.integer()? {
            0 => Part::Key,
            1 => Part::Value,
            2 => Part::Index,
            _ => return Err(INVALID),
        };
        Ok((Node::Element(kind, part), kind))
    }

    fn cond(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        if operands < 3 || operands.is_multiple_of(2) {
            return Err(INVALID);
        }
        let mut common = None;
        let mut arms = Vec::new();
        let mut action = |parser: &mut Self| {
            let (node, kind) = parser.node()?;
            // A failure may stand in for any type.
            if !fails(&node) && *common.get_or_insert(kind) != kind {
                return Err(INVALID);
            }
            Ok(node)
        };
        for _ in 0..operands / 2 {
            let condition = self.of_type(Type::Boolean)?;
            arms.push((condition, action(self)?));
        }
        let otherwise = action(self)?;
        let kind = common.unwrap_or(Type::Boolean);
        Ok((Node::Cond(arms, Box::new(otherwise)), kind))
    }

    fn variables(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        if operands < 3 || operands.is_multiple_of(2) {
            return Err(INVALID);
        }
        let outer = self.variables.len();
        let mut values = Vec::new();
        for _ in 0..operands / 2 {
            let name = self.raw_text()?;
            let mut known = self.variables.iter().map(|(known, _)| known);
            if !is_variable(name)
                || self.defined.contains(&name)
                || known.any(|known| *known == name)
            {
                return Err(INVALID);
            }
            self.defined.push(name);
            let (node, kind) = self.node()?;
            self.defined.pop();
            values.push(node);
            self.variables.push((name, kind));
        }
        let (scope, kind) = self.node()?;
        self.variables.truncate(outer);
        Ok((Node::Let(values, Box::new(scope)), kind))
    }

    fn variable(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        count(operands, 1)?;
        let name = self.raw_text()?;
        let place = self.variables.iter().rposition(|(known, _)| *known == name);
        let place = place.ok_or(INVALID)?;
        Ok((Node::Variable(place), self.variables[place].1))
    }

    fn quoted(&mut self, operands: usize) -> Result<Typed<'a>, Code> {
        count(operands, 1)?;
        let packed = self.packed()?;
        match Reader::new(packed).token() {
            // Kept as it was sent.
            Ok(Token::List(_)) => Ok((Node::Literal(Value::List(packed.into())), Type::List)),
            _ => Err(INVALID),
        }
    }
}

/// Whether a node is there to fail, and therefore of any type.
fn fails(node: &Node<'_>) -> bool {
    match node {
        Node::Unknown => true,
        Node::Let(_, scope) => fails(scope),
        _ => false,
    }
}

/// Names start with a letter or an underscore and go on with these and digits.
fn is_variable(name: &[u8]) -> bool {
    let is_start = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    name.first().is_some_and(is_start)
        && name
            .iter()
            .all(|byte| is_start(byte) || byte.is_ascii_digit())
}

fn count(operands: usize, wanted: usize) -> Result<(), Code> {
    if operands == wanted {
        Ok(())
    } else {
        Err(INVALID)
    }
}

fn comparison(op: i64) -> Option<Comparison> {
    Some(match op {
        1 => Comparison::Equal,
        2 => Comparison::NotEqual,
        3 => Comparison::Greater,
        4 => Comparison::GreaterOrEqual,
        5 => Comparison::Less,
        6 => Comparison::LessOrEqual,
        _ => return None,
    })
}

fn metadata(op: i64) -> Option<(Metadata, Type)> {
    Some(match op {
        65 => (Metadata::DeviceSize, Type::Integer),
        73 | 74 => (Metadata::Size, Type::Integer),
        66 => (Metadata::LastUpdate, Type::Integer),
        67 => (Metadata::SinceUpdate, Type::Integer),
        68 => (Metadata::VoidTime, Type::Integer),
        69 => (Metadata::TimeToLive, Type::Integer),
        70 => (Metadata::SetName, Type::String),
        71 => (Metadata::KeyExists, Type::Boolean),
        72 => (Metadata::IsTombstone, Type::Boolean),
        _ => return None,
    })
}
