use keystone_middleware::{PolicyTarget, RequestContext, policies};

policies!("policies/proxies.yaml");

#[derive(PolicyTarget)]
struct Backend {
    url: String,
}

fn decide(ctx: &RequestContext, backend: Backend) {
    let _ = ctx.authorize_for::<policies::proxy::Update>(&backend);
}

fn main() {}
