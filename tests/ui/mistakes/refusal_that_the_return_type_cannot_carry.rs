use axum::Extension;
use keystone_middleware::{PolicyTarget, policies, policy};

policies!("policies/proxies.yaml");

#[derive(Clone, PolicyTarget)]
struct Proxy {
    project_id: String,
}

#[policy("proxy:update", target = &proxy)]
async fn update(Extension(proxy): Extension<Proxy>) -> u32 {
    1
}

fn main() {}
