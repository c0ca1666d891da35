use keystone_middleware::{PolicyTarget, RequestContext, policies};

policies!("policies/proxies.yaml");

#[derive(PolicyTarget)]
struct Backend {
    url: String,
}

fn decide(ctx: &RequestContext, backend: Backend) {
    let Ok(filter) = ctx.filter::<policies::proxy::Update>() else { return };
    let _ = filter.matches(&backend);
}

fn main() {}
