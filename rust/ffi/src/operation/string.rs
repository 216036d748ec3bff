//! Operations on texts.

use aerospike_core::Value;
use aerospike_core::operations::Operation;
use aerospike_core::operations::string::{
    self, StringNumericType as Numeric, StringPolicy, StringRegexFlags, StringWriteFlags,
};

use super::call::Call;
use super::refused::{Result, refused};

/// Converting to a text has no number of the server's among these.
const TO_STRING: u8 = 254;

pub(super) fn writes(function: u8) -> bool {
    (50..TO_STRING).contains(&function)
}

pub(super) fn build(call: &mut Call<'_>) -> Result<Operation> {
    match call.function {
        0 | 7..=9 | 11..=13 | 15 => Ok(read(call)),
        1..=6 | 10 | 14 | 16 => read_by(call),
        50..=55 | 63..=68 => modify_by(call),
        56..=62 => modify(call),
        TO_STRING if call.contexts.is_empty() => Ok(string::to_string(call.bin)),
        TO_STRING => Err(refused(
            "the server converts no values within lists and maps",
        )),
        _ => Err(call.unknown()),
    }
}

fn read(call: &Call<'_>) -> Operation {
    let bin = call.bin;
    match call.function {
        0 => string::strlen(bin),
        7 => string::to_integer(bin),
        8 => string::to_double(bin),
        9 => string::byte_length(bin),
        11 => string::is_upper(bin),
        12 => string::is_lower(bin),
        13 => string::to_blob(bin),
        _ => string::b64_decode(bin),
    }
}

fn read_by(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    Ok(match call.function {
        1 => match (call.int()?, call.optional_int()?) {
            (start, Some(end)) => string::substr(bin, start, end),
            (start, None) => string::substr_from(bin, start),
        },
        2 => string::char_at(bin, call.int()?),
        3 => match (call.text()?, call.optional_int()?) {
            (needle, Some(occurrence)) => string::find_nth(bin, needle, occurrence),
            (needle, None) => string::find(bin, needle),
        },
        4 => string::contains(bin, call.text()?),
        5 => string::starts_with(bin, call.text()?),
        6 => string::ends_with(bin, call.text()?),
        10 => match call.optional_int()? {
            None => string::is_numeric(bin),
            Some(0) => string::is_numeric_typed(bin, Numeric::Any),
            Some(1) => string::is_numeric_typed(bin, Numeric::Int),
            Some(2) => string::is_numeric_typed(bin, Numeric::Float),
            Some(other) => return Err(refused(format!("a type of numbers {other}"))),
        },
        14 => match call.optional_text()? {
            Some(separator) => string::split_by_separator(bin, separator),
            None => string::split(bin),
        },
        _ => match (call.text()?, regex_flags(call)?) {
            (pattern, StringRegexFlags::DEFAULT) => string::regex_compare(bin, pattern),
            (pattern, flags) => string::regex_compare_with_flags(bin, pattern, flags),
        },
    })
}

fn modify_by(call: &mut Call<'_>) -> Result<Operation> {
    let bin = call.bin;
    Ok(match call.function {
        50 => {
            let (index, value) = (call.int()?, call.text()?);
            string::insert(&policy(call)?, bin, index, value)
        }
        51 => {
            let (index, value) = (call.int()?, call.text()?);
            string::overwrite(&policy(call)?, bin, index, value)
        }
        52 => concat(call)?,
        53 => match (call.int()?, call.optional_int()?, policy(call)?) {
            (start, Some(end), policy) => string::snip(&policy, bin, start, end),
            // Core would leave flags out.
            (start, None, policy) if policy == StringPolicy::default() => {
                string::snip_from(&policy, bin, start)
            }
            _ => return Err(refused("flags without an end")),
        },
        54 => {
            let (needle, replacement) = (call.text()?, call.text()?);
            string::replace(&policy(call)?, bin, needle, replacement)
        }
        55 => {
            let (needle, replacement) = (call.text()?, call.text()?);
            string::replace_all(&policy(call)?, bin, needle, replacement)
        }
        63 => {
            let (length, padding) = (call.int()?, call.text()?);
            string::pad_start(&policy(call)?, bin, length, padding)
        }
        64 => {
            let (length, padding) = (call.int()?, call.text()?);
            string::pad_end(&policy(call)?, bin, length, padding)
        }
        65 => {
            let count = call.int()?;
            string::repeat(&policy(call)?, bin, count)
        }
        66 => {
            let (pattern, replacement) = (call.text()?, call.text()?);
            let (flags, policy) = (regex_flags(call)?, policy(call)?);
            string::regex_replace(&policy, bin, pattern, replacement, flags)
        }
        67 => {
            let value = call.text()?;
            string::append(&policy(call)?, bin, value)
        }
        _ => {
            let value = call.text()?;
            string::prepend(&policy(call)?, bin, value)
        }
    })
}

fn modify(call: &mut Call<'_>) -> Result<Operation> {
    let (bin, policy) = (call.bin, policy(call)?);
    Ok(match call.function {
        56 => string::upper(&policy, bin),
        57 => string::lower(&policy, bin),
        58 => string::case_fold(&policy, bin),
        59 => string::normalize_nfc(&policy, bin),
        60 => string::trim_start(&policy, bin),
        61 => string::trim_end(&policy, bin),
        _ => string::trim(&policy, bin),
    })
}

fn concat(call: &mut Call<'_>) -> Result<Operation> {
    let values = call.values()?;
    let texts: Option<Vec<_>> = values
        .iter()
        .map(|value| match value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let texts = texts.ok_or_else(|| refused("an argument that is no list of texts"))?;
    let policy = policy(call)?;
    Ok(match texts[..] {
        [text] => string::concat(&policy, call.bin, text),
        _ => string::concat_list(&policy, call.bin, &texts),
    })
}

fn regex_flags(call: &mut Call<'_>) -> Result<StringRegexFlags> {
    Ok(StringRegexFlags::from_bits(call.flags()?.into()))
}

fn policy(call: &mut Call<'_>) -> Result<StringPolicy> {
    Ok(StringPolicy::new(StringWriteFlags::from_bits(
        call.flags()?.into(),
    )))
}
