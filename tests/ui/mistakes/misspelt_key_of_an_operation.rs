use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};

policies!("policies/proxies.yaml");

#[operation(GET "/v1/proxies", stauts = 200)]
#[policy("proxy:index")]
async fn list_proxies() -> Json<Vec<String>> {
    Json(Vec::new())
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
