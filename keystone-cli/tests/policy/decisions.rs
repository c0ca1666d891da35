//! What policies decide, for whom, and what changes: `check`, `explain`, `matrix`, `who-can`, `diff`, `test`.

use serde_json::{Value, json};

use crate::Folder;

#[test]
fn a_token_is_checked_against_one_policy_or_all() {
    let folder = Folder::new("check");
    let all = folder.json("check service.yaml --credentials token.json");
    let results: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["result"])
        .collect();
    assert_eq!(results, ["allowed", "allowed", "denied", "allowed"]);

    let line = "check service.yaml --credentials token.json --policy proxy:create";
    assert_eq!(folder.run(line).0, 0);
    let (code, stdout, _) = folder.run(&format!("{line} --set project_id=p-2"));
    assert_eq!(code, 1);
    assert!(stdout.contains("of rule `owner` is false"), "{stdout}");
    let (code, _, stderr) =
        folder.run("check service.yaml --credentials token.json --policy proxy:craete");
    assert_eq!(code, 2);
    assert_eq!(
        stderr,
        "error: no policy `proxy:craete` is known; did you mean `proxy:create`?\n"
    );

    folder.write(
        "creds.yaml",
        "{user_id: u-1, roles: [admin], system_scope: all}\n",
    );
    let line = "check service.yaml --credentials creds.yaml --policy proxy:create";
    let (code, stdout, _) = folder.run(line);
    assert_eq!(code, 1);
    assert!(stdout.contains("system"), "{stdout}");
}

#[test]
fn an_explanation_tells_what_it_would_take() {
    let folder = Folder::new("explain");
    let line = "explain service.yaml proxy:create --credentials token.json --set project_id=p-2";
    let (code, stdout, _) = folder.run(line);
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
    let own = folder.json("explain service.yaml proxy:create --credentials token.json");
    assert_eq!(own["grants"][1]["met"], true, "{own}");
}

#[test]
fn a_matrix_is_a_table_a_document_or_a_page() {
    let folder = Folder::new("matrix");
    let table = folder.done("matrix service.yaml");
    assert_eq!(
        table.lines().take(8).collect::<Vec<_>>(),
        [
            "+-------------------+-------+--------+-----------+",
            "| policy            | admin | member | (no role) |",
            "+================================================+",
            "| proxy:index       | + + + | + + +  | + + +     |",
            "|   GET /v1/proxies |       |        |           |",
            "| proxy:create      | . . + | . . ?  | . . -     |",
            "| proxy:start       | + + + | - - -  | - - -     |",
            "| proxy:stop        | + + + | - - ?  | - - -     |",
        ],
        "{table}"
    );
    let line = "matrix service.yaml --role member --scope project --policy proxy:cr*";
    assert_eq!(
        folder.json(line),
        json!([{"policy": "proxy:create", "operations": [], "cells": [{
            "role": "member", "scope": "project", "verdict": "depends",
            "if": ["project_id is target.project_id (project scope)"],
        }]}])
    );
    let page = folder.done("matrix service.yaml --html");
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"),
        "{page}"
    );
    assert!(
        !page.contains("http"),
        "the page needs nothing from elsewhere: {page}"
    );
    let line = "matrix service.yaml --role member --scope domain --policy proxy:stop";
    assert_eq!(folder.json(line)[0]["cells"][0]["verdict"], "denied");
    let with_null = folder.json(&format!("{line} --null-targets"));
    assert_eq!(
        with_null[0]["cells"][0]["verdict"], "depends",
        "{with_null}"
    );
}

#[test]
fn who_can_lists_the_grants_of_a_policy() {
    let folder = Folder::new("who-can");
    let grants = folder.json("who-can service.yaml proxy:stop");
    assert_eq!(
        grants,
        json!([
            {"roles": ["admin"], "without_roles": [], "conditions": [],
             "scopes": ["system", "domain", "project", "unscoped"]},
            {"roles": ["member"], "without_roles": [],
             "conditions": ["project_id is target.project_id"], "scopes": ["project"]},
        ])
    );
    folder.write("closed.yaml", "'proxy:stop': '!'\n");
    let (code, _, stderr) = folder.run("who-can closed.yaml proxy:stop --defaults service.yaml");
    assert_eq!((code, stderr.as_str()), (0, "nobody is allowed\n"));
}

#[test]
fn the_example_of_a_diff_can_be_checked_again() {
    let folder = Folder::new("diff");
    let line = "diff service.yaml operator.yaml --defaults service.yaml";
    assert_eq!(folder.run(line).0, 1);
    let report = folder.json(line);
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
        folder.write("creds.json", &change["example"]["credentials"].to_string());
        folder.write("target.json", &change["example"]["target"].to_string());
        let request = format!(
            "--credentials creds.json --target target.json --policy {}",
            change["policy"].as_str().unwrap()
        );
        let before = folder.run(&format!("check service.yaml {request}"));
        let after = folder.run(&format!(
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
    let folder = Folder::new("expect");
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
    folder.write("good.yaml", file);
    assert_eq!(
        folder.run("test good.yaml"),
        (0, String::new(), "5 of 5 expectations are met\n".to_owned())
    );
    folder.write(
        "bad.yaml",
        &format!("{file}  - {{policy: proxy:start, as: member, expect: allow}}\n"),
    );
    let (code, stdout, stderr) = folder.run("test bad.yaml");
    assert_eq!(
        (code, stderr.as_str()),
        (1, "5 of 6 expectations are met\n")
    );
    assert!(stdout.contains("bad.yaml:11:5"), "{stdout}");
    let failures = folder.json("test bad.yaml");
    assert_eq!(failures[0]["result"], "denied", "{failures}");

    folder.write("odd.yaml", &file.replace("on: own", "on: owm"));
    let (code, _, stderr) = folder.run("test odd.yaml");
    assert_eq!(code, 2);
    assert!(stderr.contains("odd.yaml:8:"), "{stderr}");
    assert!(
        stderr.contains("`owm` is not defined, define it under `targets:`"),
        "{stderr}"
    );
    folder.write("odd.yaml", &file.replace("expect: allow", "expct: allow"));
    let (code, _, stderr) = folder.run("test odd.yaml");
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `expect`?"), "{stderr}");
}

#[test]
fn what_a_check_says_without_a_target_agrees_with_the_matrix() {
    let folder = Folder::new("check-and-matrix");
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
    folder.write("rules.json", &Value::Object(rules).to_string());
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
        folder.write("scoped.json", &json!({"token": token}).to_string());
        let checked = folder.json("check rules.json --credentials scoped.json");
        let matrix = folder.json(&format!("matrix rules.json --role member --scope {scope}"));
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
fn a_diff_begins_with_a_summary_and_marks_what_only_one_has() {
    let folder = Folder::new("diff-summary");
    let policies = |lines: &str| format!("rules: {{default: '!'}}\npolicies:\n{lines}");
    folder.write(
        "old.yaml",
        &policies("  'x:get': 'role:reader'\n  'x:put': 'role:member'\n  'x:gone': '@'\n"),
    );
    folder.write(
        "new.yaml",
        &policies(
            "  'x:get': 'role:admin'\n  'x:put': 'role:member'\n  'x:new': \
             {check: '@', deprecated: {name: 'x:gone', check: '@', reason: r, since: s}}\n",
        ),
    );
    let (code, stdout, _) = folder.run("diff old.yaml new.yaml");
    assert_eq!(code, 1);
    assert!(
        stdout.starts_with(
            "policies: 1 changed (somebody loses 1, somebody gains 0), 1 new, 1 gone, 1 unchanged\n"
        ),
        "{stdout}"
    );
    let report = folder.json("diff old.yaml new.yaml");
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
    let folder = Folder::new("diff-same");
    folder.write(
        "old.yaml",
        "policies:\n  'x:get': {check: 'tenant_id:%(tenant_id)s', scope_types: [admin, project]}\n",
    );
    folder.write(
        "new.yaml",
        "policies:\n  'x:get': {check: 'project_id:%(project_id)s', scope_types: [project]}\n",
    );
    let (code, _, stderr) = folder.run("diff old.yaml new.yaml --same tenant_id=project_id");
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stderr.contains("warning: old.yaml:2:61: `admin` is not a scope type"),
        "{stderr}"
    );
    assert_eq!(folder.run("diff old.yaml new.yaml").0, 1);
    assert_eq!(folder.run("diff old.yaml new.yaml --same tenant_id").0, 2);
    // What is meant for foreign scopes alone lets nobody in.
    folder.write(
        "only.yaml",
        "policies:\n  'x:get': {check: '@', scope_types: [admin]}\n",
    );
    let only = folder.json("check only.yaml --credentials token.json");
    assert_eq!(only[0]["result"], "denied");
    let cells = &folder.json("matrix only.yaml --role admin --scope project")[0]["cells"];
    assert_eq!(cells[0]["verdict"], "wrong_scope");
    assert_eq!(folder.run("validate only.yaml --strict").0, 1);
}
