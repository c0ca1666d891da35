use axum::Extension;
use keystone_middleware::{Denied, PolicyTarget, policies, policy};

policies!("policies/proxies.yaml");

#[derive(Clone, PolicyTarget)]
struct Backend {
    url: String,
}

#[policy("proxy:update", target = &backend)]
async fn update(Extension(backend): Extension<Backend>) -> Result<&'static str, Denied> {
    Ok("updated")
}

fn main() {}
