//! Writes values as JSON, formatted as by Python's `json.dumps`.

use std::fmt::Write;

use crate::value::{List, Value, write_float};

/// Appends a quoted string in ASCII.
pub(crate) fn push_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// Appends a value.
pub(crate) fn push_value(value: Value<'_>, out: &mut String) {
    match value {
        Value::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Value::Float(value) if value.is_finite() => {
            let _ = write_float(value, out);
        }
        Value::Float(_) | Value::Null => out.push_str("null"),
        Value::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Value::List(list) => push_list(list, out),
        Value::Map(map) => push_object(&mut |visit| map.each(visit), out),
        Value::Str(text) => push_text(text, out),
    }
}

/// Calls its argument with each name and value.
type Each<'e> = dyn FnMut(&mut dyn FnMut(&str, Value<'_>)) + 'e;

/// Appends an object with the members that `each` visits.
pub(crate) fn push_object(each: &mut Each<'_>, out: &mut String) {
    out.push('{');
    let mut first = true;
    each(&mut |name, value| {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
        push_text(name, out);
        out.push_str(": ");
        push_value(value, out);
    });
    out.push('}');
}

fn push_list(list: &dyn List, out: &mut String) {
    out.push('[');
    let mut index = 0;
    while let Some(value) = list.at(index) {
        if index > 0 {
            out.push_str(", ");
        }
        push_value(value, out);
        index += 1;
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ascii_with_surrogate_pairs() {
        let mut out = String::new();
        push_text("a\"\\\n\u{1}é😀", &mut out);
        assert_eq!(out, "\"a\\\"\\\\\\n\\u0001\\u00e9\\ud83d\\ude00\"");
    }

    #[test]
    fn collections_are_spaced_as_python_does() {
        let map = std::collections::BTreeMap::from([
            ("a".to_owned(), vec![Some(1), None]),
            ("b".to_owned(), Vec::new()),
        ]);
        let mut out = String::new();
        push_value(Value::Map(&map), &mut out);
        assert_eq!(out, "{\"a\": [1, null], \"b\": []}");
    }
}
