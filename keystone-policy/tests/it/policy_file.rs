//! What a service's policy file says of its API: `service:`, `internal:` and `operations:`.

use keystone_policy::sources::file::{PolicyFile, read_policies};

fn read(text: &str) -> PolicyFile {
    read_policies("p.yaml", text).unwrap()
}

/// The only mistake of a file.
fn mistake(text: &str) -> String {
    let errors = read_policies("p.yaml", text).unwrap_err();
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn the_files_of_the_service_are_one_path_or_a_list() {
    let paths = |text: &str| -> Vec<(String, String)> {
        let file = read(text);
        let pair = |one: &keystone_policy::sources::file::ServiceEntry| {
            (one.path.clone(), one.place("p.yaml"))
        };
        file.services.iter().map(pair).collect()
    };
    let pair = |path: &str, place: &str| (path.to_owned(), place.to_owned());
    assert_eq!(paths("policies: {}"), []);
    assert_eq!(
        paths("service: ../a.yaml\npolicies: {}"),
        [pair("../a.yaml", "p.yaml:1:10")]
    );
    assert_eq!(
        paths("policies: {}\nservice:\n  - v1.yaml\n  - v2.yaml\n"),
        [pair("v1.yaml", "p.yaml:3:5"), pair("v2.yaml", "p.yaml:4:5")]
    );
}

#[test]
fn a_service_file_that_is_no_path_is_refused_at_its_place() {
    for (text, problem) in [
        ("service:", "p.yaml:1:8: expected a string here"),
        ("service: {a: b}", "p.yaml:1:10: expected a string here"),
        (
            "service: ''",
            "p.yaml:1:10: expected the path of a file here",
        ),
        (
            "service: [a.yaml, a.yaml]",
            "p.yaml:1:19: this file is given twice",
        ),
        ("services: a.yaml", "did you mean `service`?"),
    ] {
        assert!(mistake(text).contains(problem), "{text}: {}", mistake(text));
    }
}

#[test]
fn a_policy_says_that_it_is_internal_or_which_operations_it_has() {
    let file = read(
        "policies:\n  a: {check: '@', internal: true}\n  b: {check: '@', internal: false}\n  c: '@'\n  \
         d:\n    check: '@'\n    operations: [{method: GET, path: /v1}]\n",
    );
    let internal: Vec<bool> = file.policies.iter().map(|one| one.internal).collect();
    assert_eq!(internal, [true, false, false, false]);
    let places = file
        .policies
        .iter()
        .map(|one| one.operations_place("p.yaml"));
    let places: Vec<Option<String>> = places.collect();
    assert_eq!(places, [None, None, None, Some("p.yaml:7:5".to_owned())]);
}

#[test]
fn an_internal_policy_with_operations_is_refused() {
    for operations in ["[]", "[{method: GET, path: /v1}]"] {
        let text =
            format!("policies:\n  a: {{check: '@', internal: true, operations: {operations}}}");
        assert_eq!(
            mistake(&text),
            "p.yaml:2:3: policy `a` is `internal: true`, which no operation enforces, and lists \
             `operations`, remove one of the two"
        );
    }
}

#[test]
fn internal_is_a_boolean() {
    for value in ["'true'", "1", "maybe", "", "[true]"] {
        let text = format!("policies:\n  a: {{check: '@', internal: {value}}}");
        let mistake = mistake(&text);
        assert!(
            mistake.contains("expected `true` or `false` here"),
            "{value}: {mistake}"
        );
    }
}
