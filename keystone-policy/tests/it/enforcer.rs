//! The defaults of a service under the overrides of its operator.

use std::path::PathBuf;

use keystone_policy::__private::{Declared, Seal};
use keystone_policy::decide::{AppliesTo, CheckRequest, Deprecated, PolicyDefault, RuleDefault};
use keystone_policy::{
    Checks, DecisionError, Defaults, Enforcer, Error, PlainCredentials, Policy, PolicyTarget, Rules,
};

static DEFAULTS: Defaults = Defaults {
    rules: &[RuleDefault::new("admin", "role:admin").source("proxies.yaml:1:9")],
    policies: &[
        PolicyDefault::new("proxy:index", ""),
        PolicyDefault::new("proxy:create", "rule:admin"),
        PolicyDefault::new("proxy:delete", "rule:admin").deprecated(Deprecated::new(
            "proxy:remove",
            "role:admin",
            "named like the others",
            "2.0",
        )),
    ],
};

/// As `policies!` writes it. Nobody else may name what is `__private`.
struct Create;

impl Declared for Create {}

impl Policy for Create {
    const NAME: &'static str = "proxy:create";
    const INDEX: usize = 1;
    const DEFAULTS: &'static Defaults = &DEFAULTS;
}

impl<T: PolicyTarget> AppliesTo<T> for Create {
    const SEAL: Seal = Seal::POLICIES;
}

/// A policy of the same name, of a table that the enforcer does not have.
struct Foreign;

static FOREIGN: Defaults = Defaults {
    rules: &[],
    policies: &[PolicyDefault::new("proxy:create", "@")],
};

impl Declared for Foreign {}

impl Policy for Foreign {
    const NAME: &'static str = "proxy:create";
    const INDEX: usize = 0;
    const DEFAULTS: &'static Defaults = &FOREIGN;
}

impl<T: PolicyTarget> AppliesTo<T> for Foreign {
    const SEAL: Seal = Seal::POLICIES;
}

fn with(text: &str) -> Result<Enforcer, Error> {
    Enforcer::builder(&DEFAULTS)
        .policy_text("policy.yaml", text)
        .build()
}

fn message(text: &str) -> String {
    with(text).unwrap_err().to_string()
}

fn allows(rules: &Rules, policy: &str, role: &str) -> bool {
    rules
        .decide(policy, &PlainCredentials::new().roles([role]), &())
        .unwrap()
        .is_allowed()
}

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("keystone-policy-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_override_of_a_rule_reaches_the_policies_that_refer_to_it() {
    let rules = with("admin: 'role:boss'").unwrap().snapshot();
    assert!(allows(&rules, "proxy:create", "boss") && !allows(&rules, "proxy:create", "admin"));
    assert!(allows(&rules, "proxy:index", "nobody"));
}

#[test]
fn a_policy_is_found_by_the_table_it_is_declared_in() {
    let rules = with("").unwrap().snapshot();
    let decide = |role| {
        let caller = PlainCredentials::new().roles([role]);
        rules.decide_policy::<Create>(&caller, &()).unwrap()
    };
    assert!(decide("admin").is_allowed() && !decide("member").is_allowed());
    assert!(rules.declares::<Create>().is_ok());
    assert!(!rules.possible_policy::<Create>(&PlainCredentials::new()));
}

#[test]
fn a_policy_of_a_table_that_the_rules_lack_is_an_error_whatever_rule_has_its_name() {
    let admin = PlainCredentials::new().roles(["admin"]);
    for text in ["", "default: '@'", "'proxy:create': '@'"] {
        let rules = with(text).unwrap().snapshot();
        let error = rules.decide_policy::<Foreign>(&admin, &()).unwrap_err();
        assert!(matches!(error, DecisionError::NotRegistered(_)), "{error}");
        assert!(rules.declares::<Foreign>().is_err());
        let message = error.to_string();
        assert!(
            message.contains("proxy:create") && message.contains("table"),
            "{message}"
        );
    }
}

#[test]
fn yaml_lists_and_json_are_read() {
    let rules = with("proxy:create: [['role:a', 'role:b'], 'role:c', []]")
        .unwrap()
        .snapshot();
    assert_eq!(
        rules.get("proxy:create").unwrap().to_string(),
        "((role:a and role:b) or role:c)"
    );
    let rules = with("{\"proxy:create\": \"role:x\",\n\t\"proxy:index\": []}")
        .unwrap()
        .snapshot();
    assert!(allows(&rules, "proxy:create", "x") && allows(&rules, "proxy:index", "x"));
    let rules = with("proxy:index: [[]]").unwrap().snapshot();
    assert!(!allows(&rules, "proxy:index", "x"));
}

#[test]
fn empty_documents_override_nothing() {
    for text in ["", "# nothing\n", "---\n", "{}", "~"] {
        assert!(
            allows(&with(text).unwrap().snapshot(), "proxy:create", "admin"),
            "{text:?}"
        );
    }
}

#[test]
fn what_would_allow_everybody_by_accident_is_refused_with_its_place() {
    for (text, start) in [
        (
            "proxy:create:",
            "policy.yaml:1:13: rule `proxy:create`: the value is missing",
        ),
        (
            "proxy:create: ~",
            "policy.yaml:1:15: rule `proxy:create`: the value is missing",
        ),
        (
            "proxy:create: null",
            "policy.yaml:1:15: rule `proxy:create`: the value is missing",
        ),
        (
            "proxy:create: no",
            "policy.yaml:1:15: rule `proxy:create`: this is the boolean false",
        ),
        (
            "proxy:create: Off",
            "policy.yaml:1:15: rule `proxy:create`: this is the boolean false",
        ),
        (
            "proxy:create: false",
            "policy.yaml:1:15: rule `proxy:create`: this is the boolean false",
        ),
        (
            "proxy:create: !",
            "policy.yaml:1:15: rule `proxy:create`: an unquoted `!`",
        ),
        (
            "proxy:create: ! ''",
            "policy.yaml:1:15: rule `proxy:create`: an unquoted `!`",
        ),
        (
            "proxy:create: 0",
            "policy.yaml:1:15: rule `proxy:create`: this is the number zero",
        ),
        (
            "proxy:create: -7.5",
            "policy.yaml:1:15: rule `proxy:create`: this is a number",
        ),
        // Texts to YAML 1.1, and no rules.
        (
            "proxy:create: n",
            "policy.yaml:1:15: rule `proxy:create`: `n` is not a rule",
        ),
        (
            "proxy:create: nO",
            "policy.yaml:1:15: rule `proxy:create`: `nO` is not a rule",
        ),
        (
            "proxy:create: 1e3",
            "policy.yaml:1:15: rule `proxy:create`: `1e3` is not a rule",
        ),
        (
            "proxy:create: yes",
            "policy.yaml:1:15: rule `proxy:create`: this is the boolean true",
        ),
        (
            "proxy:create: {}",
            "policy.yaml:1:15: rule `proxy:create`: expected a string or a list",
        ),
        (
            "proxy:create: not admin",
            "policy.yaml:1:19: rule `proxy:create`: `not admin` is not a rule",
        ),
        (
            "proxy:create: 'admin or @'",
            "policy.yaml:1:16: rule `proxy:create`: `admin or @` is not a rule",
        ),
        (
            "proxy:create: ' '",
            "policy.yaml:1:17: rule `proxy:create`: ` ` is not a rule",
        ),
        (
            "proxy:create: [[admin]]",
            "policy.yaml:1:17: rule `proxy:create`: `admin` is not a rule",
        ),
        (
            "proxy:create: [[~]]",
            "policy.yaml:1:17: rule `proxy:create`: expected a check",
        ),
        (
            "proxy:create: [1]",
            "policy.yaml:1:16: rule `proxy:create`: expected a check",
        ),
    ] {
        let message = message(text);
        assert!(message.starts_with(start), "{text}: {message}");
    }
}

#[test]
fn operands_that_only_python_reads_are_refused_with_their_place_and_what_to_write() {
    let write = "write the name of a credential";
    for (check, operand, remedy) in [
        ("0x10:%(a)s", "left", write),
        ("1.5:%(a)s", "left", write),
        ("[1]:%(a)s", "left", write),
        ("a-b:%(a)s", "left", write),
        ("f():%(a)s", "left", write),
        ("'\\x41':%(a)s", "left", "must not contain a backslash"),
        ("u'x':%(a)s", "left", write),
        ("class:%(a)s", "left", "a reserved word of Python"),
        ("user_id:%(a)05d", "right", "write `%(name)s`"),
        ("user_id:%(a)r", "right", "write `%(name)s`"),
        ("user_id:%s", "right", "begin `%(name)s`"),
        ("role:%(a)d", "right", "write `%(name)s`"),
    ] {
        // Below a `not` and behind a check that decides alone, too.
        for rule in [check.to_owned(), format!("@ or not {check}")] {
            let yaml = format!("# mine\nproxy:create: \"{}\"\n", rule.replace('\\', "\\\\"));
            let message = message(&yaml);
            assert!(
                message.starts_with("policy.yaml:2:1: rule `proxy:create`: "),
                "{message}"
            );
            let problem = format!("the {operand} operand of `{check}` is invalid");
            assert!(
                message.contains(&problem) && message.contains(remedy),
                "{message}"
            );
        }
    }
}

#[test]
fn operands_of_known_policy_files_are_read() {
    for check in [
        "True:%(enforce_new_defaults)s",
        "'False':%(target.secret.read_project_access)s",
        "'public':%(visibility)s",
        "\"infra-workflow-from-awx.v1\":%(target.payload_type)s",
        "None:%(target_tenant_id)s",
        "user_id:%(target.token.user_id)s",
        "target.user.domain.id:%(domain_id)s",
        "is_admin:1",
        "1:%(flag)s",
        "user_id:%(a)s-%(b)s",
        "user_id:50%%",
    ] {
        let yaml = format!("proxy:create: '{}'\n", check.replace('\'', "''"));
        assert!(with(&yaml).is_ok(), "{check}");
    }
}

#[test]
fn broken_files_are_refused_with_their_place() {
    for (text, start) in [
        ("proxy:create: 'role:a", "policy.yaml:"),
        ("- role:a", "policy.yaml:1:1: expected a mapping"),
        ("proxy:create", "policy.yaml:1:1: expected a mapping"),
        (
            "a: '@'\na: '!'",
            "policy.yaml:2:1: `a` is already defined at policy.yaml:1:1",
        ),
        ("a: '@'\n---\nb: '@'", "policy.yaml:2:1: a second document"),
        (
            "admin: 'rule:boss'",
            "policy.yaml:1:1: rule `admin` refers to `boss`, which is not defined",
        ),
        (
            "admin: 'rule:admn'",
            "policy.yaml:1:1: rule `admin` refers to `admn`",
        ),
        (
            "admin: 'rule:admin'",
            "policy.yaml:1:1: rules refer to one another in a cycle: `admin` -> `admin`",
        ),
        (
            "admin: 'not rule:proxy:create'",
            "policy.yaml:1:1: rules refer to one another in a cycle",
        ),
        (
            "admin: 'class:x'",
            "policy.yaml:1:1: rule `admin`: the left operand of `class:x` is invalid",
        ),
        (
            "admin: 'x:50%'",
            "policy.yaml:1:1: rule `admin`: the right operand of `x:50%` is invalid",
        ),
    ] {
        let message = message(text);
        assert!(message.starts_with(start), "{text}: {message}");
    }
}

#[test]
fn a_missing_file_is_an_error_unless_it_is_optional() {
    let folder = Folder::new("missing");
    let absent = folder.0.join("absent.yaml");
    let error = Enforcer::builder(&DEFAULTS)
        .policy_file(&absent)
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::File(_)));
    assert!(error.to_string().contains("absent.yaml"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert!(
        Enforcer::builder(&DEFAULTS)
            .optional_policy_file(&absent)
            .build()
            .is_ok()
    );
    // A folder is there, but it is no file.
    assert!(
        Enforcer::builder(&DEFAULTS)
            .optional_policy_file(&folder.0)
            .build()
            .is_err()
    );
}

#[test]
fn an_override_of_a_replaced_name_still_counts() {
    let rules = with("proxy:remove: 'role:old'").unwrap().snapshot();
    assert!(allows(&rules, "proxy:delete", "old") && !allows(&rules, "proxy:delete", "admin"));
    assert!(rules.warnings()[0].contains("`proxy:remove` was replaced by `proxy:delete` in 2.0"));
    let rules = with("proxy:remove: 'role:old'\nproxy:delete: 'role:new'")
        .unwrap()
        .snapshot();
    assert!(allows(&rules, "proxy:delete", "new") && !allows(&rules, "proxy:delete", "old"));
    // No more than the old default, or just a pointer to the new name: nothing was overridden.
    for text in [
        "proxy:remove: '(role:admin)'",
        "proxy:remove: 'rule:proxy:delete'",
    ] {
        let rules = with(text).unwrap().snapshot();
        assert_eq!(
            rules.get("proxy:delete").unwrap().to_string(),
            "rule:admin",
            "{text}"
        );
    }
}

#[test]
fn an_override_that_nothing_asks_for_is_warned_about() {
    let rules = with("proxy:craete: '@'\nhelper: '@'\nadmin: 'rule:helper'\ndefault: '!'")
        .unwrap()
        .snapshot();
    assert_eq!(
        rules.warnings(),
        ["policy.yaml:1:1: nothing uses `proxy:craete`; did you mean `proxy:create`?"]
    );
}

#[test]
fn a_policy_declared_twice_is_refused() {
    static AGAIN: Defaults = Defaults {
        rules: &[],
        policies: &[PolicyDefault::new("admin", "@").source("b.yaml:1:1")],
    };
    let error = Enforcer::builder(&DEFAULTS)
        .defaults(&AGAIN)
        .build()
        .unwrap_err();
    assert!(
        error.to_string().contains("`admin` is already defined"),
        "{error}"
    );
}

#[test]
fn unknown_policies_are_decided_by_the_default_rule_of_the_chosen_name() {
    let rules = with("default: 'role:any'").unwrap().snapshot();
    assert!(allows(&rules, "proxy:unheard", "any"));
    let other = Enforcer::builder(&DEFAULTS)
        .default_rule("admin")
        .build()
        .unwrap()
        .snapshot();
    assert!(allows(&other, "proxy:unheard", "admin") && !allows(&other, "proxy:unheard", "any"));
}

/// The attributes of the target that `proxy:create` reads, if not the whole.
fn reads(text: &str) -> Option<Vec<String>> {
    let owner = |_: &CheckRequest<'_>| Ok(true);
    let enforcer = Enforcer::builder(&DEFAULTS)
        .checks(Checks::new().register("owner", owner))
        .policy_text("policy.yaml", text)
        .build();
    let rules = enforcer.unwrap().snapshot();
    let mut names = rules.reads::<Create>()?.to_vec();
    names.sort();
    Some(names)
}

#[test]
fn a_policy_reads_what_its_rules_name_or_else_the_whole_target() {
    for (create, admin, wanted) in [
        ("rule:admin", "role:admin", Some(&[][..])),
        ("@", "user_id:%(a)s", Some(&[])),
        ("user_id:%(a)s", "@", Some(&["a"])),
        (
            "user_id:%(a)s-%(b)s or not role:%(a)s",
            "@",
            Some(&["a", "b"]),
        ),
        (
            "rule:admin or user_id:%(a)s",
            "'x':%(b)s",
            Some(&["a", "b"]),
        ),
        (
            "not (rule:admin and rule:admin)",
            "user_id:%(b)s",
            Some(&["b"]),
        ),
        ("role:a or http://h/%(a)s", "@", None),
        ("user_id:%(a)s and owner:%(b)s", "@", None),
        ("user_id:%(a)s or rule:admin", "https://h/", None),
        ("user_id:%(a)s or rule:admin", "not owner:x", None),
    ] {
        let text = format!("proxy:create: {create:?}\nadmin: {admin:?}\n");
        let wanted = wanted.map(|names| names.iter().map(ToString::to_string).collect());
        assert_eq!(reads(&text), wanted, "{text}");
    }
}
