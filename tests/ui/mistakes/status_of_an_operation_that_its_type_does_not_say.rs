use axum::Json;
use axum::http::StatusCode;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};

policies!("policies/proxies.yaml");

#[operation(POST "/v1/proxies")]
#[policy("proxy:create")]
async fn list_proxies() -> (StatusCode, Json<String>) {
    (StatusCode::CREATED, Json(String::new()))
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
