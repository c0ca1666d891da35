//! The default policies of Keystone, asked by callers with tokens such as it issues.

use keystone_differential::random::Random;
use keystone_document::Node;
use serde_json::{Map, Value, json};

use crate::cases::Case;

const POLICIES: &str = include_str!("../../../specs/policies/identity.yaml");

pub(crate) fn all(seed: u64) -> Vec<Case> {
    let mut random = Random::new(seed + 2);
    let (rules, policies) = registered();
    assert_eq!(rules.len() + policies.len(), 204);
    let attributes = attributes();
    let mut cases = Vec::new();
    // Each policy with the rules that it refers to, by all callers; then some among all 204.
    for policy in rules.iter().chain(&policies) {
        let others = rules.iter().filter(|rule| *rule != policy);
        let registered: Value = others.chain([policy]).cloned().collect();
        for (file, settings) in [
            ("{}", ""),
            ("{}", r#", "enforce_new_defaults": false, "do_raise": true"#),
            (
                r#"{"admin_required": "role:boss or role:manager"}"#,
                r#", "api": "authorize""#,
            ),
        ] {
            // The first setting by every caller, the others by some.
            let some = if settings.is_empty() { 1 } else { 3 };
            for creds in callers().iter().skip(random.below(some)).step_by(some) {
                let target = target(&mut random, &attributes);
                cases.push(case(&registered, file, policy, &target, creds, settings));
            }
        }
    }
    let registered: Value = rules.iter().chain(&policies).cloned().collect();
    for (policy, creds) in policies.iter().step_by(9).zip(callers().iter().cycle()) {
        let target = target(&mut random, &attributes);
        cases.push(case(&registered, "{}", policy, &target, creds, ""));
    }
    cases
}

fn case(
    registered: &Value,
    file: &str,
    policy: &Value,
    target: &Value,
    creds: &Value,
    settings: &str,
) -> Case {
    let name = &policy["name"];
    Case::new(
        "policies of Keystone",
        format!(
            r#""registered": {registered}, "rules": {file}, "rule": {name}, "target": {target}, "creds": {creds}{settings}"#
        ),
    )
}

/// Rules and policies as `registered` takes them.
fn registered() -> (Vec<Value>, Vec<Value>) {
    let root = keystone_document::read("identity.yaml", POLICIES).unwrap();
    let mut rules = Vec::new();
    for entry in root.get("rules").and_then(Node::mapping).unwrap() {
        rules.push(json!({"name": entry.name(), "check_str": entry.value.text()}));
    }
    let mut policies = Vec::new();
    for entry in root.get("policies").and_then(Node::mapping).unwrap() {
        let text = |node: &Node, name: &str| json!(node.get(name).and_then(Node::text));
        let mut policy = json!({"name": entry.name(), "check_str": text(&entry.value, "check")});
        if let Some(scopes) = entry.value.get("scope_types").and_then(Node::sequence) {
            policy["scope_types"] = scopes.iter().map(|scope| json!(scope.text())).collect();
        }
        if let Some(old) = entry.value.get("deprecated") {
            policy["deprecated_rule"] =
                json!({"name": text(old, "name"), "check_str": text(old, "check")});
        }
        policies.push(policy);
    }
    (rules, policies)
}

/// All attributes of targets that the policies read.
fn attributes() -> Vec<String> {
    let file = keystone_policy::sources::file::read_policies("identity.yaml", POLICIES).unwrap();
    let policies = file.policies.iter().map(|policy| &policy.rule);
    let mut names: Vec<String> = file
        .rules
        .iter()
        .chain(policies)
        .flat_map(|entry| entry.rule.attributes())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A target with all attributes but one in eight, whose values often are those of a caller.
fn target(random: &mut Random, attributes: &[String]) -> Value {
    let foreign = random.once_in(3);
    let mut target = Map::new();
    for name in attributes {
        let number = if foreign || random.once_in(6) { 2 } else { 1 };
        let value = match name.rsplit('.').next().unwrap_or_default() {
            "user_id" | "trustor_user_id" | "trustee_user_id" => json!(format!("u{number}")),
            "domain_id" => json!(format!("d{number}")),
            "project_id" => json!(format!("p{number}")),
            "name" => json!(random.pick(&["admin", "manager", "member", "reader"])),
            _ if name.contains("user") => json!(format!("u{number}")),
            _ if name.contains("project") => json!(format!("p{number}")),
            _ => json!(format!("d{number}")),
        };
        match random.below(8) {
            0 => {}
            1 => drop(target.insert(name.clone(), Value::Null)),
            _ => drop(target.insert(name.clone(), value)),
        }
    }
    Value::Object(target)
}

/// Callers of every scope with every default role, as Keystone describes them to its policies.
fn callers() -> Vec<Value> {
    let mut callers = Vec::new();
    for scope in ["system", "domain", "project", "none"] {
        for roles in [
            &["admin", "manager", "member", "reader"][..],
            &["Manager", "member", "reader"],
            &["reader"],
            &["service"],
            &[],
        ] {
            callers.push(caller(scope, roles));
        }
    }
    callers
}

fn caller(scope: &str, roles: &[&str]) -> Value {
    let domain = json!({"id": "d1", "name": "one"});
    let listed: Vec<Value> = roles
        .iter()
        .map(|name| json!({"id": format!("r-{name}"), "name": name}))
        .collect();
    let mut token = json!({
        "methods": ["password"],
        "user": {"id": "u1", "name": "ann", "domain": domain, "password_expires_at": null},
        "audit_ids": ["Wvb3"],
        "expires_at": "2030-01-01T00:00:00.000000Z",
        "issued_at": "2029-01-01T00:00:00.000000Z",
        "roles": listed,
    });
    match scope {
        "system" => token["system"] = json!({"all": true}),
        "domain" => token["domain"] = domain.clone(),
        "project" => {
            token["project"] = json!({"id": "p1", "name": "one", "domain": domain});
            token["is_domain"] = json!(false);
        }
        _ => {}
    }
    let when = |wanted: &str, value: &str| {
        if scope == wanted {
            json!(value)
        } else {
            Value::Null
        }
    };
    json!({
        "user_id": "u1",
        "user_domain_id": "d1",
        "system_scope": when("system", "all"),
        "domain_id": when("domain", "d1"),
        "project_id": when("project", "p1"),
        "project_domain_id": when("project", "d1"),
        "roles": roles,
        "is_admin_project": true,
        "service_user_id": null,
        "service_user_domain_id": null,
        "service_project_id": null,
        "service_project_domain_id": null,
        "service_roles": [],
        "token": token,
    })
}
