//! Commands that write policy files: `sample`, `generate`, `upgrade`, `convert`, `redundant`.

use crate::Folder;

#[test]
fn a_sample_documents_every_default_and_overrides_none() {
    let folder = Folder::new("sample");
    let sample = folder.done("sample service.yaml");
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
    let bare = folder.done("sample service.yaml --exclude-deprecated");
    assert!(!bare.contains("proxy:run"), "{bare}");

    // Without the sign before each rule it is a policy file that changes nothing.
    let active: Vec<&str> = sample
        .lines()
        .filter_map(|line| line.strip_prefix("#\""))
        .collect();
    folder.write(
        "sample.yaml",
        &active
            .iter()
            .map(|line| format!("\"{line}\n"))
            .collect::<String>(),
    );
    assert_eq!(
        folder
            .run("diff service.yaml sample.yaml --defaults service.yaml")
            .0,
        0
    );
    let redundant = folder.json("redundant sample.yaml --defaults service.yaml");
    assert_eq!(redundant.as_array().unwrap().len(), 6);
    assert_eq!(folder.json("sample service.yaml")["admin"], "role:admin");
}

#[test]
fn a_sample_tells_what_goes_away_and_why() {
    let folder = Folder::new("sample-removal");
    folder.write(
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
        folder.done("sample going.yaml"),
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
    let bare = folder.done("sample going.yaml --exclude-deprecated");
    assert!(
        !bare.contains("DEPRECATED") && bare.contains("POST  /v1/reset"),
        "{bare}"
    );
}

#[test]
fn what_is_in_force_is_generated_with_old_names_followed() {
    let folder = Folder::new("generate");
    let rules = folder.json("generate operator.yaml --defaults service.yaml");
    assert_eq!(rules["proxy:create"], "rule:owner");
    assert_eq!(rules["proxy:start"], "role:runner");
    assert_eq!(rules["proxy:index"], "");
    folder.write(
        "full.yaml",
        &folder.done("generate operator.yaml --defaults service.yaml"),
    );
    let line = "diff operator.yaml full.yaml --defaults service.yaml";
    assert_eq!(
        folder.run(line),
        (0, String::new(), "nothing changes\n".to_owned())
    );
}

#[test]
fn an_upgrade_splits_an_old_name_and_keeps_the_rest_of_the_file() {
    let folder = Folder::new("upgrade");
    let (code, stdout, stderr) = folder.run("upgrade operator.yaml --defaults service.yaml");
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
    folder.write("new.yaml", &stdout);
    assert_eq!(
        folder.done("upgrade new.yaml --defaults service.yaml"),
        stdout
    );
    let line = "diff operator.yaml new.yaml --defaults service.yaml";
    assert_eq!(folder.run(line).0, 0);
}

#[test]
fn an_upgrade_never_changes_what_is_decided() {
    let folder = Folder::new("upgrade-cases");
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
        folder.write("before.json", before);
        assert_eq!(
            folder.done("upgrade before.json --defaults service.yaml"),
            after
        );
        folder.write("after.json", after);
        let line = "diff before.json after.json --defaults service.yaml";
        assert_eq!(folder.run(line).0, 0, "{before}");
    }
}

#[test]
fn json_becomes_yaml_with_its_comments() {
    let folder = Folder::new("convert");
    folder.write(
        "operator.json",
        "{\n  # Ours\n  \"proxy:create\": \"rule:owner\", # relaxed\n\
         \x20 \"proxy:stop\": [[\"role:a\",\n    \"role:b\"], [\"role:c # d\"]],\n\
         \x20 \"admin\": \"role:admin\"\n  # end\n}\n",
    );
    assert_eq!(
        folder.done("convert operator.json"),
        r#"# Ours
"proxy:create": "rule:owner"  # relaxed
"proxy:stop": [["role:a", "role:b"], ["role:c # d"]]
"admin": "role:admin"
# end
"#
    );
    let documented = folder.done("convert operator.json --defaults service.yaml");
    assert!(documented.contains("# Create a proxy.\n"), "{documented}");
    assert!(
        documented.contains("\n#\"admin\": \"role:admin\"\n"),
        "{documented}"
    );
}

#[test]
fn an_override_is_redundant_only_if_nothing_hangs_on_it() {
    let folder = Folder::new("redundant");
    folder.write(
        "s.yaml",
        "rules: {admin: 'role:admin'}\npolicies:\n  \
         'x:get': {check: 'rule:admin', deprecated: {name: 'x:show', check: '@', reason: r, since: s}}\n  \
         'x:put': {check: 'rule:admin', deprecated: {name: 'x:put', check: 'role:a', reason: r, since: s}}\n",
    );
    let names = |line: &str| -> Vec<String> {
        let rows = folder.json(line);
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    // The override of the older name would count without the second.
    folder.write("one.json", r#"{"x:show": "role:b", "x:get": "rule:admin"}"#);
    assert!(names("redundant one.json --defaults s.yaml").is_empty());
    let converted = folder.done("convert one.json --defaults s.yaml");
    assert!(
        converted.contains("\n\"x:get\": \"rule:admin\"\n"),
        "{converted}"
    );
    // The older default would.
    folder.write("two.json", r#"{"x:put": "rule:admin"}"#);
    assert_eq!(names("redundant two.json --defaults s.yaml"), ["x:put"]);
    assert!(names("redundant two.json --defaults s.yaml --old-defaults").is_empty());
    let line = "convert two.json --defaults s.yaml";
    assert!(folder.done(line).contains("#\"x:put\""));
    assert!(
        !folder
            .done(&format!("{line} --old-defaults"))
            .contains("#\"x:put\"")
    );
}
