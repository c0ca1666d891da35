//! `keystone policy` as scripts and operators see it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const SERVICE: &str = r#"
rules:
  admin: "role:admin"
  owner: "project_id:%(project_id)s"
policies:
  "proxy:index":
    check: ""
    description: List the proxies.
    operations: [{method: GET, path: /v1/proxies}]
  "proxy:create":
    check: "rule:admin or role:member and rule:owner"
    description: Create a proxy.
    scope_types: [project]
  "proxy:start":
    check: "rule:admin"
    deprecated: {name: "proxy:run", check: "@", reason: Split in two., since: "2.0"}
  "proxy:stop":
    check: [["rule:admin"], ["role:member", "rule:owner"]]
    deprecated: {name: "proxy:run", check: "@", reason: Split in two., since: "2.0"}
"#;

const OPERATOR: &str = r#"# Ours
"proxy:create": "rule:owner"   # relaxed

# Who runs
"proxy:run":  # for now
  # the night shift
  - ["role:runner"]

# The boss
"admin": "role:admin"
"#;

const TOKEN: &str = r#"{"token": {
    "user": {"id": "u-1", "domain": {"id": "default"}},
    "project": {"id": "p-1", "domain": {"id": "default"}},
    "roles": [{"id": "1", "name": "member"}]
}}"#;

/// A directory with the files of one test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("policy-{name}"));
        std::fs::create_dir_all(&path).unwrap();
        let place = Self(path);
        place.write("service.yaml", SERVICE);
        place.write("operator.yaml", OPERATOR);
        place.write("token.json", TOKEN);
        place
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    /// Runs `keystone policy` there: exit code, stdout, stderr.
    fn run(&self, line: &str) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_keystone"))
            .current_dir(&self.0)
            .arg("policy")
            .args(line.split_whitespace())
            .env_clear()
            .output()
            .unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// As [`Place::run`], of a command that must end well: stdout.
    fn done(&self, line: &str) -> String {
        let (code, stdout, stderr) = self.run(line);
        assert_eq!(code, 0, "{line}: {stderr}{stdout}");
        stdout
    }

    fn json(&self, line: &str) -> Value {
        let (_, stdout, stderr) = self.run(&format!("{line} -f json"));
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}{stdout}"))
    }
}

#[test]
fn a_sample_documents_every_default_and_overrides_none() {
    let place = Place::new("sample");
    let sample = place.done("sample service.yaml");
    assert_eq!(
        sample,
        r##"#"admin": "role:admin"

#"owner": "project_id:%(project_id)s"

# List the proxies.
# GET  /v1/proxies
#"proxy:index": ""

# Create a proxy.
# Intended scope(s): project
#"proxy:create": "rule:admin or role:member and rule:owner"

# DEPRECATED: it replaced `proxy:run` (@) in 2.0. Split in two.
# An override of `proxy:run` still counts as long as the new name is
# not overridden:
# "proxy:run": "rule:proxy:start"
#"proxy:start": "rule:admin"

# DEPRECATED: it replaced `proxy:run` (@) in 2.0. Split in two.
# An override of `proxy:run` still counts as long as the new name is
# not overridden:
# "proxy:run": "rule:proxy:stop"
#"proxy:stop": [["rule:admin"], ["role:member", "rule:owner"]]
"##
    );
    let bare = place.done("sample service.yaml --exclude-deprecated");
    assert!(!bare.contains("proxy:run"), "{bare}");

    // Without the sign before each rule it is a policy file that changes nothing.
    let active: Vec<&str> = sample
        .lines()
        .filter_map(|line| line.strip_prefix("#\""))
        .collect();
    place.write(
        "sample.yaml",
        &active
            .iter()
            .map(|line| format!("\"{line}\n"))
            .collect::<String>(),
    );
    assert_eq!(
        place
            .run("diff service.yaml sample.yaml --defaults service.yaml")
            .0,
        0
    );
    let redundant = place.json("redundant sample.yaml --defaults service.yaml");
    assert_eq!(redundant.as_array().unwrap().len(), 6);
    assert_eq!(place.json("sample service.yaml")["admin"], "role:admin");
}

#[test]
fn a_sample_tells_what_goes_away_and_why() {
    let place = Place::new("sample-removal");
    place.write(
        "going.yaml",
        r#"
policies:
  "proxy:reset":
    check: "role:admin"
    description: Reset a proxy.
    operations: [{method: POST, path: /v1/reset}, {method: PUT, path: /v1/reset}]
    scope_types: [system, project]
    deprecated: {name: "proxy:reset", check: "@", reason: Too wide., since: "1.0"}
    deprecated_for_removal: {reason: "Nobody resets proxies, and whoever did lost them.", since: "2.0"}
"#,
    );
    assert_eq!(
        place.done("sample going.yaml"),
        r##"# DEPRECATED since 2.0, to be removed. Nobody resets proxies, and
# whoever did lost them.
# Reset a proxy.
# POST  /v1/reset
# PUT  /v1/reset
# Intended scope(s): system, project
# DEPRECATED: it replaced `proxy:reset` (@) in 1.0. Too wide.
#"proxy:reset": "role:admin"
"##
    );
    let bare = place.done("sample going.yaml --exclude-deprecated");
    assert!(
        !bare.contains("DEPRECATED") && bare.contains("POST  /v1/reset"),
        "{bare}"
    );
}

#[test]
fn what_is_in_force_is_generated_with_old_names_followed() {
    let place = Place::new("generate");
    let rules = place.json("generate operator.yaml --defaults service.yaml");
    assert_eq!(rules["proxy:create"], "rule:owner");
    assert_eq!(rules["proxy:start"], "role:runner");
    assert_eq!(rules["proxy:index"], "");
    place.write(
        "full.yaml",
        &place.done("generate operator.yaml --defaults service.yaml"),
    );
    let line = "diff operator.yaml full.yaml --defaults service.yaml";
    assert_eq!(
        place.run(line),
        (0, String::new(), "nothing changes\n".to_owned())
    );
}

#[test]
fn an_upgrade_splits_an_old_name_and_keeps_the_rest_of_the_file() {
    let place = Place::new("upgrade");
    let (code, stdout, stderr) = place.run("upgrade operator.yaml --defaults service.yaml");
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (
            0,
            r#"# Ours
"proxy:create": "rule:owner"   # relaxed

# Who runs
# for now
# the night shift
"proxy:start": [["role:runner"]]
"proxy:stop": [["role:runner"]]

# The boss
"admin": "role:admin"
"#,
            "operator.yaml:5:1: `proxy:run` is now `proxy:start` and `proxy:stop`\n"
        )
    );
    place.write("new.yaml", &stdout);
    assert_eq!(
        place.done("upgrade new.yaml --defaults service.yaml"),
        stdout
    );
    let line = "diff operator.yaml new.yaml --defaults service.yaml";
    assert_eq!(place.run(line).0, 0);
}

#[test]
fn an_upgrade_never_changes_what_is_decided() {
    let place = Place::new("upgrade-cases");
    let cases = [
        // It says what the old default said, so it had no effect.
        (
            r#"{"proxy:run": "@", "mine": "role:x"}"#,
            "{ \"mine\": \"role:x\"}\n",
        ),
        // One of the new names is overridden.
        (
            r#"{"proxy:run": "role:x", "proxy:stop": "!"}"#,
            "{\"proxy:start\": \"role:x\", \"proxy:stop\": \"!\"}\n",
        ),
        // Another rule refers to the old name.
        (
            r#"{"proxy:run": "role:x", "admin": "rule:proxy:run"}"#,
            "{\"proxy:start\": \"role:x\", \"proxy:stop\": \"role:x\", \
             \"proxy:run\": \"role:x\", \"admin\": \"rule:proxy:run\"}\n",
        ),
    ];
    for (before, after) in cases {
        place.write("before.json", before);
        assert_eq!(
            place.done("upgrade before.json --defaults service.yaml"),
            after
        );
        place.write("after.json", after);
        let line = "diff before.json after.json --defaults service.yaml";
        assert_eq!(place.run(line).0, 0, "{before}");
    }
}

#[test]
fn json_becomes_yaml_with_its_comments() {
    let place = Place::new("convert");
    place.write(
        "operator.json",
        "{\n  # Ours\n  \"proxy:create\": \"rule:owner\", # relaxed\n\
         \x20 \"proxy:stop\": [[\"role:a\",\n    \"role:b\"], [\"role:c # d\"]],\n\
         \x20 \"admin\": \"role:admin\"\n  # end\n}\n",
    );
    assert_eq!(
        place.done("convert operator.json"),
        r#"# Ours
"proxy:create": "rule:owner"  # relaxed
"proxy:stop": [["role:a", "role:b"], ["role:c # d"]]
"admin": "role:admin"
# end
"#
    );
    let documented = place.done("convert operator.json --defaults service.yaml");
    assert!(documented.contains("# Create a proxy.\n"), "{documented}");
    assert!(
        documented.contains("\n#\"admin\": \"role:admin\"\n"),
        "{documented}"
    );
}

#[test]
fn every_mistake_of_a_policy_file_is_told_at_its_place() {
    let place = Place::new("validate");
    place.write(
        "broken.yaml",
        "admin: 'role:admin'\n'a:b': 'rule:admin and'\n'c:d': no\n'e:f': 'rule:admn'\n",
    );
    let (code, _, stderr) = place.run("validate broken.yaml");
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("error: broken.yaml:2:"), "{stderr}");
    assert!(stderr.contains("error: broken.yaml:3:8: "), "{stderr}");
    let report = place.json("validate broken.yaml --defaults service.yaml");
    assert_eq!(report["errors"].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(report["warnings"].as_array().unwrap().len(), 1, "{report}");

    assert_eq!(place.run("validate service.yaml").0, 0);
    assert_eq!(place.run("validate no/such/file").0, 2);
    place.write("odd.yaml", "'proxy:craete': '@'\n");
    let (code, _, stderr) = place.run("validate odd.yaml --defaults service.yaml");
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("did you mean `proxy:create`?"), "{stderr}");
    assert_eq!(
        place
            .run("validate odd.yaml --defaults service.yaml --strict")
            .0,
        1
    );
}

#[test]
fn a_token_is_checked_against_one_policy_or_all() {
    let place = Place::new("check");
    let all = place.json("check service.yaml --credentials token.json");
    let results: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["result"])
        .collect();
    assert_eq!(results, ["allowed", "allowed", "denied", "allowed"]);

    let line = "check service.yaml --credentials token.json --policy proxy:create";
    assert_eq!(place.run(line).0, 0);
    let (code, stdout, _) = place.run(&format!("{line} --set project_id=p-2"));
    assert_eq!(code, 1);
    assert!(stdout.contains("of rule `owner` is false"), "{stdout}");
    let (code, _, stderr) =
        place.run("check service.yaml --credentials token.json --policy proxy:craete");
    assert_eq!(code, 2);
    assert_eq!(
        stderr,
        "error: no policy `proxy:craete` is known; did you mean `proxy:create`?\n"
    );

    place.write(
        "creds.yaml",
        "{user_id: u-1, roles: [admin], system_scope: all}\n",
    );
    let line = "check service.yaml --credentials creds.yaml --policy proxy:create";
    let (code, stdout, _) = place.run(line);
    assert_eq!(code, 1);
    assert!(stdout.contains("system"), "{stdout}");
}

#[test]
fn an_explanation_tells_what_it_would_take() {
    let place = Place::new("explain");
    let line = "explain service.yaml proxy:create --credentials token.json --set project_id=p-2";
    let (code, stdout, _) = place.run(line);
    assert_eq!(code, 1);
    assert!(
        stdout.contains("false: project_id:%(project_id)s, `p-1` is not `p-2`\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains("this caller is allowed if: project_id is p-1\n"),
        "{stdout}"
    );
    assert!(stdout.contains("  [ ] role admin"), "{stdout}");
    let own = place.json("explain service.yaml proxy:create --credentials token.json");
    assert_eq!(own["ways"][1]["met"], true, "{own}");
}

#[test]
fn a_matrix_is_a_table_a_document_or_a_page() {
    let place = Place::new("matrix");
    let table = place.done("matrix service.yaml");
    assert_eq!(
        table.lines().take(8).collect::<Vec<_>>(),
        [
            "+--------------+-------+--------+-----------+",
            "| policy       | admin | member | (no role) |",
            "+===========================================+",
            "| proxy:index  | + + + | + + +  | + + +     |",
            "| proxy:create | . . + | . . ?  | . . -     |",
            "| proxy:start  | + + + | - - -  | - - -     |",
            "| proxy:stop   | + + + | - - ?  | - - -     |",
            "+--------------+-------+--------+-----------+",
        ],
        "{table}"
    );
    let line = "matrix service.yaml --role member --scope project --policy proxy:cr*";
    assert_eq!(
        place.json(line),
        json!([{"policy": "proxy:create", "cells": [{
            "role": "member", "scope": "project", "verdict": "depends",
            "if": ["project_id is target.project_id (project scope)"],
        }]}])
    );
    let page = place.done("matrix service.yaml --html");
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"),
        "{page}"
    );
    assert!(
        !page.contains("http"),
        "the page needs nothing from elsewhere: {page}"
    );
    let line = "matrix service.yaml --role member --scope domain --policy proxy:stop";
    assert_eq!(place.json(line)[0]["cells"][0]["verdict"], "denied");
    let with_null = place.json(&format!("{line} --null-targets"));
    assert_eq!(
        with_null[0]["cells"][0]["verdict"], "depends",
        "{with_null}"
    );
}

#[test]
fn who_can_lists_the_ways_to_be_allowed() {
    let place = Place::new("who-can");
    let ways = place.json("who-can service.yaml proxy:stop");
    assert_eq!(
        ways,
        json!([
            {"roles": ["admin"], "without_roles": [], "conditions": [],
             "scopes": ["system", "domain", "project", "unscoped"]},
            {"roles": ["member"], "without_roles": [],
             "conditions": ["project_id is target.project_id"], "scopes": ["project"]},
        ])
    );
    place.write("closed.yaml", "'proxy:stop': '!'\n");
    let (code, _, stderr) = place.run("who-can closed.yaml proxy:stop --defaults service.yaml");
    assert_eq!((code, stderr.as_str()), (0, "nobody is allowed\n"));
}

#[test]
fn the_example_of_a_diff_can_be_checked_again() {
    let place = Place::new("diff");
    let line = "diff service.yaml operator.yaml --defaults service.yaml";
    assert_eq!(place.run(line).0, 1);
    let report = place.json(line);
    let changes = report["changes"].as_array().unwrap();
    let kinds = |policy: &str| -> Vec<&str> {
        let of = changes.iter().filter(|change| change["policy"] == policy);
        of.map(|change| change["change"].as_str().unwrap())
            .collect()
    };
    assert_eq!(kinds("proxy:index"), Vec::<&str>::new());
    assert_eq!(kinds("proxy:create"), ["gain", "loss"]);
    assert!(changes.len() > 3, "{changes:?}");
    for change in changes {
        place.write("creds.json", &change["example"]["credentials"].to_string());
        place.write("target.json", &change["example"]["target"].to_string());
        let request = format!(
            "--credentials creds.json --target target.json --policy {}",
            change["policy"].as_str().unwrap()
        );
        let before = place.run(&format!("check service.yaml {request}"));
        let after = place.run(&format!(
            "check operator.yaml --defaults service.yaml {request}"
        ));
        let gained = change["change"] == "gain";
        assert_eq!(
            (before.0, after.0),
            (i32::from(gained), i32::from(!gained)),
            "{change}"
        );
    }
}

#[test]
fn expectations_are_held_against_the_rules() {
    let place = Place::new("expect");
    let file = r#"defaults: service.yaml
callers:
  admin: {user_id: a, roles: [admin], project_id: p-9}
  member: {user_id: m, roles: [member], project_id: p-1}
targets:
  own: {project_id: p-1}
tests:
  - {policy: "proxy:create", as: [admin, member], on: own, expect: allow}
  - {policy: "proxy:create", as: member, on: {project_id: p-2}, expect: deny}
  - {policy: ["proxy:start", "proxy:stop"], as: {roles: [other]}, expect: deny}
"#;
    place.write("good.yaml", file);
    assert_eq!(
        place.run("test good.yaml"),
        (0, String::new(), "5 of 5 expectations are met\n".to_owned())
    );
    place.write(
        "bad.yaml",
        &format!("{file}  - {{policy: proxy:start, as: member, expect: allow}}\n"),
    );
    let (code, stdout, stderr) = place.run("test bad.yaml");
    assert_eq!(
        (code, stderr.as_str()),
        (1, "5 of 6 expectations are met\n")
    );
    assert!(stdout.contains("bad.yaml:11:5"), "{stdout}");
    let failures = place.json("test bad.yaml");
    assert_eq!(failures[0]["result"], "denied", "{failures}");

    place.write("odd.yaml", &file.replace("on: own", "on: owm"));
    let (code, _, stderr) = place.run("test odd.yaml");
    assert_eq!(code, 2);
    assert!(stderr.contains("odd.yaml:8:"), "{stderr}");
    assert!(
        stderr.contains("`owm` is not defined, define it under `targets:`"),
        "{stderr}"
    );
    place.write("odd.yaml", &file.replace("expect: allow", "expct: allow"));
    let (code, _, stderr) = place.run("test odd.yaml");
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `expect`?"), "{stderr}");
}

#[test]
fn a_broken_file_is_wrong_settings_for_every_other_tool() {
    let place = Place::new("broken");
    place.write("broken.yaml", "'a:b': 'not admin'\n'c:d':\n");
    for line in [
        "matrix broken.yaml",
        "who-can broken.yaml a:b",
        "generate broken.yaml",
        "convert broken.yaml",
        "diff broken.yaml operator.yaml",
        "upgrade broken.yaml --defaults service.yaml",
        "sample operator.yaml",
        "convert service.yaml",
    ] {
        let (code, stdout, stderr) = place.run(line);
        assert_eq!((code, stdout.as_str()), (2, ""), "{line}: {stderr}");
        assert!(
            [".yaml:1:", "operator.yaml:2:", "service.yaml:3:"]
                .iter()
                .any(|place| stderr.contains(place)),
            "{line}: {stderr}"
        );
    }
}

#[test]
fn without_defaults_every_rule_is_a_policy() {
    let place = Place::new("every-rule");
    place.write(
        "old.yaml",
        "admin: 'role:admin'\nx_drop: 'rule:admin'\n'x:get': '@'\n",
    );
    place.write(
        "new.yaml",
        "admin: 'role:admin'\nx_drop: '@'\n'x:get': '@'\n",
    );
    let all = place.json("check old.yaml --credentials token.json");
    assert_eq!(all.as_array().unwrap().len(), 3);
    let line = "check old.yaml --credentials token.json --policy";
    assert_eq!(place.run(&format!("{line} x_drop")).0, 1);
    let (code, _, stderr) = place.run("diff old.yaml new.yaml");
    assert_eq!(code, 1, "{stderr}");
    assert_eq!(
        place.json("diff old.yaml new.yaml")["changes"][0]["policy"],
        "x_drop"
    );
    let matrix = place.json("matrix old.yaml");
    assert_eq!(matrix.as_array().unwrap().len(), 3);
}

#[test]
fn a_selection_of_nothing_is_wrong_usage() {
    let place = Place::new("nothing-selected");
    place.write("empty.yaml", "");
    for line in [
        "check service.yaml --credentials token.json --policy proxy:run",
        "check service.yaml --credentials token.json --policy nothing:*",
        "check empty.yaml --credentials token.json",
        "explain service.yaml proxy:run --credentials token.json",
        "who-can service.yaml proxy:run",
        "matrix service.yaml --policy nothing:*",
        "matrix empty.yaml",
        "diff service.yaml operator.yaml --defaults service.yaml --policy nothing",
        "diff service.yaml service.yaml --policy nothing:*",
        "diff empty.yaml empty.yaml",
    ] {
        let (code, stdout, stderr) = place.run(line);
        assert_eq!((code, stdout.as_str()), (2, ""), "{line}: {stderr}");
        assert!(stderr.starts_with("error: "), "{line}: {stderr}");
    }
    let (_, _, stderr) = place.run("who-can service.yaml proxy:run");
    assert_eq!(
        stderr,
        "error: `proxy:run` was replaced by `proxy:start` and `proxy:stop`, ask for that\n"
    );
    // A rule that policies refer to can be asked for by its name.
    let line = "check service.yaml --credentials token.json --policy";
    assert_eq!(place.run(&format!("{line} admin")).0, 1);
    assert_eq!(place.run(&format!("{line} owner")).0, 0);
}

#[test]
fn what_a_check_says_without_a_target_agrees_with_the_matrix() {
    let place = Place::new("check-and-matrix");
    let checks = [
        "role:member",
        "project_id:%(project_id)s",
        "domain_id:%(domain_id)s",
        "project_id:%(owner)s",
        "user_id:%(user_id)s",
        "system_scope:all",
        "not project_id:%(project_id)s",
        "not domain_id:%(domain_id)s",
    ];
    let mut rules = serde_json::Map::new();
    for (i, one) in checks.iter().enumerate() {
        for (j, other) in checks.iter().enumerate() {
            rules.insert(format!("a:{i}.{j}"), json!(format!("{one} and {other}")));
            rules.insert(format!("o:{i}.{j}"), json!(format!("{one} or {other}")));
        }
    }
    place.write("rules.json", &Value::Object(rules).to_string());
    let mut decided = [0; 2];
    for (scope, token) in [
        ("domain", json!({"domain": {"id": "d-1"}})),
        (
            "project",
            json!({"project": {"id": "p-1", "domain": {"id": "d-1"}}}),
        ),
        ("system", json!({"system": {"all": true}})),
        ("unscoped", json!({})),
    ] {
        let mut token = token;
        token["user"] = json!({"id": "u-1", "domain": {"id": "d-1"}});
        token["roles"] = json!([{"id": "1", "name": "member"}, {"id": "2", "name": "reader"}]);
        place.write("scoped.json", &json!({"token": token}).to_string());
        let checked = place.json("check rules.json --credentials scoped.json");
        let matrix = place.json(&format!("matrix rules.json --role member --scope {scope}"));
        let rows = checked.as_array().unwrap().iter();
        for (row, cells) in rows.zip(matrix.as_array().unwrap()) {
            assert_eq!(row["policy"], cells["policy"]);
            match cells["cells"][0]["verdict"].as_str().unwrap() {
                "depends" => continue,
                verdict => assert_eq!(row["result"], verdict, "{scope} {row} {cells}"),
            }
            decided[usize::from(row["result"] == "allowed")] += 1;
        }
    }
    assert!(decided.iter().all(|count| *count > 20), "{decided:?}");
}

#[test]
fn an_override_is_redundant_only_if_nothing_hangs_on_it() {
    let place = Place::new("redundant");
    place.write(
        "s.yaml",
        "rules: {admin: 'role:admin'}\npolicies:\n  \
         'x:get': {check: 'rule:admin', deprecated: {name: 'x:show', check: '@', reason: r, since: s}}\n  \
         'x:put': {check: 'rule:admin', deprecated: {name: 'x:put', check: 'role:a', reason: r, since: s}}\n",
    );
    let names = |line: &str| -> Vec<String> {
        let rows = place.json(line);
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    // The override of the older name would count without the second.
    place.write("one.json", r#"{"x:show": "role:b", "x:get": "rule:admin"}"#);
    assert!(names("redundant one.json --defaults s.yaml").is_empty());
    let converted = place.done("convert one.json --defaults s.yaml");
    assert!(
        converted.contains("\n\"x:get\": \"rule:admin\"\n"),
        "{converted}"
    );
    // The older default would.
    place.write("two.json", r#"{"x:put": "rule:admin"}"#);
    assert_eq!(names("redundant two.json --defaults s.yaml"), ["x:put"]);
    assert!(names("redundant two.json --defaults s.yaml --old-defaults").is_empty());
    let line = "convert two.json --defaults s.yaml";
    assert!(place.done(line).contains("#\"x:put\""));
    assert!(
        !place
            .done(&format!("{line} --old-defaults"))
            .contains("#\"x:put\"")
    );
}

#[test]
fn a_diff_begins_with_a_summary_and_marks_what_only_one_has() {
    let place = Place::new("diff-summary");
    let policies = |lines: &str| format!("rules: {{default: '!'}}\npolicies:\n{lines}");
    place.write(
        "old.yaml",
        &policies("  'x:get': 'role:reader'\n  'x:put': 'role:member'\n  'x:gone': '@'\n"),
    );
    place.write(
        "new.yaml",
        &policies(
            "  'x:get': 'role:admin'\n  'x:put': 'role:member'\n  'x:new': \
             {check: '@', deprecated: {name: 'x:gone', check: '@', reason: r, since: s}}\n",
        ),
    );
    let (code, stdout, _) = place.run("diff old.yaml new.yaml");
    assert_eq!(code, 1);
    assert!(
        stdout.starts_with(
            "policies: 1 changed (somebody loses 1, somebody gains 0), 1 new, 1 gone, 1 unchanged\n"
        ),
        "{stdout}"
    );
    let report = place.json("diff old.yaml new.yaml");
    assert_eq!(report["gone"], json!(["x:gone"]));
    assert_eq!(
        report["new"],
        json!([{"policy": "x:new", "replaces": ["x:gone"]}])
    );
    assert_eq!(
        report["summary"]["who"],
        json!([{"who": "role reader", "loses": ["x:get"], "gains": []}])
    );
    assert_eq!(report["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn names_that_mean_the_same_and_foreign_scopes_can_be_compared() {
    let place = Place::new("diff-same");
    place.write(
        "old.yaml",
        "policies:\n  'x:get': {check: 'tenant_id:%(tenant_id)s', scope_types: [admin, project]}\n",
    );
    place.write(
        "new.yaml",
        "policies:\n  'x:get': {check: 'project_id:%(project_id)s', scope_types: [project]}\n",
    );
    let (code, _, stderr) = place.run("diff old.yaml new.yaml --same tenant_id=project_id");
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stderr.contains("warning: old.yaml:2:61: `admin` is no scope type"),
        "{stderr}"
    );
    assert_eq!(place.run("diff old.yaml new.yaml").0, 1);
    assert_eq!(place.run("diff old.yaml new.yaml --same tenant_id").0, 2);
    // What is meant for foreign scopes alone lets nobody in.
    place.write(
        "only.yaml",
        "policies:\n  'x:get': {check: '@', scope_types: [admin]}\n",
    );
    let only = place.json("check only.yaml --credentials token.json");
    assert_eq!(only[0]["result"], "denied");
    let cells = &place.json("matrix only.yaml --role admin --scope project")[0]["cells"];
    assert_eq!(cells[0]["verdict"], "wrong_scope");
    assert_eq!(place.run("validate only.yaml --strict").0, 1);
}

#[test]
fn one_policy_of_too_many_cases_does_not_hide_the_others() {
    let place = Place::new("budget");
    let ids: Vec<String> = (0..600).map(|id| format!("project_id:p{id}")).collect();
    let rules = json!({"x:hard": ids.join(" or "), "x:easy": "role:admin"});
    place.write("old.json", &rules.to_string());
    place.write("new.json", r#"{"x:hard": "!", "x:easy": "role:boss"}"#);
    let (code, stdout, stderr) = place.run("matrix old.json --role admin --scope project");
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.contains("| x:hard | !"), "{stdout}");
    assert!(stdout.contains("| x:easy | +"), "{stdout}");
    assert!(
        stderr.contains("policy `x:hard` has too many cases"),
        "{stderr}"
    );
    assert_eq!(place.run("matrix old.json --policy x:easy").0, 0);
    let report = place.json("diff old.json new.json");
    assert_eq!(report["unknown"], json!(["x:hard"]));
    assert_eq!(report["changes"].as_array().unwrap().len(), 2, "{report}");
    // What is not known must not look as if nothing changed.
    assert_eq!(place.run("diff old.json new.json --policy x:hard").0, 1);
    assert_eq!(place.run("who-can old.json x:hard").0, 2);
}

#[test]
fn a_check_that_is_not_known_here_is_never_taken_for_an_answer() {
    let place = Place::new("kinds");
    place.write(
        "x.yaml",
        "'x:open': '(not field:x:shared=True) or role:admin'\n'x:admin': 'role:admin'\n\
         'x:owner': 'own_er:x and role:admin'\n",
    );
    let line = "check x.yaml --credentials token.json";
    let results = |line: &str| -> Vec<String> {
        let rows = place.json(line);
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["result"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(results(line), ["open", "denied", "denied"]);
    let (code, stdout, stderr) = place.run("explain x.yaml x:open --credentials token.json");
    assert_eq!(code, 1);
    assert!(!stdout.contains("allowed if: always"), "{stdout}");
    assert!(
        stderr.contains("`field` is not known here, say `--check-kind field`"),
        "{stderr}"
    );
    let kinds = "--check-kind field --check-kind own_er";
    let (_, stdout, stderr) = place.run(&format!(
        "explain x.yaml x:open {kinds} --credentials token.json"
    ));
    assert!(
        stdout.contains("depends on `field:x:shared=True`"),
        "{stdout}"
    );
    assert_eq!(stderr, "");
    // Callers may have such a credential; then it is one.
    place.write(
        "c.json",
        r#"{"field": "x:shared=True", "own_er": "x", "roles": ["admin"]}"#,
    );
    assert_eq!(
        results("check x.yaml --credentials c.json"),
        ["allowed", "allowed", "allowed"]
    );
    assert_eq!(
        results(&format!("{line} --known field --known own_er"))[0],
        "allowed"
    );
    let matrix = place.json(&format!(
        "matrix x.yaml {kinds} --role reader --scope project"
    ));
    assert_eq!(matrix[0]["cells"][0]["verdict"], "depends");

    place.write(
        "suite.yaml",
        "rules: x.yaml\ncheck_kinds: [field, own_er]\ntests:\n  \
         - {policy: 'x:owner', as: {roles: [reader]}, expect: deny}\n",
    );
    assert_eq!(place.run("test suite.yaml").0, 0);
}

#[test]
fn near_names_of_kinds_and_credentials_are_told() {
    let place = Place::new("near-kinds");
    place.write(
        "typo.yaml",
        "'x:a': 'roel:admin'\n'x:b': 'Role:admin or user_idd:%(user_id)s or is_admn:True'\n\
         'x:c': 'field:y or field:z'\n'x:d': 'tenant_id:%(tenant_id)s and token.user.id:x'\n",
    );
    let report = place.json("validate typo.yaml");
    let warnings: Vec<&str> = report["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    assert_eq!(warnings.len(), 5, "{warnings:?}");
    for (warning, part) in warnings.iter().zip([
        "`roel` is neither a kind of check nor a credential, so it is never true; did you mean `role`?",
        "did you mean `role`?",
        "did you mean `user_id`?",
        "did you mean `is_admin`?",
        "`field` is not known here",
    ]) {
        assert!(warning.contains(part), "{warning}");
    }
    assert_eq!(place.run("validate typo.yaml").0, 0);
    assert_eq!(place.run("validate typo.yaml --strict").0, 1);
    place.write("good.yaml", "'x:c': 'field:y or mine:z'\n");
    let line = "validate good.yaml --strict --check-kind field --known mine";
    assert_eq!(place.run(line).0, 0);
}

#[test]
fn remedies_say_what_is_in_force() {
    let place = Place::new("remedies");
    for (text, part) in [
        (
            "'x': \"'@'\"",
            "write `!` to deny everybody as this does now, or `@`",
        ),
        ("'x': 'not admin'", "oslo.policy takes it for `not !`"),
        ("'x': 'role:a role:b'", "oslo.policy denies everybody by it"),
        (
            "'x': 'role:a and b'",
            "oslo.policy takes it for `(role:a and !)`",
        ),
        (
            "'x': no",
            "would allow everybody, write `\"@\"` to keep that, or `\"!\"` for nobody",
        ),
        (
            "'x':",
            "would allow everybody, write `\"@\"` to keep that, or `\"!\"` for nobody",
        ),
        (
            "'x': !",
            "would allow everybody, write `\"!\"` for nobody, or `\"@\"` to keep that",
        ),
        ("'x': 0", "would allow everybody"),
        ("'x': 1", "at which oslo.policy fails"),
        (
            "'x': 'role:a'\n'x': '@'",
            "remove one of them (oslo.policy takes the last)",
        ),
        ("'x': \"'p'==%(a)s\"", "compare with a colon: `'p':%(a)s`"),
        ("'x': 'role: a'", "no blank after the colon: `role:a`"),
        ("'x': 'not(role:a)'", "write a blank after `not`"),
        (
            "'x': 'role:a && role:b'",
            "expected `and` or `or` here, not `&`",
        ),
        (
            "'x': 'role:a, role:b'",
            "expected `and` or `or` here instead of the comma",
        ),
    ] {
        place.write("x.yaml", &format!("{text}\n"));
        let (code, _, stderr) = place.run("validate x.yaml");
        assert_eq!(code, 1, "{text}: {stderr}");
        assert!(stderr.contains(part), "{text}: {stderr}");
    }
}

#[test]
fn a_hundred_thousand_rules_are_looked_at_one_after_the_other() {
    let place = Place::new("many");
    // Anything that goes through all rules for each of them would take minutes.
    let rules: serde_json::Map<String, Value> = (0..100_000)
        .map(|number| {
            (
                format!("x:{number}"),
                json!("rule:admin or project_id:%(project_id)s"),
            )
        })
        .chain([("admin".to_owned(), json!("role:admin"))])
        .collect();
    place.write("many.json", &Value::Object(rules).to_string());
    let checked = place.json("check many.json --credentials token.json");
    assert_eq!(checked.as_array().unwrap().len(), 100_001);
    assert_eq!(place.run("validate many.json").0, 0);
}
