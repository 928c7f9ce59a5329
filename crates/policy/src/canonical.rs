//! Canonical JSON, the form of every digest and of every event line: keys by code point, no white
//! space, strings in NFC, integers only, absent fields left out.

use serde::Serialize;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;

/// Canonical JSON of a value. Object members that are `null` are left out.
///
/// # Errors
/// [`Error::NotCanonical`] if the value holds a float or cannot be JSON at all.
pub fn canonical<T: Serialize>(value: &T) -> Result<String, Error> {
    let value = serde_json::to_value(value).map_err(|_| Error::NotCanonical)?;
    let mut out = String::with_capacity(256);
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), Error> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) if number.is_f64() => return Err(Error::NotCanonical),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_string(text, out)?,
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                separate(i, out);
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members = members.iter().filter(|(_, v)| !v.is_null()).collect::<Vec<_>>();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (i, (key, member)) in members.into_iter().enumerate() {
                separate(i, out);
                write_string(key, out)?;
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

fn write_string(text: &str, out: &mut String) -> Result<(), Error> {
    let quoted = if text.is_ascii() {
        serde_json::to_string(text)
    } else {
        serde_json::to_string(&text.nfc().collect::<String>())
    };
    out.push_str(&quoted.map_err(|_| Error::NotCanonical)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_absent_fields_left_out() {
        let value = json!({"b": [1, {"z": true, "a": "e\u{301}"}], "a": null, "": "\"\n"});
        assert_eq!(canonical(&value).expect("no float"), "{\"\":\"\\\"\\n\",\"b\":[1,{\"a\":\"é\",\"z\":true}]}");
    }

    #[test]
    fn a_float_has_no_canonical_form() {
        assert!(matches!(canonical(&json!({"a": 1.5})), Err(Error::NotCanonical)));
    }
}
