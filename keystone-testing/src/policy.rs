//! Who may do what: the default policies of the service, as keystone-policy decides them.

mod target;

use std::sync::LazyLock;

use keystone_policy::Rules;
use keystone_policy::sources::Registered;
use keystone_policy::sources::file::{self, RuleEntry};

pub(crate) use self::target::TargetAttrs;
use crate::caller::Caller;

const POLICIES: &str = include_str!("../../specs/policies/identity.yaml");

/// Without any rule everything is refused; a test holds that they can be read.
static RULES: LazyLock<Rules> =
    LazyLock::new(|| read().unwrap_or_else(|| Rules::new::<_, &str>([])));

/// Whether a policy lets the caller do something to a target.
pub(crate) fn allows(policy: &str, caller: &Caller, target: &TargetAttrs) -> bool {
    // Fail closed: what cannot be decided is denied.
    RULES.enforce(policy, caller, target).unwrap_or_default()
}

fn read() -> Option<Rules> {
    let file = file::read_policies("identity.yaml", POLICIES).ok()?;
    let mut rules = Rules::builder();
    for rule in file.rules {
        rules = rules.register(registered(rule));
    }
    for policy in file.policies {
        rules = rules.register(registered(policy.rule).scope_types(policy.scope_types));
    }
    rules.build().ok()
}

fn registered(entry: RuleEntry) -> Registered {
    let text = entry.rule.to_string();
    Registered::new(entry.name, entry.rule, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_policy_is_read() {
        assert!(read().is_some_and(|rules| rules.check_rules().is_empty()));
        let policies = RULES.names().filter(|name| name.starts_with("identity:"));
        let written = POLICIES
            .lines()
            .filter(|line| line.starts_with("  \"identity:"));
        assert_eq!(policies.count(), written.count());
    }
}
