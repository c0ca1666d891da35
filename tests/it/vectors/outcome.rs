//! What came of a case: requests on the wire, and results.

use serde_json::{Map, Value, json};

/// What came of a case.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) requests: Vec<Value>,
    pub(super) results: Vec<Value>,
}

impl Outcome {
    /// Says what is other than expected, in the form of the files.
    pub(super) fn complaint(&self, file: &str, case: &str, expected: &Self) -> String {
        let mut text = format!("\n{file}: {case}");
        for (what, found, expected) in [
            ("requests", &self.requests, &expected.requests),
            ("results", &self.results, &expected.results),
        ] {
            if found != expected {
                text += &format!("\n  {what}, expected:{}", lines(expected));
                text += &format!("\n  {what}, found:{}", lines(found));
            }
        }
        text
    }
}

fn lines(items: &[Value]) -> String {
    items.iter().map(|item| format!("\n    - {item}")).collect()
}

/// A request as cases write it: method and address, headers that matter, and the body.
pub(super) fn request(line: String, headers: &[(String, String)], body: &str) -> Value {
    let mut seen = Map::from_iter([("at".to_owned(), Value::from(line))]);
    let headers: Map<_, _> = headers.iter().filter_map(|it| matters(it, body)).collect();
    if !headers.is_empty() {
        seen.insert("headers".to_owned(), headers.into());
    }
    if !body.is_empty() {
        match serde_json::from_str::<Value>(body) {
            Ok(body) => seen.insert("json".to_owned(), body),
            Err(_) => seen.insert("text".to_owned(), body.into()),
        };
    }
    seen.into()
}

/// Headers that are no matter of authentication are left out, and so is what JSON goes without
/// saying.
fn matters((name, value): &(String, String), body: &str) -> Option<(String, Value)> {
    let value = match name.as_str() {
        "authorization" if value.starts_with("OAuth ") => signature(value),
        "content-type" if body.is_empty() => return None,
        "content-type" if value == "application/json" => return None,
        "content-type" | "authorization" | "openstack-auth-receipt" | "openstack-api-version" => {
            value.clone()
        }
        "x-openstack-request-id" | "forwarded" => own_agent(value),
        "user-agent" if is_own_agent(value) => return None,
        "user-agent" => own_agent(value),
        name if name.starts_with("x-") => value.clone(),
        _ => return None,
    };
    Some((name.clone(), value.into()))
}

/// What the library says of itself, and the program where nothing else is said.
const AGENTS: [&str; 2] = ["keystone-sdk/", "keystoneauth1/"];
const PROGRAM: &str = "auth_vectors.py ";

fn is_own_agent(value: &str) -> bool {
    let value = value.strip_prefix(PROGRAM).unwrap_or(value);
    AGENTS.iter().any(|agent| value.starts_with(agent))
}

/// The value with `LIBRARY` instead of what the library says of itself.
fn own_agent(value: &str) -> String {
    let start = AGENTS.iter().find_map(|agent| value.find(agent));
    start.map_or_else(
        || value.to_owned(),
        |start| format!("{}LIBRARY", &value[..start]),
    )
}

/// The signature of OAuth 1.0a without what is another one each time.
fn signature(header: &str) -> String {
    let parts = header
        .trim_start_matches("OAuth ")
        .split(',')
        .map(str::trim);
    let is_stable = |part: &&str| {
        let changing = ["oauth_nonce=", "oauth_timestamp=", "oauth_signature="];
        !changing.iter().any(|start| part.starts_with(start))
    };
    let mut parts: Vec<_> = parts.filter(is_stable).collect();
    parts.sort_unstable();
    format!("OAuth {}", parts.join(", "))
}

/// A failed step.
pub(super) fn failed(kind: &str) -> Value {
    json!({ "error": kind })
}
