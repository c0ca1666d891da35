use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::get;
use keystone_middleware::{Routes, policies, policy};

policies!("policies/proxies.yaml");

#[policy("proxy:index")]
async fn index() -> &'static str {
    "everything"
}

async fn create() -> &'static str {
    "created"
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", get(index).post(create)).into_router()
}

fn main() {}
