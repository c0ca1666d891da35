use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};
use serde::Deserialize;

policies!("policies/proxies.yaml");

#[derive(Deserialize)]
struct NewProxy {
    domain: String,
}

#[operation(POST "/v1/proxies")]
#[policy("proxy:create")]
async fn list_proxies(Json(new): Json<NewProxy>) -> Json<String> {
    Json(new.domain)
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
