//! Who has which role where.

use reqwest::Method;

use super::Choice;
use crate::step::Step;
use crate::world::{ROLES, callers};

pub(super) fn choose(c: &mut Choice<'_>) -> Step {
    match c.chance.below(10) {
        0..=2 => {
            let path = c.query(
                "/role_assignments",
                &[
                    ("user.id", 35),
                    ("group.id", 10),
                    ("role.id", 15),
                    ("scope.project.id", 25),
                    ("scope.domain.id", 15),
                    ("scope.system", 8),
                    ("scope.OS-INHERIT:inherited_to", 10),
                    ("effective", 40),
                    ("include_names", 20),
                    ("include_subtree", 15),
                ],
            );
            c.get(path)
        }
        _ => grant(c),
    }
}

fn grant(c: &mut Choice<'_>) -> Step {
    let target = match c.chance.below(5) {
        0 => "system".to_owned(),
        1 | 2 => format!("domains/{}", c.some("domain")),
        _ => format!("projects/{}", c.some("project")),
    };
    let actor = match c.chance.percent(65) {
        true => format!("users/{}", c.some("user")),
        false => format!("groups/{}", c.some("group")),
    };
    let role = c.some("role");
    let inherited = target != "system" && c.chance.percent(30);
    if c.chance.percent(15) {
        let path = format!("{target}/{actor}/roles");
        return match inherited && target.starts_with("domains") {
            true => c.get(format!("/OS-INHERIT/{path}/inherited_to_projects")),
            false => c.get(format!("/{path}")),
        };
    }
    let methods = [
        Method::GET,
        Method::PUT,
        Method::PUT,
        Method::PUT,
        Method::DELETE,
    ];
    let mut method = c.chance.of(&methods).clone();
    let is_callers = callers().iter().any(|caller| {
        let role = caller.split(' ').next_back().unwrap_or_default();
        ROLES.contains(&role) && actor == format!("users/{{user:{role}}}")
    });
    if method == Method::DELETE && is_callers {
        method = Method::GET;
    }
    let path = format!("{target}/{actor}/roles/{role}");
    match inherited {
        true => c.step(method, format!("/OS-INHERIT/{path}/inherited_to_projects")),
        false => c.step(method, format!("/{path}")),
    }
}
