use axum::Extension;
use keystone_middleware::{PolicyTarget, policy};

#[derive(Clone, PolicyTarget)]
struct Proxy {
    project_id: String,
}

#[policy(public, target = &proxy)]
async fn view(Extension(proxy): Extension<Proxy>) -> String {
    proxy.project_id
}

fn main() {}
