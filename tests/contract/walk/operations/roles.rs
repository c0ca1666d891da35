//! Roles and what they imply.

use reqwest::Method;

use super::Choice;
use crate::step::Step;

pub(super) fn choose(c: &mut Choice<'_>) -> Step {
    let role = c.some("role");
    match c.chance.below(12) {
        0 => {
            let path = c.query("/roles", &[("domain_id", 40), ("name", 20)]);
            c.get(path)
        }
        1 => {
            let mut fields = c.fields(&[("domain_id", 50), ("description", 30), ("options", 10)]);
            fields.insert("name".into(), c.name());
            c.make("role", "/roles", fields)
        }
        2 | 3 => c.get(format!("/roles/{role}")),
        4 => {
            let role = not_of_a_caller(c, role);
            let fields = c.fields(&[("name", 40), ("description", 40), ("domain_id", 10)]);
            c.change("role", format!("/roles/{role}"), fields)
        }
        5 => {
            let role = not_of_a_caller(c, role);
            c.step(Method::DELETE, format!("/roles/{role}"))
        }
        6 => c.get(format!("/roles/{role}/implies")),
        7 => c.get("/role_inferences"),
        _ => {
            // All walks share the roles that the servers come with.
            let prior = not_of_a_caller(c, role);
            let implied = c.some("role");
            let methods = [
                Method::GET,
                Method::HEAD,
                Method::PUT,
                Method::PUT,
                Method::DELETE,
            ];
            let method = c.chance.of(&methods).clone();
            c.step(method, format!("/roles/{prior}/implies/{implied}"))
        }
    }
}

/// Leaves the roles alone that the servers come with.
fn not_of_a_caller(c: &mut Choice<'_>, role: String) -> String {
    let shared = crate::world::ROLES.map(|role| format!("{{role:{role}}}"));
    match shared.contains(&role) {
        true => c.own("role"),
        false => role,
    }
}
