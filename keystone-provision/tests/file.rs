//! Declaring files, right and wrong.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use keystone_provision::{Error, File, Variables, json_schema};

fn problems(text: &str) -> Vec<String> {
    match File::read("lab.yaml", text, &Variables::new()) {
        Err(Error::File(error)) => {
            let problems = error.problems().iter();
            problems
                .map(|problem| format!("{}: {}", problem.place, problem.message))
                .collect()
        }
        other => panic!("expected mistakes, got {other:?}"),
    }
}

#[track_caller]
fn refused(text: &str, expected: &[&str]) {
    let problems = problems(text);
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, expected) in problems.iter().zip(expected) {
        assert!(
            problem.starts_with(expected),
            "{problem}\n  is not\n{expected}"
        );
    }
}

#[test]
fn unknown_keys_and_wrong_values_are_found_where_they_stand() {
    refused(
        "domains:\n  lab:\n    enabeld: true\n",
        &["lab.yaml:3:5: there is no key `enabeld` here; did you mean `enabled`?"],
    );
    refused(
        "domains:\n  lab: {enabled: yes}\n",
        &["lab.yaml:2:18: expected `true` or `false`"],
    );
    refused("roles: [admin]\n", &["lab.yaml:1:8: expected a mapping"]);
    refused(
        "roles: {admin: {state: exsiting}}\n",
        &["lab.yaml:1:24: there is no choice `exsiting` here; did you mean `existing`?"],
    );
    refused(
        "services:\n  proxy:\n    description: x\n",
        &["lab.yaml:3:5: the key `type` is missing"],
    );
    refused(
        "domains: {lab: {users: {a: {password: canary}}}}\n",
        &[
            "lab.yaml:1:39: expected where the password is: `{env: ..}`, `{file: ..}`, `{generate: ..}`",
        ],
    );
    refused("a: [\n", &["lab.yaml:2:1: "]);
}

#[test]
fn a_secret_can_only_be_told_by_where_it_is() {
    let text = "domains: {lab: {users: {a: {password: {env: PIN}}}}}\n";
    assert!(File::read("lab.yaml", text, &Variables::new()).is_ok());
    refused(
        "domains: {lab: {users: {a: {password: {plain: x}}}}}\n",
        &[
            "lab.yaml:1:40: there is no choice `plain` here; expected one of `env`, `file`, `generate`",
        ],
    );
}

#[test]
fn what_is_mentioned_has_to_be_declared() {
    refused(
        "domains:\n  lab:\n    users:\n      alice: {default_project: wep}\n    projects: {web: }\n    \
         groups: {ops: {members: [alice, bob, other/carol]}}\nassignments:\n  \
         - {role: admin, user: lab/alice, project: lab/web}\n",
        &[
            "lab.yaml:4:32: project lab/wep is not declared in this file; did you mean `project lab/web`?",
            "lab.yaml:6:37: user lab/bob is not declared in this file; declare it, with `state: existing`",
            "lab.yaml:6:42: user other/carol is not declared",
            "lab.yaml:8:12: role admin is not declared",
        ],
    );
}

#[test]
fn an_assignment_links_one_actor_to_one_target() {
    refused(
        "roles: {r: }\ndomains: {d: {users: {u: }}}\nassignments:\n  - {role: r, domain: d}\n  \
         - {role: r, user: d/u}\n  - {role: r, user: u, domain: d}\n  \
         - {role: r, user: d/u, system: true, inherited: true}\n",
        &[
            "lab.yaml:4:5: an assignment takes either `user` or `group`",
            "lab.yaml:5:5: an assignment takes exactly one of `project`, `domain` and `system: true`",
            "lab.yaml:6:21: `u` does not say which domain; write `DOMAIN/NAME`",
            "lab.yaml:7:5: an inherited role needs a project or a domain",
        ],
    );
}

#[test]
fn nothing_is_declared_twice() {
    refused(
        "roles: {r: }\ndomains: {d: {users: {u: }, groups: {g: {members: [u, d/u]}}}}\nassignments:\n  \
         - {role: r, user: d/u, domain: d}\n  - {user: d/u, domain: d, role: r}\n",
        &[
            "lab.yaml:2:55: member d/u of group d/g is declared twice, first at lab.yaml:2:52",
            "lab.yaml:5:5: role r for user d/u on domain d is declared twice, first at lab.yaml:4:5",
        ],
    );
    refused("roles: {a: }\nroles: {b: }\n", &["lab.yaml:2:1: "]);
    refused(
        "regions: {one: }\nservices: {p: {type: p, endpoints: [{interface: public, region: one, url: a}, \
         {interface: public, region: one, url: b}, {interface: admin}]}}\n",
        &[
            "lab.yaml:2:79: endpoint p public in one is declared twice",
            "lab.yaml:2:121: the key `url` is missing",
        ],
    );
}

#[test]
fn parents_do_not_lead_in_a_circle() {
    refused(
        "regions: {a: {parent: b}, b: {parent: a}, c: {parent: a}}\n\
         domains: {d: {projects: {x: {parent: x}, y: {parent: z, projects: {z: }}}}}\n",
        &[
            "lab.yaml:1:11: region a is its own ancestor",
            "lab.yaml:1:27: region b is its own ancestor",
            "lab.yaml:2:26: project d/x is its own ancestor",
            "lab.yaml:2:42: project d/y is its own ancestor",
            "lab.yaml:2:68: project d/z is its own ancestor",
        ],
    );
    refused(
        "domains: {d: {projects: {x: {projects: {y: {parent: z}}}, z: }}}\n",
        &["lab.yaml:1:53: `y` is nested in `x` already, so it can have no `parent`"],
    );
}

#[test]
fn what_stays_cannot_need_what_goes() {
    refused(
        "roles: {r: {state: absent}}\ndomains: {d: {users: {u: }}}\nassignments:\n  \
         - {role: r, user: d/u, domain: d}\n",
        &[
            "lab.yaml:4:12: role r for user d/u on domain d refers to role r, which has `state: absent`",
        ],
    );
    refused(
        "domains: {d: {state: existing, description: x}}\n",
        &["lab.yaml:1:11: domain d is left as it is"],
    );
    let gone = "domains: {d: {state: absent, users: {u: }, groups: {g: {members: [u]}}}}\n";
    assert!(File::read("lab.yaml", gone, &Variables::new()).is_ok());
}

#[test]
fn variables_stand_anywhere_and_have_to_have_a_value() {
    let text =
        "variables: {name: lab, pin: x}\ndomains:\n  ${name}: {description: '$${name} ${name}'}\n";
    let plain = "domains:\n  lab: {description: '${name} lab'}\n".replace("${", "$${");
    let none = Variables::new();
    let one = File::read("lab.yaml", text, &none).unwrap();
    let other = File::read("lab.yaml", &plain, &none).unwrap();
    assert_eq!(one.digest(), other.digest());
    let given = Variables::from([("name".to_owned(), "other".to_owned())]);
    let given = File::read("lab.yaml", text, &given).unwrap();
    assert_ne!(one.digest(), given.digest());
    refused(
        "variables: {name: lab}\ndomains: {'${nam}': , '${x': }\n",
        &[
            "lab.yaml:2:11: the variable `nam` has no value; did you mean `name`?",
            "lab.yaml:2:23: `${` has no `}`",
        ],
    );
}

#[test]
fn an_empty_file_declares_nothing() {
    for text in ["", "# nothing\n", "domains:\n", "{}"] {
        assert!(
            File::read("lab.yaml", text, &Variables::new()).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn the_schema_for_editors_is_kept() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/schemas/provision.schema.json");
    let schema = json_schema();
    if std::env::var_os("KEYSTONE_CODEGEN").is_some_and(|how| how == "write") {
        fs::write(&path, &schema).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, schema, "run with KEYSTONE_CODEGEN=write");
}
