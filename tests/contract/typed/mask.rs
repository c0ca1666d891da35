//! What remains of an exchange when everything that differs from run to run is masked.
//!
//! Ids are numbered in the order in which they come up, so that what was one stays one.

use serde_json::{Map, Value};

use crate::tape::Body;

/// The tag of names on a tape.
pub const TAG: &str = "unlike-any-other";
/// The ids that a tape has for the administrator and the project of the token.
pub const USER: &str = "00000000000000000000000000000001";
pub const PROJECT: &str = "00000000000000000000000000000002";

/// Random texts, numbered as ids are.
const SECRETS: [&str; 6] = [
    "access_token",
    "audit_ids",
    "oauth_token_secret",
    "oauth_verifier",
    "secret",
    "x-subject-token",
];
/// Texts of requests that need not be told apart.
const HIDDEN: [&str; 8] = [
    "X-Amz-Date",
    "body_hash",
    "client_secret",
    "original_password",
    "passcode",
    "password",
    "signature",
    "token",
];
/// Masks one case.
pub struct Mask {
    root: String,
    tag: String,
    ids: Vec<String>,
    secrets: Vec<String>,
    replaying: bool,
    /// Whether this is a response, whose lists have no order and whose secrets come up again.
    in_response: bool,
}

impl Mask {
    /// Of a case at the server `root`; the ids of its administrator come first.
    #[cfg(feature = "real-servers")]
    pub fn new(root: &str, tag: &str, user: &str, project: &str) -> Self {
        Self {
            root: root.to_owned(),
            tag: tag.to_owned(),
            ids: vec![user.to_owned(), project.to_owned()],
            secrets: Vec::new(),
            replaying: false,
            in_response: false,
        }
    }

    /// Of a request that follows a tape: only what is made up anew each time is masked.
    pub fn replayed() -> Self {
        Self {
            root: "http://keystone".to_owned(),
            tag: TAG.to_owned(),
            ids: Vec::new(),
            secrets: Vec::new(),
            replaying: true,
            in_response: false,
        }
    }

    /// The rest of an exchange, after what was sent, is the response.
    #[cfg(feature = "real-servers")]
    pub fn set_in_response(&mut self, in_response: bool) {
        self.in_response = in_response;
    }

    /// Whether this id has come up before.
    #[cfg(feature = "real-servers")]
    pub fn knows(&self, id: &str) -> bool {
        self.ids.iter().any(|known| known == id)
    }

    pub fn body(&mut self, body: &Body) -> Body {
        match body {
            Body::Empty => Body::Empty,
            Body::Form(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| {
                    let value = self.value(key, &value.as_str().into());
                    (key.clone(), value.as_str().unwrap().to_owned())
                });
                Body::Form(pairs.collect())
            }
            Body::Json(value) => Body::Json(self.value("", value)),
            Body::Text(text) => Body::Text(self.text(text)),
        }
    }

    pub fn value(&mut self, key: &str, value: &Value) -> Value {
        match value {
            Value::String(_) if HIDDEN.contains(&key) => "masked".into(),
            Value::String(secret) if SECRETS.contains(&key) => self.secret(secret).into(),
            Value::String(text) => self
                .time(key, text)
                .unwrap_or_else(|| self.text(text))
                .into(),
            Value::Array(items) => {
                let items = self.sorted(items);
                items.iter().map(|item| self.value(key, item)).collect()
            }
            Value::Object(members) => self.members(members).into(),
            other => other.clone(),
        }
    }

    fn members(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let members = members
            .iter()
            .map(|(key, value)| (self.text(key), self.value(key, value)));
        members.collect()
    }

    /// Objects in an order that does not depend on ids not seen before.
    fn sorted(&self, items: &[Value]) -> Vec<Value> {
        let mut items = items.to_vec();
        if self.in_response && items.iter().all(Value::is_object) {
            items.sort_by_cached_key(|item| {
                let mut blank = Self {
                    root: self.root.clone(),
                    tag: self.tag.clone(),
                    ids: self.ids.clone(),
                    secrets: self.secrets.clone(),
                    replaying: false,
                    in_response: true,
                };
                let known = blank.ids.len();
                let text = blank.value("", item).to_string();
                (known..blank.ids.len()).fold(text, |text, new| text.replace(&number(new), "new"))
            });
        }
        items
    }

    pub fn text(&mut self, text: &str) -> String {
        let mut text = text
            .replace(&self.root, "http://keystone")
            .replace(&self.tag, TAG);
        for (index, secret) in self.secrets.iter().enumerate() {
            text = text.replace(secret, &format!("secret-{}", index + 1));
        }
        if self.replaying {
            return text;
        }
        self.number_ids(&text)
    }

    fn secret(&mut self, secret: &str) -> String {
        if !self.in_response {
            return "masked".to_owned();
        }
        if !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
        }
        self.text(secret)
    }

    /// Replaces every run of 32 hexadecimal digits, or of 64.
    fn number_ids(&mut self, text: &str) -> String {
        let mut masked = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
            masked += &rest[..start];
            rest = &rest[start..];
            let length = rest.find(|c: char| !c.is_ascii_hexdigit());
            let (run, after) = rest.split_at(length.unwrap_or(rest.len()));
            if matches!(run.len(), 32 | 64) {
                masked += &self.id(run);
            } else {
                masked += run;
            }
            rest = after;
        }
        masked + rest
    }

    fn id(&mut self, id: &str) -> String {
        let index = self.ids.iter().position(|known| known == id);
        let index = index.unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        });
        number(index)
    }

    /// One time of the same form, past or to come; those that a case names itself are kept.
    fn time(&self, key: &str, text: &str) -> Option<String> {
        let digits_as_zeros: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        let form = digits_as_zeros.strip_prefix("0000-00-00T00:00:00")?;
        if !matches!(form, ".000000Z" | ".000000" | "Z") || text.starts_with("209") {
            return None;
        }
        let to_come = matches!(key, "expires_at" | "oauth_expires_at");
        let year = if to_come { "2089" } else { "2020" };
        Some(format!("{year}-01-02T03:04:05{form}"))
    }
}

/// The id with this index.
fn number(index: usize) -> String {
    format!("{:032x}", index + 1)
}
