//! Deprecated policies, directories of files, and reloading: what operators write over defaults.

use std::fs;
use std::path::PathBuf;

use keystone_policy::decide::{Deprecated, PolicyDefault, Removal, RuleDefault};
use keystone_policy::sources::Registered;
use keystone_policy::{Defaults, Enforcer, Error, PlainCredentials, Rules, parse_rule};

static DEFAULTS: Defaults = Defaults {
    rules: &[RuleDefault::new("admin", "role:admin")],
    policies: &[
        PolicyDefault::new("new", "role:new")
            .deprecated(Deprecated::new("old", "role:old", "renamed", "2.0")),
        PolicyDefault::new("same", "role:new").deprecated(Deprecated::new(
            "same",
            "role:old",
            "tightened",
            "2.0",
        )),
        PolicyDefault::new("gone", "rule:admin")
            .deprecated_for_removal(Removal::new("nobody asks", "3.0")),
    ],
};

fn with(text: &str, enforce_new_defaults: bool) -> Rules {
    let builder = Enforcer::builder(&DEFAULTS).enforce_new_defaults(enforce_new_defaults);
    let builder = builder.policy_text("policy.yaml", text);
    builder.build().unwrap().snapshot()
}

fn rule(rules: &Rules, name: &str) -> String {
    rules.get(name).unwrap().to_string()
}

#[test]
fn old_defaults_count_beside_new_ones_only_on_request() {
    let rules = with("", true);
    assert_eq!(rule(&rules, "new"), "role:new");
    assert_eq!(rule(&rules, "same"), "role:new");
    assert!(rules.get("old").is_none() && rules.warnings().is_empty());
    let rules = with("", false);
    assert_eq!(rule(&rules, "new"), "(role:new or role:old)");
    assert_eq!(rule(&rules, "same"), "(role:new or role:old)");
    assert_eq!(rules.warnings().len(), 2);
}

#[test]
fn an_override_of_the_old_name_decides_the_new_one() {
    for enforce in [true, false] {
        let rules = with("old: role:other", enforce);
        assert_eq!(rule(&rules, "new"), "role:other");
        assert!(
            rules
                .warnings()
                .iter()
                .any(|text| text.contains("override the new name"))
        );
    }
}

#[test]
fn an_override_of_the_old_name_that_says_nothing_new_decides_nothing() {
    // As text it is another rule; as a tree it is the old default.
    for text in ["old: '(role:old)'", "old: rule:new"] {
        assert_eq!(rule(&with(text, true), "new"), "role:new");
        assert_eq!(rule(&with(text, false), "new"), "(role:new or role:old)");
    }
}

#[test]
fn an_override_of_the_new_name_wins_always() {
    for enforce in [true, false] {
        let rules = with("old: role:other\nnew: role:mine\nsame: '!'", enforce);
        assert_eq!(rule(&rules, "new"), "role:mine");
        assert_eq!(rule(&rules, "same"), "!");
    }
}

#[test]
fn old_and_new_defaults_of_one_text_are_not_combined() {
    let same = Registered::new("a", parse_rule("role:x").unwrap(), "role:x");
    let same = same.deprecated("b", parse_rule("role:x").unwrap(), "role:x", "2.0");
    let rules = Rules::builder()
        .register(same)
        .enforce_new_defaults(false)
        .build()
        .unwrap();
    assert_eq!(rule(&rules, "a"), "role:x");
}

#[test]
fn operators_are_told_what_they_override_in_vain() {
    let warnings = |text| with(text, true).warnings().join("\n");
    assert!(
        warnings("gone: '@'").contains("`gone` is to be removed, as announced in 3.0: nobody asks")
    );
    assert!(warnings("gone: (rule:admin)").contains("`gone` is the same as its default"));
    assert!(warnings("gnoe: '@'").contains("did you mean `gone`?"));
    assert_eq!(warnings("same: '@'"), "");
}

#[test]
fn two_registrations_of_one_name_are_refused() {
    let one = || Registered::new("a", parse_rule("@").unwrap(), "@").place("x:1:1");
    let error = Rules::builder().register(one()).register(one()).build();
    assert!(matches!(error, Err(Error::Duplicate(_))));
}

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("keystone-policy-merge-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_of_a_directory_count_in_the_order_of_their_names() {
    let folder = Folder::new("order");
    let main = folder.write(".policy.yaml", "same: role:main\nnew: role:main\n");
    folder.write("b", "new: role:b\n");
    folder.write("a.json", "{\"new\": \"role:a\", \"gone\": [[\"role:a\"]]}");
    folder.write(".c.yaml", "new: role:hidden\n");
    fs::create_dir_all(folder.0.join("z.yaml")).unwrap();
    let rules = Enforcer::builder(&DEFAULTS)
        .policy_file(main)
        .policy_dir(&folder.0)
        .policy_dir(folder.0.join("absent"))
        .build()
        .unwrap()
        .snapshot();
    assert_eq!(rule(&rules, "new"), "role:b");
    assert_eq!(rule(&rules, "gone"), "role:a");
    assert_eq!(rule(&rules, "same"), "role:main");
}

#[test]
fn many_targets_are_decided_in_their_order() {
    let rules = Rules::new([("x", parse_rule("user_id:%(owner)s").unwrap())]);
    let caller = PlainCredentials::new().attr("user_id", "u");
    let targets = ["u", "v", "u"].map(|owner| std::collections::HashMap::from([("owner", owner)]));
    let allowed: Vec<bool> = rules
        .decide_each("x", &caller, &targets)
        .map(|decision| decision.unwrap().is_allowed())
        .collect();
    assert_eq!(allowed, [true, false, true]);
    let none = rules.decide_each("y", &caller, &targets);
    assert!(
        none.into_iter()
            .all(|decision| !decision.unwrap().is_allowed())
    );
}

#[test]
fn only_registered_policies_can_be_authorized() {
    let rules = with("extra: '@'\ndefault: rule:extra", true);
    let admin = PlainCredentials::new().roles(["admin"]);
    assert!(rules.authorize("gone", &admin, &()).unwrap());
    assert!(rules.enforce("extra", &admin, &()).unwrap());
    let error = rules.authorize("extra", &admin, &()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "policy `extra` cannot be decided: no policy of this name is registered"
    );
}
