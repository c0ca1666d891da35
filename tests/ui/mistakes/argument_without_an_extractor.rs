use axum::Json;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::post;
use keystone_middleware::{RequestContext, Routes, policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:create")]
async fn create(_: RequestContext, count: u64) -> Json<u64> {
    Json(count)
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", post(create)).into_router()
}

fn main() {}
