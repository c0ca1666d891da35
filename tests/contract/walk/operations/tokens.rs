//! Logins, validation, and what token holders may see; the catalog's resources.

use reqwest::Method;
use serde_json::{Value, json};

use super::Choice;
use crate::step::Step;
use crate::world::{callers, password_login};

pub(super) fn choose(c: &mut Choice<'_>) -> Step {
    match c.chance.below(12) {
        0..=3 => login(c),
        4 | 5 => {
            let method = c.chance.of(&[Method::GET, Method::HEAD]).clone();
            let mut step = c.step(method, "/auth/tokens?nocatalog");
            step.subject = Some(c.chance.of(&callers()).clone());
            step
        }
        6 => c.get("/auth/projects"),
        7 => c.get("/auth/domains"),
        8 => c.get("/auth/system"),
        _ => catalog(c),
    }
}

fn login(c: &mut Choice<'_>) -> Step {
    let scope = match c.chance.below(6) {
        0 => Value::Null,
        1 => json!({"system": {"all": true}}),
        2 => json!({"domain": {"id": c.some("domain")}}),
        3 => json!({"OS-TRUST:trust": {"id": c.some("trust")}}),
        _ => json!({"project": {"id": c.some("project")}}),
    };
    let user = c.some("user");
    Step::new("anonymous", Method::POST, "/auth/tokens?nocatalog")
        .body(password_login(&user, scope))
}

fn catalog(c: &mut Choice<'_>) -> Step {
    let kind = *c.chance.of(&["service", "endpoint", "region"]);
    let one = c.own(kind);
    match c.chance.below(5) {
        0 => c.get(format!("/{kind}s")),
        1 => c.get(format!("/{kind}s/{one}")),
        2 => c.step(Method::DELETE, format!("/{kind}s/{one}")),
        3 => {
            let fields = c.fields(&[("description", 60), ("colour", 30)]);
            c.change(kind, format!("/{kind}s/{one}"), fields)
        }
        _ => {
            let mut fields = c.fields(&[("description", 40)]);
            match kind {
                "service" => _ = fields.insert("type".into(), c.name()),
                "endpoint" => {
                    fields.insert("interface".into(), "public".into());
                    fields.insert("url".into(), "http://127.0.0.1/".into());
                    fields.insert("service_id".into(), c.some("service").into());
                }
                _ => {}
            }
            c.make(kind, format!("/{kind}s"), fields)
        }
    }
}
