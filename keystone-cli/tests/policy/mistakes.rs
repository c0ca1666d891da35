//! Mistakes in files and arguments, and what cannot be known.

use serde_json::{Value, json};

use crate::Folder;

#[test]
fn every_mistake_of_a_policy_file_is_told_at_its_place() {
    let folder = Folder::new("validate");
    folder.write(
        "broken.yaml",
        "admin: 'role:admin'\n'a:b': 'rule:admin and'\n'c:d': no\n'e:f': 'rule:admn'\n",
    );
    let (code, _, stderr) = folder.run("validate broken.yaml");
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("error: broken.yaml:2:"), "{stderr}");
    assert!(stderr.contains("error: broken.yaml:3:8: "), "{stderr}");
    let report = folder.json("validate broken.yaml --defaults service.yaml");
    assert_eq!(report["errors"].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(report["warnings"].as_array().unwrap().len(), 1, "{report}");

    assert_eq!(folder.run("validate service.yaml").0, 0);
    assert_eq!(folder.run("validate no/such/file").0, 2);
    folder.write("odd.yaml", "'proxy:craete': '@'\n");
    let (code, _, stderr) = folder.run("validate odd.yaml --defaults service.yaml");
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("did you mean `proxy:create`?"), "{stderr}");
    assert_eq!(
        folder
            .run("validate odd.yaml --defaults service.yaml --strict")
            .0,
        1
    );
}

#[test]
fn a_broken_file_is_wrong_settings_for_every_other_tool() {
    let folder = Folder::new("broken");
    folder.write("broken.yaml", "'a:b': 'not admin'\n'c:d':\n");
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
        let (code, stdout, stderr) = folder.run(line);
        assert_eq!((code, stdout.as_str()), (2, ""), "{line}: {stderr}");
        assert!(
            [".yaml:1:", "operator.yaml:2:", "service.yaml:3:"]
                .iter()
                .any(|folder| stderr.contains(folder)),
            "{line}: {stderr}"
        );
    }
}

#[test]
fn without_defaults_every_rule_is_a_policy() {
    let folder = Folder::new("every-rule");
    folder.write(
        "old.yaml",
        "admin: 'role:admin'\nx_drop: 'rule:admin'\n'x:get': '@'\n",
    );
    folder.write(
        "new.yaml",
        "admin: 'role:admin'\nx_drop: '@'\n'x:get': '@'\n",
    );
    let all = folder.json("check old.yaml --credentials token.json");
    assert_eq!(all.as_array().unwrap().len(), 3);
    let line = "check old.yaml --credentials token.json --policy";
    assert_eq!(folder.run(&format!("{line} x_drop")).0, 1);
    let (code, _, stderr) = folder.run("diff old.yaml new.yaml");
    assert_eq!(code, 1, "{stderr}");
    assert_eq!(
        folder.json("diff old.yaml new.yaml")["changes"][0]["policy"],
        "x_drop"
    );
    let matrix = folder.json("matrix old.yaml");
    assert_eq!(matrix.as_array().unwrap().len(), 3);
}

#[test]
fn a_selection_of_nothing_is_wrong_usage() {
    let folder = Folder::new("nothing-selected");
    folder.write("empty.yaml", "");
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
        let (code, stdout, stderr) = folder.run(line);
        assert_eq!((code, stdout.as_str()), (2, ""), "{line}: {stderr}");
        assert!(stderr.starts_with("error: "), "{line}: {stderr}");
    }
    let (_, _, stderr) = folder.run("who-can service.yaml proxy:run");
    assert_eq!(
        stderr,
        "error: `proxy:run` was replaced by `proxy:start` and `proxy:stop`, ask for that\n"
    );
    // A rule that policies refer to can be asked for by its name.
    let line = "check service.yaml --credentials token.json --policy";
    assert_eq!(folder.run(&format!("{line} admin")).0, 1);
    assert_eq!(folder.run(&format!("{line} owner")).0, 0);
}

#[test]
fn one_policy_of_too_many_cases_does_not_hide_the_others() {
    let folder = Folder::new("budget");
    let ids: Vec<String> = (0..600).map(|id| format!("project_id:p{id}")).collect();
    let rules = json!({"x:hard": ids.join(" or "), "x:easy": "role:admin"});
    folder.write("old.json", &rules.to_string());
    folder.write("new.json", r#"{"x:hard": "!", "x:easy": "role:boss"}"#);
    let (code, stdout, stderr) = folder.run("matrix old.json --role admin --scope project");
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.contains("| x:hard | !"), "{stdout}");
    assert!(stdout.contains("| x:easy | +"), "{stdout}");
    assert!(
        stderr.contains("policy `x:hard` has too many cases"),
        "{stderr}"
    );
    assert_eq!(folder.run("matrix old.json --policy x:easy").0, 0);
    let report = folder.json("diff old.json new.json");
    assert_eq!(report["unknown"], json!(["x:hard"]));
    assert_eq!(report["changes"].as_array().unwrap().len(), 2, "{report}");
    // What is not known must not look as if nothing changed.
    assert_eq!(folder.run("diff old.json new.json --policy x:hard").0, 1);
    assert_eq!(folder.run("who-can old.json x:hard").0, 2);
}

#[test]
fn a_check_that_is_not_known_here_is_never_taken_for_an_answer() {
    let folder = Folder::new("kinds");
    folder.write(
        "x.yaml",
        "'x:open': '(not field:x:shared=True) or role:admin'\n'x:admin': 'role:admin'\n\
         'x:owner': 'own_er:x and role:admin'\n",
    );
    let line = "check x.yaml --credentials token.json";
    let results = |line: &str| -> Vec<String> {
        let rows = folder.json(line);
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["result"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(results(line), ["open", "denied", "denied"]);
    let (code, stdout, stderr) = folder.run("explain x.yaml x:open --credentials token.json");
    assert_eq!(code, 1);
    assert!(!stdout.contains("allowed if: always"), "{stdout}");
    assert!(
        stderr.contains("`field` is not known here, say `--check-kind field`"),
        "{stderr}"
    );
    let kinds = "--check-kind field --check-kind own_er";
    let (_, stdout, stderr) = folder.run(&format!(
        "explain x.yaml x:open {kinds} --credentials token.json"
    ));
    assert!(
        stdout.contains("depends on `field:x:shared=True`"),
        "{stdout}"
    );
    assert_eq!(stderr, "");
    // Callers may have such a credential; then it is one.
    folder.write(
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
    let matrix = folder.json(&format!(
        "matrix x.yaml {kinds} --role reader --scope project"
    ));
    assert_eq!(matrix[0]["cells"][0]["verdict"], "depends");

    folder.write(
        "suite.yaml",
        "rules: x.yaml\ncheck_kinds: [field, own_er]\ntests:\n  \
         - {policy: 'x:owner', as: {roles: [reader]}, expect: deny}\n",
    );
    assert_eq!(folder.run("test suite.yaml").0, 0);
}

#[test]
fn near_names_of_kinds_and_credentials_are_told() {
    let folder = Folder::new("near-kinds");
    folder.write(
        "typo.yaml",
        "'x:a': 'roel:admin'\n'x:b': 'Role:admin or user_idd:%(user_id)s or is_admn:True'\n\
         'x:c': 'field:y or field:z'\n'x:d': 'tenant_id:%(tenant_id)s and token.user.id:x'\n",
    );
    let report = folder.json("validate typo.yaml");
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
    assert_eq!(folder.run("validate typo.yaml").0, 0);
    assert_eq!(folder.run("validate typo.yaml --strict").0, 1);
    folder.write("good.yaml", "'x:c': 'field:y or mine:z'\n");
    let line = "validate good.yaml --strict --check-kind field --known mine";
    assert_eq!(folder.run(line).0, 0);
}

#[test]
fn remedies_say_what_is_in_force() {
    let folder = Folder::new("remedies");
    for (text, part) in [
        (
            "'x': \"'@'\"",
            "write `!` to deny everybody as it does now, or `@`",
        ),
        ("'x': 'not admin'", "oslo.policy reads it as `not !`"),
        (
            "'x': 'role:a role:b'",
            "oslo.policy reads it as `!`, which denies everybody",
        ),
        (
            "'x': 'role:a and b'",
            "oslo.policy reads it as `(role:a and !)`",
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
        ("'x': 'role: a'", "no space after the colon: `role:a`"),
        ("'x': 'not(role:a)'", "write a space after `not`"),
        (
            "'x': 'role:a && role:b'",
            "expected `and` or `or` here, not `&`",
        ),
        (
            "'x': 'role:a, role:b'",
            "expected `and` or `or` here instead of the comma",
        ),
    ] {
        folder.write("x.yaml", &format!("{text}\n"));
        let (code, _, stderr) = folder.run("validate x.yaml");
        assert_eq!(code, 1, "{text}: {stderr}");
        assert!(stderr.contains(part), "{text}: {stderr}");
    }
}

#[test]
fn a_hundred_thousand_rules_are_looked_at_one_after_the_other() {
    let folder = Folder::new("many");
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
    folder.write("many.json", &Value::Object(rules).to_string());
    let checked = folder.json("check many.json --credentials token.json");
    assert_eq!(checked.as_array().unwrap().len(), 100_001);
    assert_eq!(folder.run("validate many.json").0, 0);
}
