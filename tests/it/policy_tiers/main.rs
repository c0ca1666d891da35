//! Policies are decided in two ways: by the code that `policies!` writes, and by the program of the
//! rules once an operator overrides something. Both say the same, and neither allocates.

mod agreement;
mod allocations;

keystone_middleware::policies!("policy_tiers/policies.yaml");

use keystone_policy::{Enforcer, Rules};

/// Rules by which every policy is decided by its own code.
fn compiled() -> Rules {
    Enforcer::builder(&policies::DEFAULTS)
        .build()
        .unwrap()
        .snapshot()
}

/// The same rules, every one of them written by an operator.
fn program() -> Rules {
    let mut builder = Enforcer::builder(&policies::DEFAULTS);
    for rule in policies::DEFAULTS.rules {
        builder = builder.override_rule(rule.name, rule.check);
    }
    for policy in policies::DEFAULTS.policies {
        builder = builder.override_rule(policy.name, policy.check);
    }
    builder.build().unwrap().snapshot()
}
