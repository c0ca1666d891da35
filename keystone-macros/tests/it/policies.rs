//! `policies!`: what it declares is what the files say.

use keystone_policy::value::{HasAttr, attr_hash};
use keystone_policy::{
    Decision, Enforcer, PlainCredentials, PlainPolicy, Policy, PolicyTarget, ScopeType,
};

mod proxies {
    keystone_macros::policies!("../specs/policies/proxies.yaml", crate = ::keystone_policy);
}

mod both {
    keystone_macros::policies!(
        "../specs/policies/proxies.yaml",
        "tests/rules/volumes.yaml",
        crate = ::keystone_policy,
    );
}

/// Found beside this file, not beside the manifest.
mod beside {
    keystone_macros::policies!("../rules/volumes.yaml", crate = ::keystone_policy);
}

use both::policies;

#[derive(Clone)]
struct Volume;

impl PolicyTarget for Volume {
    fn attr(&self, name: &str) -> Option<keystone_policy::Value<'_>> {
        match name {
            "project_id" => Some(keystone_policy::Value::Str("p-1")),
            "locked.by" => Some(keystone_policy::Value::Null),
            _ => None,
        }
    }
}

impl HasAttr<{ attr_hash("project_id") }> for Volume {}
impl HasAttr<{ attr_hash("locked.by") }> for Volume {}

fn plain<P: PlainPolicy>() -> &'static str {
    P::NAME
}

#[test]
fn each_policy_has_one_type_under_name_and_number() {
    const CREATE: usize = policies::index_of("proxy:create");
    let marker: policies::proxy::Create = policies::Rule::<CREATE>::default();
    assert_eq!(name_of(&marker), "proxy:create");
    assert_eq!(plain::<policies::proxy::Create>(), "proxy:create");
    assert_eq!(plain::<policies::volume::OsList>(), "volume:os-list");
    assert_eq!(plain::<policies::Healthcheck>(), "healthcheck");
    assert_eq!(proxies::policies::proxy::Delete::INDEX, 4);
    assert_eq!(
        <beside::policies::volume::Delete as Policy>::NAME,
        "volume:delete"
    );
}

fn name_of<P: Policy>(_: &P) -> &'static str {
    P::NAME
}

#[test]
fn defaults_carry_all_that_the_file_says() {
    let delete = policies::DEFAULTS
        .policies
        .iter()
        .find(|policy| policy.name == "volume:delete")
        .unwrap();
    assert_eq!(
        delete.check,
        "(rule:admin_or_owner and not user_id:%(locked.by)s)"
    );
    assert_eq!(delete.description, "Delete a volume.");
    assert_eq!(delete.scope_types, [ScopeType::Project, ScopeType::System]);
    assert_eq!(
        (delete.operations[0].method, delete.operations[0].path),
        ("DELETE", "/v3/volumes/{id}")
    );
    assert_eq!(delete.deprecated.unwrap().name, "volume:remove");
    assert_eq!(delete.source, "tests/rules/volumes.yaml:8:3");
    let health = policies::DEFAULTS.policies[policies::index_of("healthcheck")];
    assert_eq!(health.removal.unwrap().since, "3");
    let rule = policies::DEFAULTS
        .rules
        .iter()
        .find(|rule| rule.name == "admin_or_owner")
        .unwrap();
    assert_eq!(
        rule.check,
        "(role:admin or (rule:project_member and role:member))"
    );
}

#[test]
fn an_enforcer_takes_the_defaults() {
    let rules = Enforcer::builder(&policies::DEFAULTS)
        .build()
        .unwrap()
        .snapshot();
    let member = PlainCredentials::new()
        .roles(["member"])
        .attr("project_id", "p-1");
    let decision = rules
        .decide_policy::<policies::volume::Delete>(&member, &Volume)
        .unwrap();
    assert!(decision.is_allowed());
    let Decision::Deny(reason) = rules
        .decide_policy::<policies::proxy::Create>(&member, &())
        .unwrap()
    else {
        panic!("a member is no admin");
    };
    let create = policies::DEFAULTS.policies[policies::index_of("proxy:create")];
    assert_eq!(
        reason.to_string(),
        format!(
            "policy `proxy:create` (`rule:admin`, {}) is denied: `role:admin` of rule `admin` is false",
            create.source
        )
    );
}

#[test]
fn a_target_with_the_attributes_is_handed_back() {
    let volume = Volume;
    let checked = policies::volume::Delete::default().check_target(&volume);
    assert!(std::ptr::addr_eq(checked, &volume));
    policies::proxy::Create::default().check_target(&());
}

#[test]
fn policies_and_operations_are_held_against_each_other_in_a_constant() {
    const _: () = policies::__check_operations(&[
        ("proxy:index", "GET /v1/proxies"),
        ("proxy:create", "POST /v1/proxies"),
        ("proxy:view", "GET /v1/proxies/{proxy_id}"),
        ("proxy:update", "PATCH /v1/proxies/{proxy_id}"),
        ("proxy:delete", "DELETE /v1/proxies/{proxy_id}"),
        ("proxy:purge", "DELETE /v1/proxies"),
        ("healthcheck", "GET /healthcheck"),
        ("volume:os-list", "GET /v3/volumes"),
        ("volume:extend", "POST /v3/volumes/{volume_id}/action"),
    ]);
    const _: () = assert!(policies::__reads_target("volume:delete"));
    const _: () = assert!(!policies::__reads_target("proxy:create"));
    const CLOSEST: usize = policies::__nearest("proxy:craete");
    assert_eq!(CLOSEST, policies::index_of("proxy:create"));
    let audit = policies::DEFAULTS.policies[policies::index_of("volume:audit")];
    assert!(audit.internal && audit.operations.is_empty());
}
