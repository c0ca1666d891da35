//! The formats of error bodies.

use serde_json::Value;

/// The content of an error body.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct ErrorBody {
    pub(super) title: Option<String>,
    pub(super) message: Option<String>,
    pub(super) details: Option<String>,
    /// How many further errors there are.
    pub(super) others: usize,
}

/// Reads an error body in any of the known formats; `None` if it has none of them.
///
/// - `{"error": {code, title, message}}`: Keystone and most others
/// - `{"errors": [{title, detail}, ..]}`: the API guideline; only the first is used
/// - `{"badRequest": {code, message}}`: Nova, Cinder, Neutron (`NeutronError`), Ironic
/// - `{"error": "invalid_grant", "error_description": ".."}`: OAuth 2.0
pub(super) fn read(body: &[u8]) -> Option<ErrorBody> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let found = match body.get("error") {
        Some(Value::String(code)) => ErrorBody {
            title: Some(code.clone()),
            message: text(&body, &["error_description", "message"]),
            ..ErrorBody::default()
        },
        Some(error) => from_object(error),
        None => match body.get("errors").and_then(Value::as_array) {
            Some(errors) => ErrorBody {
                others: errors.len().saturating_sub(1),
                ..from_object(errors.first()?)
            },
            None => from_only_member(&body)?,
        },
    };
    (found != ErrorBody::default()).then_some(found)
}

fn from_object(error: &Value) -> ErrorBody {
    let message = text(error, &["message", "detail", "faultstring"]);
    let details = text(error, &["details", "detail"]);
    ErrorBody {
        title: text(error, &["title", "type"]),
        details: details.filter(|details| Some(details) != message.as_ref()),
        message,
        others: 0,
    }
}

/// A single member is named after the error. Ironic writes its content as JSON within a string.
fn from_only_member(body: &Value) -> Option<ErrorBody> {
    let members = body.as_object()?;
    let (name, content) = members.iter().next()?;
    if members.len() > 1 {
        return Some(from_object(body));
    }
    let found = match content {
        Value::Object(_) => from_object(content),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(content @ Value::Object(_)) => from_object(&content),
            _ => from_object(body),
        },
        _ => return None,
    };
    let is_error = found.message.is_some();
    is_error.then(|| ErrorBody {
        title: found.title.or_else(|| Some(name.clone())),
        ..found
    })
}

fn text(value: &Value, keys: &[&str]) -> Option<String> {
    let found = keys.iter().find_map(|key| value.get(key)?.as_str())?;
    let one_line: Vec<_> = found.split_whitespace().collect();
    Some(one_line.join(" ")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Option<(Option<String>, Option<String>)> {
        read(body.as_bytes()).map(|body| (body.title, body.message))
    }

    fn says(title: &str, message: &str) -> Option<(Option<String>, Option<String>)> {
        Some((Some(title.to_owned()), Some(message.to_owned())))
    }

    #[test]
    fn each_family_is_understood() {
        for (body, title, message) in [
            (
                r#"{"error": {"code": 404, "title": "Not Found", "message": "No user\n x."}}"#,
                "Not Found",
                "No user x.",
            ),
            (
                r#"{"errors": [{"title": "Bad", "detail": "Worse."}, {"title": "Other"}]}"#,
                "Bad",
                "Worse.",
            ),
            (
                r#"{"badRequest": {"message": "No such flavor", "code": 400}}"#,
                "badRequest",
                "No such flavor",
            ),
            (
                r#"{"NeutronError": {"type": "NetworkNotFound", "message": "No net", "detail": ""}}"#,
                "NetworkNotFound",
                "No net",
            ),
            (
                r#"{"error_message": "{\"faultstring\": \"No node\", \"debuginfo\": null}"}"#,
                "error_message",
                "No node",
            ),
            (
                r#"{"error": "invalid_grant", "error_description": "Wrong code"}"#,
                "invalid_grant",
                "Wrong code",
            ),
        ] {
            assert_eq!(told(body), says(title, message), "{body}");
        }
    }

    #[test]
    fn details_and_the_number_of_errors_are_told() {
        let neutron = br#"{"NeutronError": {"message": "No net", "detail": "of that name"}}"#;
        let found = read(neutron).unwrap();
        assert_eq!(found.details.as_deref(), Some("of that name"));
        let several =
            br#"{"errors": [{"detail": "One."}, {"detail": "Two."}, {"detail": "Three."}]}"#;
        let found = read(several).unwrap();
        assert_eq!((found.message.as_deref(), found.others), (Some("One."), 2));
        assert_eq!(found.details, None);
    }

    #[test]
    fn what_is_no_error_body_says_nothing() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "3",
            r#"{"user": {"name": "x"}}"#,
            r#"{"errors": []}"#,
        ] {
            assert_eq!(told(body), None, "{body}");
        }
    }
}
