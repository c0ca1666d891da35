//! What of a response has to be the same on both servers.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::call::{Body, Response};

/// Masks the responses of one server.
pub struct Mask<'a> {
    /// The server's address, without `/v3`.
    pub root: &'a str,
    /// What all names of this walk begin with.
    pub tag: &'a str,
    /// The names of ids, such as `user:3`.
    pub names: &'a HashMap<String, String>,
}

impl Mask<'_> {
    /// The response as one line.
    pub fn response(&self, response: &Response) -> String {
        let body = match &response.body {
            Body::Empty => String::new(),
            Body::Form(_) => "a form".to_owned(),
            Body::Json(body) => self.value("", body).to_string(),
            Body::Other => "not JSON".to_owned(),
        };
        format!("{} {body}", response.status)
    }

    fn value(&self, key: &str, value: &Value) -> Value {
        match value {
            Value::Array(elements) => Value::Array(self.elements(key, elements)),
            Value::Object(members) => Value::Object(self.members(members)),
            Value::String(text) => self.text(key, text).into(),
            other => other.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Map<String, Value> {
        let mut masked: Vec<_> = members
            .iter()
            .map(|(key, value)| (self.ids(key), self.value(key, value)))
            .collect();
        masked.sort_by(|(left, _), (right, _)| left.cmp(right));
        masked.into_iter().collect()
    }

    /// In a fixed order, and without what other walks made.
    fn elements(&self, key: &str, elements: &[Value]) -> Vec<Value> {
        let masked = elements.iter().map(|element| self.value(key, element));
        let mut own: Vec<_> = masked.filter(|element| self.is_own(element)).collect();
        own.sort_by_key(Value::to_string);
        own
    }

    /// Whether an element of a list has to do with this walk.
    fn is_own(&self, element: &Value) -> bool {
        let text = element.to_string();
        !element.is_object()
            || text.contains('<') && text.contains(":") && names_something(&text)
            || text.contains("walk#")
    }

    fn text(&self, key: &str, text: &str) -> String {
        match key {
            "message" => "<message>".to_owned(),
            "audit_ids" | "secret" => format!("<{key}>"),
            _ => match time_format(text) {
                Some(format) => format.to_owned(),
                None => self.ids(text),
            },
        }
    }

    /// The text without addresses and tags, and with names in the place of ids.
    fn ids(&self, text: &str) -> String {
        let text = text.replace(self.root, "").replace(self.tag, "walk#");
        let mut masked = String::new();
        let mut rest = text.as_str();
        while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
            masked += &rest[..start];
            rest = &rest[start..];
            let end = rest
                .find(|c: char| !c.is_ascii_hexdigit())
                .unwrap_or(rest.len());
            let run = &rest[..end];
            match (self.names.get(run), end) {
                (Some(name), _) => masked += &format!("<{name}>"),
                (None, 32 | 64) => masked += "<id>",
                (None, _) => masked += run,
            }
            rest = &rest[end..];
        }
        masked + rest
    }
}

/// Whether an id of this walk occurs: `<user:3>`.
fn names_something(text: &str) -> bool {
    text.split('<').skip(1).any(|rest| {
        let name = rest.split('>').next().unwrap_or_default();
        name.contains(':')
    })
}

/// Times are compared by their form.
fn time_format(text: &str) -> Option<&'static str> {
    let zeros: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    match zeros.as_str() {
        "0000-00-00T00:00:00.000000Z" => Some("<time with fraction and zone>"),
        "0000-00-00T00:00:00.000000" => Some("<time with fraction>"),
        "0000-00-00T00:00:00Z" => Some("<time with zone>"),
        _ => None,
    }
}
