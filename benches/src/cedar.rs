//! cedar-policy, with its entities built beforehand.

use std::error::Error;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::json;

use crate::measure::best;
use crate::{RULES, Row, roles};

pub(crate) fn row() -> Result<Row, Box<dyn Error>> {
    let mut times = [None; 4];
    for (time, (name, _)) in times.iter_mut().zip(RULES) {
        *time = condition(name)
            .map(|condition| measure(name, condition))
            .transpose()?;
    }
    Ok(("cedar-policy 4.14".to_owned(), times))
}

fn condition(rule: &str) -> Option<&'static str> {
    match rule {
        "open" => Some("true"),
        "role" => Some(r#"principal.roles.contains("admin")"#),
        "ways" => Some(
            r#"principal.roles.contains("admin")
            || (principal.roles.contains("reader") && principal.domain_id == resource.domain_id)
            || principal.user_id == resource.user_id"#,
        ),
        // It has no rules by name.
        _ => None,
    }
}

fn measure(rule: &str, condition: &str) -> Result<f64, Box<dyn Error>> {
    let policies: PolicySet =
        format!("permit(principal, action, resource) when {{ {condition} }};").parse()?;
    let entities = json!([
        {
            "uid": {"type": "User", "id": "u-1"},
            "attrs": {"user_id": "u-1", "domain_id": "", "roles": roles(rule)},
            "parents": [],
        },
        {
            "uid": {"type": "Server", "id": "s-1"},
            "attrs": {"user_id": "u-1", "domain_id": "d-1"},
            "parents": [],
        },
    ]);
    let entities = Entities::from_json_value(entities, None)?;
    let uid = |text: &str| text.parse::<EntityUid>();
    let request = Request::new(
        uid(r#"User::"u-1""#)?,
        uid(&format!(r#"Action::"{rule}""#))?,
        uid(r#"Server::"s-1""#)?,
        Context::empty(),
        None,
    )?;
    let authorizer = Authorizer::new();
    Ok(best(|| {
        authorizer
            .is_authorized(&request, &policies, &entities)
            .decision()
            == Decision::Allow
    }))
}
