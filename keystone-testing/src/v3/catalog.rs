//! The service catalog that comes with a token.

use serde_json::{Value, json};

use crate::store::{Record, Store};

/// The enabled services with their enabled endpoints, whose URLs are filled in.
pub(super) fn of(store: &Store, project: Option<&str>, user: &str) -> Value {
    let services = store
        .services
        .iter()
        .filter(|service| service.flag("enabled"));
    services
        .map(|service| entry(store, service, project, user))
        .collect()
}

/// Whether a URL has only placeholders that the service can fill in.
pub(super) fn is_fillable(url: &str) -> bool {
    fill(url, Some("p"), "u").is_some_and(|url| !url.contains("$(") && !url.contains("%("))
}

fn entry(store: &Store, service: &Record, project: Option<&str>, user: &str) -> Value {
    let endpoints = store
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.flag("enabled") && endpoint.is("service_id", service.id()));
    let endpoints: Vec<_> = endpoints
        .filter_map(|endpoint| show(endpoint, project, user))
        .collect();
    json!({
        "endpoints": endpoints,
        "id": service.id(),
        "type": service.get("type"),
        "name": service.text("name").unwrap_or_default(),
    })
}

/// `None` when the URL wants a project that the token lacks.
fn show(endpoint: &Record, project: Option<&str>, user: &str) -> Option<Value> {
    let url = fill(endpoint.text("url").unwrap_or_default(), project, user)?;
    let mut shown = endpoint.clone();
    shown.remove("enabled");
    shown.remove("service_id");
    shown.set("url", url);
    shown.set(
        "region",
        endpoint.get("region_id").cloned().unwrap_or_default(),
    );
    Some(Value::Object(shown.into_fields()))
}

fn fill(url: &str, project: Option<&str>, user: &str) -> Option<String> {
    let mut url = url.replace("$(", "%(").replace("%(user_id)s", user);
    for name in ["%(project_id)s", "%(tenant_id)s"] {
        if url.contains(name) {
            url = url.replace(name, project?);
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_wants_a_project_is_left_out_without_one() {
        let url = "http://127.0.0.1/v1/$(project_id)s";
        assert_eq!(
            fill(url, Some("p1"), "u1").as_deref(),
            Some("http://127.0.0.1/v1/p1")
        );
        assert_eq!(fill(url, None, "u1"), None);
    }

    #[test]
    fn unknown_placeholders_are_not_fillable() {
        assert!(is_fillable("http://127.0.0.1/%(tenant_id)s/$(user_id)s"));
        assert!(!is_fillable("http://127.0.0.1/$(colour)s"));
    }
}
