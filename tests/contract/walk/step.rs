//! One operation, told without the ids of either server.

use std::fmt;

use reqwest::Method;
use serde_json::Value;

/// Stands where an id should and means nothing on either server.
pub const NOBODY: &str = "deadbeefdeadbeefdeadbeefdeadbeef";

/// An operation. `{user:3}` in its path and body stands for the id of what was so called when it
/// was made.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who asks, such as `domain manager`.
    pub caller: String,
    pub method: Method,
    /// Below `/v3`.
    pub path: String,
    pub body: Option<Value>,
    /// What it makes: the name under which later steps find it, such as `user:3`.
    pub makes: Option<String>,
    /// Names the token of this caller as the subject.
    pub subject: Option<String>,
}

impl Step {
    pub fn new(caller: &str, method: Method, path: impl Into<String>) -> Self {
        Self {
            caller: caller.to_owned(),
            method,
            path: path.into(),
            body: None,
            makes: None,
            subject: None,
        }
    }

    pub fn get(caller: &str, path: impl Into<String>) -> Self {
        Self::new(caller, Method::GET, path)
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub fn makes(mut self, name: impl Into<String>) -> Self {
        self.makes = Some(name.into());
        self
    }

    /// The operation without what it is about, for grouping: `PATCH /users/{user}`.
    pub fn kind(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let parts = path.split('/').map(|part| {
            let named = part.strip_prefix('{').and_then(|part| part.split_once(':'));
            match named {
                Some((kind, _)) => format!("{{{kind}}}"),
                None if part == NOBODY => "{unknown}".to_owned(),
                None => part.to_owned(),
            }
        });
        let query = self.path.split_once('?').map(|(_, query)| {
            let names = query.split('&').filter_map(|pair| pair.split('=').next());
            format!("?{}", names.collect::<Vec<_>>().join("&"))
        });
        format!(
            "{} {}{}",
            self.method,
            parts.collect::<Vec<_>>().join("/"),
            query.unwrap_or_default()
        )
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {} {}", self.caller, self.method, self.path)?;
        if let Some(subject) = &self.subject {
            write!(f, " about the token of [{subject}]")?;
        }
        if let Some(body) = &self.body {
            write!(f, " {body}")?;
        }
        if let Some(name) = &self.makes {
            write!(f, " -> {name}")?;
        }
        Ok(())
    }
}
