use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::get;
use keystone_middleware::{Routes, policies};

policies!("policies/proxies.yaml");

async fn index() -> &'static str {
    "everything"
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies", get(index)).into_router()
}

fn main() {}
