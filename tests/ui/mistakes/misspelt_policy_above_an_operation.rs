use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:indxe")]
#[operation(GET "/v1/proxies")]
async fn list_proxies() -> Json<Vec<String>> {
    Json(Vec::new())
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
