//! Answers that are not what the API describes.

use serde_json::error::Category;

use crate::error::DecodeError;
use crate::transport::Response;

/// Says what is wrong with an answer, and where. serde's own words can repeat a value, and a value
/// can be a secret: only those are passed on that are about keys and types.
pub(super) fn unreadable(
    response: &Response,
    place: Option<String>,
    error: &serde_json::Error,
) -> DecodeError {
    let what = match error.classify() {
        _ if response.is_html() => "an HTML page".to_owned(),
        _ if response.body.is_empty() => "empty".to_owned(),
        Category::Data => of_value(place, error),
        Category::Eof => "it ends too early".to_owned(),
        Category::Io | Category::Syntax => {
            format!("no JSON at line {} column {}", error.line(), error.column())
        }
    };
    let (method, address) = (&response.method, response.address());
    DecodeError::new(format!("the answer is not what the API describes: {what}"))
        .at(format!("{method} {address}"))
        .remedy("check that the address is that of this service and version")
}

fn of_value(place: Option<String>, error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let what = if words.starts_with("missing field") {
        words.to_owned()
    } else {
        let expected = words.starts_with("invalid type: ").then(|| {
            let expected = words.rsplit_once(", expected ");
            expected.map(|(_, expected)| format!("expected {expected}"))
        });
        let expected = expected.flatten();
        expected.unwrap_or_else(|| "a value of another type than described".to_owned())
    };
    let (line, column) = (error.line(), error.column());
    match place {
        Some(place) => format!("`{place}`: {what}"),
        // Forms have no lines.
        None if line == 0 => what,
        None => format!("{what} at line {line} column {column}"),
    }
}
