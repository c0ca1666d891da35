use axum::routing::get;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:index")]
async fn index() -> &'static str {
    "everything"
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", get(index)).into_router()
}

fn main() {}
