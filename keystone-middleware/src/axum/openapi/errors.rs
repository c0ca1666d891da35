//! The errors of services, which all operations share.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// A reference to the response with this status.
pub(super) fn reference(status: u16) -> Value {
    json!({"$ref": format!("#/components/responses/{}", name(status))})
}

/// `Not Found` as the name of a component.
fn name(status: u16) -> String {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    match reason {
        Some(reason) => reason.chars().filter(char::is_ascii_alphanumeric).collect(),
        None => format!("Status{status}"),
    }
}

/// The responses with these statuses.
pub(super) fn responses(statuses: impl IntoIterator<Item = u16>) -> Map<String, Value> {
    let responses = statuses.into_iter().map(|status| {
        let schema = json!({"$ref": format!("#/components/schemas/{ERROR}")});
        let mut response = json!({
            "description": meaning(status),
            "content": {"application/json": {"schema": schema}},
        });
        if let (401, Some(response)) = (status, response.as_object_mut()) {
            let header = json!({
                "description": "The URL at which tokens are issued",
                "schema": {"type": "string"},
            });
            response.insert("headers".to_owned(), json!({"WWW-Authenticate": header}));
        }
        (name(status), response)
    });
    responses.collect()
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request is malformed",
        401 => "There is no valid token",
        403 => "The policy does not allow it",
        404 => "A resource that the request names does not exist",
        409 => "The request conflicts with existing resources",
        410 => "The operation is no longer offered",
        503 => "The service or one that it needs is not available",
        _ => StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("An error"),
    }
}

/// The name of the schema of an error.
pub(super) const ERROR: &str = "ServiceError";

/// The body of an error.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a call was refused.",
        "required": ["error"],
        "properties": {"error": {
            "type": "object",
            "required": ["code", "title", "message"],
            "properties": {
                "code": {"type": "integer", "description": "The status."},
                "title": {"type": "string"},
                "message": {"type": "string"},
            },
            "additionalProperties": true,
        }},
        "additionalProperties": true,
    })
}
