//! Users, groups and their members.

use reqwest::Method;

use super::Choice;
use crate::step::Step;

pub(super) fn choose(c: &mut Choice<'_>) -> Step {
    match c.chance.below(19) {
        0 => {
            let path = c.query(
                "/users",
                &[("domain_id", 60), ("name", 20), ("enabled", 20)],
            );
            c.get(path)
        }
        1 | 2 => {
            let mut fields = c.fields(&[
                ("domain_id", 60),
                ("default_project_id", 30),
                ("description", 20),
                ("enabled", 20),
                ("colour", 10),
            ]);
            fields.insert("name".into(), c.name());
            c.make("user", "/users", fields)
        }
        3 => {
            let user = c.some("user");
            c.get(format!("/users/{user}"))
        }
        4 | 5 => update_user(c),
        6 => {
            let user = c.own("user");
            c.step(Method::DELETE, format!("/users/{user}"))
        }
        7 => {
            let user = c.some("user");
            let path = format!("/users/{user}/projects");
            let path = c.query(&path, &[("domain_id", 20), ("enabled", 20)]);
            c.get(path)
        }
        8 => {
            let user = c.some("user");
            c.get(format!("/users/{user}/groups"))
        }
        _ => group(c),
    }
}

/// Callers keep their state: what ends their tokens ends them by the second.
fn update_user(c: &mut Choice<'_>) -> Step {
    let fields = &[
        ("name", 30),
        ("description", 30),
        ("default_project_id", 30),
        ("domain_id", 10),
        ("colour", 20),
    ];
    let (user, fields) = match c.chance.percent(50) {
        true => (c.some("user"), c.fields(fields)),
        false => (
            c.own("user"),
            c.fields(&[fields.as_slice(), &[("enabled", 60)]].concat()),
        ),
    };
    c.change("user", format!("/users/{user}"), fields)
}

fn group(c: &mut Choice<'_>) -> Step {
    let group = c.some("group");
    match c.chance.below(10) {
        0 => {
            let path = c.query("/groups", &[("domain_id", 60), ("name", 20)]);
            c.get(path)
        }
        1 => {
            let mut fields = c.fields(&[("domain_id", 60), ("description", 30), ("colour", 10)]);
            fields.insert("name".into(), c.name());
            c.make("group", "/groups", fields)
        }
        2 => c.get(format!("/groups/{group}")),
        3 => {
            let fields = c.fields(&[("name", 40), ("description", 40), ("domain_id", 10)]);
            c.change("group", format!("/groups/{group}"), fields)
        }
        4 => c.step(Method::DELETE, format!("/groups/{group}")),
        5 => {
            let path = c.query(
                &format!("/groups/{group}/users"),
                &[("name", 20), ("enabled", 20)],
            );
            c.get(path)
        }
        _ => {
            let user = c.some("user");
            let methods = [
                Method::GET,
                Method::HEAD,
                Method::PUT,
                Method::PUT,
                Method::DELETE,
            ];
            let method = c.chance.of(&methods).clone();
            c.step(method, format!("/groups/{group}/users/{user}"))
        }
    }
}
