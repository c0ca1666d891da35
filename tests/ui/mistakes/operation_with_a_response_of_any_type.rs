use axum::response::IntoResponse;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};

policies!("policies/proxies.yaml");

#[operation(GET "/v1/proxies")]
#[policy("proxy:index")]
async fn list_proxies() -> impl IntoResponse {
    "everything"
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
