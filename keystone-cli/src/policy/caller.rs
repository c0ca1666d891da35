//! Who asks and what for, out of files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use keystone_document::{Content, Node, Scalar};
use keystone_policy::JsonCredentials;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::policy::files::Document;

/// A caller and a target.
#[derive(Args)]
pub(super) struct Request {
    /// The caller, as JSON or YAML: a token as Keystone returns it (`{"token": {..}}`), or
    /// credentials as oslo.policy has them (`{"user_id": .., "roles": [..]}`).
    #[arg(long, value_name = "FILE")]
    credentials: PathBuf,
    /// The target, as JSON or YAML; what is nested becomes `a.b`. Without it the target has the
    /// caller's own user_id and project_id.
    #[arg(long, value_name = "FILE")]
    target: Option<PathBuf>,
    /// Set an attribute of the target to a text; may be given several times.
    #[arg(long, value_name = "NAME=TEXT")]
    set: Vec<String>,
}

/// The attributes of a target.
pub(super) type Target = BTreeMap<String, Value>;

impl Request {
    pub(super) fn read(&self) -> Result<(JsonCredentials, Target), Failure> {
        let creds = credentials(&read(&self.credentials)?).ok_or_else(|| {
            let path = self.credentials.display();
            let message = format!("`{path}` holds no credentials, expected a token or a mapping");
            Failure::settings(message)
        })?;
        let mut target = match &self.target {
            Some(path) => flatten(&read(path)?),
            None => own_target(&creds),
        };
        for pair in &self.set {
            let Some((name, value)) = pair.split_once('=') else {
                let message = format!("`{pair}` sets nothing, write `--set NAME=TEXT`");
                return Err(Failure::settings(message));
            };
            target.insert(name.to_owned(), Value::from(value));
        }
        let creds = checked(creds).map_err(|problem| {
            Failure::settings(format!("`{}`: {problem}", self.credentials.display()))
        })?;
        Ok((creds, target))
    }
}

fn read(path: &Path) -> Result<Value, Failure> {
    Ok(Document::read(path)?
        .root
        .as_ref()
        .map(value)
        .unwrap_or_default())
}

/// The target that a command takes when none is given: something of the caller's own. What the token
/// leaves null the target does not have: null would equal the null of the credentials.
fn own_target(creds: &Value) -> Target {
    let own = |name: &str| {
        let value = creds.get(name).filter(|value| !value.is_null())?;
        Some((name.to_owned(), value.clone()))
    };
    ["user_id", "project_id"]
        .into_iter()
        .filter_map(own)
        .collect()
}

/// Credentials that can be decided by; otherwise what is wrong with them.
pub(super) fn checked(creds: Value) -> Result<JsonCredentials, String> {
    JsonCredentials::new(creds).map_err(|error| error.to_string())
}

/// Credentials, also out of a token. `None` if `document` is no mapping.
pub(super) fn credentials(document: &Value) -> Option<Value> {
    let Some(token) = document
        .get("token")
        .filter(|token| token.get("user").is_some())
    else {
        return document.is_object().then(|| document.clone());
    };
    let at = |path: &str| token.pointer(path).cloned().unwrap_or_default();
    let roles = match token.get("roles") {
        None => json!([]),
        // What has no name is kept as null, which no caller gets by with.
        Some(Value::Array(roles)) => {
            let name = |role: &Value| role.get("name").cloned().unwrap_or_default();
            roles.iter().map(name).collect()
        }
        Some(other) => other.clone(),
    };
    let system = token.pointer("/system/all").and_then(Value::as_bool);
    let is_admin_project = token.get("is_admin_project").cloned();
    Some(json!({
        "user_id": at("/user/id"),
        "user_domain_id": at("/user/domain/id"),
        "system_scope": system.filter(|all| *all).map(|_| "all"),
        "domain_id": at("/domain/id"),
        "project_id": at("/project/id"),
        "project_domain_id": at("/project/domain/id"),
        "roles": roles,
        "is_admin_project": is_admin_project.unwrap_or(Value::Bool(true)),
        "service_user_id": null,
        "service_user_domain_id": null,
        "service_project_id": null,
        "service_project_domain_id": null,
        "service_roles": [],
        "token": token,
    }))
}

/// A target without nesting; lists stay values.
pub(super) fn flatten(document: &Value) -> Target {
    let mut found = Target::new();
    if let Value::Object(map) = document {
        flatten_into(map, "", &mut found);
    }
    found
}

fn flatten_into(map: &Map<String, Value>, before: &str, found: &mut Target) {
    for (name, value) in map {
        let name = format!("{before}{name}");
        match value {
            Value::Object(inner) => flatten_into(inner, &format!("{name}."), found),
            other => {
                found.insert(name, other.clone());
            }
        }
    }
}

/// A document as JSON: plain scalars are what a loader of YAML 1.1 takes them for.
pub(super) fn value(node: &Node) -> Value {
    match &node.value {
        Content::Mapping(entries) => entries
            .iter()
            .map(|entry| (entry.name().to_owned(), value(&entry.value)))
            .collect::<Map<_, _>>()
            .into(),
        Content::Sequence(items) => items.iter().map(value).collect(),
        Content::Scalar(text) => match node.scalar() {
            Some(Scalar::Null) => Value::Null,
            Some(Scalar::Bool(value)) => Value::Bool(value),
            Some(Scalar::Float(value)) => Value::from(value),
            Some(Scalar::Int(value)) => match i64::try_from(value) {
                Ok(value) => Value::from(value),
                Err(_) => {
                    u64::try_from(value).map_or_else(|_| Value::from(text.as_str()), Value::from)
                }
            },
            _ => Value::from(text.as_str()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_becomes_credentials() {
        let token = json!({"token": {
            "user": {"id": "u", "domain": {"id": "default"}},
            "domain": {"id": "d"},
            "roles": [{"id": "1", "name": "admin"}],
        }});
        let creds = credentials(&token).unwrap();
        assert_eq!(creds["domain_id"], "d");
        assert_eq!(creds["project_id"], Value::Null);
        assert_eq!(creds["roles"], json!(["admin"]));
        assert_eq!(creds["token"]["user"]["id"], "u");
        let plain = json!({"user_id": "u", "token": {"x": 1}});
        assert_eq!(credentials(&plain), Some(plain));
        assert_eq!(credentials(&json!("x")), None);
    }

    #[test]
    fn roles_that_cannot_be_read_are_no_credentials() {
        for (roles, place) in [
            (json!([{"name": "admin"}, {"id": "1"}]), "roles[1]"),
            (json!(["admin"]), "roles[0]"),
            (json!("admin"), "roles"),
            (Value::Null, "roles"),
        ] {
            let token = json!({"token": {"user": {"id": "u"}, "roles": roles}});
            let problem = checked(credentials(&token).unwrap()).unwrap_err();
            assert!(
                problem.starts_with(&format!("credentials.{place}: expected a")),
                "{problem}"
            );
        }
        let unscoped = json!({"token": {"user": {"id": "u"}}});
        assert!(checked(credentials(&unscoped).unwrap()).is_ok());
    }

    #[test]
    fn a_target_is_flat() {
        let target = flatten(&json!({"a": {"b": {"c": 1}, "d": [1]}, "e": null, "f": {}}));
        let expected = [("a.b.c", json!(1)), ("a.d", json!([1])), ("e", Value::Null)];
        assert_eq!(
            target,
            expected
                .map(|(name, value)| (name.to_owned(), value))
                .into()
        );
    }
}
