use keystone_middleware::{RequestContext, policies};

policies!("policies/proxies.yaml");

fn decide(ctx: &RequestContext) -> bool {
    ctx.authorize::<policies::proxy::Update>().is_ok()
}

fn main() {}
