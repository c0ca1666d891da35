use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};
use serde::Serialize;

policies!("policies/proxies.yaml");

#[derive(Serialize)]
struct Proxy {
    domain: String,
}

#[operation(GET "/v1/proxies")]
#[policy("proxy:index")]
async fn list_proxies() -> Json<Proxy> {
    let domain = String::new();
    Json(Proxy { domain })
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
