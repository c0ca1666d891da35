//! Our engine: the code that `policies!` writes, and the program of an operator's file.

use std::hint::black_box;

use keystone_middleware::{PolicyTarget, RequestContext};
use keystone_policy::decide::AppliesTo;
use keystone_policy::{Enforcer, Rules};

use crate::measure::best;
use crate::{Row, roles};

keystone_middleware::policies!("policies.yaml");

#[derive(PolicyTarget)]
struct Server {
    user_id: String,
    domain_id: String,
}

pub(crate) fn rows() -> Vec<Row> {
    let code = Enforcer::builder(&policies::DEFAULTS);
    let mut file = Enforcer::builder(&policies::DEFAULTS);
    for rule in policies::DEFAULTS.rules {
        file = file.override_rule(rule.name, rule.check);
    }
    for policy in policies::DEFAULTS.policies {
        file = file.override_rule(policy.name, policy.check);
    }
    let rules = |builder: keystone_policy::EnforcerBuilder| builder.build().unwrap().snapshot();
    vec![
        row("keystone-policy, policies!", &rules(code)),
        row("keystone-policy, policy file", &rules(file)),
    ]
}

fn row(name: &str, rules: &Rules) -> Row {
    let times = [
        Some(time::<policies::Open>(rules)),
        Some(time::<policies::Role>(rules)),
        Some(time::<policies::Through>(rules)),
        Some(time::<policies::Ways>(rules)),
    ];
    (name.to_owned(), times)
}

fn time<P: AppliesTo<Server>>(rules: &Rules) -> f64 {
    let caller = RequestContext::builder()
        .user_id("u-1")
        .project_id("p-1")
        .roles(roles(P::NAME))
        .build();
    let server = Server {
        user_id: "u-1".to_owned(),
        domain_id: "d-1".to_owned(),
    };
    best(|| {
        let decision = rules.decide_policy::<P>(black_box(&caller), black_box(&server));
        decision.is_ok_and(|decision| decision.is_allowed())
    })
}
