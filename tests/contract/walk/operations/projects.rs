//! Projects, their tags, and domains.

use reqwest::Method;
use serde_json::json;

use super::Choice;
use crate::step::Step;

pub(super) fn choose(c: &mut Choice<'_>) -> Step {
    match c.chance.below(22) {
        0 => {
            let path = c.query(
                "/projects",
                &[
                    ("domain_id", 40),
                    ("parent_id", 20),
                    ("is_domain", 20),
                    ("enabled", 10),
                    ("tags", 10),
                    ("not-tags-any", 10),
                ],
            );
            c.get(path)
        }
        1..=3 => {
            let mut fields = c.fields(&[
                ("domain_id", 60),
                ("parent_id", 40),
                ("is_domain", 15),
                ("description", 20),
                ("enabled", 20),
                ("tags", 20),
                ("options", 10),
                ("colour", 10),
            ]);
            fields.insert("name".into(), c.name());
            c.make("project", "/projects", fields)
        }
        4 | 5 => {
            let project = c.some("project");
            let path = c.query(
                &format!("/projects/{project}"),
                &[
                    ("parents_as_list", 15),
                    ("parents_as_ids", 15),
                    ("subtree_as_list", 15),
                    ("subtree_as_ids", 15),
                ],
            );
            c.get(path)
        }
        6 | 7 => update_project(c),
        8 => {
            let project = c.own("project");
            c.step(Method::DELETE, format!("/projects/{project}"))
        }
        9..=14 => tags(c),
        _ => domain(c),
    }
}

/// The places of callers stay enabled: what ends tokens ends them by the second.
fn update_project(c: &mut Choice<'_>) -> Step {
    let fields = &[
        ("name", 30),
        ("description", 30),
        ("domain_id", 8),
        ("parent_id", 8),
        ("is_domain", 12),
        ("tags", 20),
        ("colour", 10),
    ];
    let more = [fields.as_slice(), &[("enabled", 60), ("options", 15)]].concat();
    let (project, fields) = match c.chance.percent(40) {
        true => (c.some("project"), c.fields(fields)),
        false => (c.own("project"), c.fields(&more)),
    };
    c.change("project", format!("/projects/{project}"), fields)
}

fn tags(c: &mut Choice<'_>) -> Step {
    let project = c.some("project");
    let all = format!("/projects/{project}/tags");
    match c.chance.below(6) {
        0 => c.get(all),
        1 => {
            let tags = c.tags();
            c.step(Method::PUT, all).body(json!({ "tags": tags }))
        }
        2 => c.step(Method::DELETE, all),
        _ => {
            let tag = *c.chance.of(&["blue", "green", "a,b", "red"]);
            let methods = [Method::GET, Method::PUT, Method::PUT, Method::DELETE];
            let method = c.chance.of(&methods).clone();
            c.step(method, format!("{all}/{tag}"))
        }
    }
}

fn domain(c: &mut Choice<'_>) -> Step {
    match c.chance.below(7) {
        0 => {
            let path = c.query("/domains", &[("name", 20), ("enabled", 20)]);
            c.get(path)
        }
        1 => {
            let mut fields = c.fields(&[
                ("description", 30),
                ("enabled", 40),
                ("tags", 20),
                ("options", 10),
                ("colour", 10),
            ]);
            fields.insert("name".into(), c.name());
            c.make("domain", "/domains", fields)
        }
        2 | 3 => {
            let domain = c.some("domain");
            c.get(format!("/domains/{domain}"))
        }
        4 => {
            let domain = c.some("domain");
            let fields = c.fields(&[
                ("name", 20),
                ("description", 40),
                ("tags", 20),
                ("colour", 20),
            ]);
            c.change("domain", format!("/domains/{domain}"), fields)
        }
        5 => {
            let domain = c.own("domain");
            let fields = c.fields(&[("enabled", 80), ("options", 15), ("description", 20)]);
            c.change("domain", format!("/domains/{domain}"), fields)
        }
        _ => {
            let domain = c.some("domain");
            c.step(Method::DELETE, format!("/domains/{domain}"))
        }
    }
}
