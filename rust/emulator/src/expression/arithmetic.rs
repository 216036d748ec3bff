//! Operators on numbers.

use super::evaluate::{Evaluated, Unknown};
use super::value::{Type, Value};

/// An operator on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numeric {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Logarithm,
    Modulo,
    Absolute,
    Floor,
    Ceiling,
    ToInteger,
    ToFloat,
    And,
    Or,
    Xor,
    Not,
    ShiftLeft,
    ShiftRight,
    ShiftRightSigned,
    Count,
    ScanLeft,
    ScanRight,
    Minimum,
    Maximum,
}

/// How an operator takes its operands.
pub(crate) enum Operands {
    /// Any number of one type of number, which is the result's.
    Numbers,
    /// Any number of integers.
    Integers,
    /// Exactly these, and the type of the result.
    Exactly(&'static [Type], Type),
    /// One number, whose type is the result's.
    Number,
}

impl Numeric {
    pub(crate) fn of_op(op: i64) -> Option<Self> {
        Some(match op {
            20 => Self::Add,
            21 => Self::Subtract,
            22 => Self::Multiply,
            23 => Self::Divide,
            24 => Self::Power,
            25 => Self::Logarithm,
            26 => Self::Modulo,
            27 => Self::Absolute,
            28 => Self::Floor,
            29 => Self::Ceiling,
            30 => Self::ToInteger,
            31 => Self::ToFloat,
            32 => Self::And,
            33 => Self::Or,
            34 => Self::Xor,
            35 => Self::Not,
            36 => Self::ShiftLeft,
            37 => Self::ShiftRight,
            38 => Self::ShiftRightSigned,
            39 => Self::Count,
            40 => Self::ScanLeft,
            41 => Self::ScanRight,
            50 => Self::Minimum,
            51 => Self::Maximum,
            _ => return None,
        })
    }

    pub(crate) fn operands(self) -> Operands {
        use Type::{Boolean, Float, Integer};
        match self {
            Self::Add
            | Self::Subtract
            | Self::Multiply
            | Self::Divide
            | Self::Minimum
            | Self::Maximum => Operands::Numbers,
            Self::And | Self::Or | Self::Xor => Operands::Integers,
            Self::Power | Self::Logarithm => Operands::Exactly(&[Float, Float], Float),
            Self::Modulo => Operands::Exactly(&[Integer, Integer], Integer),
            Self::Floor | Self::Ceiling => Operands::Exactly(&[Float], Float),
            Self::Not | Self::Count => Operands::Exactly(&[Integer], Integer),
            Self::ShiftLeft | Self::ShiftRight | Self::ShiftRightSigned => {
                Operands::Exactly(&[Integer, Integer], Integer)
            }
            Self::ScanLeft | Self::ScanRight => Operands::Exactly(&[Integer, Boolean], Integer),
            Self::Absolute => Operands::Number,
            Self::ToInteger => Operands::Exactly(&[Float], Integer),
            Self::ToFloat => Operands::Exactly(&[Integer], Float),
        }
    }

    /// Applies the operator to operands of the right number and types.
    pub(crate) fn apply<'a>(self, operands: &[Value<'a>]) -> Evaluated<'a> {
        match operands {
            [Value::Integer(first), rest @ ..] => self.integers(*first, rest),
            [Value::Float(first), rest @ ..] => self.floats(*first, rest),
            _ => Err(Unknown),
        }
    }

    fn integers<'a>(self, first: i64, rest: &[Value<'a>]) -> Evaluated<'a> {
        let second = match rest {
            [Value::Integer(second), ..] => *second,
            _ => 0,
        };
        let all = rest.iter().map(|operand| match operand {
            Value::Integer(operand) => Ok(*operand),
            _ => Err(Unknown),
        });
        let fold = |step: fn(i64, i64) -> i64| {
            all.clone()
                .try_fold(first, |result, operand| Ok(step(result, operand?)))
        };
        // Of the distance only the lowest six bits count.
        let shift = (second & 63) as u32;
        let searched = rest == [Value::Boolean(true)];
        Ok(Value::Integer(match self {
            Self::Add => fold(i64::wrapping_add)?,
            Self::Subtract if rest.is_empty() => first.wrapping_neg(),
            Self::Subtract => fold(i64::wrapping_sub)?,
            Self::Multiply => fold(i64::wrapping_mul)?,
            Self::Divide if rest.is_empty() => divide(1, first)?,
            Self::Divide => {
                let mut operands = all;
                operands.try_fold(first, |result, operand| divide(result, operand?))?
            }
            Self::Minimum => fold(i64::min)?,
            Self::Maximum => fold(i64::max)?,
            Self::Modulo => first.checked_rem(second).ok_or(Unknown)?,
            Self::Absolute => first.wrapping_abs(),
            Self::ToFloat => return Ok(Value::Float(first as f64)),
            Self::And => fold(|left, right| left & right)?,
            Self::Or => fold(|left, right| left | right)?,
            Self::Xor => fold(|left, right| left ^ right)?,
            Self::Not => !first,
            Self::ShiftLeft => first << shift,
            Self::ShiftRight => ((first as u64) >> shift) as i64,
            Self::ShiftRightSigned => first >> shift,
            Self::Count => i64::from(first.count_ones()),
            Self::ScanLeft => found(if searched { first } else { !first }.leading_zeros()),
            Self::ScanRight => match if searched { first } else { !first }.trailing_zeros() {
                64 => -1,
                zeros => 63 - i64::from(zeros),
            },
            Self::Power | Self::Logarithm | Self::Floor | Self::Ceiling | Self::ToInteger => {
                return Err(Unknown);
            }
        }))
    }

    fn floats<'a>(self, first: f64, rest: &[Value<'a>]) -> Evaluated<'a> {
        let second = match rest {
            [Value::Float(second), ..] => *second,
            _ => 0.0,
        };
        let fold = |step: fn(f64, f64) -> f64| {
            rest.iter()
                .try_fold(first, |result, operand| match operand {
                    Value::Float(operand) => Ok(step(result, *operand)),
                    _ => Err(Unknown),
                })
        };
        Ok(Value::Float(match self {
            Self::Add => fold(|left, right| left + right)?,
            Self::Subtract if rest.is_empty() => 0.0 - first,
            Self::Subtract => fold(|left, right| left - right)?,
            Self::Multiply => fold(|left, right| left * right)?,
            Self::Divide if rest.is_empty() => 1.0 / first,
            Self::Divide => fold(|left, right| left / right)?,
            Self::Minimum => fold(|left, right| if right < left { right } else { left })?,
            Self::Maximum => fold(|left, right| if right > left { right } else { left })?,
            Self::Power => first.powf(second),
            Self::Logarithm => first.ln() / second.ln(),
            Self::Absolute => first.abs(),
            Self::Floor => first.floor(),
            Self::Ceiling => first.ceil(),
            Self::ToInteger => return Ok(Value::Integer(truncated(first))),
            _ => return Err(Unknown),
        }))
    }
}

/// An index from the left, or -1 for what is not found.
fn found(zeros: u32) -> i64 {
    match zeros {
        64 => -1,
        zeros => i64::from(zeros),
    }
}

fn divide(left: i64, right: i64) -> Result<i64, Unknown> {
    // A server does not survive the one quotient that does not fit.
    left.checked_div(right).ok_or(Unknown)
}

/// What an x86 processor makes of a float that no integer can hold is the smallest integer.
fn truncated(value: f64) -> i64 {
    // 2^63, which an integer cannot hold.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) {
        value as i64
    } else {
        i64::MIN
    }
}
