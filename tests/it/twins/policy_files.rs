//! Twins of mistakes in policy files and in `policies!`.

use keystone_middleware::RequestContext;
use keystone_middleware::policy::{Enforcer, Policy};

use super::policies;

fn caller(role: &str) -> RequestContext {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let context = RequestContext::builder().user_id("u1").roles([role]);
    context.enforcer(&enforcer).build()
}

// Twin of policy_file_that_does_not_parse, policy_file_that_is_not_there.
// Twin of policy_file_that_is_not_utf8.
// Twin of policy_file_with_an_undefined_rule, policy_file_with_a_rule_that_no_policy_uses.
// Twin of rules_that_refer_to_each_other, policy_declared_twice, word_that_is_no_check.
// Twin of policies_whose_markers_have_one_name.
#[test]
fn the_rules_of_the_file_decide() {
    let allowed = caller("admin").authorize::<policies::proxy::Create>();
    assert!(allowed.is_ok());
    let denied = caller("member").authorize::<policies::proxy::Create>();
    assert_eq!(denied.unwrap_err().status(), 403);
}

// Twin of policy_file_that_would_allow_everybody.
#[test]
fn a_quoted_exclamation_mark_allows_nobody() {
    let denied = caller("admin").authorize::<policies::proxy::Delete>();
    assert_eq!(denied.unwrap_err().status(), 403);
}

// Twin of missing_policies_table, unknown_policy_with_a_near_name.
#[test]
fn a_declared_name_leads_to_its_marker() {
    const CREATE: usize = policies::index_of("proxy:create");
    assert_eq!(<policies::Rule<CREATE> as Policy>::NAME, "proxy:create");
    assert_eq!(policies::proxy::Create::NAME, "proxy:create");
}
