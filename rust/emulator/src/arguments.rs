//! What calls carry: members of JSON, or an error that names what was wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

pub(crate) fn members<'a>(
    value: &'a Value,
    name: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, String> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    match value {
        Value::Null => Ok(NONE.iter()),
        Value::Object(members) => Ok(members.iter()),
        _ => Err(format!("{name} must be an object")),
    }
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("{name} must be a string"))
}

pub(crate) fn flag(value: &Value, name: &str) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("{name} must be true or false"))
}

pub(crate) fn whole<T: TryFrom<u64>>(value: &Value, name: &str) -> Result<T, String> {
    let number = value.as_u64().and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("{name} must be a whole number in its range, not {value}"))
}

pub(crate) fn decode(value: &Value, name: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(text(value, name)?)
        .map_err(|error| format!("{name} is not base64: {error}"))
}
