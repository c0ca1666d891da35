use axum::Extension;
use keystone_middleware::{Denied, PolicyTarget, policies, policy};

policies!("policies/proxies.yaml");

#[derive(Clone, PolicyTarget)]
struct Proxy {
    project_id: String,
}

#[policy("proxy:update", target = proxy)]
async fn update(Extension(proxy): Extension<Proxy>) -> Result<&'static str, Denied> {
    Ok("updated")
}

fn main() {}
