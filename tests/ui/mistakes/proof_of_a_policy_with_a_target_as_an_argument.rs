use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::put;
use keystone_middleware::{Authorized, Routes, policies};

policies!("policies/proxies.yaml");

async fn update(_: Authorized<policies::proxy::Update>) -> &'static str {
    "updated"
}

fn app(enforcer: Enforcer) -> axum::Router {
    Routes::new(enforcer).route("/v1/proxies/{id}", put(update)).into_router()
}

fn main() {}
