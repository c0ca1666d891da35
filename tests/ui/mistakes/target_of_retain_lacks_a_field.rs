use keystone_middleware::{PolicyTarget, RequestContext, policies};

policies!("policies/proxies.yaml");

#[derive(PolicyTarget)]
struct Backend {
    url: String,
}

async fn decide(ctx: &RequestContext, backend: Backend) {
    let mut backends = vec![backend];
    let _ = ctx.retain::<policies::proxy::Update>(&mut backends).await;
}

fn main() {}
