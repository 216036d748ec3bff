//! Values as text, as `tostring` gives it.

use super::value::{GeoJson, MAX_DEPTH, Value};
use std::fmt::{self, Display, Formatter};

impl Value {
    /// The text of a value in a list or a map.
    fn show(&self, out: &mut Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Nil => write!(out, "NIL"),
            _ if depth > MAX_DEPTH => write!(out, "NIL"),
            Self::Boolean(value) => write!(out, "{value}"),
            Self::Integer(value) => write!(out, "{value}"),
            Self::Double(value) => write!(out, "{}", shortest(*value)),
            Self::Bytes(bytes) if depth > 0 && bytes.0.borrow().size == 0 => write!(out, "<NULL>"),
            Self::Text(text) | Self::GeoJson(GeoJson(text)) => {
                write!(out, "\"{}\"", String::from_utf8_lossy(text))
            }
            Self::Bytes(bytes) => write!(out, "{}", bytes.0.borrow()),
            Self::List(list) => {
                write!(out, "[")?;
                for (at, value) in list.0.borrow().iter().enumerate() {
                    write!(out, "{}", if at > 0 { ", " } else { "" })?;
                    value.show(out, depth + 1)?;
                }
                write!(out, "]")
            }
            Self::Map(map) => {
                write!(out, "{{")?;
                for (at, (key, value)) in map.0.borrow().iter().enumerate() {
                    write!(out, "{}", if at > 0 { ", " } else { "" })?;
                    key.to_value().show(out, depth + 1)?;
                    write!(out, ":")?;
                    value.show(out, depth + 1)?;
                }
                write!(out, "}}")
            }
        }
    }
}

/// A double with up to 16 digits, as C prints it with `%.16g`.
fn shortest(value: f64) -> String {
    const DIGITS: i32 = 16;
    if !value.is_finite() {
        return match value {
            f64::INFINITY => "inf".into(),
            f64::NEG_INFINITY => "-inf".into(),
            _ => "nan".into(),
        };
    }
    let scientific = format!("{value:.*e}", DIGITS as usize - 1);
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-4..DIGITS).contains(&exponent) {
        return trimmed(&format!("{value:.*}", (DIGITS - 1 - exponent) as usize));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
}

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.show(out, 0)
    }
}
