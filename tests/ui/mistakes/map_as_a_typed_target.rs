use std::collections::HashMap;

use keystone_middleware::{RequestContext, policies};

policies!("policies/proxies.yaml");

fn decide(ctx: &RequestContext, target: &HashMap<String, String>) -> bool {
    ctx.authorize_for::<policies::proxy::Update>(target).is_ok()
}

fn main() {}
