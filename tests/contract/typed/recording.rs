//! What of an exchange goes on the tape.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::mask::Mask;
use crate::tape::{Body, Exchange};

/// What every Keystone has, by id or by name; everything else in a list must be the case's own.
const BOOTSTRAPPED: [&str; 7] = [
    "RegionOne",
    "admin",
    "default",
    "manager",
    "member",
    "reader",
    "service",
];

/// Writes down one case.
pub struct Recording {
    mask: Mask,
    /// The ids of what the case made, and the tag of its names.
    own: BTreeSet<String>,
}

impl Recording {
    pub fn new(mask: Mask, tag: &str) -> Self {
        let own = BTreeSet::from([tag.to_owned()]);
        Self { mask, own }
    }

    pub fn exchange(&mut self, exchange: &Exchange) -> Exchange {
        let target = self.mask.text(&exchange.target);
        let sent = self.mask.body(&exchange.sent);
        self.note_own(exchange);
        self.mask.set_in_response(true);
        let token = exchange.token.as_deref();
        let token = token.map(|token| self.mask.value("x-subject-token", &token.into()));
        let response = match &exchange.response {
            Body::Json(body) => Body::Json(self.without_others(body)),
            Body::Text(text) if text.starts_with('<') => Body::Text("<html>".to_owned()),
            other => other.clone(),
        };
        let response = self.mask.body(&response);
        self.mask.set_in_response(false);
        let content_type = exchange.content_type.clone();
        Exchange {
            method: exchange.method.clone(),
            target,
            sent,
            status: exchange.status,
            content_type: content_type.filter(|media_type| media_type != "application/json"),
            token: token.map(|token| token.as_str().unwrap().to_owned()),
            response,
        }
    }

    /// Notes the id of what was made, for lists to be told from what others make at the same time.
    fn note_own(&mut self, exchange: &Exchange) {
        if exchange.method == "GET" || exchange.status >= 300 {
            return;
        }
        let Some(body) = exchange.response.json() else {
            return;
        };
        let made = body.as_object().into_iter().flat_map(Map::values);
        let made = made.flat_map(|value| match value {
            Value::Array(items) => items.clone(),
            other => vec![other.clone()],
        });
        for made in made {
            let ids = [&made["id"], &made["access"]].into_iter();
            self.own
                .extend(ids.filter_map(Value::as_str).map(str::to_owned));
        }
    }

    /// Lists hold what other cases make, and what Keystone was born with: only what the case can
    /// know is kept.
    fn without_others(&self, body: &Value) -> Value {
        let Value::Object(members) = body else {
            return body.clone();
        };
        let members = members.iter().map(|(key, value)| {
            let value = match value {
                Value::Array(items) if key != "links" && items.iter().all(Value::is_object) => {
                    let own = items.iter().filter(|item| self.is_own(item));
                    Value::Array(own.cloned().collect())
                }
                // The JSON home.
                Value::Object(map) if key == "resources" => {
                    let short = map.iter().filter(|(name, _)| name.ends_with("/rel/users"));
                    let short = short.map(|(name, value)| (name.clone(), value.clone()));
                    Value::Object(short.collect())
                }
                other => other.clone(),
            };
            (key.clone(), value)
        });
        Value::Object(members.collect())
    }

    fn is_own(&self, item: &Value) -> bool {
        let known = |id: &str| BOOTSTRAPPED.contains(&id) || self.mask.knows(id);
        let text = item.to_string();
        item["id"].as_str().is_some_and(known)
            || item["name"].as_str().is_some_and(known)
            || item["type"] == "identity"
            || item["id"].as_str().is_some_and(|id| id.starts_with("v3."))
            || item.get("all").is_some()
            || self.own.iter().any(|own| text.contains(own))
    }
}
