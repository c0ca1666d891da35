//! Errors about responses that do not match the API.

use http::StatusCode;
use serde_json::error::Category;

use crate::Error;
use crate::error::DecodeError;
use crate::session::address;
use crate::transport::Response;

/// Describes what is wrong with a response, and where. A message of serde can repeat a value, which
/// can be a secret, so only the parts about keys and types are used.
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
            format!(
                "invalid JSON at line {} column {}",
                error.line(),
                error.column()
            )
        }
    };
    let (method, address) = (&response.method, response.address());
    DecodeError::new(format!(
        "the response is not what the API describes: {what}"
    ))
    .at(format!("{method} {address}"))
    .remedy("check that the URL is that of this service and version")
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

/// Whether the error means that the link is missing, and not one of its ends.
pub(super) fn says_not_linked(error: &Error) -> bool {
    let Error::Response(response) = error else {
        return false;
    };
    let names_an_end = || {
        response
            .message()
            .and_then(named_id)
            .is_some_and(|id| has_segment(response.url(), id))
    };
    response.status() == StatusCode::NOT_FOUND && !names_an_end()
}

/// The id in `Could not find user: 5f3c.`, Keystone's message for a missing resource. For a missing
/// link it names both ends, or none.
fn named_id(message: &str) -> Option<&str> {
    let (_, id) = message.strip_prefix("Could not find ")?.split_once(": ")?;
    id.strip_suffix('.')
}

fn has_segment(url: &str, id: &str) -> bool {
    let id = address::encoded(id).to_string();
    url.split('/').any(|segment| segment == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_about_one_resource_names_it() {
        assert_eq!(named_id("Could not find user: 5f3c."), Some("5f3c"));
        assert_eq!(named_id("Could not find policy association."), None);
        assert_eq!(named_id("a does not imply b."), None);
        let url = "http://h/v3/projects/p/users/a%20b/roles/r";
        assert!(has_segment(url, "a b"));
        let both = named_id("Could not find role assignment with role: r, user or group: a b.");
        assert!(!has_segment(url, both.unwrap()));
    }
}
