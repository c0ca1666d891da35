use axum::Json;
use axum::extract::Path;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policies, policy};

policies!("policies/proxies.yaml");

#[operation(GET "/v1/proxies/{id}/{id}")]
#[policy("proxy:index")]
async fn list_proxies(Path(id): Path<String>) -> Json<String> {
    Json(id)
}

fn routes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).operations(operations![list_proxies])
}

fn main() {}
