//! What a case sent to a Keystone and what came back, as `tests/vectors/identity` keeps it.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mask::Mask;

/// One request and its response.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Exchange {
    pub method: String,
    /// Path and query.
    pub target: String,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub sent: Body,
    pub status: u16,
    /// Only where it is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `X-Subject-Token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub response: Body,
}

/// A body in the form that it has.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    #[default]
    Empty,
    /// Pairs, in their order.
    Form(Vec<(String, String)>),
    Json(Value),
    Text(String),
}

const FORM: &str = "application/x-www-form-urlencoded";

impl Body {
    pub fn read(bytes: &[u8], content_type: Option<&str>) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if content_type.is_some_and(|media_type| media_type.starts_with(FORM)) {
            let pairs = url::form_urlencoded::parse(bytes);
            return Self::Form(pairs.into_owned().collect());
        }
        serde_json::from_slice(bytes).map_or_else(
            |_| Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            Self::Json,
        )
    }

    pub fn write(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Form(pairs) => url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish(),
            Self::Json(value) => value.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    pub fn json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// Plays a tape: the questions must come as they were recorded.
pub struct Player {
    rest: VecDeque<Exchange>,
    case: String,
}

impl Player {
    pub fn new(case: &str) -> Self {
        let rest = read(&file(case)).into();
        let case = case.to_owned();
        Self { rest, case }
    }

    pub fn rest(&self) -> usize {
        self.rest.len()
    }

    pub fn play(&mut self, method: &str, target: &str, sent: &Body) -> Exchange {
        let asked = format!("{method} {target}");
        let next = self.rest.pop_front();
        let next = next.unwrap_or_else(|| panic!("`{}` ends before {asked}", self.case));
        let recorded = format!("{} {}", next.method, next.target);
        assert_eq!(asked, recorded, "not what `{}` asks next", self.case);
        let sent = Mask::replayed().body(sent);
        assert_eq!(sent, next.sent, "{asked} of `{}`", self.case);
        next
    }
}

/// The file of a case, named `topic/case`.
pub fn file(case: &str) -> PathBuf {
    folder().join(format!("{case}.json"))
}

/// Where all of them are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/identity")
}

pub fn read(file: &Path) -> Vec<Exchange> {
    let text = fs::read_to_string(file);
    let text = text.unwrap_or_else(|error| {
        panic!(
            "cannot read `{}`: {error}; write it with `cargo xtask test --bless`",
            file.display()
        )
    });
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{}`: {error}", file.display()))
}

/// An exchange a paragraph, so that a difference is found by eye.
#[cfg(feature = "real-servers")]
pub fn write(exchanges: &[Exchange]) -> String {
    let lines: Vec<String> = exchanges.iter().map(paragraph).collect();
    format!("[\n{}\n]\n", lines.join(",\n\n"))
}

#[cfg(feature = "real-servers")]
fn paragraph(exchange: &Exchange) -> String {
    let Value::Object(members) = serde_json::to_value(exchange).unwrap() else {
        unreachable!("a structure is an object")
    };
    let line = |name: &str| Some(format!("{name:?}: {}", members.get(name)?));
    let of = |names: &[&str]| {
        let parts: Vec<String> = names.iter().filter_map(|name| line(name)).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    let lines: Vec<String> = [
        of(&["method", "target"]),
        of(&["sent"]),
        of(&["status", "content_type", "token"]),
        of(&["response"]),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("{{{}}}", lines.join(",\n "))
}
